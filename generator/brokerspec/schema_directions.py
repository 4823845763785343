"""Which schemas are not the same in requests and in answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from brokerspec.document import Schema


def differing(components: Mapping[str, Schema]) -> frozenset[str]:
    """Return the components with a member, at any depth, that only one direction has."""
    users: defaultdict[str, set[str]] = defaultdict(set)
    pending: list[str] = []
    for name, schema in components.items():
        inside = list(_inside(schema))
        if any(part.read_only or part.write_only for part in inside):
            pending.append(name)
        for part in inside:
            if part.ref is not None:
                users[part.ref].add(name)
    found = set(pending)
    while pending:
        new = users[pending.pop()] - found
        found |= new
        pending += new
    return frozenset(found)


def _inside(schema: Schema) -> Iterator[Schema]:
    pending = [schema]
    while pending:
        part = pending.pop()
        yield part
        pending += part.children
