"""Turn raw Schema Objects into `Schema` nodes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final, cast

from msgspec.structs import replace

from brokerspec.bounds import MOST_SCHEMAS, too_many
from brokerspec.document import MISSING, Schema
from brokerspec.naming import first_free
from brokerspec.references import Node, Tree
from brokerspec.schema_exclusions import excluded
from brokerspec.schema_keywords import (
    APPLIED,
    BESIDE_REF,
    CONSTRAINTS,
    COSTLY,
    FEW,
    KNOWN,
    QUIET,
    SILENT,
    WIDENING,
)
from brokerspec.schema_listings import as_listing
from brokerspec.tree import JSON, Pointer

TYPES: Final = ("null", "boolean", "object", "array", "number", "string", "integer")
_ALONE: Final[Mapping[object, tuple[str, ...]]] = {name: (name,) for name in TYPES}
# A class of more members than any person has listed costs more than it is worth.
WIDEST: Final = 2_000


class SchemaReader:
    """Read schemas, and give each component schema a name."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names: dict[Pointer, str] = {}
        self._taken: set[str] = set()
        self._count = 0
        self._queue: list[tuple[str, Node]] = []
        self._inlining: list[Pointer] = []
        self._ending: set[str] = set()
        self._reads_siblings = not tree.is_ours and not tree.root.text("openapi").startswith("3.0")

    def components(self) -> dict[str, Schema]:
        """Read the component schemas of the spec."""
        nodes = self._tree.mapping(self._tree.root, "components", "schemas")
        for name, node in nodes.items():
            self._names[node.pointer] = name
        self._taken.update(nodes)
        found = {name: self.read(node) for name, node in nodes.items()}
        return {name: self._without_cycle(name, found) for name in found}

    def adopted(self) -> dict[str, Schema]:
        """Read the schemas of other files that were referred to, and those these refer to."""
        found: dict[str, Schema] = {}
        while self._queue:
            name, node = self._queue.pop(0)
            found[name] = self.read(node)
        return found

    def read(self, node: Node) -> Schema:
        """Read one Schema Object."""
        self._count += 1
        if self._count > MOST_SCHEMAS:
            raise too_many(self._tree.where(node.pointer), "schemas", MOST_SCHEMAS)
        if isinstance(node.value, bool):
            if not node.value:
                self._tree.warn("unsupported-node", node.pointer, "this is read as the schema true")
            return Schema(node.pointer)
        if not isinstance(node.value, dict):
            self._tree.error("wrong-shape", node.pointer, "a schema must be a mapping")
            return Schema(node.pointer)
        is_quiet = "$ref" not in node.value and node.value.keys() <= QUIET
        if is_quiet:
            made = self._plain(node, {})
        else:
            self._check_keywords(node)
            if "$ref" in node.value:
                return self._reference(node)
            made = self._plain(node, self._tree.extensions(node))
        if (made.one_of or made.any_of) and not self._tree.is_ours:
            made = as_listing(made)
        return self._with_null(node, made) if "nullable" in node.value else made

    def _plain(self, node: Node, extensions: dict[str, JSON]) -> Schema:
        # A schema has a few of all these keys, so most of them are not asked for in vain.
        raw = node.members
        if raw.keys() <= FEW:
            return Schema(
                node.pointer,
                types=self._types(node) if "type" in raw else (),
                format=node.text("format"),
                constraints={key: raw[key] for key in raw if key in CONSTRAINTS},
                description=node.text("description"),
            )
        return Schema(
            pointer=node.pointer,
            types=self._types(node) if "type" in raw else (),
            properties=self._properties(node) if "properties" in raw else {},
            required=self._required(node) if "required" in raw else (),
            items=self._items(node) if "items" in raw else None,
            prefix_items=self._list(node, "prefixItems") if "prefixItems" in raw else (),
            additional_properties=self._additional(node),
            enum=self._enum(node) if "enum" in raw else None,
            const=raw.get("const", MISSING),
            any_of=self._list(node, "anyOf") if "anyOf" in raw else (),
            one_of=self._list(node, "oneOf") if "oneOf" in raw else (),
            all_of=self._list(node, "allOf") if "allOf" in raw else (),
            format=node.text("format") if "format" in raw else "",
            constraints={key: raw[key] for key in raw if key in CONSTRAINTS},
            title=node.text("title") if "title" in raw else "",
            description=node.text("description") if "description" in raw else "",
            default=raw.get("default", MISSING),
            deprecated=raw.get("deprecated") is True,
            read_only=raw.get("readOnly") is True,
            write_only=raw.get("writeOnly") is True,
            extensions=extensions,
        )

    def _with_null(self, node: Node, schema: Schema) -> Schema:
        """Say OpenAPI 3.0's `nullable` the way 3.1 does."""
        if not node.flag("nullable") or schema.is_nullable:
            return schema
        null = Schema(node.pointer, types=("null",))
        if schema.enum is not None:
            return replace(schema, types=_with_null_type(schema), enum=(*schema.enum, None))
        if schema.types or schema.properties or schema.items is not None:
            return replace(schema, types=_with_null_type(schema))
        if schema.any_of:
            return replace(schema, any_of=(*schema.any_of, null))
        if schema.one_of:
            return replace(schema, one_of=(*schema.one_of, null))
        if schema.ref is not None or schema.all_of:
            return Schema(
                node.pointer,
                any_of=(schema, null),
                description=schema.description,
                default=schema.default,
                deprecated=schema.deprecated,
                read_only=schema.read_only,
                write_only=schema.write_only,
                extensions=schema.extensions,
            )
        return schema

    def _reference(self, node: Node) -> Schema:
        target = self._tree.target(node)
        if target is None:
            return Schema(node.pointer)
        name = self._component_name(target)
        if name is None and target.pointer in self._inlining and not self._tree.is_ours:
            name = self._adopt(target, "_".join(str(part) for part in target.pointer[-2:]))
        if name is not None:
            schema = self._beside(node, Schema(node.pointer, ref=name))
            return self._with_null(node, self._with_siblings(node, schema))
        if target.pointer in self._inlining:
            self._tree.error(
                "reference-cycle",
                (*node.pointer, "$ref"),
                "this reference leads back to itself",
                "make the schema a component and refer to that",
            )
            return Schema(node.pointer)
        self._inlining.append(target.pointer)
        schema = self.read(target)
        self._inlining.pop()
        return self._with_null(node, self._beside(node, schema))

    def _beside(self, node: Node, schema: Schema) -> Schema:
        return replace(
            schema,
            title=node.text("title") or schema.title,
            description=node.text("description") or schema.description,
            default=node.members.get("default", schema.default),
            deprecated=node.flag("deprecated") or schema.deprecated,
            read_only=node.flag("readOnly") or schema.read_only,
            write_only=node.flag("writeOnly") or schema.write_only,
            extensions={**schema.extensions, **self._tree.extensions(node)},
        )

    def _with_siblings(self, node: Node, schema: Schema) -> Schema:
        """Add what stands beside a reference; OpenAPI 3.0 reads over it."""
        if not self._applies_siblings(node):
            return schema
        beside = {key: value for key, value in node.members.items() if key != "$ref"}
        bare = Node(node.pointer, beside)
        own = replace(self._plain(bare, self._tree.extensions(bare)), all_of=())
        parts = (Schema(node.pointer, ref=schema.ref), *self._list(node, "allOf"))
        return replace(own, all_of=parts)

    def _applies_siblings(self, node: Node) -> bool:
        return self._reads_siblings and not APPLIED.isdisjoint(node.members)

    def _without_cycle(self, name: str, components: dict[str, Schema]) -> Schema:
        """Cut a component that is nothing but a reference back to itself."""
        seen: set[str] = set()
        schema = components[name]
        while schema.ref in components and schema.ref not in self._ending:
            if schema.ref in seen:
                at = components[name].pointer
                self._tree.error("reference-cycle", at, f"the schema {name!r} refers to itself")
                return Schema(at)
            seen.add(schema.ref)
            schema = components[schema.ref]
        # A chain is walked once, however many begin in the middle of it.
        self._ending |= seen
        return components[name]

    def _component_name(self, target: Node) -> str | None:
        if target.pointer in self._names:
            return self._names[target.pointer]
        if not target.pointer or target.pointer[0] not in self._tree.files:
            return None
        *_, last = target.pointer
        name = PurePosixPath(str(last)[:-1]).stem if len(target.pointer) == 1 else str(last)
        if name in self._taken and self._tree.is_ours:
            self._tree.error("name-collision", target.pointer, f"two schemas are called {name!r}")
        return self._adopt(target, name)

    def _adopt(self, target: Node, name: str) -> str:
        """Make a component of a schema that stands elsewhere."""
        free = first_free(name, self._taken) if not self._tree.is_ours else name
        self._taken.add(free)
        self._names[target.pointer] = free
        self._queue.append((free, target))
        return free

    def _types(self, node: Node) -> tuple[str, ...]:
        raw = node.members.get("type")
        if isinstance(raw, str) and raw in _ALONE:
            return _ALONE[raw]
        given = raw if isinstance(raw, list) else [] if raw is None else [raw]
        for name in given:
            if name not in TYPES:
                hint = self._tree.similar(str(name), TYPES)
                self._tree.error(
                    "unknown-type", (*node.pointer, "type"), f"{name!r} is no JSON type", hint
                )
        return tuple(name for name in given if isinstance(name, str) and name in TYPES)

    def _properties(self, node: Node) -> dict[str, Schema]:
        if self._is_too_wide(node, "properties", "members is read as a mapping"):
            return {}
        members = self._tree.mapping(node, "properties")
        return {name: self.read(member) for name, member in members.items()}

    def _required(self, node: Node) -> tuple[str, ...]:
        names: list[str] = []
        raw = node.members["required"]
        if isinstance(raw, list) and set(map(type, raw)) <= {str}:
            return tuple(cast("list[str]", raw))
        for entry in self._tree.sequence(node, "required"):
            if isinstance(entry.value, str):
                names.append(entry.value)
            else:
                self._tree.error("wrong-shape", entry.pointer, "'required' lists names")
        return tuple(names)

    def _items(self, node: Node) -> Schema | None:
        # `items: false` closes a tuple; there is no further item to describe.
        return None if node.members["items"] is False else self.read(node.child("items"))

    def _additional(self, node: Node) -> Schema | bool | None:
        raw = node.members
        value = raw.get("additionalProperties")
        if "patternProperties" not in raw and not isinstance(value, dict):
            return value if isinstance(value, bool) else None
        options = [
            self.read(each) for each in self._tree.mapping(node, "patternProperties").values()
        ]
        if isinstance(value, dict):
            options.append(self.read(node.child("additionalProperties")))
        if not options:
            return value if isinstance(value, bool) else None
        return options[0] if len(options) == 1 else Schema(node.pointer, any_of=tuple(options))

    def _enum(self, node: Node) -> tuple[JSON, ...] | None:
        if self._is_too_wide(node, "enum", "values is not checked against its list"):
            return None
        raw = node.members["enum"]
        if isinstance(raw, list):
            return tuple(raw)
        return tuple(entry.value for entry in self._tree.sequence(node, "enum"))

    def _is_too_wide(self, node: Node, key: str, what: str) -> bool:
        raw = node.members.get(key)
        if not isinstance(raw, dict | list) or len(raw) <= WIDEST:
            return False
        at = (*node.pointer, key)
        self._tree.warn("unsupported-node", at, f"what has more than {WIDEST:,} {what}")
        return True

    def _list(self, node: Node, key: str) -> tuple[Schema, ...]:
        if self._is_too_wide(node, key, f"members of {key} is read without them"):
            return ()
        return tuple(self.read(entry) for entry in self._tree.sequence(node, key))

    def _check_keywords(self, node: Node) -> None:
        raw = node.members
        is_reference = "$ref" in raw
        for key in raw:
            if (key in QUIET and not is_reference) or key.startswith("x-"):
                continue
            at = (*node.pointer, key)
            if key not in KNOWN:
                hint = self._tree.similar(key, KNOWN)
                self._tree.warn("unknown-keyword", at, f"{key!r} is no keyword of a schema", hint)
            elif key in COSTLY:
                self._tree.warn("unsupported-node", at, f"{key!r}: {COSTLY[key]}")
            elif key == "not" and not self._tree.is_ours:
                if kind := excluded(node.members):
                    self._tree.count(kind, at)
            elif key in WIDENING and self._tree.is_ours:
                self._tree.warn("unsupported-node", at, f"{key!r} is not checked by the client")
            elif (
                is_reference and key not in BESIDE_REF | SILENT and not self._applies_siblings(node)
            ):
                self._tree.warn("reference-sibling", at, f"{key!r} has no effect beside a $ref")


def _with_null_type(schema: Schema) -> tuple[str, ...]:
    implied = ("object",) if schema.properties else ("array",) if schema.items else ()
    types = schema.types or implied
    return (*types, "null") if types else ()
