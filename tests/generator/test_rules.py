"""Every house rule fires where it should, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec.rules import RULES
from generator.house_spec import SPEC, line, run

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
        "operation-sample",
        ", example: {mark: '1'}",
        "",
        "    post:\n      operationId: place",
    ),
    (
        "operation-safety",
        "      x-safety: unsafe\n",
        "      x-safety: idempotent\n",
        "x-safety: idempotent\n      x-correlate",
    ),
    (
        "amount-type",
        "{type: string, description: Time., x-type: 'HH:mm:ss'}",
        "{type: string, description: T.}\n        lastPrice: {type: integer, description: P.}",
        "lastPrice",
    ),
    (
        "amount-type",
        "schema: {}, x-credential",
        "schema: {}, x-credential: api_key}\n        - "
        "{name: margin, in: query, description: M., schema: {type: string}, x-credential",
        "- {name: margin",
    ),
    (
        "enum-source",
        "    Side:\n",
        "    Lonely: {type: string, description: L., enum: [A]}\n    Side:\n",
        "Lonely",
    ),
    (
        "unstated-secret",
        "Token., role: session, x-secret: true",
        "Token., role: session",
        "session_token: {desc",
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
