"""Unions of single values to lists of values: how documents say what each value means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from brokerspec.document import MISSING, Schema
from brokerspec.naming import constant
from brokerspec.tree import JSON

_BARE: Final = Schema(())
# What a value may have beside it without being more than one of a list.
_BESIDE: Final = frozenset(
    {"pointer", "types", "enum", "const", "format", "title", "description", "deprecated"}
)
_MORE: Final = tuple(name for name in Schema.__struct_fields__ if name not in _BESIDE)
# What else the union itself may say.
_OF_UNION: Final = frozenset(
    {"any_of", "one_of", "default", "constraints", "read_only", "write_only", "extensions"}
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ _-][A-Za-z0-9]+){0,3}")


def as_listing(schema: Schema) -> Schema:
    """Return a union whose options each list values of one type as a schema that lists them.

    Meanings become descriptions of the values; titles name integers, which have no name.
    """
    options = schema.one_of or schema.any_of
    if len(options) < 2 or (schema.one_of and schema.any_of) or not _is_bare(schema):
        return schema
    null = tuple(one for one in options if one.types == ("null",) and _is_plain(one))
    listed = [one for one in options if one not in null]
    pairs = [(value, one) for one in listed for value in _values_of(one)]
    kinds = {type(value) for value, _ in pairs}
    if not pairs or not all(map(_values_of, listed)) or kinds not in ({str}, {int}):
        return schema
    kind = "string" if kinds == {str} else "integer"
    types = {name for one in (schema, *listed) for name in one.types}
    if not types <= {kind, "null"} or "discriminator" in schema.constraints:
        return schema
    values: dict[JSON, Schema] = {}
    for value, one in pairs:
        values.setdefault(value, one)
    is_nullable = bool(null) or "null" in types
    return replace(
        schema,
        any_of=(),
        one_of=(),
        types=(kind, "null") if is_nullable else (kind,),
        enum=(*values, None) if is_nullable else tuple(values),
        extensions={**_said(values, kind), **schema.extensions},
    )


def _is_bare(schema: Schema) -> bool:
    names = (name for name in _MORE if name not in _OF_UNION)
    is_bare = all(getattr(schema, name) == getattr(_BARE, name) for name in names)
    return is_bare and schema.enum is None and schema.const is MISSING


def _is_plain(option: Schema) -> bool:
    return all(getattr(option, name) == getattr(_BARE, name) for name in _MORE)


def _values_of(option: Schema) -> tuple[JSON, ...]:
    """Return the values that an option lists, nothing when it says more than that."""
    if not _is_plain(option):
        return ()
    return (option.const,) if option.const is not MISSING else option.enum or ()


def _said(values: dict[JSON, Schema], kind: str) -> dict[str, JSON]:
    """Return the names and meanings of values as extensions that tell of them."""
    alone = {value: one for value, one in values.items() if len(_values_of(one)) == 1}
    meanings = {str(value): text for value, text in _meanings(alone)}
    named: dict[str, JSON] = {
        str(value): constant(one.title)
        for value, one in alone.items()
        if kind == "integer" and _NAME.fullmatch(one.title)
    }
    return {
        **({"x-enum-varnames": named} if named else {}),
        **({"x-enum-descriptions": meanings} if meanings else {}),
    }


def _meanings(alone: dict[JSON, Schema]) -> Iterator[tuple[JSON, JSON]]:
    for value, one in alone.items():
        said = one.description or one.title
        if said and constant(said) != constant(str(value)):
            yield value, said
