"""Pair what a document prints with the part of a spec that it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from brokerspec.audit.facts import Facts, Payload, Table
from brokerspec.audit.finding import folded
from brokerspec.audit.places import Places
from brokerspec.audit.shapes import Shape, plain
from brokerspec.diagnostics import SpecError
from brokerspec.document import MISSING, Document, Example, MediaType
from brokerspec.load import load
from brokerspec.samples import references
from brokerspec.tree import JSON, Pointer, Source

T = TypeVar("T")
_MODEL = re.compile(r"[a-z][A-Z]")

_LIKE = 0.3  # Below this share of common keys two payloads have nothing to do with each other.
_NEAR = 0.34  # The same for the names of a table and those of a schema.


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold one stored payload and what it is an example of."""

    operation: str
    direction: str
    file: str
    value: JSON
    media: MediaType
    example: Example
    source: Source | None = None

    @property
    def is_printed(self) -> bool:
        """Say whether the sample is from the document itself."""
        return "x-provenance" not in self.example.extensions


@dataclass(frozen=True, slots=True)
class Pairs:
    """Hold pairs, and what is left on either side."""

    pairs: tuple[tuple[Payload, Sample], ...]
    payloads: tuple[Payload, ...]
    samples: tuple[Sample, ...]


def samples_of(document: Document) -> list[Sample]:
    """Load the stored payloads; one that cannot be read is left to `validate`."""
    found: list[Sample] = []
    for one in references(document):
        try:
            source = load(document.source.path.parent / PurePosixPath(one.file))
        except SpecError:
            continue
        operation = one.operation.operation_id
        found.append(
            Sample(operation, one.side, one.file, source.root, one.media, one.example, source)
        )
    for owner in document.operations:
        for side, media in owner.media_types:
            for example in media.examples:
                value = example.value
                # What comes from elsewhere is no sample of what the document prints.
                if value is not MISSING and "x-provenance" not in example.extensions:
                    found.append(Sample(owner.operation_id, side, "", value, media, example))
    return found


def names_in(value: JSON) -> Iterator[str]:
    """List every name in a payload."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from names_in(member)
    elif isinstance(value, list):
        for entry in value:
            yield from names_in(entry)


def pair_payloads(facts: Facts, samples: list[Sample], places: Places) -> Pairs:
    """Pair each payload with the sample that it was stored as, best pairs first."""
    payloads = facts.payloads
    printed = [set(_leaves(one.value)) for one in payloads]
    stored = [set(_leaves(one.value)) for one in samples]
    scored: list[tuple[float, float, int, int]] = []
    for i, payload in enumerate(payloads):
        for j, sample in enumerate(samples):
            score = _score(payload, sample, printed[i], stored[j], places)
            if score > 0:
                distance = abs(i / max(len(payloads), 1) - j / max(len(samples), 1))
                scored.append((-score, distance, i, j))
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, _, i, j in sorted(scored):
        if i not in taken and j not in used:
            taken[i] = j
            used.add(j)
    return Pairs(
        tuple((payloads[i], samples[j]) for i, j in sorted(taken.items())),
        tuple(one for i, one in enumerate(payloads) if i not in taken),
        tuple(one for j, one in enumerate(samples) if j not in used),
    )


def _score(
    payload: Payload,
    sample: Sample,
    printed: set[tuple[str, str]],
    stored: set[tuple[str, str]],
    places: Places,
) -> float:
    if payload.direction and payload.direction != sample.direction:
        return 0
    keys = _share({path for path, _ in printed}, {path for path, _ in stored})
    is_named = sample.operation in places.named(payload.section)
    is_near = is_named or sample.operation in places.around(payload.line)
    if keys < _LIKE and not (is_near and payload.direction):
        return 0
    exact = 1.0 if payload.value == sample.value else 0.0
    return 2 * keys + 2 * _share(printed, stored) + exact + 1.5 * is_near


def _leaves(value: JSON, pointer: Pointer = ()) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from _leaves(member, (*pointer, key))
    elif isinstance(value, list) and value:
        for entry in value:
            yield from _leaves(entry, (*pointer, 0))
    else:
        yield folded(pointer), repr(value)


def _share(one: Set[T], other: Set[T]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def shape_of(table: Table, shapes: list[Shape], places: Places) -> Shape | None:
    """Find the object that a table describes."""
    near = set(places.of(table.section, table.line))
    names = {row.name for row in table.rows}
    scored = [(_likeness(table, names, shape, near), -i) for i, shape in enumerate(shapes)]
    best, index = max(scored, default=(0.0, 0))
    return shapes[-index] if best > 0 else None


def _likeness(table: Table, names: set[str], shape: Shape, near: set[str]) -> float:
    exact = {name for name in names if shape.find(name)}
    alike = {name for name in names - exact if shape.find_alike(name)}
    is_titled = bool(table.title) and (
        plain(table.title) == plain(shape.name)
        # A model name such as PlacedOrder; a plain word may stand in any description.
        or (
            _MODEL.search(table.title) is not None
            and table.title in re.findall(r"\w+", shape.description)
        )
    )
    if not (exact or alike or is_titled):
        return 0
    common = len(exact) + 0.8 * len(alike)
    documented = sum(one.is_documented for one in shape.fields.values()) or len(shape.fields)
    share = 2 * common / (len(names) + max(documented, len(exact | alike))) if names else 0.0
    contained = common / len(names) if names else 0.0
    if not is_titled and (share < _NEAR or contained < 0.5):
        return 0
    title = f"{table.title} {table.section}".lower()
    sides = {side for operation, side in shape.uses if operation in near}
    wanted = "response" if "respon" in title or "answer" in title else ""
    wanted = wanted or ("request" if "request" in title or "query" in title else "")
    wanted = table.direction or wanted
    status = table.title.strip(" :-")
    if any(operation in near and known == status for operation, known in shape.statuses):
        sides |= {wanted}
        share += 0.2
    bonus = 1.0 * is_titled + 0.3 * bool(sides) + 0.1 * (wanted in sides)
    return share + 0.5 * contained + bonus
