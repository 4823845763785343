"""The transport of a call whose answer is read piece by piece."""

from __future__ import annotations

import time
from typing import Final

from .body import Body
from .errors import InvalidArgument
from .request import RawResponse, Request
from .transport import (
    AsyncOpened,
    AsyncStreamingTransport,
    Opened,
    Phase,
    Settings,
    StreamingTransport,
    Timeout,
    TransportFailure,
)

MAX_BODY: Final = Settings().max_body


class Line:
    """The transport of one call: it reads failures whole and keeps a success open."""

    def __init__(self, transport: StreamingTransport) -> None:
        _refuse_whole(transport)
        self._transport = transport
        self._opened: Opened | None = None

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        """Send once; a success has no body yet."""
        started = time.perf_counter()
        opened = self._transport.stream(request, timeout)
        self._opened = opened
        if 200 <= opened.status < 300:
            return _head(opened, started)
        try:
            body = Body(opened.status, opened.headers, MAX_BODY, started)
            while piece := opened.read():
                body.add(piece)
            return body.finish()
        except ValueError as error:
            raise TransportFailure(Phase.UNKNOWN, str(error)) from None
        finally:
            self.drop()

    def kept(self) -> Opened:
        """Return the answer that is still open."""
        if self._opened is None:
            raise TypeError("a success is left open")
        return self._opened

    def drop(self) -> None:
        """Close what is open."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()


class AsyncLine:
    """The same without blocking."""

    def __init__(self, transport: AsyncStreamingTransport) -> None:
        _refuse_whole(transport)
        self._transport = transport
        self._opened: AsyncOpened | None = None

    async def send(self, request: Request, timeout: Timeout) -> RawResponse:  # noqa: ASYNC109
        """Send once; a success has no body yet."""
        started = time.perf_counter()
        opened = await self._transport.stream(request, timeout)
        self._opened = opened
        if 200 <= opened.status < 300:
            return _head(opened, started)
        try:
            body = Body(opened.status, opened.headers, MAX_BODY, started)
            while piece := await opened.read():
                body.add(piece)
            return body.finish()
        except ValueError as error:
            raise TransportFailure(Phase.UNKNOWN, str(error)) from None
        finally:
            await self.drop()

    def kept(self) -> AsyncOpened:
        """Return the answer that is still open."""
        if self._opened is None:
            raise TypeError("a success is left open")
        return self._opened

    async def drop(self) -> None:
        """Close what is open."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.aclose()


def _refuse_whole(transport: object) -> None:
    if not callable(getattr(transport, "stream", None)):
        name = type(transport).__name__
        raise InvalidArgument(f"{name} gives answers only whole: it has no method `stream`")


def _head(opened: Opened | AsyncOpened, started: float) -> RawResponse:
    return RawResponse(opened.status, opened.headers, b"", time.perf_counter() - started)
