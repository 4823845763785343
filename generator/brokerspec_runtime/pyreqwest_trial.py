"""What a client of pyreqwest does that nobody can see in it: it is tried on this machine.

Such a client does not say whether it follows redirects, keeps cookies, repeats what failed
or adds headers. One that does any of it could send an order twice, or a login to a stranger.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Final

from .errors import InvalidArgument

_SECONDS: Final = 5.0
_REST: Final = b"Content-Length: 0\r\nConnection: close\r\n\r\n"
_ANSWERS: Final = (
    b"HTTP/1.1 302 Found\r\nLocation: /again\r\nSet-Cookie: trial=1; Path=/\r\n" + _REST,
    b"HTTP/1.1 503 Service Unavailable\r\n" + _REST,
    b"",
)
_PLAIN: Final = frozenset({b"host", b"user-agent", b"accept", b"accept-encoding"})
_HINT: Final = 'or name it as "pyreqwest"'


class Trial:
    """Answer a request with a redirect and a cookie, one with a failure, and one not at all."""

    def __init__(self) -> None:
        self._heads: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_SECONDS)
        self._address = self._listener.getsockname()
        self._is_over = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Trial:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over = True
        # Wakes `accept` up on every platform; closing the socket alone does not.
        with socket.socket() as waker:
            waker.connect_ex(self._address)
        self._thread.join(_SECONDS)
        self._listener.close()

    def requests(self, client: Any) -> list[Any]:
        """Return what the client is to send, one after the other."""
        url = f"http://127.0.0.1:{self._address[1]}/"
        return [
            client.request("GET", url)
            .error_for_status(False)
            .timeout(timedelta(seconds=_SECONDS))
            .build_streamed()
            for _ in _ANSWERS
        ]

    def verdict(self) -> None:
        """Raise InvalidArgument for a client that does more than it is told."""
        if len(self._heads) > len(_ANSWERS):
            raise InvalidArgument(
                "this client of pyreqwest follows redirects or repeats requests: "
                f"build it with follow_redirects(False) and no such middleware, {_HINT}"
            )
        lines = [line for head in self._heads for line in head.split(b"\r\n")[1:] if line]
        names = {line.split(b":")[0].lower() for line in lines}
        if b"cookie" in names:
            raise InvalidArgument(
                f"this client of pyreqwest keeps cookies: build it without a store, {_HINT}"
            )
        if not names <= _PLAIN:
            raise InvalidArgument(
                "this client of pyreqwest adds headers of its own: "
                f"build it without default_headers, {_HINT}"
            )
        if len(self._heads) < len(_ANSWERS):
            raise InvalidArgument(
                "this client of pyreqwest cannot be tried on 127.0.0.1, so nobody knows whether "
                "it follows redirects: build it without https_only and without a proxy for "
                f"http, {_HINT}"
            )

    def _serve(self) -> None:
        while True:
            with suppress(OSError):
                connection, _ = self._listener.accept()
                with connection:
                    if self._is_over:
                        return
                    connection.settimeout(_SECONDS)
                    self._answer(connection)
            if self._is_over:
                return

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65536)
            if not piece:
                return
            head += piece
        self._heads.append(head)
        turn = min(len(self._heads), len(_ANSWERS)) - 1
        connection.sendall(_ANSWERS[turn])
