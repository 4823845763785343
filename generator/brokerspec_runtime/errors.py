"""What can go wrong, arranged by what the caller does next.

BrokerError
├── NotSent                never left this machine: correct it or try again
│   └── InvalidArgument    an argument that must not be sent
├── OutcomeUnknown         sent, but no trustworthy answer: look it up before sending again
├── Rejected               the broker answered no
│   ├── InvalidRequest · SessionExpired · PermissionDenied · NotFound · RateLimited
│   └── OrderRejected
└── UnexpectedResponse     the answer is not what the documentation says
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .request import RawResponse, Request


@dataclass(frozen=True, slots=True)
class Deviation:
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
    `retry_after` is the broker's own wish in seconds.
    """

    operation: str = ""
    broker: str = ""
    request: Request | None = None
    response: RawResponse | None = None
    retry_safe: bool | None = None
    retry_after: float | None = None

    def about(
        self,
        *,
        operation: str,
        broker: str,
        request: Request | None = None,
        response: RawResponse | None = None,
    ) -> BrokerError:
        """Say which call this error belongs to, and return it."""
        self.operation = operation
        self.broker = broker
        self.request = request
        self.response = response
        return self

    def __str__(self) -> str:
        text = super().__str__()
        return f"{self.broker}.{self.operation}: {text}" if self.operation else text


class NotSent(BrokerError):
    """Nothing reached the broker."""

    retry_safe = True


class InvalidArgument(NotSent, ValueError):
    """An argument or setting that must not be sent as it is."""


class OutcomeUnknown(BrokerError):
    """The call may have taken effect; there is no trustworthy answer that says so."""


class Rejected(BrokerError):
    """The broker answered no.

    `status` is the HTTP status, `code` and `message` are the broker's own.
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
