"""The Python side of `x-type`: which format a scalar is decoded with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from brokerspec import ir
from brokerspec.naming import constant, first_free
from brokerspec.text import literal

DATE_TIMES: Final = {
    "dd-MM-yyyy HH:mm:ss": "DayFirstTime",
    "HH:mm:ss dd-MM-yyyy": "ClockFirstTime",
}
DATES: Final = {"yyyyMMdd": "CompactDate", "dd/MM/yyyy": "SlashedDate", "ddMMMyy": "ExpiryDate"}
CLOCK: Final = "HH:mm:ss"
EPOCH: Final = "epoch-seconds"


@dataclass(frozen=True, slots=True)
class Format:
    """An alias in models.py: type checkers see `python`, the decoder `made_by`."""

    alias: str
    python: str
    made_by: str


class Formats:
    """The formats of a package, each under an alias of its own."""

    def __init__(self, types: Iterable[ir.TypeRef], zone: str, classes: Iterable[str] = ()) -> None:
        self._zone = zone
        self._classes = frozenset(classes)
        self._by_call: dict[str, Format] = {}
        for type_ in types:
            self._add(type_)

    def of(self, type_: ir.TypeRef) -> Format | None:
        """Return the format that decodes a type, None when the plain Python type does."""
        made = _made(type_, self._zone)
        return None if made is None else self._by_call[made.made_by]

    @property
    def all(self) -> tuple[Format, ...]:
        """The formats in the order of their aliases."""
        return tuple(sorted(self._by_call.values(), key=lambda made: made.alias))

    def _add(self, type_: ir.TypeRef) -> None:
        made = _made(type_, self._zone)
        if made is None or made.made_by in self._by_call:
            return
        taken = {*self._classes, *(other.alias for other in self._by_call.values())}
        self._by_call[made.made_by] = replace(made, alias=first_free(made.alias, taken))


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
        true, false = type_.words
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
