"""Short ways to write requests, and to catch the failure of one."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

import pytest
import requests

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
from runtime.loopback import Loopback, Script

# For how long a call waits in vain; a busy machine may need longer to send anything.
_PATIENCE = (0.12, 0.5, 2.0, 8.0)


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


def outwaited(
    script: Script, transport: Sender, limit: Callable[[float], Timeout], scheme: str = "http"
) -> TransportFailure:
    """Let a call wait in vain for as long as it may, and return how it failed.

    One whose request did not arrive in that time proves nothing, and is made again.
    """
    for seconds in _PATIENCE:
        with Loopback(script) as server:
            failure = failed(transport, post(server.url(scheme=scheme)), limit(seconds))
        if any(server.requests):
            break
    assert (len(server.requests), server.connections) == (1, 1)
    return failure


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

# Sessions and clients of a caller.


def _session() -> Any:
    made = requests.Session()
    made.trust_env = False
    return made


def _client(library: str, kind: str) -> Any:
    # Nothing is trusted: to load all authorities takes longer than a test.
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return getattr(import_module(library), kind)(trust_env=False, verify=trust)


def _pyreqwest(builder: str) -> Any:
    made = getattr(import_module("pyreqwest.client"), builder)()
    return made.no_proxy().follow_redirects(False).build()


LENT: dict[str, Callable[[], Any]] = {
    "requests": _session,
    "httpx2": lambda: _client("httpx2", "Client"),
    "httpx": lambda: _client("httpx", "Client"),
    "pyreqwest": lambda: _pyreqwest("SyncClientBuilder"),
    "httpx2-async": lambda: _client("httpx2", "AsyncClient"),
    "httpx-async": lambda: _client("httpx", "AsyncClient"),
    "pyreqwest-async": lambda: _pyreqwest("ClientBuilder"),
}


def borrow(kind: str, lent: Any, settings: Settings | None = None) -> Direct | Awaited:
    """Return a transport on a session or client of the caller."""
    if kind.endswith("-async"):
        return Awaited(async_transport(lent, settings or Settings()))
    return Direct(sync_transport(lent, settings or Settings()))
