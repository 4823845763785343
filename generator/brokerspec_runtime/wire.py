"""How values are written on the wire.

Three kinds of tools: the formats of answers, checks that a request value passes before it
is sent, and the encoding of what is sent.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar, cast, overload

import msgspec

from .enums import OpenEnum, OpenIntEnum
from .errors import InvalidArgument
from .extended import Extended as Extended
from .extended import beside as beside
from .extended import extended as extended
from .formats import Format as Format
from .formats import clock as clock
from .formats import day as day
from .formats import decimal as decimal
from .formats import decode_hook as decode_hook
from .formats import epoch as epoch
from .formats import exact_int as exact_int
from .formats import flag as flag
from .formats import listed as listed
from .formats import moment as moment
from .formats import whole as whole
from .formats import zone_of
from .marks import ABSENT as ABSENT
from .marks import NULL as NULL
from .marks import any_of as any_of
from .marks import given as given
from .marks import present as present
from .marks import untyped as untyped
from .multipart import FileContent as FileContent
from .multipart import file as file
from .parameters import members as members
from .parameters import styled as styled
from .secret import MASK, Secret
from .servers import server as server
from .unions import Choice as Choice
from .unions import choose as choose
from .unions import union as union

E = TypeVar("E", bound=OpenEnum | OpenIntEnum)

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
# Numbers that are no money may have any size, but not as that many zeros.
_ZEROS: Final = 400


def integer(value: int | None) -> int | None:
    """Return a quantity as it is sent, or refuse what is not an int."""
    if value is not None and (isinstance(value, bool) or not isinstance(cast(object, value), int)):
        raise InvalidArgument(f"expected int, got {type(value).__name__}")
    return value


def number(value: Decimal | int | None) -> Decimal | int | None:
    """Return an amount of money as it is sent; refuse what `finite` does and gigantic ones."""
    checked = finite(value)
    if isinstance(checked, Decimal) and (
        cast(int, checked.as_tuple().exponent) < -_DECIMALS or checked.adjusted() >= _DIGITS
    ):
        raise InvalidArgument(
            f"expected at most {_DIGITS} digits before and {_DECIMALS} after the point"
        )
    return checked


def finite(value: Decimal | int | None) -> Decimal | int | None:
    """Return a number as it is sent; refuse floats, NaN and infinities."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(cast(object, value), Decimal | int):
        raise InvalidArgument(f"expected Decimal, got {type(value).__name__}")
    if isinstance(value, Decimal) and not value.is_finite():
        raise InvalidArgument(f"expected a finite amount, got {value}")
    return value


def text(value: Decimal | int | None) -> str | None:
    """Return an amount or quantity as the text that is sent, without an exponent."""
    checked = number(value)
    return (
        None if checked is None else format(checked, "f" if isinstance(checked, Decimal) else "d")
    )


def digits(value: Decimal | int | None) -> str | None:
    """Return a number of any size as the text that is sent."""
    checked = finite(value)
    return None if checked is None else spelled(checked)


def spelled(value: Decimal | int) -> str:
    """Return a number as text, with an exponent only where it would be a page of zeros."""
    if isinstance(value, int):
        return str(value)
    has_few = abs(cast(int, value.as_tuple().exponent)) < _ZEROS
    return format(value, "f") if has_few else str(value)


def choice(enum: type[E], value: E | str | int | None) -> E | None:
    """Return a listed value of `enum`, or refuse one that the document does not list."""
    if value is None:
        return None
    if issubclass(enum, OpenIntEnum):
        # True and 1.0 are equal to 1, but no number of a list.
        integer(cast("int", value))
    member = enum(cast("Any", value))
    if not member.is_known:
        allowed = ", ".join(map(str, sorted(one.value for one in enum.__members__.values())))
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
        value = value.astimezone(zone_of(zone))
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


def base64(value: bytes | None) -> str | None:
    """Return bytes as the text that is sent."""
    if value is None:
        return None
    if not isinstance(cast(object, value), bytes):
        raise InvalidArgument(f"expected bytes, got {type(value).__name__}")
    return b2a_base64(value, newline=False).decode()


def each(values: Sequence[object] | None) -> tuple[object, ...] | None:
    """Return a list that is sent item by item, each under the same name."""
    if values is None:
        return None
    if isinstance(values, str) or not isinstance(cast(object, values), Sequence):
        raise InvalidArgument(f"expected a list, got {type(values).__name__}")
    return tuple(value for value in values if value is not NULL)


def plain(value: object, *, show: bool = False) -> object:
    """Return a request value as plain JSON data: absent members left out, secrets opened.

    With `show` secrets are masked instead.
    """
    if isinstance(value, Secret):
        return MASK if show else value.reveal()
    if value is NULL:
        return None
    if isinstance(value, float):
        raise InvalidArgument("a float cannot carry a number exactly: give a Decimal")
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
    # Most answers never come here.
    import json

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
