"""What a client is made from: frozen data without OpenAPI nodes and without Python text.

`lower` makes it from a document, `plan` makes modules of it. What is annotated as `Words`
came from a document: the plan has it as `Text`, which only an encoder puts into source.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from brokerspec.ir_types import JSON as JSON
from brokerspec.ir_types import NO_ORIGIN as NO_ORIGIN
from brokerspec.ir_types import Enum as Enum
from brokerspec.ir_types import Field as Field
from brokerspec.ir_types import ListOf as ListOf
from brokerspec.ir_types import MapOf as MapOf
from brokerspec.ir_types import Member as Member
from brokerspec.ir_types import Model as Model
from brokerspec.ir_types import Named as Named
from brokerspec.ir_types import Nullable as Nullable
from brokerspec.ir_types import OneOf as OneOf
from brokerspec.ir_types import Origin as Origin
from brokerspec.ir_types import Scalar as Scalar
from brokerspec.ir_types import TupleOf as TupleOf
from brokerspec.ir_types import TypeRef as TypeRef
from brokerspec.text import Words


class Constant(Struct, frozen=True):
    """A request member that never changes."""

    value: JSON


class FromSetting(Struct, frozen=True):
    """A request member that a setting of the client fills."""

    setting: str


class Argument(Struct, frozen=True):
    """A keyword argument of a method. `default` is what the server assumes without it."""

    wire: Words
    name: str
    type: TypeRef
    is_required: bool
    description: Words
    origin: Origin = NO_ORIGIN
    is_deprecated: bool = False
    default: Words = ""


Filling: TypeAlias = Constant | FromSetting | Argument


class Style(Struct, frozen=True):
    """How a value with parts is written, by OpenAPI's own name for it.

    `headers` are those of the part of a body that it is.
    """

    name: Words
    explode: bool = False
    reserved: bool = False
    media_type: Words = "application/json"
    headers: tuple[PartHeader, ...] = ()


class Slot(Struct, frozen=True):
    """A place of a request and what fills it; a `Body` is a nested object."""

    wire: Words
    filling: Filling | Body
    style: Style | None = None


class PartHeader(Struct, frozen=True):
    """A header of a part and what fills it; a part is not sent without one that `is_required`.

    Its argument may be left out where the part may, or where a file may bring the header.
    """

    wire: Words
    filling: Filling
    is_required: bool
    style: Style | None = None


class Body(Struct, frozen=True):
    """A request body, or a nested object of one, member by member.

    `others` is a mapping of members that the document does not name.
    """

    slots: tuple[Slot, ...]
    others: Argument | None = None


class RequestBody(Struct, frozen=True):
    """What a method sends: named members, or one argument as the whole.

    `media_type` is empty where it is the one that bodies of this kind always have.
    """

    kind: Literal["json", "form", "multipart", "content"]
    body: Body | Argument
    media_type: Words = ""
    is_required: bool = True


class Condition(Struct, frozen=True):
    """What must hold of one place of an answer."""

    test: Literal["equals", "not-equals", "contains", "absent"]
    pointers: tuple[Words, ...]
    values: tuple[JSON, ...]


class FailureRule(Struct, frozen=True):
    """When an answer is a failure, and which."""

    where: tuple[Condition, ...]
    status: tuple[int, ...]
    error: Words
    code: tuple[Words, ...]
    message: tuple[Words, ...]
    origin: Origin = NO_ORIGIN


class Attachment(Struct, frozen=True):
    """Where a setting travels on every call of an operation."""

    place: Literal["header", "query", "cookie", "bearer", "basic"]
    name: Words
    setting: str


class OAuth2(Struct, frozen=True):
    """A security scheme for which the client itself gets tokens.

    The settings of its client id, secret and so on are named after `setting`, the token's.
    """

    setting: str
    grants: tuple[Words, ...]
    token_url: Words = ""
    refresh_url: Words = ""
    authorize_url: Words = ""
    discovery_url: Words = ""
    scope: Words = ""


class Paging(Struct, frozen=True):
    """How the next page of a list is asked for, and what of an answer says whether there is one.

    `place` is the part of the request that holds `argument`. `items` is a way of attributes
    into the result and `last` one into its last item; the others are JSON Pointers into the
    body.
    """

    kind: Literal["cursor", "offset", "page", "next-url", "link"]
    item: TypeRef
    items: Words = ""
    place: Literal["query", "headers", "json", "form"] = "query"
    argument: Words = ""
    next: tuple[Words, ...] = ()
    last: Words = ""
    more: Words = ""
    total: Words = ""
    first: int = 0


class Grant(Struct, frozen=True):
    """A token that an operation gives; `expires` is the time of day at which it ends."""

    setting: str
    path: Words
    expires: Words = ""


class Correlation(Struct, frozen=True):
    """How a sender recognises its order: argument, reading operation, field of its rows.

    `views` are the arguments of the reads that together show every order.
    """

    argument: str
    read: str
    field: Words
    views: tuple[tuple[tuple[str, JSON], ...], ...] = ((),)


class StatusNote(Struct, frozen=True):
    """A documented HTTP status."""

    status: Words
    description: Words
    origin: Origin = NO_ORIGIN


class Documented(Struct, frozen=True):
    """A documented body: the statuses and media type it comes with, and what it is read as.

    Without a `media` no body comes. `code` and `message` are JSON Pointers to the words of a
    failure.
    """

    statuses: tuple[Words, ...]
    media: Words = ""
    type: TypeRef | None = None
    code: tuple[Words, ...] = ()
    message: tuple[Words, ...] = ()


class Headers(Struct, frozen=True):
    """The documented headers of an answer: the model that holds them, and how they are written.

    `required` are always there, `exploded` write their members as `name=value`, and `json`
    are JSON texts. Those of failures come with some `statuses` only.
    """

    model: str
    required: tuple[Words, ...] = ()
    exploded: tuple[Words, ...] = ()
    json: tuple[Words, ...] = ()
    statuses: tuple[Words, ...] = ()


class Operation(Struct, frozen=True):
    """A method of the client."""

    name: str
    method: Words
    path: Words
    summary: Words
    description: Words
    path_slots: tuple[Slot, ...]
    query_slots: tuple[Slot, ...]
    header_slots: tuple[Slot, ...]
    body: RequestBody | None
    arguments: tuple[Argument, ...]
    answer: TypeRef | None
    payload: tuple[Words, ...]
    returns: TypeRef | None
    safety: Literal["safe", "idempotent", "unsafe"]
    bucket: Words
    attachments: tuple[Attachment, ...]
    failures: tuple[FailureRule, ...]
    grants: tuple[Grant, ...]
    opens_session: bool
    closes_session: bool
    correlation: Correlation | None
    sign_in: Literal["", "authorize", "token"]
    statuses: tuple[StatusNote, ...]
    origin: Origin
    wire_origin: Origin = NO_ORIGIN
    answers: tuple[Documented, ...] = ()
    details: tuple[Documented, ...] = ()
    accept: Words = ""
    streams: bool = False
    cookie_slots: tuple[Slot, ...] = ()
    server: Words = ""
    is_deprecated: bool = False
    alternatives: tuple[tuple[Attachment, ...], ...] = ()
    paging: Paging | None = None
    group: str = ""
    member: str = ""
    headers: Headers | None = None
    error_headers: tuple[Headers, ...] = ()
    item: TypeRef | None = None
    stream_accept: Words = ""
    other_constant: str = ""

    @property
    def constant(self) -> str:
        """The constant that says where it is sent."""
        return self.other_constant or self.name.upper()

    @property
    def called(self) -> str:
        """The method as the caller of a client writes it."""
        return f"{self.group}.{self.member}" if self.group else self.name

    @property
    def received(self) -> tuple[TypeRef, ...]:
        """List the types of every body, and of every item of a stream, that is decoded."""
        bodies = (body.type for body in (*self.answers, *self.details))
        return tuple(kind for kind in (self.answer, *bodies, self.item) if kind is not None)

    @property
    def headed(self) -> tuple[Headers, ...]:
        """List the headers of its successes and of its failures."""
        return self.error_headers if self.headers is None else (self.headers, *self.error_headers)


class Group(Struct, frozen=True):
    """Operations under a name of the client; `title` is the document's own word for them."""

    name: str
    title: Words
    description: Words


class Setting(Struct, frozen=True):
    """A setting of the client's constructor.

    `variable` is what it is called in the base URL that it is a part of, `choices` what it
    may be.
    """

    name: str
    role: Words
    description: Words
    is_required: bool
    is_secret: bool
    default: Words | None
    origin: Origin = NO_ORIGIN
    variable: Words = ""
    choices: tuple[Words, ...] = ()


class Server(Struct, frozen=True):
    """A base URL; a placeholder must be replaced by the caller."""

    url: Words
    description: Words
    is_placeholder: bool
    origin: Origin = NO_ORIGIN


class OAuth(Struct, frozen=True):
    """The authorization code flow of a document; ids and URI name settings."""

    authorize_path: Words
    scope: Words
    client_id: str
    redirect_uri: str
    token_operation: str


class Sample(Struct, frozen=True):
    """A documented payload."""

    operation: str
    direction: Literal["request", "response"]
    file: Words


class Api(Struct, frozen=True):
    """Everything a package is made from."""

    package: str
    title: Words
    version: Words
    description: Words
    source: Words
    zone: Words
    servers: tuple[Server, ...]
    settings: tuple[Setting, ...]
    operations: tuple[Operation, ...]
    models: tuple[Model, ...]
    enums: tuple[Enum, ...]
    failures: tuple[FailureRule, ...]
    oauth: OAuth | None
    samples: tuple[Sample, ...]
    opening: tuple[str, ...] = ()
    oauth2: tuple[OAuth2, ...] = ()
    groups: tuple[Group, ...] = ()
