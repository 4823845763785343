"""Say findings in the form that a reader wants: a person, a script or a build server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from brokerspec.reports.github import github
from brokerspec.reports.json import json
from brokerspec.reports.junit import junit
from brokerspec.reports.report import Checked, Report, Reported, RuleInfo
from brokerspec.reports.sarif import sarif
from brokerspec.reports.text import text

__all__ = ["Checked", "Format", "Report", "Reported", "RuleInfo", "render"]


class Format(StrEnum):
    """Name a form of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


_RENDERERS: Final[Mapping[Format, Callable[[Report], str]]] = {
    Format.TEXT: text,
    Format.JSON: json,
    Format.SARIF: sarif,
    Format.JUNIT: junit,
    Format.GITHUB: github,
}


def render(report: Report, form: Format) -> str:
    """Return a report as text that ends with a line break, or as nothing at all."""
    return _RENDERERS[form](report)
