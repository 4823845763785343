"""No transport waits longer, or takes more, than it was told to."""

from __future__ import annotations

import gzip
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.transport import (
    BodyTooLarge,
    InsecureConnection,
    Phase,
    Settings,
    Timeout,
    TransportFailure,
)
from runtime.loopback import (
    Loopback,
    Script,
    answer,
    certificate,
    drip,
    over_tls,
    send,
    twice,
)
from runtime.sending import Make, Sender, failed, get, outwaited, post

# Where it does not matter how far the request came.
HURRIED = Timeout(connect=5, read=5, total=0.2)
SMALL = Settings(max_body=1000)
HEAD = b"HTTP/1.1 200 OK\r\n"


def within(seconds: float) -> Timeout:
    return Timeout(connect=5, read=5, total=seconds)


# Time

SLOW = {
    "status": drip(b"HTTP/1.1 20"),
    "head": drip(HEAD + b"X-Slow: "),
    "body": drip(HEAD + b"Content-Length: 100000\r\n\r\n"),
    "endless": drip(HEAD + b"\r\n"),
    "chunk": drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n"),
}


def test_a_server_that_drips_does_not_hold_a_call(make: Make) -> None:
    """Every kind of drip at the same time, because each call waits for as long as it may."""

    def meet(script: Script, transport: Sender) -> TransportFailure:
        return outwaited(script, transport, within)

    transports = [make() for _ in SLOW]
    started = time.monotonic()
    with ThreadPoolExecutor(len(SLOW)) as pool:
        failures = list(pool.map(meet, SLOW.values(), transports))
    assert time.monotonic() - started < 4
    assert [failure.phase for failure in failures] == [Phase.UNKNOWN] * len(SLOW)


def test_a_drip_inside_tls_does_not_hold_a_call(make: Make, tmp_path: Path) -> None:
    authority, context = certificate(tmp_path)
    transport = make(Settings(verify=str(authority)))
    failure = outwaited(over_tls(context, SLOW["head"]), transport, within, "https")
    assert failure.phase is Phase.UNKNOWN


def test_connecting_takes_no_longer_than_the_call(make: Make, kind: str) -> None:
    with socket.socket() as full, ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        transport = make()
        started = time.monotonic()
        failure = failed(transport, get(f"http://127.0.0.1:{address[1]}/"), HURRIED)
        assert time.monotonic() - started < 4
    if "pyreqwest" not in kind:
        assert failure.phase is Phase.NOT_SENT


def test_a_call_after_a_late_one_is_not_affected(make: Make) -> None:
    with Loopback(SLOW["body"], answer(b"[]")) as server:
        transport = make()
        failed(transport, post(server.url()), HURRIED)
        assert transport.send(get(server.url())).body == b"[]"


def test_a_connection_is_used_again(make: Make) -> None:
    kept = send(HEAD + b"Content-Length: 2\r\n\r\n[]")
    packed = gzip.compress(b"[]")
    head = b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked = send(HEAD + head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed))
    with Loopback(twice(twice(kept, chunked), kept)) as server:
        transport = make()
        for _ in range(3):
            assert transport.send(get(server.url())).body == b"[]"
    assert (len(server.requests), server.connections) == (3, 1)


# Size


def too_large(transport: Sender, request: Request) -> RawResponse:
    failure = failed(transport, request)
    assert isinstance(failure, BodyTooLarge)
    assert failure.phase is Phase.UNKNOWN
    assert failure.response.status == 200
    return failure.response


def test_a_body_at_the_limit_is_an_answer(make: Make) -> None:
    with Loopback(answer(b"x" * 1000)) as server:
        assert len(make(SMALL).send(get(server.url())).body) == 1000


def test_a_body_that_announces_too_much_is_not_read(make: Make) -> None:
    head = HEAD + b"X-Request-ID: 7\r\nContent-Length: 2000000000\r\n\r\n"
    with Loopback(send(head)) as server:
        response = too_large(make(SMALL), get(server.url()))
    assert (response.headers["x-request-id"], response.body) == ("7", b"")


CHUNK = b"400\r\n" + b"x" * 1024 + b"\r\n"
LARGE = {
    "endless": send(HEAD + b"Connection: close\r\n\r\n" + b"x" * 5000),
    "chunks": send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK * 5),
    "gzip": answer(gzip.compress(b"x" * 5000), headers=("Content-Encoding: gzip",)),
}


@pytest.mark.parametrize("script", LARGE.values(), ids=LARGE.keys())
def test_a_body_above_the_limit_is_given_up(make: Make, script: Script) -> None:
    with Loopback(script) as server:
        assert too_large(make(SMALL), get(server.url())).body == b"x" * 1000


def test_a_bomb_stops_at_the_limit(make: Make) -> None:
    # A gigabyte: part after part of zeros, packed once more.
    bomb = gzip.compress(gzip.compress(bytes(1 << 20)) * 1024)
    headers = ("Content-Encoding: gzip, gzip",)
    with Loopback(answer(bomb, headers=headers)) as server:
        assert too_large(make(Settings(max_body=10**5)), get(server.url())).body == bytes(10**5)


def test_a_body_above_the_limit_does_not_spoil_the_next_call(make: Make) -> None:
    with Loopback(LARGE["chunks"], answer(b"[]")) as server:
        transport = make(SMALL)
        too_large(transport, get(server.url()))
        assert transport.send(get(server.url())).body == b"[]"


# Trust


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_certificates_are_ignored_only_aloud(make: Make, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with pytest.warns(InsecureConnection):
        settings = Settings(verify=False)
    with Loopback(over_tls(context, answer(b"[]"))) as server:
        assert make(settings).send(get(server.url(scheme="https"))).body == b"[]"


def test_credentials_stay_with_the_host_they_are_for(make: Make) -> None:
    with Loopback(answer()) as other:
        location = f"Location: {other.url('/take')}"
        with Loopback(answer(status="307 Go", headers=(location,))) as server:
            response = make().send(get(server.url(), Authorization="Bearer ours"))
    assert response.status == 307
    assert (other.requests, other.connections) == ([], 0)
