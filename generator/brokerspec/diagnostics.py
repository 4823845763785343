"""Describe what is wrong in a spec, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from brokerspec.text import clean, is_clean

LONGEST: Final = 2_000


class Severity(StrEnum):
    """Say whether a finding stops the work."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """Point at one character of a file; lines and columns start at 1.

    `pointer` is the JSON Pointer of the value meant, which stays the same when lines move.
    """

    file: str
    line: int
    column: int
    pointer: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Hold one finding: what it is, where it is and what helps."""

    severity: Severity
    code: str
    where: Where | None
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        # What a document says is shown on a terminal: on one line, of bounded length.
        for name, text in (("message", self.message), ("hint", self.hint)):
            if len(text) > LONGEST or "\n" in text or not is_clean(text):
                flat = " ".join(clean(text[: LONGEST + 1]).split())
                shown = flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
                object.__setattr__(self, name, shown)

    def __lt__(self, other: Diagnostic) -> bool:
        return self._order() < other._order()

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.severity}[{self.code}] {self.message}{hint}"

    def _order(self) -> tuple[str, int, int, str, str, str, str]:
        where = self.where or Where("", 0, 0)
        return (
            where.file,
            where.line,
            where.column,
            self.severity,
            self.code,
            self.message,
            self.hint,
        )


class SpecError(Exception):
    """Refuse a spec that cannot be used, with every reason found."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics))
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest known word, or an empty text."""
    close = get_close_matches(name, sorted(known), n=1)
    return f"did you mean {close[0]!r}?" if close else ""
