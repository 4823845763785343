"""What is said about the differences between a document and a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.small import PRINTED, SPEC, found_in, write_spec
from brokerspec.validate import validate


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return write_spec(tmp_path)


def test_the_small_spec_is_valid(place: Path) -> None:
    assert validate(place / "openapi.yaml") == []


def test_a_document_that_agrees_gives_nothing(place: Path) -> None:
    assert found_in(place, PRINTED) == []


def test_nothing_changes_when_the_lines_move(place: Path) -> None:
    changed = PRINTED.replace('"id": "77"', '"number": 4')
    first = found_in(place, changed)
    moved = found_in(place, "A new introduction.\n\n" + changed)
    assert [one.fingerprint for one in first] == [one.fingerprint for one in moved]
    assert [one.line + 2 for one in first] == [one.line for one in moved]


CHANGES = {
    "field added to a payload": (
        '  "stat": "Ok",',
        '  "stat": "Ok",\n  "time": 4,',
        [("audit-new-field", "/time", "time", "")],
    ),
    "field gone from a payload": (
        '  "stat": "Ok",\n',
        "",
        [("audit-missing-field", "/stat", "", "stat")],
    ),
    "field renamed in a payload": (
        '"stat": "Ok"',
        '"status": "Ok"',
        [("audit-renamed-field", "/status", "status", "stat")],
    ),
    "text becomes a number": (
        '"id": "77"',
        '"id": 77',
        [("audit-changed-type", "/id", "integer 77", 'string "77"')],
    ),
    "another sample value": (
        '"id": "77"',
        '"id": "78"',
        [("audit-changed-sample", "/id", "78", "77")],
    ),
    "other digits of the same amount": (
        '"price": 10.50',
        '"price": 10.5',
        [("audit-changed-sample", "/price", "10.5", "10.50")],
    ),
    "value outside an enum": (
        '"side": "BUY", // BUY, SELL',
        '"side": "LEND", // BUY, SELL',
        [
            ("audit-changed-sample", "/side", "LEND", "BUY"),
            ("audit-unlisted-value", "/side", '"LEND"', ""),
        ],
    ),
    "value added to a list": (
        "// BUY, SELL",
        "// BUY, SELL, LEND",
        [("audit-new-value", "Side", "LEND", "")],
    ),
    "row added": (
        "price | double | No | Limit",
        "price | double | No | Limit\nmark | string | No | Remark",
        [("audit-new-field", "/mark", "mark", "")],
    ),
    "row gone": (
        "price | double | No | Limit\n",
        "",
        [("audit-missing-field", "/price", "", "price")],
    ),
    "row retyped": (
        "quantity | integer | Yes",
        "quantity | string | Yes",
        [("audit-changed-type", "/quantity", "string", "integer")],
    ),
    "row no longer mandatory": (
        "quantity | integer | Yes",
        "quantity | integer | No",
        [("audit-changed-required", "/quantity", "optional", "required")],
    ),
    "path changed": (
        "/v1/orders",
        "/v1/order/new",
        [("audit-moved-endpoint", "", "POST /order/new", "POST /orders")],
    ),
    "method changed": (
        "POST https",
        "PUT https",
        [("audit-moved-endpoint", "", "PUT /orders", "POST /orders")],
    ),
    "parameter renamed": (
        "account=<account>",
        "client=<account>",
        [
            ("audit-missing-parameter", "/parameters", "", "account"),
            ("audit-new-parameter", "/parameters", "client", ""),
        ],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_told(place: Path, name: str) -> None:
    old, new, expected = CHANGES[name]
    assert PRINTED.count(old) >= 1
    found = found_in(place, PRINTED.replace(old, new, 1))
    told = [(one.code, one.pointer, one.in_document, one.in_spec) for one in found]
    assert sorted(told) == sorted(expected)


def test_a_finding_names_both_places(place: Path) -> None:
    (found,) = found_in(place, PRINTED.replace("// BUY, SELL", "// BUY, SELL, LEND"))
    shown = found.diagnostic("document.txt")
    line = SPEC.split("\n").index("      enum: [BUY, SELL]   # as printed") + 1
    assert str(shown.where) == "document.txt:8:1"
    assert f"openapi.yaml:{line})" in shown.message
    assert shown.hint


def test_a_new_section_is_a_new_endpoint_and_a_new_payload(place: Path) -> None:
    more = (
        "\nMargin\n\nPOST https://api.small.example/v1/margin\n\nRequest example:\n"
        '{\n  "account": "A",\n  "basket": [{"leg": 1}]\n}\n'
    )
    codes = {one.code for one in found_in(place, PRINTED + more)}
    assert codes >= {"audit-new-endpoint", "audit-new-payload"} or codes >= {
        "audit-moved-endpoint",
        "audit-new-payload",
    }


def test_an_operation_that_is_gone_is_told(place: Path) -> None:
    found = found_in(place, PRINTED.partition("Funds\n")[0])
    assert [(one.code, one.in_spec) for one in found] == [
        ("audit-missing-endpoint", "GET /funds"),
    ]


def test_a_secret_is_not_shown(place: Path) -> None:
    spec = place / "openapi.yaml"
    text = spec.read_text().replace("description: The number of the order.", "x-secret: true")
    spec.write_text(text)
    (found,) = found_in(place, PRINTED.replace('"id": "77"', '"id": "top-secret"'))
    assert "top-secret" not in f"{found.message} {found.in_document}"
    assert found.code == "audit-changed-sample"
