"""Show what an audit found: for people, for programs and for GitHub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from brokerspec.audit.facts import Facts
from brokerspec.audit.finding import Finding
from brokerspec.audit.known import Sorted
from brokerspec.diagnostics import Diagnostic


def counts(facts: Facts) -> str:
    """Say how much of a document was read."""
    repaired = sum(bool(payload.repairs) for payload in facts.payloads)
    rows = sum(len(table.rows) for table in facts.tables)
    parts = (
        _counted(len(facts.payloads), "payload") + (f" ({repaired} repaired)" if repaired else ""),
        _counted(len(facts.endpoints), "address", "addresses"),
        f"{_counted(len(facts.tables), 'table')} of {_counted(rows, 'row')}",
        _counted(len(facts.value_lists), "list") + " of values",
    )
    return ", ".join(parts)


def verdict(found: Sorted) -> str:
    """Say in one line what the audit came to."""
    parts = [_counted(len(found.new), "new finding"), f"{len(found.known)} known"]
    if found.stale:
        parts.append(_counted(len(found.stale), "entry", "entries") + " to look at again")
    return ", ".join(parts)


def diagnostics(facts: Facts, found: Sorted) -> list[Diagnostic]:
    """List what fails the audit, in the order of the document."""
    new = [finding.diagnostic(facts.text.label) for finding in found.new]
    return [*new, *found.stale]


def repairs(facts: Facts) -> Iterator[str]:
    """List how broken payloads were read."""
    for payload in facts.payloads:
        for repair in payload.repairs:
            yield f"{facts.text.label}:{repair.line}: {repair.what}"


def as_json(broker: str, facts: Facts, found: Sorted) -> str:
    """Write the result for programs; its keys are stable."""
    result = {
        "broker": broker,
        "document": facts.text.label,
        "read": {
            "payloads": len(facts.payloads),
            "endpoints": len(facts.endpoints),
            "tables": len(facts.tables),
            "rows": sum(len(table.rows) for table in facts.tables),
            "lists": len(facts.value_lists),
        },
        "repairs": [
            {"line": repair.line, "what": repair.what}
            for payload in facts.payloads
            for repair in payload.repairs
        ],
        "new": [_finding(one) for one in found.new],
        "known": [{**_finding(one), "reason": known.reason} for one, known in found.known],
        "stale": [
            {"code": one.code, "where": str(one.where), "message": one.message}
            for one in found.stale
        ],
    }
    return json.dumps(result, indent=2, ensure_ascii=False)


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "fingerprint": one.fingerprint,
        "code": one.code,
        "line": one.line,
        "subject": one.subject,
        "pointer": one.pointer,
        "document": one.in_document,
        "spec": one.in_spec,
        "spec_place": str(one.where) if one.where else None,
        "message": one.message,
    }


def _counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"
