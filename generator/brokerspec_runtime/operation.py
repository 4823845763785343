"""Operations, calls and the rules that tell an answer from a failure: plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from msgspec import Struct

from .errors import OutcomeUnknown, Rejected
from .request import Discreet
from .secret import Secret

T = TypeVar("T")
H = TypeVar("H")


class Safety(StrEnum):
    """What sending a call twice does (RFC 9110, section 9.2)."""

    SAFE = "safe"
    IDEMPOTENT = "idempotent"
    UNSAFE = "unsafe"


class Equals(Struct, frozen=True):
    """The first of `pointers` that exists holds one of `values`."""

    pointers: tuple[str, ...]
    values: tuple[object, ...]


class NotEquals(Struct, frozen=True):
    """The first of `pointers` that exists holds none of `values`."""

    pointers: tuple[str, ...]
    values: tuple[object, ...]


class Contains(Struct, frozen=True):
    """The first of `pointers` that exists holds a text with one of `texts` in it."""

    pointers: tuple[str, ...]
    texts: tuple[str, ...]


class Absent(Struct, frozen=True):
    """None of `pointers` exists."""

    pointers: tuple[str, ...]


Condition: TypeAlias = Equals | NotEquals | Contains | Absent


class Failure(Struct, frozen=True, kw_only=True, eq=False):
    """A rule that makes an answer a typed error, or an empty list.

    `error` None leaves the class to the HTTP status. `code` and `message` are JSON
    Pointers to the server's own words. A rule equals only itself, which makes it quick to
    look up.
    """

    where: tuple[Condition, ...] = ()
    status: tuple[int, ...] = ()
    error: type[Rejected] | type[OutcomeUnknown] | Literal["empty"] | None = None
    code: tuple[str, ...] = ()
    message: tuple[str, ...] = ()


class Attach(Struct, frozen=True):
    """Where a setting of the client travels on every call of an operation."""

    place: Literal["header", "query", "cookie", "bearer", "basic"]
    name: str
    setting: str


class FromSetting:
    """Stands for a setting of the client until the request is built.

    A token that is renewed between two sendings of a call is then the new one everywhere.
    """

    # No dataclass: JSON encoders write those, and this one must never be sent as it is.
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Grant(Struct, frozen=True):
    """A token that an operation's result gives to the client.

    `expires` is the time of day, on the clocks of `zone`, at which it ends.
    """

    setting: str
    path: str
    expires: str = ""
    zone: str = "UTC"


class Correlate(Struct, frozen=True):
    """How the sender of an order recognises it: an argument, a read and a field of its rows."""

    argument: str
    read: str
    field: str


class Documented(Struct, frozen=True, eq=False):
    """A documented body: the statuses and media type it comes with, and what it is read as.

    A status may be a range such as `4XX`, or `default`. `media` is empty where no body comes.
    `type` is `bytes` for what is not decoded. `code` and `message` are JSON Pointers to the
    words of a failure.
    """

    statuses: tuple[str, ...]
    media: str = ""
    type: Any = None
    code: tuple[str, ...] = ()
    message: tuple[str, ...] = ()


class HeadersOf(Struct, Generic[H], frozen=True, eq=False):
    """The class that holds the documented headers of an answer, and how they are written.

    `required` are always there, `exploded` write their members as `name=value`, and `json`
    are JSON texts. Those of failures come with some `statuses`, written as in `Documented`.
    """

    type: type[H]
    required: tuple[str, ...] = ()
    exploded: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()


class ItemsOf(Struct, Generic[T], frozen=True, eq=False):
    """What each event or line of a stream is read as."""

    type: Any


class Operation(Struct, Generic[T], frozen=True, kw_only=True):
    """One row of an API's reference: what to send and how to read the answer.

    `answer` is the type of the whole body, where every success is the same JSON; `answers`
    are the documented ones where they differ. `payload` lists dotted attribute paths of
    which the first that holds something is what the method returns. `details` are the
    documented bodies of failures. Of `either` the first whose settings the client holds
    travels too. `settings` names the settings that its arguments are filled with as
    `FromSetting`. `accept` is empty for plain JSON. `server` is where it is sent when that
    is not the client's own server: the name of a setting, or a path from its root.
    `headers` and `items` are what is documented of the headers of successes and of a stream,
    `error_headers` the same of the headers of failures. `stream_accept` is what a stream asks
    for, empty where that is the same.
    """

    name: str
    method: str
    path: str
    answer: Any
    safety: Safety
    bucket: str = ""
    payload: tuple[str, ...] = ()
    media_type: str = "application/json"
    attach: tuple[Attach, ...] = ()
    either: tuple[tuple[Attach, ...], ...] = ()
    settings: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    grants: tuple[Grant, ...] = ()
    opens_session: bool = False
    closes_session: bool = False
    correlate: Correlate | None = None
    answers: tuple[Documented, ...] = ()
    details: tuple[Documented, ...] = ()
    accept: str = ""
    server: str = ""
    headers: HeadersOf[Any] | None = None
    error_headers: tuple[HeadersOf[Any], ...] = ()
    items: ItemsOf[Any] | None = None
    stream_accept: str = ""

    def call(
        self,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, object] | None = None,
        json: object = None,
        form: Mapping[str, object] | None = None,
        correlation_id: object = None,
        cookies: Mapping[str, object] | None = None,
        multipart: Mapping[str, object] | None = None,
        content: object = None,
    ) -> Call[T]:
        """Return this operation with its arguments; absent members are left out."""
        known = None if correlation_id is None else str(correlation_id)
        return Call(
            self,
            path or {},
            query or {},
            headers or {},
            json,
            form,
            known,
            cookies or {},
            multipart,
            content,
        )


class Call(Struct, Generic[T], frozen=True):
    """An operation and what to fill it with. A `Secret` stays one until it is sent."""

    operation: Operation[T]
    path: Mapping[str, object]
    query: Mapping[str, object]
    headers: Mapping[str, object]
    json: object
    form: Mapping[str, object] | None
    correlation_id: str | None = None
    cookies: Mapping[str, object] = {}
    multipart: Mapping[str, object] | None = None
    content: object = None


class Context(Discreet, frozen=True):
    """The values that `Attach` names, and the API they belong to."""

    broker: str
    server: str
    values: Mapping[str, str | Secret | None]
    sources: Mapping[str, Sequence[str]] = {}

    def __repr__(self) -> str:
        return f"Context({self.broker!r}, {self.server!r}, {dict(self.sources)!r})"
