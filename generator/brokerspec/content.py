"""Read responses and media types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from brokerspec.bounds import MOST_MEDIA_TYPES
from brokerspec.document import MISSING, Example, Header, MediaType, Response
from brokerspec.references import Node, Tree
from brokerspec.schemas import SchemaReader
from brokerspec.tree import Pointer

_JSON: Final = re.compile(r"[^;]*[/+]json\s*(;.*)?|\*/\*")
_STATUS: Final = re.compile(r"[1-5](\d\d|XX)|default", re.IGNORECASE | re.ASCII)
_FORM: Final = "application/x-www-form-urlencoded"
# Keys of a schema that documents of earlier versions write beside the description.
_OLD_SCHEMA: Final = ("type", "format", "items", "enum")
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class BodyReader:
    """Read what operations receive, and media types."""

    def __init__(self, tree: Tree, schemas: SchemaReader) -> None:
        self._tree = tree
        self._schemas = schemas
        # What many operations refer to is read once.
        self._known: dict[tuple[str, Pointer], Response] = {}

    def responses(self, operation: Node) -> tuple[Response, ...]:
        """Read every response, in document order."""
        found: list[Response] = []
        for status, raw in self._tree.mapping(operation, "responses").items():
            if status.startswith("x-"):
                continue
            if not _STATUS.fullmatch(status):
                message = f"{status[:40]!r} is no HTTP status: the answer is left out"
                self._tree.warn("left-out", raw.pointer, message)
                continue
            node = self._tree.follow(raw)
            if node is None:
                continue
            key = (status, node.pointer)
            if key not in self._known:
                self._known[key] = self._response(status, node)
            found.append(self._known[key])
        return tuple(found)

    def _response(self, status: str, node: Node) -> Response:
        for name in node.child("links").members:
            self._tree.count("links", (*node.pointer, "links", name))
        media = self._tree.mapping(node, "content", most=MOST_MEDIA_TYPES)
        content = [self.media_type(name, found) for name, found in media.items()]
        return Response(
            status=status,
            description=node.text("description"),
            content=tuple(content),
            extensions=self._tree.extensions(node),
            pointer=node.pointer,
            headers=self._headers(node),
        )

    def _headers(self, node: Node) -> tuple[Header, ...]:
        """Read the headers of an answer; those of ours are text."""
        raw = self._tree.mapping(node, "headers")
        if self._tree.is_ours:
            for name in raw:
                self._tree.count("headers", (*node.pointer, "headers", name))
            return ()
        return self.headers(raw)

    def headers(self, raw: Mapping[str, Node]) -> tuple[Header, ...]:
        """Read headers by their names, of which OpenAPI ignores that of the media type."""
        found: dict[str, Header] = {}
        for name, given in raw.items():
            header = self._tree.follow(given)
            # The name of a header has no cases.
            if header is None or name.lower() == "content-type" or name.lower() in found:
                continue
            if _TOKEN.fullmatch(name):
                found[name.lower()] = self._header(name, header)
            else:
                message = f"the header {name[:40]!r} is left out: no header has such a name"
                self._tree.warn("left-out", given.pointer, message)
        return tuple(found.values())

    def _header(self, name: str, node: Node) -> Header:
        media_type, content = next(iter(self._tree.mapping(node, "content").items()), ("", node))
        schema = content.child("schema")
        if "schema" not in content.members and "type" in content.members:
            # Where Swagger 2.0 had it.
            schema = Node(node.pointer, {k: v for k, v in node.members.items() if k in _OLD_SCHEMA})
        return Header(
            name=name,
            schema=self._schemas.read(schema) if schema.value is not None else None,
            required=node.flag("required"),
            explode=node.flag("explode"),
            description=node.text("description"),
            extensions=self._tree.extensions(node),
            pointer=node.pointer,
            media_type=media_type,
            deprecated=node.flag("deprecated"),
        )

    def media_type(self, name: str, node: Node) -> MediaType:
        """Read a Media Type Object, except how its members are encoded."""
        item = node.child("itemSchema")
        # The data of an event is a text that holds a value.
        data = item.child("properties", "data", "contentSchema")
        item = item if data.value is None else data
        return MediaType(
            name=name,
            schema=self._schemas.read(node.child("schema")) if "schema" in node.members else None,
            examples=self._examples(node),
            pointer=node.pointer,
            item=None if item.value is None else self._schemas.read(item),
        )

    def _examples(self, node: Node) -> tuple[Example, ...]:
        found: list[Example] = []
        if "example" in node.members:
            pointer = (*node.pointer, "example")
            found.append(Example("example", None, node.members["example"], {}, pointer))
        for name, raw in self._tree.mapping(node, "examples").items():
            example = self._tree.follow(raw)
            if example is None:
                continue
            found.append(
                Example(
                    name=name,
                    external_value=example.text("externalValue") or None,
                    value=example.members.get("value", MISSING),
                    extensions=self._tree.extensions(example),
                    pointer=example.pointer,
                )
            )
        return tuple(found)


def is_json(media_type: str) -> bool:
    """Say whether a media type is JSON, or any that there is."""
    return _JSON.fullmatch(media_type.lower()) is not None


def is_form(media_type: str) -> bool:
    """Say whether a media type is that of a plain form."""
    return media_type.split(";")[0].strip().lower() == _FORM
