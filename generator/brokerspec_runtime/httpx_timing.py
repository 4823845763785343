"""Connections of httpx2 and httpx that end in time."""

from __future__ import annotations

import ssl
from typing import Any

from .deadline import at_most


class TimedBackend:
    """Opens connections that end in time: the library itself counts anew for every read."""

    def __init__(self, inner: Any, core: Any) -> None:
        self._inner = inner
        self._core = core

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> _TimedStream:
        """Open a connection."""
        stream = self._inner.connect_tcp(
            host, port, _connecting(self._core, timeout), local_address, socket_options
        )
        return _TimedStream(stream, self._core)


class _TimedStream:
    """A connection on which nothing takes longer than the call may last."""

    def __init__(self, inner: Any, core: Any) -> None:
        self._inner = inner
        self._core = core
        self.close = inner.close
        self.get_extra_info = inner.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._inner.read(max_bytes, at_most(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, at_most(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str, timeout: float | None = None
    ) -> _TimedStream:
        seconds = _connecting(self._core, timeout)
        stream = self._inner.start_tls(ssl_context, server_hostname, seconds)
        return _TimedStream(stream, self._core)


def _connecting(core: Any, seconds: float | None) -> float | None:
    """Return how long connecting may last, or raise what says that it lasted too long."""
    try:
        return at_most(seconds)
    except TimeoutError as error:
        raise core.ConnectTimeout(str(error)) from None
