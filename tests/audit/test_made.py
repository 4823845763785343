"""What is printed from a spec is read back whole, in every layout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from audit.making import LAYOUTS, Call, calls_of, make
from brokerspec.audit import Facts, Text, facts_of
from brokerspec.document import Document
from brokerspec.load import load
from brokerspec.resolve import resolve

ROOT = Path(__file__).parents[2]
BROKERS = sorted(path.parent.name for path in (ROOT / "specs").glob("*/openapi.yaml"))
WITH_TABLES = ("ruled", "stacked", "worded")


@cache
def spec_of(broker: str) -> Document:
    return resolve(load(ROOT / f"specs/{broker}/openapi.yaml"))[0]


@cache
def calls(broker: str) -> list[Call]:
    return calls_of(spec_of(broker))


@cache
def made(broker: str, layout: str) -> Facts:
    lines = make(spec_of(broker), layout).split("\n")
    return facts_of(Text("made.txt", "text", tuple(lines)))


@pytest.mark.parametrize("broker", BROKERS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_payload_is_read_back(broker: str, layout: str) -> None:
    printed = [repr(value) for call in calls(broker) for _, _, value in call.samples]
    facts = made(broker, layout)
    assert sorted(repr(one.value) for one in facts.payloads) == sorted(printed)
    sides = [side for call in calls(broker) for side, _, _ in call.samples]
    assert sorted(one.direction for one in facts.payloads) == sorted(sides)
    assert not any(one.is_truncated for one in facts.payloads)


@pytest.mark.parametrize("broker", BROKERS)
@pytest.mark.parametrize("layout", [one for one in LAYOUTS if one != "signed"])
def test_every_endpoint_is_read_back(broker: str, layout: str) -> None:
    found = made(broker, layout).endpoints
    assert [one.method for one in found] == [call.method for call in calls(broker)]
    for one, call in zip(found, calls(broker), strict=True):
        assert one.path.endswith(call.path.removeprefix("/"))


@pytest.mark.parametrize("broker", BROKERS)
def test_every_signature_is_read_back(broker: str) -> None:
    found = made(broker, "signed").endpoints
    assert [one.path.split("(")[0] for one in found] == [call.name for call in calls(broker)]


@pytest.mark.parametrize("broker", BROKERS)
@pytest.mark.parametrize("layout", WITH_TABLES)
def test_every_row_is_read_back(broker: str, layout: str) -> None:
    printed = [
        [(row.name, row.values if len(row.values) > 1 else ()) for row in sheet.rows]
        for call in calls(broker)
        for sheet in call.sheets
        if layout != "worded" or sheet.side == "request"
    ]
    found = [
        [(row.name, row.values) for row in table.rows]
        for table in made(broker, layout).tables
        if layout != "worded" or table.direction == "request"
    ]
    assert found == printed


@pytest.mark.parametrize("broker", BROKERS)
@pytest.mark.parametrize("layout", WITH_TABLES)
def test_what_is_required_is_read_back(broker: str, layout: str) -> None:
    sheets = [sheet for call in calls(broker) for sheet in call.sheets]
    for sheet, table in zip(sheets, made(broker, layout).tables, strict=True):
        assert table.direction == sheet.side
        if layout == "worded" and sheet.side == "response":
            continue
        printed = [row.is_required or (None if layout == "ruled" else False) for row in sheet.rows]
        assert [row.is_required for row in table.rows] == printed
