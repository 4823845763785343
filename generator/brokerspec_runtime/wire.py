"""How values are written on the wire.

Three kinds of tools: formats (types that only a decoder sees, see `Format`), checks
that a request value passes before it is sent, and the encoding of what is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar, cast, overload
from zoneinfo import ZoneInfo

import msgspec

from .enums import OpenEnum
from .errors import InvalidArgument
from .secret import MASK, Secret

E = TypeVar("E", bound=OpenEnum)

_PATTERNS: Final = {
    "dd-MM-yyyy HH:mm:ss": "%d-%m-%Y %H:%M:%S",
    "HH:mm:ss dd-MM-yyyy": "%H:%M:%S %d-%m-%Y",
    "yyyyMMdd": "%Y%m%d",
    "dd/MM/yyyy": "%d/%m/%Y",
    "ddMMMyy": "%d%b%y",
    "HH:mm:ss": "%H:%M:%S",
}


# No exchange quotes finer than four decimals and no balance needs sixteen digits. What lies
# beyond is a slip in a calculation, and an exponent would write out as a gigabyte.
_DECIMALS: Final = 8
_DIGITS: Final = 16

_DESCENDING: Final = ("yyyy", "MM", "dd", "HH", "mm", "ss")
_RUN: Final = re.compile("y+|M+|d+|H+|m+|s+")
_MONTHS: Final = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_NAMED_MONTH: Final = re.compile("([0-9]{2})([A-Z]{3})([0-9]{2})")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INT_DIGITS: Final = 64
# 2000-01-01 UTC. A smaller number is something else: 20210625 is a date, not a day of 1970.
_FIRST_SECOND: Final = 946_684_800


class Format(type):
    """A type that stands for "written like this" while an answer is decoded.

    Type checkers see the Python type that comes out (`datetime`, `Decimal` …); the
    decoder sees the format, calls `read` on the wire value and accepts what it returns.
    """

    python: type
    expected: str
    empty: tuple[object, ...]
    parse: Callable[[object], object]

    @classmethod
    def make(
        cls,
        expected: str,
        python: type,
        parse: Callable[[object], object],
        empty: tuple[object, ...],
    ) -> Format:
        """Return a format; `expected` describes it in deviations."""
        made = cls(expected, (), {})
        made.python, made.parse, made.expected, made.empty = python, parse, expected, empty
        return made

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.python) or (instance is None and bool(cls.empty))

    def read(cls, raw: object) -> object:
        """Return the Python value of a wire value, None for one that means "none"."""
        return None if raw in cls.empty else cls.parse(raw)


def moment(pattern: str, *, zone: str, empty: tuple[object, ...] = ()) -> Format:
    """Return the format of a date and time without a zone; `zone` is where the clock hangs."""
    numbers, home = _numbers(pattern), ZoneInfo(zone)

    def parse(raw: object) -> datetime:
        year, month, of_month, hour, minute, second = numbers(raw)
        return datetime(year, month, of_month, hour, minute, second, tzinfo=home)

    return Format.make(pattern, datetime, parse, empty)


def epoch(*, empty: tuple[object, ...] = (), zone: str) -> Format:
    """Return the format of seconds since 1970-01-01 UTC, shown in `zone`."""
    home = ZoneInfo(zone)

    def parse(raw: object) -> datetime:
        number = exact_int(raw)
        if number < _FIRST_SECOND:
            raise ValueError("expected seconds of this century")
        try:
            return datetime.fromtimestamp(number, UTC).astimezone(home)
        except (OSError, OverflowError):
            raise ValueError("no time has that many seconds") from None

    return Format.make("epoch-seconds", datetime, parse, empty)


def day(pattern: str, *, empty: tuple[object, ...] = ()) -> Format:
    """Return the format of a calendar day."""
    numbers = _named_month if "MMM" in pattern else _numbers(pattern)

    def parse(raw: object) -> date:
        year, month, of_month = numbers(raw)
        return date(year, month, of_month)

    return Format.make(pattern, date, parse, empty)


def clock(*, zone: str, empty: tuple[object, ...] = ()) -> Format:
    """Return the format of a time of day, HH:mm:ss."""
    numbers, home = _numbers("HH:mm:ss"), ZoneInfo(zone)

    def parse(raw: object) -> time:
        hour, minute, second = numbers(raw)
        return time(hour, minute, second, tzinfo=home)

    return Format.make("HH:mm:ss", time, parse, empty)


def flag(true: str, false: str, *, empty: tuple[object, ...] = ()) -> Format:
    """Return the format of a boolean that is written as one of two words."""
    words = {true.casefold(): True, false.casefold(): False}

    def parse(raw: object) -> bool:
        if isinstance(raw, bool):
            return raw
        try:
            return words[_text(raw).casefold()]
        except KeyError:
            raise ValueError(f"expected {true!r} or {false!r}") from None

    return Format.make(f"{true}/{false}", bool, parse, empty)


def decimal(*, empty: tuple[object, ...]) -> Format:
    """Return the format of a decimal that some texts leave empty."""

    def parse(raw: object) -> Decimal:
        if isinstance(raw, str) and "_" in raw:
            raise ValueError("1_000 is a number to Python only")
        try:
            amount = msgspec.convert(raw, Decimal)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from None
        if not amount.is_finite():
            raise ValueError("expected a finite amount")
        return amount

    return Format.make("decimal", Decimal, parse, empty)


def whole(*, empty: tuple[object, ...]) -> Format:
    """Return the format of an integer that some texts leave empty."""
    return Format.make("integer", int, exact_int, empty)


def listed(enum: type[OpenEnum], *, empty: tuple[object, ...]) -> Format:
    """Return the format of an enum that some texts leave empty."""

    def parse(raw: object) -> OpenEnum:
        return enum(_text(raw))

    return Format.make(enum.__name__, enum, parse, empty)


def decode_hook(type_: type, raw: object) -> object:
    """Decode what msgspec does not know by itself: formats and secrets."""
    if isinstance(type_, Format):
        return type_.read(raw)
    if type_ is Secret:
        return Secret(_text(raw))
    raise NotImplementedError(type_.__name__)


def exact_int(raw: object) -> int:
    """Return a whole number, also from a text or a fraction such as 5.0, digit for digit."""
    if isinstance(raw, str) and _NUMBER.fullmatch(raw):
        raw = Decimal(raw)
    # The size is limited because 1e99999999 written out would take for ever.
    if isinstance(raw, Decimal) and raw.adjusted() < _INT_DIGITS and raw == raw.to_integral_value():
        return int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError(f"expected int, got {type(raw).__name__}")
    return raw


def _numbers(pattern: str) -> Callable[[object], list[int]]:
    """Return what reads the numbers of a pattern, from years to seconds, nothing looser."""
    shape = re.compile(_RUN.sub(lambda part: f"([0-9]{{{len(part[0])}}})", pattern))
    written = _RUN.findall(pattern)
    order = [written.index(part) + 1 for part in _DESCENDING if part in written]

    def read(raw: object) -> list[int]:
        found = shape.fullmatch(_text(raw))
        if found is None:
            raise ValueError(f"expected {pattern}")
        return [int(found[index]) for index in order]

    return read


def _named_month(raw: object) -> tuple[int, int, int]:
    """Read ddMMMyy. The names are English, whatever the locale of this process."""
    found = _NAMED_MONTH.fullmatch(_text(raw).upper())
    place = _MONTHS.find(found[2]) if found else -1
    if found is None or place % 3:
        raise ValueError("expected ddMMMyy")
    return 2000 + int(found[3]), place // 3 + 1, int(found[1])


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"expected str, got {type(raw).__name__}")
    return raw


def integer(value: int | None) -> int | None:
    """Return a quantity as it is sent, or refuse what is not an int."""
    if value is not None and (isinstance(value, bool) or not isinstance(cast(object, value), int)):
        raise InvalidArgument(f"expected int, got {type(value).__name__}")
    return value


def number(value: Decimal | int | None) -> Decimal | int | None:
    """Return an amount as it is sent; refuse floats, NaN and infinities."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(cast(object, value), Decimal | int):
        raise InvalidArgument(f"expected Decimal, got {type(value).__name__}")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise InvalidArgument(f"expected a finite amount, got {value}")
        if cast(int, value.as_tuple().exponent) < -_DECIMALS or value.adjusted() >= _DIGITS:
            raise InvalidArgument(
                f"expected at most {_DIGITS} digits before and {_DECIMALS} after the point"
            )
    return value


def text(value: Decimal | int | None) -> str | None:
    """Return an amount or quantity as the text that is sent, without an exponent."""
    checked = number(value)
    return (
        None if checked is None else format(checked, "f" if isinstance(checked, Decimal) else "d")
    )


def choice(enum: type[E], value: E | str | None) -> E | None:
    """Return a listed value of `enum`, or refuse one that the document does not list."""
    if value is None:
        return None
    member = enum(value)
    if not member.is_known:
        allowed = ", ".join(sorted(enum.__members__.values()))
        raise InvalidArgument(f"{member.value!r} is no {enum.__name__}; allowed: {allowed}")
    return member


def word(value: bool | None, true: str, false: str) -> str | None:
    """Return the word that is sent for a boolean."""
    if value is None:
        return None
    if not isinstance(cast(object, value), bool):
        raise InvalidArgument(f"expected bool, got {type(value).__name__}")
    return true if value else false


def stamp(value: datetime | date | time | None, pattern: str, *, zone: str = "UTC") -> str | None:
    """Return a time as the text that is sent; an aware one is turned to `zone` first."""
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidArgument("expected an aware datetime: set tzinfo")
        value = value.astimezone(ZoneInfo(zone))
    layout = _PATTERNS[pattern]
    return value.strftime(layout).upper() if "%b" in layout else value.strftime(layout)


def seconds(value: datetime | None) -> int | None:
    """Return a time as whole seconds since 1970-01-01 UTC."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise InvalidArgument("expected an aware datetime: set tzinfo")
    return int(value.timestamp())


@overload
def secret(value: str | Secret) -> Secret: ...
@overload
def secret(value: str | Secret | None) -> Secret | None: ...
def secret(value: str | Secret | None) -> Secret | None:
    """Return a text as a secret."""
    return None if value is None else Secret.of(value)


def each(values: Sequence[object] | None) -> tuple[object, ...] | None:
    """Return a list that is sent item by item, each under the same name."""
    if values is None:
        return None
    if isinstance(values, str) or not isinstance(cast(object, values), Sequence):
        raise InvalidArgument(f"expected a list, got {type(values).__name__}")
    return tuple(values)


class _Mark:
    """A value that is no value: see the two constants."""


NULL: Final = _Mark()
"""Sent as JSON null."""
ABSENT: Final = _Mark()
"""Not sent at all."""


def given(value: object) -> object:
    """Return the value of an optional argument, or what leaves it out."""
    return ABSENT if value is None else value


def present(members: Mapping[str, object]) -> dict[str, object]:
    """Return the members that are to be sent; refuse None where a value is required."""
    for name, value in members.items():
        if value is None:
            raise InvalidArgument(f"{name} is required and must not be None")
    return {name: value for name, value in members.items() if value is not ABSENT}


def plain(value: object, *, show: bool = False) -> object:
    """Return a request value as plain JSON data: absent members left out, secrets opened.

    With `show` secrets are masked instead.
    """
    if isinstance(value, Secret):
        return MASK if show else value.reveal()
    if value is NULL:
        return None
    if isinstance(value, float):
        raise InvalidArgument("a float cannot carry money exactly: give a Decimal")
    if isinstance(value, Mapping):
        members = present(cast("Mapping[str, object]", value))
        return {name: plain(member, show=show) for name, member in members.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item, show=show) for item in cast("Sequence[object]", value)]
    return value


_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(value: object) -> bytes:
    """Return plain data as JSON; a Decimal is written digit for digit."""
    return _encoder.encode(value)


def loads(body: bytes) -> object:
    """Return a JSON body as plain data with every fraction a Decimal; refuse repeated keys."""
    try:
        return cast(object, _loads(body))
    except _Repeated as error:
        raise ValueError(str(error)) from None
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise ValueError(f"not JSON: {error}") from None


def _loads(body: bytes) -> Any:
    return json.loads(body, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_unique)


class _Repeated(ValueError):
    """An object has a key twice."""


def _unique(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) == len(members):
        return found
    names = [name for name, _ in members]
    twice = next(name for name in names if names.count(name) > 1)
    raise _Repeated(f"the key {twice[:60]!r} occurs twice in one object")


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON number")
