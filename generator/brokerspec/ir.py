"""What a client is made from: frozen data without OpenAPI nodes and without Python text.

`lower` makes it from a document, `plan` makes modules of it. Text that came from a
document is text here too; only the templates' filters may put it into source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

JSON: TypeAlias = object


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact stands in the vendor document, and how sure it is."""

    document: str = ""
    section: str = ""
    provenance: str = "documented"
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without parts. `format` is the `x-type` it is written in, or a JSON type.

    That of a file is the media type which it has when it names none itself.
    """

    python: Literal[
        "str",
        "int",
        "bool",
        "Decimal",
        "datetime",
        "date",
        "time",
        "Secret",
        "Any",
        "bytes",
        "File",
    ]
    format: str = ""
    is_text: bool = False
    empty: tuple[JSON, ...] = ()
    words: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Named:
    """A model or enum of the package. `empty` lists wire values that mean none."""

    name: str
    empty: tuple[JSON, ...] = ()


@dataclass(frozen=True, slots=True)
class ListOf:
    """A JSON array of one type."""

    item: TypeRef


@dataclass(frozen=True, slots=True)
class TupleOf:
    """A JSON array whose positions have types of their own."""

    items: tuple[TypeRef, ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """A JSON object whose keys are data."""

    value: TypeRef


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value of one of several types.

    `tag` is the member whose text tells objects apart, `mapping` which option each text
    means. `name` is what the union is called; it does not make two unions different.
    """

    options: tuple[TypeRef, ...]
    tag: str = ""
    mapping: tuple[tuple[str, TypeRef], ...] = ()
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Nullable:
    """A type that may be null."""

    of: TypeRef


TypeRef: TypeAlias = Scalar | Named | ListOf | TupleOf | MapOf | OneOf | Nullable


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a model."""

    wire: str
    name: str
    type: TypeRef
    is_required: bool
    description: str
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Model:
    """An object that answers or requests are made of."""

    name: str
    description: str
    fields: tuple[Field, ...]
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Member:
    """A listed value of an enum."""

    name: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Enum:
    """A documented list of values."""

    name: str
    description: str
    members: tuple[Member, ...]
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Constant:
    """A request member that never changes."""

    value: JSON


@dataclass(frozen=True, slots=True)
class FromSetting:
    """A request member that a setting of the client fills."""

    setting: str


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword argument of a method."""

    wire: str
    name: str
    type: TypeRef
    is_required: bool
    description: str
    origin: Origin = Origin()
    is_deprecated: bool = False


Filling: TypeAlias = Constant | FromSetting | Argument


@dataclass(frozen=True, slots=True)
class Style:
    """How a value with parts is written, by OpenAPI's own name for it."""

    name: str
    explode: bool = False
    reserved: bool = False
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a request and what fills it; a `Body` is a nested object."""

    wire: str
    filling: Filling | Body
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A request body, or a nested object of one, member by member."""

    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What a method sends: named members, or one argument as the whole.

    `media_type` is empty where it is the one that bodies of this kind always have.
    """

    kind: Literal["json", "form", "multipart", "content"]
    body: Body | Argument
    media_type: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of one place of an answer."""

    test: Literal["equals", "not-equals", "contains", "absent"]
    pointers: tuple[str, ...]
    values: tuple[JSON, ...]


@dataclass(frozen=True, slots=True)
class FailureRule:
    """When an answer is a failure, and which."""

    where: tuple[Condition, ...]
    status: tuple[int, ...]
    error: str
    code: tuple[str, ...]
    message: tuple[str, ...]
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where a setting travels on every call of an operation."""

    place: Literal["header", "query", "cookie", "bearer", "basic"]
    name: str
    setting: str


@dataclass(frozen=True, slots=True)
class OAuth2:
    """A security scheme for which the client itself gets tokens.

    The settings of its client id, secret and so on are named after `setting`, the token's.
    """

    setting: str
    grants: tuple[str, ...]
    token_url: str = ""
    refresh_url: str = ""
    authorize_url: str = ""
    discovery_url: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """How the next page of a list is asked for, and what of an answer says whether there is one.

    `place` is the part of the request that holds `argument`. `items` is a way of attributes
    into the result and `last` one into its last item; the others are JSON Pointers into the
    body.
    """

    kind: Literal["cursor", "offset", "page", "next-url", "link"]
    item: TypeRef
    items: str = ""
    place: Literal["query", "headers", "json", "form"] = "query"
    argument: str = ""
    next: tuple[str, ...] = ()
    last: str = ""
    more: str = ""
    total: str = ""
    first: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """A token that an operation gives; `expires` is the time of day at which it ends."""

    setting: str
    path: str
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Correlation:
    """How a sender recognises its order: argument, reading operation, field of its rows.

    `views` are the arguments of the reads that together show every order.
    """

    argument: str
    read: str
    field: str
    views: tuple[tuple[tuple[str, JSON], ...], ...] = ((),)


@dataclass(frozen=True, slots=True)
class StatusNote:
    """A documented HTTP status."""

    status: str
    description: str
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Documented:
    """A documented body: the statuses and media type it comes with, and what it is read as.

    Without a `media` no body comes. `code` and `message` are JSON Pointers to the words of a
    failure.
    """

    statuses: tuple[str, ...]
    media: str = ""
    type: TypeRef | None = None
    code: tuple[str, ...] = ()
    message: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of the client."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    path_slots: tuple[Slot, ...]
    query_slots: tuple[Slot, ...]
    header_slots: tuple[Slot, ...]
    body: RequestBody | None
    arguments: tuple[Argument, ...]
    answer: TypeRef | None
    payload: tuple[str, ...]
    returns: TypeRef | None
    safety: Literal["safe", "idempotent", "unsafe"]
    bucket: str
    attachments: tuple[Attachment, ...]
    failures: tuple[FailureRule, ...]
    grants: tuple[Grant, ...]
    opens_session: bool
    closes_session: bool
    correlation: Correlation | None
    sign_in: Literal["", "authorize", "token"]
    statuses: tuple[StatusNote, ...]
    origin: Origin
    wire_origin: Origin = Origin()
    answers: tuple[Documented, ...] = ()
    details: tuple[Documented, ...] = ()
    accept: str = ""
    streams: bool = False
    cookie_slots: tuple[Slot, ...] = ()
    server: str = ""
    is_deprecated: bool = False
    alternatives: tuple[tuple[Attachment, ...], ...] = ()
    paging: Paging | None = None
    group: str = ""
    member: str = ""

    @property
    def called(self) -> str:
        """The method as the caller of a client writes it."""
        return f"{self.group}.{self.member}" if self.group else self.name

    @property
    def received(self) -> tuple[TypeRef, ...]:
        """List the types of every body that is decoded."""
        bodies = (body.type for body in (*self.answers, *self.details))
        return tuple(kind for kind in (self.answer, *bodies) if kind is not None)


@dataclass(frozen=True, slots=True)
class Group:
    """Operations under a name of the client; `title` is the document's own word for them."""

    name: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the client's constructor.

    `variable` is what it is called in the base URL that it is a part of, `choices` what it
    may be.
    """

    name: str
    role: str
    description: str
    is_required: bool
    is_secret: bool
    default: str | None
    origin: Origin = Origin()
    variable: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Server:
    """A base URL; a placeholder must be replaced by the caller."""

    url: str
    description: str
    is_placeholder: bool
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class OAuth:
    """The authorization code flow of a document; ids and URI name settings."""

    authorize_path: str
    scope: str
    client_id: str
    redirect_uri: str
    token_operation: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A documented payload."""

    operation: str
    direction: Literal["request", "response"]
    file: str


@dataclass(frozen=True, slots=True)
class Api:
    """Everything a package is made from."""

    package: str
    title: str
    version: str
    description: str
    source: str
    zone: str
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
