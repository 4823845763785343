"""Hold the facts of a document against a spec."""

from __future__ import annotations

from collections.abc import Iterator

from brokerspec.audit.compare_endpoints import compare_endpoints
from brokerspec.audit.compare_payloads import compare_payloads
from brokerspec.audit.compare_tables import Tables
from brokerspec.audit.compare_values import Lists
from brokerspec.audit.facts import Facts
from brokerspec.audit.finding import Finding, distinct
from brokerspec.audit.match import names_in, pair_payloads, samples_of
from brokerspec.audit.places import places_of
from brokerspec.audit.shapes import shapes_of
from brokerspec.document import Document


def compare(document: Document, facts: Facts) -> list[Finding]:
    """Return every difference once, in the order of the document."""
    return distinct(list(_findings(document, facts)))


def _findings(document: Document, facts: Facts) -> Iterator[Finding]:
    places = places_of(document, facts)
    shapes = shapes_of(document)
    lists = Lists(document, shapes)
    samples = samples_of(document)
    sampled = frozenset((one.operation, name) for one in samples for name in names_in(one.value))
    pairs = pair_payloads(facts, samples, places)
    yield from compare_payloads(document, pairs, places)
    yield from compare_endpoints(document, facts, places)
    tables = Tables(document, facts, places, shapes, lists, sampled)
    yield from tables.findings()
    for listed in facts.value_lists:
        if id(listed) in tables.used:
            continue
        yield from lists.compare(listed, places.of(listed.section, listed.line))
    for part in facts.unread:
        lines = "\n".join(facts.text.lines[part.line - 1 : part.end_line])
        message = f"lines {part.line} to {part.end_line} were not read: {part.why}"
        yield Finding("audit-unread", part.line, message, "", "", lines)
