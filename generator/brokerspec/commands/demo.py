"""The command `demo`."""

from __future__ import annotations

import typer

from brokerspec.commands.arguments import Brokers


def demo(brokers: Brokers = None) -> None:
    """Generate the clients and let each talk to the replay server."""
    from brokerspec.demo import run

    raise typer.Exit(run(brokers or []))
