"""A loopback server that gives every request the same answer and keeps connections open.

`python server.py FILE` prints its port and serves the bytes of FILE as JSON until it is
killed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final, cast

_END: Final = b"\r\n\r\n"


class Answering(asyncio.Protocol):
    """One connection: requests without bodies in, the same answer out."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._open = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        *whole, self._open = (self._open + data).split(_END)
        for _ in whole:
            self._out.write(self._answer)


async def serve(body: bytes) -> None:
    """Serve until the process ends."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    answer = head.encode() + _END + body
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(answer), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]).read_bytes()))
