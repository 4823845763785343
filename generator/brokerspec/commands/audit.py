"""The command `audit`: hold a vendor's document against the spec that was written from it."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from brokerspec.audit.facts import Facts
    from brokerspec.audit.known import Sorted
    from brokerspec.document import Document


class Format(StrEnum):
    """Name the ways in which findings can be written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def audit(
    broker: Annotated[str, typer.Argument(help="The broker whose spec is compared.")],
    *,
    document: Annotated[
        Path, typer.Option(help="The vendor's document: text, HTML, Markdown or PDF.")
    ],
    propose: Annotated[
        bool, typer.Option("--propose", help="Print a patch for the mechanical part.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Apply that patch to the spec and its samples.")
    ] = False,
    known: Annotated[
        Path | None, typer.Option(help="Known findings; specs/BROKER/known.yaml if not given.")
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="How findings are written.")
    ] = Format.TEXT,
    show_known: Annotated[
        bool, typer.Option("--show-known", help="List the known findings and the repairs too.")
    ] = False,
) -> None:
    """Compare a vendor's document with a spec. Exit codes: 0 nothing new, 1 findings."""
    from datetime import UTC, datetime

    from brokerspec.audit import facts_of
    from brokerspec.audit.compare import compare
    from brokerspec.audit.known import read_known, sort_out
    from brokerspec.audit.read import read
    from brokerspec.audit.report import diagnostics
    from brokerspec.load import load
    from brokerspec.project import find_root, jobs_of
    from brokerspec.resolve import resolve

    if propose and output is not Format.TEXT:
        raise typer.BadParameter("--propose prints a patch, so it needs --format text")
    job = jobs_of(find_root(Path.cwd()), [broker])[0]
    list_path = known or job.spec.with_name("known.yaml")
    entries = read_known(list_path) if known or list_path.exists() else []
    spec, _ = resolve(load(job.spec))
    facts = facts_of(read(document))
    found = sort_out(compare(spec, facts), entries, datetime.now(UTC).date())
    _show(broker, facts, found, output, show_known)
    if propose or write:
        _propose(spec, found, write=write, shows_patch=output is Format.TEXT)
    raise typer.Exit(1 if diagnostics(facts, found) else 0)


def _show(broker: str, facts: Facts, found: Sorted, output: Format, show_known: bool) -> None:
    from brokerspec.audit.report import (
        as_json,
        counts,
        diagnostics,
        repairs,
        verdict,
    )
    from brokerspec.console import people
    from brokerspec.reports.github import annotation
    from brokerspec.reports.text import show

    failing = diagnostics(facts, found)
    if output is Format.JSON:
        typer.echo(as_json(broker, facts, found))
        return
    if output is Format.GITHUB:
        for item in failing:
            typer.echo(annotation(item, Path.cwd()))
        return
    console = people()
    if show_known:
        for line in repairs(facts):
            console.print(f"repaired: {line}", markup=False)
        for finding, entry in found.known:
            where = f"{facts.text.label}:{finding.line}"
            console.print(f"known: {where}: {finding.message}: {entry.reason}", markup=False)
    show(failing)
    console.print(f"{broker}: {counts(facts)}")
    console.print(verdict(found))


def _propose(spec: Document, found: Sorted, *, write: bool, shows_patch: bool) -> None:
    from brokerspec.audit.propose import as_diff, propose, write_changes

    changes = propose(spec, found)
    folder = spec.source.path.parent
    if shows_patch:
        sys.stdout.write(as_diff(_relative(folder), changes))
    if write:
        write_changes(folder, changes)
        typer.echo(f"files changed: {len(changes)}", err=True)
    elif not changes:
        typer.echo("nothing that a program can change", err=True)


def _relative(folder: Path) -> Path:
    try:
        return folder.absolute().relative_to(Path.cwd())
    except ValueError:
        return Path(folder.name)
