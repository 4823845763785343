"""Choose a transport by name, or wrap what the caller brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, cast

from .errors import InvalidArgument
from .secret import Secret
from .transport import AsyncTransport, Proxy, Settings, Transport

if TYPE_CHECKING:
    import httpx2
    import requests

    # Not named by their types: httpx and pyreqwest need not be installed.
    class HttpxClient(Protocol):
        """A client of httpx or pyreqwest."""

        def __enter__(self) -> object: ...
        def request(self, method: str, url: str) -> object:
            """Send a request."""
            ...

    class AsyncHttpxClient(Protocol):
        """An asynchronous client of httpx or pyreqwest."""

        async def __aenter__(self) -> object: ...
        async def request(self, method: str, url: str) -> object:
            """Send a request."""
            ...

    TransportChoice: TypeAlias = (
        Literal["requests", "httpx2", "httpx", "pyreqwest"]
        | requests.Session
        | httpx2.Client
        | HttpxClient
        | Transport
    )
    AsyncTransportChoice: TypeAlias = (
        Literal["httpx2", "httpx", "pyreqwest"]
        | httpx2.AsyncClient
        | AsyncHttpxClient
        | AsyncTransport
    )
else:
    TransportChoice = AsyncTransportChoice = Any

_HTTPX: Final = ("httpx2", "httpx")


def sync_transport(choice: TransportChoice, settings: Settings) -> Transport:
    """Return the synchronous transport for a name, a Session, a Client or a transport."""
    if choice == "requests" or _is_from("requests", choice):
        from .transport_requests import RequestsTransport

        session = None if choice == "requests" else cast("requests.Session", choice)
        return RequestsTransport(settings, session)
    for library in _HTTPX:
        if choice == library or _is_from(library, choice):
            from .transport_httpx import HttpxTransport

            return HttpxTransport(settings, None if choice == library else choice, library)
    if choice == "pyreqwest" or _is_from("pyreqwest", choice):
        from .transport_pyreqwest import PyreqwestTransport

        lent = None if choice == "pyreqwest" else cast("Any", choice)
        return PyreqwestTransport(settings, lent)
    _refuse_unknown(choice, "requests, httpx2, httpx and pyreqwest")
    return cast("Transport", choice)


def async_transport(choice: AsyncTransportChoice, settings: Settings) -> AsyncTransport:
    """Return the asynchronous transport for a name, an AsyncClient or a transport."""
    for library in _HTTPX:
        if choice == library or _is_from(library, choice):
            from .transport_httpx import AsyncHttpxTransport

            return AsyncHttpxTransport(settings, None if choice == library else choice, library)
    if choice == "pyreqwest" or _is_from("pyreqwest", choice):
        from .transport_pyreqwest import AsyncPyreqwestTransport

        lent = None if choice == "pyreqwest" else cast("Any", choice)
        return AsyncPyreqwestTransport(settings, lent)
    _refuse_unknown(choice, "httpx2, httpx and pyreqwest")
    return cast("AsyncTransport", choice)


def _refuse_unknown(choice: object, names: str) -> None:
    if isinstance(choice, str):
        raise InvalidArgument(f"no transport {choice!r}; there are {names}")


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
