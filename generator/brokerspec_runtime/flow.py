"""What happens between a call and its answer: all policy, no I/O.

`steps` yields the request, receives the raw answer, or has the transport's failure
thrown into it, and returns the answer or raises an error of the tree.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar, cast

from . import codec
from .build import build
from .errors import (
    BrokerError,
    Deviation,
    NotSent,
    OutcomeUnknown,
    Rejected,
    UnexpectedResponse,
)
from .failure import BY_STATUS, broken_rule
from .operation import Call, Context, Operation, Safety
from .request import RawResponse, Request
from .transport import Phase, TransportFailure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Response(Generic[T]):
    """An answer with everything around it: `data` is what the plain method returns."""

    data: T
    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float
    request: Request
    deviations: tuple[Deviation, ...] = ()

    def __repr__(self) -> str:
        return f"Response({self.status}, data={self.data!r})"


def steps(
    call: Call[T], context: Context, *, thorough: bool = False
) -> Generator[Request, RawResponse, Response[T]]:
    """Drive one call: yield its request, take the raw answer, return the typed one."""
    operation = call.operation
    request: Request | None = None
    raw: RawResponse | None = None
    try:
        request = build(call, context)
        raw = yield request
        return _interpret(operation, request, raw, thorough=thorough)
    except TransportFailure as failure:
        error = _transport_error(operation, failure)
        error.about(operation=operation.name, broker=context.broker, request=request)
        raise error from failure
    except BrokerError as error:
        error.about(operation=operation.name, broker=context.broker, request=request, response=raw)
        raise


def _transport_error(operation: Operation[Any], failure: TransportFailure) -> BrokerError:
    if failure.phase is Phase.NOT_SENT:
        return NotSent(f"nothing was sent: {failure}")
    unknown = OutcomeUnknown(f"sent, but no answer came back: {failure}")
    unknown.retry_safe = operation.safety is not Safety.UNSAFE
    return unknown


def _interpret(
    operation: Operation[T], request: Request, raw: RawResponse, *, thorough: bool
) -> Response[T]:
    """Return the typed answer, or raise what the answer says went wrong."""
    found = broken_rule(operation.failures, raw.status, raw.body)
    deviations: tuple[Deviation, ...] = ()
    if found is not None:
        rule, view = found
        if rule.error != "empty":
            raise _rejection(
                operation, raw, rule.error, view.text(rule.code), view.text(rule.message)
            )
        data = cast("T", [])
    elif not 200 <= raw.status < 300:
        raise _rejection(operation, raw, None, "", "")
    elif operation.answer is None:
        data = cast("T", None)
    else:
        whole, deviations = codec.decode(raw.body, operation.answer)
        if thorough:
            deviations = codec.survey(raw.body, operation.answer)
        data = cast("T", _payload(operation, whole))
    return Response(data, raw.status, raw.headers, raw.body, raw.elapsed, request, deviations)


def _rejection(
    operation: Operation[Any],
    raw: RawResponse,
    error: type[Rejected] | type[OutcomeUnknown] | None,
    code: str,
    message: str,
) -> BrokerError:
    """Return the error of an answer that is a failure."""
    if raw.status >= 500 or error is OutcomeUnknown:
        words = ": ".join(part for part in (code, message) if part)
        told = f" ({words})" if words else ""
        unknown = OutcomeUnknown(f"the server failed with HTTP {raw.status}{told}")
        unknown.retry_safe = operation.safety is not Safety.UNSAFE
        return unknown
    if 300 <= raw.status < 400:
        return UnexpectedResponse(f"the server redirects (HTTP {raw.status}); not followed")
    kind = cast("type[Rejected]", error) or BY_STATUS.get(raw.status, Rejected)
    made = kind(status=raw.status, code=code, message=message)
    wish = raw.headers.get("retry-after", "")
    made.retry_after = float(wish) if wish.isdecimal() else None
    return made


def _payload(operation: Operation[Any], whole: Any) -> Any:
    """Return the part of the body that the method returns."""
    if not operation.payload:
        return whole
    for path in operation.payload:
        part = attribute(whole, path)
        if part is not None:
            return part
    first = operation.payload[0]
    missing = Deviation(f"$.{first}", "the result", "nothing", None)
    raise UnexpectedResponse(f"the answer has no {first}", deviations=(missing,))


def attribute(holder: Any, path: str) -> Any:
    """Return what a dotted attribute path leads to, None where it breaks off."""
    return reduce(
        lambda at, name: None if at is None else getattr(at, name), path.split("."), holder
    )
