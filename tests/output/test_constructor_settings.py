"""What a document says of a constructor holds for the generated client."""

from __future__ import annotations

import base64
from typing import Any, Literal

import pytest

from kotak_securities import AsyncClient, Client, InvalidArgument
from runtime.loopback import Loopback, answer

SETTINGS: dict[str, Any] = {
    "access_token": "access",
    "userid": "U1",
    "consumer_key": "key",
    "ip": "10.0.0.1",
    "app_id": "app",
    "host": "http://broker.example/apim",
    "allow_plain_http": True,
    "proxy_user": "user@home",
    "proxy_pass": "p/w",
}
STARTED = b'{"Success": {"message": "started"}}'
LOGIN = b"Basic " + base64.b64encode(b"user@home:p/w")


def check(request: bytes) -> None:
    head = request.split(b"\r\n")
    assert head[0] == b"GET http://broker.example/apim/session/1.0/session/init HTTP/1.1"
    sent = {name.lower(): value for name, _, value in (line.partition(b": ") for line in head[1:])}
    assert sent[b"proxy-authorization"] == LOGIN
    assert sent[b"host"] == b"broker.example"


@pytest.mark.parametrize("transport", ["requests", "httpx2"])
def test_host_and_proxy_are_used(transport: Literal["requests", "httpx2"]) -> None:
    with Loopback(answer(STARTED)) as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        with Client(**SETTINGS, proxy_url=url, transport=transport) as client:
            assert client.init_session().message == "started"
    check(proxy.requests[0])


@pytest.mark.anyio
async def test_host_and_proxy_are_used_without_blocking() -> None:
    with Loopback(answer(STARTED)) as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        async with AsyncClient(**SETTINGS, proxy_url=url) as client:
            assert (await client.init_session()).message == "started"
    check(proxy.requests[0])


def test_a_proxy_user_alone_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="address of the proxy"):
        Client(**SETTINGS)


def test_the_documented_host_is_the_default() -> None:
    settings = {name: SETTINGS[name] for name in list(SETTINGS)[:5]}
    shown = repr(Client(**settings))
    assert shown == "<Client of kotak_securities at https://tradeapi.kotaksecurities.com/apim>"
