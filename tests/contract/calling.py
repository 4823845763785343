"""Make the Python arguments of a call from the plain values of a case."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Union, get_args, get_origin

import msgspec

from brokerspec_runtime import Secret, wire
from brokerspec_runtime.enums import OpenEnum

_READERS: dict[type, Any] = {
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Secret: Secret,
}


def arguments_of(method: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a case as the types that the method asks for."""
    hints = typing.get_type_hints(method)
    return {name: _argument(value, hints.get(name, Any)) for name, value in given.items()}


def secret_arguments(method: Any) -> list[str]:
    """Return the arguments of a method that are secrets."""
    hints = typing.get_type_hints(method)
    return [name for name, kind in hints.items() if name != "return" and Secret in get_args(kind)]


def _argument(value: Any, kind: Any) -> Any:
    python = bare(kind)
    if get_origin(python) in (list, Sequence):
        return [_argument(item, get_args(python)[0]) for item in value]
    if get_origin(python) in (dict, Mapping):
        return {key: _argument(item, get_args(python)[1]) for key, item in value.items()}
    if not isinstance(python, type):
        return value
    if issubclass(python, msgspec.Struct):
        return _model(value, python)
    if isinstance(value, str):
        if issubclass(python, OpenEnum):
            return python(value)
        return _READERS[python](value) if python in _READERS else value
    return value


def _model(value: Mapping[str, Any], kind: type[msgspec.Struct]) -> msgspec.Struct:
    """Return a model whose fields are given by Python name or by wire name."""
    hints = typing.get_type_hints(kind)
    names = {item.encode_name: item.name for item in msgspec.structs.fields(kind)}
    named = {names.get(name, name): item for name, item in value.items()}
    return kind(**{name: _argument(item, hints.get(name, Any)) for name, item in named.items()})


def bare(kind: Any) -> Any:
    """Return a type without None; a format becomes the Python type that it stands for."""
    if get_origin(kind) in (Union, types.UnionType):
        rest = [member for member in get_args(kind) if member is not types.NoneType]
        return bare(rest[0]) if len(rest) == 1 else kind
    return kind.python if isinstance(kind, wire.Format) else kind
