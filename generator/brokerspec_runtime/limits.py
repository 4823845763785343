"""Keep within a server's rate limits: arithmetic on times, no threads and no waiting.

Places are given out so that every window is kept exactly: of one credential and class,
no more than `calls` of them lie within any `seconds`, wherever one begins to count. (A
token bucket would let through up to twice as many where a burst meets a full bucket.) A
call that starts later than its place, because the machine is busy, is not counted again.
"""

from __future__ import annotations

import bisect
import threading
from collections.abc import Mapping
from typing import Final, Protocol, TypeAlias

from msgspec import Struct

from .errors import InvalidArgument
from .secret import Secret


class Rate(Struct, frozen=True):
    """At most this many calls within any period of this many seconds."""

    calls: int
    seconds: float = 1

    def __post_init__(self) -> None:
        if self.calls < 1 or not 0 < self.seconds < float("inf"):
            raise InvalidArgument("a rate needs at least one call in a finite time")


RateLimits: TypeAlias = Mapping[str, tuple[Rate, ...]]
"""The rates of each class of calls: `orders`, `books`, `quotes`, `session`."""

# The Indian exchanges let algorithms that are not registered send ten orders a second.
DEFAULT_RATES: Final[RateLimits] = {"orders": (Rate(10),)}


class LimitStore(Protocol):
    """Remembers when calls may start. The one that comes with this lives in the process."""

    def reserve(self, key: str, rates: tuple[Rate, ...], now: float) -> float:
        """Take the first free place at or after `now` and return its time."""
        ...

    def give_back(self, key: str, place: float) -> None:
        """Free a place that was not used."""
        ...


class _Places(Struct):
    """The places of one key, in order; none is given before `opens`."""

    times: list[float] = []
    longest: float = 0
    opens: float = float("-inf")

    def forget(self, now: float) -> None:
        """Let go of places that no window can reach any more."""
        old = bisect.bisect_right(self.times, now - 2 * self.longest)
        if old:
            # A thread whose clock was read earlier must not take a place beside them.
            self.opens = max(self.opens, self.times[old - 1] + self.longest)
            del self.times[:old]

    def first_free(self, rates: tuple[Rate, ...], now: float) -> float:
        """Return the first time that keeps every window."""
        place = max(now, self.opens)
        for rate in rates:
            if len(self.times) >= rate.calls:
                place = max(place, self.times[-rate.calls] + rate.seconds)
        return place


class ProcessStore:
    """The places of all clients of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, _Places] = {}

    def reserve(self, key: str, rates: tuple[Rate, ...], now: float) -> float:
        """Take the first free place at or after `now` and return its time."""
        with self._lock:
            places = self._places.setdefault(key, _Places())
            places.longest = max(places.longest, *(rate.seconds for rate in rates))
            places.forget(now)
            place = places.first_free(rates, now)
            bisect.insort(places.times, place)
            return place

    def give_back(self, key: str, place: float) -> None:
        """Free a place that was not used."""
        with self._lock:
            places = self._places.get(key)
            if places is not None and place in places.times:
                places.times.remove(place)


SHARED: Final = ProcessStore()


class Limits(Struct, frozen=True):
    """The limits of one credential."""

    key: str
    rates: RateLimits
    store: LimitStore = SHARED

    def reserve(self, bucket: str, now: float) -> float:
        """Take a place for a call and return when it may start."""
        rates = self.rates.get(bucket, ())
        return self.store.reserve(f"{self.key} {bucket}", rates, now) if rates else now

    def give_back(self, bucket: str, place: float) -> None:
        """Free the place of a call that is not made after all."""
        if self.rates.get(bucket):
            self.store.give_back(f"{self.key} {bucket}", place)


def shared_limits(
    broker: str, server: str, account: tuple[str | Secret | None, ...], rates: RateLimits
) -> Limits:
    """Return the limits that all clients of one account in this process share."""
    # The HTTP libraries load this too, when a client is made; an import of ours need not.
    import hashlib

    digest = hashlib.sha256()
    for part in (broker, server, *account):
        text = part.reveal() if isinstance(part, Secret) else part or ""
        digest.update(f"{len(text)}:{text}".encode(errors="surrogatepass"))
    return Limits(digest.hexdigest(), rates)
