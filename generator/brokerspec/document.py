"""Hold the part of OpenAPI 3.0 and 3.1 that we accept, under OpenAPI's own names."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from brokerspec.diagnostics import Where
from brokerspec.tree import JSON, Pointer, Source

Extensions: TypeAlias = Mapping[str, JSON]


class Missing(Enum):
    """Tell a value that is absent from one that is null."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING
MaybeJSON: TypeAlias = "JSON | Literal[Missing.MISSING]"


class Schema(Struct, frozen=True):
    """Hold a Schema Object, or a reference to a component schema in `ref`."""

    pointer: Pointer
    ref: str | None = None
    types: tuple[str, ...] = ()
    properties: Mapping[str, Schema] = {}
    required: tuple[str, ...] = ()
    items: Schema | None = None
    prefix_items: tuple[Schema, ...] = ()
    additional_properties: Schema | bool | None = None
    enum: tuple[JSON, ...] | None = None
    const: MaybeJSON = MISSING
    any_of: tuple[Schema, ...] = ()
    one_of: tuple[Schema, ...] = ()
    all_of: tuple[Schema, ...] = ()
    format: str = ""
    title: str = ""
    description: str = ""
    default: MaybeJSON = MISSING
    constraints: Mapping[str, JSON] = {}
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    extensions: Extensions = {}

    @property
    def is_nullable(self) -> bool:
        """Say whether null is allowed here, without following references."""
        if "null" in self.types:
            return True
        unions = self.any_of or self.one_of
        return bool(unions) and any(one.is_nullable for one in (*self.any_of, *self.one_of))

    @property
    def children(self) -> tuple[Schema, ...]:
        """List the schemas directly inside this one."""
        extra = self.additional_properties
        return (
            *self.properties.values(),
            *((self.items,) if self.items else ()),
            *self.prefix_items,
            *((extra,) if isinstance(extra, Schema) else ()),
            *self.any_of,
            *self.one_of,
            *self.all_of,
        )


class Server(Struct, frozen=True):
    """Hold a Server Object; `variables` are the defaults, `choices` what each may be."""

    url: str
    description: str
    variables: Mapping[str, str]
    extensions: Extensions
    pointer: Pointer
    choices: Mapping[str, tuple[str, ...]] = {}
    notes: Mapping[str, str] = {}


class Parameter(Struct, frozen=True):
    """Hold a Parameter Object; `location` is its `in`.

    `media_type` is that of a parameter with a `content`; its `schema` is the one in there.
    """

    name: str
    location: str
    required: bool
    schema: Schema
    style: str
    explode: bool
    description: str
    extensions: Extensions
    pointer: Pointer
    media_type: str = ""
    reserved: bool = False
    deprecated: bool = False


class Example(Struct, frozen=True):
    """Hold an Example Object."""

    name: str
    external_value: str | None
    value: MaybeJSON
    extensions: Extensions
    pointer: Pointer


class MediaType(Struct, frozen=True):
    """Hold a Media Type Object under its name; `item` is what OpenAPI 3.2 calls `itemSchema`."""

    name: str
    schema: Schema | None
    examples: tuple[Example, ...]
    pointer: Pointer
    encodings: Mapping[str, Encoding] = {}
    item: Schema | None = None


class RequestBody(Struct, frozen=True):
    """Hold a Request Body Object."""

    required: bool
    content: tuple[MediaType, ...]
    description: str
    extensions: Extensions
    pointer: Pointer


class Header(Struct, frozen=True):
    """Hold a Header Object under its name; its style is always `simple`.

    `media_type` is that of a header with a `content`; its `schema` is the one in there.
    """

    name: str
    schema: Schema | None
    required: bool
    explode: bool
    description: str
    extensions: Extensions
    pointer: Pointer
    media_type: str = ""
    deprecated: bool = False


class Encoding(Struct, frozen=True):
    """Hold an Encoding Object; `is_styled` says that it has a style of its own."""

    media_type: str
    style: str
    explode: bool
    reserved: bool
    is_styled: bool
    pointer: Pointer
    headers: tuple[Header, ...] = ()


class Response(Struct, frozen=True):
    """Hold a Response Object under its status, such as `200`, `4XX` or `default`."""

    status: str
    description: str
    content: tuple[MediaType, ...]
    extensions: Extensions
    pointer: Pointer
    headers: tuple[Header, ...] = ()


class Operation(Struct, frozen=True):
    """Hold an Operation Object with everything its path item adds to it.

    `security` holds the names of schemes, `scopes` pairs of a scheme and a scope of it.
    An id that is not `is_named` by the document is made of the method and the path.
    """

    operation_id: str
    method: str
    path: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: tuple[Response, ...]
    security: tuple[tuple[str, ...], ...]
    deprecated: bool
    extensions: Extensions
    pointer: Pointer
    servers: tuple[Server, ...] = ()
    scopes: tuple[tuple[str, str], ...] = ()
    is_named: bool = True

    @property
    def success(self) -> tuple[Response, ...]:
        """List the responses with a 2xx status."""
        return tuple(response for response in self.responses if response.status.startswith("2"))

    @property
    def media_types(self) -> tuple[tuple[str, MediaType], ...]:
        """List the media types of the request and of the responses."""
        request = self.request_body.content if self.request_body else ()
        return (
            *(("request", media) for media in request),
            *(("response", media) for response in self.responses for media in response.content),
        )


class SecurityScheme(Struct, frozen=True):
    """Hold a Security Scheme Object; `location` is its `in`, `parameter_name` its `name`."""

    name: str
    type: str
    scheme: str
    location: str
    parameter_name: str
    flows: Mapping[str, JSON]
    description: str
    extensions: Extensions
    pointer: Pointer


class Document(Struct, frozen=True):
    """Hold a whole spec; a pointer into another file begins with `<file>#`."""

    source: Source
    version: str
    info: Mapping[str, JSON]
    servers: tuple[Server, ...]
    operations: tuple[Operation, ...]
    schemas: Mapping[str, Schema]
    security_schemes: Mapping[str, SecurityScheme]
    extensions: Extensions
    files: Mapping[str, Source] = {}

    def where(self, pointer: Pointer) -> Where:
        """Locate a node of this document."""
        source, rest = self.locate(pointer)
        return source.where(rest)

    def where_key(self, pointer: Pointer) -> Where:
        """Locate the key of a node of this document."""
        source, rest = self.locate(pointer)
        return source.where_key(rest)

    def locate(self, pointer: Pointer) -> tuple[Source, Pointer]:
        """Split a pointer into the file it leads into and the rest."""
        if pointer and pointer[0] in self.files:
            return self.files[str(pointer[0])], pointer[1:]
        return self.source, pointer
