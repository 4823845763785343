"""Lay payloads over each other: which members there are, and what stood in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from brokerspec.audit.facts import Payload, Row
from brokerspec.tree import JSON, Pointer


@dataclass(slots=True)
class Shape:
    """Hold what all values at one place have in common, and what a table says of them."""

    line: int = 0
    seen: int = 0
    objects: int = 0
    kinds: list[str] = field(default_factory=list[str])
    values: list[JSON] = field(default_factory=list[JSON])
    members: dict[str, Shape] = field(default_factory=dict[str, "Shape"])
    entry: Shape | None = None
    row: Row | None = None

    @property
    def is_object(self) -> bool:
        """Say whether the place holds objects whose members are known."""
        return bool(self.members)

    @property
    def is_nullable(self) -> bool:
        """Say whether null stood here."""
        return "null" in self.kinds

    def member(self, name: str, line: int) -> Shape:
        """Return the member of a name, made when it is new."""
        if name not in self.members:
            self.members[name] = Shape(line)
        return self.members[name]

    def add(self, value: JSON, lines: Mapping[Pointer, int], at: Pointer = ()) -> None:
        """Lay one more value over what is here."""
        self.seen += 1
        kind = kind_of(value)
        if kind not in self.kinds:
            self.kinds.append(kind)
        if isinstance(value, dict):
            self.objects += 1
            for name, member in value.items():
                below = (*at, name)
                self.member(name, lines.get(below, self.line)).add(member, lines, below)
        elif isinstance(value, list):
            self.entry = self.entry or Shape(self.line)
            for index, member in enumerate(value):
                self.entry.add(member, lines, (*at, index))
        else:
            self.values.append(value)

    def objects_below(self, at: Pointer = ()) -> Iterator[tuple[Pointer, Shape]]:
        """Walk over every object, the outermost first."""
        if self.is_object:
            yield at, self
        for name, member in self.members.items():
            yield from member.objects_below((*at, name))
        if self.entry is not None:
            yield from self.entry.objects_below((*at, 0))


def shape_of(payloads: list[Payload]) -> Shape:
    """Return the common shape of some payloads."""
    shape = Shape(payloads[0].line if payloads else 0)
    for payload in payloads:
        shape.add(payload.value, payload.lines)
    return shape


def kind_of(value: JSON) -> str:
    """Return the JSON type of a value, whole numbers apart."""
    if isinstance(value, bool):
        return "boolean"
    if value is None:
        return "null"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
