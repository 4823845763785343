"""Show what changed: to people, to programs and to reviewers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from brokerspec.diagnostics import Where
from brokerspec.diff.change import BREAKING, COMPATIBLE, DOCUMENTATION, Change, Level
from brokerspec.diff.compare import Edition, come, compare, gone
from brokerspec.diff.versions import Proposal, entry, level_of, propose
from brokerspec.digest import digest_of
from brokerspec.reports.github import workflow_command
from brokerspec.text import code, table_cell

LEVELS: Final = (BREAKING, COMPATIBLE, DOCUMENTATION)
NOTHING: Final = "no differences"
_TITLES: Final[Mapping[Level, str]] = {
    BREAKING: "Breaking",
    COMPATIBLE: "Compatible",
    DOCUMENTATION: "Documentation",
}
_COLOURS: Final[Mapping[Level, str]] = {BREAKING: "red", COMPATIBLE: "green", DOCUMENTATION: "blue"}
_COMMANDS: Final[Mapping[Level, str]] = {
    BREAKING: "error",
    COMPATIBLE: "warning",
    DOCUMENTATION: "notice",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What changed in one package; a side without it has no edition."""

    package: str
    old: Edition | None
    new: Edition | None
    changes: tuple[Change, ...]
    proposal: Proposal | None


def compare_all(old: Mapping[str, Edition], new: Mapping[str, Edition]) -> list[Compared]:
    """Return what changed in each package; two single specs are compared under any name."""
    if len(old) == len(new) == 1:
        name, edition = next(iter(new.items()))
        return [_both(name, next(iter(old.values())), edition)]
    found: list[Compared] = []
    for name in sorted({*old, *new}):
        if name not in new:
            found.append(Compared(name, old[name], None, (gone(old[name]),), None))
        elif name not in old:
            found.append(Compared(name, None, new[name], (come(new[name]),), None))
        else:
            found.append(_both(name, old[name], new[name]))
    return found


def _both(name: str, old: Edition, new: Edition) -> Compared:
    changes = compare(old, new)
    return Compared(name, old, new, tuple(changes), propose(old, changes))


def changes_of(found: Iterable[Compared]) -> list[Change]:
    """Return the changes of all packages."""
    return [change for compared in found for change in compared.changes]


def counts(changes: Sequence[Change]) -> str:
    """Return how many changes there are of each level, as words."""
    if not changes:
        return NOTHING
    numbers = Counter(change.level for change in changes)
    total = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
    return f"{total}: " + ", ".join(f"{numbers[level]} {level}" for level in LEVELS)


def show_text(found: Sequence[Compared], console: Console) -> None:
    """Print changes for people: by package and level, then the version they ask for."""
    for compared in found:
        if not compared.changes:
            continue
        console.print(f"[bold]{escape(compared.package)}[/]")
        for level in LEVELS:
            listed = [change for change in compared.changes if change.level is level]
            if listed:
                console.print(f"\n  [bold {_COLOURS[level]}]{_TITLES[level]}[/] ({len(listed)})")
            for change in listed:
                _show_change(change, console)
        _show_proposal(compared, console)
    console.print(counts(changes_of(found)))


def _show_change(change: Change, console: Console) -> None:
    console.print(
        f"    {escape(change.message)} [dim]\\[{change.kind} {change.fingerprint}][/]",
        soft_wrap=True,
    )
    places = " → ".join(str(where) for where in (change.old, change.new) if where)
    if places:
        console.print(f"      [dim]{escape(places)}[/]", soft_wrap=True)
    if change.hint:
        console.print(f"      [dim]hint:[/] {escape(change.hint)}", soft_wrap=True)


def _show_proposal(compared: Compared, console: Console) -> None:
    proposal = compared.proposal
    if proposal is not None:
        base = f"{proposal.base} → " if proposal.base else ""
        text = f"\n  [bold]Version[/] {base}{proposal.version} ({escape(proposal.reason)})"
        console.print(text, soft_wrap=True)
        console.print("  [bold]Changelog[/]\n")
        for line in entry(proposal, compared.changes).splitlines():
            console.print(f"    {escape(line)}" if line else "", soft_wrap=True)
    console.print()


def as_json(found: Sequence[Compared]) -> str:
    """Return changes as JSON for programs."""
    packages = [
        {
            "package": compared.package,
            "level": level_of(compared.changes),
            "old": _edition(compared.old),
            "new": _edition(compared.new),
            "changes": [asdict(change) for change in compared.changes],
            "version": asdict(compared.proposal) if compared.proposal else None,
            "changelog": entry(compared.proposal, compared.changes) if compared.proposal else None,
        }
        for compared in found
    ]
    changes = changes_of(found)
    numbers = Counter(change.level for change in changes)
    whole = {
        "level": level_of(changes),
        "counts": {level: numbers[level] for level in LEVELS},
        "packages": packages,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _edition(edition: Edition | None) -> dict[str, Any] | None:
    if edition is None:
        return None
    return {"spec": edition.label, "digest": digest_of(edition.api)}


def as_markdown(found: Sequence[Compared]) -> str:
    """Return changes as Markdown, for a comment on a pull request."""
    lines: list[str] = []
    for compared in found:
        if not compared.changes:
            continue
        lines += [f"## {table_cell(compared.package)}", ""]
        for level in LEVELS:
            listed = [change for change in compared.changes if change.level is level]
            if listed:
                lines += [f"### {_TITLES[level]} ({len(listed)})", ""]
                lines += ["| change | old | new |", "| --- | --- | --- |"]
                lines += [_row(change) for change in listed]
                lines.append("")
        if compared.proposal is not None:
            proposal = compared.proposal
            lines += [f"Version **{proposal.version}**: {proposal.reason}.", ""]
            lines += ["```markdown", entry(proposal, compared.changes).rstrip(), "```", ""]
    return "\n".join([*lines, f"{counts(changes_of(found))}."]) + "\n"


def _row(change: Change) -> str:
    message = change.message.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
    hint = f"<br>{table_cell(change.hint)}" if change.hint else ""
    places = [code(str(where)) if where else "" for where in (change.old, change.new)]
    return f"| {message}{hint} | {places[0]} | {places[1]} |"


def as_github(found: Sequence[Compared]) -> str:
    """Return changes as annotations of a workflow of GitHub, one a line.

    They stand in the new spec; what is known only in a git revision has no file to stand in.
    """
    return "".join(f"{_annotation(change)}\n" for change in changes_of(found))


def _annotation(change: Change) -> str:
    title = f"{_TITLES[change.level]}: {change.kind} ({change.package})"
    hint = f" ({change.hint})" if change.hint else ""
    properties = {**_position(change.new), "title": title}
    return workflow_command(_COMMANDS[change.level], properties, change.message + hint)


def _position(where: Where | None) -> dict[str, str]:
    if where is None or ":" in where.file:
        return {}
    return {"file": where.file, "line": str(where.line), "col": str(where.column)}
