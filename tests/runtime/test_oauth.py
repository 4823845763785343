"""The authorization code flow, without a browser and without a server elsewhere."""

from __future__ import annotations

import socket
import threading
from urllib.error import HTTPError
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest

from brokerspec_runtime.errors import BrokerError, InvalidArgument
from brokerspec_runtime.oauth import (
    AuthorizationRefused,
    OAuth2App,
    OAuthError,
    RedirectInvalid,
    authorization_code,
)
from brokerspec_runtime.oauth_redirect import paste_redirect, receive_redirect

APP = OAuth2App(
    authorize_url="https://broker.example/oauth2/auth",
    client_id="app-1",
    redirect_uri="http://127.0.0.1",
    scope="orders holdings",
)
CODE = "the+code/1"
REDIRECT = "http://127.0.0.1/?" + urlencode({"code": CODE, "state": "s1"})


# The address to open


def test_the_authorization_url_names_everything() -> None:
    url, state = APP.authorization_url("s1")
    assert state == "s1"
    base, query = url.split("?")
    assert base == "https://broker.example/oauth2/auth"
    assert dict(parse_qsl(query, strict_parsing=True)) == {
        "response_type": "code",
        "client_id": "app-1",
        "redirect_uri": "http://127.0.0.1",
        "scope": "orders holdings",
        "state": "s1",
    }
    assert "scope=orders%20holdings" in query


def test_a_state_is_random_when_none_is_given() -> None:
    states = {APP.authorization_url()[1] for _ in range(20)}
    assert len(states) == 20
    assert min(map(len, states)) >= 32


def test_more_parameters_can_be_asked_for() -> None:
    url, _ = APP.authorization_url("s1", prompt="a+b c")
    assert parse_qs(urlsplit(url).query)["prompt"] == ["a+b c"]


@pytest.mark.parametrize("url", ["http://broker.example/auth", "ftp://127.0.0.1/", "auth"])
def test_signing_in_goes_over_tls_only(url: str) -> None:
    with pytest.raises(InvalidArgument, match="https"):
        OAuth2App(url, "id", "http://127.0.0.1", "a")


def test_a_local_sandbox_needs_no_tls() -> None:
    app = OAuth2App("http://127.0.0.1:8000/auth", "id", "http://[::1]", "a")
    assert app.authorization_url()[0].startswith("http://127.0.0.1:8000/auth?")


# The redirect


@pytest.mark.parametrize("response", [REDIRECT, "?" + urlsplit(REDIRECT).query, REDIRECT + "#x"])
def test_an_address_or_its_query_is_enough(response: str) -> None:
    assert authorization_code(response, "s1") == CODE


def test_no_state_to_compare_means_no_comparison() -> None:
    assert authorization_code("?code=abc", None) == "abc"


@pytest.mark.parametrize(
    "response",
    [
        "?code=secret-code&state=s2",
        "?code=secret-code&state=",
        "?code=secret-code",
        "?code=secret-code&state=é",
        "?state=s1",
        "?state=s1&code=",
        "?code=secret-code&code=secret-2&state=s1",
        "http://[",
        "",
    ],
)
def test_a_redirect_that_cannot_be_trusted_is_refused(response: str) -> None:
    with pytest.raises(RedirectInvalid) as caught:
        authorization_code(response, "s1")
    for hidden in ("secret", "s1", "s2"):
        assert hidden not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_refusal_in_the_browser_is_typed() -> None:
    with pytest.raises(AuthorizationRefused) as caught:
        authorization_code("?error=access_denied&error_description=Not+today&state=s1", "s1")
    assert (caught.value.code, caught.value.description) == ("access_denied", "Not today")
    assert "access_denied" in str(caught.value)
    assert "Not today" not in str(caught.value)


def test_an_error_code_that_is_no_word_is_left_out() -> None:
    with pytest.raises(AuthorizationRefused) as caught:
        authorization_code("?error=" + "%0A<b>", None)
    assert caught.value.code == ""


def test_every_error_is_a_broker_error() -> None:
    assert issubclass(OAuthError, BrokerError)


# The redirect, received on this machine


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


class Browser:
    """Visits addresses from a thread of its own, as a browser would."""

    def __init__(self, *addresses: str) -> None:
        self.opened: list[str] = []
        self.pages: list[tuple[int, str]] = []
        self._addresses = addresses
        self._thread = threading.Thread(target=self._visit)

    def open(self, url: str) -> None:
        self.opened.append(url)
        self._thread.start()

    def leave(self) -> None:
        self._thread.join(timeout=10)

    def _visit(self) -> None:
        opener = build_opener(ProxyHandler({}))
        for address in self._addresses:
            try:
                with opener.open(address, timeout=10) as page:
                    self.pages.append((page.status, page.read().decode()))
            except HTTPError as error:
                with error:
                    self.pages.append((error.code, error.read().decode()))


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_redirect_is_received(port: int, host: str, capfd: pytest.CaptureFixture[str]) -> None:
    local = f"http://127.0.0.1:{port}"
    browser = Browser(
        f"{local}/favicon.ico",
        f"{local}/elsewhere?code=wrong",
        f"{local}/done",
        f"{local}/done?code=abc&state=s1",
    )
    uri = f"http://{host}:{port}/done"
    received = receive_redirect(uri, 10, browser.open, "https://broker.example/auth")
    browser.leave()
    assert received == f"{uri}?code=abc&state=s1"
    assert browser.opened == ["https://broker.example/auth"]
    assert [status for status, _ in browser.pages] == [404, 404, 404, 200]
    assert "close this tab" in browser.pages[-1][1]
    assert "abc" not in browser.pages[-1][1]
    assert capfd.readouterr() == ("", "")
    assert not is_open(port)


def test_a_refusal_is_received_too(port: int) -> None:
    uri = f"http://127.0.0.1:{port}"
    browser = Browser(f"{uri}/?error=access_denied")
    received = receive_redirect(uri, 10, browser.open, "https://broker.example/auth")
    browser.leave()
    assert received == f"{uri}/?error=access_denied"


def test_a_connection_that_says_nothing_does_not_block(port: int) -> None:
    uri = f"http://127.0.0.1:{port}"
    browser = Browser(f"{uri}/?code=abc")
    with socket.socket() as idle:

        def open_url(url: str) -> None:
            idle.connect(("127.0.0.1", port))
            browser.open(url)

        assert receive_redirect(uri, 10, open_url, "x") == f"{uri}/?code=abc"
        browser.leave()


def test_waiting_ends_and_closes_the_port(port: int) -> None:
    with pytest.raises(RedirectInvalid, match=r"within 0\.01 seconds"):
        receive_redirect(f"http://127.0.0.1:{port}", 0.01, lambda url: None, "x")
    assert not is_open(port)


def test_a_browser_that_does_not_open_closes_the_port(port: int) -> None:
    def broken(url: str) -> None:
        raise OSError("no browser")

    with pytest.raises(OSError, match="no browser"):
        receive_redirect(f"http://127.0.0.1:{port}", 10, broken, "x")
    assert not is_open(port)


def test_a_port_in_use_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        uri = f"http://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(RedirectInvalid, match="cannot be opened"):
            receive_redirect(uri, 1, lambda url: None, "x")


@pytest.mark.parametrize(
    "uri", ["https://127.0.0.1/", "http://example.org/", "http://0.0.0.0/", "http://127.0.0.2/", ""]
)
def test_only_this_machine_can_receive(uri: str) -> None:
    with pytest.raises(InvalidArgument):
        receive_redirect(uri, 1, lambda url: None, "x")


# The redirect, pasted by a person


@pytest.mark.parametrize(
    ("pasted", "returned"),
    [
        (f"  '{REDIRECT}' \n", REDIRECT),
        ("?code=abc&state=s1", "?code=abc&state=s1"),
        ("code=abc&state=s1", "?code=abc&state=s1"),
        ("error=access_denied", "?error=access_denied"),
        ("127.0.0.1/?code=abc&state=s1", "?code=abc&state=s1"),
        ("a+b/c=", "?code=a%2Bb%2Fc%3D&state=s1"),
    ],
)
def test_what_was_pasted_is_understood(pasted: str, returned: str) -> None:
    url, state = APP.authorization_url("s1")
    asked: list[str] = []

    def ask(text: str) -> str:
        asked.append(text)
        return pasted

    response = paste_redirect(url, ask)
    assert response == returned
    assert url in asked[0]
    if "error" not in returned:
        assert authorization_code(response, state)


def test_nothing_pasted_is_refused() -> None:
    with pytest.raises(RedirectInvalid, match="nothing was pasted"):
        paste_redirect("https://broker.example/auth", lambda text: " ")
