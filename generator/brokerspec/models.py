"""Models and enums to source: classes as the IR describes them, their types by `shapes`.

The library that writes types is given schemas in which nothing has a name of its own. So it
has no reason to rename anything, and no text of a vendor reaches it. Names, defaults and
docstrings are written here, by the encoders of `text`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from brokerspec import ir
from brokerspec.formats import Formats
from brokerspec.formats import parts as parts
from brokerspec.shapes import types_of
from brokerspec.stand_ins import OTHERS, held_as
from brokerspec.text import docstring, literal, plain, sentence

_REFERENCE: Final = re.compile(r"\bR(\d+)\b")
_UNSAID: Final = "The document does not say what it is."
_OTHERS: Final = f"field(name={literal(OTHERS)}, default_factory=dict)"
NOTHING: Final[Mapping[str, str]] = {}
_EMPTY: Final[Mapping[str, Any]] = {"type": "null"}


def write_classes(
    api: ir.Api, formats: Formats, known: Mapping[str, str] = NOTHING
) -> dict[str, str]:
    """Return the source of every class by its name, in the order of the names.

    Of those that are `known` none is written.
    """
    shaped = {
        model.name: [shape_of(field.type, formats) for field in model.members]
        for model in api.models
        if model.name not in known
    }
    types = types_of(sorted({shape for shapes in shaped.values() for shape, _ in shapes}))
    unsorted: tuple[ir.Model | ir.Enum, ...] = (*api.models, *api.enums)
    return {
        made.name: known[made.name]
        if made.name in known
        else _enum(made)
        if isinstance(made, ir.Enum)
        else _model(made, [_named(types[shape], names) for shape, names in shaped[made.name]])
        for made in sorted(unsorted, key=lambda made: made.name)
    }


def formats_of(api: ir.Api) -> Formats:
    """Return the formats that the models and answers of an API use."""
    fields = [field.type for model in api.models for field in model.members]
    answers = [kind for operation in api.operations for kind in operation.received]
    classes = [model.name for model in api.models] + [enum.name for enum in api.enums]
    used = (part for type_ in fields + answers for part in parts(type_))
    enums = [enum.name for enum in api.enums if not enum.is_number]
    extended = [model for model in api.models if model.is_extended]
    return Formats(used, api.zone, classes, enums, extended)


def shape_of(type_: ir.TypeRef, formats: Formats) -> tuple[str, list[str]]:
    """Return the shape of a type, and the names that its numbers stand for."""
    names: dict[str, str] = {}
    schema = _schema(type_, formats, names)
    return json.dumps(schema, sort_keys=True, separators=(",", ":")), list(names)


def _named(text: str, names: Sequence[str]) -> str:
    return _REFERENCE.sub(lambda match: names[int(match[1])], text)


def _model(model: ir.Model, types: Sequence[str]) -> str:
    lines = [f"class {model.name}(Struct, frozen=True, kw_only=True):"]
    lines += [f"    {docstring(model.description or _UNSAID, indent=4)}", ""]
    # What must be given stands first; apart from that, the order is the document's.
    named = zip(model.fields, types, strict=model.others is None)
    pairs = sorted(named, key=lambda pair: not pair[0].is_required)
    for field, type_ in pairs:
        may_lack = not field.is_required and not type_.endswith("| None")
        text = f"{type_} | None" if may_lack else type_
        lines += [f"    {field.name}: {text}{_default(field)}", *_documented(describe(field))]
    if model.others is not None:
        lines += [f"    {model.others.name}: {types[-1]} = {_OTHERS}"]
        lines += _documented(model.others.description)
    return "\n".join(lines) + "\n"


def _enum(enum: ir.Enum) -> str:
    lines = [f"class {enum.name}({'OpenIntEnum' if enum.is_number else 'OpenEnum'}):"]
    lines += [f"    {docstring(enum.description or _UNSAID, indent=4)}", ""]
    for member in enum.members:
        lines += [f"    {member.name} = {literal(member.value)}", *_documented(member.description)]
    return "\n".join(lines) + "\n"


def _documented(text: str) -> list[str]:
    return [f"    {docstring(text, indent=4)}"] if text else []


def _reference(name: str, names: dict[str, str]) -> dict[str, Any]:
    """Return what stands for a name in a shape: its number, in the order of first use."""
    return {"customTypePath": f"shapes.{names.setdefault(name, f'R{len(names)}')}"}


def _schema(type_: ir.TypeRef, formats: Formats, names: dict[str, str]) -> dict[str, Any]:
    made = formats.of(type_)
    if made is not None:
        return _reference(made.alias, names)
    match type_:
        case ir.Scalar():
            return dict(_SCALARS[type_.python])
        case ir.Named(name=name):
            return _reference(name, names)
        case ir.ListOf(item=item):
            return {"type": "array", "items": _schema(item, formats, names)}
        case ir.TupleOf(items=items):
            count = len(items)
            prefix = [_schema(item, formats, names) for item in items]
            bounds = {"minItems": count, "maxItems": count}
            return {"type": "array", "prefixItems": prefix, "items": False, **bounds}
        case ir.MapOf(value=value):
            return {"type": "object", "additionalProperties": _schema(value, formats, names)}
        case ir.OneOf(options=options):
            return {"anyOf": [_schema(option, formats, names) for option in options]}
        case ir.Nullable(of=inner):
            return {"anyOf": [_schema(inner, formats, names), _EMPTY]}


_SCALARS: Final[Mapping[str, Mapping[str, Any]]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "Any": {},
    "bytes": {"customTypePath": "builtins.bytes"},
    "Decimal": {"customTypePath": "decimal.Decimal"},
    "datetime": {"customTypePath": "datetime.datetime"},
    "date": {"customTypePath": "datetime.date"},
    "time": {"customTypePath": "datetime.time"},
    "Secret": {"customTypePath": "brokerspec_runtime.Secret"},
}


def _default(field: ir.Field) -> str:
    if field.wire == field.name:
        return "" if field.is_required else " = None"
    rest = "" if field.is_required else ", default=None"
    return f" = field(name={literal(held_as(field.wire))}{rest})"


def describe(field: ir.Field) -> str:
    """Return what a field's docstring says: its meaning, its default and its wire name."""
    if field.wire == field.name and not field.default:
        return field.description
    text = plain(field.description)
    if field.default:
        text = f"{sentence(text)} Default: {plain(field.default)}."
    if field.wire != field.name:
        text = f"{text} Wire name: `{plain(field.wire)}`."
    return text.strip()
