"""Read Parameter Objects, those of the path item included."""

from __future__ import annotations

import re
from typing import Final

from brokerspec.bounds import MOST_MEDIA_TYPES, MOST_PARAMETERS
from brokerspec.content import is_json
from brokerspec.document import Parameter, Schema
from brokerspec.paths import is_tail, placeholders
from brokerspec.references import Node, Tree
from brokerspec.schemas import SchemaReader
from brokerspec.security import HEADER
from brokerspec.tree import JSON, Pointer

# Header parameters of these names are ignored by OpenAPI: content types and security say it.
_RESERVED_HEADERS: Final = frozenset({"accept", "content-type", "authorization"})
# The HTTP library writes these itself.
_OWN_HEADERS: Final = frozenset({"connection", "content-length", "host", "transfer-encoding"})
# The first style of a place is its default.
_STYLES: Final = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# Keys of a schema that documents of earlier versions write beside the name.
_OLD_SCHEMA: Final = ("type", "format", "items", "enum", "default", "properties", "$ref")


class ParameterReader:
    """Read the parameters of operations."""

    def __init__(self, tree: Tree, schemas: SchemaReader) -> None:
        self._tree = tree
        self._schemas = schemas
        # What many operations refer to is read once; whether it may have slashes is the path's.
        self._known: dict[tuple[Pointer, bool], Parameter | None] = {}

    def read(self, item: Node, operation: Node, path: str) -> tuple[Parameter, ...] | None:
        """Return all parameters; None when one that cannot be sent is required."""
        found: dict[tuple[str, str], Parameter | None] = {}
        for owner in (item, operation):
            here: set[tuple[str, str]] = set()
            for raw in self._tree.sequence(owner, "parameters", most=MOST_PARAMETERS):
                node = self._tree.follow(raw)
                if node is None:
                    continue
                key = (node.text("in"), node.text("name"))
                if key in here:
                    self._tree.lapse(
                        "duplicate-parameter",
                        raw.pointer,
                        f"the {key[0]} parameter {key[1]!r} is declared twice",
                        "the first one counts",
                    )
                    continue
                here.add(key)
                if key[0] == "header" and self._is_ignored(key[1], node):
                    continue
                found[key] = self._shared(node, path)
                if found[key] is None and node.flag("required"):
                    return None
        return self._of_template(
            path, operation, [parameter for parameter in found.values() if parameter is not None]
        )

    def _is_ignored(self, name: str, node: Node) -> bool:
        """Say whether a header is none that a caller sets, and report it."""
        is_own = name.lower() in _OWN_HEADERS
        if is_own:
            message = f"the HTTP library writes the header {name!r} itself"
            self._tree.warn("ignored-header", node.pointer, message)
        elif name.lower() == HEADER and not self._tree.is_ours:
            # Whether a scheme says the same is not known here.
            return False
        elif name.lower() in _RESERVED_HEADERS:
            self._tree.warn(
                "ignored-header",
                node.pointer,
                f"OpenAPI ignores a parameter named {name!r}",
                "use content types or a security scheme",
            )
            return True
        return is_own

    def _shared(self, node: Node, path: str) -> Parameter | None:
        key = (node.pointer, node.text("in") == "path" and is_tail(path, node.text("name")))
        if key not in self._known:
            self._known[key] = self._parameter(node, is_tail_=key[1])
        return self._known[key]

    def _parameter(self, node: Node, *, is_tail_: bool) -> Parameter | None:
        location = node.text("in")
        name = node.text("name")
        if location not in _STYLES or not name:
            self._tree.lapse(
                "wrong-shape",
                node.pointer,
                "a parameter needs a 'name' and an 'in' of path, query, header or cookie",
                "it is not an argument",
            )
            return None
        if location in ("header", "cookie") and not _TOKEN.fullmatch(name):
            message = f"the {location} parameter {name!r} is not an argument: no {location} has"
            self._tree.warn("left-out", node.pointer, f"{message} such a name")
            return None
        style = self._style(node, location, name)
        explode = node.members.get("explode")
        schema, media_type = self._schema(node, name)
        return Parameter(
            name=name,
            location=location,
            required=node.flag("required") or location == "path",
            schema=schema,
            style=style,
            explode=explode if isinstance(explode, bool) else style == "form",
            description=node.text("description"),
            extensions=self._tree.extensions(node),
            pointer=node.pointer,
            media_type=media_type,
            reserved=node.flag("allowReserved") or is_tail_,
            deprecated=node.flag("deprecated"),
        )

    def _style(self, node: Node, location: str, name: str) -> str:
        default, *_ = styles = _STYLES[location]
        style = node.text("style") or default
        if style in styles:
            return style
        self._tree.warn(
            "unsupported-node",
            (*node.pointer, "style"),
            f"the {location} parameter {name!r} is sent as {default!r}: no {location} has the"
            f" style {style!r}",
            f"use one of {', '.join(styles)}",
        )
        return default

    def _schema(self, node: Node, name: str) -> tuple[Schema, str]:
        """Return what a parameter holds, and its media type when it has one."""
        if "schema" in node.members:
            return self._schemas.read(node.child("schema")), ""
        contents = self._tree.mapping(node, "content", most=MOST_MEDIA_TYPES)
        for media_type, media in contents.items():
            if "schema" in media.members or is_json(media_type):
                schema = media.child("schema")
                known = "schema" in media.members
                read = self._schemas.read(schema) if known else Schema(media.pointer)
                return read, media_type
        old: dict[str, JSON] = {k: v for k, v in node.members.items() if k in _OLD_SCHEMA}
        if old:
            self._tree.warn(
                "unsupported-node",
                (*node.pointer, next(iter(old))),
                f"the schema of the parameter {name!r} stands beside its name, as in Swagger 2.0",
                "move it below 'schema'",
            )
            return self._schemas.read(Node(node.pointer, old)), ""
        if not contents:
            message = f"the parameter {name!r} has no schema: it is a text"
            self._tree.warn("unsupported-node", node.pointer, message)
        return Schema(node.pointer, types=("string",)), ""

    def _of_template(
        self, path: str, operation: Node, parameters: list[Parameter]
    ) -> tuple[Parameter, ...]:
        """Return the parameters that the path has room for, and those it asks for."""
        declared = {item.name: item for item in parameters if item.location == "path"}
        used = placeholders(path, declared)
        for name in used:
            if name not in declared:
                self._tree.lapse(
                    "undeclared-path-parameter",
                    operation.pointer,
                    f"the path has {{{name}}}, but no parameter describes it",
                    "it is a text",
                    self._tree.similar(name, declared),
                )
                parameters.append(_assumed(name, operation, is_tail(path, name)))
        for name, parameter in declared.items():
            if name not in used:
                self._tree.lapse(
                    "unused-path-parameter",
                    parameter.pointer,
                    f"the path {path!r} has no {{{name}}}",
                    "it is not an argument",
                    self._tree.similar(name, used),
                )
                parameters.remove(parameter)
        return tuple(parameters)


def _assumed(name: str, operation: Node, reserved: bool) -> Parameter:
    """Return the parameter that a template asks for and nothing describes."""
    at = operation.pointer
    text = Schema(at, types=("string",))
    return Parameter(name, "path", True, text, "simple", False, "", {}, at, reserved=reserved)
