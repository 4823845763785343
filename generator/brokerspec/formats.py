"""The Python side of `x-type`: which format a scalar is decoded with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.naming import RESERVED_CLASSES, constant, first_free
from brokerspec.text import literal, plain

DATE_TIMES: Final = {
    "dd-MM-yyyy HH:mm:ss": "DayFirstTime",
    "HH:mm:ss dd-MM-yyyy": "ClockFirstTime",
}
DATES: Final = {"yyyyMMdd": "CompactDate", "dd/MM/yyyy": "SlashedDate", "ddMMMyy": "ExpiryDate"}
CLOCK: Final = "HH:mm:ss"
EPOCH: Final = "epoch-seconds"
_SHOWN: Final = 3


class Format(Struct, frozen=True):
    """An alias in models.py: type checkers see `python`, the decoder `made_by`."""

    alias: str
    python: str
    made_by: str
    is_of_classes: bool = False


class Formats:
    """The formats of a package, each under an alias of its own."""

    def __init__(
        self,
        types: Iterable[ir.TypeRef],
        zone: str,
        classes: Iterable[str] = (),
        enums: Iterable[str] = (),
        extended: Iterable[ir.Model] = (),
    ) -> None:
        self._zone = zone
        # Those of texts; the others are told from numbers by a rule of their own.
        self.enums = frozenset(enums)
        self._extended = {model.name: model for model in extended}
        self._taken = {*classes, *RESERVED_CLASSES}
        self._by_call: dict[str, Format] = {}
        for type_ in types:
            self._add(type_)

    def of(self, type_: ir.TypeRef) -> Format | None:
        """Return the format that decodes a type, None when the plain Python type does."""
        made = self._made(type_)
        return None if made is None else self._by_call[made.made_by]

    @property
    def all(self) -> tuple[Format, ...]:
        """The formats in the order of their aliases; unions after what stands in them."""
        made = self._by_call.values()
        plain = [each for each in made if not each.is_of_classes]
        plain.sort(key=lambda each: each.alias)
        return (*plain, *(each for each in made if each.is_of_classes))

    def decodes(self, type_: ir.TypeRef) -> str:
        """Return the type that a decoder is made for."""
        made = self.of(type_)
        if made is not None:
            return made.alias
        match type_:
            case ir.Scalar(python=name) | ir.Named(name=name):
                return name
            case ir.ListOf(item=item):
                return f"list[{self.decodes(item)}]"
            case ir.TupleOf(items=items):
                return f"tuple[{', '.join(self.decodes(item) for item in items)}]"
            case ir.MapOf(value=value):
                return f"dict[str, {self.decodes(value)}]"
            case ir.Nullable(of=inner):
                inside = self.decodes(inner)
                return f"{inside} | None"
            case ir.OneOf(options=options):
                return " | ".join(self.decodes(option) for option in options)

    def _add(self, type_: ir.TypeRef) -> None:
        if isinstance(type_, ir.OneOf):
            # What stands in a union comes before it.
            for option in type_.options:
                for part in parts(option):
                    self._add(part)
        made = self._made(type_)
        if made is None or made.made_by in self._by_call:
            return
        is_taken = made.is_of_classes and made.alias in self._taken
        alias = first_free(f"{made.alias}Choice" if is_taken else made.alias, self._taken)
        self._taken.add(alias)
        self._by_call[made.made_by] = replace(made, alias=alias)

    def _made(self, type_: ir.TypeRef) -> Format | None:
        if isinstance(type_, ir.Named) and type_.name in self._extended:
            return _extended(self._extended[type_.name])
        if not isinstance(type_, ir.OneOf):
            return _made(type_, self._zone)
        if _is_native(type_, self):
            return None
        written = [self.decodes(option) for option in type_.options]
        texts = (f"{literal(text)}: {self.decodes(option)}" for text, option in type_.mapping)
        rest = f", tag={literal(type_.tag)}, mapping={{{', '.join(texts)}}}" if type_.tag else ""
        python = annotation(type_)
        call = f"wire.union({', '.join(written)}{rest})"
        return Format(called(type_), python, call, is_of_classes=True)


def parts(type_: ir.TypeRef) -> Iterable[ir.TypeRef]:
    """Return a type and every type inside it."""
    yield type_
    match type_:
        case ir.ListOf(item=inner) | ir.MapOf(value=inner) | ir.Nullable(of=inner):
            yield from parts(inner)
        case ir.TupleOf(items=several) | ir.OneOf(options=several):
            for inner in several:
                yield from parts(inner)
        case _:
            return


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
        case ir.OneOf() | ir.Nullable():
            return union(type_, annotation)


def union(type_: ir.TypeRef, written: Callable[[ir.TypeRef], str]) -> str:
    """Return the annotation of a union; `written` gives that of a type with parts in it."""
    found = list(dict.fromkeys(_members(type_, written)))
    found.sort(key="None".__eq__)
    return " | ".join(found)


def _members(type_: ir.TypeRef, written: Callable[[ir.TypeRef], str]) -> Iterable[str]:
    """Yield the parts of a union, where unions and types that may be null are part of it too."""
    match type_:
        case ir.OneOf(options=options):
            for option in options:
                yield from _members(option, written)
        case ir.Nullable(of=inner):
            yield from _members(inner, written)
            yield "None"
        case ir.Scalar(python=name, empty=empty) | ir.Named(name=name, empty=empty):
            yield name
            if empty:
                yield "None"
        case _:
            yield written(type_)


def called(type_: ir.OneOf) -> str:
    """Return what a union is called: by its schema, or by what is in it."""
    if type_.name and not all(isinstance(option, ir.Scalar) for option in type_.options):
        return type_.name
    names = [_called(option) for option in type_.options]
    return "Or".join(names[:_SHOWN]) + ("OrOther" if len(names) > _SHOWN else "")


def _called(type_: ir.TypeRef) -> str:
    match type_:
        case ir.Named(name=name) | ir.Scalar(python=name):
            return name[:1].upper() + name[1:]
        case ir.ListOf() | ir.TupleOf():
            return "List"
        case ir.MapOf():
            return "Map"
        case _:
            return "Value"


def _is_native(union: ir.OneOf, formats: Formats) -> bool:
    """Say whether the decoder of the library tells the options apart by itself.

    It has one option for each kind of JSON value. Beside a text there may be no number:
    it would read "007" as 7.
    """
    kinds = [_json_kind(option, formats) for option in union.options]
    is_mixed = "text" in kinds and not {"whole", "number", "boolean"}.isdisjoint(kinds)
    return "other" not in kinds and len(set(kinds)) == len(kinds) and not is_mixed


def _json_kind(type_: ir.TypeRef, formats: Formats) -> str:
    if not isinstance(type_, ir.OneOf) and formats.of(type_) is not None:
        return "other"
    match type_:
        case ir.Scalar(python="int"):
            return "whole"
        case ir.Scalar(python="Decimal"):
            return "number"
        case ir.Scalar(python="bool"):
            return "boolean"
        case ir.Scalar(python="str" | "bytes" | "datetime" | "date" | "time"):
            return "text"
        case ir.Named(name=name):
            return "text" if name in formats.enums else "other" if type_.is_number else "object"
        case ir.MapOf():
            return "object"
        case ir.ListOf() | ir.TupleOf():
            return "array"
        case _:
            return "other"


def _made(type_: ir.TypeRef, zone: str) -> Format | None:
    if isinstance(type_, ir.Named):
        return _named(type_) if type_.empty else None
    if not isinstance(type_, ir.Scalar) or type_.python == "Secret":
        return None
    maker = _maker(type_, zone)
    if maker is None:
        return None
    name, call = maker
    python = f"{type_.python} | None" if type_.empty else type_.python
    return Format(f"Maybe{name}" if type_.empty else name, python, call)


def _extended(model: ir.Model) -> Format:
    """Return the format of a class for which an answer is made ready."""
    unseen = f", unseen={_tuple(model.unseen)}" if model.unseen else ""
    call = f"wire.extended({model.name}{unseen})"
    return Format(f"Extended{model.name}", model.name, call, is_of_classes=True)


def _named(type_: ir.Named) -> Format:
    call = f"wire.listed({type_.name}, empty={_tuple(type_.empty)})"
    return Format(f"Maybe{type_.name}", f"{type_.name} | None", call)


def _maker(type_: ir.Scalar, zone: str) -> tuple[str, str] | None:
    """Return the name of a format and the call that makes it."""
    empty = f"empty={_tuple(type_.empty)}" if type_.empty else ""
    hung = ", ".join(part for part in (f"zone={literal(zone)}", empty) if part)
    pattern = type_.format
    if pattern in DATE_TIMES:
        return DATE_TIMES[pattern], f"wire.moment({literal(pattern)}, {hung})"
    if pattern in DATES:
        rest = f", {empty}" if empty else ""
        return DATES[pattern], f"wire.day({literal(pattern)}{rest})"
    if pattern == CLOCK:
        return "TimeOfDay", f"wire.clock({hung})"
    if pattern == EPOCH:
        return "EpochTime", f"wire.epoch({hung})"
    if pattern == "boolean":
        true, false = map(plain, type_.words)
        rest = f", {empty}" if empty else ""
        name = f"{constant(true).capitalize()}Or{constant(false).capitalize()}"
        return name, f"wire.flag({literal(true)}, {literal(false)}{rest})"
    if type_.empty and type_.python == "Decimal":
        return "Decimal", f"wire.decimal({empty})"
    if type_.empty and type_.python == "int":
        return "Integer", f"wire.whole({empty})"
    return None


def _tuple(values: tuple[ir.JSON, ...]) -> str:
    return "(" + "".join(f"{literal(value)}, " for value in values).rstrip() + ")"
