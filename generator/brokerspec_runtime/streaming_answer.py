"""An answer that is being read piece by piece: what of that is not waiting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Generic, TypeVar, cast

from msgspec.structs import replace

from .client import Core
from .codec import decode, survey
from .course import Course
from .errors import BrokerError, Deviation, InvalidArgument, UnexpectedResponse
from .events import Event, Events
from .flow import Response, advise
from .intake import Intake, Lines, TooMuch
from .operation import Call
from .request import RawResponse, Request
from .transport import TransportFailure

T = TypeVar("T")
BROKEN: Final = (TransportFailure, TooMuch, ValueError)


class Answer(Generic[T]):
    """The head of an answer that is being read, and what is wrong with the rest.

    T is what the document says that each event or line holds.
    """

    def __init__(self, client: Core, call: Call[Any], response: Response[Any]) -> None:
        self._client = client
        self._response = response
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

    def _event(self, events: Events[T], line: str) -> Event[T] | None:
        """Return the event that a line completes."""
        try:
            return events.take(line)
        except TooMuch as error:
            problem = self._problem(error)
        raise problem

    def _value(self, text: str) -> T:
        """Return what an event or line holds, and report where it deviates."""
        operation = self._course.call.operation
        kind = Any if operation.items is None else operation.items.type
        body = text.encode()
        try:
            value, deviations = decode(body, kind)
        except UnexpectedResponse as error:
            advise(operation, error)
            problem = self._course.tell(error, replace(self._raw, body=body)).without_traces()
        else:
            self._report(body, kind, deviations)
            return cast("T", value)
        raise problem

    def _report(self, body: bytes, kind: Any, deviations: tuple[Deviation, ...]) -> None:
        """Report where an event or line deviates, as the client was told to."""
        client: Any = self._client
        if client._on_deviation == "ignore":
            return
        if found := survey(body, kind) or deviations:
            client._report(self._course.call.operation, replace(self._response, deviations=found))

    def _items(self, line: str) -> Iterator[T]:
        """Yield what a line of JSON holds; an empty one holds nothing."""
        # RFC 7464 has a separator before each.
        text = line.lstrip("\x1e").strip()
        if text:
            yield self._value(text)

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
