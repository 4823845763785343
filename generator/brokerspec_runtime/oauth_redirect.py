"""Bring back the address that the browser was sent to at the end of a sign-in."""

from __future__ import annotations

import os
import queue
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from .errors import InvalidArgument
from .oauth import LOOPBACK, RedirectInvalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

_IDLE_SECONDS: Final = 5
_PAGE: Final = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Signed in</title>
<p>The program has received the answer. You can close this tab.</p></html>
"""


def receive_redirect(
    redirect_uri: str, timeout: float, open_url: Callable[[str], object], url: str
) -> str:
    """Open `url` with `open_url` and return the address that comes back on this machine.

    Listens where `redirect_uri` points, on the loopback interface only, until the
    redirect arrives or `timeout` seconds are over. The port is closed in any case.
    Raises RedirectInvalid, and InvalidArgument for an address on another machine.
    """
    parts = _loopback(redirect_uri)
    answers: queue.SimpleQueue[str] = queue.SimpleQueue()
    with _listen(parts, answers) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        try:
            open_url(url)
            target = answers.get(timeout=timeout)
        except queue.Empty:
            raise RedirectInvalid(f"no redirect came back within {timeout:g} seconds") from None
        finally:
            server.shutdown()
            serving.join()
    return f"{parts.scheme}://{parts.netloc}{target}"


def paste_redirect(url: str, ask: Callable[[str], str]) -> str:
    """Let a person open `url` and paste the address, its query or the code alone.

    `ask` shows a text and returns what was typed, as `input` does. A code that stands
    alone gets the state of `url`: the person has copied it from that very page.
    """
    pasted = ask(f"Open this address and sign in:\n{url}\nPaste the address you end at: ")
    pasted = pasted.strip().strip("\"'")
    if not pasted:
        raise RedirectInvalid("nothing was pasted")
    if "://" in pasted:
        return pasted
    if "?" in pasted:
        return pasted[pasted.index("?") :]
    if {"code", "error"} & parse_qs(pasted).keys():
        return f"?{pasted}"
    state = parse_qs(urlsplit(url).query).get("state", [])
    return "?" + urlencode([("code", pasted), *(("state", text) for text in state)])


def _loopback(redirect_uri: str) -> SplitResult:
    parts = urlsplit(redirect_uri)
    if parts.scheme != "http":
        raise InvalidArgument("only a redirect URI that begins with http:// can be received here")
    if parts.hostname not in LOOPBACK:
        raise InvalidArgument("only a redirect URI on 127.0.0.1, ::1 or localhost can be received")
    return parts


class _Server(socketserver.ThreadingTCPServer):
    """Threads, because browsers open connections that they never use."""

    daemon_threads = True
    block_on_close = False
    # On Windows this option would let another program share the port.
    allow_reuse_address = os.name != "nt"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a browser that went away: a traceback could show the code."""


def _listen(parts: SplitResult, answers: queue.SimpleQueue[str]) -> _Server:
    is_v6 = parts.hostname == "::1"
    family = socket.AF_INET6 if is_v6 else socket.AF_INET
    kind = type("_FamilyServer", (_Server,), {"address_family": family})
    port = 80 if parts.port is None else parts.port
    try:
        server: _Server = kind(("::1" if is_v6 else "127.0.0.1", port), _handler(parts, answers))
    except OSError as error:
        raise RedirectInvalid(f"port {port} cannot be opened here: {error.strerror}") from None
    return server


def _handler(parts: SplitResult, answers: queue.SimpleQueue[str]) -> type[BaseHTTPRequestHandler]:
    path = parts.path or "/"

    class Handler(BaseHTTPRequestHandler):
        timeout = _IDLE_SECONDS

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            is_ours = asked.path == path and {"code", "error"} & parse_qs(asked.query).keys()
            if not is_ours:
                self.send_error(404)
                return
            try:
                self._answer()
            finally:
                answers.put(self.path)

        def _answer(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(_PAGE)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(_PAGE)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - inherited name
            """Write no log: the address holds the code."""

    return Handler
