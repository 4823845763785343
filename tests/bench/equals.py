"""The types of our models, as one would write them with msgspec or pydantic alone.

Times are read by a hook, since no library knows the vendors' spellings: the pieces in ISO
order, `fromisoformat`, the zone put in. It makes instances of a subclass, which msgspec tells
by a plain isinstance, and is less strict than ours: nothing looks for repeated keys, NaN
or rounded integers, it keeps the date that stands for "no date", and where our models read
an empty text as None it would fail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from pydantic import BeforeValidator, Field, TypeAdapter, create_model

from brokerspec_runtime.wire import Format

_HOME = ZoneInfo("Asia/Kolkata")


class DayFirst(datetime):
    """Written dd-MM-yyyy HH:mm:ss."""

    @classmethod
    def read(cls, text: str) -> DayFirst:
        """Return the moment that a text names."""
        moment = cls.fromisoformat(f"{text[6:10]}-{text[3:5]}-{text[:2]}{text[10:]}")
        return moment.replace(tzinfo=_HOME)


class ClockFirst(datetime):
    """Written HH:mm:ss dd-MM-yyyy."""

    @classmethod
    def read(cls, text: str) -> ClockFirst:
        """Return the moment that a text names."""
        moment = cls.fromisoformat(f"{text[15:19]}-{text[12:14]}-{text[9:11]} {text[:8]}")
        return moment.replace(tzinfo=_HOME)


_WRITTEN: dict[str, type[DayFirst | ClockFirst]] = {
    "dd-MM-yyyy HH:mm:ss": DayFirst,
    "HH:mm:ss dd-MM-yyyy": ClockFirst,
}


def _hook(kind: Any, raw: object) -> object:
    return kind.read(raw)


class Translation:
    """Turns our types into those of one library; keeps the enums it made."""

    def __init__(self, moment: Callable[[type[DayFirst | ClockFirst]], Any]) -> None:
        self._moment = moment
        self._enums: dict[Any, Any] = {}

    def kind(self, ours: Any) -> Any:
        """Return a type without anything of ours in it."""
        if isinstance(ours, Format):
            return self._moment(_WRITTEN[ours.expected])
        if isinstance(ours, type) and issubclass(ours, Enum):
            members = [(member.name, member.value) for member in ours]
            return self._enums.setdefault(ours, Enum(ours.__name__, members, type=str))
        parts: tuple[Any, ...] = getattr(ours, "__args__", ())
        if not parts:
            return ours
        whole = self.kind(parts[0])
        for part in parts[1:]:
            whole = whole | self.kind(part)
        return whole


def by_msgspec(row: type[msgspec.Struct], member: str) -> Callable[[bytes], object]:
    """Return a decoder of rows, or of an object that holds them in `member`."""
    translation = Translation(lambda kind: kind)
    fields = msgspec.structs.fields(row)
    made: Any = msgspec.defstruct(
        row.__name__,
        [_field(field, translation.kind(field.type)) for field in fields],
        rename={field.name: field.encode_name for field in fields},
        frozen=True,
        kw_only=True,
    )
    whole: Any = list[made]
    if member:
        whole = msgspec.defstruct("Answer", [(member, whole)])
    return msgspec.json.Decoder(whole, strict=False, dec_hook=_hook).decode


def _field(field: msgspec.structs.FieldInfo, kind: Any) -> tuple[str, Any] | tuple[str, Any, Any]:
    return (field.name, kind) if field.required else (field.name, kind, field.default)


def by_pydantic(row: type[msgspec.Struct], member: str) -> Callable[[bytes], object]:
    """Return the same with pydantic."""
    translation = Translation(lambda kind: Annotated[datetime, BeforeValidator(kind.read)])
    members: dict[str, Any] = {}
    for field in msgspec.structs.fields(row):
        default = ... if field.required else field.default
        members[field.name] = (
            translation.kind(field.type),
            Field(default, alias=field.encode_name),
        )
    made: Any = create_model(row.__name__, **members)
    whole: Any = list[made]
    if member:
        members = {member: (whole, ...)}
        whole = create_model("Answer", **members)
    return TypeAdapter(whole).validate_json
