"""The command `list`."""

from __future__ import annotations

from pathlib import Path


def list_() -> None:
    """Show the brokers, and how much of each document is covered."""
    from rich.console import Console

    from brokerspec.coverage import coverage, table
    from brokerspec.project import find_root, jobs_of

    Console().print(table(coverage(jobs_of(find_root(Path.cwd()), []))))
