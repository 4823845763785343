"""Every kind of request arrives as it was built, over every transport."""

from __future__ import annotations

from typing import Any

import pytest

from brokerspec_runtime import Request, multipart, wire
from brokerspec_runtime.build import build
from brokerspec_runtime.multipart import File
from brokerspec_runtime.operation import Context, Operation, Safety
from runtime.loopback import Loopback, answer, send
from runtime.sending import Make

DELIMITED = ("form", "spaceDelimited", "pipeDelimited", "deepObject", "json")


def made(server: Loopback, method: str, template: str, /, **parts: Any) -> Request:
    operation: Operation[Any] = Operation(
        name="op", method=method, path=template, answer=None, safety=Safety.UNSAFE
    )
    return build(operation.call(**parts), Context("demo", server.url(""), {}))


def test_parameters_in_every_style(make: Make) -> None:
    named = {"R G": "1/2", "B": "ü'|"}
    # What separates the parts of two styles is in none of them.
    plain = {"R&G": "1/2", "B": "ü'+"}
    query = {
        style: wire.styled(plain if style.endswith("Delimited") else named, style)
        for style in DELIMITED
    }
    query["reserved"] = wire.styled("a/b:?@!$'()*,;=#&+[]|", "form", reserved=True)
    path = {
        "m": wire.styled({"a b": "c;d"}, "matrix", explode=True),
        "l": wire.styled("x", "label"),
    }
    cookies = {"a": 'x"; y', "b": wire.styled(["1", "2"], "form", explode=True)}
    headers = {"X-List": wire.styled(["a", "b"], "simple"), "user-agent": "mine"}
    with Loopback(answer()) as server:
        request = made(
            server, "GET", "/{m}/{l}", path=path, query=query, cookies=cookies, headers=headers
        )
        make().send(request)
    lines = server.requests[0].split(b"\r\n")
    assert lines[0] == f"GET {request.url.removeprefix(server.url(''))} HTTP/1.1".encode()
    heads = {name.lower(): value for name, _, value in (one.partition(b": ") for one in lines)}
    assert heads[b"cookie"] == b"a=x%22%3B%20y; b=1; b=2"
    assert (heads[b"x-list"], heads[b"user-agent"]) == (b"a,b", b"mine")


def test_a_body_of_parts(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "new_boundary", lambda: "b")
    parts = {"a": "ü", "f": wire.file(File(b"\x00\r\n--", "ü.bin"))}
    with Loopback(answer()) as server:
        request = made(server, "POST", "/", multipart=parts)
        make().send(request)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == request.body
    assert b"content-type: multipart/form-data; boundary=b" in head.lower()
    assert f"content-length: {len(body)}".encode() in head.lower()


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "PATCH", "TRACE", "DELETE"])
def test_every_method(make: Make, method: str) -> None:
    with Loopback(answer()) as server:
        assert make().send(made(server, method, "/it")).body == b"{}"
    assert server.requests[0].startswith(f"{method} /it HTTP/1.1\r\n".encode())


@pytest.mark.parametrize("extra", [b"", b"Content-Encoding: gzip\r\n"])
def test_an_answer_to_head_has_a_length_and_no_body(make: Make, extra: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n"
    with Loopback(send(head + extra + b"\r\n")) as server:
        raw = make().send(made(server, "HEAD", "/it"))
    assert (raw.status, raw.body, raw.headers["content-length"]) == (200, b"", "1000")
