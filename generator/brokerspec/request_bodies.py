"""Read request bodies: which media types the client can send, and how each is written."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from msgspec.structs import replace

from brokerspec.bounds import MOST_MEDIA_TYPES
from brokerspec.content import BodyReader, is_form, is_json
from brokerspec.document import Encoding, Header, MediaType, RequestBody, Schema
from brokerspec.references import Node, Tree
from brokerspec.tree import Pointer

BodyKind: TypeAlias = Literal["json", "form", "multipart", "text", "binary"]

_NAME: Final = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+\s*(;[\x20-\x7e]*)?", re.ASCII)
_TEXTS: Final = re.compile(
    r"text/.*|.*[/+]xml|application/(x-)?(yaml|ndjson|graphql|javascript|jsonl|sql|json-seq|toml)"
)
_FORMS: Final = ("multipart/form-data", "multipart/*")
_ORDER: Final[tuple[BodyKind, ...]] = ("json", "form", "multipart", "binary", "text")
_PARTS: Final = ("allOf", "anyOf", "oneOf")
# These methods may have no content (RFC 9110, section 9.3.8).
_EMPTY_METHODS: Final = frozenset({"trace"})


class RequestReader:
    """Read what operations send."""

    def __init__(self, tree: Tree, contents: BodyReader) -> None:
        self._tree = tree
        self._contents = contents

    def read(self, operation: Node, method: str) -> tuple[tuple[str, RequestBody | None], ...]:
        """Return each body that an operation takes; all but the first with a word for it.

        There is none when the operation cannot be sent without one that the client cannot send.
        Media types of one schema are one body: the client sends it in the first of them, or as
        a form with files when it has some.
        """
        raw = operation.child("requestBody")
        node = self._tree.follow(raw) if raw.value is not None else None
        if node is None:
            return (("", None),)
        if method in _EMPTY_METHODS:
            at = (*operation.pointer, "requestBody")
            self._tree.warn("left-out", at, f"a {method.upper()} request has no body")
            return (("", None),)
        usable: list[tuple[MediaType, Node]] = []
        for name, content in self._tree.mapping(node, "content", most=MOST_MEDIA_TYPES).items():
            if _NAME.fullmatch(name.strip()):
                usable.append((self._media_type(name.strip(), content), content))
            else:
                message = f"{name!r} is no media type: the client cannot send it"
                self._tree.warn("left-out", content.pointer, message)
        usable.sort(key=lambda found: _ORDER.index(kind_of(found[0])))
        usable = self._files_first(usable)
        shapes: list[object] = []
        bodies: list[tuple[str, RequestBody | None]] = []
        for media, found in usable:
            shape = found.members.get("schema")
            if shape not in shapes:
                shapes.append(shape)
                word = _word(media) if bodies else ""
                bodies.append((word, self._body(node, media, [one for one, _ in usable])))
        if not bodies and not (node.flag("required") and node.child("content").members):
            bodies.append(("", None))
        return tuple(bodies)

    def _files_first(self, usable: list[tuple[MediaType, Node]]) -> list[tuple[MediaType, Node]]:
        """Put forms with files before what else is documented for the same: no other holds them."""
        ordered = list(usable)
        for one in usable:
            schema = one[1].child("schema")
            if kind_of(one[0]) != "multipart" or schema.value is None:
                continue
            first = next(two for two in ordered if two[1].child("schema").value == schema.value)
            if first is not one and self._has_files(schema, set()):
                ordered.remove(one)
                ordered.insert(ordered.index(first), one)
        return ordered

    def _has_files(self, form: Node, seen: set[Pointer]) -> bool:
        """Say whether a member of a form, or an item of one, is bytes."""
        node = self._unseen(form, seen)
        if node is None:
            return False
        members = self._tree.mapping(node, "properties").values()
        return any(self._is_file(one, seen) for one in members) or any(
            self._has_files(part, seen) for part in self._parts(node)
        )

    def _is_file(self, schema: Node, seen: set[Pointer]) -> bool:
        node = self._unseen(schema, seen)
        if node is None:
            return False
        is_raw = "contentMediaType" in node.members and "contentEncoding" not in node.members
        if node.text("format") == "binary" or is_raw:
            return True
        items = [node.child("items")] if "items" in node.members else []
        return any(self._is_file(part, seen) for part in (*self._parts(node), *items))

    def _unseen(self, raw: Node, seen: set[Pointer]) -> Node | None:
        node = self._tree.follow(raw)
        if node is None or node.pointer in seen:
            return None
        seen.add(node.pointer)
        return node

    def _parts(self, node: Node) -> list[Node]:
        return [part for key in _PARTS for part in self._tree.sequence(node, key)]

    def _body(self, node: Node, media: MediaType, others: list[MediaType]) -> RequestBody:
        """Return a body whose first media type is the one that is sent."""
        return RequestBody(
            required=node.flag("required"),
            content=(media, *(other for other in others if other is not media)),
            description=node.text("description"),
            extensions=self._tree.extensions(node),
            pointer=node.pointer,
        )

    def _media_type(self, name: str, node: Node) -> MediaType:
        made = self._contents.media_type(name, node)
        kind = kind_of(made)
        encodings: dict[str, Encoding] = {}
        for member, found in self._tree.mapping(node, "encoding").items():
            explode = found.members.get("explode")
            style = found.text("style")
            encodings[member] = Encoding(
                media_type=found.text("contentType"),
                style=style,
                explode=explode if isinstance(explode, bool) else style in ("", "form"),
                reserved=found.flag("allowReserved"),
                is_styled=any(key in found.members for key in ("style", "explode")),
                pointer=found.pointer,
                headers=self._headers(found, kind),
            )
        return replace(made, encodings=encodings)

    def _headers(self, encoding: Node, kind: BodyKind) -> tuple[Header, ...]:
        """Return the headers of a part; what is no part has none."""
        raw = self._tree.mapping(encoding, "headers")
        if kind == "multipart" or not raw:
            return self._contents.headers(raw)
        if kind == "form":
            message = "OpenAPI ignores headers of a member of a form that is not in parts"
            self._tree.warn("ignored-header", (*encoding.pointer, "headers"), message)
        return ()


def kind_of(media: MediaType) -> BodyKind:
    """Return how a body of a media type is written."""
    name = media.name.partition(";")[0].strip().lower()
    if is_binary(media):
        return "binary"
    if is_json(name):
        return "json"
    if is_form(name):
        return "form"
    if name in _FORMS or (name.startswith("multipart/") and _has_members(media.schema)):
        return "multipart"
    return "text" if _TEXTS.fullmatch(name) else "binary"


def _has_members(schema: Schema | None) -> bool:
    """Say whether a schema describes the parts of a body, not the body as a text."""
    return schema is not None and not {"string", "array"} & set(schema.types)


def is_binary(media: MediaType) -> bool:
    """Say whether any media type is meant and the schema is that of bytes."""
    schema = media.schema
    return media.name == "*/*" and schema is not None and schema.format == "binary"


def sent_as(media: MediaType) -> str:
    """Return the media type that a request names; a range of them is narrowed.

    That of a body of parts is empty where it is the usual one.
    """
    name = media.name
    kind = kind_of(media)
    if kind == "multipart":
        own = name.partition(";")[0].strip().lower()
        return "" if own in _FORMS else own
    if "*" not in name.partition(";")[0]:
        return name
    return {"json": "application/json", "text": "text/plain"}.get(kind, name)


def _word(media: MediaType) -> str:
    """Return how a method is told from the one that sends another media type."""
    kind = kind_of(media)
    subtype = media.name.partition("/")[2].partition(";")[0]
    words = re.sub(r"[^a-z0-9]+", "_", subtype.lower()).strip("_").removeprefix("x_")
    if kind in ("form", "multipart"):
        return f"as_{kind}"
    if kind == "binary":
        return "as_bytes"
    return f"as_{'text' if words in ('plain', '') else words}"
