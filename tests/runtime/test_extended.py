"""Look for members that a document does not name in values of any class."""

from __future__ import annotations

import msgspec

from brokerspec_runtime.extended import may_hold


class Plan(msgspec.Struct):
    options: list[str]
    parts: tuple[int, ...] = ()


class Loose(msgspec.Struct):
    others: dict[str, int] = msgspec.field(name="{*}", default_factory=dict)


class Holder(msgspec.Struct):
    options: Loose


def test_a_member_may_be_called_options() -> None:
    assert not may_hold(Plan(["a"]))
    assert may_hold([Holder(Loose({"x": 1}))])
