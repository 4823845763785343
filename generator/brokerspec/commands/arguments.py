"""The arguments that several commands share, and how a shell completes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer


def complete_brokers(incomplete: str) -> list[str]:
    """Return the brokers of the project that begin so; none outside a project."""
    from brokerspec.diagnostics import SpecError
    from brokerspec.project import brokers_of, find_root

    try:
        known = brokers_of(find_root(Path.cwd()))
    except (SpecError, OSError):
        return []
    return [name for name in known if name.startswith(incomplete)]


def complete_codes(incomplete: str) -> list[tuple[str, str]]:
    """Return the rules that begin so, with what they ask."""
    from brokerspec.catalogue import CATALOGUE

    return [(code, rule.summary) for code, rule in CATALOGUE.items() if code.startswith(incomplete)]


def complete_rules(incomplete: str) -> list[tuple[str, str]]:
    """Return what `--rules` may go on with; it takes several, with commas between them."""
    before, comma, last = incomplete.rpartition(",")
    sets = [("house", "All rules."), ("openapi", "Only those of OpenAPI.")]
    found = [item for item in sets if item[0].startswith(last)] + complete_codes(last)
    return [(f"{before}{comma}{word}", text) for word, text in found]


Brokers: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[BROKER]...",
        help="Brokers; all when none is named.",
        autocompletion=complete_brokers,
    ),
]
