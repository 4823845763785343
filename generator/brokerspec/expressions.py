"""Types of the IR as Python text: annotations, and how a value is put on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeGuard

from brokerspec import ir
from brokerspec.formats import CLOCK, DATE_TIMES, DATES, EPOCH, Formats
from brokerspec.naming import snake
from brokerspec.text import literal


def annotation(type_: ir.TypeRef) -> str:
    """Return the annotation of a value that a method returns."""
    match type_:
        case ir.Scalar(python=python, empty=empty):
            return f"{python} | None" if empty else python
        case ir.Named(name=name, empty=empty):
            return f"{name} | None" if empty else name
        case ir.ListOf(item=item):
            return f"list[{annotation(item)}]"
        case ir.TupleOf(items=items):
            return f"tuple[{', '.join(annotation(item) for item in items)}]"
        case ir.MapOf(value=value):
            return f"dict[str, {annotation(value)}]"
        case ir.OneOf(options=options):
            return " | ".join(dict.fromkeys(annotation(option) for option in options))
        case ir.Nullable(of=inner):
            inside = annotation(inner)
            return inside if inside.endswith("| None") else f"{inside} | None"


def accepts(type_: ir.TypeRef) -> str:
    """Return the annotation of an argument."""
    match type_:
        case ir.Scalar(python="Secret"):
            return "str | Secret"
        case ir.Scalar(python="File"):
            return "wire.FileContent"
        case ir.ListOf(item=item):
            return f"Sequence[{accepts(item)}]"
        case ir.MapOf(value=value):
            return f"Mapping[str, {accepts(value)}]"
        case ir.Nullable(of=inner):
            return f"{accepts(inner)} | None"
        case ir.Scalar(python=python):
            return python
        case ir.Named(name=name):
            return name
        case _:
            return annotation(type_)


def decodes(type_: ir.TypeRef, formats: Formats) -> str:
    """Return the type that a decoder is made for."""
    made = formats.of(type_)
    if made is not None:
        return made.alias
    match type_:
        case ir.ListOf(item=item):
            return f"list[{decodes(item, formats)}]"
        case ir.TupleOf(items=items):
            return f"tuple[{', '.join(decodes(item, formats) for item in items)}]"
        case ir.MapOf(value=value):
            return f"dict[str, {decodes(value, formats)}]"
        case ir.Nullable(of=inner):
            return f"{decodes(inner, formats)} | None"
        case ir.OneOf(options=options):
            return " | ".join(decodes(option, formats) for option in options)
        case _:
            return annotation(type_)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an expression depends on beside the type: the zone, and which names are models.

    `own_id` is the argument that identifies an order to its sender: it always has a value.
    """

    zone: str
    models: AbstractSet[str]
    own_id: str = ""


def encodes(
    type_: ir.TypeRef, value: str, around: Surroundings, *, may_be_none: bool = False
) -> str:
    """Return the expression that puts `value` on the wire."""
    match type_:
        case ir.Nullable(of=inner):
            return encodes(inner, value, around, may_be_none=True)
        case ir.Scalar(format="date-time" | "date" | "time"):
            made = f"{value}.isoformat()"
        case ir.Scalar():
            return _scalar(type_, value, around.zone)
        case ir.OneOf(options=options):
            models = [option.name for option in options if _is_model(option, around)]
            return _either(models, value)
        case ir.Named(name=name) if name not in around.models:
            return f"wire.choice({name}, {value})"
        case ir.Named(name=name):
            made = f"{encoder(name)}({value})"
        case ir.ListOf(item=item):
            each = encodes(item, "item", around)
            made = value if each == "item" else f"[{each} for item in {value}]"
        case ir.MapOf(value=inner):
            each = encodes(inner, "item", around)
            made = value if each == "item" else f"{{key: {each} for key, item in {value}.items()}}"
        case _:
            return value
    return f"None if {value} is None else {made}" if may_be_none and made != value else made


def _is_model(type_: ir.TypeRef, around: Surroundings) -> TypeGuard[ir.Named]:
    return isinstance(type_, ir.Named) and type_.name in around.models


def _either(models: Iterable[str], value: str) -> str:
    """Return the expression for a value that may be one of some models, or plain."""
    made = value
    for name in models:
        made = f"{encoder(name)}({value}) if isinstance({value}, {name}) else {made}"
    return made


def _scalar(type_: ir.Scalar, value: str, zone: str) -> str:
    format_ = type_.format
    if type_.python == "Secret":
        return f"wire.secret({value})"
    if type_.python == "File":
        return f"wire.file({value}, {literal(format_)})" if format_ else f"wire.file({value})"
    if format_ == "boolean":
        true, false = type_.words
        return f"wire.word({value}, {literal(true)}, {literal(false)})"
    if format_ == EPOCH:
        return f"wire.seconds({value})"
    if format_ in DATE_TIMES:
        return f"wire.stamp({value}, {literal(format_)}, zone={literal(zone)})"
    if format_ in DATES or format_ == CLOCK:
        return f"wire.stamp({value}, {literal(format_)})"
    if type_.python in ("Decimal", "int") and type_.is_text:
        return f"wire.text({value})"
    if type_.python == "Decimal":
        return f"wire.number({value})"
    if type_.python == "int":
        return f"wire.integer({value})"
    return value


def encoder(model: str) -> str:
    """Return the name of the function that puts a model on the wire."""
    return f"encode_{snake(model)}"
