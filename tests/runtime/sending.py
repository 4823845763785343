"""Short ways to write requests, and to catch the failure of one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import pytest

from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.transport import (
    DEFAULT_TIMEOUT,
    AsyncTransport,
    Settings,
    Timeout,
    Transport,
    TransportFailure,
)
from brokerspec_runtime.transports import async_transport, sync_transport


class Sender(Protocol):
    """A transport, driven synchronously."""

    def send(self, request: Request, timeout: Timeout = ...) -> RawResponse: ...

    def close(self) -> None: ...


class Awaited:
    """Drives an asynchronous transport on one event loop."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._runner = asyncio.Runner()
        self._transport = transport

    def send(self, request: Request, timeout: Timeout = DEFAULT_TIMEOUT) -> RawResponse:
        return self._runner.run(self._transport.send(request, timeout))

    def close(self) -> None:
        self._runner.run(self._transport.aclose())

    def stop(self) -> None:
        self.close()
        self._runner.close()


class Direct:
    """Drives a synchronous transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.close = self.stop = transport.close

    def send(self, request: Request, timeout: Timeout = DEFAULT_TIMEOUT) -> RawResponse:
        return self._transport.send(request, timeout)


def get(url: str, **headers: str) -> Request:
    return Request("GET", url, headers, None)


def post(url: str, body: bytes | None = b'{"price":94.05}') -> Request:
    return Request("POST", url, {"Content-Type": "application/json"}, body)


def failed(
    transport: Sender, request: Request, timeout: Timeout = DEFAULT_TIMEOUT
) -> TransportFailure:
    with pytest.raises(TransportFailure) as caught:
        transport.send(request, timeout)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


Make = Callable[..., Direct | Awaited]

TRANSPORTS: dict[str, Callable[[Settings], Direct | Awaited]] = {
    "requests": lambda settings: Direct(sync_transport("requests", settings)),
    "httpx2": lambda settings: Direct(sync_transport("httpx2", settings)),
    "httpx": lambda settings: Direct(sync_transport("httpx", settings)),
    "pyreqwest": lambda settings: Direct(sync_transport("pyreqwest", settings)),
    "httpx2-async": lambda settings: Awaited(async_transport("httpx2", settings)),
    "httpx-async": lambda settings: Awaited(async_transport("httpx", settings)),
    "pyreqwest-async": lambda settings: Awaited(async_transport("pyreqwest", settings)),
}
PYREQWEST = ("pyreqwest", "pyreqwest-async")
