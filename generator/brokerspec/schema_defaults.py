"""What a server assumes for a value that is left out, in words for those who call it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, cast

from brokerspec import ir
from brokerspec.text import is_clean

# A longer one is no help to a reader.
_LONGEST: Final = 80
_DIGITS: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def written(type_: ir.TypeRef, value: object, enums: Mapping[str, ir.Enum]) -> str | None:
    """Return a default as Python writes it, None when it is not of the type that it is for.

    It is empty where there is nothing to show: for null, secrets, files and long values.
    """
    if value is None:
        return ""
    made = _of(type_, value, enums)
    return "" if made is not None and len(made) > _LONGEST else made


def short(value: object) -> str:
    """Return a value for a message."""
    text = _any(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _of(type_: ir.TypeRef, value: object, enums: Mapping[str, ir.Enum]) -> str | None:
    match type_:
        case ir.Nullable(of=inner):
            return "None" if value is None else _of(inner, value, enums)
        case ir.OneOf(options=options):
            made = (_of(option, value, enums) for option in options)
            return next((one for one in made if one is not None), None)
        case ir.Named(name=name) if name in enums:
            return _listed(enums[name], value)
        case ir.Named():
            return _any(cast("object", value)) if isinstance(value, dict) else None
        case ir.ListOf(item=item):
            return _list(value, item, enums)
        case ir.TupleOf(items=items):
            return _list(value, items, enums)
        case ir.MapOf(value=item):
            return _map(value, item, enums)
        case ir.Scalar():
            return _scalar(type_, value)


def _listed(enum: ir.Enum, value: object) -> str | None:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    is_fit = isinstance(value, str | bool | int | Decimal)
    for member in enum.members:
        if is_fit and str(member.value) == text:
            return f"{enum.name}.{member.name}"
    return None


def _list(
    value: object, kinds: ir.TypeRef | tuple[ir.TypeRef, ...], enums: Mapping[str, ir.Enum]
) -> str | None:
    """Return a list of one type, or one whose positions have their own."""
    if not isinstance(value, list):
        return None
    given = cast("list[object]", value)
    items = kinds if isinstance(kinds, tuple) else (kinds,) * len(given)
    made = [_of(item, each, enums) for item, each in zip(items, given, strict=False)]
    known = [one for one in made if one is not None]
    return f"[{', '.join(known)}]" if len(known) == len(items) == len(given) else None


def _map(value: object, item: ir.TypeRef, enums: Mapping[str, ir.Enum]) -> str | None:
    if not isinstance(value, dict):
        return None
    members = cast("dict[str, object]", value)
    made = {name: _of(item, each, enums) for name, each in members.items()}
    if None in made.values():
        return None
    return "{" + ", ".join(f"{_text(name)}: {each}" for name, each in made.items()) + "}"


def _scalar(type_: ir.Scalar, value: object) -> str | None:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    match type_.python:
        case "Any":
            return _any(value)
        case "Secret" | "File" | "bytes":
            return ""
        case "bool":
            is_word = isinstance(value, str) and value in type_.words
            return _any(value) if isinstance(value, bool) or is_word else None
        case "int" | "Decimal":
            if type_.is_text or type_.format:
                is_text = isinstance(value, str) and _DIGITS.fullmatch(value) is not None
                return str(value) if is_text or is_number else None
            is_fit = is_number and (type_.python == "Decimal" or _is_whole(value))
            return _any(value) if is_fit else None
        case _:
            return _text(value) if isinstance(value, str) else None


def _is_whole(value: object) -> bool:
    # Not by `int`, which would write out 1e99999999.
    return isinstance(value, int) or (
        isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value()
    )


def _any(value: object) -> str:
    match value:
        case str():
            return _text(value)
        case dict():
            members = cast("dict[str, object]", value).items()
            return "{" + ", ".join(f"{_text(name)}: {_any(one)}" for name, one in members) + "}"
        case list():
            return f"[{', '.join(_any(one) for one in cast('list[object]', value))}]"
        case Decimal():
            return format(value, "f") if abs(value.adjusted()) < _LONGEST else str(value)
        case _:
            return str(value)


def _text(value: str) -> str:
    """Return a text in quotes; what does not show in it is written out."""
    return repr(value) if is_clean(value) else ascii(value)
