"""The command line. Exit codes: 0 good, 1 findings or differences, 2 unusable input."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from brokerspec.commands import diff as diffing
from brokerspec.commands.audit import audit
from brokerspec.commands.demo import demo
from brokerspec.commands.generate import generate
from brokerspec.commands.init import init
from brokerspec.commands.list import list_
from brokerspec.commands.rules import rules
from brokerspec.commands.sandbox import sandbox
from brokerspec.commands.validate import validate
from brokerspec.console import people
from brokerspec.diagnostics import SpecError

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Typed Python clients for brokers, from hand-written OpenAPI specs.",
)


def _show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from importlib.metadata import version

        typer.echo(f"brokerspec {version('brokerspec')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and end.",
        ),
    ] = False,
) -> None: ...


# In the order of `--help`: what is there; checking a spec and comparing it with a document or
# another edition; making clients and new specs; trying them.
app.command(name="list", epilog="Example: [bold]brokerspec list[/]")(list_)
app.command(
    epilog="Examples: [bold]brokerspec validate specs[/], "
    "[bold]brokerspec validate --format sarif --output brokerspec.sarif[/], "
    "[bold]brokerspec validate --rules openapi api.yaml[/]"
)(validate)
app.command(
    epilog="Examples: [bold]brokerspec rules[/], [bold]brokerspec rules operation-safety[/]"
)(rules)
app.command(
    epilog="Examples: [bold]brokerspec audit my_broker --document page.html[/], "
    "[bold]brokerspec audit my_broker --document api.pdf --propose[/]"
)(audit)
app.command(epilog=diffing.EPILOG)(diffing.diff)
app.command(
    epilog="Examples: [bold]brokerspec generate[/], [bold]brokerspec generate --check[/], "
    "[bold]brokerspec generate --watch[/], "
    "[bold]brokerspec generate --spec api.yaml --output client --package my_api[/]"
)(generate)
app.command(epilog="Example: [bold]brokerspec init my_broker --document api.pdf[/]")(init)
app.command(epilog="Example: [bold]brokerspec sandbox --port 8080[/]")(sandbox)
app.command(epilog="Example: [bold]brokerspec demo[/]")(demo)


def main() -> None:
    """Run the command line; a spec that cannot be used ends it with exit code 2."""
    try:
        app()
    except SpecError as error:
        from brokerspec.reports.text import show

        show(error.diagnostics)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        from rich.markup import escape

        place = f"{error.filename}: " if error.filename else ""
        people().print(f"[red]error[/]: {escape(place)}{error.strerror or error}")
        people().print("  [dim]hint:[/] check the path, and whether you may write there")
        sys.exit(2)
