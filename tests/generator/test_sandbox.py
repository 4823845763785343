"""The replay server, on a small spec and on ours."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import uvicorn

from brokerspec.diagnostics import SpecError
from brokerspec.sandbox import Sandbox, read_specs, serve
from brokerspec.sandbox_answers import is_json
from brokerspec.sandbox_checks import Received
from brokerspec.sandbox_routes import choose

SPECS = Path(__file__).parents[2] / "specs"

SPEC = """
openapi: 3.1.0
info: {title: Small, version: '1'}
x-failure:
  - where: {pointer: /error, equals: [expired]}
    error: SessionExpired
  - where: {pointer: /error, equals: [bad]}
    error: InvalidRequest
  - where: {pointer: /error, equals: [none]}
    error: empty
security: [{key: []}]
paths:
  /orders/{id}:
    delete:
      operationId: cancel_order
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: kind, in: query, required: true, schema: {enum: [day, net]}}
      responses:
        '200':
          description: Cancelled.
          content: {application/json: {examples: {one: {value: {price: 1.10}}}}}
        '401': {description: Expired.}
  /orders/all:
    delete:
      operationId: cancel_all
      security: []
      responses: {'204': {description: Cancelled.}}
  /orders:
    get:
      operationId: list_orders
      responses:
        '200':
          description: The orders, or a failure.
          content:
            application/json:
              examples:
                documented: {externalValue: samples/list_orders.response.json}
                expired: {value: {error: expired}}
                bad: {value: {error: bad}}
                none: {value: {error: none}}
        5XX: {description: Broken., content: {application/json: {examples: {broken: {value: {}}}}}}
    post:
      operationId: place_order
      security: []
      requestBody: &body
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [kind, password]
              properties: {kind: {const: normal}, password: {type: string, maxLength: 4}}
            examples: {one: {value: {kind: normal, password: abcd}}}
      responses:
        '200':
          description: Placed.
          content: {application/json: {examples: {one: {value: normal}}}}
      x-variants:
        - operationId: place_cover_order
          security: []
          requestBody:
            required: true
            content:
              application/json:
                schema: {type: object, properties: {kind: {const: cover}}}
          responses:
            '200':
              description: Placed.
              content: {application/json: {examples: {one: {value: cover}}}}
        - operationId: place_other_order
          security: []
          requestBody:
            required: true
            content:
              application/json:
                schema: {type: object}
                examples: {one: {value: {kind: other, side: BUY}}}
          responses:
            '200':
              description: Placed.
              content: {application/json: {examples: {one: {value: other}}}}
  /token:
    post:
      operationId: fetch_token
      security: []
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, required: [code], properties: {code: {type: string}}}
      responses: {'200': {description: Unknown., content: {application/json: {}}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
"""
SAMPLE = b'[ {"price": 94.050} ]'
KEY = {"X-Key": "k"}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    folder = tmp_path_factory.mktemp("specs")
    (folder / "small" / "samples").mkdir(parents=True)
    (folder / "small" / "openapi.yaml").write_text(SPEC)
    (folder / "small" / "samples" / "list_orders.response.json").write_bytes(SAMPLE)
    return Sandbox(read_specs(folder))


@pytest.fixture(scope="module")
def http(sandbox: Sandbox) -> Iterator[httpx2.Client]:
    with sandbox.running() as address, httpx2.Client(base_url=f"{address}/small") as client:
        yield client


def test_a_sample_is_replayed_byte_for_byte(http: httpx2.Client) -> None:
    answer = http.get("/orders", headers=KEY)
    assert (answer.status_code, answer.content) == (200, SAMPLE)
    assert answer.headers["content-type"] == "application/json"


def test_an_inline_example_keeps_the_digits_of_its_decimals(http: httpx2.Client) -> None:
    assert http.delete("/orders/7?kind=day", headers=KEY).content == b'{"price":1.10}'


def test_a_success_without_content_has_no_body(http: httpx2.Client) -> None:
    answer = http.delete("/orders/all")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_path_without_templates_wins(http: httpx2.Client) -> None:
    assert http.delete("/orders/all").status_code == 204
    assert http.delete("/orders/1?kind=net", headers=KEY).status_code == 200


@pytest.mark.parametrize(
    ("body", "operation"),
    [
        ({"kind": "normal", "password": "abcd"}, "normal"),
        ({"kind": "cover", "password": "abcd"}, "cover"),
        ({"kind": "other", "side": "BUY"}, "other"),
        ({"kind": "else"}, "other"),
    ],
)
def test_variants_are_told_apart_by_the_body(
    http: httpx2.Client, body: dict[str, str], operation: str
) -> None:
    assert http.post("/orders", json=body).json() == operation


@pytest.mark.parametrize("path", ["/nothing", "/orders/1/2", "/Orders"])
def test_an_unknown_path_is_not_found(http: httpx2.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_an_unknown_broker_is_not_found(http: httpx2.Client) -> None:
    assert http.get(str(http.base_url).replace("/small", "/other/orders")).status_code == 404


def test_another_method_is_not_allowed(http: httpx2.Client) -> None:
    answer = http.put("/orders")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


def test_a_missing_credential_is_refused_in_the_words_of_the_spec(http: httpx2.Client) -> None:
    answer = http.get("/orders")
    assert answer.json() == {"error": "expired"}
    assert answer.headers["sandbox-problem"] == "header X-Key is missing"


def test_a_documented_status_without_a_body_is_such_words(http: httpx2.Client) -> None:
    answer = http.delete("/orders/7?kind=day")
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/orders/7", "query kind is missing"),
        ("/orders/7?kind=week", "query kind does not fit its schema"),
        ("/orders/x?kind=day", "path id does not fit its schema"),
    ],
)
def test_without_such_words_the_refusal_is_plain(
    http: httpx2.Client, path: str, problem: str
) -> None:
    answer = http.delete(path, headers=KEY)
    assert (answer.status_code, answer.text) == (400, f"{problem}\n")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "there is no body"),
        (b"{", "the body is not JSON"),
        (b"[" * 5000, "the body is not JSON"),
        (b'{"password": "abcd"}', "the body: 'kind' is required"),
        (b'{"kind": "normal", "password": "hunter2"}', "/password: breaks the rule maxLength"),
        (b'{"kind": "normal", "password": 12345}', "/password: the type must be string"),
    ],
)
def test_a_body_is_held_against_its_schema(sandbox: Sandbox, body: bytes, problem: str) -> None:
    checker = next(
        one.checker
        for one in sandbox.served("small")
        if one.operation.operation_id == "place_order"
    )
    found = checker.check(Received({}, {}, {"content-type": "application/json"}, {}, body))
    assert found is not None
    assert found.text == problem


def test_a_body_of_another_type_is_refused(http: httpx2.Client) -> None:
    answer = http.post("/token", json={"code": "c"})
    assert answer.text == "the body must be application/x-www-form-urlencoded\n"
    assert http.post("/token", data={"other": "c"}).text == "the form has no code\n"


def test_a_large_body_is_refused(http: httpx2.Client) -> None:
    assert http.post("/orders", content=b" " * 1_100_000).status_code == 413


def test_an_operation_without_an_example_has_no_answer(http: httpx2.Client) -> None:
    answer = http.post("/token", data={"code": "c"})
    assert answer.status_code == 501
    assert "fetch_token" in answer.text


def test_the_next_answer_is_chosen_and_used_once(sandbox: Sandbox, http: httpx2.Client) -> None:
    sandbox.fail_next("small", "list_orders", "bad")
    sandbox.answer_next("small", "list_orders", 503, {"down": True})
    assert http.get("/orders", headers=KEY).json() == {"error": "bad"}
    down = http.get("/orders", headers=KEY)
    assert (down.status_code, down.json()) == (503, {"down": True})
    assert http.get("/orders", headers=KEY).content == SAMPLE


def test_a_request_that_does_not_fit_uses_up_no_answer(
    sandbox: Sandbox, http: httpx2.Client
) -> None:
    sandbox.fail_next("small", "list_orders", "bad")
    assert http.get("/orders").json() == {"error": "expired"}
    assert http.get("/orders", headers=KEY).json() == {"error": "bad"}


def test_a_header_asks_for_an_example(http: httpx2.Client) -> None:
    answer = http.get("/orders", headers=KEY | {"Sandbox-Example": "none"})
    assert answer.json() == {"error": "none"}
    unknown = http.get("/orders", headers=KEY | {"Sandbox-Example": "lost"})
    assert unknown.status_code == 400
    assert "documented, expired, bad, none, broken" in unknown.text


def test_unknown_names_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="there are: documented"):
        sandbox.fail_next("small", "list_orders", "lost")
    with pytest.raises(LookupError, match="no operation 'lost'"):
        sandbox.answer_next("small", "lost", 200, {})


def test_examples_are_read_as_a_client_reads_them(sandbox: Sandbox) -> None:
    served = next(
        one for one in sandbox.served("small") if one.operation.operation_id == "list_orders"
    )
    assert {answer.name: (answer.status, answer.meaning) for answer in served.answers} == {
        "documented": (200, ""),
        "expired": (200, "SessionExpired"),
        "bad": (200, "InvalidRequest"),
        "none": (200, "empty"),
        "broken": (500, "OutcomeUnknown"),
    }


def test_the_index_lists_the_answers_and_says_what_this_is(http: httpx2.Client) -> None:
    text = http.get(str(http.base_url).replace("/small", "")).text
    assert "not an exchange emulator" in text
    assert "GET    /small/orders  documented expired bad none broken" in text


def test_the_log_shows_no_query_and_no_body(sandbox: Sandbox) -> None:
    lines: list[str] = []
    with Sandbox(sandbox.documents, lines.append).running() as address:
        httpx2.delete(f"{address}/small/orders/7?kind=secret", headers=KEY)
    assert lines == ["DELETE /small/orders/7 -> 400, query kind does not fit its schema"]


def test_a_missing_sample_is_reported_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "openapi.yaml").write_text(SPEC)
    with pytest.raises(SpecError, match=r"openapi.yaml:\d+:\d+: .*list_orders.response.json"):
        Sandbox(read_specs(tmp_path))


def test_a_sample_outside_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    text = SPEC.replace("samples/list_orders", "../list_orders")
    (tmp_path / "small" / "openapi.yaml").write_text(text)
    (tmp_path / "list_orders.response.json").write_text("{}")
    with pytest.raises(SpecError, match="cannot be read"):
        Sandbox(read_specs(tmp_path))


def test_brokers_that_are_not_there_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"no \*/openapi\.yaml"):
        read_specs(tmp_path)
    with pytest.raises(SpecError) as caught:
        read_specs(SPECS, ["sas_onlin", "zzz"])
    messages = [str(problem) for problem in caught.value.diagnostics]
    assert len(messages) == 2
    assert any("did you mean 'sas_online'" in message for message in messages)


def test_an_address_in_use_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SpecError, match=f"cannot listen on 127.0.0.1 port {port}"):
            serve([], "127.0.0.1", port, SPECS)


def test_an_address_of_another_machine_is_reported() -> None:
    with pytest.raises(SpecError, match=r"cannot listen on 203\.0\.113\.1 port 0"):
        serve([], "203.0.113.1", 0, SPECS)


def test_the_addresses_are_announced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda server, sockets: None)
    serve(["sas_online"], "127.0.0.1", 0, SPECS)
    shown = capsys.readouterr().out
    assert re.search(r"http://127\.0\.0\.1:\d+/sas_online  operations +\d+  answers +\d+", shown)
    assert "not an exchange emulator" in shown


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("application/vnd.broker+json", True),
        ("text/plain", False),
        ("application/jsonp", False),
    ],
)
def test_media_types_of_json(media_type: str, expected: bool) -> None:
    assert is_json(media_type) is expected


BROKERS = sorted(path.parent.name for path in SPECS.glob("*/openapi.yaml"))


@pytest.mark.parametrize("broker", BROKERS)
def test_every_documented_request_is_accepted_and_told_apart(broker: str) -> None:
    """A printed request fits its own operation, whatever shares its path."""
    sandbox = Sandbox(read_specs(SPECS, [broker]))
    for served in sandbox.served(broker):
        variants = [
            one
            for one in sandbox.served(broker)
            if (one.operation.method, one.operation.path)
            == (served.operation.method, served.operation.path)
        ]
        for sample in served.samples:
            body = json.dumps(sample).encode()
            assert served.checker.accepts_body(body), served.operation.operation_id
            assert choose(variants, body) is served


@pytest.mark.parametrize("broker", BROKERS)
def test_every_operation_has_an_answer(broker: str) -> None:
    sandbox = Sandbox(read_specs(SPECS, [broker]))
    silent = {
        one.operation.operation_id
        for one in sandbox.served(broker)
        if one.success is None and "x-sign-in" not in one.operation.extensions
    }
    assert not silent
