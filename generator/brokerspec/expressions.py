"""Types of the IR as Python text: annotations, and how a value is put on the wire."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from msgspec import Struct

from brokerspec import ir
from brokerspec.formats import CLOCK, DATE_TIMES, DATES, EPOCH, Formats, union
from brokerspec.formats import annotation as annotation
from brokerspec.naming import snake
from brokerspec.text import literal


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
            return f"{name} | int" if type_.is_number else name
        case ir.OneOf():
            # To a type checker a list of one class is no list of several; a sequence of it is.
            return union(
                type_, lambda one: (accepts if isinstance(one, ir.ListOf) else annotation)(one)
            )
        case _:
            return annotation(type_)


def decodes(type_: ir.TypeRef, formats: Formats) -> str:
    """Return the type that a decoder is made for."""
    return formats.decodes(type_)


class Surroundings(Struct, frozen=True):
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
        case ir.Scalar(python="Any"):
            made = f"wire.untyped({value})"
        case ir.Scalar():
            return _scalar(type_, value, around.zone)
        case ir.OneOf():
            return _either(type_, value, around)
        case ir.Named(name=name) if name not in around.models:
            return f"wire.choice({name}, {value})"
        case ir.Named(name=name):
            made = f"{encoder(name)}({value})"
        case ir.ListOf(item=item):
            each = _part(item, "item", around)
            made = value if each == "item" else f"[{each} for item in {value}]"
        case ir.TupleOf(items=items):
            several = (_part(item, f"{value}[{at}]", around) for at, item in enumerate(items))
            made = f"[{', '.join(several)}]"
        case ir.MapOf(value=inner):
            each = _part(inner, "item", around)
            made = value if each == "item" else f"{{key: {each} for key, item in {value}.items()}}"
        case _:
            return value
    return f"None if {value} is None else {made}" if may_be_none and made != value else made


def _part(type_: ir.TypeRef, value: str, around: Surroundings) -> str:
    """Return the expression for a part of a value; one that is None is sent as null."""
    if not isinstance(type_, ir.Nullable):
        return encodes(type_, value, around)
    return f"wire.NULL if {value} is None else {encodes(type_.of, value, around)}"


def _either(type_: ir.OneOf, value: str, around: Surroundings) -> str:
    """Return the expression for a value of one of several types; a plain one goes as it is."""
    made = value
    for test, kind in reversed(_cases(type_)):
        one = encodes(kind, value, around)
        # A bool is an int to Python.
        if one != value or (test == "bool" and made != value):
            made = f"{one} if isinstance({value}, {test}) else {made}"
    return made


def _cases(type_: ir.OneOf) -> list[tuple[str, ir.TypeRef]]:
    """Return the classes that a value may be of, each with its type, narrower ones first."""
    items: list[ir.TypeRef] = []
    values: list[ir.TypeRef] = []
    found: dict[str, ir.TypeRef] = {}
    for option in type_.options:
        match option:
            case ir.Named(name=name):
                if option.is_number:
                    found.setdefault("int", option)
                else:
                    found[name] = option
            case ir.Scalar(python=python) if python not in ("str", "Any"):
                found[python] = option
            case ir.ListOf(item=item):
                items.append(item)
            case ir.MapOf(value=value):
                values.append(value)
            case ir.TupleOf():
                found["tuple"] = option
            case _:
                pass
    if "Decimal" in found and isinstance(found.get("int"), ir.Named):
        # Any number will do, so none is held to the list.
        del found["int"]
    if items:
        test = "list" if "tuple" in found else "list | tuple"
        found[test] = ir.ListOf(items[0] if len(items) == 1 else ir.OneOf(tuple(items)))
    if values:
        found["dict"] = ir.MapOf(values[0] if len(values) == 1 else ir.OneOf(tuple(values)))
    order = ("bool", "datetime")
    return sorted(found.items(), key=lambda case: case[0] not in order)


def _scalar(type_: ir.Scalar, value: str, zone: str) -> str:
    format_ = type_.format
    if type_.python == "Secret":
        return f"wire.secret({value})"
    if type_.python == "bytes":
        return f"wire.base64({value})"
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
    # An `x-type` says that a number is money; any other number may have any size.
    is_money = bool(format_)
    if type_.python in ("Decimal", "int") and type_.is_text:
        return f"wire.text({value})" if is_money else f"wire.digits({value})"
    if type_.python == "Decimal":
        return f"wire.number({value})" if is_money else f"wire.finite({value})"
    if type_.python == "int":
        return f"wire.integer({value})"
    return value


def encoder(model: str) -> str:
    """Return the name of the function that puts a model on the wire."""
    return f"encode_{snake(model)}"
