"""What stands for a value that is not there, and the members of a request that are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from .errors import InvalidArgument


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


def any_of(members: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return the members of a body that may be left out, None when none of them is given."""
    return None if all(value is ABSENT for value in members.values()) else members


def untyped(value: object) -> object:
    """Return a value that may be anything as it is sent: None in it is null, not an omission."""
    if value is None:
        return NULL
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return {name: untyped(member) for name, member in members.items()}
    if isinstance(value, list | tuple):
        return [untyped(item) for item in cast("Sequence[object]", value)]
    return value
