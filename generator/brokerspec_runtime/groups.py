"""What the groups of a generated client are built on."""

from __future__ import annotations

from .client import AsyncBase, SyncBase


class GroupBase:
    """Some operations of a synchronous client; they are sent as the client sends its own."""

    def __init__(self, client: SyncBase) -> None:
        self._client = client
        # Bound once: a call has no frame more than one of the client itself.
        self._send = client._send  # pyright: ignore[reportPrivateUsage]
        self._setting = client._setting  # pyright: ignore[reportPrivateUsage]


class AsyncGroupBase:
    """Some operations of an asynchronous client; they are sent as the client sends its own."""

    def __init__(self, client: AsyncBase) -> None:
        self._client = client
        self._send = client._send  # pyright: ignore[reportPrivateUsage]
        self._setting = client._setting  # pyright: ignore[reportPrivateUsage]
