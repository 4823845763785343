"""What a caller may decide about a transport, and what a transport refuses to be told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
import requests

from brokerspec_runtime.errors import InvalidArgument
from brokerspec_runtime.secret import Secret
from brokerspec_runtime.transport import Phase, Proxy, Settings, Timeout
from brokerspec_runtime.transport_httpx import AsyncHttpxTransport, HttpxTransport
from brokerspec_runtime.transport_requests import RequestsTransport
from runtime.loopback import Loopback, answer, babble
from runtime.sending import failed, get, post

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
        transport.send(get(server.url("/a")))
        transport.close()
        assert used == [server.url("/a")]
    assert b"x-mine" not in server.requests[0].lower()


def test_a_client_of_the_caller_is_used_and_left_open() -> None:
    with (
        httpx2.Client(headers={"X-Mine": "1"}, trust_env=False) as client,
        Loopback(answer(b"[]")) as server,
    ):
        transport = HttpxTransport(client=client)
        transport.send(get(server.url("/a")))
        transport.close()
        assert not client.is_closed
    assert b"x-mine" not in server.requests[0].lower()


@pytest.mark.anyio
async def test_an_asynchronous_client_of_the_caller_is_left_open() -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        with Loopback(answer(b"[]")) as server:
            transport = AsyncHttpxTransport(client=client)
            assert (await transport.send(get(server.url("/a")))).body == b"[]"
        await transport.aclose()
        assert not client.is_closed


def test_a_session_of_the_caller_excludes_our_own_proxy() -> None:
    settings = Settings(proxy=Proxy("http://127.0.0.1:1"))
    with requests.Session() as session, pytest.raises(InvalidArgument, match="of your own"):
        RequestsTransport(settings, session)


def test_a_broken_handshake_of_a_callers_session_may_have_been_sent() -> None:
    """Only our own adapter can tell a broken handshake from a broken answer."""
    with requests.Session() as session, Loopback(babble) as server:
        session.trust_env = False
        failure = failed(RequestsTransport(session=session), post(server.url(scheme="https")))
    assert failure.phase is Phase.UNKNOWN


# Settings


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_timeout_must_end(seconds: float) -> None:
    with pytest.raises(InvalidArgument):
        Timeout(read=seconds)


def test_a_number_is_a_timeout_for_the_answer() -> None:
    assert Timeout.of(30) == Timeout(connect=5, read=30)
    assert Timeout.of(2) == Timeout(connect=2, read=2)
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
        "sys.exit(any(name in sys.modules for name in ('requests', 'urllib3', 'httpx2')))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
