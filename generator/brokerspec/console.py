"""Speak to people: on standard error, so that output can be piped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def people() -> Console:
    """Return the console for people."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where that is meant."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
