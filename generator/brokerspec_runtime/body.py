"""The body of an answer, unpacked piece by piece and never larger than allowed."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from .request import RawResponse
from .transport import BodyTooLarge

PIECE: Final = 64 * 1024
_GZIP: Final = zlib.MAX_WBITS | 16
_GZIP_NAMES: Final = frozenset({"gzip", "x-gzip"})


class _Unpacker(Protocol):
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Unpacking:
    """Unpacks what arrives of one answer; what cannot be unpacked stays as it came."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        names = headers.get("content-encoding", "").lower().replace(" ", "").split(",")
        is_readable = _GZIP_NAMES.union({"deflate"}).issuperset(names)
        self.layers = [_Layer(name) for name in names] if is_readable else []

    def pieces(self, piece: bytes) -> Iterator[bytes]:
        """Yield what the next piece of the wire unpacks to, in pieces of bounded size."""
        return self._through(piece, len(self.layers))

    def finish(self) -> None:
        """Raise ValueError when the packing was cut off."""
        if not all(layer.is_complete for layer in self.layers):
            raise ValueError("the packed body is cut off")

    def _through(self, data: bytes, depth: int) -> Iterator[bytes]:
        if not depth:
            yield data
            return
        for piece in self.layers[depth - 1].unpack(data):
            yield from self._through(piece, depth - 1)


class Body:
    """Collects what arrives of one answer; raises BodyTooLarge as soon as it is too much."""

    def __init__(self, status: int, headers: Mapping[str, str], limit: int, started: float) -> None:
        self._status = status
        self._headers = headers
        self._limit = limit
        self._started = started
        self._kept: list[bytes] = []
        self._size = 0
        self._unpacking = Unpacking(headers) if "content-encoding" in headers else None
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise self._too_large()

    def add(self, piece: bytes) -> None:
        """Take the next piece as it came over the wire."""
        for part in (piece,) if self._unpacking is None else self._unpacking.pieces(piece):
            self._kept.append(part)
            self._size += len(part)
            if self._size > self._limit:
                raise self._too_large()

    def finish(self) -> RawResponse:
        """Return the whole answer; raise ValueError when its packing was cut off."""
        if self._unpacking is not None:
            self._unpacking.finish()
        return self._answer(b"".join(self._kept))

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(self._limit, self._answer(b"".join(self._kept)[: self._limit]))

    def _answer(self, body: bytes) -> RawResponse:
        elapsed = time.perf_counter() - self._started
        return RawResponse(self._status, self._headers, body, elapsed)


def at_once(headers: Mapping[str, str], limit: int) -> int:
    """Return how much of a body may be awaited before any of it is looked at.

    Nothing of what is packed, of which little can be too much, or announced as too large.
    """
    length = headers.get("content-length", "")
    if "content-encoding" in headers or (length.isdecimal() and int(length) > limit):
        return 0
    return min(PIECE, limit + 1)


class _Layer:
    """Unpacks gzip or deflate, with and without its header."""

    def __init__(self, name: str) -> None:
        self._is_gzip = name in _GZIP_NAMES
        self._unpacker: _Unpacker | None = None

    @property
    def is_complete(self) -> bool:
        """Say whether nothing more has to come."""
        return self._unpacker is None or self._unpacker.eof

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` unpacks to, in pieces of bounded size."""
        while data:
            if self._unpacker is None:
                self._unpacker = zlib.decompressobj(self._window(data))
            elif self._unpacker.eof:
                # A gzip body may consist of several parts; anything else is padding.
                if not (self._is_gzip and data.startswith(b"\x1f")):
                    return
                self._unpacker = zlib.decompressobj(_GZIP)
            try:
                piece = self._unpacker.decompress(data, PIECE)
            except zlib.error as error:
                raise ValueError("the body is not packed as its head says") from error
            yield piece
            data = self._unpacker.unused_data or self._unpacker.unconsumed_tail
            if not data and len(piece) == PIECE:
                yield from _rest(self._unpacker)

    def _window(self, data: bytes) -> int:
        if self._is_gzip:
            return _GZIP
        # Some servers send deflate without the header that RFC 9110 asks for.
        return zlib.MAX_WBITS if data[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS


def _rest(unpacker: _Unpacker) -> Iterator[bytes]:
    """Yield what an unpacker still holds when it has read all of its input."""
    while not unpacker.eof and (piece := unpacker.decompress(b"", PIECE)):
        yield piece
