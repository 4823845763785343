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


class Body:
    """Collects what arrives of one answer; raises BodyTooLarge as soon as it is too much."""

    def __init__(self, status: int, headers: Mapping[str, str], limit: int, started: float) -> None:
        self._status = status
        self._headers = headers
        self._limit = limit
        self._started = started
        self._kept = bytearray()
        names = headers.get("content-encoding", "").lower().replace(" ", "").split(",")
        is_readable = _GZIP_NAMES.union({"deflate"}).issuperset(names)
        # What cannot be unpacked stays as it came: the decoder then shows its bytes.
        self._layers = [_Layer(name) for name in names] if is_readable else []
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise self._too_large()

    def add(self, piece: bytes) -> None:
        """Take the next piece as it came over the wire."""
        self._pass_on(piece, len(self._layers))

    def finish(self) -> RawResponse:
        """Return the whole answer; raise ValueError when its packing was cut off."""
        if not all(layer.is_complete for layer in self._layers):
            raise ValueError("the packed body is cut off")
        return self._answer(bytes(self._kept))

    def _pass_on(self, data: bytes, depth: int) -> None:
        if depth:
            for piece in self._layers[depth - 1].unpack(data):
                self._pass_on(piece, depth - 1)
            return
        self._kept += data
        if len(self._kept) > self._limit:
            raise self._too_large()

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(self._limit, self._answer(bytes(self._kept[: self._limit])))

    def _answer(self, body: bytes) -> RawResponse:
        elapsed = time.perf_counter() - self._started
        return RawResponse(self._status, self._headers, body, elapsed)


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
