"""Wire names to Python names."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec.naming import (
    RESERVED_CLASSES,
    Names,
    constant,
    first_free,
    is_package_name,
    method,
    pascal,
    setting,
    snake,
    unique,
    words,
)
from brokerspec.naming import (
    given as given_name,
)
from brokerspec.page import TEMPLATES


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("exchangeSegment", "exchange_segment"),
        ("ExchangeInstrumentID", "exchange_instrument_id"),
        ("OrderUniqueIdentifier", "order_unique_identifier"),
        ("NSEToken", "nse_token"),
        ("order_qty", "order_qty"),
        ("ISIN", "isin"),
        ("Qty", "qty"),
        ("X-Auth-Token", "x_auth_token"),
        ("square_off?", "square_off"),
        ("getOAuthToken", "get_oauth_token"),
        ("oAuthToken", "oauth_token"),
        ("infoAuth", "info_auth"),
        ("_x", "x"),
        ("__init__", "init"),
        ("1st", "value_1st"),
        ("class", "class_"),
        ("self", "self_"),
        ("date", "date_"),
        ("None", "none"),
        ("", "value"),
        ("नाम", "value"),
        ("session_2fa", "session_2fa"),
    ],
)
def test_snake(wire: str, name: str) -> None:
    assert snake(wire) == name


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("order-x", "OrderX"),
        ("place_order", "PlaceOrder"),
        ("orderSide", "OrderSide"),
        ("none", "None_"),
        ("", "Value"),
        ("Überweisung", "Uberweisung"),
    ],
)
def test_pascal(wire: str, name: str) -> None:
    assert pascal(wire) == name


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("BUY", "BUY"),
        ("Not_Ok", "NOT_OK"),
        ("SL-M", "SL_M"),
        ("stop-loss", "STOP_LOSS"),
        ("NSECM", "NSECM"),
        ("partiallyFilled", "PARTIALLY_FILLED"),
        ("", "EMPTY"),
        (" ", "EMPTY"),
        ("+", "PLUS"),
        (">=", "GREATER_EQUAL"),
        ("-created", "MINUS_CREATED"),
        ("-1", "MINUS_1"),
        ("\U0001f600", "VALUE"),
        ("Größe", "GROSSE"),
        ("none", "NONE"),
        ("None", "NONE"),
    ],
)
def test_constant(value: str, name: str) -> None:
    assert constant(value) == name


def test_names_that_the_client_needs_are_left_to_it() -> None:
    assert (method("close"), method("listOrders"), method("class")) == (
        "close_",
        "list_orders",
        "class_",
    )
    assert (setting("timeout"), setting("ApiKey")) == ("timeout_", "api_key")


@pytest.mark.parametrize("name", ["", "a b", "a.b", "1a", "a\n", "é", "x: int", None, 3, ["a"]])
def test_a_given_name_that_is_none_is_not_used(name: object) -> None:
    assert given_name(name) == ""


def test_collisions_are_numbered_in_order() -> None:
    assert unique({"a": "x", "b": "x", "c": "y", "d": "x"}) == {
        "a": "x",
        "b": "x_2",
        "c": "y",
        "d": "x_3",
    }
    assert Names({"x", "x_2"}).claim("x") == "x_3"
    assert first_free("x", ["x", "x_3"]) == "x_2"


def test_words() -> None:
    assert words("getHTTPServer2FACode") == ["get", "http", "server", "2", "fa", "code"]


@given(st.text())
def test_every_name_is_a_name(text: str) -> None:
    for name in (snake(text), pascal(text), constant(text), method(text), setting(text)):
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")


@given(st.lists(st.text(), unique=True))
def test_unique_names_are_unique(wires: list[str]) -> None:
    names = unique({wire: snake(wire) for wire in wires})
    assert len(set(names.values())) == len(wires)


@pytest.mark.parametrize("name", ["a", "their_broker", "Broker2", "x" * 100])
def test_names_of_packages(name: str) -> None:
    assert is_package_name(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../up", "/abs", "a/b", "a\\b", "C:x", "a.b", "a b", "1a", "_x", "__init__",
     "class", "None", "con", "NUL", "com1", "json", "ssl", "msgspec", "brokerspec_runtime",
     "Requests", "é", "ﬁle", "a\n", "a\0", "\u202ea", "x" * 101],
)  # fmt: skip
def test_what_no_package_may_be_called(name: str) -> None:
    assert not is_package_name(name)


def test_thousands_of_equal_names_cost_little() -> None:
    names = unique({str(number): "x" for number in range(20_000)})
    assert names["19999"] == "x_20000"


IMPORTED = re.compile(
    r"^from (?!\.)\S.* import \(?([^)#{]*(?:\{\{ c\.\w+ \}\}[^)#{]*)*)", re.MULTILINE
)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("package/*.jinja")), ids=lambda p: p.name)
def test_no_class_of_a_document_hides_what_its_module_imports(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("from {{ runtime }}", "from runtime")
    for imported in IMPORTED.findall(text):
        plain = imported.replace("{{ c.prefix }}", "").replace("{{ c.base }}", "SyncBase")
        # No class has an underscore in its name.
        for name in re.findall(r"\b[A-Z][A-Za-z0-9]*\b", plain):
            assert name in RESERVED_CLASSES
            is_both = "{{ c.prefix }}" + name in imported
            assert not is_both or f"Async{name}" in RESERVED_CLASSES
