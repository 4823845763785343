"""Choose a transport by name, or wrap what the caller brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from .errors import InvalidArgument
from .secret import Secret
from .transport import AsyncTransport, Proxy, Settings, Transport

if TYPE_CHECKING:
    import httpx2
    import requests

    TransportChoice: TypeAlias = (
        Literal["requests", "httpx2"] | requests.Session | httpx2.Client | Transport
    )
    AsyncTransportChoice: TypeAlias = Literal["httpx2"] | httpx2.AsyncClient | AsyncTransport
else:
    TransportChoice = AsyncTransportChoice = Any


def sync_transport(choice: TransportChoice, settings: Settings) -> Transport:
    """Return the synchronous transport for a name, a Session, a Client or a transport."""
    if choice == "requests" or _is_from("requests", choice):
        from .transport_requests import RequestsTransport

        session = None if choice == "requests" else cast("requests.Session", choice)
        return RequestsTransport(settings, session)
    if choice == "httpx2" or _is_from("httpx2", choice):
        from .transport_httpx import HttpxTransport

        client = None if choice == "httpx2" else cast("httpx2.Client", choice)
        return HttpxTransport(settings, client)
    if isinstance(choice, str):
        raise InvalidArgument(f"no transport {choice!r}; there are requests and httpx2")
    return cast("Transport", choice)


def async_transport(choice: AsyncTransportChoice, settings: Settings) -> AsyncTransport:
    """Return the asynchronous transport for a name, an AsyncClient or a transport."""
    if choice == "httpx2" or _is_from("httpx2", choice):
        from .transport_httpx import AsyncHttpxTransport

        client = None if choice == "httpx2" else cast("httpx2.AsyncClient", choice)
        return AsyncHttpxTransport(settings, client)
    if isinstance(choice, str):
        raise InvalidArgument(f"no asynchronous transport {choice!r}; there is httpx2")
    return cast("AsyncTransport", choice)


def _is_from(library: str, choice: object) -> bool:
    """Say whether an object is of a class of `library`, without importing the library."""
    return any(kind.__module__.split(".")[0] == library for kind in type(choice).__mro__)


def proxy_of(
    proxy: Proxy | str | None, user: str | None = None, password: str | Secret | None = None
) -> Proxy | None:
    """Return a proxy from its parts, or the one that is given."""
    if isinstance(proxy, str):
        return Proxy(proxy, user, None if password is None else Secret.of(password))
    if proxy is None and (user is not None or password is not None):
        raise InvalidArgument("a proxy user or password needs the address of the proxy")
    return proxy
