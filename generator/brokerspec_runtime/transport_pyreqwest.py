"""The transports on the pyreqwest library, synchronous and asynchronous."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from .body import Body, at_once
from .errors import InvalidArgument
from .opened import AsyncOpenedAnswer, OpenedAnswer
from .pyreqwest_wire import Writing, duration
from .request import RawResponse
from .transport import (
    Phase,
    Proxy,
    Settings,
    TransportFailure,
    closed,
    failure,
    refuse_unused,
)

if TYPE_CHECKING:
    from pyreqwest.client import BaseClient, Client, SyncClient

    from .request import Request
    from .transport import Timeout

C = TypeVar("C")
_KEPT_CLIENTS: Final = 8
_CERTIFICATE: Final = re.compile(
    rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL
)
# The classes of the errors do not tell: a connection that breaks while the answer is
# awaited is a ConnectError too. This cause stands for name, connection, TLS and tunnel.
_NEVER_CONNECTED: Final = "client error (Connect)"


class PyreqwestTransport:
    """Send requests with pyreqwest and wait.

    Header names are sent in its own letter case. A URL or header value that it would
    write differently is refused. `verify` with a path adds certificates to those that
    the library trusts already.

    A `client` of your own lends its connections, certificates and proxies, and `settings`
    must then have no proxy and the default `verify`. Its own timeouts for connecting and
    reading hold; the total is that of the call. You close it yourself. It must follow no
    redirect, repeat nothing, keep no cookie and add no header: it is tried on 127.0.0.1
    before anything else, and InvalidArgument is raised for one that does.
    """

    def __init__(self, settings: Settings | None = None, client: BaseClient | None = None) -> None:
        from pyreqwest.client import SyncClient, SyncClientBuilder

        self._settings = settings or Settings()
        self._writing = Writing()
        self._clients: _Clients[SyncClient] | _Lent[SyncClient]
        if client is None:
            self._clients = _Clients(lambda: SyncClientBuilder(), self._settings)
            return
        refuse_unused(self._settings)
        if not isinstance(client, SyncClient):
            raise InvalidArgument("a synchronous client needs a SyncClient of pyreqwest")
        self._clients = _Lent(client)
        _try_out(client)

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        """Send once and return the answer; raise TransportFailure without one."""
        timeout = timeout.within(timeout.total)
        problem: TransportFailure
        try:
            return self._exchange(request, timeout)
        except _errors() as error:
            problem = failure(_phase_of(error), request, error)
        raise problem

    def stream(self, request: Request, timeout: Timeout) -> OpenedAnswer:
        """Send once and return the answer as soon as its head is there."""
        timeout = timeout.within(timeout.total)
        end = time.monotonic() + timeout.total
        problem: TransportFailure
        try:
            outgoing = self._writing.prepare(self._clients.fit_for(timeout), request, timeout)
            response = outgoing.__enter__()
        except _errors() as error:
            problem = failure(_phase_of(error), request, error)
        else:
            return OpenedAnswer(
                response.status,
                _headers(response),
                map(bytes, iter(response.body_reader.read_chunk, None)),
                lambda: outgoing.__exit__(None, None, None),
                errors=_errors(),
                describe=partial(failure, Phase.UNKNOWN, request),
                end=end,
            )
        raise problem

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.take_all():
            client.close()

    def _exchange(self, request: Request, timeout: Timeout) -> RawResponse:
        limit = self._settings.max_body
        outgoing = self._writing.prepare(self._clients.fit_for(timeout), request, timeout)
        started = time.perf_counter()
        with outgoing as response:
            headers = _headers(response)
            reader, most = response.body_reader, at_once(headers, limit)
            first = bytes(reader.read(most) or b"") if most else b""
            if len(first) < most:
                elapsed = time.perf_counter() - started
                return RawResponse(response.status, headers, first, elapsed)
            body = Body(response.status, headers, limit, started)
            body.add(first)
            while (piece := reader.read_chunk()) is not None:
                body.add(bytes(piece))
            return body.finish()


class AsyncPyreqwestTransport:
    """Send requests with pyreqwest without blocking; what is said of the other applies.

    A `client` of your own is tried by the first call.
    """

    def __init__(self, settings: Settings | None = None, client: BaseClient | None = None) -> None:
        from pyreqwest.client import Client, ClientBuilder

        self._settings = settings or Settings()
        self._writing = Writing()
        self._untried: Client | None = None
        self._clients: _Clients[Client] | _Lent[Client]
        if client is None:
            self._clients = _Clients(lambda: ClientBuilder(), self._settings)
            return
        refuse_unused(self._settings)
        if not isinstance(client, Client):
            raise InvalidArgument("an asynchronous client needs a Client of pyreqwest")
        self._clients = _Lent(client)
        self._untried = client

    async def send(self, request: Request, timeout: Timeout) -> RawResponse:  # noqa: ASYNC109
        """Send once and return the answer; raise TransportFailure without one."""
        timeout = timeout.within(timeout.total)
        if self._untried is not None:
            await _try_out_async(self._untried)
            self._untried = None
        problem: TransportFailure
        try:
            return await self._exchange(request, timeout)
        except _errors() as error:
            problem = failure(_phase_of(error), request, error)
        raise problem

    async def stream(
        self,
        request: Request,
        timeout: Timeout,  # noqa: ASYNC109
    ) -> AsyncOpenedAnswer:
        """Send once and return the answer as soon as its head is there."""
        timeout = timeout.within(timeout.total)
        end = time.monotonic() + timeout.total
        if self._untried is not None:
            await _try_out_async(self._untried)
            self._untried = None
        problem: TransportFailure
        try:
            outgoing = self._writing.prepare(self._clients.fit_for(timeout), request, timeout)
            response = await outgoing.__aenter__()
        except _errors() as error:
            problem = failure(_phase_of(error), request, error)
        else:
            return AsyncOpenedAnswer(
                response.status,
                _headers(response),
                _pieces(response.body_reader),
                lambda: outgoing.__aexit__(None, None, None),
                errors=_errors(),
                describe=partial(failure, Phase.UNKNOWN, request),
                end=end,
            )
        raise problem

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._clients.take_all():
            await client.close()

    async def _exchange(self, request: Request, timeout: Timeout) -> RawResponse:  # noqa: ASYNC109
        limit = self._settings.max_body
        outgoing = self._writing.prepare(self._clients.fit_for(timeout), request, timeout)
        started = time.perf_counter()
        async with outgoing as response:
            headers = _headers(response)
            reader, most = response.body_reader, at_once(headers, limit)
            first = bytes(await reader.read(most) or b"") if most else b""
            if len(first) < most:
                elapsed = time.perf_counter() - started
                return RawResponse(response.status, headers, first, elapsed)
            body = Body(response.status, headers, limit, started)
            body.add(first)
            while (piece := await reader.read_chunk()) is not None:
                body.add(bytes(piece))
            return body.finish()


class _Clients(Generic[C]):
    """Holds one client of the library for each pair of timeouts: it takes them only there."""

    def __init__(self, builder: Callable[[], Any], settings: Settings) -> None:
        self._builder = builder
        self._settings = settings
        self._kept: dict[tuple[float, float], C] = {}
        self._is_closed = False

    def fit_for(self, timeout: Timeout) -> C:
        """Return a client whose patience, cut to the total, is the one asked for."""
        if self._is_closed:
            raise closed()
        same = self._kept.get((timeout.connect, timeout.read))
        if same is not None:
            return same
        for (connect, read), client in tuple(self._kept.items()):
            fitting = min(connect, timeout.total), min(read, timeout.total)
            if fitting == (timeout.connect, timeout.read):
                return client
        if len(self._kept) >= _KEPT_CLIENTS:
            # Not closed: another thread may be using it. It ends with its last call.
            self._kept.pop(next(iter(self._kept)), None)
        made = self._make(timeout)
        self._kept[timeout.connect, timeout.read] = made
        return made

    def take_all(self) -> list[C]:
        """Give away every client and make no more."""
        self._is_closed = True
        clients = list(self._kept.values())
        self._kept.clear()
        return clients

    def _make(self, timeout: Timeout) -> C:
        builder = self._builder().follow_redirects(False).referer(False)
        # Unpacked by us, so that a small answer cannot become an endless one.
        builder = builder.gzip(False).deflate(False).brotli(False).zstd(False)
        builder = builder.connect_timeout(duration(timeout.connect))
        builder = builder.read_timeout(duration(timeout.read))
        if self._settings.proxy:
            builder = builder.proxy(_proxy(self._settings.proxy))
        if self._settings.verify is False:
            builder = builder.danger_accept_invalid_certs(True)
        elif isinstance(self._settings.verify, str):
            for certificate in _certificates(Path(self._settings.verify)):
                builder = builder.add_root_certificate_pem(certificate)
        client: C = builder.build()
        return client


class _Lent(Generic[C]):
    """Holds the client of the caller, who closes it."""

    def __init__(self, client: C) -> None:
        self._client = client
        self._is_closed = False

    def fit_for(self, timeout: Timeout) -> C:
        """Return the client; its patience is its own."""
        if self._is_closed:
            raise closed()
        return self._client

    def take_all(self) -> list[C]:
        """Give nothing away and lend the client no more."""
        self._is_closed = True
        return []


def _try_out(client: SyncClient) -> None:
    """Raise InvalidArgument for a client that does more than it is told."""
    from .pyreqwest_trial import Trial

    with Trial() as trial:
        for request in trial.requests(client):
            with suppress(*_errors()), request:
                continue
    trial.verdict()


async def _try_out_async(client: Client) -> None:
    """Raise InvalidArgument for a client that does more than it is told."""
    from .pyreqwest_trial import Trial

    with Trial() as trial:
        for request in trial.requests(client):
            with suppress(*_errors()):
                async with request:
                    continue
    trial.verdict()


async def _pieces(reader: Any) -> AsyncIterator[bytes]:
    while (piece := await reader.read_chunk()) is not None:
        yield bytes(piece)


def _headers(response: Any) -> dict[str, str]:
    try:
        found: dict[str, str | list[str]] = response.headers.dict_multi_value()
    except ValueError:
        found = _readable(response)
    return {
        name.lower(): value if isinstance(value, str) else ", ".join(value)
        for name, value in found.items()
    }


def _readable(response: Any) -> dict[str, str | list[str]]:
    headers: dict[str, str | list[str]] = {}
    for name in dict.fromkeys(response.headers.keys()):
        try:
            headers[name] = response.get_header_all(name)
        except ValueError:
            # The library shows no value outside ASCII; the answer must not be lost for it.
            continue
    return headers


def _errors() -> tuple[type[Exception], ...]:
    from pyreqwest.exceptions import PyreqwestError

    return (PyreqwestError, OSError, ValueError)


def _phase_of(error: Exception) -> Phase:
    from pyreqwest.exceptions import BuilderError, ClientClosedError, PoolTimeoutError

    if isinstance(error, BuilderError | ClientClosedError | PoolTimeoutError):
        return Phase.NOT_SENT
    details: dict[str, Any] = getattr(error, "details", {})
    causes: list[dict[str, str]] = details.get("causes") or []
    never = any(cause["message"] == _NEVER_CONNECTED for cause in causes)
    return Phase.NOT_SENT if never else Phase.UNKNOWN


def _proxy(proxy: Proxy) -> Any:
    from pyreqwest.proxy import ProxyBuilder

    builder = ProxyBuilder.all(proxy.url)
    if proxy.user is None:
        return builder
    return builder.basic_auth(proxy.user, proxy.password.reveal() if proxy.password else "")


def _certificates(path: Path) -> Iterator[bytes]:
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if file.is_file():
            yield from _CERTIFICATE.findall(file.read_bytes())
