"""The command `generate`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from brokerspec.commands.arguments import Brokers
from brokerspec.console import counted

if TYPE_CHECKING:
    from brokerspec.generate import Job

_DONE: Final = {"missing": "new", "changed": "rewritten", "left over": "deleted"}


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be made, where it goes and which folder it is made from."""

    jobs: Callable[[], list[Job]]
    target: Path
    source: Path


def generate(
    brokers: Brokers = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when something differs.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and write again when a spec changes.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make everything anew, whatever is remembered.")
    ] = False,
    spec: Annotated[Path | None, typer.Option(help="An OpenAPI 3 document of your own.")] = None,
    output: Annotated[Path | None, typer.Option(help="The folder that gets the package.")] = None,
    package: Annotated[str | None, typer.Option(help="The name of the package.")] = None,
) -> None:
    """Write the client packages, or check that they are what the specs say."""
    if watch and check:
        raise typer.BadParameter("--watch writes and --check does not: choose one")
    task = _task(brokers or [], spec, output, package)
    if watch:
        from brokerspec.watch import changes_in, repeat

        task.jobs()
        repeat(lambda: _once(task, check=False, fresh=fresh), changes_in([task.source]))
        return
    differences = _once(task, check=check, fresh=fresh)
    raise typer.Exit(1 if check and differences else 0)


def _task(brokers: list[str], spec: Path | None, output: Path | None, package: str | None) -> _Task:
    from brokerspec.project import find_root, job_for, jobs_of

    if spec is not None:
        if output is None or package is None or brokers:
            raise typer.BadParameter("--spec needs --output and --package, and no broker names")
        job = job_for(spec, package)
        return _Task(lambda: [job], output, spec.absolute().parent)
    if output is not None or package is not None:
        raise typer.BadParameter("--output and --package belong to --spec")
    root = find_root(Path.cwd())
    return _Task(lambda: jobs_of(root, brokers), root / "generated", root / "specs")


def _once(task: _Task, *, check: bool, fresh: bool) -> int:
    """Make the packages, write or compare them, and return how many files differ."""
    from brokerspec.generate import build
    from brokerspec.write import compare, write

    built = build(task.jobs(), fresh=fresh)
    packages = built.packages
    if built.warnings:
        # Loaded only when there is something to show: rich takes as long as the rest.
        from brokerspec.reports.text import show

        show(built.warnings, most=20)
    act = compare if check else write
    differences = [
        item for name, files in packages.items() for item in act(task.target / name, files)
    ]
    for item in differences:
        typer.echo(f"{item.kind if check else _DONE[item.kind]}: {item.path}")
        if check and item.diff:
            typer.echo(item.diff)
    count = sum(len(files) for files in packages.values())
    verb = "differ" if check else "written"
    totals = f"{counted(len(packages), 'package')}, {counted(count, 'file')}"
    typer.echo(f"{totals}, {len(differences)} {verb}", err=True)
    return len(differences)
