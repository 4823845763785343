"""House rules about schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from keyword import iskeyword
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brokerspec.document import MISSING, Document, Parameter, Schema
from brokerspec.findings import (
    Finding,
    Rule,
    all_schemas,
    alternatives,
    is_nullable,
    operation_roots,
    target,
    walk,
    words,
)
from brokerspec.tree import Pointer

_TYPES: Final = {
    "decimal": frozenset({"number", "integer", "string"}),
    "epoch-seconds": frozenset({"integer"}),
}
_WITHOUT_ZONE: Final = frozenset({"decimal", "integer", "boolean", "epoch-seconds"})
_SECRET_WORDS: Final = frozenset(
    {"apikey", "jwt", "mpin", "otp", "pan", "passcode", "passwd", "password", "secret", "token"}
)
_AMOUNT_WORDS: Final = frozenset(
    {"amount", "balance", "brokerage", "ltp", "margin", "mtm", "pnl", "premium", "price"}
)
# An instrument is known by a token too; that one is no secret.
_PUBLIC_WORDS: Final = frozenset({"instrument"})


def descriptions(document: Document) -> Iterator[Finding]:
    """Ask what every component, property and parameter means."""
    for name, component in document.schemas.items():
        if not component.description and component.ref is None:
            yield Finding(component.pointer, f"the schema {name!r} has no description")
    for schema in all_schemas(document):
        for name, member in schema.properties.items():
            if not member.description and not target(document, member).description:
                yield Finding(member.pointer, f"the property {name!r} has no description")
    for parameter in _parameters(document):
        if not parameter.description:
            at = parameter.pointer
            yield Finding(at, f"the parameter {parameter.name!r} has no description")


def component_names(document: Document) -> Iterator[Finding]:
    """Ask for component schemas in PascalCase."""
    for name, schema in document.schemas.items():
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
            yield Finding(schema.pointer, f"the schema {name!r} is not in PascalCase")


def unused_schemas(document: Document) -> Iterator[Finding]:
    """Ask that an operation uses every component schema, value lists apart.

    A document may print a list of values that only its sockets use; it stays part of the client.
    """
    roots = [schema for operation in document.operations for schema in operation_roots(operation)]
    used = {schema.ref for schema in _reached(document, roots)}
    for name, schema in document.schemas.items():
        if name not in used and schema.enum is None:
            yield Finding(schema.pointer, f"no operation uses the schema {name!r}")


def inline_objects(document: Document) -> Iterator[Finding]:
    """Ask that every object with properties has a name."""
    named = {schema.pointer for schema in document.schemas.values()}
    for component in document.schemas.values():
        named |= {member.pointer for member in component.all_of}
    for schema in all_schemas(document):
        if schema.properties and schema.pointer not in named:
            yield Finding(schema.pointer, "an object stands inline", "make it a component schema")


def unknown_required(document: Document) -> Iterator[Finding]:
    """Ask that what is required is declared."""
    for schema in all_schemas(document):
        declared = {name for one in alternatives(document, schema) for name in one.properties}
        for index, name in enumerate(schema.required if declared else ()):
            if name not in declared:
                at = (*schema.pointer, "required", index)
                yield Finding(at, f"{name!r} is required but not declared")


def value_types(document: Document) -> Iterator[Finding]:
    """Ask that an `x-type` fits the JSON type it stands beside."""
    for schema in all_schemas(document):
        meaning = schema.extensions.get("x-type")
        if not isinstance(meaning, str):
            continue
        at = (*schema.pointer, "x-type")
        effective = target(document, schema)
        allowed = _TYPES.get(meaning, frozenset({"string"}))
        types = {name for one in alternatives(document, schema) for name in one.types}
        types.discard("null")
        unfit = types - allowed - {*_types_of_empty(schema)}
        if unfit or not types & allowed:
            found = ", ".join(sorted(types)) or "no type"
            expected = " or ".join(sorted(allowed))
            yield Finding(at, f"{meaning!r} stands on {found}", f"it needs {expected}")
        if meaning == "boolean" and len([v for v in effective.enum or () if v is not None]) != 2:
            yield Finding(at, "'boolean' needs an enum: the literal for true, then for false")


def amounts(document: Document) -> Iterator[Finding]:
    """Ask that what sounds like money is a number, or a text read as a decimal."""
    for schema in all_schemas(document):
        for name, member in schema.properties.items():
            if is_amount_name(name):
                yield from _loose_amount(document, name, member, member.pointer)
    for parameter in _parameters(document):
        if is_amount_name(parameter.name):
            yield from _loose_amount(document, parameter.name, parameter.schema, parameter.pointer)


def is_amount_name(name: str) -> bool:
    """Say whether a name ends in a word for money, which is what it is then."""
    found = words(name)
    return bool(found) and found[-1] in _AMOUNT_WORDS


def _loose_amount(document: Document, name: str, schema: Schema, at: Pointer) -> Iterator[Finding]:
    kinds = alternatives(document, schema)
    if any("x-type" in one.extensions or one.enum is not None for one in (schema, *kinds)):
        return
    if any(one.const is not MISSING for one in kinds):
        return
    loose = {name for one in kinds for name in one.types} & {"string", "integer"}
    if loose:
        message = f"{name!r} sounds like money and is of type {' or '.join(sorted(loose))}"
        yield Finding(at, message, "state 'x-type: decimal', or whatever else it is")


def enum_sources(document: Document) -> Iterator[Finding]:
    """Ask where each list of values comes from: an operation that has a source, or its own."""
    documented: set[Pointer] = set()
    for operation in document.operations:
        if "x-source" in operation.extensions:
            documented |= {one.pointer for one in _reached(document, operation_roots(operation))}
    for schema in all_schemas(document):
        own = {"x-source", "x-provenance"} & {*schema.extensions}
        if schema.enum is not None and schema.pointer not in documented and not own:
            message = "no operation with a source uses this list of values"
            yield Finding(schema.pointer, message, "state 'x-source', or 'x-provenance'")


def _reached(document: Document, roots: Iterable[Schema]) -> Iterator[Schema]:
    """Walk over schemas and all they refer to, each once."""
    seen: set[Pointer] = set()
    queue = list(roots)
    while queue:
        for schema in walk(queue.pop()):
            if schema.pointer in seen:
                continue
            seen.add(schema.pointer)
            yield schema
            if schema.ref is not None and schema.ref in document.schemas:
                queue.append(document.schemas[schema.ref])


def time_zone(document: Document) -> Iterator[Finding]:
    """Ask for a time zone where times carry none."""
    zone = document.info.get("x-time-zone")
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield Finding(("info", "x-time-zone"), f"{zone!r} is no IANA time zone")
        return
    for schema in all_schemas(document):
        meaning = schema.extensions.get("x-type")
        if isinstance(meaning, str) and meaning not in _WITHOUT_ZONE:
            yield Finding(
                (*schema.pointer, "x-type"),
                f"a time {meaning!r} needs the zone of the broker",
                "state 'x-time-zone' in info",
            )


def empty_values(document: Document) -> Iterator[Finding]:
    """Ask that what can be empty can be None."""
    for schema in all_schemas(document):
        empties = [schema, *alternatives(document, schema)]
        if "x-empty" in schema.extensions and not any(
            "x-type" in one.extensions or one.enum is not None for one in empties
        ):
            at = (*schema.pointer, "x-empty")
            yield Finding(at, "'x-empty' stands without 'x-type' or enum")
        for name in schema.required:
            member = schema.properties.get(name)
            if member is None or is_nullable(document, member):
                continue
            if any("x-empty" in o.extensions for o in (member, *alternatives(document, member))):
                yield Finding(
                    member.pointer,
                    f"{name!r} can be empty, but is required and not nullable",
                    "leave it out of 'required' or allow null",
                )


def enum_names(document: Document) -> Iterator[Finding]:
    """Ask for one valid name and one description per enum value."""
    for schema in all_schemas(document):
        for key in ("x-enum-varnames", "x-enum-descriptions"):
            given = schema.extensions.get(key)
            if not isinstance(given, list):
                continue
            at = (*schema.pointer, key)
            if schema.enum is None:
                yield Finding(at, f"{key!r} stands without an enum")
            elif len(given) != len(schema.enum):
                yield Finding(at, f"{len(given)} entries for {len(schema.enum)} enum values")
            if key == "x-enum-varnames":
                yield from _bad_names(at, [str(name) for name in given])


def secrets(document: Document) -> Iterator[Finding]:
    """Ask whether what sounds like a secret is one."""
    for schema in all_schemas(document):
        for name, member in schema.properties.items():
            known = {*member.extensions, *target(document, member).extensions}
            if known & {"x-secret", "x-credential"} or _is_flag(document, member):
                continue
            if is_secret_name(name):
                yield _unstated(member.pointer, name)
    for parameter in _parameters(document):
        known = {*parameter.extensions}
        if not known & {"x-secret", "x-credential"} and is_secret_name(parameter.name):
            yield _unstated(parameter.pointer, parameter.name)
    client = document.extensions.get("x-client")
    sent = [one.extensions.get("x-credential") for one in document.security_schemes.values()]
    for name, setting in client.items() if isinstance(client, dict) else ():
        is_stated = not isinstance(setting, dict) or "x-secret" in setting
        if not is_stated and (is_secret_name(name) or name in sent):
            yield _unstated(("x-client", name), name)


def _is_flag(document: Document, schema: Schema) -> bool:
    """Say whether a value is yes or no, which gives no secret away."""
    kinds = [schema, *alternatives(document, schema)]
    return any(one.extensions.get("x-type") == "boolean" or "boolean" in one.types for one in kinds)


def is_secret_name(name: str) -> bool:
    """Say whether a name speaks of a secret, judged by whole words."""
    found = words(name)
    if _PUBLIC_WORDS & set(found):
        return False
    is_key = any(pair == ("api", "key") for pair in pairwise(found))
    return is_key or bool(_SECRET_WORDS & set(found))


def _types_of_empty(schema: Schema) -> Iterator[str]:
    """List the JSON types of the values that mean none."""
    empty = schema.extensions.get("x-empty")
    for value in empty if isinstance(empty, list) else ():
        if isinstance(value, bool):
            yield "boolean"
        else:
            yield "string" if isinstance(value, str) else "number"


def _unstated(pointer: Pointer, name: str) -> Finding:
    message = f"{name!r} sounds like a secret and does not say whether it is one"
    return Finding(pointer, message, "state 'x-secret: true' or 'x-secret: false'")


def _bad_names(at: Pointer, names: list[str]) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if not name.isidentifier() or iskeyword(name):
            yield Finding((*at, index), f"{name!r} is no Python name")
        elif name in names[:index]:
            yield Finding((*at, index), f"{name!r} is given twice")


def _parameters(document: Document) -> Iterator[Parameter]:
    seen: dict[Pointer, Parameter] = {}
    for operation in document.operations:
        for parameter in operation.parameters:
            seen[parameter.pointer] = parameter
    yield from seen.values()


RULES: Final[Mapping[str, Rule]] = {
    "missing-description": descriptions,
    "component-name": component_names,
    "unused-schema": unused_schemas,
    "inline-object": inline_objects,
    "unknown-required": unknown_required,
    "type-mismatch": value_types,
    "amount-type": amounts,
    "missing-time-zone": time_zone,
    "empty-value": empty_values,
    "enum-source": enum_sources,
    "enum-names": enum_names,
    "unstated-secret": secrets,
}
