"""What a member is taken for, by its name, its values and its row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from brokerspec.audit.facts import Row
from brokerspec.init.meaning import Setting, Side, guess, sounds_secret
from brokerspec.init.shapes import Shape
from brokerspec.tree import JSON

SETTING = Setting(has_zone=True, is_textual=False)


def shape(values: list[JSON], type_: str = "") -> Shape:
    made = Shape(line=1)
    for value in values:
        made.add(value, {})
    made.row = Row(1, "x", type_) if type_ else None
    return made


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("price", ["9.50"], {"type": "string", "x-type": "decimal"}),
        ("prc", ["9"], {"type": "string", "x-type": "decimal"}),
        ("average", ["9.5", "--"], {"type": "string", "x-type": "decimal", "x-empty": ["--"]}),
        ("price", [9], {"type": "number", "x-type": "decimal"}),
        ("price", [9, "9.5"], {"type": ["integer", "string"]}),
        ("other", [Decimal("9.5")], {"type": "number", "x-type": "decimal"}),
        ("other", [9, Decimal("9.5")], {"type": "number", "x-type": "decimal"}),
        ("other", [9], {"type": "integer"}),
        ("qty", ["5"], {"type": "string", "x-type": "integer"}),
        ("qty", ["5.5"], {"type": "string", "x-type": "decimal"}),
        ("order_id", ["21062500000499"], {"type": "string"}),
        ("app_ver", ["1.0"], {"type": "string"}),
        ("quantity", [5, None], {"type": ["integer", "null"]}),
        ("time", ["16:55:11 25-06-2021"], {"type": "string", "x-type": "HH:mm:ss dd-MM-yyyy"}),
        ("time", ["25-06-2021 16:55:11"], {"type": "string", "x-type": "dd-MM-yyyy HH:mm:ss"}),
        ("time", ["25-13-2021 16:55:11"], {"type": "string"}),
        ("ltt", ["16:55:11"], {"type": "string", "x-type": "HH:mm:ss"}),
        ("as_on_date", ["20190606"], {"type": "string", "x-type": "yyyyMMdd"}),
        ("number", ["20190606"], {"type": "string"}),
        ("expiry", ["01JUL21"], {"type": "string", "x-type": "ddMMMyy"}),
        ("dob", ["01/02/2000"], {"type": "string", "x-type": "dd/MM/yyyy"}),
        (
            "expiry_time",
            ["01-01-1980 00:00:00", "25-06-2021 16:55:11"],
            {
                "type": "string",
                "x-type": "dd-MM-yyyy HH:mm:ss",
                "x-empty": ["01-01-1980 00:00:00"],
            },
        ),
        ("exchange_time", [1585307852], {"type": "integer", "x-type": "epoch-seconds"}),
        ("exchange_id", [1585307852], {"type": "integer"}),
        ("active", [True], {"type": "boolean"}),
        ("active", ["true"], {"type": "string", "x-type": "boolean", "enum": ["true", "false"]}),
        (
            "active",
            ["true", None],
            {
                "anyOf": [
                    {"type": "string", "x-type": "boolean", "enum": ["true", "false"]},
                    {"type": "null"},
                ]
            },
        ),
        ("password", ["x"], {"type": "string", "x-secret": True}),
        ("access_token", ["x"], {"type": "string", "x-secret": True}),
        ("accessCode", ["1234"], {"type": "string", "x-secret": True}),
        ("token", [22], {"type": "integer", "x-secret": False}),
        ("token", ["11536"], {"type": "string", "x-secret": False}),
        ("instrument_token", ["11536"], {"type": "string"}),
        ("anything", [None], {}),
    ],
)
def test_an_answer_is_understood(name: str, values: list[JSON], expected: dict[str, Any]) -> None:
    assert guess(name, shape(values), "response", SETTING).keywords == expected


@pytest.mark.parametrize(
    ("type_", "values", "expected"),
    [
        ("Double (80)", [0], {"type": "number", "x-type": "decimal"}),
        ("int", [100], {"type": "integer"}),
        ("String (8)", [], {"type": "string"}),
        ("boolean", [], {"type": "boolean"}),
    ],
)
def test_a_table_settles_what_values_leave_open(
    type_: str, values: list[JSON], expected: dict[str, Any]
) -> None:
    assert guess("value", shape(values, type_), "response", SETTING).keywords == expected


@pytest.mark.parametrize(
    ("side", "is_textual", "expected"),
    [
        ("request", False, {"type": "string"}),
        ("response", False, {}),
        ("response", True, {"type": "string"}),
    ],
)
def test_what_is_neither_printed_nor_said_stays_open(
    side: Side, is_textual: bool, expected: dict[str, Any]
) -> None:
    found = guess("anything", shape([]), side, Setting(has_zone=True, is_textual=is_textual))
    assert found.keywords == expected


def test_a_member_that_is_sent_empty_stays_a_text() -> None:
    assert guess("price", shape(["9.5", ""]), "request", SETTING).keywords == {"type": "string"}


def test_a_time_without_a_zone_stays_a_text() -> None:
    found = guess("at", shape(["25-06-2021 16:55:11"]), "response", Setting(False, False))
    assert found.keywords == {"type": "string"}


@pytest.mark.parametrize("name", ["apiKey", "userPassword", "mpin", "PAN", "consumer_key"])
def test_secrets_are_known_by_their_names(name: str) -> None:
    assert sounds_secret(name)
    assert not sounds_secret(name + "board")
