from __future__ import annotations

import pytest

from audit.reading import extract, facts
from brokerspec.audit.choices import choices_in, separated


def lists(name: str) -> list[tuple[int, str, list[str]]]:
    return [
        (one.line, one.name, [value.value for value in one.values])
        for one in extract(name).value_lists
    ]


def test_lists_under_a_heading_and_in_tables() -> None:
    assert lists("worded") == [
        (15, "Price Types", ["MKT", "SL-LMT"]),
        (55, "ret", ["DAY", "IOC"]),
        (59, "prd", ["C", "I"]),
        (63, "AMO", ["Yes", "NO"]),
        (67, "trantype", ["B", "S"]),
        (88, "stat", ["Ok", "Not_Ok"]),
        (89, "ret", ["DAY", "IOC", "EOS"]),
    ]
    assert extract("worded").value_lists[0].values[1].meaning == "Stop Loss Limit Order"


def test_lists_in_the_comments_of_a_payload() -> None:
    assert lists("numbered") == [
        (41, "exchange", ["NSE", "NFO", "CDS"]),
        (42, "order_type", ["LIMIT", "MARKET", "SL", "SLM"]),
        (44, "product", ["CO"]),
        (75, "4. Glossary", ["200", "403"]),
    ]


def test_lists_inside_a_text_of_a_payload() -> None:
    assert lists("stacked")[1:3] == [
        (51, "orderSide", ["BUY", "SELL"]),
        (51, "orderSource", ["WebAPI"]),
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0 - Success 2 - Invalid head", [("0", "Success"), ("2", "Invalid head")]),
        ("0 \u2013 Success 2 \u2013 Invalid", [("0", "Success"), ("2", "Invalid")]),
        ("-2 - 403 : Denied. 9 - No session", [("-2", "403 : Denied"), ("9", "No session")]),
        ("A. Wrong head B. Success", [("Wrong head", ""), ("Success", "")]),
        ("“NSECM”, “NSEFO”", [("NSECM", ""), ("NSEFO", "")]),
        ("`BUY` or `SELL`", [("BUY", ""), ("SELL", "")]),
        ("Product (C/I/M)", [("C", ""), ("I", ""), ("M", "")]),
        ("B / S - Kind of the order", [("B", ""), ("S", "")]),
        ("DAY, IOC", [("DAY", ""), ("IOC", "")]),
        ("Ok or Not_Ok", [("Ok", ""), ("Not_Ok", "")]),
        ("((GN / GD) * (PN/PD))", []),
        ("Price of the order", []),
        ("The input and/or output", []),
        ("see https://x/Y/Z", []),
        ("Equity, MF, etc.", []),
    ],
)
def test_lists_in_one_text(text: str, values: list[tuple[str, str]]) -> None:
    assert choices_in(text) == values


@pytest.mark.parametrize(
    ("comment", "values"),
    [
        ("NSE,NFO, BSE", ["NSE", "NFO", "BSE"]),
        ("open ,trigger pending, done", ["open", "trigger pending", "done"]),
        ("MIS (INTRADAY) , NRML", ["MIS", "NRML"]),
        ("same value as in the order - BUY , SELL", ["BUY", "SELL"]),
        ("true ,false", ["true", "false"]),
        ("can be changed if order-type SL or SLM", []),
        ("0 for LIMIT,non 0 value if order_type is SL", []),
        ("GAIL-EQ", []),
    ],
)
def test_lists_in_a_comment(comment: str, values: list[str]) -> None:
    assert [value for value, _ in separated(comment)] == values


@pytest.mark.parametrize(
    "source",
    ["side: enum: BUY, SELL", "side: one of: BUY / SELL", "Side\nAllowed values: BUY, SELL"],
)
def test_lists_that_say_that_they_are(source: str) -> None:
    (found,) = facts(source).value_lists
    assert (found.name.lower(), [one.value for one in found.values]) == ("side", ["BUY", "SELL"])


def test_lists_with_bullets() -> None:
    (found,) = facts("Order sides\n\n- BUY: take\n- SELL: give\n").value_lists
    assert [(one.value, one.meaning) for one in found.values] == [("BUY", "take"), ("SELL", "give")]
