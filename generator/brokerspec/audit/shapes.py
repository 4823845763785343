"""Look at a spec the way a document is written: objects with fields, and lists of values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from brokerspec.audit.finding import kind_of
from brokerspec.document import MISSING, Document, Operation, Schema
from brokerspec.findings import all_schemas, alternatives, target
from brokerspec.naming import snake
from brokerspec.tree import JSON, Pointer


@dataclass(frozen=True, slots=True)
class Field:
    """Hold one member of a shape under its wire name."""

    name: str
    pointer: Pointer
    schema: Schema | None
    is_required: bool
    aliases: frozenset[str] = frozenset()
    is_documented: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """Hold what one table may describe.

    `uses` are operation and direction, `statuses` those under which it comes as an answer.
    """

    name: str
    pointer: Pointer
    fields: Mapping[str, Field]
    uses: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    statuses: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    description: str = ""
    takes_fixes: bool = True
    _spelt: dict[str, Field] = field(default_factory=dict[str, "Field"], init=False, repr=False)
    _alike: dict[str, Field] = field(default_factory=dict[str, "Field"], init=False, repr=False)

    def find(self, name: str) -> Field | None:
        """Return the field of a name, in any of its spellings."""
        if not self._spelt:
            self._spelt.update(self.fields)
            for one in self.fields.values():
                for alias in one.aliases:
                    self._spelt.setdefault(alias, one)
        return self._spelt.get(name)

    def find_alike(self, name: str) -> Field | None:
        """Return the field whose name differs in case and punctuation only."""
        if not self._alike:
            for one in self.fields.values():
                self._alike.setdefault(plain(one.name), one)
        return self._alike.get(plain(name))


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Return the letters and digits of a text in lower case."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def shapes_of(document: Document) -> list[Shape]:
    """List the objects, parameters and settings of a spec."""
    found: dict[Pointer, Shape] = {}
    for operation in document.operations:
        name = operation.operation_id
        for side, media in operation.media_types:
            if media.schema is not None:
                for shape in _collect(document, media.schema, found):
                    shape.uses.add((name, side))
        for answer in operation.responses:
            for schema in (media.schema for media in answer.content if media.schema):
                for shape in _collect(document, schema, found):
                    shape.statuses.add((name, answer.status))
        if operation.parameters:
            shape = _parameters(operation)
            found[shape.pointer] = shape
    settings = _settings(document)
    statuses = [_statuses(operation) for operation in document.operations]
    extra = [*([settings] if settings else []), *statuses, _operations(document)]
    return [*found.values(), *extra]


def _collect(document: Document, schema: Schema, found: dict[Pointer, Shape]) -> Iterator[Shape]:
    """List the objects in a value of a schema, each of them made once."""
    queue, seen = [schema], set[Pointer]()
    while queue:
        current = target(document, queue.pop(0))
        if current.pointer in seen:
            continue
        seen.add(current.pointer)
        if current.properties:
            yield found.setdefault(current.pointer, _object(current))
        queue += current.children


def _object(schema: Schema) -> Shape:
    members = {
        name: Field(
            name,
            member.pointer,
            member,
            name in schema.required,
            _aliases(name, member.extensions),
            "x-provenance" not in member.extensions,
        )
        for name, member in schema.properties.items()
    }
    name = str(schema.pointer[-1]) if schema.pointer else ""
    return Shape(name, schema.pointer, members, description=schema.description)


def _parameters(operation: Operation) -> Shape:
    members = {
        one.name: Field(
            one.name,
            one.pointer,
            one.schema,
            one.required,
            _aliases(one.name, one.extensions),
            "x-provenance" not in one.extensions and "x-provenance" not in operation.extensions,
        )
        for one in operation.parameters
    }
    name = f"parameters of {operation.operation_id}"
    uses = {(operation.operation_id, "request")}
    return Shape(name, (*operation.pointer, "parameters"), members, uses, takes_fixes=False)


def _settings(document: Document) -> Shape | None:
    given = document.extensions.get("x-client")
    if not isinstance(given, dict):
        return None
    members: dict[str, Field] = {}
    for name, entry in given.items():
        entry = entry if isinstance(entry, dict) else {}
        is_credential = entry.get("role", "credential") == "credential"
        required = entry.get("required", is_credential) is True
        documented = "x-provenance" not in entry and entry.get("role") != "session"
        members[name] = Field(name, ("x-client", name), None, required, is_documented=documented)
    return Shape("settings of the client", ("x-client",), members, takes_fixes=False)


def _statuses(operation: Operation) -> Shape:
    members = {
        one.status: Field(
            one.status, one.pointer, None, False, is_documented=one.status != "default"
        )
        for one in operation.responses
    }
    name = f"statuses of {operation.operation_id}"
    uses = {(operation.operation_id, "response")}
    return Shape(name, (*operation.pointer, "responses"), members, uses, takes_fixes=False)


def _operations(document: Document) -> Shape:
    """Look at the operations as a table of contents does; only those under a title of their own."""
    titles = Counter(section_of(operation) for operation in document.operations)
    members = {
        title: Field(title, operation.pointer, None, False, frozenset({operation.operation_id}))
        for operation in document.operations
        if titles[title := section_of(operation)] == 1
    }
    return Shape("operations", ("paths",), members, takes_fixes=False)


def section_of(operation: Operation) -> str:
    """Return the title of the section that documents an operation."""
    source = operation.extensions.get("x-source")
    section = source.get("section") if isinstance(source, dict) else None
    return section if isinstance(section, str) else ""


def _aliases(name: str, extensions: Mapping[str, JSON]) -> frozenset[str]:
    given = (extensions.get("x-python-name"), extensions.get("x-credential"))
    return frozenset({snake(name), *(one for one in given if isinstance(one, str))} - {name})


def kinds_of(document: Document, schema: Schema | None) -> frozenset[str]:
    """List the JSON types that a schema allows, null apart; none when it allows all."""
    if schema is None:
        return frozenset({"string"})
    kinds: set[str] = set()
    for one in alternatives(document, schema):
        kinds |= {*one.types}
        if not one.types and one.enum:
            kinds |= {kind_of(value) for value in one.enum}
        if not one.types and one.const is not MISSING:
            kinds.add(kind_of(one.const))
        if not one.types and one.properties:
            kinds.add("object")
    return frozenset(kinds - {"null"})


def allows(kinds: frozenset[str], kind: str) -> bool:
    """Say whether a value of a kind fits; every integer is a number."""
    return not kinds or kind in kinds or (kind == "integer" and "number" in kinds)


def enums_of(document: Document, schema: Schema) -> list[Schema]:
    """List the schemas with value lists that a value of this schema may have."""
    return [one for one in alternatives(document, schema) if one.enum is not None]


def all_enums(document: Document) -> list[tuple[str, Schema]]:
    """List every list of values with the names under which it goes."""
    names: dict[Pointer, str] = {
        schema.pointer: name for name, schema in document.schemas.items() if schema.enum
    }
    schemas = {one.pointer: one for one in all_schemas(document) if one.enum is not None}
    schemas |= {one.pointer: one for one in document.schemas.values() if one.enum is not None}
    return [
        (names.get(pointer, str(pointer[-1]) if pointer else ""), schema)
        for pointer, schema in schemas.items()
    ]


def below(document: Document, schemas: list[Schema], token: str | int) -> list[Schema]:
    """Step from the schemas of a value to those of one of its members or entries."""
    found: list[Schema] = []
    for one in _all(document, schemas):
        if isinstance(token, int):
            found += one.prefix_items[token : token + 1] or ([one.items] if one.items else [])
        elif token in one.properties:
            found.append(one.properties[token])
        elif isinstance(one.additional_properties, Schema):
            found.append(one.additional_properties)
    return found


def _all(document: Document, schemas: list[Schema]) -> Iterator[Schema]:
    for schema in schemas:
        yield from alternatives(document, schema)
