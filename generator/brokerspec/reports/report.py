"""Hold what a command found, whatever the command and the form of its report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from brokerspec.diagnostics import Diagnostic, Severity

TOOL = "brokerspec"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """Describe one rule to those who read the report; `page` is Markdown."""

    code: str
    level: Severity
    summary: str
    page: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """Pair a finding with what identifies it; `ignored` is the reason why it does not count."""

    diagnostic: Diagnostic
    fingerprint: str
    ignored: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """Hold one file that was checked and what was found in it."""

    file: str
    findings: tuple[Reported, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Hold all that one run of a command found.

    `base` is the folder that paths in machine formats are relative to.
    """

    command: str
    checked: tuple[Checked, ...]
    rules: tuple[RuleInfo, ...] = ()
    base: Path = field(default_factory=Path.cwd)
    shows_fingerprints: bool = False

    @property
    def findings(self) -> Iterator[Reported]:
        """List every finding, the ignored ones too."""
        for one in self.checked:
            yield from one.findings

    @property
    def counting(self) -> list[Reported]:
        """List the findings that count."""
        return [item for item in self.findings if not item.ignored]

    @property
    def ignored(self) -> int:
        """Count the findings that do not count."""
        return sum(bool(item.ignored) for item in self.findings)

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity that count."""
        return sum(item.diagnostic.severity is severity for item in self.counting)


def tool_version() -> str:
    """Return the version of this tool, or an empty text when it is not installed."""
    # Slow to import, and only some forms of a report need it.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(TOOL)
    except PackageNotFoundError:
        return ""


def relative(file: str, base: Path) -> str:
    """Return a file's path from the base, or the whole path when it lies elsewhere."""
    whole = Path.cwd() / file
    try:
        return whole.relative_to(base).as_posix()
    except ValueError:
        return whole.as_posix()
