"""Clients of documents with OAuth2 and OpenID Connect get their tokens themselves."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from brokerspec_runtime import RawResponse, Request, Timeout
from brokerspec_runtime.errors import InvalidArgument, NotSent, Rejected, SessionExpired
from generator.making import HEAD, AsyncBroker, Broker, Making

MACHINE = "clientCredentials: {tokenUrl: 'https://id.example.org/token?v=2', scopes: {}}"
PERSON = (
    "authorizationCode: {authorizationUrl: 'https://id.example.org/auth', tokenUrl: /oauth/token,"
    " refreshUrl: 'oauth/refresh', scopes: {read: Read., write: Write.}}"
)
PASSWORD = "password: {tokenUrl: 'https://id.example.org/token', scopes: {}}"
APP: dict[str, Any] = {"own_client_id": "app 1", "own_client_secret": "s3cr:t"}


def spec(flows: str = MACHINE, *, kind: str = "oauth2", server: str = "") -> str:
    """Return a spec with one operation, `get_it`, behind a scheme named `own`."""
    head = HEAD.replace("https://api.example.com", server) if server else HEAD
    inside = f"flows: {{{flows}}}" if kind == "oauth2" else f"openIdConnectUrl: '{flows}'"
    return f"""{head}
security: [{{own: [read]}}]
paths:
  /it: {{get: {{operationId: get_it, responses: {{'204': {{description: Done.}}}}}}}}
components: {{securitySchemes: {{own: {{type: {kind}, {inside}}}}}}}
"""


class Server(Broker):
    """An API and the server of its tokens; it takes only the latest token."""

    def __init__(self, **members: Any) -> None:
        super().__init__(b"", status=204)
        self.members = members
        self.fetches: list[Request] = []
        self.status_of_tokens = 200
        self.refuses_basic = False
        self.life: Any = 3600
        self.only: str | None = None
        self.gate: Callable[[], object] = lambda: None

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        if request.method == "GET" and ".well-known" in request.url:
            return RawResponse(200, {}, json.dumps(self.members).encode(), 0.0)
        if request.method == "POST":
            return self.token(request)
        self.requests.append(request)
        is_good = self.only in (None, request.headers.get("Authorization"))
        return RawResponse(204 if is_good else 401, {}, b"", 0.0)

    def token(self, request: Request) -> RawResponse:
        self.gate()
        self.fetches.append(request)
        if self.refuses_basic and "Authorization" in request.headers:
            return RawResponse(401, {}, b'{"error": "invalid_client"}', 0.0)
        if self.status_of_tokens != 200:
            said = {"error": "invalid_grant", "error_description": "No."}
            return RawResponse(self.status_of_tokens, {}, json.dumps(said).encode(), 0.0)
        made = {"access_token": f"t{len(self.fetches)}", "token_type": "bearer", **self.members}
        body = made | ({} if self.life is None else {"expires_in": self.life})
        return RawResponse(200, {}, json.dumps(body).encode(), 0.0)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl((self.fetches[-1].body or b"").decode()))

    @property
    def tokens(self) -> list[str]:
        return [request.headers["Authorization"] for request in self.requests]


class AsyncServer(AsyncBroker, Server):
    async def send(  # type: ignore[override]
        self,
        request: Request,
        timeout: Timeout,  # noqa: ASYNC109
    ) -> RawResponse:
        await asyncio.sleep(0)
        return Server.send(self, request, timeout)


def test_a_token_is_fetched_when_it_is_first_needed_and_kept(making: Making) -> None:
    server = Server()
    client = making(spec(), ours=False).client(server, **APP)
    assert server.fetches == []
    client.get_it()
    client.with_response.get_it()
    assert server.tokens == ["Bearer t1", "Bearer t1"]
    (fetch,) = server.fetches
    assert fetch.url == "https://id.example.org/token?v=2"
    assert server.form == {"grant_type": "client_credentials", "scope": "read"}
    pair = base64.b64decode(fetch.headers["Authorization"].removeprefix("Basic "))
    assert pair == b"app+1:s3cr%3At"
    assert "s3cr" not in repr(fetch)


def test_nothing_of_the_application_reaches_the_api(making: Making) -> None:
    server = Server()
    making(spec(), ours=False).client(server, **APP).get_it()
    (request,) = server.requests
    assert "s3cr" not in f"{request.url}{request.headers}{request.body!r}"


def test_a_static_token_is_enough(making: Making) -> None:
    server = Server()
    making(spec(), ours=False).client(server, own="given").get_it()
    assert (server.tokens, server.fetches) == (["Bearer given"], [])


def test_without_a_token_and_a_way_to_one_nothing_is_sent(making: Making) -> None:
    server = Server()
    client = making(spec(), ours=False).client(server, own_client_id="app")
    with pytest.raises(NotSent, match="own is not set"):
        client.get_it()
    assert server.requests == server.fetches == []


@pytest.mark.parametrize(
    ("life", "fetches"), [(3600, 2), ("3600", 2), (None, 1), ("soon", 1), (True, 1), (10**9, 1)]
)
def test_a_token_is_renewed_before_it_ends(making: Making, life: object, fetches: int) -> None:
    server = Server()
    server.life = life
    client = making(spec(), ours=False).client(server, **APP)
    at = [1000.0]
    client._tokens.now = lambda: at[0]
    client.get_it()
    at[0] += 3539
    client.get_it()
    assert len(server.fetches) == 1
    at[0] += 2
    client.get_it()
    assert len(server.fetches) == fetches


def test_a_refused_token_is_replaced_once(making: Making) -> None:
    server = Server()
    client = making(spec(), ours=False).client(server, **APP)
    client.get_it()
    server.only = "Bearer t2"
    client.get_it()
    assert server.tokens == ["Bearer t1", "Bearer t1", "Bearer t2"]
    server.only = "Bearer never"
    with pytest.raises(SessionExpired):
        client.get_it()
    assert len(server.fetches) == 3


def test_a_token_that_is_refused_at_once_is_not_fetched_again(making: Making) -> None:
    server = Server()
    server.only = "Bearer never"
    with pytest.raises(SessionExpired):
        making(spec(), ours=False).client(server, **APP).get_it()
    assert len(server.fetches) == len(server.requests) == 1


def test_a_call_whose_token_cannot_be_had_was_not_sent(making: Making) -> None:
    server = Server()
    server.status_of_tokens = 401
    with pytest.raises(NotSent, match=r"no access token: .*invalid_grant: No\. \(HTTP 401\)") as no:
        making(spec(), ours=False).client(server, **APP).get_it()
    assert isinstance(no.value.__cause__, SessionExpired)
    assert no.value.operation == "get_it"
    assert "s3cr" not in repr(no.value.__cause__.request)
    assert server.requests == []


def test_a_server_that_wants_the_secret_in_the_body_gets_it_there(making: Making) -> None:
    server = Server()
    server.refuses_basic = True
    making(spec(), ours=False).client(server, **APP).get_it()
    assert len(server.fetches) == 2
    assert "Authorization" not in server.fetches[1].headers
    assert (server.form["client_id"], server.form["client_secret"]) == ("app 1", "s3cr:t")
    assert "s3cr" not in repr(server.fetches[1])


def test_each_scheme_asks_for_scopes_of_its_own(making: Making) -> None:
    text = spec().replace("[{own: [read]}]", "[{own: [read], b: [x, w]}]")
    text = text.replace(
        "securitySchemes: {", f"securitySchemes: {{b: {{type: oauth2, flows: {{{MACHINE}}}}}, "
    )
    made = making(text, ours=False)
    found = {one.setting: one.scope for one in made.module.Client._oauth2}
    assert found == {"own": "read", "b": "w x"}


def test_threads_share_one_fetch(making: Making) -> None:
    server = Server()
    started = threading.Barrier(5)
    server.gate = lambda: started.wait(30)
    client = making(spec(), ours=False).client(server, **APP)

    def call(index: int) -> None:
        if index:
            started.wait(30)
        client.get_it()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(call, range(5)))
    assert len(server.fetches) == 1
    assert server.tokens == ["Bearer t1"] * 5


@pytest.mark.anyio
async def test_tasks_share_one_fetch_and_its_failure(making: Making) -> None:
    server = AsyncServer()
    made = making(spec(), ours=False)
    client = made.async_client(server, **APP)
    await asyncio.gather(*(client.get_it() for _ in range(5)))
    assert (len(server.fetches), server.tokens) == (1, ["Bearer t1"] * 5)
    failing = AsyncServer()
    failing.status_of_tokens = 400
    client = made.async_client(failing, **APP)
    calls = (client.get_it() for _ in range(5))
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(one) for one in ended} == {NotSent}
    assert len(failing.fetches) == 1


def test_the_password_flow_is_one_of_settings(making: Making) -> None:
    server = Server()
    client = making(spec(PASSWORD), ours=False).client(
        server, own_client_id="app", own_user="u", own_password="p4ss"
    )
    client.get_it()
    expected = {"grant_type": "password", "username": "u", "password": "p4ss", "scope": "read"}
    assert server.form == {**expected, "client_id": "app"}
    assert "p4ss" not in repr(server.fetches[0])


# A person signs in.

GIVEN: dict[str, Any] = {"own_client_id": "app", "own_redirect_uri": "http://127.0.0.1:9/cb"}


def test_a_person_signs_in_with_pkce(making: Making) -> None:
    server = Server(refresh_token="r1")
    client = making(spec(PERSON), ours=False).client(server, **GIVEN)
    started = client.start_sign_in()
    asked = {key: value[0] for key, value in parse_qs(urlsplit(started.url).query).items()}
    assert started.url.startswith("https://id.example.org/auth?")
    assert (asked["scope"], asked["code_challenge_method"]) == ("read", "S256")
    came = f"http://127.0.0.1:9/cb?code=c0de&state={asked['state']}"
    client.finish_sign_in(started, authorization_response=came)
    assert server.fetches[0].url == "https://api.example.com/oauth/token"
    form = server.form
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    assert (form["code"], form["redirect_uri"]) == ("c0de", GIVEN["own_redirect_uri"])
    assert "c0de" not in repr(server.fetches[0])
    assert form["code_verifier"] not in f"{started!r}{server.fetches[0]!r}"
    client.get_it()
    assert server.tokens == ["Bearer t1"]
    server.only = "Bearer t2"
    client.get_it()
    assert server.fetches[1].url == "https://api.example.com/oauth/refresh"
    assert server.form == {"grant_type": "refresh_token", "refresh_token": "r1", "client_id": "app"}


@pytest.mark.anyio
async def test_a_person_signs_in_by_pasting_without_blocking(making: Making) -> None:
    server = AsyncServer()
    client = making(spec(PERSON), ours=False).async_client(server, **GIVEN)
    await client.sign_in_by_paste(ask=lambda _text: "c0de")
    await client.get_it()
    assert server.tokens == ["Bearer t1"]


def test_a_refused_code_is_an_error_of_its_own(making: Making) -> None:
    server = Server()
    server.status_of_tokens = 400
    client = making(spec(PERSON), ours=False).client(server, **GIVEN)
    with pytest.raises(Rejected, match="invalid_grant") as refused:
        client.sign_in_by_paste(ask=lambda _text: "c0de")
    assert "c0de" not in f"{refused.value}{refused.value.request!r}"


def test_an_outdated_refresh_token_is_forgotten(making: Making) -> None:
    server = Server()
    server.status_of_tokens = 400
    client = making(spec(PERSON), ours=False).client(server, own_refresh_token="old", **GIVEN)
    with pytest.raises(NotSent, match="no access token"):
        client.get_it()
    with pytest.raises(NotSent, match="own is not set"):
        client.get_it()
    assert len(server.fetches) == 1


def test_signing_in_needs_an_application(making: Making) -> None:
    client = making(spec(PERSON), ours=False).client(Server())
    with pytest.raises(InvalidArgument, match="own_client_id and own_redirect_uri"):
        client.start_sign_in()
    with pytest.raises(InvalidArgument, match="'other' is no security scheme"):
        client.start_sign_in(scheme="other")


# OpenID Connect.

WELL_KNOWN = "https://id.example.org/.well-known/openid-configuration"
FOUND: dict[str, Any] = {
    "issuer": "https://id.example.org",
    "token_endpoint": "https://id.example.org/t",
    "authorization_endpoint": "https://id.example.org/a",
}


def test_an_openid_provider_says_where_tokens_are(making: Making) -> None:
    server = Server(**FOUND)
    made = making(spec(WELL_KNOWN, kind="openIdConnect"), ours=False)
    made.client(server, **APP).get_it()
    assert server.fetches[0].url == FOUND["token_endpoint"]
    started = made.client(server, **GIVEN).start_sign_in()
    assert started.url.startswith(FOUND["authorization_endpoint"])
    assert server.tokens == ["Bearer t1"]
    made.client(server, own="given").get_it()
    assert server.tokens[-1] == "Bearer given"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"issuer": "https://evil.example.net"}, "another issuer"),
        ({"token_endpoint": "http://id.example.org/t"}, "unencrypted"),
        ({"token_endpoint": "https://u:p@id.example.org/t"}, "no user and password"),
        ({"token_endpoint": 7}, "token_endpoint"),
    ],
)
def test_what_an_openid_provider_says_is_checked(
    making: Making, changed: dict[str, Any], text: str
) -> None:
    server = Server(**FOUND | changed)
    with pytest.raises(NotSent, match=text):
        making(spec(WELL_KNOWN, kind="openIdConnect"), ours=False).client(server, **APP).get_it()
    assert server.fetches == server.requests == []


@pytest.mark.parametrize(
    "url", ["http://id.example.org/token", "ftp://id.example.org/", "https://u:p@id.example.org/"]
)
def test_a_token_is_fetched_over_https_only(making: Making, url: str) -> None:
    server = Server()
    text = spec(f"clientCredentials: {{tokenUrl: '{url}', scopes: {{}}}}")
    with pytest.raises(NotSent, match="no access token"):
        making(text, ours=False).client(server, **APP).get_it()
    assert server.fetches == server.requests == []


@pytest.mark.parametrize(
    ("members", "text"),
    [({"token_type": "DPoP"}, "DPoP token"), ({"access_token": None}, "access_token")],
)
def test_an_answer_without_a_bearer_token_is_refused(
    making: Making, members: dict[str, Any], text: str
) -> None:
    server = Server(**members)
    with pytest.raises(NotSent, match=text):
        making(spec(), ours=False).client(server, **APP).get_it()
    assert server.requests == []


@pytest.mark.parametrize(
    "flows",
    [
        "implicit: {authorizationUrl: 'https://id.example.org/a', scopes: {}}",
        "x: {}",
        "password: 7",
    ],
)
def test_flows_that_the_client_does_not_do_leave_a_token_to_give(
    making: Making, flows: str
) -> None:
    server = Server()
    made = making(spec(flows), ours=False)
    made.client(server, own="given").get_it()
    assert server.tokens == ["Bearer given"]
    assert "_client_id" not in made.files["client.py"]
