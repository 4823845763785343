"""Sort the facts of a document by the call that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from brokerspec.audit.facts import Endpoint, Facts, Payload, Table
from brokerspec.init.addresses import Address, address_of
from brokerspec.naming import words
from brokerspec.tree import JSON

_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
# Words of headings that divide the description of one call instead of naming another.
_GENERIC: Final = frozenset(
    words(
        """a an and api are arguments body call code content curl data description details document
    documented endpoint error errors example examples failed failure fail field fields for format
    header headers http in input is json method mode model name notes note of on output parameter
    parameters params path payload post get put delete query reply request requests response
    responses result return returns sample schema status structure success successful syntax table
    the to type url usage value values with"""
    )
)

_Fact: TypeAlias = "Endpoint | Payload | Table"


@dataclass(slots=True)
class Call:
    """Hold what a document says of one call."""

    section: str
    line: int
    address: Address | None = None
    requests: list[Payload] = field(default_factory=list[Payload])
    responses: list[Payload] = field(default_factory=list[Payload])
    tables: list[Table] = field(default_factory=list[Table])

    @property
    def method(self) -> str:
        """The printed method, or the one that the payloads speak for."""
        if self.address is not None and self.address.method:
            return self.address.method
        is_signature = self.address is not None and self.address.arguments is not None
        return "POST" if self.requests or is_signature else "GET"

    @property
    def has_printed_method(self) -> bool:
        """Say whether the document prints the method."""
        return self.address is not None and bool(self.address.method)

    @property
    def has_printed_path(self) -> bool:
        """Say whether the document prints the path."""
        address = self.address
        return address is not None and bool(address.path) and address.arguments is None

    @property
    def answers_many(self) -> bool:
        """Say whether the printed content of the answer is a list."""
        return any(_is_many(payload.value) for payload in self.responses)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Hold the calls of a document and what belongs to none of them."""

    calls: tuple[Call, ...]
    tables: tuple[Table, ...]
    endpoints: tuple[Endpoint, ...]


def sort(facts: Facts) -> Sorted:
    """Return the calls in the order of the document."""
    groups = list(_groups(facts))
    calls: list[Call] = []
    tables: list[Table] = []
    loose: list[Endpoint] = []
    for section, found in groups:
        made = list(_calls(section, found))
        if made:
            calls += made
        else:
            tables += [fact for fact in found if isinstance(fact, Table)]
            loose += [fact for fact in found if isinstance(fact, Endpoint)]
    return Sorted(tuple(_joined(calls)), tuple(tables), tuple(loose))


def is_generic(section: str) -> bool:
    """Say whether a heading names a part of a description rather than a call."""
    found = re.findall(r"[a-z]+", section.lower())
    return all(word in _GENERIC for word in found)


def _groups(facts: Facts) -> Iterator[tuple[str, list[_Fact]]]:
    """Gather what stands under one heading; headings of mere parts count to the one above."""
    every: list[_Fact] = [*facts.endpoints, *facts.payloads, *facts.tables]
    section, group = "", list[_Fact]()
    for fact in sorted(every, key=lambda fact: fact.line):
        if fact.section != section and not (is_generic(fact.section) and group):
            if group:
                yield section, group
            section, group = fact.section, []
        group.append(fact)
    if group:
        yield section, group


def _calls(section: str, facts: list[_Fact]) -> Iterator[Call]:
    """Make the calls of one group: one for each address that is more than a repetition."""
    addresses = _distinct(fact for fact in facts if isinstance(fact, Endpoint))
    payloads = [fact for fact in facts if isinstance(fact, Payload)]
    if not payloads and not any(
        address.method or address.arguments is not None for address in addresses
    ):
        return
    starts: list[Address | None] = [*addresses] or [None]
    calls = [Call(section, facts[0].line, starts[0])]
    calls += [Call(section, address.line, address) for address in starts[1:] if address]
    for fact in facts:
        if isinstance(fact, Endpoint):
            continue
        owner = max((c for c in calls if c.line <= fact.line), key=lambda c: c.line)
        if isinstance(fact, Table):
            owner.tables.append(fact)
        elif _is_request(fact, owner):
            owner.requests.append(fact)
        else:
            owner.responses.append(fact)
    yield from calls


def _distinct(endpoints: Iterable[Endpoint]) -> list[Address]:
    """Return the addresses of a group without repetitions and filled-in examples."""
    every = list(endpoints)
    every = [endpoint for endpoint in every if not endpoint.is_example] or every
    found = [address for address in map(address_of, every) if address is not None]
    found = [address for address in found if address.path.strip("/")] or found
    if any(address.method for address in found):
        found = [address for address in found if address.method]
    kept: list[Address] = []
    for address in found:
        same = [one for one in kept if one.method == address.method and one.is_like(address)]
        tails = [one for one in kept if one.method == address.method and _is_tail(one, address)]
        if not same and not tails:
            kept.append(address)
        elif tails and not same and len(address.path) > len(tails[0].path):
            kept[kept.index(tails[0])] = address
        elif same and len(address.query) > len(same[0].query):
            kept[kept.index(same[0])] = address
    return kept


def _is_tail(one: Address, other: Address) -> bool:
    """Say whether one path is the end of the other, printed without its beginning."""
    shorter, longer = sorted((one.path, other.path), key=len)
    return bool(shorter) and longer.endswith(shorter)


def _is_request(payload: Payload, call: Call) -> bool:
    if payload.direction:
        return payload.direction == "request"
    expects_body = call.address is None or not call.address.method or call.method in _WITH_BODY
    return expects_body and not call.requests and not call.responses


def _is_many(value: JSON) -> bool:
    """Look for a list of objects, alone or as the only content of an envelope."""
    if isinstance(value, list):
        return any(isinstance(entry, dict) for entry in value)
    if not isinstance(value, dict):
        return False
    nested = [member for member in value.values() if isinstance(member, dict | list)]
    return len(nested) == 1 and _is_many(nested[0])


def _joined(calls: list[Call]) -> Iterator[Call]:
    """Lay calls together that are described in pieces under one name."""
    by_name: dict[tuple[str, str, str], Call] = {}
    for call in calls:
        path = call.address.path if call.address else ""
        key = (call.section, call.method if call.has_printed_method else "", path)
        if key not in by_name:
            by_name[key] = call
            continue
        first = by_name[key]
        first.requests += call.requests
        first.responses += call.responses
        first.tables += call.tables
    yield from by_name.values()
