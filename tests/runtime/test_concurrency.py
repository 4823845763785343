"""Many calls at once over one client, against a server on this machine."""

from __future__ import annotations

import asyncio
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec import Struct

from brokerspec_runtime.client import AsyncBase, SyncBase
from brokerspec_runtime.limits import Limits, ProcessStore, Rate
from brokerspec_runtime.operation import Call, Operation, Safety
from brokerspec_runtime.policy import Policy
from brokerspec_runtime.transport import Timeout

RATES = (Rate(300, 0.1), Rate(700, 0.3))
PATIENT = Timeout(30, 30, 60)


class Echo(Struct):
    number: int


ECHO: Operation[Echo] = Operation(
    name="echo", method="GET", path="/{number}", answer=Echo, safety=Safety.UNSAFE, bucket="orders"
)


def call_of(number: int) -> Call[Echo]:
    return ECHO.call(path={"number": number})


class Server:
    """Answer every request with the number in its path, and count what is open."""

    def __init__(self) -> None:
        self.port = 0
        self.requests = 0
        self.open = 0
        self._change = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._run()])

    def start(self) -> None:
        self._thread.start()
        with self._change:
            assert self._change.wait_for(lambda: self.port, 10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        self._loop.close()

    def is_deserted(self) -> bool:
        """Wait for every connection to be closed by the client."""
        with self._change:
            return self._change.wait_for(lambda: self.open == 0, 5)

    async def _run(self) -> None:
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=2000)
        with self._change:
            self.port = server.sockets[0].getsockname()[1]
            self._change.notify_all()
        await self._end.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count(1)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                number = int(head.split(b" ", 2)[1].removeprefix(b"/"))
                # Answers overtake each other, as they do on the way to a broker.
                await asyncio.sleep(number % 7 / 1000)
                body = b'{"number": %d}' % number
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._change:
            self.open += change
            self._change.notify_all()


class Noting(ProcessStore):
    """Remembers every place that was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[float] = []

    def reserve(self, key: str, rates: tuple[Rate, ...], now: float) -> float:
        place = super().reserve(key, rates, now)
        self.taken.append(place)
        return place


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.start()
    yield made
    made.stop()


def settings_of(server: Server, store: Noting) -> dict[str, Any]:
    limits = Limits("one", {"orders": RATES}, store)
    return {
        "broker": "demo",
        "server": f"http://127.0.0.1:{server.port}",
        "values": {},
        "sources": {},
        "policy": Policy(timeout=PATIENT, limits=limits),
        "proxy": None,
        "on_deviation": "ignore",
    }


def assert_kept(places: list[float]) -> None:
    places = sorted(places)
    for rate in RATES:
        for start in places:
            inside = bisect_left(places, start + rate.seconds) - bisect_left(places, start)
            assert inside <= rate.calls


@pytest.mark.anyio
async def test_a_thousand_calls_at_once(server: Server) -> None:
    store = Noting()
    client = AsyncBase(**settings_of(server, store), transport="httpx2")
    async with client:
        answers = await asyncio.gather(*(client._send(call_of(n)) for n in range(1000)))
    assert [answer.number for answer in answers] == list(range(1000))
    assert server.requests == len(store.taken) == 1000
    assert_kept(store.taken)
    assert await asyncio.to_thread(server.is_deserted)


@pytest.mark.parametrize("transport", ["requests", "httpx2"])
def test_fifty_threads_over_one_client(server: Server, transport: Any) -> None:
    store = Noting()
    began = time.monotonic()
    with SyncBase(**settings_of(server, store), transport=transport) as client:

        def twenty(first: int) -> list[int]:
            return [client._send(call_of(first + turn)).number for turn in range(20)]

        with ThreadPoolExecutor(50) as pool:
            rows = list(pool.map(twenty, range(0, 1000, 20)))
    assert [number for row in rows for number in row] == list(range(1000))
    assert server.requests == len(store.taken) == 1000
    assert min(store.taken) >= began
    assert_kept(store.taken)
    assert server.is_deserted()
