"""Validate specs: every house rule fires where it should, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec.diagnostics import Severity
from brokerspec.rules import RULES
from brokerspec.schema_rules import is_secret_name
from brokerspec.validate import validate

SPEC = """\
openapi: 3.1.0
info:
  title: Test
  version: '1'
  x-source: {document: Test API}
  x-time-zone: Asia/Kolkata
x-client:
  api_key: {description: Key., x-secret: true}
  session_token: {description: Token., role: session, x-secret: true}
x-session:
  open: [login]
  close: logout
  tokens: {session_token: {operation: login, pointer: /session}}
x-failure:
  - where: {pointer: /stat, equals: [Not_Ok]}
    error: Rejected
paths:
  /login:
    post:
      operationId: login
      summary: Open a session.
      x-source: {document: Test API, section: Login}
      x-safety: idempotent
      parameters:
        - {name: X-Key, in: header, description: Key., schema: {}, x-credential: api_key}
      responses:
        '200':
          description: Done.
          content: {application/json: {schema: {$ref: '#/components/schemas/Login'}}}
  /logout:
    post:
      operationId: logout
      summary: End the session.
      x-source: {document: Test API, section: Logout}
      x-safety: idempotent
      security: [{token: []}]
      responses: {'200': {description: Done.}}
  /orders:
    get:
      operationId: list_orders
      summary: List the orders.
      x-source: {document: Test API, section: Orders}
      x-safety: safe
      x-payload: /data
      responses:
        '200':
          description: Done.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Orders'}
              examples: {documented: {externalValue: samples/list_orders.response.json}}
    post:
      operationId: place_order
      summary: Place an order.
      x-source: {document: Test API, section: Place}
      x-safety: unsafe
      x-correlate: {argument: sender_mark, read: list_orders, field: /mark}
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}
      responses: {'200': {description: Done.}}
components:
  securitySchemes:
    token: {type: apiKey, in: header, name: T, x-credential: session_token}
  schemas:
    Login:
      type: object
      description: A session.
      properties:
        session: {type: string, description: Its token.}
    Orders:
      type: object
      description: The book.
      properties:
        data:
          type: array
          description: Rows.
          items: {$ref: '#/components/schemas/Order'}
    Order:
      type: object
      description: A row.
      required: [mark]
      properties:
        mark: {type: string, description: Mark.}
        price: {type: string, description: Price., x-type: decimal, x-empty: ['']}
        side: {$ref: '#/components/schemas/Side', description: Side.}
        at: {type: string, description: Time., x-type: 'HH:mm:ss'}
    NewOrder:
      type: object
      description: What is sent.
      properties:
        mark: {type: string, description: Mark., x-python-name: sender_mark}
    Side:
      type: string
      description: Buy or sell.
      enum: [B, S]
      x-enum-varnames: [BUY, SELL]
"""
SAMPLE = '{"data": [\n {"mark": "1", "price": "",\n  "side": "B", "at": "09:15:00"}]}'


def run(
    folder: Path, *changes: tuple[str, str], sample: str | None = SAMPLE
) -> list[tuple[str, int]]:
    """Validate the spec above after some replacements; return codes and lines."""
    text = SPEC
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    if sample is not None:
        (folder / "samples").mkdir()
        (folder / "samples" / "list_orders.response.json").write_text(sample, encoding="utf-8")
    found = validate(folder / "spec.yaml")
    return [(d.code, d.where.line if d.where else 0) for d in found]


def line(text: str, spec: str = SPEC) -> int:
    """Return the line of the first occurrence of a text."""
    return spec[: spec.index(text)].count("\n") + 1


def test_a_good_spec_has_no_findings(tmp_path: Path) -> None:
    assert run(tmp_path) == []


RULE_CASES: list[tuple[str, str, str, str | None]] = [
    (
        "operation-name",
        "Id: list_orders",
        "Id: listOrders",
        "Id: listOrders",
    ),
    (
        "operation-name",
        "Id: place_order",
        "Id: order_place",
        "Id: order_place",
    ),
    (
        "operation-source",
        ", section: Orders}",
        "}",
        "x-source: {document: Test API}\n      x-safety: safe",
    ),
    (
        "operation-source",
        "  x-source: {document: Test API}\n",
        "",
        "info:",
    ),
    (
        "operation-safety",
        "      x-safety: unsafe\n",
        "",
        "    post:\n      operationId: place",
    ),
    (
        "operation-success",
        "responses: {'200': {description: Done.}}\n  /orders",
        "responses: {'400': {description: No.}}\n  /orders",
        "responses: {'400'",
    ),
    (
        "operation-summary",
        "List the orders.",
        "list the orders",
        "summary: list",
    ),
    (
        "operation-summary",
        "List the orders.",
        "List them. Then stop.",
        "summary: List them",
    ),
    (
        "operation-summary",
        "      summary: List the orders.\n",
        "",
        "    get:",
    ),
    (
        "unknown-setting",
        "x-credential: api_key",
        "x-credential: api_kei",
        "- {name: X-Key",
    ),
    (
        "unknown-setting",
        "role: session, ",
        "",
        "tokens: {session",
    ),
    (
        "unused-setting",
        ", x-credential: api_key",
        "",
        "api_key: {desc",
    ),
    (
        "session",
        "open: [login]",
        "open: [login, logn]",
        "x-session",
    ),
    (
        "session",
        "pointer: /session",
        "pointer: /sesion",
        "tokens: {session",
    ),
    (
        "correlate",
        "argument: sender_mark",
        "argument: mark",
        "x-correlate",
    ),
    (
        "correlate",
        "read: list_orders",
        "read: list_order",
        "x-correlate",
    ),
    (
        "correlate",
        "field: /mark",
        "field: /marks",
        "x-correlate",
    ),
    (
        "payload",
        "x-payload: /data",
        "x-payload: /date",
        "x-payload",
    ),
    (
        "failure-rule",
        "x-safety: unsafe",
        "x-safety: unsafe\n      x-failure: [{status: [404], error: empty}]",
        "x-failure: [{",
    ),
    (
        "missing-description",
        ", description: Its token.",
        "",
        "session: {type",
    ),
    (
        "missing-description",
        "      description: A row.\n",
        "",
        "    Order:",
    ),
    (
        "missing-description",
        "description: Key., schema",
        "schema",
        "- {name: X-Key",
    ),
    (
        "component-name",
        "  Side:\n",
        "  side:\n",
        "    side:\n",
    ),
    (
        "unused-schema",
        "schema: {$ref: '#/components/schemas/Login'}",
        "schema: {type: string}",
        "    Login:",
    ),
    (
        "inline-object",
        "{type: string, description: Mark., x-python-name: sender_mark}",
        "\n          type: object\n          description: M.\n          "
        "x-python-name: sender_mark\n          properties: {a: {type: "
        "string, description: A.}}",
        "mark: \n",
    ),
    (
        "unknown-required",
        "required: [mark]",
        "required: [mark, marc]",
        "required: [mark, marc]",
    ),
    (
        "type-mismatch",
        "{type: string, description: Price.",
        "{type: boolean, description: Price.",
        "price: {",
    ),
    (
        "type-mismatch",
        "x-type: 'HH:mm:ss'",
        "x-type: epoch-seconds",
        "at: {",
    ),
    (
        "type-mismatch",
        "x-type: 'HH:mm:ss'",
        "x-type: boolean",
        "at: {",
    ),
    (
        "missing-time-zone",
        "  x-time-zone: Asia/Kolkata\n",
        "",
        "at: {",
    ),
    (
        "missing-time-zone",
        "Asia/Kolkata",
        "Asia/Kolkatta",
        "x-time-zone",
    ),
    (
        "empty-value",
        "required: [mark]",
        "required: [mark, price]",
        "price: {",
    ),
    (
        "empty-value",
        "x-type: decimal, ",
        "",
        "price: {",
    ),
    (
        "enum-names",
        "[BUY, SELL]",
        "[BUY]",
        "x-enum-varnames",
    ),
    (
        "enum-names",
        "[BUY, SELL]",
        "[BUY, BUY]",
        "x-enum-varnames",
    ),
    (
        "unstated-secret",
        "session: {type",
        "sessionToken: {type: string, description: T.}\n        session: {type",
        "sessionToken",
    ),
    (
        "unstated-secret",
        "Key., x-secret: true",
        "Key.",
        "api_key: {desc",
    ),
    (
        "unknown-extension",
        "x-safety: safe",
        "x-safety: safe\n      x-safty: safe",
        "x-safty",
    ),
    (
        "misplaced-extension",
        "type: apiKey,",
        "type: apiKey, x-payload: /a,",
        "token: {type: apiKey",
    ),
    (
        "bad-extension",
        "x-safety: safe",
        "x-safety: secure",
        "x-safety: secure",
    ),
    (
        "bad-extension",
        "error: Rejected",
        "error: Refused",
        "error: Refused",
    ),
    (
        "bad-extension",
        "equals: [Not_Ok]}",
        "equal: [Not_Ok]}",
        "- where",
    ),
    (
        "bad-extension",
        "x-payload: /data",
        "x-payload: data",
        "x-payload",
    ),
    (
        "missing-evidence",
        "Key., x-secret: true",
        "Key., x-secret: true, x-provenance: external",
        "api_key: {desc",
    ),
    (
        "missing-provenance",
        "x-safety: safe",
        "x-safety: safe\n      x-evidence: e",
        "x-evidence",
    ),
    (
        "openapi",
        "summary: Open a session.",
        "summary: Open a session.\n      sumary: x",
        "sumary: x",
    ),
    (
        "openapi",
        "version: '1'",
        "version: 1.0",
        "version:",
    ),
    (
        "missing-operation-id",
        "      operationId: logout\n",
        "",
        "    post:\n      summary: End",
    ),
    (
        "missing-sample",
        "samples/list_orders.response.json",
        "samples/list_orders.response.b.json",
        "examples:",
    ),
    (
        "unused-sample",
        "              examples: {documented: {externalValue: "
        "samples/list_orders.response.json}}\n",
        "",
        None,
    ),
]


@pytest.mark.parametrize(("code", "old", "new", "where"), RULE_CASES)
def test_rules(tmp_path: Path, code: str, old: str, new: str, where: str | None) -> None:
    expected = line(where, SPEC.replace(old, new)) if where else 1
    assert (code, expected) in run(tmp_path, (old, new))


def test_every_rule_has_a_case() -> None:
    assert set(RULES) <= {case[0] for case in RULE_CASES}


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ('{"data": [{"mark": "1", "extra": 1}]}', "undeclared-key"),
        ('{"data": [{"mark": 1}]}', "sample-mismatch"),
        ('{"data": [{}]}', "sample-mismatch"),
        ('{"data": [{"mark": "1", "side": "X"}]}', "unlisted-value"),
    ],
)
def test_samples_against_their_schema(tmp_path: Path, sample: str, expected: str) -> None:
    assert run(tmp_path, sample=sample) == [(expected, line("examples:"))]


def test_a_sample_may_be_truncated(tmp_path: Path) -> None:
    old = "{externalValue: samples/list_orders.response.json}"
    change = (old, old.replace("}", ", x-truncated: true}"))
    assert run(tmp_path, change, sample='{"data": [{}]}') == []


def test_a_sample_must_be_json(tmp_path: Path) -> None:
    assert run(tmp_path, sample='{"data": [],\n "data": []}') == [("duplicate-key", 2)]


def test_sample_files_are_named_after_operations(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    for name in ("list_orders.response.json", "list_order.response.json", "notes.txt"):
        (tmp_path / "samples" / name).write_text(SAMPLE)
    assert run(tmp_path, sample=None) == [("sample-name", 1), ("sample-name", 1)]


def test_variants_are_checked_like_operations(tmp_path: Path) -> None:
    variant = (
        "x-safety: unsafe\n      x-variants:\n        - operationId: place_two\n"
        "          summary: Place two.\n          x-safety: unsafe\n          tags: 1\n"
        "          x-source: {document: T, section: S}\n"
        "          responses: {'200': {description: Done.}}"
    )
    found = run(tmp_path, ("x-safety: unsafe", variant))
    assert found == [("wrong-shape", line("x-safety: unsafe") + 5)]


def test_foreign_specs_need_not_follow_the_house(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "openapi: 3.0.3\ninfo: {title: T, version: '1', x-logo: a}\n"
        "paths:\n  /a:\n    get:\n      responses: {'200': {description: Done}}\n"
    )
    found = validate(path, house_rules=False)
    assert [(d.severity, d.code) for d in found] == [(Severity.WARNING, "missing-operation-id")]


def test_unreadable_files_are_findings(tmp_path: Path) -> None:
    assert [d.code for d in validate(tmp_path / "none.yaml")] == ["no-such-file"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("password", True),
        ("apiKey", True),
        ("API_KEY", True),
        ("X-Api-Key", True),
        ("appSecret", True),
        ("pan", True),
        ("clientPAN", True),
        ("tokenID", True),
        ("instrument_token", False),
        ("company", False),
        ("expanded", False),
        ("keyword", False),
    ],
)
def test_names_that_sound_like_secrets(name: str, expected: bool) -> None:
    assert is_secret_name(name) is expected
