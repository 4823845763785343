"""The transports on httpx2, or on httpx which has the same interface."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from .body import Body
from .deadline import at_most, ending_at, ending_in
from .httpx_timing import TimedBackend
from .opened import AsyncOpenedAnswer, OpenedAnswer
from .transport import Phase, Settings, closed, failure, refuse_unsendable, refuse_unused

if TYPE_CHECKING:
    from .request import RawResponse, Request
    from .transport import Timeout, TransportFailure

Library: TypeAlias = Literal["httpx2", "httpx"]
# The call whose request is on its way in this task.
_watching: ContextVar[_Progress] = ContextVar("watching")
_KEPT_URLS: Final = 128
_NEVER_SENT: Final = ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError")


class HttpxTransport:
    """Send requests with httpx2 or httpx and wait.

    A `client` of your own lends its connections, certificates and proxies, and `settings`
    must then have no proxy and the default `verify`. Its headers, cookies, login and hooks
    are not used: what is sent is the request and nothing else. You close it yourself. Only a
    client of ours ends a call in time while the head of an answer trickles in.
    """

    def __init__(
        self, settings: Settings | None = None, client: Any = None, library: Library = "httpx2"
    ) -> None:
        self._settings = settings or Settings()
        self._httpx = _Httpx(library)
        self._held = _Held(self._httpx.client, self._settings, client)

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        """Send once and return the answer; raise TransportFailure without one."""
        timeout = timeout.within(timeout.total)
        client = self._held.client()
        outgoing = self._httpx.prepare(request, timeout)
        problem: TransportFailure
        try:
            with ending_in(timeout.total):
                return self._exchange(client, outgoing)
        except self._httpx.errors as error:
            problem = failure(self._httpx.phase_of(error), request, error)
        raise problem

    def stream(self, request: Request, timeout: Timeout) -> OpenedAnswer:
        """Send once and return the answer as soon as its head is there."""
        timeout = timeout.within(timeout.total)
        client = self._held.client()
        outgoing = self._httpx.prepare(request, timeout)
        end = time.monotonic() + timeout.total
        problem: TransportFailure
        try:
            with ending_at(end):
                transport = client._transport_for_url(outgoing.url)
                response = transport.handle_request(outgoing)
        except self._httpx.errors as error:
            problem = failure(self._httpx.phase_of(error), request, error)
        else:
            status, headers = response.status_code, _head(response)
            pieces, close = iter(response.stream), response.stream.close
            reading = self._httpx.reading(request)
            return OpenedAnswer(status, headers, pieces, close, **reading, end=end)
        raise problem

    def close(self) -> None:
        """Close the connections, unless the client came from the caller."""
        made = self._held.take()
        if made is not None:
            made.close()

    def _exchange(self, client: Any, outgoing: Any) -> RawResponse:
        started = time.perf_counter()
        # The transport, not Client.send: that would keep cookies and look into redirects.
        response = client._transport_for_url(outgoing.url).handle_request(outgoing)
        try:
            body = _body(response, self._settings, started)
            for piece in response.stream:
                body.add(piece)
                at_most(None)
            return body.finish()
        finally:
            response.stream.close()


class AsyncHttpxTransport:
    """Send requests with httpx2 or httpx without blocking.

    A `client` of your own lends its connections, certificates and proxies, and `settings`
    must then have no proxy and the default `verify`. Its headers, cookies, login and hooks
    are not used: what is sent is the request and nothing else. You close it yourself.
    """

    def __init__(
        self, settings: Settings | None = None, client: Any = None, library: Library = "httpx2"
    ) -> None:
        self._settings = settings or Settings()
        self._httpx = _Httpx(library)
        self._held = _Held(self._httpx.async_client, self._settings, client)

    async def send(self, request: Request, timeout: Timeout) -> RawResponse:  # noqa: ASYNC109
        """Send once and return the answer; raise TransportFailure without one."""
        # Loaded late: who never waits in this way should not wait for it.
        import asyncio

        timeout = timeout.within(timeout.total)
        client = self._held.client()
        outgoing = self._httpx.prepare(request, timeout)
        progress = _Progress()
        if not self._held.is_own:
            outgoing.extensions["trace"] = progress
        watch = _watching.set(progress)
        problem: TransportFailure
        try:
            async with asyncio.timeout(timeout.total):
                return await self._exchange(client, outgoing)
        except self._httpx.errors as error:
            phase = self._httpx.phase_of(error) if progress.is_sending else Phase.NOT_SENT
            problem = failure(phase, request, error)
        finally:
            _watching.reset(watch)
        raise problem

    async def stream(
        self,
        request: Request,
        timeout: Timeout,  # noqa: ASYNC109
    ) -> AsyncOpenedAnswer:
        """Send once and return the answer as soon as its head is there."""
        import asyncio

        timeout = timeout.within(timeout.total)
        client = self._held.client()
        outgoing = self._httpx.prepare(request, timeout)
        progress = _Progress()
        if not self._held.is_own:
            outgoing.extensions["trace"] = progress
        end = time.monotonic() + timeout.total
        watch = _watching.set(progress)
        problem: TransportFailure
        try:
            async with asyncio.timeout(timeout.total):
                transport = client._transport_for_url(outgoing.url)
                response = await transport.handle_async_request(outgoing)
        except self._httpx.errors as error:
            phase = self._httpx.phase_of(error) if progress.is_sending else Phase.NOT_SENT
            problem = failure(phase, request, error)
        else:
            status, headers = response.status_code, _head(response)
            pieces, close = aiter(response.stream), response.stream.aclose
            reading = self._httpx.reading(request)
            return AsyncOpenedAnswer(status, headers, pieces, close, **reading, end=end)
        finally:
            _watching.reset(watch)
        raise problem

    async def aclose(self) -> None:
        """Close the connections, unless the client came from the caller."""
        made = self._held.take()
        if made is not None:
            await made.aclose()

    async def _exchange(self, client: Any, outgoing: Any) -> RawResponse:
        started = time.perf_counter()
        # The transport, not AsyncClient.send, for the same reason as above.
        transport = client._transport_for_url(outgoing.url)
        response = await transport.handle_async_request(outgoing)
        try:
            body = _body(response, self._settings, started)
            async for piece in response.stream:
                body.add(piece)
            return body.finish()
        finally:
            await response.stream.aclose()


class _Held:
    """The client of a transport: the caller's, or one made for the first request.

    Making one reads every certificate of the machine, which takes longer than all else
    that a program does before it calls. Named certificates are read at once, so that a
    mistake in them is seen where it was made.
    """

    def __init__(self, make: Callable[[Settings], Any], settings: Settings, given: Any) -> None:
        self._make = make
        self._settings = settings
        self._lock = threading.Lock()
        self._is_closed = False
        self.is_own = given is None
        self._client: Any = given
        if not self.is_own:
            refuse_unused(settings)
        elif isinstance(settings.verify, str):
            self._client = make(settings)

    def client(self) -> Any:
        """Return the client; raise TransportFailure when it is closed."""
        if self._client is None:
            self._open()
        held = self._client
        if held is None or self._is_closed or held.is_closed:
            raise closed()
        return held

    def _open(self) -> None:
        with self._lock:
            if self._client is None and not self._is_closed:
                self._client = self._make(self._settings)

    def take(self) -> Any:
        """Return the client that is to be closed, None for the caller's, and give out no more."""
        if not self.is_own:
            return None
        with self._lock:
            self._is_closed = True
            return self._client


class _Progress:
    """Learns whether the library has begun to send the request itself.

    A client of ours has connections that tell; from any other the library's own account of
    what it does is taken, which is slower.
    """

    def __init__(self) -> None:
        self.is_sending = False

    async def __call__(self, event: str, details: dict[str, Any]) -> None:
        if event.endswith(".send_request_headers.started"):
            # A proxy is asked for a tunnel first; that is not the request yet.
            self.is_sending = self.is_sending or details["request"].method != b"CONNECT"


class _Httpx:
    """What both transports need of a library, loaded when the first of them is made.

    Any: the two libraries have the same classes, but no common types.
    """

    def __init__(self, library: Library) -> None:
        self._name = library
        self._library: Any = import_module(library)
        self._urls: dict[str, Any] = {}
        names = ("HTTPError", "InvalidURL", "StreamError")
        self.errors: tuple[type[Exception], ...] = (
            *(getattr(self._library, name) for name in names),
            OSError,
            ValueError,
        )
        self._never_sent: tuple[type[Exception], ...] = tuple(
            getattr(self._library, name) for name in _NEVER_SENT
        )

    def client(self, settings: Settings) -> Any:
        """Return a client whose connections end in time."""
        core: Any = import_module(self._name.replace("httpx", "httpcore"))
        client = self._library.Client(verify=_verify(settings), proxy=self._proxy(settings))
        for pool in _pools(client):
            pool._network_backend = TimedBackend(pool._network_backend, core)
        return client

    def async_client(self, settings: Settings) -> Any:
        """Return an asynchronous client."""
        client = self._library.AsyncClient(verify=_verify(settings), proxy=self._proxy(settings))
        for pool in _pools(client):
            pool._network_backend = _WatchedBackend(pool._network_backend)
        return client

    def prepare(self, request: Request, timeout: Timeout) -> Any:
        """Return the request as it is, without the headers and cookies of a client."""
        refuse_unsendable(request)
        return self._library.Request(
            request.method,
            self._url(request.url),
            headers=[
                (name.encode("ascii"), value.encode("latin-1"))
                for name, value in request.headers.items()
            ],
            content=request.body,
            extensions={
                "timeout": {
                    "connect": timeout.connect,
                    "pool": timeout.connect,
                    "read": timeout.read,
                    "write": timeout.read,
                }
            },
        )

    def _url(self, url: str) -> Any:
        """Return an address as the library reads it; most calls go to one of a few."""
        if "?" in url:
            return url
        found = self._urls.get(url)
        if found is None:
            found = self._library.URL(url)
            if len(self._urls) < _KEPT_URLS:
                self._urls[url] = found
        return found

    def phase_of(self, error: Exception) -> Phase:
        """Tell how far the request came; the errors name connecting apart from the rest."""
        return Phase.NOT_SENT if isinstance(error, self._never_sent) else Phase.UNKNOWN

    def reading(self, request: Request) -> dict[str, Any]:
        """Return how failures are told while an answer is read piece by piece."""
        describe = partial(failure, Phase.UNKNOWN, request)
        return {"errors": self.errors, "describe": describe}

    def _proxy(self, settings: Settings) -> Any:
        proxy = settings.proxy
        return self._library.Proxy(proxy.url_with_credentials()) if proxy else None


def _pools(client: Any) -> list[Any]:
    """Return the connection pools of a client, those for proxies too."""
    transports = (client._transport, *client._mounts.values())
    return [transport._pool for transport in transports if transport is not None]


class _WatchedBackend:
    """Opens connections that tell when a request begins to leave."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def connect_tcp(self, *args: Any, **named: Any) -> _WatchedStream:
        return _WatchedStream(await self._inner.connect_tcp(*args, **named))


class _WatchedStream:
    """A connection that tells the call whose request is written to it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.read = inner.read
        self.aclose = inner.aclose
        self.get_extra_info = inner.get_extra_info

    async def write(self, buffer: bytes, *args: Any, **named: Any) -> None:
        # A proxy is asked for a tunnel first; that is not the request yet.
        if not buffer.startswith(b"CONNECT "):
            _watching.get().is_sending = True
        await self._inner.write(buffer, *args, **named)

    async def start_tls(self, *args: Any, **named: Any) -> _WatchedStream:
        return _WatchedStream(await self._inner.start_tls(*args, **named))


def _body(response: Any, settings: Settings, started: float) -> Body:
    return Body(response.status_code, _head(response), settings.max_body, started)


def _head(response: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _verify(settings: Settings) -> ssl.SSLContext | bool:
    if isinstance(settings.verify, bool):
        return settings.verify
    if Path(settings.verify).is_dir():
        return ssl.create_default_context(capath=settings.verify)
    return ssl.create_default_context(cafile=settings.verify)
