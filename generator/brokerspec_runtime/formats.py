"""How values of answers are written: types that only a decoder sees, see `Format`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter, call
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from .enums import OpenEnum

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DESCENDING: Final = ("yyyy", "MM", "dd", "HH", "mm", "ss")
_RUN: Final = "y+|M+|d+|H+|m+|s+"
_MONTHS: Final = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_NAMED_MONTH: Final = re.compile("([0-9]{2})([A-Z]{3})([0-9]{2})")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INT_DIGITS: Final = 64
# 2000-01-01 UTC. A smaller number is something else: 20210625 is a date, not a day of 1970.
_FIRST_SECOND: Final = 946_684_800
_CLOCK_LENGTH: Final = len("HH:mm:ss")
# More than the 22,500 seconds for which an exchange is open in a day; at most some 5 MB.
_REMEMBERED: Final = 32_768
# Formats and secrets, which msgspec does not know, are called with the wire value.
decode_hook: Final = cast("Callable[[type, Any], Any]", call)


class Format(type):
    """A type that stands for "written like this" while an answer is decoded.

    Type checkers see the Python type that comes out (`datetime`, `Decimal` …); the
    decoder sees the format and calls it with the wire value. What `read` returns is the
    Python value, or None for a wire value that means "none".
    """

    python: type
    expected: str
    empty: tuple[object, ...]
    read: Callable[[Any], object]
    memory: dict[object, object] | None = None

    if not TYPE_CHECKING:
        # Asked of every value of a large book, so neither runs a line of Python by itself.
        __call__ = property(attrgetter("read"))
        # What `read` returned needs no check: anything is an object.
        __instancecheck__ = object.__instancecheck__

    @classmethod
    def make(
        cls,
        expected: str,
        python: type,
        parse: Callable[[object], object],
        empty: tuple[object, ...],
    ) -> Format:
        """Return a format; `expected` describes it in deviations."""
        # A type may be named anything that holds no NUL.
        made = cls(expected.replace("\0", " "), (), {})
        made.python, made.expected, made.empty = python, expected, empty
        made.read = lambda raw: None if raw in empty else parse(raw)
        return made


class _Moments(dict[object, object]):
    """What texts were read as; a text that is not there is put together from two parts.

    `whole` cuts out the day with its hour and minute, or with the second where the clock is
    written first; `rest` is what is added to it. Both repeat far more often than the text.
    """

    # One look for all four: this runs for each new text of a large book.
    __slots__ = ("_empty", "_parse", "_parts")

    def __init__(
        self,
        parse: Callable[[object], datetime],
        empty: tuple[object, ...],
        whole: slice,
        rest: slice,
    ) -> None:
        super().__init__()
        self._parse, self._empty = parse, empty
        wholes: dict[str, datetime] = {}
        rests: dict[str, timedelta] = {}
        self._parts = wholes, rests, whole, rest

    def __missing__(self, raw: Any) -> object:
        wholes, rests, whole, rest = self._parts
        value: datetime | None
        try:
            value = wholes[raw[whole]] + rests[raw[rest]]
        except (KeyError, TypeError):
            value = None if raw in self._empty else self._learned(raw)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[raw] = value
        return value

    def _learned(self, raw: Any) -> datetime:
        """Read a text and remember its parts."""
        value = self._parse(raw)
        wholes, rests, whole, rest = self._parts
        is_clock_first = rest.start is None
        begin = value.replace(hour=0, minute=0) if is_clock_first else value.replace(second=0)
        wholes[raw[whole]] = begin
        rests[raw[rest]] = value - begin
        return value

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        for known in self._parts[:2]:
            known.clear()


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of a name."""
    # Loaded late: few APIs write times without their zone.
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def moment(pattern: str, *, zone: str, empty: tuple[object, ...] = ()) -> Format:
    """Return the format of a date and time without a zone; `zone` is where the clock hangs."""
    home = zone_of(zone)
    first, second = pattern.split(" ")
    is_clock_first = first == "HH:mm:ss"
    numbers = _numbers(second if is_clock_first else first)

    # The days of an answer are few, its times of day are many.
    @lru_cache(maxsize=512)
    def day_of(text: str) -> date:
        year, month, of_month = numbers(text)
        return date(year, month, of_month)

    # Bound once: a large book calls this a hundred thousand times.
    read_clock, combine = time.fromisoformat, datetime.combine

    def parse(raw: object) -> datetime:
        written, _, clock = (raw if isinstance(raw, str) else _text(raw)).partition(" ")
        if is_clock_first:
            written, clock = clock, written
        # The library reads other spellings too, such as 12:30+05 and 24:00:00.
        if len(clock) != _CLOCK_LENGTH or not clock[2] == clock[5] == ":" or clock >= "24":
            raise ValueError(f"expected {pattern}")
        return combine(day_of(written), read_clock(clock), home)

    made = Format.make(pattern, datetime, parse, empty)
    # The times of one order are often equal, and a book that is polled repeats them all.
    # Only texts pass `parse`: True would be remembered for 1 too.
    cut = len("HH:mm") if is_clock_first else len(pattern) - len(":ss")
    head, tail = slice(None, cut), slice(cut, None)
    made.memory = _Moments(parse, empty, *((tail, head) if is_clock_first else (head, tail)))
    made.read = made.memory.__getitem__
    return made


def epoch(*, empty: tuple[object, ...] = (), zone: str) -> Format:
    """Return the format of seconds since 1970-01-01 UTC, shown in `zone`."""
    home = zone_of(zone)

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
    numbers, home = _numbers("HH:mm:ss"), zone_of(zone)

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

    # Made when the first value is read: importing a package must not take the time.
    @cache
    def grammar() -> tuple[re.Pattern[str], list[int]]:
        shape = re.compile(re.sub(_RUN, lambda part: f"([0-9]{{{len(part[0])}}})", pattern))
        written = re.findall(_RUN, pattern)
        return shape, [written.index(part) + 1 for part in _DESCENDING if part in written]

    def read(raw: object) -> list[int]:
        shape, order = grammar()
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
