"""The fault matrix: what is done to a call, and what must come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from brokerspec_runtime.errors import BrokerError
from brokerspec_runtime.operation import Safety
from brokerspec_runtime.retry import Retry
from brokerspec_runtime.transport import AsyncTransport, Settings, Timeout, Transport
from brokerspec_runtime.transports import async_transport, sync_transport
from faults.calls import Canaries, Target, arguments_of, at, settings_of
from faults.server import FaultServer

ATTEMPTS = 3
RETRY = Retry(attempts=ATTEMPTS, base=0, cap=0)
PATIENT = Timeout(connect=20, read=20, total=60)
SYNC: Final = ("requests", "httpx2", "httpx", "pyreqwest")
ASYNC: Final = ("httpx2-async", "httpx-async", "pyreqwest-async")
WAYS: Final = (*SYNC, *ASYNC)
# Nobody is asked for either name: Python's own question is answered by the tests, and what
# asks without Python gets a name with a part that is longer than any name may be.
_NOWHERE: Final = {True: f"https://{'n' * 64}.invalid", False: "https://nobody.invalid"}


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
    Fault(
        "too-large",
        "an answer larger than `max_body`",
        ("OutcomeUnknown", 1, 1),
        ("UnexpectedResponse", 1, 1),
    ),
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
    """One operation that meets one fault over one library, within a time."""

    target: Target
    fault: Fault
    way: str
    timeout: Timeout = PATIENT

    @property
    def name(self) -> str:
        """Return what the server counts the requests of this cell under."""
        return f"{self.target}-{self.way}-{self.fault.name}-{self.timeout.total:g}"

    @property
    def is_unsafe(self) -> bool:
        """Say whether its operation must not be sent twice."""
        return self.target.operation.safety is Safety.UNSAFE

    def expected(self) -> Outcome:
        """Return what must come of it."""
        return self.fault.unsafe if self.is_unsafe else self.fault.safe


class Lab:
    """A server and one transport of each kind, shared by all cells of a process.

    The transports trust one certificate only: to load all of them takes some libraries
    longer than all else, and no cell ends a handshake.
    """

    def __init__(self, authority: Path) -> None:
        self.server = FaultServer()
        self._runner = asyncio.Runner()
        settings = Settings(verify=str(authority))
        self._sync: dict[str, Transport] = {
            way: sync_transport(_library(way), settings) for way in SYNC
        }
        self._async: dict[str, AsyncTransport] = {
            way: async_transport(_library(way), settings) for way in ASYNC
        }
        self._threads = ThreadPoolExecutor(400)
        self._unsafe: set[str] = set()

    def close(self) -> None:
        """Release everything."""
        self._threads.shutdown()
        for transport in self._sync.values():
            transport.close()
        for waiting in self._async.values():
            self._runner.run(waiting.aclose())
        self._runner.close()
        self.server.close()

    def sent_twice(self) -> list[str]:
        """Return the unsafe calls of all cells that reached the server more than once."""
        return [name for name in self._unsafe if self.server.arrived[name] > 1]

    def dropped(self, targets: Iterable[Target], way: str) -> Mapping[Target, BrokerError | None]:
        """Meet a server that breaks every connection at once."""
        fault = Fault("dropped", "", ("", 0, 0), ("", 0, 0))
        cells = [Cell(target, fault, way) for target in targets]
        errors = self._errors(cells)
        return {cell.target: error for cell, error in zip(cells, errors, strict=True)}

    def outcomes(self, cells: Sequence[Cell]) -> Mapping[Cell, Outcome]:
        """Make the calls of some cells all at once."""
        self._unsafe.update(cell.name for cell in cells if cell.is_unsafe)
        return {
            cell: (
                type(error).__name__,
                getattr(error, "attempts", 0),
                self.server.arrived[cell.name],
            )
            for cell, error in zip(cells, self._errors(cells), strict=True)
        }

    def _errors(self, cells: Sequence[Cell]) -> list[BrokerError | None]:
        """Return what each call raises; threads and tasks wait side by side."""
        blocking = {
            cell: self._threads.submit(_error_of, self._call(cell))
            for cell in cells
            if cell.way in SYNC
        }
        waiting = [cell for cell in cells if cell.way in ASYNC]
        errors = self._runner.run(_gather([self._call(cell) for cell in waiting]))
        found = dict(zip(waiting, errors, strict=True))
        found |= {cell: future.result() for cell, future in blocking.items()}
        return [found[cell] for cell in cells]

    def _call(self, cell: Cell) -> Callable[[], Any]:
        target, way = cell.target, cell.way
        kind = target.package.AsyncClient if way in ASYNC else target.package.Client
        settings, arguments = _given(target, kind)
        own = {"timeout": cell.timeout, **at(target, self._address(cell))}
        own["transport"] = self._async[way] if way in ASYNC else self._sync[way]
        return partial(getattr(kind(**settings | own), target.operation.name), **arguments)

    def _address(self, cell: Cell) -> str:
        """Return the address at which a fault waits."""
        server = self.server
        match cell.fault.name:
            case "refused":
                return f"http://127.0.0.1:{server.refusing_port}"
            case "dns":
                return _NOWHERE[_library(cell.way) == "pyreqwest"]
            case "tls":
                return f"https://127.0.0.1:{server.babbling_port}"
            case "reset-before":
                return f"http://127.0.0.1:{server.resetting_port}"
            case "dropped":
                return f"http://127.0.0.1:{server.dropping_port}"
            case name:
                return f"http://127.0.0.1:{server.port}/{name}/{cell.name}"


@cache
def _given(target: Target, kind: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the settings of a client and the arguments of a call, the same for every fault."""
    canaries = Canaries()
    method = getattr(kind, target.operation.name)
    settings = settings_of(target, canaries, rate_limit={}, retry=RETRY)
    return settings, arguments_of(target, method, canaries)


def _library(way: str) -> Any:
    return way.removesuffix("-async")


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
