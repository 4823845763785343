"""Calls that a client can be tried with: an argument of the right type for everything required."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from brokerspec import ir
from brokerspec.plan_settings import server_parameter, with_role
from brokerspec.text import literal

_DEEPEST: Final = 6
_SCALARS: Final[Mapping[str, str]] = {
    "str": "'text'",
    "int": "1",
    "bool": "True",
    "Any": "'text'",
    "bytes": "b'text'",
    "Decimal": "Decimal(1)",
    "datetime": "datetime(2026, 1, 2, 9, 15, tzinfo=UTC)",
    "date": "date(2026, 1, 2)",
    "time": "time(9, 15)",
    "Secret": "'text'",
}


class Trial(Struct, frozen=True):
    """A call as the caller of a client writes it, without the client."""

    name: str
    call: str


class Trials:
    """The calls of a client that can be made up; a type that is not known here has none."""

    def __init__(self, api: ir.Api) -> None:
        self._api = api
        self._models = {model.name: model for model in api.models}
        self._enums = {enum.name: enum for enum in api.enums}

    def all(self) -> tuple[Trial, ...]:
        """Return a call of every method that requires nothing unknown."""
        found = [self.of(operation) for operation in self._api.operations if not operation.sign_in]
        return tuple(trial for trial in found if trial is not None)

    def first(self) -> tuple[ir.Operation, Trial] | None:
        """Return the safe method that needs least, or else the one that needs least."""
        wanted = sorted(
            (operation for operation in self._api.operations if not operation.sign_in),
            key=lambda operation: (
                operation.safety != "safe",
                sum(argument.is_required for argument in operation.arguments),
            ),
        )
        found = ((operation, self.of(operation)) for operation in wanted)
        return next(((made, trial) for made, trial in found if trial is not None), None)

    def of(self, operation: ir.Operation) -> Trial | None:
        """Return a call of one method."""
        given = {
            argument.name: self._value(argument.type, 0)
            for argument in operation.arguments
            if argument.is_required
        }
        in_path = {
            slot.filling.name
            for slot in operation.path_slots
            if isinstance(slot.filling, ir.Argument)
        }
        if None in given.values() or any(_is_empty(given.get(name)) for name in in_path):
            return None
        written = ", ".join(f"{name}={value}" for name, value in given.items())
        return Trial(operation.called, f"{operation.called}({written})")

    def _value(self, type_: ir.TypeRef, depth: int) -> str | None:
        match type_:
            case ir.Scalar(python=python):
                return _SCALARS.get(python)
            case ir.Named(name=name) if depth < _DEEPEST:
                return self._named(name, depth)
            case ir.ListOf(item=item):
                made = self._value(item, depth + 1)
                return f"[{made}]" if made else "[]"
            case ir.TupleOf(items=items):
                several = [self._value(item, depth + 1) for item in items]
                known = [made for made in several if made]
                return f"({', '.join(known)},)" if len(known) == len(several) > 0 else None
            case ir.MapOf():
                return "{}"
            case ir.OneOf(options=options):
                tried = (self._value(option, depth + 1) for option in options)
                return next((made for made in tried if made), None)
            case ir.Nullable(of=inner):
                return self._value(inner, depth + 1) or "None"
            case _:
                return None

    def _named(self, name: str, depth: int) -> str | None:
        if name in self._enums:
            members = self._enums[name].members
            return f"models.{name}.{members[0].name}" if members else None
        model = self._models.get(name)
        if model is None:
            return None
        given = {
            field.name: self._value(field.type, depth + 1)
            for field in model.fields
            if field.is_required
        }
        if None in given.values():
            return None
        return f"models.{name}({', '.join(f'{field}={made}' for field, made in given.items())})"


def _is_empty(value: str | None) -> bool:
    """Say whether a value has no parts, so that no path can hold it."""
    return value is not None and (value in ("[]", "{}") or value.endswith("()"))


def constructor(api: ir.Api, wanted: Callable[[ir.Setting], bool], text: str) -> str:
    """Return the arguments that make a client, with `text` as the value of its settings."""
    shown = [s for s in api.settings if not s.role.startswith("proxy") and s.role != "server"]
    url = "https://api.example.com"
    given = [
        f"{s.name}={literal(url if s.role == 'other-server' else text)}" for s in shown if wanted(s)
    ]
    if "=" not in server_parameter(api):
        own = with_role(api, "server")
        given.append(f"{own.name if own else 'server'}={literal(url)}")
    elif any(known.startswith("http:") for known in _known(api)):
        given.append("allow_plain_http=True")
    return ", ".join(given)


def _known(api: ir.Api) -> list[str]:
    others = [s.default or "" for s in api.settings if s.role == "other-server"]
    return [api.servers[0].url, *others]


def is_needed(setting: ir.Setting) -> bool:
    """Say whether a client cannot be made without a setting."""
    return setting.is_required and setting.default is None
