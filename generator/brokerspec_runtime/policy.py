"""How a client behaves: patience, repetition, pace. Time and chance are arguments."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from .limits import Limits
from .retry import DEFAULT_RETRY, Retry
from .transport import DEFAULT_TIMEOUT, Timeout

OnLimit: TypeAlias = Literal["wait", "raise"]
UNLIMITED: Final = Limits("", {})


def _chance() -> float:
    # Most calls succeed at once and need no chance.
    import random

    return random.random()  # noqa: S311, spreads retries and protects nothing.


async def _sleep_async(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


class Policy(Struct, frozen=True):
    """What `flow.steps` asks before it sends, waits or gives up."""

    timeout: Timeout = DEFAULT_TIMEOUT
    retry: Retry = DEFAULT_RETRY
    limits: Limits = UNLIMITED
    on_limit: OnLimit = "wait"
    now: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    jitter: Callable[[], float] = _chance
    sleep: Callable[[float], None] = time.sleep
    sleep_async: Callable[[float], Awaitable[None]] = _sleep_async
