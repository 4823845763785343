"""The command `rules`."""

from __future__ import annotations

from typing import Annotated

import typer

from brokerspec.commands.arguments import complete_codes


def rules(
    code: Annotated[
        str | None,
        typer.Argument(
            help="A rule, to read its page; all in a list when none is named.",
            autocompletion=complete_codes,
        ),
    ] = None,
) -> None:
    """Show what specs are checked for, or explain one rule."""
    from rich.console import Console

    from brokerspec.catalogue import CATALOGUE, page

    console = Console()
    if code is None:
        width = max(map(len, CATALOGUE))
        for rule in CATALOGUE.values():
            typer.echo(f"{rule.code:{width}}  {rule.level:7}  {rule.summary}")
    elif console.is_terminal:
        from rich.markdown import Markdown

        console.print(Markdown(page(code)))
    else:
        typer.echo(page(code), nl=False)
