"""Write a report for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from io import StringIO
from typing import TYPE_CHECKING

from brokerspec.console import counted, people
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.reports.report import Report

if TYPE_CHECKING:
    from rich.console import Console

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def text(report: Report) -> str:
    """Return what would be shown, without colours."""
    from rich.console import Console

    plain = StringIO()
    show_report(report, Console(file=plain, highlight=False, soft_wrap=True, color_system=None))
    return plain.getvalue()


def show_report(report: Report, console: Console) -> None:
    """Show every finding that counts, and how many there are."""
    for item in report.counting:
        _show(item.diagnostic, console, item.fingerprint if report.shows_fingerprints else "")
    console.print(summary(report))


def summary(report: Report) -> str:
    """Say in one line how many files were checked and what was found in them."""
    counts = [
        counted(sum(bool(one.file) for one in report.checked), "spec"),
        counted(report.count(Severity.ERROR), "error"),
        counted(report.count(Severity.WARNING), "warning"),
    ]
    return ", ".join([*counts, f"{report.ignored} ignored"] if report.ignored else counts)


def show(
    diagnostics: Iterable[Diagnostic], *, most: int | None = None, console: Console | None = None
) -> None:
    """Show findings, one each, with their hints; beyond `most` only how many there are."""
    console = console or people()
    listed = list(diagnostics)
    for item in listed[:most]:
        _show(item, console)
    if most is not None and len(listed) > most:
        codes = Counter(item.code for item in listed)
        counts = ", ".join(f"{number} {code}" for code, number in codes.most_common())
        console.print(f"… {len(listed)} findings in all: {counts}")


def show_grouped(
    diagnostics: Iterable[Diagnostic], *, most: int = 3, console: Console | None = None
) -> None:
    """Show findings by kind: some of each, and of the others how many there are."""
    console = console or people()
    by_code: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        by_code.setdefault(item.code, []).append(item)
    for code, items in sorted(by_code.items(), key=lambda found: (len(found[1]), found[0])):
        for item in items[: most if len(items) > most + 1 else None]:
            _show(item, console)
        if len(items) > most + 1:
            rest = len(items) - most
            console.print(f"  [dim]… and {rest} more \\[{code}][/]")
    total = sum(len(items) for items in by_code.values())
    if any(len(items) > most + 1 for items in by_code.values()):
        console.print(f"{total} warnings in all: --verbose shows them, --report FILE keeps them")


def _show(item: Diagnostic, console: Console, fingerprint: str = "") -> None:
    from rich.markup import escape

    place = f"{escape(str(item.where))}: " if item.where else ""
    kind = f"[{_COLOURS[item.severity]}]{item.severity}[/]"
    known = f" {fingerprint}" if fingerprint else ""
    console.print(f"{place}{kind}: {escape(item.message)} [dim]\\[{item.code}]{known}[/]")
    if item.hint:
        console.print(f"  [dim]hint:[/] {escape(item.hint)}")
