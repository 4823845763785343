"""Guess what a scalar means from its name, its values and its row in a table."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal

from brokerspec.init.shapes import Shape, kind_of
from brokerspec.naming import words
from brokerspec.schema_rules import is_secret_name
from brokerspec.tree import JSON

Side = Literal["request", "response"]

_LAYOUTS: Final = {
    "dd-MM-yyyy HH:mm:ss": (r"\d{2}-\d{2}-\d{4} \d{2}:\d{2}:\d{2}", "%d-%m-%Y %H:%M:%S"),
    "HH:mm:ss dd-MM-yyyy": (r"\d{2}:\d{2}:\d{2} \d{2}-\d{2}-\d{4}", "%H:%M:%S %d-%m-%Y"),
    "dd/MM/yyyy": (r"\d{2}/\d{2}/\d{4}", "%d/%m/%Y"),
    "ddMMMyy": (r"\d{2}[A-Za-z]{3}\d{2}", "%d%b%y"),
    "HH:mm:ss": (r"\d{2}:\d{2}:\d{2}", "%H:%M:%S"),
}
_COMPACT: Final = "yyyyMMdd"
_EMPTY: Final = frozenset({"", "-", "--", "NA", "N/A", "null"})
_NEVER: Final = re.compile(r"01-01-1980 00:00:00|00:00:00 01-01-1980")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_EPOCHS: Final = range(946_684_800, 4_102_444_800)
_AMOUNTS: Final = re.compile(
    r"price|prc|amount|amt|value|avg|average|margin|mtm|pnl|cash|balance|collateral|premium|ltp"
    r"|pay_?in|pay_?out|profit|loss|brokerage|turnover|exposure|fund|deposit|strike|charge|fee"
    r"|benefi|credit|debit|circuit|multiplier|tick|limit|percent"
)
_COUNTS: Final = re.compile(r"qty|quantity|shares|volume")
_NAMES: Final = frozenset(
    words(
        """account code id key mobile no number phone pin pincode ref reference status symbol token
        type uid ver version zip"""
    )
)
_TIMES: Final = frozenset({"at", "created", "date", "day", "expiry", "modified", "time", "tm"})
_SECRETS: Final = frozenset({"mpin", "otp", "passcode", "pin", "pwd", "totp"})
_SECRET_PAIRS: Final = frozenset(
    {
        ("access", "code"),
        ("bank", "account"),
        ("consumer", "key"),
        ("app", "key"),
        ("user", "key"),
        ("private", "key"),
    }
)
# What an instrument is known by is no secret, whatever it is called.
_PUBLIC: Final = frozenset({"exchange", "instrument", "scrip", "script", "symbol", "underlying"})
_TABLE_TYPES: Final = (
    (r"bool", "boolean"),
    (r"double|float|decimal|number|numeric|money|price|amount", "number"),
    (r"int|long|short", "integer"),
    (r"arr|list", "array"),
    (r"obj|map|dict|json", "object"),
    (r"str|char|text|date|time|enum", "string"),
)


@dataclass(slots=True)
class Guess:
    """Hold the keywords of a schema and why each was chosen."""

    keywords: dict[str, JSON] = field(default_factory=dict[str, "JSON"])
    reasons: list[str] = field(default_factory=list[str])
    base: str = ""

    def say(self, key: str, value: JSON, why: str) -> None:
        """Add a keyword with its reason."""
        self.keywords[key] = value
        self.reasons.append(why)


@dataclass(frozen=True, slots=True)
class Setting:
    """Hold what is known of the whole document."""

    has_zone: bool
    is_textual: bool


def guess(name: str, shape: Shape, side: Side, setting: Setting) -> Guess:
    """Return what a scalar member is taken for."""
    made = Guess()
    kinds = [kind for kind in shape.kinds if kind != "null"]
    if "integer" in kinds and "number" in kinds:
        kinds.remove("integer")
    said = table_type(shape)
    base = kinds[0] if len(kinds) == 1 else ""
    if not kinds:
        is_said = said in {"string", "integer", "number", "boolean"}
        made.reasons.append("no value is printed" if said else "neither value nor type are printed")
        if not is_said and side == "response" and not setting.is_textual:
            _secret(name, side, made, [])
            return made
        base = said if is_said else "string"
    types: list[JSON] = [*(kinds or [base])]
    made.base = base
    made.keywords["type"] = types[0] if len(types) == 1 else types
    if len(types) > 1:
        made.reasons.append(f"printed as {' and as '.join(kinds)}")
    values: list[JSON] = [value for value in shape.values if value is not None]
    if _secret(name, side, made, values):
        pass
    elif base == "string":
        _text(name, made, [str(value) for value in values], side, has_zone=setting.has_zone)
    elif base in {"integer", "number"}:
        _number(name, made, values, said, has_zone=setting.has_zone)
    if shape.is_nullable and "enum" in made.keywords:
        made.keywords = {"anyOf": [made.keywords, {"type": "null"}]}
    elif shape.is_nullable:
        made.keywords["type"] = [*types, "null"]
    return made


def table_type(shape: Shape) -> str:
    """Return the JSON type that a table gives, or an empty text."""
    printed = shape.row.type.lower() if shape.row else ""
    for pattern, kind in _TABLE_TYPES:
        if re.search(rf"(?:\b|_)(?:{pattern})", printed):
            return kind
    return ""


def is_amount(name: str) -> bool:
    """Say whether a name speaks of money, a price or a share of one."""
    return bool(_AMOUNTS.search("_".join(words(name)))) and not _is_count(name)


def sounds_secret(name: str) -> bool:
    """Say whether a name speaks of what only the user may know."""
    found = words(name)
    pairs = set(pairwise(found))
    return is_secret_name(name) or bool(_SECRETS & set(found)) or bool(_SECRET_PAIRS & pairs)


def is_sent_secret(name: str) -> bool:
    """Say whether a name speaks of a secret in a request, where a mere key is one."""
    return sounds_secret(name) or words(name) == ["key"]


def _secret(name: str, side: Side, made: Guess, values: list[JSON]) -> bool:
    if not (is_sent_secret(name) if side == "request" else sounds_secret(name)):
        return False
    is_public = bool(values) and all(
        not isinstance(value, str) or re.fullmatch(r"\d{0,8}", value) for value in values
    )
    is_number = made.base in {"integer", "number", "boolean"}
    if (is_public and "token" in words(name)) or is_number or _PUBLIC & set(words(name)):
        made.say("x-secret", False, "taken for what an instrument is known by")
        return False
    made.say("x-secret", True, "the name speaks of a secret")
    return True


def _text(name: str, made: Guess, values: list[str], side: Side, *, has_zone: bool) -> None:
    full = [value for value in values if value not in _EMPTY]
    layout = _layout(name, full) if has_zone else ""
    if layout:
        made.say("x-type", layout, f"printed as {full[0]}")
        full_times = [value for value in full if not _NEVER.fullmatch(value)]
        _empties(made, [v for v in values if v not in full_times])
        return
    if values and {value.lower() for value in values} <= {"true", "false"}:
        made.say("x-type", "boolean", f"printed as {values[0]}")
        made.keywords["enum"] = ["true", "false"]
        return
    # Only a text can be sent empty, as some documents do.
    is_sent_empty = side == "request" and len(full) < len(values)
    if is_sent_empty or not full or not all(_NUMBER.fullmatch(value) for value in full):
        return
    if _is_count(name) and all("." not in value for value in full):
        made.say("x-type", "integer", f"the name counts something, printed as {full[0]}")
        _empties(made, [value for value in values if value in _EMPTY])
    elif is_amount(name) or (any("." in v for v in full) and not set(words(name)) & _NAMES):
        made.say("x-type", "decimal", f"printed as {full[0]}")
        _empties(made, [value for value in values if value in _EMPTY])


def _empties(made: Guess, empties: list[str]) -> None:
    if empties:
        distinct: list[JSON] = [*dict.fromkeys(empties)]
        made.say("x-empty", distinct, "these values are taken for none")


def _number(name: str, made: Guess, values: list[JSON], said: str, *, has_zone: bool) -> None:
    found = set(words(name))
    is_whole = made.base == "integer"
    if is_whole and has_zone and found & _TIMES and values and all(v in _EPOCHS for v in values):
        made.say("x-type", "epoch-seconds", f"printed as {values[0]}")
    elif not is_whole:
        made.keywords["x-type"] = "decimal"
    elif said == "number" or (said != "integer" and is_amount(name)):
        made.say("type", "number", "an amount, though a whole one is printed")
        made.keywords["x-type"] = "decimal"


def _layout(name: str, values: list[str]) -> str:
    for layout, (pattern, code) in _LAYOUTS.items():
        if values and all(re.fullmatch(pattern, v) and _reads(v, code) for v in values):
            return layout
    is_named = bool(set(words(name)) & _TIMES)
    if (
        values
        and is_named
        and all(re.fullmatch(r"(19|20)\d{6}", v) and _reads(v, "%Y%m%d") for v in values)
    ):
        return _COMPACT
    return ""


def _reads(value: str, code: str) -> bool:
    try:
        datetime.strptime(value, code)  # noqa: DTZ007
    except ValueError:
        return False
    return True


def _is_count(name: str) -> bool:
    return bool(_COUNTS.search("_".join(words(name))))


def fits(values: Collection[str], shape: Shape) -> bool:
    """Say whether every printed value is one of a list."""
    printed = [value for value in shape.values if value is not None]
    return all(kind_of(value) in {"string", "integer"} for value in printed) and all(
        str(value) in values for value in printed
    )
