"""What a caller may decide about a transport, and what a transport refuses to be told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from brokerspec_runtime.errors import InvalidArgument
from brokerspec_runtime.secret import Secret
from brokerspec_runtime.transport import (
    Proxy,
    Settings,
    Timeout,
)
from brokerspec_runtime.transports import async_transport, sync_transport
from runtime.loopback import Loopback, answer
from runtime.sending import get


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
