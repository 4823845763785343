"""Unions that nothing but their members tells apart, and the rule that does."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Union, cast, get_args, get_origin

import msgspec

from .enums import is_numbers
from .extended import Extended
from .extended import fields_of as _fields
from .formats import Format, decode_hook, exact_int
from .secret import Secret

# How much is forgiven: nothing; unlisted enum values; optional members.
_EXACT: Final = 0
_OPEN: Final = 1
_LOOSE: Final = 2
_TIMES: Final = (datetime, date, time)
# Many documents write amounts as texts. One is a number, but any text would be one more surely.
_WRITTEN: Final = -(2.0**-20)


class Choice(Format):
    """A type that stands for "one of these" while an answer is decoded."""

    options: tuple[Any, ...]
    tag: str
    mapping: Mapping[str, Any]

    def choose(self, raw: object) -> Any:
        """Return the option that a value is read as, None when it is none of them."""
        named = self._named(raw)
        return choose(self.options, raw) if named is None else named

    def _named(self, raw: object) -> Any:
        if not self.tag or not isinstance(raw, dict):
            return None
        text = cast("dict[str, object]", raw).get(self.tag)
        return self.mapping.get(text) if isinstance(text, str) else None

    @classmethod
    def of(cls, options: tuple[Any, ...], tag: str, mapping: Mapping[str, Any]) -> Choice:
        """Return the type of one of several options."""
        made = cls(" or ".join(_name(option) for option in options), (), {})

        def parse(raw: object) -> object:
            option = made.choose(raw)
            if option is None:
                raise ValueError(f"expected {made.expected}")
            return msgspec.convert(raw, option, strict=False, dec_hook=decode_hook)

        made.python, made.read, made.expected, made.empty = object, parse, made.__name__, ()
        made.options, made.tag, made.mapping = options, tag, mapping
        return made


def union(*options: Any, tag: str = "", mapping: Mapping[str, Any] | None = None) -> Choice:
    """Return the type of a value of one of several types.

    The member `tag` decides first, when `mapping` knows its text. Otherwise each option is
    tried: it fits when all its required members are there, every member that is there has
    the right type, and listed values are equal. Of those that fit, the one with most of its
    declared members there wins, then the one with fewer numbers that are written as texts,
    then the first. When none fits, values that no list has are let pass; then optional members
    of the wrong type.
    """
    return Choice.of(options, tag, mapping or {})


def choose(options: Iterable[Any], raw: object) -> Any:
    """Return the type of several that a value fits best, None when it fits none."""
    candidates = [option for option in options if _may_be(raw, option)]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    for level in (_EXACT, _OPEN, _LOOSE):
        best, most = None, float("-inf")
        for option in candidates:
            count = _fit(raw, option, level)
            if count is not None and count > most:
                best, most = option, count
        if best is not None:
            return best
    return None


def _may_be(raw: object, kind: Any) -> bool:
    """Say whether a type is written as this kind of JSON value."""
    if isinstance(kind, Extended):
        return isinstance(raw, dict)
    if kind is Any or isinstance(kind, Format):
        return True
    origin = get_origin(kind)
    if isinstance(raw, dict):
        return origin is dict or kind is dict or _is_a(kind, msgspec.Struct)
    if isinstance(raw, list):
        return origin in (list, tuple) or kind in (list, tuple)
    if isinstance(raw, bool):
        return kind is bool
    if isinstance(raw, int | Decimal):
        return kind in (int, Decimal) or is_numbers(kind)
    if raw is None:
        return kind is type(None)
    return origin is None and not _is_a(kind, (msgspec.Struct, list, dict, tuple))


def _fit(raw: object, kind: Any, level: int) -> float | None:
    """Return how many declared members are there, at any depth; None when a value does not fit."""
    if get_origin(kind) in (Union, types.UnionType):
        if raw is None:
            return 0 if type(None) in get_args(kind) else None
        inner = [_fit(raw, each, level) for each in get_args(kind) if each is not type(None)]
        return max((count for count in inner if count is not None), default=None)
    if not _may_be(raw, kind):
        return None
    if isinstance(raw, dict):
        return _fit_object(cast("dict[str, object]", raw), kind, level)
    if isinstance(raw, list):
        return _fit_array(cast("list[object]", raw), kind, level)
    return _fit_scalar(raw, kind, level)


def _fit_object(raw: dict[str, object], kind: Any, level: int) -> float | None:
    if isinstance(kind, Choice):
        chosen = kind.choose(raw)
        return None if chosen is None else _fit(raw, chosen, level)
    if isinstance(kind, Extended):
        own, others = kind.parts(raw)
        known = _fit_object(own, kind.model, level)
        counts = [_fit(value, kind.value, level) for value in others.values()]
        # They are optional, and none of them is declared.
        found = (0 if one is None and level == _LOOSE else one for one in counts)
        return None if known is None else _sum(found, start=known)
    if not _is_a(kind, msgspec.Struct):
        values = get_args(kind)[1:] or (Any,)
        return _sum((_fit(value, values[0], level) for value in raw.values()), start=0)
    count = 0.0
    for item in _fields(kind):
        if item.encode_name not in raw:
            if item.required:
                return None
            continue
        inner = _fit(raw[item.encode_name], item.type, level)
        if inner is not None:
            count += 1 + inner
        elif item.required or level < _LOOSE:
            return None
    return count


def _fit_array(raw: list[object], kind: Any, level: int) -> float | None:
    if isinstance(kind, Choice):
        chosen = kind.choose(raw)
        return None if chosen is None else _fit(raw, chosen, level)
    kinds = get_args(kind)
    if get_origin(kind) is not tuple:
        return _sum((_fit(item, kinds[0] if kinds else Any, level) for item in raw), start=0)
    if len(kinds) != len(raw):
        return None
    return _sum((_fit(item, of, level) for item, of in zip(raw, kinds, strict=True)), start=0)


def _sum(counts: Iterable[float | None], start: float) -> float | None:
    for count in counts:
        if count is None:
            return None
        start += count
    return start


def _fit_scalar(raw: object, kind: Any, level: int) -> float | None:
    if kind is Any:
        return 0
    if isinstance(kind, Choice):
        chosen = kind.choose(raw)
        return None if chosen is None else _fit(raw, chosen, level)
    try:
        if isinstance(kind, Format):
            kind.read(raw)
            return 1
        if kind is int:
            exact_int(raw)
            return _WRITTEN if isinstance(raw, str) else 0
        if kind is Decimal and isinstance(raw, str) and "_" in raw:
            return None
        if kind is Secret or kind is bool:
            return 0 if isinstance(raw, bool if kind is bool else str) else None
        if is_numbers(kind) and (level or not isinstance(raw, str)):
            raw = exact_int(raw)
        value = msgspec.convert(raw, kind, strict=True)
    except (msgspec.ValidationError, ArithmeticError, ValueError):
        return None
    if isinstance(value, Decimal):
        return None if not value.is_finite() else _WRITTEN if isinstance(raw, str) else 0
    if isinstance(value, Enum):
        is_known = getattr(value, "is_known", True)
        return 1 if is_known else 0 if level else None
    return 1 if isinstance(value, _TIMES) else 0


def _is_a(kind: Any, classes: Any) -> bool:
    return isinstance(kind, type) and get_origin(kind) is None and issubclass(kind, classes)


def _name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)
