"""Enums that keep what they do not know."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any


class OpenEnum(StrEnum):
    """A documented list of values, open for values that the document does not list.

    A value outside the list becomes a member of the same class that equals its text
    and says `is_known == False`. It is never registered and never a default.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Say whether the document lists this value."""
        return self._value_ in type(self)._value2member_map_


class OpenIntEnum(IntEnum):
    """The same for integers: a value outside the list equals its number."""

    @classmethod
    def _missing_(cls, value: object) -> OpenIntEnum | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Say whether the document lists this value."""
        return self._value_ in type(self)._value2member_map_


def is_numbers(kind: Any) -> bool:
    """Say whether a type is a list of integers."""
    return isinstance(kind, type) and issubclass(kind, OpenIntEnum)
