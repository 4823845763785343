"""The table of the signs by which a broker says that a call failed."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET

from contract.case import CASES, Shape, load_yaml
from contract.spec import operations

EMPTY = "empty list"


class Signal(Shape, frozen=True):
    """A sign of a failure, and what it becomes under each HTTP status."""

    signal: str
    source: str
    becomes: dict[int, str]
    operations: tuple[str, ...] = ()
    body: Any = UNSET
    same: tuple[Any, ...] = ()
    code: str = ""
    message: str = ""

    def answers(self) -> list[bytes]:
        """Return the bodies that mean this; a bare HTTP status has none."""
        if self.body is UNSET:
            return [b""]
        return [json.dumps(body).encode() for body in (self.body, *self.same)]


@cache
def signals(broker: str) -> tuple[Signal, ...]:
    """Return the table of a broker."""
    table = load_yaml(CASES.with_name("failures") / f"{broker}.yaml")
    return msgspec.convert(table, tuple[Signal, ...])


def sent_by(broker: str) -> list[str]:
    """Return the operations of a broker that send something."""
    return [n for n, node in operations(broker).items() if node.get("x-sign-in") != "authorize"]


def meant(broker: str, signal: Signal) -> list[str]:
    """Return the operations that a signal may answer."""
    api = [n for n in sent_by(broker) if "x-sign-in" not in operations(broker)[n]]
    return list(signal.operations) or api
