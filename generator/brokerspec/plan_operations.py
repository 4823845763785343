"""The constants of operations.py: what each operation sends and how its answer is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from brokerspec import ir
from brokerspec.expressions import annotation, decodes
from brokerspec.formats import Formats
from brokerspec.naming import first_free
from brokerspec.plan_session import grant
from brokerspec.text import literal

ERRORS: Final = (
    "BrokerError",
    "InvalidArgument",
    "InvalidRequest",
    "LimitReached",
    "NotFound",
    "NotSent",
    "OrderRejected",
    "OutcomeUnknown",
    "PermissionDenied",
    "RateLimited",
    "Rejected",
    "SessionExpired",
    "UnexpectedResponse",
)


class Constant(Struct, frozen=True):
    """A module constant: name, annotation and value, and the operation that it is about."""

    name: str
    annotation: str
    value: str
    operation: str


def item_names(api: ir.Api) -> dict[str, str]:
    """Return the constants that say what operations stream, by operation."""
    taken = {operation.constant for operation in api.operations}
    taken |= {model.name for model in api.models} | {enum.name for enum in api.enums}
    found: dict[str, str] = {}
    for operation in api.operations:
        if operation.streams and operation.item is not None:
            found[operation.name] = first_free(f"{operation.name.upper()}_ITEMS", taken)
            taken.add(found[operation.name])
    return found


def operation_constants(
    operation: ir.Operation, api: ir.Api, formats: Formats, items: str = ""
) -> Iterator[Constant]:
    """Yield the constants of an operation; `items` names that of what it streams."""
    if items and operation.item is not None:
        kind, made = annotation(operation.item), decodes(operation.item, formats)
        yield Constant(items, f"ItemsOf[{kind}]", f"ItemsOf({made})", operation.name)
    yield operation_constant(operation, api, formats, items)


def operation_constant(
    operation: ir.Operation, api: ir.Api, formats: Formats, items: str = ""
) -> Constant:
    """Return the constant that says where an operation is sent and how its answer is read."""
    returns = "None" if operation.returns is None else annotation(operation.returns)
    answer = "None" if operation.answer is None else decodes(operation.answer, formats)
    values = {
        "name": literal(operation.name),
        "method": literal(operation.method),
        "path": literal(operation.path),
        "answer": answer,
        "safety": f"Safety.{operation.safety.upper()}",
        "bucket": literal(operation.bucket) if operation.bucket else "",
        "payload": _tuple(literal(path) for path in operation.payload),
        "media_type": _stated(operation.body.media_type if operation.body else ""),
        "server": _stated(operation.server),
        "attach": _attached(operation.attachments),
        "either": _tuple(_attached(group) or "()" for group in operation.alternatives),
        "settings": _tuple(literal(name) for name in dict.fromkeys(_settings(operation))),
        "failures": _failures(operation, api),
        "grants": _tuple(grant(given, api.zone) for given in operation.grants),
        "opens_session": "True" if operation.opens_session else "",
        "closes_session": "True" if operation.closes_session else "",
        "correlate": _correlate(operation.correlation),
        "answers": _tuple(_documented(body, formats) for body in operation.answers),
        "details": _tuple(_documented(body, formats) for body in operation.details),
        "accept": literal(operation.accept) if operation.accept else "",
        "headers": _headers(operation.headers) if operation.headers else "",
        "error_headers": _tuple(_headers(one) for one in operation.error_headers),
        "items": items,
        "stream_accept": _stated(operation.stream_accept),
    }
    body = ", ".join(f"{name}={value}" for name, value in values.items() if value)
    return Constant(
        operation.constant, f"Operation[{returns}]", f"Operation({body})", operation.name
    )


def _headers(headers: ir.Headers) -> str:
    values = {
        "required": _tuple(literal(name) for name in headers.required),
        "exploded": _tuple(literal(name) for name in headers.exploded),
        "json": _tuple(literal(name) for name in headers.json),
        "statuses": _tuple(literal(status) for status in headers.statuses),
    }
    given = "".join(f", {name}={value}" for name, value in values.items() if value)
    return f"HeadersOf({headers.model}{given})"


def _stated(text: str) -> str:
    return literal(text) if text else ""


def _attached(group: tuple[ir.Attachment, ...]) -> str:
    return _tuple(
        f"Attach({literal(a.place)}, {literal(a.name)}, {literal(a.setting)})" for a in group
    )


def _settings(operation: ir.Operation) -> Iterator[str]:
    """Yield the settings that fill a member of the path, query, headers or body."""
    yield from _filling(ir.Body(operation.path_slots))
    yield from _filling(ir.Body(_other_slots(operation)))
    if operation.body is not None:
        yield from _filling(operation.body.body)


def _other_slots(operation: ir.Operation) -> tuple[ir.Slot, ...]:
    return (*operation.query_slots, *operation.header_slots, *operation.cookie_slots)


def _filling(part: ir.Filling | ir.Body) -> Iterator[str]:
    if isinstance(part, ir.FromSetting):
        yield part.setting
    if isinstance(part, ir.Body):
        for slot in part.slots:
            yield from _filling(slot.filling)
            for header in slot.style.headers if slot.style else ():
                yield from _filling(header.filling)


def _documented(body: ir.Documented, formats: Formats) -> str:
    words = [_tuple(literal(place) for place in places) for places in (body.code, body.message)]
    values = {
        "": _tuple(literal(status) for status in body.statuses),
        "media=": literal(body.media) if body.media else "",
        "type=": "" if body.type is None else decodes(body.type, formats),
        "code=": words[0],
        "message=": words[1],
    }
    return f"Documented({', '.join(f'{name}{value}' for name, value in values.items() if value)})"


def _tuple(items: Iterator[str]) -> str:
    listed = list(items)
    return "(" + ", ".join(listed) + ("," if len(listed) == 1 else "") + ")" if listed else ""


def _failures(operation: ir.Operation, api: ir.Api) -> str:
    shared = "*FAILURES" if api.failures else ""
    if not operation.failures:
        return "FAILURES" if shared else ""
    own = rules(operation.failures)[1:-1].rstrip(",")
    return f"({own}, {shared})" if shared else f"({own},)"


def rules(given: tuple[ir.FailureRule, ...]) -> str:
    """Return failure rules as a tuple, or nothing when there are none."""
    return "(" + "".join(f"{_rule(rule)}, " for rule in given).rstrip() + ")" if given else ""


def _rule(rule: ir.FailureRule) -> str:
    known = next((name for name in ERRORS if name == rule.error), "")
    error = literal("empty") if rule.error == "empty" else known
    values = {
        "where": _tuple(_condition(condition) for condition in rule.where),
        "status": _tuple(literal(status) for status in rule.status),
        "error": error,
        "code": _tuple(literal(pointer) for pointer in rule.code),
        "message": _tuple(literal(pointer) for pointer in rule.message),
    }
    return "Failure(" + ", ".join(f"{k}={v}" for k, v in values.items() if v) + ")"


def _condition(condition: ir.Condition) -> str:
    kinds = {"equals": "Equals", "not-equals": "NotEquals", "contains": "Contains"}
    places = _tuple(literal(pointer) for pointer in condition.pointers)
    if condition.test == "absent":
        return f"Absent({places})"
    values = _tuple(literal(value) for value in condition.values)
    return f"{kinds[condition.test]}({places}, {values})"


def _correlate(correlation: ir.Correlation | None) -> str:
    if correlation is None:
        return ""
    names = (correlation.argument, correlation.read, correlation.field)
    return f"Correlate({', '.join(literal(name) for name in names)})"
