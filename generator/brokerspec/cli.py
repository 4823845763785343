"""The command line. Exit codes: 0 good, 1 findings or differences, 2 unusable input."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from brokerspec.diagnostics import Diagnostic, Severity, SpecError

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Typed Python clients for brokers, from hand-written OpenAPI specs.",
)

Brokers = Annotated[
    list[str] | None, typer.Argument(metavar="[BROKER]...", help="Brokers; all when none is named.")
]


_DONE: Final = {"missing": "new", "changed": "rewritten", "left over": "deleted"}


def main() -> None:
    """Run the command line; a spec that cannot be used ends it with exit code 2."""
    try:
        app()
    except SpecError as error:
        report(error.diagnostics)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        people().print(f"[red]error[/]: {escape(str(error))}")
        sys.exit(2)


def people() -> Console:
    """Return the console for people: standard error, so that output can be piped."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where that is meant."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def report(diagnostics: Iterable[Diagnostic], *, most: int | None = None) -> None:
    """Show findings, one each, with their hints; beyond `most` only how many there are."""
    console = people()
    listed = list(diagnostics)
    colours = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
    for item in listed[:most]:
        place = f"{escape(str(item.where))}: " if item.where else ""
        kind = f"[{colours[item.severity]}]{item.severity}[/]"
        console.print(f"{place}{kind}: {escape(item.message)} [dim]\\[{item.code}][/]")
        if item.hint:
            console.print(f"  [dim]hint:[/] {escape(item.hint)}")
    if most is not None and len(listed) > most:
        codes = Counter(item.code for item in listed)
        counts = ", ".join(f"{number} {code}" for code, number in codes.most_common())
        console.print(f"… {len(listed)} findings in all: {counts}")


@app.command(name="list", epilog="Example: [bold]brokerspec list[/]")
def list_() -> None:
    """Show the brokers, and how much of each document is covered."""
    from brokerspec.coverage import coverage, table
    from brokerspec.project import find_root, jobs_of

    Console().print(table(coverage(jobs_of(find_root(Path.cwd()), []))))


@app.command(epilog="Example: [bold]brokerspec validate specs[/]")
def validate(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Specs, or folders that hold some; `specs` if none.")
    ] = None,
    *,
    house_rules: Annotated[
        bool,
        typer.Option("--house-rules/--openapi-only", help="Hold specs to this project's rules."),
    ] = True,
) -> None:
    """Check specs: OpenAPI, extension keys, house rules, and examples against schemas."""
    from brokerspec.project import find_root, specs_in
    from brokerspec.validate import validate as check

    given = paths or [find_root(Path.cwd()) / "specs"]
    specs = [spec for path in given for spec in specs_in(path)]
    found = [item for spec in specs for item in check(spec, house_rules=house_rules)]
    report(found)
    errors = sum(item.severity is Severity.ERROR for item in found)
    counts = (
        counted(len(specs), "spec"),
        counted(errors, "error"),
        counted(len(found) - errors, "warning"),
    )
    people().print(", ".join(counts))
    raise typer.Exit(1 if errors else 0)


@app.command(
    epilog="Examples: [bold]brokerspec generate[/], [bold]brokerspec generate --check[/], "
    "[bold]brokerspec generate --spec api.yaml --output client --package my_api[/]"
)
def generate(
    brokers: Brokers = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when something differs.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make everything anew, whatever is remembered.")
    ] = False,
    spec: Annotated[Path | None, typer.Option(help="An OpenAPI 3 document of your own.")] = None,
    output: Annotated[Path | None, typer.Option(help="The folder that gets the package.")] = None,
    package: Annotated[str | None, typer.Option(help="The name of the package.")] = None,
) -> None:
    """Write the client packages, or check that they are what the specs say."""
    from brokerspec.generate import build
    from brokerspec.project import find_root, job_for, jobs_of
    from brokerspec.write import compare, write

    if spec is not None:
        if output is None or package is None or brokers:
            raise typer.BadParameter("--spec needs --output and --package, and no broker names")
        jobs, target = [job_for(spec, package)], output
    elif output is not None or package is not None:
        raise typer.BadParameter("--output and --package belong to --spec")
    else:
        root = find_root(Path.cwd())
        jobs, target = jobs_of(root, brokers or []), root / "generated"
    built = build(jobs, fresh=fresh)
    packages = built.packages
    report(built.warnings, most=20)
    act = compare if check else write
    differences = [item for name, files in packages.items() for item in act(target / name, files)]
    for item in differences:
        typer.echo(f"{item.kind if check else _DONE[item.kind]}: {item.path}")
        if check and item.diff:
            typer.echo(item.diff)
    count = sum(len(files) for files in packages.values())
    verb = "differ" if check else "written"
    totals = f"{counted(len(packages), 'package')}, {counted(count, 'file')}"
    people().print(f"{totals}, {len(differences)} {verb}")
    raise typer.Exit(1 if check and differences else 0)


@app.command(epilog="Example: [bold]brokerspec sandbox --port 8080[/]")
def sandbox(
    brokers: Brokers = None,
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
) -> None:
    """Replay the documented answers over HTTP. This is no exchange: nothing is traded."""
    from brokerspec.sandbox import serve

    serve(brokers or [], host, port)


@app.command(epilog="Example: [bold]brokerspec demo[/]")
def demo(brokers: Brokers = None) -> None:
    """Generate the clients and let each talk to the replay server."""
    from brokerspec.demo import run

    raise typer.Exit(run(brokers or []))
