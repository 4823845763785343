"""The moment at which a call is over, also for what the libraries do by themselves.

Their read timeouts begin anew with every piece, so a server that sends one byte at a time
is never late for them. Whoever reads asks here before each piece.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_end: ContextVar[float | None] = ContextVar("_end", default=None)


@contextmanager
def ending_in(seconds: float) -> Generator[None]:
    """Let everything inside end within that many seconds."""
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


@contextmanager
def ending_at(end: float) -> Generator[None]:
    """Let everything inside end at that moment of the monotonic clock."""
    token = _end.set(end)
    try:
        yield
    finally:
        _end.reset(token)


def at_most(seconds: float | None) -> float | None:
    """Return the shorter of `seconds` and what is left; raise TimeoutError when nothing is."""
    end = _end.get()
    if end is None:
        return seconds
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for this call is over")
    return left if seconds is None else min(seconds, left)
