"""A report with everything that could go wrong in writing it."""

from __future__ import annotations

from pathlib import Path

from brokerspec.diagnostics import Diagnostic, Severity, Where
from brokerspec.reports import Checked, Report, Reported, RuleInfo

BASE = Path.cwd()
NASTY = "100%, done: 'a'\nnext::line <b>&amp;[red]\x00\x1b[31m \U0001f4c8"
ERROR = Diagnostic(
    Severity.ERROR,
    "first-rule",
    Where("specs/a b,c:d/openapi.yaml", 3, 5, "/paths/~1a"),
    NASTY,
    "try, it",
)
WARNING = Diagnostic(
    Severity.WARNING, "second-rule", Where("specs/other/openapi.yaml", 1, 1), "small", ""
)
NOWHERE = Diagnostic(Severity.WARNING, "third-rule", None, "nowhere", "")
ACCEPTED = Diagnostic(
    Severity.ERROR, "first-rule", Where("specs/other/openapi.yaml", 9, 2, "/info"), "known", ""
)


def report(*, url: str = "https://example.com/rules/first-rule.md") -> Report:
    return Report(
        "validate",
        (
            Checked("specs/a b,c:d/openapi.yaml", (Reported(ERROR, "first-rule-1"),)),
            Checked(
                "specs/other/openapi.yaml",
                (
                    Reported(WARNING, "second-rule-2"),
                    Reported(ACCEPTED, "first-rule-3", "The vendor knows, & waits."),
                ),
            ),
            Checked("specs/good/openapi.yaml"),
            Checked("", (Reported(NOWHERE, "third-rule-4"),)),
        ),
        (
            RuleInfo("first-rule", Severity.ERROR, "First.", "# first-rule\n\nFirst.\n", url),
            RuleInfo("second-rule", Severity.WARNING, "Second."),
        ),
        BASE,
    )
