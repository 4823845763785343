"""What can go wrong, arranged by what the caller does next.

BrokerError
├── NotSent                never left this machine: correct it or try again
│   ├── InvalidArgument    an argument that must not be sent
│   └── LimitReached       beyond a rate limit of this client
├── OutcomeUnknown         sent, but no trustworthy answer: look it up before sending again
├── Rejected               the server answered no
│   ├── InvalidRequest · SessionExpired · PermissionDenied · NotFound · RateLimited
│   └── OrderRejected
└── UnexpectedResponse     the answer is not what the documentation says
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from msgspec.structs import replace

from .request import Discreet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .operation import Documented, HeadersOf
    from .request import RawResponse, Request


# What of an answer is read when it is asked for.
_READ = ("detail", "documented_headers")


class Deviation(Discreet, frozen=True):
    """One place where an answer differs from its documentation.

    `path` is a JSON path, `expected` and `got` describe types, `raw` is the value as
    it arrived. The text of a deviation leaves `raw` out: it may be personal.
    """

    path: str
    expected: str
    got: str
    raw: object

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.got}"

    def __repr__(self) -> str:
        return f"Deviation({self})"


class BrokerError(Exception):
    """Base of every error that a client raises.

    `request` is masked when shown. `retry_safe` says whether sending the same call
    again can do harm: True when it cannot, False when it can, None when unknown.
    `retry_after` is the server's own wish in seconds. `correlation_id` is by what an
    order can be found again, `attempts` how often the call was sent.
    """

    operation: str = ""
    broker: str = ""
    request: Request | None = None
    response: RawResponse | None = None
    correlation_id: str | None = None
    attempts: int = 0
    retry_safe: bool | None = None
    retry_after: float | None = None
    _details: Sequence[Documented] = ()
    _headers: Sequence[HeadersOf[Any]] = ()

    @cached_property
    def detail(self) -> object:
        """The body of a failure as what the document says that it is.

        None where no body came, where none is documented or where it does not fit: then
        `response.body` still has its bytes.
        """
        if self.response is None or not self._details:
            return None
        # Loaded late: only a failure whose body is documented needs it.
        from .reading import detail_of

        return detail_of(self._details, self.response)

    @cached_property
    def documented_headers(self) -> object:
        """The headers of a failure with the types that the document gives them.

        None where no answer came or none is documented for its status; a header that is not
        there or does not fit is None. `response.headers` has all of them as text.
        """
        if self.response is None or not self._headers:
            return None
        from .reading import headers_of

        return headers_of(self._headers, self.response)

    def about(
        self,
        *,
        operation: str,
        broker: str,
        request: Request | None = None,
        response: RawResponse | None = None,
        correlation_id: str | None = None,
        attempts: int = 0,
        details: Sequence[Documented] = (),
        headers: Sequence[HeadersOf[Any]] = (),
    ) -> BrokerError:
        """Say which call this error belongs to, and return it."""
        for known in _READ:
            self.__dict__.pop(known, None)
        self._details, self._headers = details, headers
        self.operation = operation
        self.broker = broker
        self.request = request
        self.response = response
        self.correlation_id = correlation_id
        self.attempts = attempts
        return self

    def without_traces(self) -> Self:
        """Return this error without the frames it passed and the error it came from.

        Both hold the bare request or answer, which tools that print local variables show.
        """
        self.__context__ = self.__cause__ = None
        return self.with_traceback(None)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave out of a pickle what may be secret: the answer, its rows and raw values."""
        kept: dict[str, Any] = {**self.__dict__, "response": None, "rows": (), "_details": ()}
        kept["_headers"] = ()
        for known in _READ:
            kept.pop(known, None)
        if "deviations" in kept:
            kept["deviations"] = tuple(replace(item, raw=None) for item in kept["deviations"])
        return _restored, (type(self), self.args, kept)

    def __str__(self) -> str:
        text = super().__str__()
        return f"{self.broker}.{self.operation}: {text}" if self.operation else text


def _restored(
    kind: type[BrokerError], args: tuple[object, ...], state: dict[str, object]
) -> BrokerError:
    """Return a pickled error; its class may ask for other arguments than its text."""
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class NotSent(BrokerError):
    """Nothing reached the server.

    `is_transient` says whether the same call may succeed later as it is: there was no
    connection, rather than something missing in the call.
    """

    retry_safe = True
    is_transient: bool = False


class InvalidArgument(NotSent, ValueError):
    """An argument or setting that must not be sent as it is."""


class LimitReached(NotSent):
    """The call would go beyond a rate limit; `retry_after` says when there is room."""

    def __init__(self, bucket: str, seconds: float) -> None:
        super().__init__(
            f"the rate limit for {bucket or 'all calls'} leaves no room for {seconds:.3f} s"
        )
        self.retry_after = seconds


class OutcomeUnknown(BrokerError):
    """The call may have taken effect; there is no trustworthy answer that says so."""


class Rejected(BrokerError):
    """The server answered no.

    `status` is the HTTP status, `code` and `message` are the server's own.
    """

    retry_safe = True

    def __init__(self, *, status: int, code: str = "", message: str = "") -> None:
        parts = [part for part in (code, message) if part]
        super().__init__(f"{': '.join(parts) or 'no reason given'} (HTTP {status})")
        self.status = status
        self.code = code
        self.message = message


class InvalidRequest(Rejected):
    """The request is malformed, or a value in it is not accepted."""


class SessionExpired(Rejected):
    """There is no valid session: sign in again."""


class PermissionDenied(Rejected):
    """The session is valid and may not do this."""


class NotFound(Rejected):
    """What the request names does not exist."""


class RateLimited(Rejected):
    """Too many requests; see `retry_after`."""


class OrderRejected(Rejected):
    """The order was refused by risk checks or the exchange."""


class UnexpectedResponse(BrokerError):
    """The answer is not what the documentation says.

    `deviations` tell where, `rows` are the rows of a list that did decode, and
    `response.body` is the answer itself, byte for byte.
    """

    def __init__(
        self, message: str, *, deviations: Sequence[Deviation] = (), rows: Sequence[object] = ()
    ) -> None:
        super().__init__(message)
        self.deviations = tuple(deviations)
        self.rows = tuple(rows)
