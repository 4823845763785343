"""Read responses and media types."""

from __future__ import annotations

import re
from typing import Final

from brokerspec.bounds import MOST_MEDIA_TYPES
from brokerspec.document import MISSING, Example, MediaType, Response
from brokerspec.references import Node, Tree
from brokerspec.schemas import SchemaReader
from brokerspec.tree import Pointer

_JSON: Final = re.compile(r"[^;]*[/+]json\s*(;.*)?|\*/\*")
_STATUS: Final = re.compile(r"[1-5](\d\d|XX)|default", re.IGNORECASE | re.ASCII)
_FORM: Final = "application/x-www-form-urlencoded"


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
        for key in ("links", "headers"):
            for name in node.child(key).members:
                self._tree.count(key, (*node.pointer, key, name))
        media = self._tree.mapping(node, "content", most=MOST_MEDIA_TYPES)
        content = [self.media_type(name, found) for name, found in media.items()]
        return Response(
            status=status,
            description=node.text("description"),
            content=tuple(content),
            extensions=self._tree.extensions(node),
            pointer=node.pointer,
        )

    def media_type(self, name: str, node: Node) -> MediaType:
        """Read a Media Type Object, except how its members are encoded."""
        return MediaType(
            name=name,
            schema=self._schemas.read(node.child("schema")) if "schema" in node.members else None,
            examples=self._examples(node),
            pointer=node.pointer,
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
