"""Short ways to write requests, and to catch the failure of one."""

from __future__ import annotations

from typing import Protocol

import pytest

from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.transport import TransportFailure


class Sender(Protocol):
    """A transport, driven synchronously."""

    def send(self, request: Request) -> RawResponse: ...

    def close(self) -> None: ...


def get(url: str, **headers: str) -> Request:
    return Request("GET", url, headers, None)


def post(url: str, body: bytes | None = b'{"price":94.05}') -> Request:
    return Request("POST", url, {"Content-Type": "application/json"}, body)


def failed(transport: Sender, request: Request) -> TransportFailure:
    with pytest.raises(TransportFailure) as caught:
        transport.send(request)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value
