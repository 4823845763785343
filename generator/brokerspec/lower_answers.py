"""What an operation's answers mean: the payload, the failures, the correlation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from brokerspec import ir
from brokerspec.document import Operation
from brokerspec.lower_responses import Answers
from brokerspec.schema_types import Types, origin_of


def payload_of(
    node: Operation, answers: Answers, types: Types
) -> tuple[tuple[str, ...], ir.TypeRef | None]:
    """Return the paths to what the method returns, and its type; raise KeyError for a wrong one."""
    given = node.extensions.get("x-payload")
    if given is None or answers.whole is None:
        return (), answers.returns
    found = [pointers(pointer, answers.whole, types) for pointer in texts(given)]
    return tuple(path for path, _ in found), found[0][1]


def pointers(pointer: str, kind: ir.TypeRef | None, types: Types) -> tuple[str, ir.TypeRef | None]:
    """Return a JSON Pointer as a dotted path of attributes, and the type it leads to."""
    path: list[str] = []
    for part in pointer.split("/")[1:]:
        wire = part.replace("~1", "/").replace("~0", "~")
        bare = kind.of if isinstance(kind, ir.Nullable) else kind
        model = types.models[bare.name] if isinstance(bare, ir.Named) else None
        field = next((f for f in model.fields if f.wire == wire), None) if model else None
        if field is None:
            raise KeyError(pointer)
        path.append(field.name)
        kind = field.type
    return ".".join(path), kind.of if isinstance(kind, ir.Nullable) else kind


def texts(given: object) -> tuple[str, ...]:
    """Return one text or a list of them as a tuple."""
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(cast("list[str]", given))


def failure_rules(extensions: Mapping[str, object]) -> tuple[ir.FailureRule, ...]:
    """Return the failure rules of a document or operation, in order."""
    rules = cast("list[dict[str, Any]]", extensions.get("x-failure", []))
    return tuple(
        ir.FailureRule(
            where=tuple(_condition(condition) for condition in _listed(rule.get("where"))),
            status=tuple(cast("list[int]", _listed(rule.get("status")))),
            error=str(rule.get("error", "")),
            code=texts(rule.get("code")),
            message=texts(rule.get("message")),
            origin=origin_of(rule),
        )
        for rule in rules
    )


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return [*given] if isinstance(given, list) else [given]


def _condition(given: Mapping[str, Any]) -> ir.Condition:
    places = texts(given["pointer"])
    for test in ("equals", "not-equals", "contains"):
        if test in given:
            return ir.Condition(cast("Any", test), places, tuple(_listed(given[test])))
    return ir.Condition("absent", places, ())


def clash_of(opening: Sequence[str], operations: Sequence[ir.Operation]) -> str:
    """Return an argument that the operations of a login chain take in two ways, or nothing."""
    seen: dict[str, tuple[ir.TypeRef, bool]] = {}
    for operation in operations:
        for argument in operation.arguments if operation.name in opening else ():
            kind = argument.type, argument.is_required
            if seen.setdefault(argument.name, kind) != kind:
                return argument.name
    return ""


def correlation_of(extensions: Mapping[str, object]) -> ir.Correlation | None:
    """Return how the sender of an order recognises it."""
    found = cast("dict[str, Any] | None", extensions.get("x-correlate"))
    if found is None:
        return None
    views = tuple(tuple(view.items()) for view in found.get("views", [{}]))
    return ir.Correlation(found["argument"], found["read"], found["field"], views)
