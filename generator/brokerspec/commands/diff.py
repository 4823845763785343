"""`brokerspec diff`: what another edition of a spec means for those who use the client."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How changes are shown."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"


class FailOn(StrEnum):
    """The least change that ends the command with exit code 1."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    NEVER = "never"


Target = Annotated[
    str, typer.Argument(help="A spec, a folder with one or several, or REVISION:path in git.")
]


def diff(
    old: Target,
    new: Target,
    *,
    format_: Annotated[
        Format, typer.Option("--format", help="For people, programs, reviewers or GitHub.")
    ] = Format.TEXT,
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit 1 when there is a change of this level or above.")
    ] = FailOn.NEVER,
) -> None:
    """Say what changes for users of the client, and which version that asks for."""
    from rich.console import Console

    from brokerspec.diff.change import BREAKING, COMPATIBLE
    from brokerspec.diff.read import editions
    from brokerspec.diff.report import (
        as_github,
        as_json,
        as_markdown,
        changes_of,
        compare_all,
        show_text,
    )

    found = compare_all(editions(old), editions(new))
    if format_ is Format.TEXT:
        show_text(found, Console(highlight=False))
    else:
        writers = {Format.JSON: as_json, Format.MARKDOWN: as_markdown, Format.GITHUB: as_github}
        sys.stdout.write(writers[format_](found))
    levels = {change.level for change in changes_of(found)}
    failing = {
        FailOn.BREAKING: (BREAKING,),
        FailOn.COMPATIBLE: (BREAKING, COMPATIBLE),
        FailOn.NEVER: (),
    }
    raise typer.Exit(1 if levels.intersection(failing[fail_on]) else 0)
