"""An answer whose body is still on its way, as every transport gives it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

from .deadline import at_most, ending_at
from .transport import TransportFailure


class OpenedAnswer:
    """Reads on in time, and tells failures in the words of the transport."""

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        pieces: Iterator[bytes],
        close: Callable[[], object],
        *,
        errors: tuple[type[Exception], ...],
        describe: Callable[[Exception], TransportFailure],
        end: float,
    ) -> None:
        self.status = status
        self.headers = headers
        self._pieces = pieces
        self._close = close
        self._errors = errors
        self._describe = describe
        self._end = end

    def read(self) -> bytes:
        """Return the next piece as it came over the wire, an empty one at the end."""
        problem: TransportFailure
        try:
            with ending_at(self._end):
                at_most(None)
                return next((piece for piece in self._pieces if piece), b"")
        except self._errors as error:
            problem = self._describe(error)
        raise problem

    def close(self) -> None:
        """Give the connection back, or end it when the answer was not read whole."""
        self._close()


class AsyncOpenedAnswer:
    """The same without blocking."""

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        pieces: AsyncIterator[bytes],
        close: Callable[[], Awaitable[object]],
        *,
        errors: tuple[type[Exception], ...],
        describe: Callable[[Exception], TransportFailure],
        end: float,
    ) -> None:
        self.status = status
        self.headers = headers
        self._pieces = pieces
        self._close = close
        self._errors = errors
        self._describe = describe
        self._end = end

    async def read(self) -> bytes:
        """Return the next piece as it came over the wire, an empty one at the end."""
        import asyncio

        problem: TransportFailure
        try:
            async with asyncio.timeout(self._end - time.monotonic()):
                async for piece in self._pieces:
                    if piece:
                        return piece
                return b""
        except self._errors as error:
            problem = self._describe(error)
        raise problem

    async def aclose(self) -> None:
        """Give the connection back, or end it when the answer was not read whole."""
        await self._close()
