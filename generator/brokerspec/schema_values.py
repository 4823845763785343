"""Schemas of single values: scalars, and lists of allowed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, Literal, cast

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.document import MISSING, Schema
from brokerspec.formats import CLOCK, DATE_TIMES, DATES, EPOCH
from brokerspec.naming import constant, given, unique

ANY: Final = ir.Scalar("Any")
PLAIN: Final[Mapping[str, ir.Scalar]] = {
    "string": ir.Scalar("str"),
    "integer": ir.Scalar("int"),
    "number": ir.Scalar("Decimal"),
    "boolean": ir.Scalar("bool"),
}
_OF_ORIGIN: Final = frozenset({"x-source", "x-provenance", "x-evidence"})
_STRINGS: Final = {"date-time": "datetime", "date": "date", "time": "time"}
# Numbers that are written as texts, because they do not fit what JavaScript calls a number.
_WRITTEN: Final[Mapping[str, Literal["int", "Decimal"]]] = {
    "int32": "int",
    "int64": "int",
    "uint32": "int",
    "uint64": "int",
    "decimal": "Decimal",
    "decimal128": "Decimal",
}


def kinds_of(schema: Schema) -> list[str]:
    """Return the types that a schema allows; where it names none, what its keywords say."""
    named = [kind for kind in schema.types if kind != "null"]
    if named or schema.types:
        return named
    if schema.items is not None or schema.prefix_items:
        return ["array"]
    if isinstance(schema.additional_properties, Schema):
        return ["object"]
    if schema.format in _STRINGS:
        return ["string"]
    values = (*(schema.enum or ()), *((schema.const,) if schema.const is not MISSING else ()))
    return list(dict.fromkeys(_kind(value) for value in values if value is not None))


def _kind(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case Decimal() | float():
            return "number"
        case str():
            return "string"
        case dict():
            return "object"
        case _:
            return "array"


def is_model(schema: Schema) -> bool:
    """Say whether a whole schema becomes a class with fields."""
    is_object = not schema.types or "object" in schema.types
    return bool(schema.properties) and is_object and not (schema.any_of or schema.one_of)


def is_listing(schema: Schema) -> bool:
    """Say whether a schema becomes an enum: it lists texts."""
    return bool(listed(schema)) and "x-type" not in schema.extensions


def listed(schema: Schema) -> tuple[str, ...]:
    """Return the texts that a schema lists, nothing when it lists other values too.

    A text that is written without quotes is a number or boolean to YAML; the type tells.
    """
    if schema.enum is None and not isinstance(schema.const, str):
        return ()
    values = [value for value in schema.enum or () if value is not None]
    if schema.enum is None and isinstance(schema.const, str):
        values = [schema.const]
    kinds = {kind for kind in schema.types if kind != "null"}
    if set(map(type, values)) == {str}:
        return tuple(cast("list[str]", values)) if not kinds or "string" in kinds else ()
    if kinds == {"string"} and all(isinstance(v, str | bool | int | Decimal) for v in values):
        return tuple(_text(value) for value in values)
    if kinds and "string" not in kinds:
        return ()
    return tuple(cast("list[str]", values)) if _are_texts(values) else ()


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def listing(name: str, schema: Schema) -> ir.Enum:
    """Return the enum of a schema."""
    values = listed(schema)
    chosen = _beside(schema.extensions.get("x-enum-varnames"), values)
    wanted = {value: given(chosen.get(value)) or constant(value) for value in values}
    names = unique(wanted)
    meanings = _beside(schema.extensions.get("x-enum-descriptions"), values)
    members = tuple(ir.Member(names[v], v, str(meanings.get(v, ""))) for v in dict.fromkeys(values))
    return ir.Enum(name, schema.description, members, origin_of(schema.extensions))


def _beside(found: object, values: Iterable[str]) -> dict[str, object]:
    """Return what an extension lists for each of some values."""
    entries = cast("list[object]", found) if isinstance(found, list) else []
    return dict(zip(values, entries, strict=False))


def of_string(schema: Schema) -> ir.Scalar:
    """Return the type of a text, which its format may narrow."""
    if schema.format in _STRINGS:
        return ir.Scalar(cast("Literal['datetime']", _STRINGS[schema.format]), schema.format)
    if schema.format in _WRITTEN:
        return ir.Scalar(_WRITTEN[schema.format], is_text=True)
    if schema.format in ("byte", "binary"):
        return ir.Scalar("bytes", schema.format)
    return PLAIN["string"]


def with_empty(kind: ir.TypeRef, empty: tuple[ir.JSON, ...]) -> ir.TypeRef:
    """Return a type whose listed wire values mean none."""
    if not empty or not isinstance(kind, ir.Named | ir.Scalar):
        return kind
    return replace(kind, empty=empty)


def origin_of(extensions: object) -> ir.Origin:
    """Return where a node's facts come from."""
    found = cast("dict[str, object]", extensions)
    if _OF_ORIGIN.isdisjoint(found):
        return ir.NO_ORIGIN
    source = cast("dict[str, str]", found.get("x-source", {}))
    return ir.Origin(
        source.get("document", ""),
        source.get("section", ""),
        str(found.get("x-provenance", "documented")),
        str(found.get("x-evidence", "")),
    )


def written(schema: Schema, format_: str) -> ir.Scalar:
    """Return the type of a schema with an `x-type`."""
    is_text = "string" in schema.types
    if format_ == "decimal":
        return ir.Scalar("Decimal", format_, is_text and "number" not in schema.types)
    if format_ == "integer":
        return ir.Scalar("int", format_, is_text)
    if format_ == "boolean":
        true, false = (str(value) for value in schema.enum or ("true", "false"))
        return ir.Scalar("bool", format_, is_text, words=(true, false))
    if format_ in DATES:
        return ir.Scalar("date", format_, is_text)
    if format_ == CLOCK:
        return ir.Scalar("time", format_, is_text)
    if format_ in DATE_TIMES or format_ == EPOCH:
        return ir.Scalar("datetime", format_, is_text)
    return ANY
