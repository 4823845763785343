"""Read Parameter Objects, those of the path item included."""

from __future__ import annotations

from typing import Final

from brokerspec.document import Parameter
from brokerspec.references import Node, Tree
from brokerspec.schemas import SchemaReader

# Header parameters of these names are ignored by OpenAPI: content types and security say it.
_RESERVED_HEADERS: Final = frozenset({"accept", "content-type", "authorization"})
_STYLES: Final = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


class ParameterReader:
    """Read the parameters of operations."""

    def __init__(self, tree: Tree, schemas: SchemaReader) -> None:
        self._tree = tree
        self._schemas = schemas

    def read(self, item: Node, operation: Node) -> tuple[Parameter, ...] | None:
        """Return all parameters; None when one that cannot be sent is required."""
        found: dict[tuple[str, str], Parameter | None] = {}
        for owner in (item, operation):
            here: set[tuple[str, str]] = set()
            for raw in self._tree.sequence(owner, "parameters"):
                node = self._tree.follow(raw)
                if node is None:
                    continue
                key = (node.text("in"), node.text("name"))
                if key in here:
                    self._tree.error(
                        "duplicate-parameter",
                        raw.pointer,
                        f"the {key[0]} parameter {key[1]!r} is declared twice",
                    )
                here.add(key)
                if key[0] == "header" and key[1].lower() in _RESERVED_HEADERS:
                    self._tree.warn(
                        "ignored-header",
                        node.pointer,
                        f"OpenAPI ignores a parameter named {key[1]!r}",
                        "use content types or a security scheme",
                    )
                    continue
                found[key] = self._parameter(node)
                if found[key] is None and (node.flag("required") or key[0] == "path"):
                    return None
        return tuple(parameter for parameter in found.values() if parameter is not None)

    def _parameter(self, node: Node) -> Parameter | None:
        location = node.text("in")
        name = node.text("name")
        if location not in _STYLES or not name:
            self._tree.error(
                "wrong-shape",
                node.pointer,
                "a parameter needs a 'name' and an 'in' of path, query, header or cookie",
            )
            return None
        style = node.text("style") or _STYLES[location]
        problem = _problem(node, style, location)
        if problem:
            key, reason = problem
            self._tree.warn(
                "left-out",
                (*node.pointer, key),
                f"the {location} parameter {name!r} is not an argument: {reason}",
            )
            return None
        if node.flag("allowReserved"):
            self._tree.warn(
                "unsupported-node",
                (*node.pointer, "allowReserved"),
                "reserved characters are always encoded",
            )
        explode = node.members.get("explode")
        return Parameter(
            name=name,
            location=location,
            required=node.flag("required") or location == "path",
            schema=self._schemas.read(node.child("schema")),
            style=style,
            explode=explode if isinstance(explode, bool) else style == "form",
            description=node.text("description"),
            extensions=node.extensions,
            pointer=node.pointer,
        )


def _problem(node: Node, style: str, location: str) -> tuple[str, str] | None:
    if "schema" not in node.members:
        key = "content" if "content" in node.members else "schema"
        return key, "only parameters with a 'schema' are supported"
    if style != _STYLES[location]:
        return "style", f"the style {style!r} is not supported"
    return None
