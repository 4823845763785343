"""The fault matrix: what is done to a call, and what must come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from brokerspec_runtime.errors import BrokerError
from brokerspec_runtime.operation import Safety
from brokerspec_runtime.retry import Retry
from brokerspec_runtime.transport import Settings, Timeout
from brokerspec_runtime.transport_httpx import AsyncHttpxTransport, HttpxTransport
from brokerspec_runtime.transport_requests import RequestsTransport
from faults.calls import Canaries, Target, arguments_of, at, settings_of
from faults.server import FaultServer

ATTEMPTS = 3
RETRY = Retry(attempts=ATTEMPTS, base=0, cap=0)
PATIENT = Timeout(connect=20, read=20, total=60)
# Only what never ends is given up early, so that a busy machine changes no outcome.
HURRIED = Timeout(connect=1.5, read=1.5, total=1.5)
WAYS = ("requests", "httpx2", "httpx2-async")


# The class of the error, the number of attempts, the number of requests that arrived.
Outcome: TypeAlias = tuple[str, int, int]


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and what follows for calls that may be repeated or not.

    Only a clock can end a call that meets an endless one.
    """

    name: str
    meaning: str
    unsafe: Outcome
    safe: Outcome

    @property
    def is_endless(self) -> bool:
        """Say whether only the clock ends a call that meets it."""
        return self.name.startswith("slow")


def _never_left(name: str, meaning: str) -> Fault:
    return Fault(name, meaning, ("NotSent", ATTEMPTS, 0), ("NotSent", ATTEMPTS, 0))


def _in_doubt(name: str, meaning: str, seen: int = 1, repeats: int = ATTEMPTS) -> Fault:
    unsafe, safe = ("OutcomeUnknown", 1, seen), ("OutcomeUnknown", repeats, repeats * seen)
    return Fault(name, meaning, unsafe, safe)


def _answered(name: str, meaning: str, error: str, repeats: int = 1) -> Fault:
    return Fault(name, meaning, (error, 1, 1), (error, repeats, repeats))


FAULTS = (
    _never_left("refused", "nobody listens"),
    _never_left("dns", "the name is not known"),
    _never_left("tls", "the other side speaks no TLS"),
    _in_doubt("reset-before", "reset before a line of the request is read", seen=0),
    _in_doubt("reset-during", "reset while the request is read"),
    _in_doubt("reset-after", "reset after the request is read"),
    _in_doubt("reset-mid-body", "reset in the middle of the answer"),
    _in_doubt("slow-headers", "a header that never ends", repeats=1),
    _in_doubt("slow-body", "a body that never ends", repeats=1),
    _in_doubt("truncated", "the answer ends too early"),
    _answered("empty", "200 without a body", "UnexpectedResponse"),
    _answered("html", "200 with a page", "UnexpectedResponse"),
    _answered("400", "400", "InvalidRequest"),
    _answered("401", "401", "SessionExpired"),
    _answered("403", "403", "PermissionDenied"),
    _answered("409", "409", "Rejected"),
    _answered("429", "429 without Retry-After", "RateLimited", ATTEMPTS),
    _answered("429-short-wait", "429 with a short Retry-After", "RateLimited", ATTEMPTS),
    _answered("429-long-wait", "429 with a Retry-After above the cap", "RateLimited"),
    _in_doubt("500", "500"),
    _in_doubt("502", "502"),
    _in_doubt("503", "503"),
    _in_doubt("504", "504"),
    _answered("redirect", "a redirect to another host", "UnexpectedResponse"),
)


@dataclass(frozen=True)
class Cell:
    """One operation that meets one fault."""

    target: Target
    fault: Fault

    def name(self, way: str) -> str:
        """Return what the server counts the requests of this cell under."""
        return f"{self.target}-{way}-{self.fault.name}"

    def expected(self) -> Outcome:
        """Return what must come of it."""
        is_unsafe = self.target.operation.safety is Safety.UNSAFE
        return self.fault.unsafe if is_unsafe else self.fault.safe


class Lab:
    """A server and one transport of each kind, shared by all cells of a process."""

    def __init__(self) -> None:
        self.server = FaultServer()
        self._runner = asyncio.Runner()
        self._sync = {"requests": RequestsTransport(), "httpx2": HttpxTransport()}
        self._async = AsyncHttpxTransport(Settings())
        self._threads = ThreadPoolExecutor(64)

    def close(self) -> None:
        """Release everything."""
        self._threads.shutdown()
        for transport in self._sync.values():
            transport.close()
        self._runner.run(self._async.aclose())
        self._runner.close()
        self.server.close()

    def dropped(self, target: Target, way: str) -> BrokerError | None:
        """Meet a server that breaks every connection at once."""
        call = self._call(target, way, f"http://127.0.0.1:{self.server.dropping_port}", PATIENT)
        if way == "httpx2-async":
            return self._runner.run(_error_of_async(call))
        return _error_of(call)

    def outcomes(self, cells: Sequence[Cell], way: str) -> Mapping[Cell, Outcome]:
        """Make the calls of some cells all at once."""
        calls = [self._call(cell.target, way, *self._fate(cell, way)) for cell in cells]
        if way == "httpx2-async":
            errors = self._runner.run(_gather(calls))
        else:
            errors = list(self._threads.map(_error_of, calls))
        return {
            cell: (
                type(error).__name__,
                getattr(error, "attempts", 0),
                self.server.arrived[cell.name(way)],
            )
            for cell, error in zip(cells, errors, strict=True)
        }

    def _call(self, target: Target, way: str, url: str, timeout: Timeout) -> Callable[[], Any]:
        is_async = way == "httpx2-async"
        kind = target.package.AsyncClient if is_async else target.package.Client
        canaries = Canaries()
        settings = settings_of(target, canaries, rate_limit={}, retry=RETRY, timeout=timeout)
        settings["transport"] = self._async if is_async else self._sync[way]
        method = getattr(kind(**settings | at(target, url)), target.operation.name)
        return partial(method, **arguments_of(target, method, canaries))

    def _fate(self, cell: Cell, way: str) -> tuple[str, Timeout]:
        """Return the address at which a fault waits, and how long a call may take."""
        server = self.server
        match cell.fault.name:
            case "refused":
                return f"http://127.0.0.1:{server.refusing_port}", PATIENT
            case "dns":
                return "https://nobody.invalid", PATIENT
            case "tls":
                return f"https://127.0.0.1:{server.babbling_port}", PATIENT
            case "reset-before":
                return f"http://127.0.0.1:{server.resetting_port}", PATIENT
            case name:
                url = f"http://127.0.0.1:{server.port}/{name}/{cell.name(way)}"
                return url, HURRIED if cell.fault.is_endless else PATIENT


def _error_of(call: Callable[[], Any]) -> BrokerError | None:
    try:
        call()
    except BrokerError as error:
        return error
    return None


async def _gather(calls: Iterable[Callable[[], Any]]) -> list[BrokerError | None]:
    return await asyncio.gather(*(_error_of_async(call) for call in calls))


async def _error_of_async(call: Callable[[], Any]) -> BrokerError | None:
    try:
        await call()
    except BrokerError as error:
        return error
    return None
