"""Requests as the library pyreqwest takes them."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from .transport import Phase, TransportFailure, refuse_unsendable, refuse_unsendable_headers

if TYPE_CHECKING:
    from .request import Request
    from .transport import Timeout

_KEPT_URLS: Final = 128


class Writing:
    """Writes requests as the library takes them, and keeps what calls have in common."""

    def __init__(self) -> None:
        from pyreqwest.http import Url

        self._read = Url
        self._urls: dict[tuple[str, str], Any] = {}

    def prepare(self, client: Any, request: Request, timeout: Timeout) -> Any:
        """Return the request as it is, ready to be sent."""
        url = self._urls.get((request.method, request.url))
        if url is None:
            url = self._url(request)
        else:
            refuse_unsendable_headers(request)
        headers, body = request.headers, request.body
        if not "".join(headers.values()).isascii():
            name = next(name for name, value in headers.items() if not value.isascii())
            text = f"pyreqwest would write the value of header {name} differently"
            raise TransportFailure(Phase.NOT_SENT, text)
        if not body and request.method in ("POST", "PUT", "PATCH"):
            headers = {**headers, "Content-Length": "0"}
        # A client of the caller may turn a refusal of the server into an error of its own.
        builder = client.request(request.method, url).error_for_status(False).headers(headers)
        if body is not None:
            builder = builder.body_bytes(body)
        # Nothing read ahead: the head of an answer counts even when its body breaks off.
        builder = builder.streamed_read_buffer_limit(0).timeout(duration(timeout.total))
        return builder.build_streamed()

    def _url(self, request: Request) -> Any:
        """Return an address as the library reads it; most calls go to one of a few."""
        refuse_unsendable(request)
        text = request.url
        url = self._read(text)
        if str(url) not in (text, f"{text}/"):
            raise TransportFailure(Phase.NOT_SENT, "pyreqwest would write this URL differently")
        if "?" not in text:
            if len(self._urls) >= _KEPT_URLS:
                self._urls.clear()
            self._urls[request.method, text] = url
        return url


@lru_cache(maxsize=64)
def duration(seconds: float) -> timedelta:
    """Return seconds as the library takes them."""
    return timedelta(seconds=seconds)
