"""Turn the values of a script into the types that a method is annotated with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from brokerspec.diagnostics import did_you_mean
from brokerspec.tree import JSON
from brokerspec_runtime import Secret
from brokerspec_runtime.enums import OpenEnum


def typed_arguments(method: Any, given: Mapping[str, JSON]) -> dict[str, object]:
    """Return arguments as a method wants them; raise ValueError where that cannot be."""
    hints = get_type_hints(method)
    known = [name for name in hints if name != "return"]
    converted: dict[str, object] = {}
    for name, value in given.items():
        if name not in known:
            hint = did_you_mean(name, known)
            raise ValueError(f"there is no argument {name!r}" + (f"; {hint}" if hint else ""))
        try:
            converted[name] = _typed(hints[name], value)
        except (ArithmeticError, TypeError, ValueError):
            raise ValueError(f"the argument {name!r} does not take this value") from None
    return converted


def _typed(hint: Any, value: JSON) -> object:
    if get_origin(hint) in (Union, UnionType):
        return _one_of(get_args(hint), value)
    if get_origin(hint) is not None:
        if not isinstance(value, list):
            raise TypeError
        return [_typed(get_args(hint)[0], entry) for entry in value]
    if issubclass(hint, OpenEnum):
        member = hint(value)
        if not member.is_known:
            raise ValueError
        return member
    if hint is Decimal and not isinstance(value, bool):
        return Decimal(cast("Any", value))
    if hint is Secret and isinstance(value, str):
        return Secret(value)
    if type(value) is not hint:
        raise TypeError
    return value


def _one_of(options: tuple[Any, ...], value: JSON) -> object:
    if value is None and type(None) in options:
        return None
    if Secret in options:
        # A secret may be given as text too, but only a Secret is masked when it is shown.
        return _typed(Secret, value)
    return _typed(next(option for option in options if option is not type(None)), value)
