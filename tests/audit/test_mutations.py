"""Every change to a document is found, and next to nothing else is said.

The documents are made from the specs. With BROKERSPEC_DOCUMENTS, a folder that holds the
vendors' own documents, these are changed and audited too.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from audit.making import LAYOUTS, make
from audit.mutating import Mutation, applied, mutations, some_of
from brokerspec.audit import facts_of
from brokerspec.audit.compare import compare
from brokerspec.audit.facts import Facts, Text
from brokerspec.audit.finding import Finding
from brokerspec.audit.known import read_known, sort_out
from brokerspec.document import Document
from brokerspec.load import load
from brokerspec.resolve import resolve

ROOT = Path(__file__).parents[2]
BROKERS = sorted(path.parent.name for path in (ROOT / "specs").glob("*/openapi.yaml"))
COUNT = 8
SEEDS = range(2)
FOLDER = os.environ.get("BROKERSPEC_DOCUMENTS")
REAL = sorted(Path(FOLDER).glob("*.txt")) if FOLDER else []


@cache
def spec_of(broker: str) -> Document:
    return resolve(load(ROOT / f"specs/{broker}/openapi.yaml"))[0]


@cache
def made(broker: str, layout: str) -> Facts:
    return read(make(spec_of(broker), layout).split("\n"))


@cache
def real(path: Path) -> tuple[str, Facts]:
    """Return a real document with the broker whose spec it differs least from."""
    facts = read(path.read_text().split("\n"))
    return min(BROKERS, key=lambda broker: len(compare(spec_of(broker), facts))), facts


def read(lines: list[str] | tuple[str, ...]) -> Facts:
    return facts_of(Text("document.txt", "text", tuple(lines)))


def found_in(broker: str, facts: Facts) -> dict[str, Finding]:
    return {one.fingerprint: one for one in compare(spec_of(broker), facts)}


def judged(
    broker: str, facts: Facts, before: dict[str, Finding], chosen: list[Mutation]
) -> tuple[list[str], list[Finding]]:
    """Return the changes that were not found, and the findings that no change explains."""
    changed = read(applied(facts.text.lines, chosen))
    after = found_in(broker, changed)
    new = [one for name, one in after.items() if name not in before]
    # What was known and is no longer there is reported too.
    gone = [one for name, one in before.items() if name not in after]
    told = [*new, *gone]
    missed = [str(one) for one in chosen if not any(tells(finding, one) for finding in told)]
    false = [finding for finding in new if not any(tells(finding, one) for one in chosen)]
    return missed, false


def tells(finding: Finding, change: Mutation) -> bool:
    """Say whether a finding speaks of a change."""
    if finding.code == "audit-unplaced-table" and change.kind.startswith("row"):
        return any(word in finding.in_document for word in change.words) or (
            change.kind in ("row removed", "row retyped")
        )
    parts = (finding.message, finding.pointer, finding.in_document, finding.in_spec)
    told = " ".join(parts).lower()
    return any(word.lower() in told for word in change.words)


@pytest.mark.parametrize("broker", BROKERS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_change_to_a_made_document_is_found(broker: str, layout: str) -> None:
    facts = made(broker, layout)
    before, known = found_in(broker, facts), mutations(facts)
    for seed in SEEDS:
        missed, false = judged(broker, facts, before, some_of(known, COUNT, seed))
        assert missed == []
        assert len(false) <= 1, [one.message for one in false]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(10))
def test_every_change_to_a_real_document_is_found(path: Path, seed: int) -> None:
    broker, facts = real(path)
    before = found_in(broker, facts)
    missed, false = judged(broker, facts, before, some_of(mutations(facts), COUNT, seed))
    assert missed == []
    assert len(false) <= 1, [one.message for one in false]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_real_document_as_it_is_gives_nothing_new(path: Path) -> None:
    from datetime import UTC, datetime

    broker, facts = real(path)
    known = read_known(ROOT / f"specs/{broker}/known.yaml")
    found = sort_out(compare(spec_of(broker), facts), known, datetime.now(UTC).date())
    assert (found.new, found.stale) == ((), ())
