"""A contract case: how it is written down, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import UNSET

from brokerspec_runtime import Secret, wire

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
BROKERS = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a case; a key that is not listed is an error."""


class Sent(Shape):
    """The request that must be sent, exactly."""

    method: str
    url: str
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    json: str | None = None
    body: Any = UNSET
    form: dict[str, str] | None = None


class Answer(Shape):
    """What the server answers: a sample, an inline body or a text."""

    status: int
    headers: dict[str, str] = {}
    json: str | None = None
    body: Any = UNSET
    text: str | None = None


class Raised(Shape):
    """The error that must be raised."""

    error: str
    code: str | None = None
    message: str | None = None
    status: int | None = None


class Case(Shape):
    """One call, what it must send, and what must come of the answer."""

    broker: str
    operation: str
    name: str
    source: str
    covers: list[str] = []
    client: dict[str, str | None] = {}
    arguments: dict[str, Any] = {}
    request: Sent | None = None
    response: Answer | None = None
    returns: Any = UNSET
    raises: Raised | None = None
    session: dict[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.broker}.{self.operation}: {self.name}"

    @property
    def is_address(self) -> bool:
        """Say whether the request is one that a browser makes: it is returned, not sent."""
        return self.request is not None and self.response is None

    @property
    def settings(self) -> dict[str, str | None]:
        """The constructor's arguments: those of the broker, then those of the case."""
        return {**client_settings(self.broker), **self.client}

    def expected_body(self) -> Any:
        """Return the JSON body that must be sent, UNSET when there must be none."""
        sent = self.request
        if sent is None:
            return UNSET
        return sent.body if sent.json is None else wire.loads(sample(self.broker, sent.json))

    def answer_bytes(self) -> bytes:
        """Return the bytes of the answer; those of a sample are the file's own."""
        answer = self.response
        if answer is None:
            return b""
        if answer.json is not None:
            return sample(self.broker, answer.json)
        if answer.body is not UNSET:
            return wire.encode(answer.body)
        return (answer.text or "").encode()


@dataclass(frozen=True)
class EnumValue:
    """`!enum Class.value`: a member of that class with that wire value."""

    kind: str
    value: str


class _Loader(yaml.CSafeLoader):
    """YAML with the tags of cases, and with every fraction a Decimal."""


def _enum(text: str) -> EnumValue:
    kind, _, value = text.partition(".")
    return EnumValue(kind, value)


_TAGS = {
    "!decimal": Decimal,
    "!datetime": datetime.fromisoformat,
    "!date": date.fromisoformat,
    "!time": time.fromisoformat,
    "!enum": _enum,
    "!secret": Secret,
    "tag:yaml.org,2002:float": Decimal,
}
for _tag, _read in _TAGS.items():
    _Loader.add_constructor(
        _tag, lambda loader, node, read=_read: read(loader.construct_scalar(node))
    )


def load_yaml(path: Path) -> Any:
    """Return a YAML file of cases as plain data and tagged values."""
    loader = _Loader(path.read_text(encoding="utf-8"))
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def sample_path(broker: str, name: str) -> Path:
    """Return where a documented payload stands."""
    return ROOT / "specs" / broker / "samples" / name


def sample(broker: str, name: str) -> bytes:
    """Return a documented payload, byte for byte."""
    return sample_path(broker, name).read_bytes()


@cache
def client_settings(broker: str) -> dict[str, str | None]:
    """Return the constructor's arguments that the cases of a broker share."""
    given = load_yaml(CASES / broker / "client.yaml")
    return msgspec.convert(given, dict[str, str | None])


@cache
def all_cases() -> tuple[Case, ...]:
    """Return every case, in the order of brokers and files."""
    return tuple(
        case
        for broker in BROKERS
        for path in sorted((CASES / broker).glob("*.yaml"))
        if path.name != "client.yaml"
        for case in _file(broker, path)
    )


def _file(broker: str, path: Path) -> list[Case]:
    content = load_yaml(path)
    if set(content) != {"operation", "cases"} or content["operation"] != path.stem:
        raise ValueError(f"{path}: expected `operation: {path.stem}` and `cases`")
    return [_case(broker, path, given) for given in content["cases"]]


def _case(broker: str, path: Path, given: dict[str, Any]) -> Case:
    try:
        made = msgspec.convert({**given, "broker": broker, "operation": path.stem}, Case)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path}: {given.get('name')}: {error}") from None
    results = (made.returns is not UNSET, made.raises is not None, made.is_address)
    if sum(results) != 1:
        raise ValueError(f"{path}: {made.name}: give either returns or raises")
    return made
