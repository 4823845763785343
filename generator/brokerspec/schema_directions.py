"""Which schemas are not the same in requests and in answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from brokerspec.document import Schema
from brokerspec.schema_unions import Children

# The class of a component; in a tuple, that or any that extends it.
_Node: TypeAlias = str | tuple[str]


class Directions:
    """Tell the schemas with a member, at any depth, that only one direction has."""

    def __init__(self, components: Mapping[str, Schema], children: Children) -> None:
        self._components = components
        self._children = children
        # Keyed by identity; the schema is kept with its result so that it stays the only one.
        self._known: dict[int, tuple[Schema, bool]] = {}
        self._means: dict[str, _Node] = {}

    def differs(self, name: str) -> bool:
        """Say whether the class of a component is one of them."""
        return name in self._differing

    def differs_inside(self, schema: Schema) -> bool:
        """Say whether what a schema stands for is one of them."""
        known = self._known.get(id(schema))
        if known is not None:
            return known[1]
        if schema.ref is not None:
            return self._meant(schema.ref) in self._differing
        found = self._has_own(schema) or any(map(self.differs_inside, schema.children))
        self._known[id(schema)] = schema, found
        return found

    @cached_property
    def _differing(self) -> frozenset[_Node]:
        users: defaultdict[_Node, set[_Node]] = defaultdict(set)
        pending: list[_Node] = []
        for name, schema in self._components.items():
            for is_base, part in _inside(schema):
                if self._has_own(part):
                    pending.append(name)
                if part.ref is not None and is_base:
                    users[part.ref].add(name)
                    users[(name,)].add((part.ref,))
                elif part.ref is not None:
                    users[self._meant(part.ref)].add(name)
            users[name].add((name,))
            for child in self._children.directly_of(name):
                users[(child,)].add((name,))
        found = set(pending)
        while pending:
            new = users[pending.pop()] - found
            found |= new
            pending += new
        return frozenset(found)

    def _meant(self, name: str) -> _Node:
        """Return what a reference stands for: with a discriminator, all that extend it."""
        if name not in self._means:
            self._means[name] = (name,) if self._children.directly_of(name) else name
        return self._means[name]

    def _has_own(self, schema: Schema) -> bool:
        """Say whether a schema itself has such a member."""
        return any(
            part.read_only or part.write_only
            for member in schema.properties.values()
            for part in self._led(member)
        )

    def _led(self, schema: Schema) -> Iterator[Schema]:
        """Yield a schema and those that its reference leads to."""
        yield schema
        seen: set[str] = set()
        found: Schema | None = schema
        while found is not None and found.ref is not None and found.ref not in seen:
            seen.add(found.ref)
            # These do not count as looked up: each member is looked at once.
            found = self._components.get(found.ref)
            if found is not None:
                yield found


def in_component(schema: Schema) -> bool:
    """Say whether a schema stands in a component, which both directions may have."""
    place = ("components", "schemas")
    return schema.pointer[:2] == place or schema.pointer[1:3] == place


def _inside(schema: Schema) -> Iterator[tuple[bool, Schema]]:
    """Yield all parts of a schema; True with those that it is itself made of."""
    pending = [(False, schema)]
    while pending:
        is_base, part = pending.pop()
        yield is_base, part
        rest = len(part.children) - len(part.all_of)
        pending += [(at >= rest, inner) for at, inner in enumerate(part.children)]
