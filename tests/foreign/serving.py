"""A server on this machine that keeps each request and answers as it is told."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from brokerspec_runtime import RawResponse, Request


class Server:
    """Serves while it is entered; `requests` holds what came."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer = RawResponse(204, {}, b"", 0.0)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        # How often it looks whether it is to stop, in seconds: whoever stops it waits for that.
        every = (0.01,)
        self._thread = threading.Thread(target=self._server.serve_forever, args=every, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                request = Request(self.command, self.path, dict(self.headers), body)
                server.requests.append(request)
                answer = server.answer
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            def log_message(self, *_: Any) -> None:
                return

        for method in ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"):
            setattr(Handler, f"do_{method}", Handler.handle_any)
        return Handler
