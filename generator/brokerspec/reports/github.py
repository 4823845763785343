"""Write a report as workflow commands, which GitHub shows beside the changed lines."""

from __future__ import annotations

from pathlib import Path

from brokerspec.diagnostics import Diagnostic
from brokerspec.reports.report import Report, relative


def github(report: Report) -> str:
    """Return one annotation per finding that counts."""
    return "".join(f"{annotation(item.diagnostic, report.base)}\n" for item in report.counting)


def annotation(found: Diagnostic, base: Path) -> str:
    """Return one finding as a workflow command; its file is named as seen from `base`."""
    properties = {"title": found.code}
    if found.where:
        properties = {
            "file": relative(found.where.file, base),
            "line": str(found.where.line),
            "col": str(found.where.column),
            **properties,
        }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{found.message}\nHint: {found.hint}" if found.hint else found.message
    return f"::{found.severity} {listed}::{_data(message)}"


def _data(text: str) -> str:
    # The percent sign comes first, or it would be escaped twice.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
