from __future__ import annotations

import pytest

from audit.reading import extract, facts


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Endpoint: - PlaceOrder\nMethod: - POST", [("POST", "PlaceOrder")]),
        ("Method: POST\nEndpoint: orders/new", [("POST", "orders/new")]),
        (
            "Endpoint: - interactive/orders?id=\nMethod: - delete",
            [("DELETE", "interactive/orders?id=")],
        ),
        ("curl \\\n-X PUT https://h.in/1.0/Modify\n", [("PUT", "https://h.in/1.0/Modify")]),
        (
            "curl --location --request GET 'https://h.in/a?b=c' \\\n-H x",
            [("GET", "https://h.in/a?b=c")],
        ),
        ("curl https://h.in/a -d '{\"b\": 1}'", [("POST", "https://h.in/a")]),
        ("curl https://h.in/a", [("GET", "https://h.in/a")]),
        ("GET /orders/<id>?client=<clientID>", [("GET", "/orders/<id>?client=<clientID>")]),
        ("`POST` | `/orders` | Place", [("POST", "/orders")]),
        ("DELETE v1/orders/cover", [("DELETE", "v1/orders/cover")]),
        ("Request URL: https://h.in/a/b", [("", "https://h.in/a/b")]),
        ("Request URL:\nhttps://h.in/a/b\nRequest Method: POST", [("POST", "https://h.in/a/b")]),
        ("Make a POST call to the url :\nhttps://h.in/Place", [("POST", "https://h.in/Place")]),
        ("Request Method: POST\nRequest format: JSON", [("POST", "")]),
        ("See (https://h.in/Place).", [("", "https://h.in/Place")]),
        ("The method POST and/or GET is used.", []),
        ("POST and/or GET", []),
    ],
)
def test_addresses_in_many_spellings(source: str, found: list[tuple[str, str]]) -> None:
    assert [(one.method, one.path) for one in facts(source).endpoints] == found


def test_an_address_that_was_broken_at_hyphens_is_joined() -> None:
    sign_in = extract("numbered").endpoints[0]
    assert sign_in.path == (
        "<base_url>/oauth2/auth?scope=orders%20holdings&redirect_uri=http://127.0.0.1"
        "&client_id=<oauthID>"
    )


def test_examples_are_told_from_endpoints() -> None:
    found = [(one.line, one.is_example) for one in extract("numbered").endpoints]
    assert found == [(4, False), (18, False), (19, True), (38, False), (57, False)]
    assert [one.is_example for one in extract("stacked").endpoints] == [False, False, False, True]


def test_endpoints_know_their_section() -> None:
    assert [(one.section, one.method, one.path) for one in extract("stacked").endpoints] == [
        ("Steps", "", "ws://IP:PORT/token="),
        ("Session Login", "POST", "interactive/user/session"),
        ("Cancel Order", "DELETE", "interactive/orders?appOrderID="),
        (
            "Cancel Order",
            "DELETE",
            "/interactive/orders?appOrderID=10149382024B05010100000000000003",
        ),
    ]


def test_signatures_are_told_from_calls() -> None:
    assert [(one.line, one.path) for one in extract("signed").endpoints] == [
        (6, "an_api.TradeApi(access_token, userid, host)"),
        (23, "login(password)"),
    ]


def test_servers_are_told_from_endpoints() -> None:
    assert [one.path for one in extract("signed").servers] == ["https://api.example.com/apim"]
    assert [one.line for one in extract("worded").servers] == [5, 10]
    assert [one.line for one in extract("worded").endpoints] == [23, 29, 82]


def test_addresses_inside_payloads_are_no_endpoints() -> None:
    assert facts('Response\n{\n"url": "https://h.in/GET /orders"\n}').endpoints == ()
