"""What the requests library has to do differently for a request that moves money.

Importing this module imports requests; only `transport_requests` does, when needed.
"""

from __future__ import annotations

import io
import ssl
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    EmptyPoolError,
    HTTPError,
    LocationValueError,
    NewConnectionError,
)
from urllib3.util.retry import Retry

from .deadline import at_most
from .errors import InvalidArgument
from .transport import Phase

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from urllib3.connectionpool import HTTPConnectionPool

    from .request import Request

ERRORS: Final = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)

_NOT_SENT: Final = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    ConnectTimeoutError,
    EmptyPoolError,
    LocationValueError,
    NewConnectionError,
    ssl.SSLCertVerificationError,
)


class _TimedSocket(io.RawIOBase):
    """Reads a socket for no longer than the call may last."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._patience = connection.gettimeout()
        self._source = connection.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._connection.settimeout(at_most(self._patience))
        return self._source.readinto(buffer)

    def fileno(self) -> int:
        return self._source.fileno()

    def close(self) -> None:
        self._source.close()
        super().close()


class _WholeLines(io.BufferedReader):
    """Refuses a line that is cut off, which http.client takes for the end of the head."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) != size:
            raise RemoteDisconnected("the connection ended inside a line")
        return line


class _Answer(HTTPResponse):
    """Reads an answer in time or not at all."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self.fp.close()
        self.fp = _WholeLines(_TimedSocket(sock))


class _PlainConnection(HTTPConnection):
    response_class = _Answer


class _Connection(HTTPSConnection):
    """Says that a connection was never made, where urllib3 only says "TLS" or "proxy".

    `connect` ends before the first byte of the request. Its failures look the same as
    those of a connection that breaks afterwards, unless they are marked here.
    """

    response_class = _Answer

    def connect(self) -> None:
        try:
            super().connect()
            at_most(None)
        except (ConnectTimeoutError, NewConnectionError):
            raise
        except (HTTPError, HTTPException, OSError) as error:
            raise NewConnectionError(self, type(error).__name__) from error


_OURS: Final[dict[type, type]] = {
    HTTPConnection: _PlainConnection,
    HTTPSConnection: _Connection,
}


class Adapter(HTTPAdapter):
    """Never repeats a request, ends it in time, and marks connections that were never made."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,
        proxies: dict[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> HTTPConnectionPool:
        """Return the pool for a request; its connections are ours."""
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        # Any: urllib3 declares this attribute with protocols that its own class misses.
        changed: Any = pool
        changed.ConnectionCls = _OURS.get(changed.ConnectionCls, changed.ConnectionCls)
        return pool


def new_session() -> requests.Session:
    """Return a session whose adapters are ours."""
    session = requests.Session()
    for prefix in ("https://", "http://"):
        session.mount(prefix, Adapter())
    return session


def refuse_repeating(session: requests.Session) -> None:
    """Raise InvalidArgument for a session that may send an unanswered request again."""
    for prefix, adapter in session.adapters.items():
        # The adapter of requests itself allows none; one of another kind has no such count.
        retries = getattr(adapter, "max_retries", None)
        if isinstance(retries, Retry) and (retries.total is None or retries.total > 0):
            raise InvalidArgument(
                f"the adapter for {prefix} may send a request twice: make it with max_retries=0"
            )


def prepare(request: Request) -> requests.PreparedRequest:
    """Return the request as it is, without the headers, cookies and logins of a session."""
    prepared = requests.PreparedRequest()
    prepared.method = request.method
    prepared.url = request.url
    prepared.headers = CaseInsensitiveDict(request.headers)
    prepared.body = request.body
    if request.body is not None:
        prepared.headers["Content-Length"] = str(len(request.body))
    return prepared


def phase_of(error: BaseException) -> Phase:
    """Tell how far the request came that ended in this error."""
    never = any(isinstance(cause, _NOT_SENT) for cause in causes(error))
    return Phase.NOT_SENT if never else Phase.UNKNOWN


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and those that requests and urllib3 wrapped in it."""
    yield error
    held = (getattr(error, "reason", None), getattr(error, "original_error", None), *error.args)
    inner = next((item for item in held if isinstance(item, BaseException)), None)
    if inner is not None:
        yield from causes(inner)
