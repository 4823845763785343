"""Answers that are read piece by piece, over every transport and a real socket."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brokerspec_runtime.client import AsyncBase, SyncBase
from brokerspec_runtime.errors import (
    InvalidArgument,
    NotFound,
    NotSent,
    OutcomeUnknown,
    UnexpectedResponse,
)
from brokerspec_runtime.operation import Documented, Operation, Safety
from brokerspec_runtime.policy import Policy
from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.retry import NEVER, Retry
from brokerspec_runtime.streaming import AsyncStreaming, Streaming
from brokerspec_runtime.transport import Timeout
from runtime.conftest import PROXY_VARIABLES
from runtime.loopback import Loopback, Script, answer, drip, read_request, send, stay_silent

FILE: Operation[bytes] = Operation(
    name="download",
    method="GET",
    path="/file",
    answer=None,
    safety=Safety.SAFE,
    answers=(Documented(("200",), "application/pdf", bytes),),
    details=(Documented(("404",), "application/json", dict[str, str], (), ("/why",)),),
    accept="application/pdf",
)
BODY = bytes(range(256)) * 4096
TEXT = "data: é\r\n\r\ndata: 2\rdata: 3\u2028\nlast".encode()


class Reader:
    """Uses one download in one of several ways, with a synchronous or asynchronous client."""

    def __init__(self, kind: str, retry: Retry, timeout: Timeout) -> None:
        self._library, _, self._is_async = kind.partition("-")
        self._policy = Policy(retry=retry, timeout=timeout)

    def __call__(self, server: Loopback | str, how: str, *given: Any, **named: Any) -> Any:
        url = server if isinstance(server, str) else server.url("")
        if self._is_async:
            return asyncio.run(self._async(url, how, given, named))
        with self.client(SyncBase, url) as client, Streaming(client, FILE.call()) as stream:
            assert stream.media_type == stream.headers.get("content-type", "")
            if how == "first":
                return next(iter(stream.iter_bytes()))
            if how == "left":
                return stream
            found = getattr(stream, how)(*given, **named)
            return list(found) if how.startswith("iter") else found

    def client(self, base: Any, url: str) -> Any:
        return base(
            broker="b",
            server=url,
            values={},
            sources={},
            policy=self._policy,
            proxy=None,
            transport=self._library,
            on_deviation="ignore",
        )

    async def _async(self, url: str, how: str, given: Any, named: Any) -> Any:
        client = self.client(AsyncBase, url)
        async with client, AsyncStreaming(client, FILE.call()) as stream:
            if how == "first":
                return await anext(aiter(stream.iter_bytes()))
            if how == "left":
                return stream
            found = getattr(stream, how)(*given, **named)
            return [one async for one in found] if how.startswith("iter") else await found


Make = Callable[..., Reader]


@pytest.fixture
def reader(kind: str, monkeypatch: pytest.MonkeyPatch) -> Make:
    pytest.importorskip(kind.split("-")[0])
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    def make(*, retry: Retry = NEVER, timeout: Timeout | None = None) -> Reader:
        return Reader(kind, retry, timeout or Timeout())

    return make


def pdf(body: bytes = BODY, *headers: str) -> Script:
    return answer(body, headers=("Content-Type: application/pdf", *headers))


def cut_off(body: bytes) -> Script:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body) + 9}\r\n\r\n"
    return send(head.encode() + body)


def test_a_body_is_read_whole_or_in_pieces(reader: Make) -> None:
    with Loopback(pdf(), pdf()) as server:
        assert reader()(server, "read") == BODY
        pieces = reader()(server, "iter_bytes")
    assert b"".join(pieces) == BODY
    assert len(pieces) > 1
    assert b"accept: application/pdf\r\n" in server.requests[0].lower()


def test_a_packed_body_is_unpacked(reader: Make, tmp_path: Path) -> None:
    packed = gzip.compress(BODY)
    with Loopback(pdf(packed, "Content-Encoding: gzip"), cut_packed(packed)) as server:
        assert reader()(server, "read") == BODY
        with pytest.raises(UnexpectedResponse, match="cut off"):
            reader()(server, "save", tmp_path / "file")
    assert not list(tmp_path.iterdir())


def cut_packed(packed: bytes) -> Script:
    return pdf(packed[:-20], "Content-Encoding: gzip")


def test_lines_come_as_text(reader: Make) -> None:
    script = answer(TEXT, headers=("Content-Type: text/event-stream",))
    with Loopback(script, script) as server:
        lines = reader()(server, "iter_lines")
        with pytest.raises(UnexpectedResponse, match="longer than 5"):
            reader()(server, "iter_lines", longest=5)
    assert lines == ["data: é", "", "data: 2", "data: 3\u2028", "last"]


def test_a_file_is_there_only_when_it_is_whole(reader: Make, tmp_path: Path) -> None:
    target = tmp_path / "file.pdf"
    target.write_bytes(b"before")
    with Loopback(cut_off(BODY), pdf()) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            reader()(server, "save", target)
        assert target.read_bytes() == b"before"
        assert reader()(server, "save", str(target)) == len(BODY)
    assert caught.value.operation == "download"
    assert caught.value.retry_safe is True
    assert target.read_bytes() == BODY
    assert list(tmp_path.iterdir()) == [target]


def test_a_limit_ends_the_reading(reader: Make, tmp_path: Path) -> None:
    with Loopback(pdf(), pdf()) as server:
        with pytest.raises(UnexpectedResponse, match="larger than 1000 bytes"):
            reader()(server, "read", limit=1000)
        with pytest.raises(UnexpectedResponse, match="larger than 1000 bytes"):
            reader()(server, "save", tmp_path / "file", limit=1000)
    assert not list(tmp_path.iterdir())


def test_a_failure_is_the_typed_one(reader: Make) -> None:
    headers = ("Content-Type: application/json",)
    script = answer(b'{"why":"gone"}', status="404 Not Found", headers=headers)
    with Loopback(script) as server, pytest.raises(NotFound, match="gone") as caught:
        reader()(server, "read")
    assert caught.value.detail == {"why": "gone"}


def test_a_call_is_repeated_until_its_head_is_there(reader: Make) -> None:
    busy = answer(b"", status="503 Busy", headers=("Retry-After: 0",))
    retry = Retry(attempts=2, base=0, cap=0)
    with Loopback(busy, pdf()) as server:
        assert reader(retry=retry)(server, "read") == BODY
    assert server.connections == 2


def test_leaving_early_gives_the_connection_back(reader: Make) -> None:
    with Loopback(pdf()) as server:
        first = reader()(server, "first")
    assert BODY.startswith(first)


def test_the_time_of_the_call_covers_the_body(reader: Make) -> None:
    patience = Timeout(connect=5, read=5, total=0.3)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    with Loopback(drip(head)) as server, pytest.raises(OutcomeUnknown, match="was read"):
        reader(timeout=patience)(server, "read")


def test_silence_ends_before_the_head(reader: Make) -> None:
    patience = Timeout(connect=5, read=0.2, total=5)
    with Loopback(stay_silent) as server, pytest.raises(OutcomeUnknown):
        reader(timeout=patience)(server, "read")


def test_nothing_that_was_not_sent_is_in_doubt(reader: Make, unused_port: int) -> None:
    with pytest.raises(NotSent):
        reader()(f"http://127.0.0.1:{unused_port}", "read")


def test_an_answer_is_read_inside_its_block(reader: Make) -> None:
    with Loopback(pdf()) as server:
        stream = reader()(server, "left")
    with pytest.raises(InvalidArgument, match="inside"):
        stream.iter_bytes()


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def test_a_body_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    reader = Reader("requests", NEVER, Timeout())
    with Loopback(keep_alive(2)) as server:
        client = reader.client(SyncBase, server.url(""))
        with client:
            with Streaming(client, FILE.call()) as stream:
                assert stream.read() == b"whole"
                with pytest.raises(InvalidArgument, match="once"):
                    stream.read()
            # On the same connection: it was given back.
            with Streaming(client, FILE.call()) as stream:
                assert stream.read() == b"whole"
    assert server.connections == 1


def keep_alive(times: int) -> Script:
    def script(server: Loopback, connection: Any) -> None:
        for _ in range(times):
            server.requests.append(read_request(connection))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole")

    return script


class Whole:
    """A transport of somebody else."""

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        raise AssertionError("nothing is sent")

    def close(self) -> None:
        return


def test_a_transport_that_cannot_stream_says_so() -> None:
    client = SyncBase(
        broker="b",
        server="https://b.invalid",
        values={},
        sources={},
        policy=Policy(),
        proxy=None,
        transport=Whole(),
        on_deviation="ignore",
    )
    with pytest.raises(InvalidArgument, match="Whole gives answers only whole"):
        Streaming(client, FILE.call()).__enter__()
