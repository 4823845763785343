"""Every operation of every broker, and arguments for it made from its type hints alone."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any, get_args, get_origin

import msgspec

from brokerspec_runtime import Secret
from brokerspec_runtime.enums import OpenEnum
from brokerspec_runtime.operation import Operation
from contract.calling import bare
from contract.case import BROKERS

SERVER = "https://broker.invalid"
# What the argument for the base URL is called.
SERVERS = ("server", "host")
_MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_SAMPLES: Mapping[type, object] = {
    str: "A1B2",
    bool: True,
    int: 7,
    Decimal: Decimal("94.05"),
    datetime: _MOMENT,
    date: _MOMENT.date(),
    time: _MOMENT.time(),
}


@dataclass(frozen=True)
class Target:
    """One operation of one broker."""

    broker: str
    operation: Operation[Any]

    def __str__(self) -> str:
        return f"{self.broker}.{self.operation.name}"

    @property
    def package(self) -> Any:
        """Return the generated package."""
        return import_module(self.broker)


class Canaries:
    """Texts that are unlike all others, one for every secret that is asked for."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def hatch(self, name: str) -> str:
        """Return the next text."""
        text = f"canary-{len(self.texts)}-{name.replace('_', '-')}"
        self.texts.add(text)
        return text

    def seen_in(self, text: str) -> list[str]:
        """Return the canaries that a text gives away."""
        return [canary for canary in self.texts if canary in text]


def targets() -> list[Target]:
    """Return every operation, sign-in included."""
    return list(_targets())


def _targets() -> Iterator[Target]:
    for broker in BROKERS:
        module = import_module(f"{broker}.operations")
        for value in vars(module).values():
            if isinstance(value, Operation):
                yield Target(broker, value)


def settings_of(target: Target, canaries: Canaries, **changes: Any) -> dict[str, Any]:
    """Return every setting of a client, the secret ones as plain text."""
    init = target.package.Client.__init__
    hints = _hints(init)
    settings: dict[str, Any] = {}
    for name, parameter in _parameters(init).items():
        kinds = get_args(hints.get(name)) or (hints.get(name),)
        if Secret in kinds:
            settings[name] = canaries.hatch(name)
        elif name in SERVERS:
            settings[name] = SERVER
        elif name == "proxy_url":
            settings[name] = "http://127.0.0.1:9"
        elif str in kinds and parameter.default in (inspect.Parameter.empty, None):
            settings[name] = "A1B2"
    settings.pop("proxy", None)
    return settings | changes


def at(target: Target, url: str) -> dict[str, str]:
    """Return the setting that leads a client to another server."""
    names = _parameters(target.package.Client.__init__)
    return {name: url for name in SERVERS if name in names}


def arguments_of(target: Target, method: Any, canaries: Canaries) -> dict[str, Any]:
    """Return every argument of a method, the secret ones as plain text."""
    if target.operation.name == "fetch_token":
        code = canaries.hatch("code")
        return {"authorization_response": f"https://a.invalid/?code={code}", "state": None}
    hints = _hints(getattr(method, "__func__", method))
    return {
        name: canaries.hatch(name) if Secret in get_args(kind) else value_of(kind, canaries)
        for name, kind in hints.items()
        if name != "return"
    }


@cache
def _parameters(function: Any) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


@cache
def _hints(function: Any) -> Mapping[str, Any]:
    return typing.get_type_hints(function)


def value_of(kind: Any, canaries: Canaries) -> Any:
    """Return a value of a type; optional members are filled too."""
    if kind in _SAMPLES:
        return _SAMPLES[kind]
    if kind is Secret:
        return Secret(canaries.hatch("member"))
    single = bare(kind)
    if single is not kind:
        return value_of(single, canaries)
    if get_origin(kind) in (list, Sequence):
        return [value_of(get_args(kind)[0], canaries)]
    if isinstance(kind, type) and issubclass(kind, OpenEnum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        return kind(**{name: value_of(hints[name], canaries) for name in kind.__struct_fields__})
    return value_of(get_args(kind)[0], canaries)
