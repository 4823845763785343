"""House rules about operations and the client, beyond what OpenAPI asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from brokerspec.diagnostics import did_you_mean
from brokerspec.document import Document, Operation
from brokerspec.findings import (
    Finding,
    Rule,
    alternatives,
    bodies,
    operation_roots,
    reach,
    texts,
    walk,
    words,
)
from brokerspec.tree import JSON, Pointer

VERBS: Final = frozenset(
    {
        "add",
        "authorize",
        "cancel",
        "close",
        "convert",
        "create",
        "delete",
        "download",
        "exit",
        "fetch",
        "get",
        "init",
        "list",
        "login",
        "logout",
        "modify",
        "open",
        "place",
        "refresh",
        "remove",
        "search",
        "send",
        "set",
        "square",
        "subscribe",
        "unsubscribe",
        "update",
        "verify",
    }
)
_TRADING: Final = frozenset({"cancel", "convert", "exit", "modify", "place", "square"})
_TRADED: Final = frozenset({"holding", "order", "orders", "position", "positions"})
_SENTENCE = re.compile(r"[A-Z0-9][^\n]*[^.!?\s]\.")


def operation_name(document: Document) -> Iterator[Finding]:
    """Ask for names in snake_case that begin with a verb."""
    session = set(_session_operations(document))
    for operation in document.operations:
        name = operation.operation_id
        at = (*operation.pointer, "operationId")
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
            yield Finding(at, f"{name!r} is not in snake_case")
        elif (
            name.split("_")[0] not in VERBS
            and name not in session
            and "x-sign-in" not in operation.extensions
        ):
            yield Finding(at, f"{name!r} does not begin with a verb", "such as get, list or place")


def operation_source(document: Document) -> Iterator[Finding]:
    """Ask where each operation is documented."""
    info = document.info.get("x-source")
    if not isinstance(info, dict) or "document" not in info:
        yield Finding(("info",), "info has no 'x-source' that names the document")
    for operation in document.operations:
        source = operation.extensions.get("x-source")
        if source is None:
            yield Finding(operation.pointer, f"{operation.operation_id!r} has no 'x-source'")
        elif isinstance(source, dict) and "section" not in source:
            yield Finding((*operation.pointer, "x-source"), "'x-source' names no section")


def operation_sample(document: Document) -> Iterator[Finding]:
    """Ask for a sample of each operation that has a body, either way.

    What signs in with OAuth2 is described by OAuth2, not by payloads.
    """
    for operation in document.operations:
        media = [media for _, media in operation.media_types if media.schema is not None]
        if media and not any(one.examples for one in media):
            if "x-sign-in" in operation.extensions:
                continue
            message = f"{operation.operation_id!r} has no sample of what it sends or answers"
            hint = "add an example with 'externalValue', or with a 'value' and its evidence"
            yield Finding(operation.pointer, message, hint)


def operation_safety(document: Document) -> Iterator[Finding]:
    """Ask whether each operation may be sent twice, and that none does that changes an order."""
    for operation in document.operations:
        name, safety = operation.operation_id, operation.extensions.get("x-safety")
        if safety is None:
            message = f"{name!r} has no 'x-safety'"
            yield Finding(operation.pointer, message, "safe, idempotent or unsafe")
        elif safety != "unsafe" and _changes_orders(name):
            yield Finding(
                (*operation.pointer, "x-safety"),
                f"{name!r} changes orders and is said to be {safety}",
                "what is sent twice may be traded twice: say unsafe",
            )


def operation_success(document: Document) -> Iterator[Finding]:
    """Ask for an answer that means success."""
    for operation in document.operations:
        if not operation.success and operation.extensions.get("x-sign-in") != "authorize":
            yield Finding(
                (*operation.pointer, "responses"),
                f"{operation.operation_id!r} has no 2xx response",
            )


def operation_summary(document: Document) -> Iterator[Finding]:
    """Ask for a summary that can open a docstring."""
    for operation in document.operations:
        if not operation.summary:
            yield Finding(operation.pointer, f"{operation.operation_id!r} has no summary")
        elif not _SENTENCE.fullmatch(operation.summary) or ". " in operation.summary:
            yield Finding(
                (*operation.pointer, "summary"),
                "the summary is not one sentence",
                "begin with a capital, end with a full stop, stay on one line",
            )


def unknown_setting(document: Document) -> Iterator[Finding]:
    """Ask that what fills a value is a setting of the client."""
    settings = settings_of(document)
    for pointer, name in _credentials(document):
        if name not in settings:
            yield Finding(
                pointer, f"'x-client' has no setting {name!r}", did_you_mean(name, settings)
            )
    session = document.extensions.get("x-session")
    held = session.get("tokens") if isinstance(session, dict) else None
    for name in held if isinstance(held, dict) else {}:
        setting = settings.get(name)
        at = ("x-session", "tokens", name)
        if setting is None:
            hint = did_you_mean(name, settings)
            yield Finding(at, f"'x-client' has no setting {name!r}", hint)
        elif not isinstance(setting, dict) or setting.get("role") != "session":
            yield Finding(at, f"the setting {name!r} does not have the role session")


def unused_setting(document: Document) -> Iterator[Finding]:
    """Ask that every credential of the client goes somewhere."""
    used = {name for _, name in _credentials(document)}
    for name, setting in settings_of(document).items():
        role = setting.get("role", "credential") if isinstance(setting, dict) else None
        if role in {"credential", "session"} and name not in used:
            yield Finding(("x-client", name), f"no 'x-credential' names the setting {name!r}")


def session_operations(document: Document) -> Iterator[Finding]:
    """Ask that the session names operations, and pointers into their results."""
    operations = _by_id(document)
    session = document.extensions.get("x-session")
    if not isinstance(session, dict):
        return
    for name in _session_operations(document):
        if name not in operations:
            hint = did_you_mean(name, operations)
            yield Finding(("x-session",), f"there is no operation {name!r}", hint)
    held = session.get("tokens")
    for setting, entry in held.items() if isinstance(held, dict) else ():
        if not isinstance(entry, dict) or entry.get("operation") not in operations:
            continue
        operation = operations[str(entry["operation"])]
        for pointer in texts(entry.get("pointer")):
            if not _reaches_result(document, operation, pointer):
                yield Finding(
                    ("x-session", "tokens", setting, "pointer"),
                    f"{pointer!r} leads nowhere in the result of {operation.operation_id!r}",
                )


def correlate(document: Document) -> Iterator[Finding]:
    """Ask that an order can be found again the way it is promised."""
    operations = _by_id(document)
    for operation in document.operations:
        promise = operation.extensions.get("x-correlate")
        if not isinstance(promise, dict):
            continue
        at = (*operation.pointer, "x-correlate")
        known = set(argument_names(document, operation))
        argument, read = str(promise.get("argument")), str(promise.get("read"))
        if argument not in known:
            hint = did_you_mean(argument, known)
            yield Finding(
                (*at, "argument"), f"{operation.operation_id!r} takes no {argument!r}", hint
            )
        if read not in operations:
            hint = did_you_mean(read, operations)
            yield Finding((*at, "read"), f"there is no operation {read!r}", hint)
            continue
        row = "/0" + str(promise.get("field"))
        if not _reaches_result(document, operations[read], row):
            yield Finding((*at, "field"), f"{promise.get('field')!r} is in no row of {read!r}")


def payload(document: Document) -> Iterator[Finding]:
    """Ask that the pointer to the payload leads somewhere in each success."""
    for operation in document.operations:
        pointers = texts(operation.extensions.get("x-payload"))
        for pointer in pointers:
            if not any(reach(document, body, pointer) for body in bodies(operation)):
                yield Finding(
                    (*operation.pointer, "x-payload"),
                    f"{pointer!r} leads nowhere in the 2xx answers",
                )


def failure_rules(document: Document) -> Iterator[Finding]:
    """Ask that only reads can turn an answer into an empty list."""
    for operation in document.operations:
        rules = operation.extensions.get("x-failure")
        for index, entry in enumerate(rules if isinstance(rules, list) else ()):
            is_empty = isinstance(entry, dict) and entry.get("error") == "empty"
            if is_empty and operation.extensions.get("x-safety") != "safe":
                yield Finding(
                    (*operation.pointer, "x-failure", index),
                    f"{operation.operation_id!r} is no read; it cannot return an empty list",
                )


def settings_of(document: Document) -> Mapping[str, JSON]:
    """Return the settings of the client."""
    client = document.extensions.get("x-client")
    return client if isinstance(client, dict) else {}


def argument_names(document: Document, operation: Operation) -> Iterator[str]:
    """List the Python names of what an operation takes, nested members included."""
    for parameter in operation.parameters:
        yield _python_name(parameter.name, parameter.extensions)
    for kind, media in operation.media_types:
        if kind != "request" or media.schema is None:
            continue
        for body in alternatives(document, media.schema):
            for name, member in body.properties.items():
                yield _python_name(name, member.extensions)
                if member.extensions.get("x-inline") is True:
                    for inner in alternatives(document, member):
                        for key, value in inner.properties.items():
                            yield _python_name(key, value.extensions)


def _python_name(name: str, extensions: Mapping[str, JSON]) -> str:
    given = extensions.get("x-python-name")
    if isinstance(given, str):
        return given
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    parts = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", parts)
    return re.sub(r"\W+", "_", parts).lower()


def _credentials(document: Document) -> Iterator[tuple[Pointer, str]]:
    owners = [(s.pointer, s.extensions) for s in document.security_schemes.values()]
    for operation in document.operations:
        owners += [(p.pointer, p.extensions) for p in operation.parameters]
        for root in operation_roots(operation):
            owners += [(s.pointer, s.extensions) for s in walk(root)]
    for component in document.schemas.values():
        owners += [(s.pointer, s.extensions) for s in walk(component)]
    for pointer, extensions in owners:
        name = extensions.get("x-credential")
        if isinstance(name, str):
            yield (*pointer, "x-credential"), name


def _changes_orders(name: str) -> bool:
    verb, *rest = words(name)
    return verb in _TRADING and bool(_TRADED & set(rest))


def _by_id(document: Document) -> dict[str, Operation]:
    return {operation.operation_id: operation for operation in document.operations}


def _session_operations(document: Document) -> list[str]:
    session = document.extensions.get("x-session")
    if not isinstance(session, dict):
        return []
    names = [*texts(session.get("open")), *texts(session.get("close"))]
    held = session.get("tokens")
    for entry in held.values() if isinstance(held, dict) else ():
        names += texts(entry.get("operation")) if isinstance(entry, dict) else []
    return list(dict.fromkeys(names))


def _reaches_result(document: Document, operation: Operation, pointer: str) -> bool:
    """Say whether a pointer leads somewhere in what the operation returns."""
    payloads = texts(operation.extensions.get("x-payload")) or [""]
    return any(
        reach(document, body, payload + pointer) is not None
        for body in bodies(operation)
        for payload in payloads
    )


RULES: Final[Mapping[str, Rule]] = {
    "operation-name": operation_name,
    "operation-source": operation_source,
    "operation-sample": operation_sample,
    "operation-safety": operation_safety,
    "operation-success": operation_success,
    "operation-summary": operation_summary,
    "unknown-setting": unknown_setting,
    "unused-setting": unused_setting,
    "session": session_operations,
    "correlate": correlate,
    "payload": payload,
    "failure-rule": failure_rules,
}
