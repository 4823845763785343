"""Schemas of single values: scalars, and lists of allowed values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, cast

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.document import MISSING, Schema
from brokerspec.formats import CLOCK, DATE_TIMES, DATES, EPOCH
from brokerspec.naming import constant, given, pascal, snake, unique

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
# More digits than any list of numbers has.
_LARGEST: Final = 10**18
# The names and meanings of listed values, as generators of documents write them.
_NAMES: Final = ("x-enum-varnames", "x-enumNames", "x-enum-names")
_MEANINGS: Final = ("x-enum-descriptions", "x-enumDescriptions")
_OF_ENUMS: Final = frozenset({"is_known", "mro", "name", "value"})
_REMEMBERED: Final = 1_000
_TITLE_WORDS: Final = 4
_TITLE: Final = re.compile(r"[A-Z][A-Za-z0-9 _-]{2,39}")


def nullable(kind: ir.TypeRef, *, is_nullable: bool) -> ir.TypeRef:
    """Return a type that may be null, where it may."""
    if not is_nullable or kind == ANY or isinstance(kind, ir.Nullable):
        return kind
    return ir.Nullable(kind)


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


def plain(schema: Schema) -> ir.Scalar | None:
    """Return the type of a schema that says no more of its values than of which type they are."""
    if (
        len(schema.types) != 1
        or schema.ref is not None
        or schema.enum is not None
        or schema.const is not MISSING
        or schema.extensions
        or schema.properties
        or schema.any_of
        or schema.one_of
        or schema.all_of
    ):
        return None
    (kind,) = schema.types
    return of_string(schema) if kind == "string" else PLAIN.get(kind)


def is_model(schema: Schema) -> bool:
    """Say whether a whole schema becomes a class with fields."""
    is_object = not schema.types or "object" in schema.types
    return bool(schema.properties) and is_object and not (schema.any_of or schema.one_of)


def is_listing(schema: Schema) -> bool:
    """Say whether a schema becomes an enum: it lists texts, or integers."""
    if schema.enum is None and schema.const is MISSING:
        return False
    has_values = bool(listed(schema) or numbers(schema))
    return has_values and "x-type" not in schema.extensions


def numbers(schema: Schema) -> tuple[int, ...]:
    """Return the integers that a schema lists, nothing when it lists other values too."""
    values = _values(schema)
    kinds = {kind for kind in schema.types if kind != "null"}
    if kinds == {"integer"}:
        # A few documents write them as texts, or as 1.0.
        found = [_integer(value) for value in values]
        whole = [value for value in found if value is not None]
        return tuple(whole) if len(whole) == len(values) else ()
    if kinds or not all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        return ()
    return tuple(cast("list[int]", values))


def _integer(value: object) -> int | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case Decimal() if (
            value.is_finite() and abs(value) < _LARGEST and value == value.to_integral_value()
        ):
            return int(value)
        case str() if re.fullmatch(r"-?[0-9]{1,18}", value):
            return int(value)
        case _:
            return None


def _values(schema: Schema) -> list[object]:
    if schema.enum is None:
        return [] if schema.const is MISSING or schema.const is None else [schema.const]
    return [value for value in schema.enum if value is not None]


def listed(schema: Schema) -> tuple[str, ...]:
    """Return the texts that a schema lists, nothing when it lists other values too.

    A text that is written without quotes is a number or boolean to YAML; the type tells.
    """
    if schema.enum is None and not isinstance(schema.const, str):
        return ()
    values = _values(schema)
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
    texts = listed(schema)
    origin = origin_of(schema.extensions)
    if texts and not schema.extensions:
        return ir.Enum(name, schema.description, _members_of(texts), origin, is_number=False)
    values: tuple[str | int, ...] = texts or numbers(schema)
    given_names = _beside(schema, _NAMES, values)
    meanings = _beside(schema, _MEANINGS, values)
    wanted = {
        value: _member(given_names.get(value), value) or _default_name(value, meanings.get(value))
        for value in values
    }
    names = unique(wanted)
    members = tuple(ir.Member(names[v], v, str(meanings.get(v, ""))) for v in dict.fromkeys(values))
    return ir.Enum(name, schema.description, members, origin, is_number=not texts)


@lru_cache(_REMEMBERED)
def _members_of(texts: tuple[str, ...]) -> tuple[ir.Member, ...]:
    """Return the members of an enum of texts of which nothing more is said.

    Documents list the same texts again and again.
    """
    names = unique({text: constant(text) for text in texts})
    return tuple(ir.Member(name, text, "") for text, name in names.items())


def _member(name: object, value: str | int) -> str:
    """Return the name that a document gives to a value; an enum of integers has its methods."""
    found = given(name)
    if isinstance(value, str) or not found:
        return found
    return found.upper() if found in _OF_ENUMS or hasattr(int, found) else found


def _default_name(value: str | int, meaning: object) -> str:
    """Return the name of a value that the document gives none."""
    if isinstance(value, str):
        return constant(value)
    # A short description of a number is its name; a text has one that is better known.
    short = meaning.rstrip(".") if isinstance(meaning, str) else ""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:[ _-][A-Za-z0-9]+){0,2}", short):
        return constant(short)
    return f"VALUE_NEGATIVE_{-value}" if value < 0 else f"VALUE_{value}"


def _beside(
    schema: Schema, keys: Iterable[str], values: Iterable[str | int]
) -> dict[str | int, object]:
    """Return what the first of some extensions says of each of some values."""
    for key in keys:
        found = schema.extensions.get(key)
        if isinstance(found, list):
            entries = cast("list[object]", found)
            if len(entries) == len(schema.enum or ()):
                # What is said of null is of none of the values.
                pairs = zip(entries, schema.enum or (), strict=True)
                entries = [entry for entry, value in pairs if value is not None]
            return dict(zip(values, entries, strict=False))
        if isinstance(found, dict):
            by_text = {str(value): value for value in values}
            named = cast("dict[object, object]", found).items()
            return {by_text[str(text)]: said for text, said in named if str(text) in by_text}
    return {}


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
    if not found or _OF_ORIGIN.isdisjoint(found):
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


def titled(schema: Schema, hint: str) -> str:
    """Return the title of a schema as the name of a class, when it reads like one.

    Some programs give every member its own name as a title, which says less than the hint.
    """
    if not schema.title:
        return ""
    words = schema.title.split()
    is_good = _TITLE.fullmatch(schema.title) is not None and len(words) <= _TITLE_WORDS
    name = pascal(schema.title) if is_good else ""
    return "" if hint.endswith(name) else name


def field_name(wire: str, schema: Schema) -> str:
    """Return the Python name of a property or parameter."""
    chosen = given(schema.extensions.get("x-python-name")) if schema.extensions else ""
    return chosen or snake(wire)
