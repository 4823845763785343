"""Bytes to typed values, on two paths.

The fast path is msgspec into the typed model. When it refuses, or when `trust` doubts what
it made, the tolerant path walks the same bytes field by field and reports every
deviation: an optional field that does not fit becomes None, a required one raises
`UnexpectedResponse`, which carries the rows that did decode. Nothing is dropped in silence.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Literal, TypeAlias, Union, cast, get_args, get_origin

import msgspec

from . import wire
from .enums import OpenEnum, OpenIntEnum, is_numbers
from .errors import Deviation, UnexpectedResponse
from .extended import OTHERS, may_hold, spread, wire_name
from .extended import fields_of as _fields

OnDeviation: TypeAlias = Literal["ignore", "warn", "raise"] | Callable[[Deviation], object]


class _Unfit(Exception):
    """A value that does not fit; `has_rows` when leaving it out would lose rows of a list."""

    def __init__(self, *, has_rows: bool = False) -> None:
        super().__init__()
        self.has_rows = has_rows


@lru_cache(maxsize=1024)
def _decoder(answer: Any) -> msgspec.json.Decoder[Any]:
    # Untyped fractions are Decimals too: no amount goes through float.
    return msgspec.json.Decoder(answer, strict=False, dec_hook=wire.decode_hook, float_hook=Decimal)


def decode(body: bytes, answer: Any) -> tuple[Any, tuple[Deviation, ...]]:
    """Return the typed value of `body` and where it deviates from `answer`.

    Raises UnexpectedResponse when the body is not JSON, has a key twice in one object or
    lacks what it must have. Where anything may come, so may nothing.
    """
    try:
        value = _decoder(answer).decode(body)
    except (msgspec.MsgspecError, RecursionError, ArithmeticError, ValueError):
        return (None, ()) if answer is Any and not body else decode_tolerantly(body, answer)
    return (value, ()) if _trust()(body, answer) else decode_tolerantly(body, answer)


@cache
def _trust() -> Callable[[bytes, Any], bool]:
    # Its expressions are compiled with the first answer, not when a package is imported.
    from .trust import is_plain

    return is_plain


def decode_tolerantly(body: bytes, answer: Any) -> tuple[Any, tuple[Deviation, ...]]:
    """Do what `decode` does, field by field."""
    raw = parse(body)
    walk = _Walk()
    try:
        value = walk.value(raw, answer, "$")
    except _Unfit:
        value = None
    if walk.fatal:
        first = walk.fatal[0]
        raise UnexpectedResponse(
            f"the answer does not fit its documentation: {first}",
            deviations=walk.deviations,
            rows=walk.rows,
        )
    return value, tuple(walk.deviations)


def parse(body: bytes) -> object:
    """Return a body as plain data; raise UnexpectedResponse when it is not sound JSON."""
    try:
        return wire.loads(body)
    except ValueError as error:
        raise UnexpectedResponse(str(error)) from None


def survey(body: bytes, answer: Any) -> tuple[Deviation, ...]:
    """Return every deviation of a body that decodes, undocumented members and values too."""
    walk = _Walk(thorough=True)
    try:
        walk.value(wire.loads(body), answer, "$")
    except (_Unfit, ValueError):
        return tuple(walk.deviations)
    return tuple(walk.deviations)


def fit(raw: object, kind: Any, path: str) -> tuple[Any, tuple[Deviation, ...]]:
    """Return plain data as a type, None where it does not fit, and every deviation of it."""
    walk = _Walk()
    try:
        value = walk.value(raw, kind, path)
    except _Unfit:
        value = None
    return value, tuple(walk.deviations)


def to_builtins(value: object) -> Any:
    """Return a decoded value as plain dicts and lists under its wire names.

    Decimals and times stay what they are; a Secret stays hidden.
    """
    kept = (Decimal, *_TIMES)
    made = msgspec.to_builtins(value, builtin_types=kept, enc_hook=str)
    return spread(value, made) if may_hold(value) else made


_TIMES = (datetime, date, time)
_ENUMS = (OpenEnum, OpenIntEnum)


class _Walk:
    """One pass over plain JSON data beside the type it should have."""

    def __init__(self, *, thorough: bool = False) -> None:
        self.thorough = thorough
        self.deviations: list[Deviation] = []
        self.fatal: list[Deviation] = []
        self.rows: list[object] = []

    def value(self, raw: object, kind: Any, path: str) -> Any:
        """Return `raw` as `kind`, or report and raise _Unfit."""
        bare, nullable = _split(kind)
        if raw is None and nullable:
            return None
        origin = get_origin(bare)
        if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
            return self.struct(raw, bare, path)
        if isinstance(bare, wire.Extended):
            return self.extended(raw, bare, path)
        if origin is list:
            return self.array(raw, get_args(bare)[0], path)
        if origin is dict:
            return self.mapping(raw, get_args(bare)[1], path)
        if origin is tuple:
            return self.tuple(raw, bare, path)
        if isinstance(bare, wire.Choice) or origin in (Union, types.UnionType):
            return self.union(raw, bare, path)
        return self.leaf(raw, bare, path)

    def extended(self, raw: object, kind: wire.Extended, path: str) -> msgspec.Struct:
        """Return an object as a model for which it is made ready."""
        if not isinstance(raw, dict):
            raise self.unfit(raw, kind, path)
        own, others = kind.parts(cast("dict[str, object]", raw))
        found: dict[str, Any] = {}
        for name, item in others.items():
            self.optional(item, kind.value, f"{path}.{name}", name, found)
        return self.struct(own, kind.model, path, found)

    def struct(
        self,
        raw: object,
        kind: type[msgspec.Struct],
        path: str,
        others: dict[str, Any] | None = None,
    ) -> msgspec.Struct:
        """Return an object as a model, without the optional members that do not fit."""
        if not isinstance(raw, dict):
            raise self.unfit(raw, kind, path)
        members = cast("dict[str, object]", raw)
        found: dict[str, Any] = {}
        known: set[str] = set()
        for item in _fields(kind):
            known.add(item.encode_name)
            place = f"{path}.{wire_name(item.encode_name)}"
            if item.encode_name == OTHERS and others is not None:
                found[item.name] = others
            elif item.encode_name in members:
                self.member(members[item.encode_name], item, place, found)
            elif item.required:
                raise self.unfit(msgspec.UNSET, item.type, place)
        if self.thorough:
            for name in members.keys() - known:
                self.note(members[name], "no such member", f"{path}.{name}")
        return kind(**found)

    def member(
        self, raw: object, item: msgspec.structs.FieldInfo, path: str, found: dict[str, Any]
    ) -> None:
        """Put one member into `found`, or leave an optional one out."""
        if item.required:
            found[item.name] = self.value(raw, item.type, path)
        else:
            self.optional(raw, item.type, path, item.name, found)

    def optional(self, raw: object, kind: Any, path: str, name: str, found: dict[str, Any]) -> None:
        """Put a member into `found` if it fits."""
        before = len(self.fatal)
        try:
            found[name] = self.value(raw, kind, path)
        except _Unfit as unfit:
            if unfit.has_rows:
                raise
            del self.fatal[before:]

    def array(self, raw: object, kind: Any, path: str) -> list[Any]:
        """Return an array; when a row does not fit, keep the others for the error."""
        if not isinstance(raw, list):
            raise self.unfit(raw, list[kind], path)
        rows: list[Any] = []
        broken = False
        for index, item in enumerate(cast("list[object]", raw)):
            try:
                rows.append(self.value(item, kind, f"{path}[{index}]"))
            except _Unfit:
                broken = True
        if broken:
            self.rows = rows
            raise _Unfit(has_rows=True)
        return rows

    def tuple(self, raw: object, kind: Any, path: str) -> tuple[Any, ...]:
        """Return an array of a fixed length, each item with a type of its own."""
        kinds = get_args(kind)
        if not isinstance(raw, list):
            raise self.unfit(raw, kind, path)
        items = cast("list[object]", raw)
        if len(items) != len(kinds):
            raise self.unfit(items, kind, path)
        pairs = enumerate(zip(items, kinds, strict=True))
        return tuple(self.value(item, of, f"{path}[{index}]") for index, (item, of) in pairs)

    def mapping(self, raw: object, kind: Any, path: str) -> dict[str, Any]:
        """Return an object whose keys are data."""
        if not isinstance(raw, dict):
            raise self.unfit(raw, dict[str, kind], path)
        members = cast("dict[str, object]", raw)
        return {key: self.value(item, kind, f"{path}.{key}") for key, item in members.items()}

    def union(self, raw: object, kind: Any, path: str) -> Any:
        """Return a value as the type of several that it fits best."""
        is_choice = isinstance(kind, wire.Choice)
        option = kind.choose(raw) if is_choice else wire.choose(get_args(kind), raw)
        if option is None:
            raise self.unfit(raw, kind, path)
        return self.value(raw, option, path)

    def leaf(self, raw: object, kind: Any, path: str) -> Any:
        """Return a scalar, or whatever msgspec can convert."""
        try:
            if kind is int:
                return wire.exact_int(raw)
            if is_numbers(kind):
                raw = wire.exact_int(raw)
            if kind is Decimal and isinstance(raw, str) and "_" in raw:
                raise ValueError("1_000 is a number to Python only")
            value = msgspec.convert(raw, kind, strict=False, dec_hook=wire.decode_hook)
            _check(value)
        except (msgspec.ValidationError, ArithmeticError, ValueError):
            raise self.unfit(raw, kind, path) from None
        if self.thorough and isinstance(value, _ENUMS) and not value.is_known:
            self.note(raw, _name(kind), path)
        return value

    def note(self, raw: object, expected: str, path: str) -> Deviation:
        """Record a deviation."""
        got = "nothing" if raw is msgspec.UNSET else "null" if raw is None else type(raw).__name__
        made = Deviation(path, expected, got, None if raw is msgspec.UNSET else raw)
        self.deviations.append(made)
        return made

    def unfit(self, raw: object, kind: Any, path: str) -> _Unfit:
        """Record a deviation that only an optional place can absorb."""
        self.fatal.append(self.note(raw, _name(kind), path))
        return _Unfit()


def _check(value: object) -> None:
    """Refuse what JSON texts can hold and nothing can be done with."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("not a finite amount")
    if isinstance(value, str):
        value.encode()


@lru_cache(maxsize=4096)
def _split(kind: Any) -> tuple[Any, bool]:
    """Return a type without its None, and whether it had one."""
    if get_origin(kind) not in (Union, types.UnionType):
        return kind, kind is None or kind is type(None)
    rest = [member for member in get_args(kind) if member is not type(None)]
    if len(rest) == len(get_args(kind)):
        return kind, False
    return (rest[0] if len(rest) == 1 else Union[tuple(rest)]), True  # noqa: UP007


def _name(kind: Any) -> str:
    bare, nullable = _split(kind)
    if isinstance(bare, wire.Format):
        name = bare.expected
    else:
        name = bare.__name__ if isinstance(bare, type) and not get_args(bare) else str(bare)
    return f"{name} or null" if nullable else name
