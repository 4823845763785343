"""The command line. Exit codes: 0 good, 1 findings or differences, 2 unusable input."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, Final, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as made_of

from brokerspec.console import people
from brokerspec.diagnostics import SpecError

# In the order of `--help`: what is there; checking a spec and comparing it with a document or
# another edition; making clients and new specs; trying them. Each has a module of its name.
_EPILOGS: Final[Mapping[str, str]] = {
    "list": "Example: [bold]brokerspec list[/]",
    "validate": "Examples: [bold]brokerspec validate specs[/], "
    "[bold]brokerspec validate --format sarif --output brokerspec.sarif[/], "
    "[bold]brokerspec validate --rules openapi api.yaml[/]",
    "rules": "Examples: [bold]brokerspec rules[/], [bold]brokerspec rules operation-safety[/]",
    "audit": "Examples: [bold]brokerspec audit my_broker --document page.html[/], "
    "[bold]brokerspec audit my_broker --document api.pdf --propose[/]",
    "diff": "Examples: [bold]brokerspec diff HEAD~1:specs specs[/], "
    "[bold]brokerspec diff old.yaml new.yaml --fail-on breaking[/]",
    "generate": "Examples: [bold]brokerspec generate[/], [bold]brokerspec generate --check[/], "
    "[bold]brokerspec generate --watch[/], "
    "[bold]brokerspec generate --spec api.yaml --output client --package my_api[/]",
    "init": "Example: [bold]brokerspec init my_broker --document api.pdf[/]",
    "sandbox": "Example: [bold]brokerspec sandbox --port 8080[/]",
    "demo": "Example: [bold]brokerspec demo[/]",
}


class _Commands(TyperGroup):
    """Load a command when it is asked for: a run needs only one of them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = dict.fromkeys(_EPILOGS, _UNLOADED)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        """Return a command, None when there is none of that name."""
        if self.commands.get(cmd_name) is _UNLOADED:
            self.commands[cmd_name] = _loaded(cmd_name)
        return cast("TyperCommand | None", super().get_command(ctx, cmd_name))


_UNLOADED: Final = TyperCommand(None)


def _loaded(name: str) -> TyperCommand:
    module = import_module(f"brokerspec.commands.{name}")
    # No function of ours hides what Python calls `list`.
    function = getattr(module, "list_" if name == "list" else name)
    alone = typer.Typer(
        add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False
    )
    alone.command(name, epilog=_EPILOGS[name])(function)
    return cast("TyperCommand", made_of(alone))


app = typer.Typer(
    cls=_Commands,
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
