"""Write a report as workflow commands, which GitHub shows beside the changed lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from brokerspec.diagnostics import Diagnostic
from brokerspec.reports.report import Report, relative


def github(report: Report) -> str:
    """Return one annotation per finding that counts."""
    return "".join(f"{annotation(item.diagnostic, report.base)}\n" for item in report.counting)


def annotation(found: Diagnostic, base: Path) -> str:
    """Return one finding as a workflow command; its file is named as seen from `base`."""
    place = (
        {
            "file": relative(found.where.file, base),
            "line": str(found.where.line),
            "col": str(found.where.column),
        }
        if found.where
        else {}
    )
    message = f"{found.message}\nHint: {found.hint}" if found.hint else found.message
    return workflow_command(str(found.severity), {**place, "title": found.code}, message)


def workflow_command(name: str, properties: Mapping[str, str], message: str) -> str:
    """Return a workflow command; its name is `error`, `warning` or `notice`."""
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    # The percent sign comes first, or it would be escaped twice.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
