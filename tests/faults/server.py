"""A server on this machine that goes wrong on command, and counts what reached it.

It runs in one thread for all tests of a process and answers one request per connection.
A request tells by its path which fault it is to meet: `/<fault>/<cell>/…`. What arrives is
counted for the cell, so that a straggler of one cell is never taken for another's.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_HTML = b"<!DOCTYPE html><html><body>Bad gateway</body></html>"
_ERROR = b"no"


class FaultServer:
    """Serve faults until it is closed."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._servers: list[asyncio.Server] = []
        self.port = self._listen(self._serve)
        self.resetting_port = self._listen(_reset_unread)
        self.babbling_port = self._listen(_babble)
        self.dropping_port = self._listen(_drop)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.refusing_port: int = taken.getsockname()[1]

    def close(self) -> None:
        """Stop serving."""

        async def stop() -> None:
            for server in self._servers:
                server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _listen(self, serve: Serve) -> int:
        starting = asyncio.start_server(serve, "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            if not line.isascii() or b"/" not in line:
                return
            _, fault, cell = line.split(b" ")[1].decode().split("/")[:3]
            self.arrived[cell] += 1
            if fault == "reset-during":
                _reset(writer)
                return
            await _rest(reader)
            await _answer(fault, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


async def _reset_unread(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break a connection over which something came, before a line of it is read.

    Broken sooner, some connections would fail while they are made and some afterwards.
    """
    await reader.read(1)
    _reset(writer)


async def _drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break a connection as soon as it is made."""
    _reset(writer)


async def _babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a TLS greeting with something that is not TLS."""
    await reader.read(1)
    writer.write(b"this is not a TLS server\r\n")
    writer.close()


async def _rest(reader: asyncio.StreamReader) -> None:
    """Read the remainder of a request."""
    length = 0
    while (line := await reader.readline()).strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    await reader.readexactly(length)


async def _answer(fault: str, writer: asyncio.StreamWriter) -> None:
    """Go wrong in the way that a fault is named after."""
    match fault:
        case "reset-after":
            _reset(writer)
        case "reset-mid-body":
            writer.write(_head("200 OK", 100) + b"{")
            await writer.drain()
            # The half that was sent must arrive before the connection breaks.
            await asyncio.sleep(0.002)
            _reset(writer)
        case "slow-headers":
            await _drip(writer, b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a")
        case "slow-body":
            await _drip(writer, _head("200 OK", 100_000), b" ")
        case "truncated":
            writer.write(_head("200 OK", 100) + b'{"status":')
        case "empty":
            writer.write(_head("200 OK", 0))
        case "too-large":
            writer.write(_head("200 OK", 2_000_000_000))
        case "html":
            writer.write(_head("200 OK", len(_HTML), "text/html") + _HTML)
        case "redirect":
            writer.write(_head("302 Found", 0, extra="Location: http://127.0.0.1:1/away\r\n"))
        case "429-short-wait" | "429-long-wait":
            wish = "0" if fault == "429-short-wait" else "99"
            writer.write(_head("429 No", len(_ERROR), extra=f"Retry-After: {wish}\r\n") + _ERROR)
        case _:
            writer.write(_head(f"{fault} No", len(_ERROR)) + _ERROR)
    if not writer.is_closing():
        await writer.drain()


async def _drip(writer: asyncio.StreamWriter, start: bytes, drop: bytes) -> None:
    """Send a drop now and then, each in time for a patient reader and never the last."""
    writer.write(start)
    while True:
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.write(drop)


def _head(status: str, length: int, kind: str = "application/json", extra: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
        f"Connection: close\r\n{extra}\r\n"
    ).encode()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection so that the other side sees a reset, not an end."""
    held: socket.socket = writer.get_extra_info("socket")
    held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
