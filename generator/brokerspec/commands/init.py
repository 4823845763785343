"""The command `init`: start the spec of a broker from its document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brokerspec.diagnostics import SpecError


def init(
    name: Annotated[str, typer.Argument(help="The broker, as the name of a Python package.")],
    *,
    document: Annotated[Path, typer.Option(help="Its document: text, HTML, Markdown or PDF.")],
    output: Annotated[
        Path | None, typer.Option(help="The folder that gets NAME; `specs` if none.")
    ] = None,
    time_zone: Annotated[
        str, typer.Option(help="Zone of the times in it, such as Asia/Kolkata, if it names none.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a spec, with its samples and notes.")
    ] = False,
) -> None:
    """Start the spec of a new broker; every guess in it is marked as inferred."""
    from brokerspec.console import counted, people
    from brokerspec.init import start
    from brokerspec.reports.text import show

    done = start(name, document, output or _specs(), time_zone=time_zone, force=force)
    console = people()
    for heading, lines in (("not read", done.unread), ("contradictions", done.contradictions)):
        if lines:
            console.print(f"[yellow]{heading}[/]")
        for line in lines:
            console.print(f"  {line}", markup=False)
    show(done.findings)
    counts = (
        counted(done.operations, "operation"),
        counted(done.schemas, "schema"),
        counted(done.samples, "sample"),
        f"{len(done.unread)} not read",
    )
    console.print(f"{done.folder}: {', '.join(counts)}", markup=False)
    console.print("Go on in NOTES.md; every guess is marked x-provenance: inferred.")
    raise typer.Exit(1 if done.findings else 0)


def _specs() -> Path:
    """Return the folder of the project's specs, or `specs` here where there is none yet."""
    from brokerspec.project import find_root

    try:
        return find_root(Path.cwd()) / "specs"
    except SpecError:
        return Path("specs")
