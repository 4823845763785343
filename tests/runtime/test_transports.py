"""Every transport keeps the same contract, against a real socket on this machine."""

from __future__ import annotations

import base64
import gzip
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from brokerspec_runtime.request import Request
from brokerspec_runtime.secret import Secret
from brokerspec_runtime.transport import (
    DEFAULT_TIMEOUT,
    Phase,
    Proxy,
    Settings,
    Timeout,
)
from runtime.loopback import (
    Loopback,
    Script,
    answer,
    babble,
    certificate,
    hang_up,
    over_tls,
    reset,
    send,
    stay_silent,
)
from runtime.sending import PYREQWEST, Make, failed, get, outwaited, post


@contextmanager
def unheard() -> Iterator[int]:
    """Hold a port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


# What is sent


def test_the_request_arrives_byte_for_byte(make: Make, kind: str) -> None:
    target = "/orders/a%2Fb%20c/(x)?q=%E2%82%B9+1%2B&y=%7B%22a%22%7D&z=a:b@c/d?e!g*h,i;j"
    headers = {"X-Mixed-Case": "a b", "authorization": "tok en", "Accept": "*/*"}
    if kind not in PYREQWEST:
        target += "'"
        headers["X-Latin"] = "é"
    body = b'{"quantity": 1,"note":"\xe2\x82\xb9"}'
    with Loopback(answer()) as server:
        make().send(Request("PUT", server.url(target), headers, body))
    head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == f"PUT {target} HTTP/1.1".encode()
    for name, value in headers.items():
        # That library writes every name in a letter case of its own.
        written = name.title() if kind in PYREQWEST else name
        assert f"{written}: {value}".encode("latin-1") in lines
    assert f"Host: 127.0.0.1:{server.port}".encode() in lines
    assert f"Content-Length: {len(body)}".encode() in lines
    assert sent == body


@pytest.mark.parametrize("kind", PYREQWEST)
def test_what_pyreqwest_would_write_differently_is_refused(make: Make) -> None:
    transport = make()
    for request in (get("http://127.0.0.1/?q='"), get("http://127.0.0.1/", X="é")):
        failure = failed(transport, request)
        assert failure.phase is Phase.NOT_SENT
        assert "differently" in str(failure)


@pytest.mark.parametrize(("body", "length"), [(b"", b"0"), (None, b"0"), (b"abc", b"3")])
def test_a_body_is_sent_with_its_length_and_never_in_chunks(
    make: Make, body: bytes | None, length: bytes
) -> None:
    with Loopback(answer()) as server:
        make().send(post(server.url(), body))
    assert b"content-length: " + length + b"\r\n" in server.requests[0].lower()
    assert b"chunked" not in server.requests[0].lower()


def test_a_query_needs_no_body(make: Make) -> None:
    with Loopback(answer()) as server:
        make().send(get(server.url("/orders")))
    assert b"content-length" not in server.requests[0].lower()


def test_a_password_file_is_not_read(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password hidden\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Loopback(answer(), answer()) as server:
        transport = make()
        transport.send(get(server.url(), Authorization="Bearer ours"))
        transport.send(get(server.url()))
    assert b"authorization: bearer ours\r\n" in server.requests[0].lower()
    assert b"authorization" not in server.requests[1].lower()


def test_cookies_are_not_sent_back(make: Make) -> None:
    with Loopback(answer(headers=("Set-Cookie: session=1; Path=/",)), answer()) as server:
        transport = make()
        assert transport.send(get(server.url())).headers["set-cookie"] == "session=1; Path=/"
        transport.send(get(server.url()))
    assert b"cookie" not in server.requests[1].lower()


BAD_URLS = [
    "ftp://127.0.0.1/",
    "/orders",
    "http://",
    "http://user:password@127.0.0.1/",
    "http://127.0.0.1/a b",
    "http://127.0.0.1/₹",
    "http://127.0.0.1/%zz",
    "http://127.0.0.1/%2f",
    'http://127.0.0.1/?q="',
    "http://127.0.0.1/a/../b",
    "http://127.0.0.1/orders#1",
    "http://127.0.0.1/\r\nX: y",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_would_be_changed_is_refused(make: Make, url: str) -> None:
    assert failed(make(), get(url)).phase is Phase.NOT_SENT


BAD_HEADERS = [
    {"X": "a\r\nY: b"},
    {"X": "a\nb"},
    {"X": " a"},
    {"X": "₹"},
    {"X:": "a"},
    {"": "a"},
    {"X": "a", "x": "b"},
    {"Content-Length": "3"},
    {"transfer-encoding": "chunked"},
]


@pytest.mark.parametrize("headers", BAD_HEADERS, ids=str)
def test_headers_that_would_be_changed_are_refused(make: Make, headers: dict[str, str]) -> None:
    failure = failed(make(), Request("GET", "http://127.0.0.1/", headers, None))
    assert failure.phase is Phase.NOT_SENT


def test_a_method_in_small_letters_is_refused(make: Make) -> None:
    failure = failed(make(), Request("get", "http://127.0.0.1/", {}, None))
    assert failure.phase is Phase.NOT_SENT


# What comes back


def test_the_answer_is_given_as_it_is(make: Make) -> None:
    script = answer(b'{"a":1}', status="201 Created", headers=("X-Request-ID: 7",))
    with Loopback(script) as server:
        response = make().send(post(server.url()))
    assert (response.status, response.body) == (201, b'{"a":1}')
    assert response.headers["x-request-id"] == "7"
    assert all(name == name.lower() for name in response.headers)
    assert response.elapsed > 0


@pytest.mark.parametrize("status", ["204 No Content", "400 Bad", "401 No", "429 Slow", "503 Off"])
def test_every_status_is_an_answer(make: Make, status: str) -> None:
    with Loopback(send(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n".encode())) as server:
        assert make().send(get(server.url())).status == int(status[:3])
    assert server.connections == 1


def test_a_compressed_answer_is_unpacked(make: Make) -> None:
    script = answer(gzip.compress(b"[1]"), headers=("Content-Encoding: gzip",))
    with Loopback(script) as server:
        assert make().send(get(server.url())).body == b"[1]"


@pytest.mark.parametrize("location", ["/elsewhere", "http://[", "http://127.0.0.1:1/", "\\\\"])
def test_a_redirect_is_not_followed(make: Make, location: str) -> None:
    with Loopback(answer(status="307 Go", headers=(f"Location: {location}",))) as server:
        response = make().send(post(server.url()))
    assert (response.status, response.headers["location"]) == (307, location)
    assert server.connections == 1


# What goes wrong before anything is sent


def test_a_refused_connection_is_not_sent(make: Make) -> None:
    with unheard() as port:
        failure = failed(make(), get(f"http://127.0.0.1:{port}/secret-path"))
    assert failure.phase is Phase.NOT_SENT
    assert "127.0.0.1" in str(failure)
    assert "secret-path" not in str(failure)


def test_an_unknown_host_is_not_sent(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    transport = make()
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert failed(transport, get("http://broker.invalid/")).phase is Phase.NOT_SENT


def test_a_connection_that_takes_too_long_is_not_sent(make: Make) -> None:
    with socket.socket() as full, ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        request = get(f"http://127.0.0.1:{address[1]}/")
        failure = failed(make(), request, Timeout(connect=0.05, read=5))
    assert failure.phase is Phase.NOT_SENT


@pytest.mark.parametrize("script", [babble, hang_up], ids=["babble", "hang_up"])
def test_a_failed_tls_handshake_is_not_sent(make: Make, script: Script) -> None:
    with Loopback(script) as server:
        failure = failed(make(), post(server.url(scheme="https")))
    assert failure.phase is Phase.NOT_SENT
    assert server.connections == 1


def test_an_untrusted_certificate_is_not_sent(make: Make, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with Loopback(over_tls(context, answer())) as server:
        failure = failed(make(), post(server.url(scheme="https")))
    assert failure.phase is Phase.NOT_SENT
    assert server.requests == []


def test_a_certificate_of_ones_own_is_accepted(make: Make, tmp_path: Path) -> None:
    authority, context = certificate(tmp_path)
    with Loopback(over_tls(context, answer(b"[]"))) as server:
        response = make(Settings(verify=str(authority))).send(get(server.url(scheme="https")))
    assert response.body == b"[]"


def test_a_closed_transport_sends_nothing(make: Make) -> None:
    transport = make()
    transport.close()
    assert failed(transport, get("http://127.0.0.1/")).phase is Phase.NOT_SENT


# What goes wrong afterwards: the request may have arrived

BREAKS = {
    "silence": stay_silent,
    "reset": reset,
    "closed": send(b""),
    "half_a_status": send(b"HTTP/1.1 200 OK"),
    "half_a_head": send(b"HTTP/1.1 200 OK\r\nContent-"),
    "no_end_of_head": send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"),
    "half_a_body": send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
    "half_a_chunk": send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
    "no_last_chunk": send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"),
    "half_a_gzip": answer(gzip.compress(b"[1,2,3]")[:-4], headers=("Content-Encoding: gzip",)),
    "not_http": send(b"\x00\x01\x02 nonsense\r\n\r\n"),
    "not_gzip": answer(b"plain", headers=("Content-Encoding: gzip",)),
}


@pytest.mark.parametrize("script", BREAKS.values(), ids=BREAKS.keys())
def test_a_break_after_sending_is_unknown(make: Make, script: Script) -> None:
    if script is stay_silent:
        failure = outwaited(script, make(), lambda seconds: Timeout(connect=5, read=seconds))
        assert failure.phase is Phase.UNKNOWN
        return
    with Loopback(script) as server:
        failure = failed(make(), post(server.url()), DEFAULT_TIMEOUT)
    assert failure.phase is Phase.UNKNOWN
    assert (len(server.requests), server.connections) == (1, 1)


@pytest.mark.parametrize("script", [stay_silent, reset, send(b"")], ids=["silence", "reset", "end"])
def test_a_break_inside_tls_is_unknown(make: Make, tmp_path: Path, script: Script) -> None:
    authority, context = certificate(tmp_path)
    transport = make(Settings(verify=str(authority)))
    secured = over_tls(context, script)
    if script is stay_silent:
        failure = outwaited(secured, transport, lambda seconds: Timeout(read=seconds), "https")
        assert failure.phase is Phase.UNKNOWN
        return
    with Loopback(secured) as server:
        failure = failed(transport, post(server.url(scheme="https")), Timeout(read=15))
    assert failure.phase is Phase.UNKNOWN
    assert len(server.requests) == 1


def test_a_tls_alert_after_the_handshake_is_unknown(make: Make, tmp_path: Path) -> None:
    """In TLS 1.3 a server complains about a missing certificate when we have sent already."""
    authority, context = certificate(tmp_path)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority)
    with Loopback(over_tls(context, answer())) as server:
        failure = failed(make(Settings(verify=str(authority))), post(server.url(scheme="https")))
    assert failure.phase is Phase.UNKNOWN


# Proxies

PASSWORD = "p@ss:w/rd é%"


def test_a_proxy_gets_its_credentials(make: Make) -> None:
    with Loopback(answer(b"[]")) as server:
        proxy = Proxy(server.url(""), "user@home", Secret(PASSWORD))
        make(Settings(proxy=proxy)).send(get("http://broker.example/orders?a=%2F"))
    head = server.requests[0].split(b"\r\n")
    assert head[0] == b"GET http://broker.example/orders?a=%2F HTTP/1.1"
    sent = next(line for line in head if line.lower().startswith(b"proxy-authorization:"))
    decoded = base64.b64decode(sent.split()[-1])
    assert decoded in {f"user@home:{PASSWORD}".encode(code) for code in ("utf-8", "latin-1")}


def test_proxies_of_the_environment_are_used(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(answer(b"[]")) as server:
        monkeypatch.setenv("http_proxy", server.url(""))
        make().send(get("http://broker.example/orders"))
    assert server.requests[0].startswith(b"GET http://broker.example/orders HTTP/1.1\r\n")


def test_the_given_proxy_goes_before_the_environment(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unheard() as port, Loopback(answer(b"[]")) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        make(Settings(proxy=Proxy(server.url("")))).send(get("http://broker.example/"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["407 Login", "502 Bad Gateway"])
def test_a_tunnel_that_is_refused_is_not_sent(make: Make, status: str) -> None:
    with Loopback(answer(status=status)) as server:
        proxy = Proxy(server.url(""), "user", Secret("hidden-word"))
        failure = failed(make(Settings(proxy=proxy)), post("https://broker.example/orders"))
    assert failure.phase is Phase.NOT_SENT
    assert server.requests[0].startswith(b"CONNECT broker.example:443 HTTP/1.")
    assert "hidden-word" not in str(failure)


def test_a_proxy_that_refuses_the_connection_is_not_sent(make: Make) -> None:
    with unheard() as port:
        settings = Settings(proxy=Proxy(f"http://127.0.0.1:{port}"))
        for scheme in ("http", "https"):
            failure = failed(make(settings), post(f"{scheme}://broker.example/"))
            assert failure.phase is Phase.NOT_SENT


@pytest.mark.parametrize("script", [reset, send(b"")], ids=["reset", "closed"])
def test_a_proxy_that_breaks_off_is_unknown(make: Make, script: Script) -> None:
    with Loopback(script) as server:
        settings = Settings(proxy=Proxy(server.url("")))
        failure = failed(make(settings), post("http://broker.example/orders"))
    assert failure.phase is Phase.UNKNOWN
    assert server.connections == 1


def test_nothing_is_logged_by_us(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Loopback(answer()) as server:
        make().send(get(server.url()))
    assert not [record for record in caplog.records if record.name.startswith("brokerspec")]
