"""Whatever a document says of security, the client sends what it allows and nothing else."""

from __future__ import annotations

import base64
import inspect
from pathlib import Path
from typing import Any

import pytest

from brokerspec.generate import Job, read
from brokerspec_runtime import Secret
from brokerspec_runtime.errors import NotSent
from generator.making import HEAD, Broker, Making

SCHEMES = """
    key: {type: apiKey, in: header, name: X-Key}
    query: {type: apiKey, in: query, name: key}
    crumb: {type: apiKey, in: cookie, name: sid}
    basic: {type: http, scheme: Basic}
    bearer: {type: http, scheme: BEARER, bearerFormat: JWT}
    digest: {type: http, scheme: digest}
    certificate: {type: mutualTLS}
    nonsense: {type: magic}
    host: {type: apiKey, in: header, name: Host}
    nameless: {type: apiKey, in: header}
    split: {type: apiKey, in: header, name: "X-A\\r\\nX-B"}
"""


def spec(security: str, *, root: str = "", schemes: str = SCHEMES) -> str:
    """Return a spec with one operation, `get_it`, that asks for something."""
    return f"""{HEAD}{root}
paths:
  /it:
    get:
      operationId: get_it
      {f"security: {security}" if security else ""}
      responses: {{'204': {{description: Done.}}}}
components:
  securitySchemes:{schemes}
"""


def headers(making: Making, security: str, **settings: Any) -> dict[str, str]:
    broker = Broker(b"", status=204)
    making(spec(security), ours=False).client(broker, **settings).get_it()
    return {**broker.last.headers, "url": broker.last.url}


def required(making: Making, text: str) -> list[str]:
    """Return what the constructor cannot do without."""
    made = making(text, ours=False)
    given = inspect.signature(made.module.Client).parameters.values()
    return [one.name for one in given if one.default is one.empty]


def warnings(folder: Path, text: str) -> list[str]:
    path = folder / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    found = read(Job(path, "made", "openapi.yaml", is_ours=False))[1]
    assert all(one.where is not None and one.where.line > 3 for one in found)
    told = [f"{one.code}: {one.message}" for one in found]
    return [text for text in told if "no operation asks for the scheme" not in text]


def test_keys_and_tokens_travel_where_they_belong(making: Making) -> None:
    sent = headers(making, "[{key: [], query: [], crumb: []}]", key="k", query="q&1", crumb="c")
    assert (sent["X-Key"], sent["Cookie"]) == ("k", "sid=c")
    assert sent["url"].endswith("?key=q%261")
    assert headers(making, "[{bearer: []}]", bearer="t")["Authorization"] == "Bearer t"


def test_a_basic_credential_is_a_user_and_a_password(making: Making) -> None:
    given = {"basic_user": "Aladdin", "basic_password": "open: sesame"}
    text = headers(making, "[{basic: []}]", **given)["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(text) == b"Aladdin:open: sesame"
    client = making(spec("[{basic: []}]"), ours=False).client(**given)
    assert "sesame" not in repr(client.prepare.get_it())
    assert text not in repr(client.prepare.get_it())


def test_a_scheme_that_is_not_worked_out_takes_the_whole_header(making: Making) -> None:
    value = 'Digest username="u", response="r"'
    assert headers(making, "[{digest: []}]", digest=value)["Authorization"] == value


@pytest.mark.parametrize("name", ["certificate", "nonsense", "host", "nameless", "split"])
def test_what_cannot_be_sent_is_left_out_and_reported(
    making: Making, tmp_path: Path, name: str
) -> None:
    sent = headers(making, f"[{{{name}: []}}]")
    assert not {"Authorization", "Cookie", "Host", "X-A"} & set(sent)
    assert [text[:16] for text in warnings(tmp_path, spec(f"[{{{name}: []}}]"))] == [
        "security-scheme:"
    ]


@pytest.mark.parametrize(
    ("security", "given", "sent"),
    [
        ("[{key: []}, {bearer: []}]", {"key": "k"}, {"X-Key": "k"}),
        ("[{key: []}, {bearer: []}]", {"bearer": "t"}, {"Authorization": "Bearer t"}),
        ("[{key: []}, {bearer: []}]", {"key": "k", "bearer": "t"}, {"X-Key": "k"}),
        ("[{key: [], bearer: []}, {crumb: []}]", {"key": "k", "crumb": "c"}, {"Cookie": "sid=c"}),
        ("[{}, {key: []}]", {"key": "k"}, {"X-Key": "k"}),
        ("[{}, {key: []}]", {}, {}),
        ("[{key: []}, {}]", {}, {}),
        ("[]", {"key": "k"}, {}),
    ],
)
def test_the_first_alternative_that_the_client_holds_is_sent(
    making: Making, security: str, given: dict[str, str], sent: dict[str, str]
) -> None:
    text = spec(security, root="security: [{key: []}, {bearer: []}]\n")
    broker = Broker(b"", status=204)
    # What is used nowhere is no setting, so another operation uses all of them.
    text = text.replace(
        "components:",
        "  /all: {get: {operationId: get_all, security: [{key: []}, {bearer: []}, {crumb: []}],"
        " responses: {'204': {description: Done.}}}}\ncomponents:",
    )
    making(text, ours=False).client(broker, **given).get_it()
    names = ("X-Key", "Authorization", "Cookie")
    assert {
        name: broker.last.headers[name] for name in names if name in broker.last.headers
    } == sent


def test_a_call_without_any_alternative_says_what_to_give(making: Making) -> None:
    client = making(spec("[{basic: []}, {key: [], crumb: []}]"), ours=False).client(key="k")
    with pytest.raises(NotSent) as refused:
        client.get_it()
    assert "give the client basic_user and basic_password, or key and crumb" in str(refused.value)
    assert refused.value.operation == "get_it"


def test_only_what_no_call_can_do_without_is_required(making: Making) -> None:
    other = (
        "  /other: {get: {operationId: other, security: [],"
        " responses: {'204': {description: Done.}}}}\ncomponents:"
    )
    assert required(making, spec("[{key: []}]")) == ["key"]
    assert required(making, spec("[{key: [], crumb: []}, {key: []}]")) == ["key"]
    assert required(making, spec("[{key: []}, {crumb: []}]")) == []
    assert required(making, spec("[{key: []}, {}]")) == []
    assert required(making, spec("[{key: []}]").replace("components:", other)) == []


def test_security_of_the_document_is_that_of_its_operations(making: Making) -> None:
    made = making(spec("", root="security: [{key: []}]\n"), ours=False)
    broker = Broker(b"", status=204)
    made.client(broker, key=Secret("k")).get_it()
    assert broker.last.headers["X-Key"] == "k"


@pytest.mark.parametrize(
    ("security", "expected", "settings"),
    [
        ("[{kee: []}]", "undeclared-scheme: no security scheme is named 'kee'", {}),
        ("[{kee: []}, {key: []}]", "undeclared-scheme: no security", {"key": "k"}),
        ("[{kee: [], key: []}]", "undeclared-scheme: no security", {"key": "k"}),
        ("{key: []}", "security-scheme: security must be a list", {"key": "k"}),
        ("[key]", "security-scheme: security must be a list", {"key": "k"}),
        ("[7]", "security-scheme: security must be a list", {}),
    ],
)
def test_careless_requirements_are_read_as_they_are_meant(
    making: Making, tmp_path: Path, security: str, expected: str, settings: dict[str, str]
) -> None:
    assert headers(making, security, **settings).get("X-Key", "") == settings.get("key", "")
    (found,) = warnings(tmp_path, spec(security))
    assert found.startswith(expected)


def test_schemes_whose_names_fall_together_have_settings_of_their_own(making: Making) -> None:
    schemes = """
    api-key: {type: apiKey, in: header, name: X-One}
    apiKey: {type: apiKey, in: header, name: X-Two}
    api_key_user: {type: apiKey, in: header, name: X-Three}
    API.key: {type: http, scheme: basic}
"""
    names = "api-key: [], apiKey: [], api_key_user: [], API.key: []"
    made = making(spec(f"[{{{names}}}]", schemes=schemes), ours=False)
    given = inspect.signature(made.module.Client).parameters.values()
    settings = [one.name for one in given if one.default is one.empty]
    assert len(settings) == 5
    broker = Broker(b"", status=204)
    made.client(broker, **{name: name for name in settings}).get_it()
    sent = broker.last.headers
    pair = base64.b64decode(sent["Authorization"].removeprefix("Basic ")).decode().split(":")
    assert sorted([sent["X-One"], sent["X-Two"], sent["X-Three"], *pair]) == sorted(settings)


@pytest.mark.parametrize(
    ("scheme", "place", "name", "seen"),
    [
        ("key", "header", "x-key", ("x-key", "own")),
        ("query", "query", "key", ("url", "https://api.example.com/it?key=own")),
        ("crumb", "cookie", "sid", ("Cookie", "sid=own")),
    ],
)
def test_an_argument_is_sent_in_place_of_a_key(
    making: Making, scheme: str, place: str, name: str, seen: tuple[str, str]
) -> None:
    parameter = f"parameters: [{{name: {name}, in: {place}, schema: {{type: string}}}}]"
    text = spec(f"[{{{scheme}: []}}]").replace("responses", f"{parameter}\n      responses")
    made = making(text, ours=False)
    broker = Broker(b"", status=204)
    client = made.client(broker, **{scheme: "held"})
    (argument,) = inspect.signature(client.get_it).parameters
    client.get_it(**{argument: "own"})
    sent = {**broker.last.headers, "url": broker.last.url}
    assert sent[seen[0]] == seen[1]
    assert "held" not in str(sent)
    client.get_it()
    assert "held" in str({**broker.last.headers, "url": broker.last.url})
