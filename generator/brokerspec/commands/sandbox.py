"""The command `sandbox`."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from brokerspec.commands.arguments import Brokers


def sandbox(
    brokers: Brokers = None,
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
) -> None:
    """Replay the documented answers over HTTP. This is no exchange: nothing is traded."""
    from brokerspec.sandbox import serve

    gc.enable()
    serve(brokers or [], host, port)
