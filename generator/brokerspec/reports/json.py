"""Write a report as JSON of our own form."""

from __future__ import annotations

from json import dumps
from typing import Any

from brokerspec.diagnostics import Severity
from brokerspec.reports.report import TOOL, Report, Reported, relative, tool_version


def json(report: Report) -> str:
    """Return the report as one JSON object."""
    whole = {
        "tool": TOOL,
        "version": tool_version(),
        "command": report.command,
        "checked": [relative(one.file, report.base) for one in report.checked if one.file],
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "ignored": report.ignored,
        "findings": [_finding(item, report) for item in report.findings],
    }
    return dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _finding(item: Reported, report: Report) -> dict[str, Any]:
    found, where = item.diagnostic, item.diagnostic.where
    return {
        "code": found.code,
        "level": str(found.severity),
        "file": relative(where.file, report.base) if where else None,
        "line": where.line if where else None,
        "column": where.column if where else None,
        "pointer": where.pointer if where else None,
        "message": found.message,
        "hint": found.hint,
        "fingerprint": item.fingerprint,
        "ignored": item.ignored or None,
    }
