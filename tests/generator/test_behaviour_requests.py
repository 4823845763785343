"""What generated clients send: parameters and bodies."""

from __future__ import annotations

import inspect
from decimal import Decimal
from pathlib import Path

import pytest

from brokerspec.load import load
from brokerspec.resolve import resolve
from brokerspec_runtime.errors import (
    InvalidArgument,
)
from generator.making import (
    HEAD,
    Broker,
    Making,
    answering,
    asking,
    sending,
    sent,
)

# Parameters.


def test_parameters_in_path_query_and_header(making: Making) -> None:
    made = making(
        asking(
            """
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: fromDate, in: query, required: true, schema: {type: string}}
        - {name: maxRows, in: query, schema: {type: integer}}
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: isOpen, in: query, schema: {type: boolean}}
        - {name: price, in: query, schema: {type: number}}""",
            path="/orders/{id}/rows",
        )
    )
    broker = Broker(b"", status=204)
    client = made.client(broker)
    client.ask_it(
        id="a b&c", from_date="1 2", max_rows=5, x_trace="t", is_open=True, price=Decimal("1E+2")
    )
    assert broker.last.method == "GET"
    assert broker.last.url == (
        "https://api.example.com/orders/a%20b%26c/rows"
        "?fromDate=1%202&maxRows=5&isOpen=true&price=100"
    )
    assert broker.last.headers["X-Trace"] == "t"
    client.ask_it(id="1", from_date="2")
    assert broker.last.url == "https://api.example.com/orders/1/rows?fromDate=2"
    assert "X-Trace" not in broker.last.headers
    assert broker.last.body is None


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a\\b", "%2F"])
def test_a_path_parameter_cannot_lead_elsewhere(making: Making, value: str) -> None:
    made = making(asking("[{name: id, in: path, required: true, schema: {type: string}}]", "/{id}"))
    with pytest.raises(InvalidArgument, match="path"):
        made.client().ask_it(id=value)


def test_required_arguments_come_first_and_all_are_keywords(making: Making) -> None:
    made = making(
        asking(
            """
        - {name: a, in: query, schema: {type: string}}
        - {name: b, in: query, required: true, schema: {type: string}}
        - {name: c, in: query, schema: {type: string}}
        - {name: d, in: query, required: true, schema: {type: string}}"""
        )
    )
    parameters = inspect.signature(made.module.Client.ask_it).parameters
    assert list(parameters) == ["self", "b", "d", "a", "c"]
    assert {parameters[name].kind for name in "abcd"} == {inspect.Parameter.KEYWORD_ONLY}
    assert [parameters[name].default for name in "ac"] == [None, None]
    with pytest.raises(TypeError, match="required keyword-only"):
        made.client().ask_it(b="1")


def test_parameters_of_a_path_item_are_shared(making: Making) -> None:
    made = making(
        f"""{HEAD}
paths:
  /it:
    parameters: [{{name: account, in: query, required: true, schema: {{type: string}}}}]
    get: {{operationId: get_it, responses: {{'204': {{description: Done.}}}}}}
    delete: {{operationId: delete_it, responses: {{'204': {{description: Done.}}}}}}
"""
    )
    broker = Broker(b"", status=204)
    made.client(broker).delete_it(account="x")
    assert (broker.last.method, broker.query) == ("DELETE", "account=x")


def test_constant_parameters_are_no_arguments(making: Making) -> None:
    made = making(
        asking(
            """
        - {name: source, in: query, required: true, schema: {type: string, const: API}}
        - {name: X-Version, in: header, schema: {type: string, const: '3'}}"""
        )
    )
    broker = Broker(b"", status=204)
    made.client(broker).ask_it()
    assert (broker.query, broker.last.headers["X-Version"]) == ("source=API", "3")


# Request bodies.


def test_a_json_body_is_flattened_and_keeps_wire_names(making: Making) -> None:
    made = making(
        sending(
            "{$ref: '#/components/schemas/New'}",
            """{New: {type: object, required: [exchangeSegment, price, Qty], properties: {
                exchangeSegment: {type: string},
                price: {type: number},
                Qty: {type: integer},
                prctyp: {type: string, x-python-name: price_type},
                isAmo: {type: boolean},
                source: {type: string, const: API},
                retries: {type: integer, const: 0}}}}""",
        )
    )
    required = {"exchangeSegment": "NSE", "price": 94.05, "Qty": 5}
    assert sent(made, exchange_segment="NSE", price=Decimal("94.05"), qty=5) == {
        **required,
        "source": "API",
        "retries": 0,
    }
    broker = Broker(b"", status=204)
    made.client(broker).send_it(
        exchange_segment="NSE", price=Decimal("94.10"), qty=5, price_type="L", is_amo=False
    )
    assert broker.last.body == (
        b'{"exchangeSegment":"NSE","price":94.10,"Qty":5,"prctyp":"L","isAmo":false,'
        b'"source":"API","retries":0}'
    )
    assert broker.last.headers["Content-Type"] == "application/json"


def test_a_form_body(making: Making) -> None:
    made = making(
        sending(
            "{type: object, required: [qty], properties: "
            "{qty: {type: integer}, isOn: {type: boolean}, note: {type: string}}}",
            media="x-www-form-urlencoded",
        )
    )
    broker = Broker(b"", status=204)
    made.client(broker).send_it(qty=5, is_on=True, note="a&b")
    assert broker.last.body == b"qty=5&isOn=true&note=a%26b"
    assert broker.last.headers["Content-Type"] == "application/x-www-form-urlencoded"
    made.client(broker).send_it(qty=5)
    assert broker.last.body == b"qty=5"


def test_inline_members_are_arguments_too(making: Making) -> None:
    made = making(
        sending(
            "{$ref: '#/components/schemas/Envelope'}",
            """{Envelope: {type: object, required: [data], properties: {
                  key: {type: string, const: k},
                  data: {$ref: '#/components/schemas/Inner', x-inline: true}}},
                Inner: {type: object, required: [orderQty], properties: {
                  orderQty: {type: integer}, note: {type: string}}}}""",
        )
    )
    assert sent(made, order_qty=2) == {"key": "k", "data": {"orderQty": 2}}


def test_required_null_is_sent_and_optional_none_is_left_out(making: Making) -> None:
    made = making(
        sending(
            """{type: object, required: [a, b], properties: {
                a: {type: [string, 'null']}, b: {const: null}, c: {type: [integer, 'null']}}}"""
        )
    )
    assert sent(made, a=None) == {"a": None, "b": None}
    assert sent(made, a="x", c=1) == {"a": "x", "b": None, "c": 1}


def test_a_body_that_is_no_object_is_one_argument(making: Making) -> None:
    made = making(sending("{type: array, items: {type: number}}"))
    broker = Broker(b"", status=204)
    made.client(broker).send_it(body=[Decimal("1.10"), 2])
    assert broker.last.body == b"[1.10,2]"


def test_floats_and_wrong_types_are_never_sent(making: Making) -> None:
    made = making(
        sending(
            """{type: object, properties: {
                price: {type: number}, qty: {type: integer}, text: {type: string},
                rows: {type: array, items: {type: number}}}}"""
        )
    )
    client = made.client()
    for wrong in (
        {"price": 1.5},
        {"price": Decimal("NaN")},
        {"price": True},
        {"qty": 1.0},
        {"qty": "1"},
        {"text": 1.5},
        {"rows": [1.5]},
    ):
        with pytest.raises(InvalidArgument):
            client.send_it(**wrong)


# Models as arguments.


def test_models_as_arguments(making: Making) -> None:
    made = making(
        sending(
            "{type: object, properties: {legs: {type: array, items: "
            "{$ref: '#/components/schemas/Leg'}}, byName: {type: object, additionalProperties: "
            "{$ref: '#/components/schemas/Leg'}}, one: {$ref: '#/components/schemas/Leg'}}}",
            """{Leg: {type: object, required: [orderQty, note], properties: {
                orderQty: {type: string, x-type: integer},
                price: {type: number},
                note: {type: [string, 'null']},
                side: {type: string, enum: [B, S]},
                next: {$ref: '#/components/schemas/Leg'}}}}""",
        )
    )
    leg = made.models.Leg
    first = leg(order_qty=5, note=None, next=leg(order_qty=1, note="n", price=Decimal("1.10")))
    wire = {"orderQty": "5", "note": None, "next": {"orderQty": "1", "note": "n", "price": 1.1}}
    assert sent(made, legs=[first], by_name={"a": first}, one=first) == {
        "legs": [wire],
        "byName": {"a": wire},
        "one": wire,
    }
    assert sent(made) == {}
    with pytest.raises(InvalidArgument):
        made.client().send_it(one=leg(order_qty=1, note="", side=made.models.LegSide("X")))


# Media types that are not JSON.


def test_a_body_that_cannot_be_sent_is_left_out_with_a_warning(tmp_path: Path) -> None:
    text = sending("{type: string, format: binary}").replace("application/json", "a b/c", 1)
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    document, found = resolve(load(tmp_path / "spec.yaml"))
    assert document.operations == ()
    messages = [item.message for item in found if item.code == "left-out"]
    assert any("a b/c" in message for message in messages)


def test_an_answer_that_is_text_is_given_beside_its_bytes(making: Making) -> None:
    text = answering("{type: string}").replace("application/json", "text/csv")
    made = making(text, ours=False)
    broker = Broker(b"a,b\n1,2\n")
    response = made.client(broker).with_response.get_it()
    assert (response.data, response.body) == ("a,b\n1,2\n", b"a,b\n1,2\n")
