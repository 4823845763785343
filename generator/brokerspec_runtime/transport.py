"""How a request leaves this machine: the contract that every transport keeps.

A transport sends a request once, as it is: the exact URL, headers and body. It adds
only what HTTP itself needs (`Host`, `Content-Length`) and the defaults of its library
for headers that are absent. It follows no redirect, repeats nothing, keeps no cookie
and reads no password file. An answer with any HTTP status is an answer. Without a
complete answer it raises `TransportFailure`, whose phase says whether the request can
have reached the server; when in doubt it can.
"""

from __future__ import annotations

import os.path
import re
import warnings
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from .errors import InvalidArgument
from .urls import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .request import RawResponse, Request
    from .secret import Secret

_CONNECT_SECONDS: Final = 5
_METHOD: Final = re.compile(r"[A-Z]+")
# Whatever falls outside this, the HTTP libraries would quietly write differently.
_URL: Final = re.compile(
    r"https?://(?:[A-Za-z0-9._-]++|\[[0-9A-Fa-f:.]++\])(?::[0-9]++)?+"
    r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]++|%[0-9A-F]{2})*+"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]++|%[0-9A-F]{2})++)?+)?+"
)
_DOT_SEGMENT: Final = re.compile(r"/\.\.?(?:/|$)")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE: Final = re.compile(r"(?:[!-~\x80-\xff]++(?:[\t ]++[!-~\x80-\xff]++)*+)?+")
_OWN_HEADERS: Final = frozenset({"content-length", "transfer-encoding"})


class Timeout(Struct, frozen=True):
    """Seconds to wait: for a connection, for each piece of the answer, and in all.

    `total` covers a whole call, its repetitions and pauses included.
    """

    connect: float = _CONNECT_SECONDS
    read: float = 15
    total: float = 60

    def __post_init__(self) -> None:
        for seconds in (self.connect, self.read, self.total):
            if not 0 < seconds < float("inf"):
                raise InvalidArgument("a timeout must be a positive, finite number of seconds")

    @classmethod
    def of(cls, timeout: Timeout | float) -> Timeout:
        """Return `timeout` itself, or one that waits that many seconds in all."""
        if isinstance(timeout, Timeout):
            return timeout
        return cls(min(_CONNECT_SECONDS, timeout), timeout, timeout)

    def within(self, seconds: float) -> Timeout:
        """Return the same with no part longer than what is left of the whole."""
        if self.total == seconds and self.connect <= seconds and self.read <= seconds:
            return self
        return Timeout(min(self.connect, seconds), min(self.read, seconds), seconds)


DEFAULT_TIMEOUT: Final = Timeout()


class Proxy(Struct, frozen=True):
    """An HTTP proxy; user and password are given apart from its address."""

    url: str
    user: str | None = None
    password: Secret | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if "@" in parts.netloc:
            raise InvalidArgument("give the user and password of a proxy apart from its address")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidArgument("the address of a proxy must begin with http:// or https://")
        if self.password is not None and self.user is None:
            raise InvalidArgument("a proxy password needs a proxy user")

    def url_with_credentials(self) -> str:
        """Return the address with user and password in it, percent-encoded. Never show it."""
        if self.user is None:
            return self.url
        login = quote(self.user, safe="")
        if self.password is not None:
            login += ":" + quote(self.password.reveal(), safe="")
        scheme, rest = self.url.split("://", 1)
        return f"{scheme}://{login}@{rest}"


class Settings(Struct, frozen=True):
    """What a transport needs to know before the first request.

    `proxy` replaces the proxies named by the environment. `verify` is True, the path
    of a file or folder with CA certificates, or False to accept any certificate, which
    warns with InsecureConnection. `max_body` is the size in bytes above which an answer
    is given up, counted after decompression.
    """

    proxy: Proxy | None = None
    verify: bool | str = True
    max_body: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        if isinstance(self.verify, str) and not os.path.exists(self.verify):
            raise InvalidArgument(f"there are no CA certificates at {self.verify}")
        if self.max_body <= 0:
            raise InvalidArgument("max_body must be a positive number of bytes")
        if self.verify is False:
            text = "certificates are not checked: anybody on the way can read and change all"
            warnings.warn(text, InsecureConnection, stacklevel=2)


class InsecureConnection(UserWarning):
    """Certificates are not checked: anybody on the way can read and change everything."""


class Phase(StrEnum):
    """How far a failed request came."""

    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class TransportFailure(Exception):
    """There is no complete answer. The text names no URL, header or proxy.

    It carries no cause: the libraries' own exceptions can show addresses and passwords.
    """

    def __init__(self, phase: Phase, message: str) -> None:
        super().__init__(message)
        self.phase = phase


class BodyTooLarge(TransportFailure):
    """The answer is larger than `Settings.max_body`; `response` has its head and its beginning."""

    def __init__(self, limit: int, response: RawResponse) -> None:
        super().__init__(Phase.UNKNOWN, f"the answer is larger than {limit} bytes")
        self.response = response


class Opened(Protocol):
    """An answer whose body is still on its way; header names are in lower case."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The head of the answer."""
        ...

    def read(self) -> bytes:
        """Return the next piece as it came over the wire, an empty one at the end.

        Raises TransportFailure when the answer breaks off or takes longer than the call may.
        """
        ...

    def close(self) -> None:
        """Give the connection back, or end it when the answer was not read whole."""
        ...


class AsyncOpened(Protocol):
    """The same, read without blocking."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The head of the answer."""
        ...

    async def read(self) -> bytes:
        """Return the next piece as it came over the wire, an empty one at the end."""
        ...

    async def aclose(self) -> None:
        """Give the connection back, or end it when the answer was not read whole."""
        ...


class Transport(Protocol):
    """Sends requests and waits."""

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        """Send once and return the answer; raise TransportFailure without one."""
        ...

    def close(self) -> None:
        """Close every connection that this transport opened."""
        ...


class AsyncTransport(Protocol):
    """Sends requests without blocking."""

    async def send(self, request: Request, timeout: Timeout) -> RawResponse:  # noqa: ASYNC109
        """Send once and return the answer; raise TransportFailure without one."""
        ...

    async def aclose(self) -> None:
        """Close every connection that this transport opened."""
        ...


class StreamingTransport(Transport, Protocol):
    """A transport that can also give an answer piece by piece."""

    def stream(self, request: Request, timeout: Timeout) -> Opened:
        """Send once and return the answer as soon as its head is there."""
        ...


class AsyncStreamingTransport(AsyncTransport, Protocol):
    """The same without blocking."""

    async def stream(self, request: Request, timeout: Timeout) -> AsyncOpened:  # noqa: ASYNC109
        """Send once and return the answer as soon as its head is there."""
        ...


def refuse_unsendable(request: Request) -> None:
    """Raise TransportFailure for a request that could not be sent exactly as it is."""
    problem = _url_problem(request) or _header_problem(request)
    if problem:
        raise TransportFailure(Phase.NOT_SENT, problem)


def refuse_unsendable_headers(request: Request) -> None:
    """Raise TransportFailure for headers that could not be sent exactly as they are."""
    problem = _header_problem(request)
    if problem:
        raise TransportFailure(Phase.NOT_SENT, problem)


def failure(phase: Phase, request: Request, *errors: BaseException) -> TransportFailure:
    """Describe a failure by the names of the library's errors, never by their texts."""
    names = ", ".join(dict.fromkeys(type(error).__name__ for error in errors))
    host = urlsplit(request.url).hostname
    if phase is Phase.NOT_SENT:
        return TransportFailure(phase, f"no connection to {host} ({names})")
    return TransportFailure(phase, f"the exchange with {host} broke off ({names})")


def refuse_unused(settings: Settings) -> None:
    """Raise InvalidArgument for settings that a session or client of the caller's overrides."""
    if settings.proxy is not None or settings.verify is not True:
        raise InvalidArgument("a session or client of your own brings its own proxy and verify")


def closed() -> TransportFailure:
    """Describe the use of a transport after it was closed."""
    return TransportFailure(Phase.NOT_SENT, "the transport is closed")


def _url_problem(request: Request) -> str | None:
    if not _METHOD.fullmatch(request.method):
        return "the method must be in capital letters"
    if not _URL.fullmatch(request.url):
        return "the URL is not an absolute, percent-encoded HTTP address"
    path = request.url.partition("?")[0]
    if "/." in path and _DOT_SEGMENT.search(path):
        return "the path of the URL has a part that is only dots"
    return None


def _header_problem(request: Request) -> str | None:
    problem = _names_problem(tuple(request.headers))
    if problem:
        return problem
    # One look at all of them, without an expression: most are plain, and no space is at an end.
    text = "|".join(request.headers.values())
    is_plain = text.isascii() and text.isprintable() and text.strip() == text
    if is_plain and " |" not in text and "| " not in text:
        return None
    for name, value in request.headers.items():
        if not _HEADER_VALUE.fullmatch(value):
            return f"the value of header {name} has characters that HTTP does not allow"
    return None


# The calls of an operation have the same names.
@lru_cache(maxsize=1024)
def _names_problem(names: tuple[str, ...]) -> str | None:
    low = {name.lower() for name in names}
    if len(low) != len(names):
        return "a header occurs twice"
    for name in names:
        if not _HEADER_NAME.fullmatch(name):
            return "a header name has characters that HTTP does not allow"
        if name.lower() in _OWN_HEADERS:
            return f"{name} is set by the transport itself"
    return None
