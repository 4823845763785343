"""Answers that are read piece by piece and never held whole.

`with client.with_streaming.download(...) as answer:` sends the request when the block is
entered, repeats it as any other call is repeated, and raises the same typed errors. What
it gives is the answer of a success. Its body is read inside the block, within the time of
the call. Leaving the block gives the connection back, whatever was read.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from functools import partial
from os import PathLike
from types import TracebackType
from typing import Any, Final, ParamSpec, TypeVar, cast

from msgspec.structs import replace

from .client import AsyncBase, Core, SyncBase
from .course import Course
from .errors import BrokerError, InvalidArgument, UnexpectedResponse
from .flow import Response, advise
from .intake import Intake, Lines, NewFile, TooMuch
from .operation import Call
from .request import RawResponse, Request
from .streaming_line import MAX_BODY, AsyncLine, Line
from .transport import AsyncOpened, Opened, TransportFailure
from .views import preparing_async

P = ParamSpec("P")
C = TypeVar("C", bound="SyncBase | AsyncBase")

LONGEST_LINE: Final = 1024 * 1024
BROKEN: Final = (TransportFailure, TooMuch, ValueError)


class _Answer:
    """The head of an answer that is being read, and what is wrong with the rest."""

    def __init__(self, client: Core, call: Call[Any], response: Response[Any]) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.request: Request = response.request
        self._is_begun = False
        self._is_left = False
        self._course = Course(
            call,
            client._context,  # pyright: ignore[reportPrivateUsage]
            client._policy,  # pyright: ignore[reportPrivateUsage]
            0.0,
            response.request,
            attempts=1,
        )
        self._raw = RawResponse(response.status, response.headers, b"", response.elapsed)

    @property
    def media_type(self) -> str:
        """The `Content-Type` without its parameters, empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.status}, {self.media_type!r})"

    def _begin(self, limit: int | None) -> Intake:
        self._check()
        if self._is_begun:
            raise InvalidArgument("an answer is read only once")
        self._is_begun = True
        return Intake(self.headers, limit)

    def _check(self) -> None:
        if self._is_left:
            raise InvalidArgument("an answer is read inside its `with` block")

    def _split(self, lines: Lines, piece: bytes | None) -> list[str]:
        """Return the lines that a piece, or the end of the text, completes."""
        try:
            return lines.rest() if piece is None else lines.take(piece)
        except BROKEN as error:
            problem = self._problem(error)
        raise problem

    def _problem(self, cause: Exception) -> BrokerError:
        """Return the error of a body that broke off, is too large or is not what it says."""
        error: BrokerError
        if isinstance(cause, TooMuch):
            error = UnexpectedResponse(str(cause))
            advise(self._course.call.operation, error)
        elif isinstance(cause, TransportFailure):
            error = self._course.unknown(f"while the answer was read, {cause}")
        else:
            error = UnexpectedResponse(str(cause))
            advise(self._course.call.operation, error)
        return self._course.tell(error, self._raw).without_traces()


class Stream(_Answer):
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
        lines = Lines(self.headers, longest)
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


class AsyncStream(_Answer):
    """The same without blocking."""

    def __init__(
        self, client: Core, call: Call[Any], response: Response[Any], opened: AsyncOpened
    ) -> None:
        super().__init__(client, call, response)
        self._opened = opened

    def iter_bytes(self, *, limit: int | None = None) -> AsyncIterator[bytes]:
        """Yield the body in pieces, unpacked; `limit` is the most bytes to take."""
        return self._pieces(self._begin(limit))

    async def iter_lines(
        self, *, limit: int | None = None, longest: int = LONGEST_LINE
    ) -> AsyncIterator[str]:
        """Yield the lines of a text without their ends, as soon as each is there."""
        lines = Lines(self.headers, longest)
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
        self._stream: Stream | None = None

    def __enter__(self) -> Stream:
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
        self._stream: AsyncStream | None = None

    async def __aenter__(self) -> AsyncStream:
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
    operation = replace(call.operation, answer=None, answers=(), payload=(), grants=())
    return replace(call, operation=operation)


def streamed(client: C) -> C:
    """Return a client that shares everything with `client` and answers piece by piece."""
    view = copy.copy(client)
    make: Any = _waiting if isinstance(client, AsyncBase) else Streaming
    view.__dict__["_send"] = partial(make, client)
    return view


async def _waiting(client: AsyncBase, call: Call[Any]) -> AsyncStreaming:
    return AsyncStreaming(client, call)


def streaming(method: Callable[P, Any]) -> Callable[P, AbstractContextManager[Stream]]:
    """Type a method of a client that answers piece by piece."""
    return cast("Callable[P, AbstractContextManager[Stream]]", method)


def streaming_async(
    method: Callable[P, Coroutine[Any, Any, Any]],
) -> Callable[P, AbstractAsyncContextManager[AsyncStream]]:
    """Turn a method that never waits, because it only prepares, into a plain one."""
    return cast("Callable[P, AbstractAsyncContextManager[AsyncStream]]", preparing_async(method))
