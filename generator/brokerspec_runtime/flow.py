"""What happens between a call and its answer: all policy, no I/O.

`steps` yields what is to be done, receives the raw answer or has what went wrong thrown
into it, and returns the typed answer or raises an error of the tree.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from msgspec import Struct

from . import codec
from .build import build, conceal
from .course import Course
from .errors import (
    BrokerError,
    Deviation,
    LimitReached,
    NotSent,
    OutcomeUnknown,
    Rejected,
    SessionExpired,
    UnexpectedResponse,
)
from .failure import BY_STATUS, broken_rule
from .operation import Call, Context, Operation, Safety
from .policy import Policy
from .request import Discreet, RawResponse, Request
from .retry import pause_before_next, wish_of
from .transport import BodyTooLarge, Timeout, TransportFailure

T = TypeVar("T")
# Seconds that need not be taken from the time of a call.
_AT_ONCE: Final = 0.001


class Response(Discreet, Generic[T], frozen=True):
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


class Send(Struct, frozen=True):
    """Send this request and give back the answer."""

    request: Request
    timeout: Timeout


class Wait(Struct, frozen=True):
    """Wait this many seconds."""

    seconds: float


class Reauthenticate(Struct, frozen=True):
    """Sign in again, and give back what went wrong or None."""


Step: TypeAlias = Send | Wait | Reauthenticate
Given: TypeAlias = RawResponse | Exception | None


def steps(
    call: Call[T],
    context: Context,
    policy: Policy,
    *,
    thorough: bool = False,
    may_renew: bool = False,
) -> Generator[Step, Given, Response[T]]:
    """Drive one call: yield what to send and how long to wait, return the typed answer.

    After a `Send` the raw answer is sent in. Whatever goes wrong while a step is done is
    thrown in, a cancellation too. With `may_renew` a call that the server refused for want
    of a session is sent once more after a `Reauthenticate`, an unsafe one too: the refusal
    proves that it did nothing.
    """
    course = Course(call, context, policy, policy.now() + policy.timeout.total)
    while True:
        raw: RawResponse | None = None
        error: BrokerError
        try:
            request = course.request = course.request or build(call, context)
            now = policy.now()
            place = policy.limits.reserve(call.operation.bucket, now)
            if place > now:
                yield from _queue(course, place, now)
            sending = Send(request, _patience(course, place))
            course.attempts += 1
            try:
                given = yield sending
            except Exception:
                raise
            except BaseException as stop:
                # Who stops that learns that the request may be out.
                _leave(stop, course.tell(course.unknown("stopped when it may have been sent")))
                raise
            if not isinstance(given, RawResponse):
                raise TypeError("a Send is answered with a RawResponse")
            raw = given
            return _interpret(course, call, request, raw, thorough=thorough)
        except BodyTooLarge as answer:
            raw = answer.response
            error = _unread(answer, course)
        except TransportFailure as failure:
            error = course.broken(failure)
        except BrokerError as raised:
            error = raised
        if isinstance(error, UnexpectedResponse):
            advise(call.operation, error)
        course.tell(error, raw)
        if may_renew and isinstance(error, SessionExpired):
            course.ends += yield from _renewal(error, course)
            may_renew, course.request = False, None
            continue
        pause = pause_before_next(
            policy.retry, course.attempts, call.operation.safety, error, policy.jitter
        )
        if pause is None or policy.now() + pause >= course.ends:
            raise course.verdict(error, raw).without_traces() from None
        yield from _pause(course, pause)


def _renewal(error: SessionExpired, course: Course) -> Generator[Step, Given, float]:
    """Sign in again and return the seconds that it took; they are not the call's own."""
    began = course.policy.now()
    try:
        failure = yield Reauthenticate()
    except BaseException as stop:
        _leave(stop, course.doubt)
        raise
    if isinstance(failure, Exception):
        raise course.verdict(error, error.response).without_traces() from failure
    return course.policy.now() - began


def _queue(course: Course, place: float, now: float) -> Generator[Step, Given, None]:
    """Wait for a place within the rate limits, or refuse what they would delay for too long."""
    policy, bucket = course.policy, course.call.operation.bucket
    try:
        if policy.on_limit == "raise" or place >= course.ends:
            raise LimitReached(bucket, place - now)
        yield from _pause(course, place - now)
    except BaseException:
        # Cancelled ones too: nobody else would give their place back.
        policy.limits.give_back(bucket, place)
        raise


def _patience(course: Course, place: float) -> Timeout:
    """Return how long a sending may take; give its place back when no time is left."""
    policy = course.policy
    left = course.ends - policy.now()
    if left <= 0:
        policy.limits.give_back(course.call.operation.bucket, place)
        raise NotSent("the time for this call was over before it was sent")
    # Most calls come here at once.
    whole = policy.timeout
    return whole if whole.total - left < _AT_ONCE else whole.within(left)


def _pause(course: Course, seconds: float) -> Generator[Step, Given, None]:
    """Wait; who stops the waiting learns whether an earlier sending is in doubt."""
    try:
        yield Wait(seconds)
    except BaseException as stop:
        _leave(stop, course.doubt)
        raise


def _leave(stop: BaseException, doubt: BrokerError | None) -> None:
    """Give what stops a call from outside the unknown outcome as its cause.

    Its frames are dropped like those of our own errors: they hold the bare request.
    """
    if not isinstance(stop, Exception | GeneratorExit):
        stop.__cause__, stop.__context__ = doubt, None
        stop.__traceback__ = None


def _unread(answer: BodyTooLarge, course: Course) -> BrokerError:
    """Return the error of an answer that is not read whole, so nobody knows what it says."""
    if course.call.operation.safety is Safety.UNSAFE:
        return course.unknown(f"sent, but {answer}")
    return UnexpectedResponse(str(answer))


def advise(operation: Operation[Any], error: UnexpectedResponse) -> None:
    """Say whether the call may be sent again although its answer cannot be read."""
    error.retry_safe = operation.safety is not Safety.UNSAFE
    if not error.retry_safe:
        error.args = (f"{error}; it may have taken effect: look it up before sending again",)


def _interpret(
    course: Course, call: Call[T], request: Request, raw: RawResponse, *, thorough: bool
) -> Response[T]:
    """Return the typed answer, or raise what the answer says went wrong."""
    operation = call.operation
    found = broken_rule(operation.failures, raw.status, raw.body)
    deviations: tuple[Deviation, ...] = ()
    if found is not None:
        rule, view = found
        if 200 <= raw.status < 300:
            codec.parse(raw.body)
        if rule.error != "empty":
            code, message = view.text(rule.code), view.text(rule.message)
            raise _rejection(
                course,
                raw,
                rule.error,
                conceal(code, call, course.context),
                conceal(message, call, course.context),
            )
        data = cast("T", [])
    elif not (200 <= raw.status < 300 or _is_documented(operation, raw)):
        code, message = _words(operation, raw)
        raise _rejection(
            course,
            raw,
            None,
            conceal(code, call, course.context),
            conceal(message, call, course.context),
        )
    elif operation.answers:
        data, deviations = _chosen(operation, raw, thorough=thorough)
    elif operation.answer is None:
        data = cast("T", None)
    else:
        whole, deviations = codec.decode(raw.body, operation.answer)
        if thorough:
            deviations = codec.survey(raw.body, operation.answer)
        data = cast("T", _payload(operation, whole, deviations))
    return Response(data, raw.status, raw.headers, raw.body, raw.elapsed, request, deviations)


# The reader of several answers is loaded late: most operations have one, in JSON.


def _is_documented(operation: Operation[Any], raw: RawResponse) -> bool:
    """Say whether a redirect is the documented answer."""
    if not (300 <= raw.status < 400 and operation.answers):
        return False
    from .reading import has_status

    return has_status(operation.answers, raw.status)


def _chosen(
    operation: Operation[T], raw: RawResponse, *, thorough: bool
) -> tuple[T, tuple[Deviation, ...]]:
    """Return what is in the one of several documented answers that came."""
    from .reading import read

    value, deviations = read(operation.answers, raw, thorough=thorough)
    return cast("T", value), deviations


def _words(operation: Operation[Any], raw: RawResponse) -> tuple[str, str]:
    """Return the code and message of a failure, as far as the document says where they are."""
    if not operation.details:
        return "", ""
    from .reading import words_of

    return words_of(operation.details, raw)


def _rejection(
    course: Course,
    raw: RawResponse,
    error: type[Rejected] | type[OutcomeUnknown] | None,
    code: str,
    message: str,
) -> BrokerError:
    """Return the error of an answer that is a failure."""
    made: BrokerError
    if raw.status >= 500 or error is OutcomeUnknown:
        words = ": ".join(part for part in (code, message) if part)
        told = f" ({words})" if words else ""
        made = course.unknown(f"the server failed with HTTP {raw.status}{told}")
    elif 300 <= raw.status < 400:
        if raw.status == 304:
            return UnexpectedResponse("the server has nothing newer (HTTP 304)")
        return UnexpectedResponse(f"the server redirects (HTTP {raw.status}); not followed")
    else:
        kind = cast("type[Rejected]", error) or BY_STATUS.get(raw.status, Rejected)
        made = kind(status=raw.status, code=code, message=message)
    made.retry_after = wish_of(raw.headers, course.policy.wall)
    return made


def _payload(operation: Operation[Any], whole: Any, deviations: tuple[Deviation, ...]) -> Any:
    """Return the part of the body that the method returns."""
    if not operation.payload:
        return whole
    for path in operation.payload:
        part = attribute(whole, path)
        if part is not None:
            return part
    first = operation.payload[0]
    missing = Deviation(f"$.{first}", "the result", "nothing", None)
    raise UnexpectedResponse(f"the answer has no {first}", deviations=(*deviations, missing))


def attribute(holder: Any, path: str) -> Any:
    """Return what a dotted attribute path leads to, None where it breaks off."""
    for name in path.split("."):
        if holder is None:
            return None
        holder = getattr(holder, name)
    return holder
