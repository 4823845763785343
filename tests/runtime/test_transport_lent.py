"""Every transport takes a session or client of the caller, and keeps its contract with it."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import httpx2
import pytest
import requests
from urllib3.util.retry import Retry

from brokerspec_runtime.errors import InvalidArgument
from brokerspec_runtime.transport import BodyTooLarge, Phase, Proxy, Settings, Timeout
from brokerspec_runtime.transport_requests import RequestsTransport
from brokerspec_runtime.transports import async_transport, sync_transport
from runtime.loopback import Loopback, answer, babble, drip, reset, send
from runtime.sending import LENT, PYREQWEST, Awaited, Direct, borrow, failed, get, outwaited, post

HEAD = b"HTTP/1.1 200 OK\r\n"
Borrow = Callable[..., Direct | Awaited]


@pytest.fixture
def lent(kind: str) -> Any:
    """Make the session or client of the caller."""
    pytest.importorskip(kind.split("-")[0])
    return LENT[kind]()


@pytest.fixture
def make(kind: str, lent: Any) -> Iterator[Borrow]:
    with ExitStack() as stack:

        def build(settings: Settings | None = None) -> Direct | Awaited:
            transport = borrow(kind, lent, settings)
            stack.callback(transport.stop)
            return transport

        yield build


def test_it_is_used_and_left_open(make: Borrow) -> None:
    with Loopback(answer(b"[1]"), answer(b"[2]")) as server:
        first = make()
        assert first.send(get(server.url())).body == b"[1]"
        first.close()
        assert make().send(get(server.url())).body == b"[2]"


def test_a_redirect_is_not_followed(make: Borrow) -> None:
    with Loopback(answer(status="307 Go", headers=("Location: /elsewhere",))) as server:
        assert make().send(post(server.url())).status == 307
    assert server.connections == 1


def test_cookies_are_not_sent_back(make: Borrow) -> None:
    with Loopback(answer(headers=("Set-Cookie: session=1; Path=/",)), answer()) as server:
        transport = make()
        for _ in range(2):
            transport.send(get(server.url()))
    assert b"cookie" not in server.requests[1].lower()


@pytest.mark.parametrize("status", ["400 Bad", "429 Slow", "503 Off"])
def test_every_status_is_an_answer(make: Borrow, status: str) -> None:
    with Loopback(answer(b"no", status=status)) as server:
        response = make().send(post(server.url()))
    assert (response.status, response.body) == (int(status[:3]), b"no")
    assert server.connections == 1


def test_nothing_ends_later_than_it_may(make: Borrow) -> None:
    failure = outwaited(drip(HEAD + b"\r\n"), make(), lambda seconds: Timeout(5, 5, seconds))
    assert failure.phase is Phase.UNKNOWN


@pytest.mark.parametrize(
    "script",
    [
        send(HEAD + b"Content-Length: 2000000000\r\n\r\n"),
        send(HEAD + b"Connection: close\r\n\r\n" + b"x" * 5000),
        answer(gzip.compress(b"x" * 5000), headers=("Content-Encoding: gzip",)),
    ],
    ids=["announced", "endless", "gzip"],
)
def test_a_body_above_the_limit_is_given_up(make: Borrow, script: Any) -> None:
    with Loopback(script) as server:
        failure = failed(make(Settings(max_body=1000)), post(server.url()))
    assert isinstance(failure, BodyTooLarge)
    assert len(failure.response.body) <= 1000


@pytest.mark.parametrize(
    "script",
    [reset, send(HEAD + b"Content-Length: 100\r\n\r\n{"), send(b"")],
    ids=["reset", "half_a_body", "closed"],
)
def test_a_break_after_sending_is_unknown(make: Borrow, script: Any) -> None:
    with Loopback(script) as server:
        failure = failed(make(), post(server.url()))
    assert failure.phase is Phase.UNKNOWN
    assert (len(server.requests), server.connections) == (1, 1)


def test_a_refused_connection_is_not_sent(make: Borrow) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        failure = failed(make(), post(f"http://127.0.0.1:{held.getsockname()[1]}/"))
    assert failure.phase is Phase.NOT_SENT


def test_a_broken_handshake_may_have_been_sent(kind: str, make: Borrow) -> None:
    """Of requests only our own adapter can tell a broken handshake from a broken answer."""
    with Loopback(babble) as server:
        failure = failed(make(), post(server.url(scheme="https")))
    assert failure.phase is (Phase.UNKNOWN if kind == "requests" else Phase.NOT_SENT)


def test_it_excludes_a_proxy_of_ours(kind: str, lent: Any) -> None:
    with pytest.raises(InvalidArgument, match="of your own"):
        borrow(kind, lent, Settings(proxy=Proxy("http://127.0.0.1:1")))


# What only some libraries have


def test_a_session_keeps_its_adapters_and_its_headers() -> None:
    used: list[str] = []

    class Watching(requests.adapters.HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> Any:
            used.append(request.url or "")
            return super().send(request, *args, **named)

        def close(self) -> None:
            used.append("closed")
            super().close()

    with requests.Session() as session, Loopback(answer(b"[]")) as server:
        session.mount("http://", Watching())
        session.headers["X-Mine"] = "1"
        session.trust_env = False
        transport = Direct(RequestsTransport(session=session))
        transport.send(get(server.url("/a")))
        transport.close()
        assert used == [server.url("/a")]
    assert b"x-mine" not in server.requests[0].lower()


@pytest.mark.parametrize("retries", [2, Retry(total=None, read=1)])
def test_a_session_that_may_repeat_is_refused(retries: int | Retry) -> None:
    """It would send an order again that was not answered."""
    with requests.Session() as session:
        session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retries))
        with pytest.raises(InvalidArgument, match="max_retries"):
            sync_transport(session, Settings())


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_a_client_keeps_its_headers(library: Any) -> None:
    with (
        library.Client(headers={"X-Mine": "1"}, trust_env=False) as client,
        Loopback(answer(b"[]")) as server,
    ):
        Direct(sync_transport(client, Settings())).send(get(server.url("/a")))
    assert b"x-mine" not in server.requests[0].lower()


# Clients of pyreqwest, which do not say what they do


def _repeat(request: Any, following: Any) -> Any:
    try:
        return following.run(request.copy())
    except Exception:
        return following.run(request)


async def _repeat_async(request: Any, following: Any) -> Any:
    try:
        return await following.run(request.copy())
    except Exception:
        return await following.run(request)


SPOILT: dict[str, tuple[Callable[[Any, bool], Any], str]] = {
    "redirects": (lambda builder, _: builder.follow_redirects(True), "follows redirects"),
    "cookies": (lambda builder, _: builder.default_cookie_store(True), "keeps cookies"),
    "headers": (lambda builder, _: builder.default_headers({"X-Mine": "1"}), "adds headers"),
    "repeats": (
        lambda builder, waits: builder.with_middleware(_repeat if waits else _repeat_async),
        "repeats requests",
    ),
    "https": (lambda builder, _: builder.https_only(True), "cannot be tried"),
}


@pytest.mark.parametrize(("spoil", "told"), SPOILT.values(), ids=SPOILT.keys())
@pytest.mark.parametrize("kind", PYREQWEST)
def test_a_client_that_does_more_is_refused(
    kind: str, spoil: Callable[[Any, bool], Any], told: str
) -> None:
    builders = pytest.importorskip("pyreqwest.client")
    waits = kind == "pyreqwest"
    builder = builders.SyncClientBuilder() if waits else builders.ClientBuilder()
    client = spoil(builder.no_proxy().follow_redirects(False), waits).build()
    with Loopback() as server, pytest.raises(InvalidArgument, match=told):
        _send_over(kind, client, server)
    assert server.connections == 0


def _send_over(kind: str, client: Any, server: Loopback) -> None:
    transport = borrow(kind, client)
    try:
        transport.send(post(server.url()))
    finally:
        transport.stop()


def test_a_client_of_the_other_kind_is_refused() -> None:
    pytest.importorskip("pyreqwest")
    with pytest.raises(InvalidArgument, match="SyncClient"):
        sync_transport(LENT["pyreqwest-async"](), Settings())
    with pytest.raises(InvalidArgument, match="an asynchronous client"):
        async_transport(LENT["pyreqwest"](), Settings())


def test_a_client_that_raises_for_a_status_gives_the_answer() -> None:
    builders = pytest.importorskip("pyreqwest.client")
    builder = builders.SyncClientBuilder().no_proxy().follow_redirects(False)
    with Loopback(answer(b"no", status="400 Bad")) as server:
        transport = Direct(sync_transport(builder.error_for_status().build(), Settings()))
        assert transport.send(post(server.url())).body == b"no"
