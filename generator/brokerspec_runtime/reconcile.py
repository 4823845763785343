"""Find an order again whose outcome is unknown, by the id that its sender gave it.

Only an exact match counts: two orders may well agree in symbol, side, quantity and
price. `lookup` does no I/O; the clients' methods drive it.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final, Generic, TypeAlias, TypeVar

from msgspec import Struct

from .errors import BrokerError, InvalidArgument

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0


class Found(Struct, Generic[R], frozen=True):
    """The order arrived. `orders` has more than one where an id was used again."""

    orders: tuple[R, ...]

    @property
    def order(self) -> R:
        """The order, the last one listed if there are several."""
        return self.orders[-1]


class NotFound(Struct, frozen=True):
    """No look within this many seconds showed the order. It may still arrive late."""

    after: float


class StillUnknown(Struct, frozen=True):
    """The last look failed, so nothing can be said. `error` is why."""

    error: BrokerError


class Lookup(Struct, Generic[R_co], frozen=True):
    """How the orders of an operation are found: what to read, and the field with the id.

    Every one of `reads` is needed for one look, in this order.
    """

    reads: tuple[Callable[[], R_co], ...]
    field: str


class Read(Struct, frozen=True):
    """Do this read and give back its rows."""

    index: int


class Pause(Struct, frozen=True):
    """Wait this many seconds."""

    seconds: float


LookStep: TypeAlias = Read | Pause


def lookup(
    reads: int, field: str, wanted: str, window: float, now: Callable[[], float]
) -> Generator[LookStep, Sequence[Any] | None, Found[Any] | NotFound | StillUnknown]:
    """Look until the order is found or the window is over; at least once.

    After a `Read` its rows are sent in, or its error thrown in.
    """
    began = now()
    pause = _FIRST_PAUSE
    while True:
        failed: BrokerError | None = None
        for index in range(reads):
            try:
                rows = (yield Read(index)) or ()
            except BrokerError as error:
                failed = error
                continue
            matches = [row for row in rows if _is(row, field, wanted)]
            if matches:
                return Found(tuple(matches))
        if now() + pause > began + window:
            return NotFound(now() - began) if failed is None else StillUnknown(failed)
        yield Pause(pause)
        pause = min(_LONGEST_PAUSE, pause * 2)


def _is(row: Any, field: str, wanted: str) -> bool:
    value = getattr(row, field)
    return value is not None and str(value) == wanted


def wanted_by(
    what: BrokerError | str | int, lookups: Mapping[str, Lookup[R]]
) -> tuple[Lookup[R], str]:
    """Return how to look for what an error is about, or for an id.

    Raises InvalidArgument for an error of a call that cannot be found again.
    """
    if not isinstance(what, BrokerError):
        return next(iter(lookups.values())), str(what)
    if not what.correlation_id or what.operation not in lookups:
        raise InvalidArgument(
            f"a call of {what.operation or 'no operation'} carries no id of its own"
        )
    return lookups[what.operation], what.correlation_id


# Fourteen bits that count on from a random start, below the seconds of the day: distinct
# within a process and a trading day, and small enough for brokers that keep 31 bits.
_counter = itertools.count(int.from_bytes(os.urandom(2)) >> 2)


def order_number(given: int | None = None) -> int:
    """Return the id of an order: the one given, or a new one of up to ten digits."""
    if given is not None:
        return given
    return int(time.time()) % 86_400 << 14 | next(_counter) % (1 << 14)


def order_text(given: str | None = None) -> str:
    """Return the id of an order as text."""
    return given if given is not None else str(order_number())
