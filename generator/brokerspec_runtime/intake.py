"""What is done with a body that comes piece by piece: unpack it, count it, split it, keep it."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from os import PathLike

from .body import Unpacking
from .reading import charset_of


class TooMuch(Exception):
    """A body or line is larger than it may be."""


class Intake:
    """Unpacks a body and counts it."""

    def __init__(self, headers: Mapping[str, str], limit: int | None) -> None:
        self._unpacking = Unpacking(headers)
        self._limit = limit
        self._taken = 0

    def take(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece of the wire holds; raise TooMuch at the limit."""
        for part in self._unpacking.pieces(piece):
            self._taken += len(part)
            if self._limit is not None and self._taken > self._limit:
                raise TooMuch(f"the answer is larger than {self._limit} bytes")
            if part:
                yield part

    def finish(self) -> None:
        """Raise ValueError when the packing was cut off."""
        self._unpacking.finish()


class Lines:
    """Splits a text into lines; line ends are those of HTML event streams: LF, CR LF or CR."""

    def __init__(self, headers: Mapping[str, str], longest: int) -> None:
        decoder = codecs.getincrementaldecoder(charset_of(headers))()
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._longest = longest
        self._begun: list[str] = []
        self._length = 0

    def take(self, piece: bytes) -> list[str]:
        """Return the lines that end in a piece; raise TooMuch when one is too long."""
        return self._split(self._decoder.decode(piece))

    def rest(self) -> list[str]:
        """Return the last line, where the text ends without a line end."""
        lines = self._split(self._decoder.decode(b"", final=True))
        last = "".join(self._begun)
        return [*lines, last] if last else lines

    def _split(self, text: str) -> list[str]:
        *ended, begun = text.split("\n")
        if ended:
            ended[0] = "".join((*self._begun, ended[0]))
            self._begun, self._length = [], 0
        self._begun.append(begun)
        self._length += len(begun)
        if max(self._length, *map(len, ended), 0) > self._longest:
            raise TooMuch(f"a line of the answer is longer than {self._longest} characters")
        return ended


class NewFile:
    """A file that stands at its place only when all of it is there."""

    def __init__(self, path: str | PathLike[str]) -> None:
        # Most streams are read by the caller and become no file.
        import tempfile
        from pathlib import Path

        self._path = Path(path)
        # In the same folder, so that taking the place is one step; only its owner can read it.
        handle, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        self._name: str | None = name
        self._file = os.fdopen(handle, "wb")

    def write(self, piece: bytes) -> None:
        """Add a piece."""
        self._file.write(piece)

    def finish(self) -> int:
        """Put the file at its place and return its size."""
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        if self._name is not None:
            os.replace(self._name, self._path)
            self._name = None
        return size

    def discard(self) -> None:
        """Remove what is not finished."""
        if self._name is not None:
            self._file.close()
            with suppress(FileNotFoundError):
                os.unlink(self._name)
            self._name = None
