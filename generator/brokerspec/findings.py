"""Give the house rules what they share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from brokerspec.document import Document, Operation, Schema
from brokerspec.tree import JSON, Pointer


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold what one rule found, before it has a code and a place."""

    pointer: Pointer
    message: str
    hint: str = ""


Rule: TypeAlias = Callable[[Document], Iterator[Finding]]


def words(name: str) -> list[str]:
    """Split a name in camelCase or snake_case into lower-case words."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def walk(schema: Schema) -> Iterator[Schema]:
    """Walk over a schema and everything written inside it."""
    yield schema
    for child in schema.children:
        yield from walk(child)


def roots(document: Document) -> Iterator[Schema]:
    """List the schemas that parameters, bodies and components begin with."""
    yield from document.schemas.values()
    for operation in document.operations:
        yield from operation_roots(operation)


def operation_roots(operation: Operation) -> Iterator[Schema]:
    """List the schemas that an operation uses directly."""
    yield from (parameter.schema for parameter in operation.parameters)
    for _, media in operation.media_types:
        if media.schema is not None:
            yield media.schema


def all_schemas(document: Document) -> Iterator[Schema]:
    """Walk over every schema once."""
    seen: set[Pointer] = set()
    for root in roots(document):
        for schema in walk(root):
            if schema.pointer not in seen:
                seen.add(schema.pointer)
                yield schema


def target(document: Document, schema: Schema) -> Schema:
    """Follow the reference of a schema to the component it names."""
    seen: set[str] = set()
    while schema.ref is not None and schema.ref in document.schemas and schema.ref not in seen:
        seen.add(schema.ref)
        schema = document.schemas[schema.ref]
    return schema


def alternatives(document: Document, schema: Schema) -> list[Schema]:
    """List the schemas that a value may have or has to have, references followed."""
    found: dict[Pointer, Schema] = {}
    queue = [schema]
    while queue:
        current = target(document, queue.pop(0))
        if current.pointer not in found:
            found[current.pointer] = current
            queue += [*current.any_of, *current.one_of, *current.all_of]
    return list(found.values())


def is_nullable(document: Document, schema: Schema) -> bool:
    """Say whether null is allowed, references followed."""
    return any("null" in member.types for member in alternatives(document, schema))


def tokens(pointer: str) -> list[str]:
    """Split a JSON Pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def reach(document: Document, schema: Schema, pointer: str) -> Schema | None:
    """Return what a JSON Pointer into a value of this schema leads to."""
    found = [schema]
    for token in tokens(pointer):
        here = [member for one in found for member in alternatives(document, one)]
        found = [child for one in here for child in _children(one, token)]
    return found[0] if found else None


def texts(value: JSON) -> list[str]:
    """Read one text, or a list of texts, as a list."""
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, str)]


def bodies(operation: Operation) -> list[Schema]:
    """List the schemas of the bodies that a successful answer may have."""
    return [
        media.schema
        for response in operation.success
        for media in response.content
        if media.schema is not None
    ]


def _children(schema: Schema, token: str) -> list[Schema]:
    if token in schema.properties:
        return [schema.properties[token]]
    if token.isdecimal() and int(token[:9]) < len(schema.prefix_items):
        return [schema.prefix_items[int(token)]]
    if token.isdecimal() and schema.items is not None:
        return [schema.items]
    extra = schema.additional_properties
    return [extra] if isinstance(extra, Schema) else []
