"""Say findings in the form that a reader wants: a person, a script or a build server."""

from __future__ import annotations

from enum import StrEnum

from brokerspec.reports.report import Checked, Report, Reported, RuleInfo

__all__ = ["Checked", "Format", "Report", "Reported", "RuleInfo", "render"]


class Format(StrEnum):
    """Name a form of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


def render(report: Report, form: Format) -> str:
    """Return a report as text that ends with a line break, or as nothing at all."""
    # Every command imports this module; the forms are loaded by the one that reports.
    from brokerspec.reports.github import github
    from brokerspec.reports.json import json
    from brokerspec.reports.junit import junit
    from brokerspec.reports.sarif import sarif
    from brokerspec.reports.text import text

    renderers = {
        Format.TEXT: text,
        Format.JSON: json,
        Format.SARIF: sarif,
        Format.JUNIT: junit,
        Format.GITHUB: github,
    }
    return renderers[form](report)
