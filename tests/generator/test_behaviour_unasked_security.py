"""Credentials that a document tells of without asking for them can be given all the same."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from brokerspec.generate import Job, read
from brokerspec_runtime import Secret
from brokerspec_runtime.errors import NotSent
from generator.making import HEAD, Broker, Made, Making

TOKEN = "{name: Authorization, in: header, required: true, description: A token., schema: {}}"
BOTH = "key: {type: apiKey, in: header, name: X-Key}, bearer: {type: http, scheme: bearer}"
CLASH = "key: {type: apiKey, in: header, name: authorization}, bearer: {type: http, scheme: bearer}"


def spec(schemes: str = "", *, parameter: str = "", security: str = "", root: str = "") -> str:
    """Return a document with `get_it`, of which the rest is given, and `get_free`."""
    asked = f"security: {security}," if security else ""
    return f"""{HEAD}{root}
paths:
  /it:
    get: {{operationId: get_it, {asked} parameters: [{parameter}], responses: {{'204': {{}}}}}}
  /free:
    get: {{operationId: get_free, responses: {{'204': {{}}}}}}
components:
  securitySchemes: {{{schemes}}}
"""


def sent(made: Made, **given: str) -> dict[str, str]:
    broker = Broker(b"", status=204)
    made.client(broker, **given).get_it()
    found = {key.lower(): str(one) for key, one in broker.last.headers.items()}
    return {key: one for key, one in found.items() if key in ("authorization", "x-key")}


def warnings(folder: Path, text: str) -> list[str]:
    path = folder / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    found = read(Job(path, "made", "openapi.yaml", is_ours=False))[1]
    return [f"{one.code} {one.message}" for one in found if one.code != "wrong-shape"]


@pytest.mark.parametrize(
    ("schemes", "given", "headers"),
    [
        (BOTH, {}, {}),
        (BOTH, {"key": "k"}, {"x-key": "k"}),
        (BOTH, {"bearer": "t"}, {"authorization": "Bearer t"}),
        (BOTH, {"key": "k", "bearer": "t"}, {"x-key": "k", "authorization": "Bearer t"}),
        (CLASH, {"bearer": "t"}, {"authorization": "Bearer t"}),
        (CLASH, {"key": "k", "bearer": "t"}, {"authorization": "k"}),
    ],
)
def test_schemes_that_nothing_asks_for_are_sent_when_they_are_given(
    making: Making, tmp_path: Path, schemes: str, given: dict[str, str], headers: dict[str, str]
) -> None:
    assert sent(making(spec(schemes), ours=False), **given) == headers
    (found,) = warnings(tmp_path, spec(schemes))
    assert found.startswith("security-scheme nothing says which operations ask for these schemes")


@pytest.mark.parametrize("spoken", ["root: 'security: []'", "on an operation"])
def test_a_document_that_speaks_of_security_is_taken_at_its_word(
    making: Making, tmp_path: Path, spoken: str
) -> None:
    given = {"root": "security: []"} if spoken.startswith("root") else {"security": "[{key: []}]"}
    text = spec(BOTH, **given)
    names = inspect.signature(making(text, ours=False).module.Client).parameters
    assert ("key" in names, "bearer" in names) == (not spoken.startswith("root"), False)
    told = [] if spoken.startswith("root") else ["no operation asks for the scheme 'bearer'"]
    assert [text.split(":")[0].partition(" ")[2] for text in warnings(tmp_path, text)] == told


def test_a_header_parameter_for_a_token_is_an_argument_of_the_client(
    making: Making, tmp_path: Path
) -> None:
    made = making(spec(parameter=TOKEN), ours=False)
    assert sent(made, authorization="Token t")["authorization"] == "Token t"
    assert "Authorization" not in sent_free(made, authorization="Token t")
    assert "authorization" not in inspect.signature(made.module.Client.get_it).parameters
    with pytest.raises(NotSent, match="authorization"):
        sent(made)
    client = made.client(Broker(b"", status=204), authorization=Secret("t0p"))
    assert "t0p" not in repr(client.prepare.get_it())
    (found,) = warnings(tmp_path, spec(parameter=TOKEN))
    assert found.startswith("ignored-header ")


def sent_free(made: Made, **given: str) -> dict[str, str]:
    broker = Broker(b"", status=204)
    made.client(broker, **given).get_free()
    return dict(broker.last.headers)


def test_it_may_be_left_out_where_the_document_says_so(making: Making) -> None:
    text = spec(parameter=TOKEN.replace("true", "false"))
    made = making(text, ours=False)
    assert "authorization" not in sent(made)
    assert sent(made, authorization="t")["authorization"] == "t"


def test_it_travels_beside_other_credentials(making: Making) -> None:
    made = making(spec(BOTH, parameter=TOKEN, security="[{key: []}]"), ours=False)
    assert sent(made, key="k", authorization="t") == {"x-key": "k", "authorization": "t"}
    with pytest.raises(NotSent):
        sent(made, key="k")


@pytest.mark.parametrize("asked", ["security", "root", ""])
def test_a_scheme_that_says_the_same_counts_instead(
    making: Making, tmp_path: Path, asked: str
) -> None:
    given = {} if not asked else {asked: "[{bearer: []}]"}
    if asked == "root":
        given = {"root": "security: [{bearer: []}]"}
    text = spec("bearer: {type: http, scheme: bearer}", parameter=TOKEN, **given)
    made = making(text, ours=False)
    assert sent(made, bearer="t")["authorization"] == "Bearer t"
    assert "authorization" not in inspect.signature(made.module.Client).parameters
    assert not any("ignored-header" in one for one in warnings(tmp_path, text))
    if not asked:
        with pytest.raises(NotSent, match="bearer"):
            sent(made)


def test_an_overlay_adds_what_a_document_does_not_say(making: Making, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "CREDENTIALS.md").read_text(encoding="utf-8")
    shown = next(part for part in text.split("```") if "target: $\n" in part)
    path, overlay = tmp_path / "openapi.yaml", tmp_path / "overlay.yaml"
    path.write_text(spec(), encoding="utf-8")
    overlay.write_text(shown.removeprefix("yaml"), encoding="utf-8")
    job = Job(path, "made", "openapi.yaml", is_ours=False, extensions=overlay)
    api, _ = read(job)
    assert [(one.name, one.is_required) for one in api.settings] == [("key", True)]


def test_a_scheme_of_that_name_keeps_its_own(making: Making) -> None:
    schemes = "Authorization: {type: apiKey, in: query, name: key}"
    made = making(spec(schemes, parameter=TOKEN, security="[{Authorization: []}]"), ours=False)
    names = inspect.signature(made.module.Client).parameters
    assert {"authorization", "authorization_2"} <= set(names)
