"""How far a call has come, and what is true of all that was sent of it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from .errors import BrokerError, NotSent, OutcomeUnknown, Rejected
from .operation import Call, Context, Safety
from .policy import Policy
from .request import RawResponse, Request
from .transport import Phase, TransportFailure


class Course(Struct):
    """One call on its way; `doubt` is a sending of it that may have taken effect."""

    call: Call[Any]
    context: Context
    policy: Policy
    ends: float
    request: Request | None = None
    attempts: int = 0
    doubt: OutcomeUnknown | None = None

    def tell(self, error: BrokerError, raw: RawResponse | None = None) -> BrokerError:
        """Say on an error which call it belongs to, and return it."""
        if isinstance(error, OutcomeUnknown):
            self.doubt = error
        if self.request is not None:
            # Masked now: later the caller may have changed what the arguments hold.
            _ = self.request.shown
        return error.about(
            operation=self.call.operation.name,
            broker=self.context.broker,
            request=self.request,
            response=raw,
            correlation_id=self.call.correlation_id,
            attempts=self.attempts,
            details=self.call.operation.details,
            headers=self.call.operation.error_headers,
        )

    def verdict(self, error: BrokerError, raw: RawResponse | None) -> BrokerError:
        """Return what is true of all that was sent, not only of the last attempt.

        A refusal to repeat says nothing about a first sending that was not answered. Where
        nothing is changed, the last answer is all that matters.
        """
        is_safe = self.call.operation.safety is Safety.SAFE
        hides = isinstance(error, NotSent) or (isinstance(error, Rejected) and not is_safe)
        if self.doubt is None or not hides:
            return error
        whole = self.unknown(f"{self.doubt.args[0]}; then: {error.args[0]}")
        whole.retry_after = error.retry_after
        return self.tell(whole, raw)

    def unknown(self, text: str) -> OutcomeUnknown:
        """Return the error of a sending that may have taken effect."""
        made = OutcomeUnknown(text)
        made.retry_safe = self.call.operation.safety is not Safety.UNSAFE
        return made

    def broken(self, failure: TransportFailure) -> BrokerError:
        """Return the error of a sending that was not answered."""
        if failure.phase is Phase.NOT_SENT:
            unsent = NotSent(f"nothing was sent: {failure}")
            unsent.is_transient = True
            return unsent
        return self.unknown(f"sent, but no answer came back: {failure}")
