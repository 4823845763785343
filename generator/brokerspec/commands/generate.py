"""The command `generate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from brokerspec.commands.arguments import Brokers
from brokerspec.console import counted

if TYPE_CHECKING:
    from brokerspec.diagnostics import Diagnostic
    from brokerspec.generate import Job
    from brokerspec.write import Difference

_DONE: Final = {"missing": "new", "changed": "rewritten", "left over": "deleted"}


class Meta(StrEnum):
    """What is written around a package."""

    PROJECT = "project"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be made, where it goes and which folders it is made from."""

    jobs: Callable[[], list[Job]]
    target: Path
    sources: tuple[Path, ...]
    is_ours: bool = True
    is_project: bool = False
    report: Path | None = None
    is_verbose: bool = False


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
    extensions: Annotated[
        Path | None, typer.Option(help="An OpenAPI Overlay 1.0 document that adds to the spec.")
    ] = None,
    meta: Annotated[
        Meta | None,
        typer.Option(help="With --spec: a project that installs, or the package alone."),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show every warning, not only their counts.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="A file that gets every warning, one a line.")
    ] = None,
) -> None:
    """Write the client packages, or check that they are what the specs say."""
    if watch and check:
        raise typer.BadParameter("--watch writes and --check does not: choose one")
    if extensions is not None and spec is None:
        raise typer.BadParameter("--extensions belongs to --spec")
    if report is not None:
        from brokerspec.write import check_report

        check_report(report)
    task = _task(brokers or [], spec, output, package, meta, extensions)
    task = replace(task, is_verbose=verbose, report=report)
    if watch:
        from brokerspec.watch import changes_in, repeat

        task.jobs()
        repeat(lambda: _once(task, check=False, fresh=fresh), changes_in(task.sources))
        return
    differences = _once(task, check=check, fresh=fresh)
    raise typer.Exit(1 if check and differences else 0)


def _task(
    brokers: list[str],
    spec: Path | None,
    output: Path | None,
    package: str | None,
    meta: Meta | None,
    extensions: Path | None = None,
) -> _Task:
    from brokerspec.project import find_root, job_for, jobs_of

    if spec is not None:
        from brokerspec.write import check_folder

        if output is None or package is None or brokers:
            raise typer.BadParameter("--spec needs --output and --package, and no broker names")
        is_project = meta is not Meta.NONE
        job = job_for(spec, package, extensions, is_project=is_project)
        check_folder(output)
        read = [spec] if extensions is None else [spec, extensions]
        sources = tuple(dict.fromkeys(path.absolute().parent for path in read))
        return _Task(lambda: [job], output, sources, is_ours=False, is_project=is_project)
    if output is not None or package is not None or meta is not None:
        raise typer.BadParameter("--output, --package and --meta belong to --spec")
    root = find_root(Path.cwd())
    return _Task(lambda: jobs_of(root, brokers), root / "generated", (root / "specs",))


def _once(task: _Task, *, check: bool, fresh: bool) -> int:
    """Make the packages, write or compare them, and return how many files differ."""
    from brokerspec.generate import build

    built = build(task.jobs(), fresh=fresh)
    packages = built.packages
    _warn(task, built.warnings)
    differences = [
        item
        for name, files in packages.items()
        for folder, part, is_shared in _folders(task, name, files)
        for item in _apply(task, folder, part, check=check, is_shared=is_shared)
    ]
    for item in differences:
        if check or task.is_ours or task.is_verbose or item.kind == "left over":
            typer.echo(f"{item.kind if check else _DONE[item.kind]}: {item.path}")
        if check and item.diff:
            typer.echo(item.diff)
    count = sum(len(files) for files in packages.values())
    verb = "differ" if check else "written"
    totals = f"{counted(len(packages), 'package')}, {counted(count, 'file')}"
    typer.echo(f"{totals}, {len(differences)} {verb}", err=True)
    return len(differences)


def _folders(
    task: _Task, name: str, files: Mapping[str, str]
) -> Iterator[tuple[Path, dict[str, str], bool]]:
    """Yield the folders that files go to, and whether other files may be there too."""
    if not task.is_project:
        yield task.target / name, dict(files), False
        return
    inside = f"{name}/"
    package = {n.removeprefix(inside): text for n, text in files.items() if n.startswith(inside)}
    yield task.target / name, package, False
    yield task.target, {n: text for n, text in files.items() if not n.startswith(inside)}, True


def _apply(
    task: _Task, folder: Path, files: dict[str, str], *, check: bool, is_shared: bool
) -> list[Difference]:
    """Write or compare the files of a folder, but those that a person wrote."""
    from brokerspec.kept import without_kept
    from brokerspec.write import compare, write

    if not task.is_ours:
        files, kept = without_kept(folder, files)
        for path in kept:
            typer.echo(f"kept: {path} (not ours, or edited)", err=True)
    return (compare if check else write)(folder, files, is_shared=is_shared)


def _warn(task: _Task, warnings: Sequence[Diagnostic]) -> None:
    """Show the warnings, or of many of one kind how many there are."""
    if task.report is not None:
        task.report.write_text("".join(f"{item}\n" for item in warnings), encoding="utf-8")
    if not warnings:
        return
    # Loaded only when there is something to show: rich takes as long as the rest.
    from brokerspec.reports.text import show, show_grouped

    if task.is_ours or task.is_verbose:
        show(warnings, most=None if task.is_verbose else 20)
        return
    show_grouped(warnings)
