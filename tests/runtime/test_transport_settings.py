"""What a caller may decide about a transport, and what a transport refuses to be told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import requests

from brokerspec_runtime.errors import InvalidArgument
from brokerspec_runtime.secret import Secret
from brokerspec_runtime.transport import (
    DEFAULT_TIMEOUT,
    Phase,
    Proxy,
    Settings,
    Timeout,
)
from brokerspec_runtime.transport_requests import RequestsTransport
from brokerspec_runtime.transports import async_transport, sync_transport
from runtime.loopback import Loopback, answer, babble, drip
from runtime.sending import Direct, failed, get, post

# Sessions and clients of the caller


def test_a_session_of_the_caller_is_used_and_left_open() -> None:
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
        transport = RequestsTransport(session=session)
        transport.send(get(server.url("/a")), DEFAULT_TIMEOUT)
        transport.close()
        assert used == [server.url("/a")]
    assert b"x-mine" not in server.requests[0].lower()


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_a_client_of_the_caller_is_used_and_left_open(library: Any) -> None:
    with (
        library.Client(headers={"X-Mine": "1"}, trust_env=False) as client,
        Loopback(answer(b"[]"), drip(b"HTTP/1.1 200 OK\r\n\r\n")) as server,
    ):
        transport = Direct(sync_transport(client, Settings()))
        transport.send(get(server.url("/a")))
        late = failed(transport, get(server.url()), Timeout(total=0.2))
        transport.close()
        assert not client.is_closed
    assert b"x-mine" not in server.requests[0].lower()
    assert late.phase is Phase.UNKNOWN


@pytest.mark.anyio
@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
async def test_an_asynchronous_client_of_the_caller_is_left_open(library: Any) -> None:
    async with library.AsyncClient(trust_env=False) as client:
        with Loopback(answer(b"[]")) as server:
            transport = async_transport(client, Settings())
            assert (await transport.send(get(server.url("/a")), DEFAULT_TIMEOUT)).body == b"[]"
        await transport.aclose()
        assert not client.is_closed


def test_a_client_of_pyreqwest_is_not_taken() -> None:
    """It may follow redirects, and nobody can see from outside whether it does."""
    builders = pytest.importorskip("pyreqwest.client")
    with pytest.raises(InvalidArgument, match="cannot be lent"):
        sync_transport(builders.SyncClientBuilder().build(), Settings())
    with pytest.raises(InvalidArgument, match="cannot be lent"):
        async_transport(builders.ClientBuilder().build(), Settings())


def test_an_unknown_transport_is_refused() -> None:
    name: Any = "urllib"
    with pytest.raises(InvalidArgument, match="there are requests, httpx2, httpx and pyreqwest"):
        sync_transport(name, Settings())
    with pytest.raises(InvalidArgument, match="there are httpx2, httpx and pyreqwest"):
        async_transport(name, Settings())


def test_pyreqwest_keeps_few_clients() -> None:
    """Its timeouts belong to a client, so there is one for each pair of them."""
    pytest.importorskip("pyreqwest")
    from brokerspec_runtime.transport_pyreqwest import PyreqwestTransport

    with Loopback(*[answer(b"[]")] * 12) as server:
        transport = PyreqwestTransport()
        for seconds in range(1, 13):
            transport.send(get(server.url()), Timeout.of(seconds))
        transport.close()
    assert len(server.requests) == 12


@pytest.mark.parametrize("size", [0, -1])
def test_a_body_must_be_allowed_to_have_a_size(size: int) -> None:
    with pytest.raises(InvalidArgument, match="max_body"):
        Settings(max_body=size)


def test_a_session_of_the_caller_excludes_our_own_proxy() -> None:
    settings = Settings(proxy=Proxy("http://127.0.0.1:1"))
    with requests.Session() as session, pytest.raises(InvalidArgument, match="of your own"):
        RequestsTransport(settings, session)


def test_a_broken_handshake_of_a_callers_session_may_have_been_sent() -> None:
    """Only our own adapter can tell a broken handshake from a broken answer."""
    with requests.Session() as session, Loopback(babble) as server:
        session.trust_env = False
        failure = failed(
            Direct(RequestsTransport(session=session)), post(server.url(scheme="https"))
        )
    assert failure.phase is Phase.UNKNOWN


# Settings


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_timeout_must_end(seconds: float) -> None:
    with pytest.raises(InvalidArgument):
        Timeout(read=seconds)


def test_a_number_is_a_timeout_for_the_whole_call() -> None:
    assert Timeout.of(30) == Timeout(connect=5, read=30, total=30)
    assert Timeout.of(2) == Timeout(connect=2, read=2, total=2)
    assert Timeout.of(Timeout(1, 2)) == Timeout(1, 2)


@pytest.mark.parametrize(
    ("url", "user"),
    [("http://a:b@proxy:1", None), ("proxy:1", None), ("ftp://proxy", None), ("http://", "a")],
)
def test_a_proxy_that_cannot_work_is_refused(url: str, user: str | None) -> None:
    with pytest.raises(InvalidArgument):
        Proxy(url, user)


def test_a_proxy_password_needs_a_user() -> None:
    with pytest.raises(InvalidArgument):
        Proxy("http://proxy:1", None, Secret("word"))


def test_a_proxy_encodes_and_hides_its_password() -> None:
    proxy = Proxy("http://proxy:3128", "a:b", Secret("c@d/e"))
    assert proxy.url_with_credentials() == "http://a%3Ab:c%40d%2Fe@proxy:3128"
    assert "c@d" not in repr(proxy)


def test_certificates_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="no CA certificates"):
        Settings(verify=str(tmp_path / "missing.pem"))


def test_importing_a_transport_imports_no_http_library() -> None:
    program = (
        "import sys\n"
        "import brokerspec_runtime.transport_httpx, brokerspec_runtime.transport_requests\n"
        "import brokerspec_runtime.transport_pyreqwest\n"
        "heavy = {'requests', 'urllib3', 'httpx2', 'httpx', 'pyreqwest', 'anyio'}\n"
        "sys.exit(bool(heavy & sys.modules.keys()))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
