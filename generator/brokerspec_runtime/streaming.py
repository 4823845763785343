"""Answers that are read piece by piece and never held whole.

`with client.with_streaming.download(...) as answer:` sends the request when the block is
entered, repeats it as any other call is repeated, and raises the same typed errors. What
it gives is the answer of a success. Its body is read inside the block, within the time of
the call. Leaving the block gives the connection back, whatever was read.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from functools import partial
from os import PathLike
from types import TracebackType
from typing import Any, Final, ParamSpec, TypeVar, cast

from msgspec.structs import replace

from .client import AsyncBase, Core, SyncBase
from .errors import BrokerError
from .events import DONE, MEDIA_TYPE, Event, Events
from .flow import Response
from .intake import Intake, Lines, NewFile
from .operation import Call, ItemsOf
from .streaming_answer import BROKEN, Answer
from .streaming_line import MAX_BODY, AsyncLine, Line
from .transport import AsyncOpened, Opened
from .views import preparing_async

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound="SyncBase | AsyncBase")

LONGEST_LINE: Final = 1024 * 1024


class Stream(Answer[T]):
    """A successful answer whose body is read as it comes, once."""

    def __init__(
        self, client: Core, call: Call[Any], response: Response[Any], opened: Opened
    ) -> None:
        super().__init__(client, call, response)
        self._opened = opened

    def iter_bytes(self, *, limit: int | None = None) -> Iterator[bytes]:
        """Yield the body in pieces, unpacked; `limit` is the most bytes to take."""
        return self._pieces(self._begin(limit))

    def iter_lines(self, *, limit: int | None = None, longest: int = LONGEST_LINE) -> Iterator[str]:
        """Yield the lines of a text without their ends, as soon as each is there."""
        return self._lines(Lines(self.headers, longest), limit)

    def iter_events(
        self, *, limit: int | None = None, longest: int = LONGEST_LINE
    ) -> Iterator[Event[T]]:
        """Yield server-sent events, each as soon as it is there.

        `longest` is the most characters of one. The connection is not opened again by itself.
        """
        events = Events(longest, self._value)
        # Whatever the head says, events are UTF-8.
        for line in self._lines(Lines({}, longest), limit):
            event = self._event(events, line)
            if event is not None:
                yield event

    def iter_items(self, *, limit: int | None = None, longest: int = LONGEST_LINE) -> Iterator[T]:
        """Yield what the data of each event holds or, where lines are sent, each line of JSON.

        Raises UnexpectedResponse for one that does not fit. `[DONE]` ends a stream of events.
        """
        if self.media_type != MEDIA_TYPE:
            for line in self.iter_lines(limit=limit, longest=longest):
                yield from self._items(line)
            return
        for event in self.iter_events(limit=limit, longest=longest):
            if event.data == DONE:
                return
            yield event.value

    def _lines(self, lines: Lines, limit: int | None) -> Iterator[str]:
        for piece in self.iter_bytes(limit=limit):
            yield from self._split(lines, piece)
        yield from self._split(lines, None)

    def read(self, *, limit: int = MAX_BODY) -> bytes:
        """Return the whole body."""
        return b"".join(self.iter_bytes(limit=limit))

    def save(self, path: str | PathLike[str], *, limit: int | None = None) -> int:
        """Write the body to a file, which appears only when it is whole; return its size.

        Raises OSError when the file cannot be written.
        """
        file = NewFile(path)
        try:
            for piece in self.iter_bytes(limit=limit):
                file.write(piece)
            return file.finish()
        finally:
            file.discard()

    def _pieces(self, intake: Intake) -> Iterator[bytes]:
        problem: BrokerError | None = None
        while problem is None:
            self._check()
            try:
                piece = self._opened.read()
                if not piece:
                    intake.finish()
                    return
                yield from intake.take(piece)
            except BROKEN as error:
                problem = self._problem(error)
        raise problem

    def _leave(self) -> None:
        self._is_left = True
        self._opened.close()


class AsyncStream(Answer[T]):
    """The same without blocking."""

    def __init__(
        self, client: Core, call: Call[Any], response: Response[Any], opened: AsyncOpened
    ) -> None:
        super().__init__(client, call, response)
        self._opened = opened

    def iter_bytes(self, *, limit: int | None = None) -> AsyncIterator[bytes]:
        """Yield the body in pieces, unpacked; `limit` is the most bytes to take."""
        return self._pieces(self._begin(limit))

    def iter_lines(
        self, *, limit: int | None = None, longest: int = LONGEST_LINE
    ) -> AsyncIterator[str]:
        """Yield the lines of a text without their ends, as soon as each is there."""
        return self._lines(Lines(self.headers, longest), limit)

    async def iter_events(
        self, *, limit: int | None = None, longest: int = LONGEST_LINE
    ) -> AsyncIterator[Event[T]]:
        """Yield server-sent events, each as soon as it is there.

        `longest` is the most characters of one. The connection is not opened again by itself.
        """
        events = Events(longest, self._value)
        async for line in self._lines(Lines({}, longest), limit):
            event = self._event(events, line)
            if event is not None:
                yield event

    async def iter_items(
        self, *, limit: int | None = None, longest: int = LONGEST_LINE
    ) -> AsyncIterator[T]:
        """Yield what the data of each event holds or, where lines are sent, each line of JSON.

        Raises UnexpectedResponse for one that does not fit. `[DONE]` ends a stream of events.
        """
        if self.media_type != MEDIA_TYPE:
            async for line in self.iter_lines(limit=limit, longest=longest):
                for item in self._items(line):
                    yield item
            return
        async for event in self.iter_events(limit=limit, longest=longest):
            if event.data == DONE:
                return
            yield event.value

    async def _lines(self, lines: Lines, limit: int | None) -> AsyncIterator[str]:
        async for piece in self.iter_bytes(limit=limit):
            for line in self._split(lines, piece):
                yield line
        for line in self._split(lines, None):
            yield line

    async def read(self, *, limit: int = MAX_BODY) -> bytes:
        """Return the whole body."""
        return b"".join([piece async for piece in self.iter_bytes(limit=limit)])

    async def save(self, path: str | PathLike[str], *, limit: int | None = None) -> int:
        """Write the body to a file, which appears only when it is whole; return its size.

        A thread does the writing. Raises OSError when the file cannot be written.
        """
        import asyncio

        file = await asyncio.to_thread(NewFile, path)
        try:
            async for piece in self.iter_bytes(limit=limit):
                await asyncio.to_thread(file.write, piece)
            return await asyncio.to_thread(file.finish)
        finally:
            file.discard()

    async def _pieces(self, intake: Intake) -> AsyncIterator[bytes]:
        problem: BrokerError | None = None
        while problem is None:
            self._check()
            try:
                piece = await self._opened.read()
                if not piece:
                    intake.finish()
                    return
                for part in intake.take(piece):
                    yield part
            except BROKEN as error:
                problem = self._problem(error)
        raise problem

    async def _leave(self) -> None:
        self._is_left = True
        await self._opened.aclose()


class Streaming:
    """A call that is sent when its block is entered."""

    def __init__(self, client: SyncBase, call: Call[Any]) -> None:
        self._client = client
        self._call = call
        self._stream: Stream[Any] | None = None

    def __enter__(self) -> Stream[Any]:
        view: Any = copy.copy(self._client)
        line = Line(view._transport)
        view.__dict__.update(_transport=line, _is_full=True)
        try:
            response: Response[Any] = view._send(_unread(self._call))
            self._stream = Stream(view, self._call, response, line.kept())
        except BaseException:
            line.drop()
            raise
        return self._stream

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            self._stream._leave()  # pyright: ignore[reportPrivateUsage]


class AsyncStreaming:
    """The same without blocking."""

    def __init__(self, client: AsyncBase, call: Call[Any]) -> None:
        self._client = client
        self._call = call
        self._stream: AsyncStream[Any] | None = None

    async def __aenter__(self) -> AsyncStream[Any]:
        view: Any = copy.copy(self._client)
        line = AsyncLine(view._transport)
        view.__dict__.update(_transport=line, _is_full=True)
        try:
            response: Response[Any] = await view._send(_unread(self._call))
            self._stream = AsyncStream(view, self._call, response, line.kept())
        except BaseException:
            await line.drop()
            raise
        return self._stream

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            await self._stream._leave()  # pyright: ignore[reportPrivateUsage]


def _unread(call: Call[Any]) -> Call[Any]:
    """Return a call whose success is not decoded; its failures are."""
    accept = call.operation.stream_accept or call.operation.accept
    operation = replace(
        call.operation, answer=None, answers=(), payload=(), grants=(), headers=None, accept=accept
    )
    return replace(call, operation=operation)


def streamed(client: C) -> C:
    """Return a client that shares everything with `client` and answers piece by piece."""
    view = copy.copy(client)
    make: Any = _waiting if isinstance(client, AsyncBase) else Streaming
    view.__dict__["_send"] = partial(make, client)
    return view


async def _waiting(client: AsyncBase, call: Call[Any]) -> AsyncStreaming:
    return AsyncStreaming(client, call)


def streaming(method: Callable[P, Any]) -> Callable[P, AbstractContextManager[Stream[Any]]]:
    """Type a method of a client that answers piece by piece."""
    return cast("Callable[P, AbstractContextManager[Stream[Any]]]", method)


def streaming_async(
    method: Callable[P, Coroutine[Any, Any, Any]],
) -> Callable[P, AbstractAsyncContextManager[AsyncStream[Any]]]:
    """Turn a method that never waits, because it only prepares, into a plain one."""
    return cast(
        "Callable[P, AbstractAsyncContextManager[AsyncStream[Any]]]", preparing_async(method)
    )


def streaming_items(
    method: Callable[P, Any], items: ItemsOf[T]
) -> Callable[P, AbstractContextManager[Stream[T]]]:
    """Type a method of a client whose answer holds items of one type."""
    return cast("Callable[P, AbstractContextManager[Stream[T]]]", method)


def streaming_items_async(
    method: Callable[P, Coroutine[Any, Any, Any]], items: ItemsOf[T]
) -> Callable[P, AbstractAsyncContextManager[AsyncStream[T]]]:
    """Do the same for an asynchronous client."""
    return cast("Callable[P, AbstractAsyncContextManager[AsyncStream[T]]]", preparing_async(method))
