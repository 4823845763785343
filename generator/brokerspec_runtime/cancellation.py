"""What is known of a call that was stopped from outside."""

from __future__ import annotations

from .errors import OutcomeUnknown


def outcome_of(error: BaseException) -> OutcomeUnknown | None:
    """Return the unknown outcome of a call that `error` stopped, None if nothing was sent.

    Cancelling a call, or pressing Ctrl-C, does not call its request back. The
    `CancelledError` stays exactly what it was, because timeouts and task groups look at
    its type, and has the outcome as its cause; so has the `TimeoutError` made of it.
    """
    at: BaseException | None = error
    while at is not None and not isinstance(at, OutcomeUnknown):
        at = at.__cause__
    return at
