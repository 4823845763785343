"""Server-sent events, from the lines of a stream (HTML Living Standard, section 9.2.6).

Nothing here waits or sends: no connection is opened again by itself, whatever the events say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from .intake import TooMuch

T = TypeVar("T")

MEDIA_TYPE: Final = "text/event-stream"
# What many servers send last. It is no JSON, so it cannot be a value.
DONE: Final = "[DONE]"
_DIGITS: Final = 12


# A dataclass, as what reads the data is left out of its repr and of comparisons.
@dataclass(frozen=True, slots=True)
class Event(Generic[T]):
    """One event of a stream.

    `event` is its type, `message` where it names none. `id` is the last that the stream has
    named, and `retry` the last time to wait before connecting again, in milliseconds.
    """

    event: str
    data: str
    id: str
    retry: int | None
    _read: Callable[[str], T] = field(repr=False, compare=False)

    @property
    def value(self) -> T:
        """What the data says, as the document describes it; it is JSON.

        Raises UnexpectedResponse for data that is not.
        """
        return self._read(self.data)


class Events(Generic[T]):
    """Puts the lines of a stream together to events."""

    def __init__(self, longest: int, read: Callable[[str], T]) -> None:
        self._longest = longest
        self._read = read
        self._event = ""
        self._data: list[str] = []
        self._size = 0
        self._id = ""
        self._retry: int | None = None

    def take(self, line: str) -> Event[T] | None:
        """Return the event that a line ends, if it does; raise TooMuch when it is too long."""
        if not line:
            return self._end()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._size += len(value) + 1
            if self._size > self._longest:
                raise TooMuch(f"an event is longer than {self._longest} characters")
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdecimal() and len(value) < _DIGITS:
            self._retry = int(value)
        return None

    def _end(self) -> Event[T] | None:
        """Return the event so far; a block without any line of data is none."""
        event, data, self._event, self._data = self._event, self._data, "", []
        self._size = 0
        if not data:
            return None
        return Event(event or "message", "\n".join(data), self._id, self._retry, self._read)
