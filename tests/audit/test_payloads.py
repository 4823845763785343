from __future__ import annotations

from decimal import Decimal

import pytest

from audit.reading import extract, facts, payload, repairs
from brokerspec.tree import JSON

CURLY = "curly quotes were read as straight ones"
CUT = "broken off here; the open brackets were closed"

BROKEN: dict[str, tuple[str, JSON, list[str]]] = {
    "curly quotes": ("{“a”: “x”}", {"a": "x"}, [f"{CURLY} (4 times)"]),
    "curly single quotes": (
        "{\u2018a\u2019: \u2018don\u2019t\u2019}",
        {"a": "don\u2019t"},
        ["single quotes were read as double quotes (4 times)"],
    ),
    "python": (
        "{'a': True, 'b': None, 'c': [1, 2,]}",
        {"a": True, "b": None, "c": [1, 2]},
        [
            "single quotes were read as double quotes (6 times)",
            "True was read as a word of JSON",
            "None was read as a word of JSON",
            "a comma after the last element was left out",
        ],
    ),
    "comments": (
        '{\n/* id:\n x */ "a": "http://x//y", // one\n"b": 2 # two\n}',
        {"a": "http://x//y", "b": 2},
        ["comments were left out (3 times)"],
    ),
    "comma after the last member": (
        '{"a": 1,}',
        {"a": 1},
        ["a comma after the last member was left out"],
    ),
    "missing commas": (
        '{\n"a": "x"\n"b": true "c": null\n}',
        {"a": "x", "b": True, "c": None},
        ["a missing comma was added (2 times)"],
    ),
    "commas too many": (
        '{"a": 1,, "b": [1,,2]}',
        {"a": 1, "b": [1, 2]},
        ["a comma too many was left out (2 times)"],
    ),
    "semicolons": ('{"a": 1; "b": 2}', {"a": 1, "b": 2}, []),
    "status before the brace": (
        '200 {\n"a": 1\n}',
        {"a": 1},
        ["the number 200 before the brace was left out"],
    ),
    "status inside the brace": (
        '{\n200 "a": 1\n}',
        {"a": 1},
        ["the number 200 before a key was left out"],
    ),
    "text over two lines": (
        '{"a": "for the order:\n1234", "b": 1}',
        {"a": "for the order: 1234", "b": 1},
        ["a text broken over lines was joined"],
    ),
    "token over two lines": (
        '{"a": "' + "x" * 50 + "\n" + "y" * 9 + '"}',
        {"a": "x" * 50 + "y" * 9},
        ["a text broken over lines was joined"],
    ),
    "missing closing quote": (
        '{\n"a": "one,\n"b": "x"\n}',
        {"a": "one", "b": "x"},
        ["a missing quote was added"],
    ),
    "missing opening quote": (
        '{\n"a": one",\n"b": "x"\n}',
        {"a": "one", "b": "x"},
        ["a missing quote was added"],
    ),
    "quotes inside a text": (
        '{"a": "he said "yes" to it", "b": 2}',
        {"a": 'he said "yes" to it', "b": 2},
        ["quotes inside a text were kept"],
    ),
    "duplicate keys": (
        '{\n"a": 1,\n"b": 2,\n"a": 3\n}',
        {"a": 3, "b": 2},
        ["the key 'a' stands on lines 2 and 4; the last value was kept"],
    ),
    "blank in a key": ('{"qty ": "1"}', {"qty": "1"}, ["the key 'qty ' was read as 'qty'"]),
    "keys without quotes": (
        '{\na: 1,\nb: "x"\n}',
        {"a": 1, "b": "x"},
        ["keys without quotes (2 times)"],
    ),
    "values without quotes": (
        '{"a": <clientID>, "b": string, "c": 2024-01-01, "d": 10:30:00}',
        {"a": "<clientID>", "b": "string", "c": "2024-01-01", "d": "10:30:00"},
        ["a value without quotes was read as a text (4 times)"],
    ),
    "words beside a value": (
        '{\n"a": "x" (mandatory),\n"b": 1, <- a count\n"c": 2 -> another\n}',
        {"a": "x", "b": 1, "c": 2},
        ["words beside a value were left out (3 times)"],
    ),
    "several values": (
        '{"a": "BUY" | "SELL", "b": 1}',
        {"a": "BUY", "b": 1},
        ["of several values the first was kept"],
    ),
    "missing value": (
        '{"a": , "b": 1}',
        {"a": None, "b": 1},
        ["the missing value of 'a' was read as null"],
    ),
    "missing colon": ('{"a" "x"}', {"a": "x"}, ["the missing colon after 'a' was added"]),
    "equals signs": (
        '{"a" => 1, "b" = 2}',
        {"a": 1, "b": 2},
        ["an equals sign was read as a colon (2 times)"],
    ),
    "wrong closing mark": (
        '{"a": [1, 2}, "b": 3}',
        {"a": [1, 2], "b": 3},
        ["a closing brace was read as a bracket"],
    ),
    "missing closing brace inside": (
        '{"a": [{"x": 1], "b": 3}',
        {"a": [{"x": 1}], "b": 3},
        ["a closing brace is missing"],
    ),
    "closing mark too many": (
        '{"a": 1}\n}',
        {"a": 1},
        ["a closing mark too many was left out"],
    ),
    "missing opening brace": (
        '"a": 1,\n"b": {"c": 2}\n}',
        {"a": 1, "b": {"c": 2}},
        ["the opening brace is missing"],
    ),
    "line numbers": (
        '1 {\n2  "a": 1,\n3  "b": [2]\n4 }',
        {"a": 1, "b": [2]},
        ["line numbers were left out"],
    ),
    "page footer": ('{\n"a": 1,\nPage 3 of 9\n"b": 2\n}', {"a": 1, "b": 2}, []),
    "escaped quotes": (
        'curl -d "{\\"a\\": \\"x\\"}"',
        {"a": "x"},
        ["escaped quotes were read as quotes (2 times)"],
    ),
    "form field": ('jData={"uid":"X","b":{"c":[]}}&jKey=abc', {"uid": "X", "b": {"c": []}}, []),
    "hard blanks": ('{\u00a0"a":\u00a01}', {"a": 1}, []),
    "escapes": (
        r'{"a": "x\r\n\u0041\q"}',
        {"a": "x\r\nA\\q"},
        ["a backslash that escapes nothing was kept"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_json_is_read_and_the_repair_is_told(name: str) -> None:
    source, value, told = BROKEN[name]
    found = payload(source)
    assert found.value == value
    assert not found.is_truncated
    assert set(told) <= set(repairs(found))


def test_valid_json_needs_no_repair() -> None:
    found = payload('{\n  "a": [1, {"b": null}],\n  "c": "x, \\"y\\": {z}"\n}')
    assert found.value == {"a": [1, {"b": None}], "c": 'x, "y": {z}'}
    assert found.repairs == ()
    assert (found.line, found.end_line) == (1, 4)


def test_every_digit_of_a_number_is_kept() -> None:
    found = payload('{"a": 2500.50, "b": -5.000000000000004, "c": 0.10, "d": 12345678901234567890}')
    assert isinstance(found.value, dict)
    assert [str(value) for value in found.value.values()] == [
        "2500.50",
        "-5.000000000000004",
        "0.10",
        "12345678901234567890",
    ]


def test_no_digit_is_lost_where_a_number_begins_with_a_zero() -> None:
    found = payload('{"a": 007, "b": 00.10, "c": .5}')
    assert found.value == {"a": "007", "b": Decimal("0.10"), "c": Decimal("0.5")}
    assert "007 was read as a text, as no number begins with a zero" in repairs(found)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (
            '{\n"a": "x",\n"b": {\n"c": 1,\n\nNext Section\nSome "words": here.',
            {"a": "x", "b": {"c": 1}},
        ),
        ('{\n"a": [\n[\n"b", "1.00"\n],\n2. Next Call', {"a": [["b", "1.00"]]}),
        ('{\n"a": 1,\n"b":', {"a": 1, "b": None}),
    ],
)
def test_a_payload_that_breaks_off_is_closed(source: str, value: JSON) -> None:
    found = payload(source)
    assert found.value == value
    assert found.is_truncated


def test_what_a_document_leaves_out_is_told() -> None:
    found = payload('{\n"a": 1,\n...\n"b": [{"x": 1}, ...]\n}')
    assert found.value == {"a": 1, "b": [{"x": 1}]}
    assert found.is_truncated
    assert repairs(found) == ["the document leaves something out ('...') (2 times)"]


@pytest.mark.parametrize(
    "prose",
    [
        "Authorization: Bearer {access_token}",
        "Use {id} and [optional] with {a, b} or {x: 5}.",
        "[Back to top] [Back to API list]",
        "a { color: red; margin: 0 }",
        "for (;;) { return; }",
        "GET /orders/{order_id}/{leg}",
        "ok = items[0]",
    ],
)
def test_prose_and_code_are_no_payloads(prose: str) -> None:
    assert facts(prose).payloads == ()


def test_neighbours_are_payloads_of_their_own() -> None:
    found = facts('{"a": 1}{"b": 2}\n{"c": 3},\n[{"d": 4}]\nResponse\n{}').payloads
    assert [one.value for one in found] == [{"a": 1}, {"b": 2}, {"c": 3}, [{"d": 4}], {}]


def test_what_looks_like_json_and_is_not_is_listed() -> None:
    (unread,) = facts('Answer\n{ "a" \n\nNext\n').unread
    assert (unread.line, unread.why) == (2, "looks like JSON but cannot be read")


def test_each_member_knows_its_line() -> None:
    found = payload('x\n{\n"a": {\n"b": 1\n},\n"c": [\n{"d": 2},\n3\n]\n}')
    assert dict(found.lines) == {
        ("a",): 3,
        ("a", "b"): 4,
        ("c",): 6,
        ("c", 0): 7,
        ("c", 0, "d"): 7,
        ("c", 1): 8,
    }


def test_a_payload_knows_its_section_and_direction() -> None:
    places = {
        name: [(one.line, one.section, one.direction) for one in extract(name).payloads]
        for name in ("ruled", "stacked", "numbered", "worded")
    }
    assert places == {
        "ruled": [
            (21, "Share Holdings", "request"),
            (46, "Share Holdings", "response"),
            (59, "Share Holdings", "response"),
        ],
        "stacked": [
            (43, "Session Login", "request"),
            (48, "Session Login", "response"),
            (74, "Cancel Order", "response"),
        ],
        "numbered": [
            (22, "1. Profile", "response"),
            (39, "2. Place Order", "request"),
            (49, "2. Place Order", "response"),
            (60, "3. Cash Positions", "response"),
        ],
        "worded": [(33, "PlaceOrder", "request"), (45, "PlaceOrder", "response")],
    }


def test_the_payloads_of_a_printed_manual_are_read_whole() -> None:
    profile, order, sent, funds = extract("numbered").payloads
    assert isinstance(profile.value, dict)
    assert list(profile.value) == ["data", "status"]
    assert isinstance(order.value, dict)
    assert order.value["price"] == Decimal("89.70")
    assert repairs(order) == ["comments were left out (5 times)", "a missing comma was added"]
    assert sent.value == {
        "message": "Order sent for the number: 200420000000023",
        "status": "success",
    }
    assert funds.value == {"data": {"values": [["Available", "611773.30"], ["Var Margin", "0.00"]]}}
    assert funds.is_truncated
    assert funds.end_line == 70
