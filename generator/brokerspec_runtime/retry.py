"""Whether a call is repeated, and after which pause: arithmetic, no waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from .errors import BrokerError, InvalidArgument, NotSent, OutcomeUnknown, RateLimited
from .operation import Safety


class Retry(Struct, frozen=True):
    """How often a call may be sent in all, and how long the pauses are.

    Pauses double from `base` up to `cap` seconds, and each is drawn at random between
    half of that and all of it. A `Retry-After` above `longest_wish` is not waited for.
    """

    attempts: int = 3
    base: float = 0.25
    cap: float = 8
    longest_wish: float = 30

    def __post_init__(self) -> None:
        if self.attempts < 1 or not 0 <= self.base <= self.cap < float("inf"):
            raise InvalidArgument("retry needs at least one attempt and finite, growing pauses")


DEFAULT_RETRY: Final = Retry()
NEVER: Final = Retry(attempts=1)
_DOUBLINGS: Final = 64  # By then every pause is at its cap; a float ends at 1023.


def pause_before_next(
    retry: Retry,
    attempt: int,
    safety: Safety,
    error: BrokerError,
    jitter: Callable[[], float],
) -> float | None:
    """Return the seconds to wait before sending again, None when that must not be.

    `attempt` counts from 1 and `jitter` gives a number from 0 to 1. An unsafe call is
    sent again only when nothing can have left this machine.
    """
    if attempt >= retry.attempts or not _may_repeat(safety, error):
        return None
    pause: float = min(retry.cap, retry.base * 2.0 ** min(attempt - 1, _DOUBLINGS))
    pause *= 0.5 + jitter() / 2
    wish = error.retry_after
    if wish is None:
        return pause
    return max(pause, wish) if wish <= retry.longest_wish else None


def _may_repeat(safety: Safety, error: BrokerError) -> bool:
    if isinstance(error, InvalidArgument):
        return False
    if isinstance(error, NotSent):
        return error.is_transient
    is_passing = isinstance(error, OutcomeUnknown | RateLimited)
    return is_passing and safety is not Safety.UNSAFE


def wish_of(headers: Mapping[str, str], wall: Callable[[], float]) -> float | None:
    """Return the seconds that a `Retry-After` asks for, None without a readable one.

    A date is read by the server's own clock, or by `wall`, epoch seconds, without one.
    """
    wish = headers.get("retry-after", "").strip()
    if wish.isascii() and wish.isdecimal():
        return float(wish)
    wished = _epoch(wish)
    if wished is None:
        return None
    told = _epoch(headers.get("date", ""))
    return max(0.0, wished - (wall() if told is None else told))


def _epoch(text: str) -> float | None:
    """Return the epoch seconds of an HTTP date."""
    # Most answers name no date; who needs no dates should not wait for this module.
    from email.utils import mktime_tz, parsedate_tz

    parts = parsedate_tz(text) if text else None
    try:
        return None if parts is None else float(mktime_tz((*parts[:9], parts[9] or 0)))
    except (ValueError, OverflowError):
        return None
