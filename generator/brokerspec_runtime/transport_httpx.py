"""The transports on the httpx2 library, synchronous and asynchronous."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .request import RawResponse
from .transport import Phase, Settings, closed, failure, refuse_unsendable, refuse_unused

if TYPE_CHECKING:
    import httpx2

    from .request import Request
    from .transport import TransportFailure


class HttpxTransport:
    """Send requests with httpx2 and wait.

    A `client` of your own lends its connections, certificates and proxies, and `settings`
    may then hold a timeout only. Its headers, cookies and login are not used: what is
    sent is the request and nothing else. You close it yourself.
    """

    def __init__(
        self, settings: Settings | None = None, client: httpx2.Client | None = None
    ) -> None:
        import httpx2

        self._settings = settings or Settings()
        self._is_own = client is None
        if not self._is_own:
            refuse_unused(self._settings)
        self._client = client or httpx2.Client(
            verify=_verify(self._settings), proxy=_proxy(self._settings)
        )

    def send(self, request: Request) -> RawResponse:
        """Send once and return the answer; raise TransportFailure without one."""
        outgoing = _prepare(request, self._settings, is_closed=self._client.is_closed)
        problem: TransportFailure
        started = time.perf_counter()
        try:
            response = self._client.send(outgoing, auth=None, follow_redirects=False)
            return _raw_response(response, started)
        except _errors() as error:
            problem = failure(_phase_of(error), request, error)
        raise problem

    def close(self) -> None:
        """Close the connections, unless the client came from the caller."""
        if self._is_own:
            self._client.close()


class AsyncHttpxTransport:
    """Send requests with httpx2 without blocking.

    A `client` of your own lends its connections, certificates and proxies, and `settings`
    may then hold a timeout only. Its headers, cookies and login are not used: what is
    sent is the request and nothing else. You close it yourself.
    """

    def __init__(
        self, settings: Settings | None = None, client: httpx2.AsyncClient | None = None
    ) -> None:
        import httpx2

        self._settings = settings or Settings()
        self._is_own = client is None
        if not self._is_own:
            refuse_unused(self._settings)
        self._client = client or httpx2.AsyncClient(
            verify=_verify(self._settings), proxy=_proxy(self._settings)
        )

    async def send(self, request: Request) -> RawResponse:
        """Send once and return the answer; raise TransportFailure without one."""
        outgoing = _prepare(request, self._settings, is_closed=self._client.is_closed)
        problem: TransportFailure
        started = time.perf_counter()
        try:
            response = await self._client.send(outgoing, auth=None, follow_redirects=False)
            return _raw_response(response, started)
        except _errors() as error:
            problem = failure(_phase_of(error), request, error)
        raise problem

    async def aclose(self) -> None:
        """Close the connections, unless the client came from the caller."""
        if self._is_own:
            await self._client.aclose()


def _prepare(request: Request, settings: Settings, *, is_closed: bool) -> httpx2.Request:
    """Return the request as it is, without the headers and cookies of a client."""
    import httpx2

    if is_closed:
        raise closed()
    refuse_unsendable(request)
    timeout = settings.timeout
    return httpx2.Request(
        request.method,
        request.url,
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


def _raw_response(response: httpx2.Response, started: float) -> RawResponse:
    headers = {name.lower(): value for name, value in response.headers.items()}
    elapsed = time.perf_counter() - started
    return RawResponse(response.status_code, headers, response.content, elapsed)


def _errors() -> tuple[type[Exception], ...]:
    import httpx2

    return (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError)


def _phase_of(error: Exception) -> Phase:
    """Tell how far the request came; httpx2 names connecting apart from all that follows."""
    import httpx2

    never = (
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.PoolTimeout,
        httpx2.ProxyError,
    )
    return Phase.NOT_SENT if isinstance(error, never) else Phase.UNKNOWN


def _verify(settings: Settings) -> ssl.SSLContext | bool:
    if isinstance(settings.verify, bool):
        return settings.verify
    if Path(settings.verify).is_dir():
        return ssl.create_default_context(capath=settings.verify)
    return ssl.create_default_context(cafile=settings.verify)


def _proxy(settings: Settings) -> httpx2.Proxy | None:
    import httpx2

    return httpx2.Proxy(settings.proxy.url_with_credentials()) if settings.proxy else None
