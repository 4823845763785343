"""Members that a document lets stand beside those it names: read, kept and sent back."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from brokerspec.generate import Job
from brokerspec.generate import read as lower_job
from brokerspec_runtime.codec import survey, to_builtins
from brokerspec_runtime.errors import InvalidArgument, UnexpectedResponse
from brokerspec_runtime.secret import Secret
from generator.making import Broker, Made, Making, make, sending, sent

REF = "#/components/schemas/"
TEXT = """\
openapi: 3.1.0
info: {title: Tables, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
  /book:
    put:
      operationId: send_book
      requestBody: {required: true, content: {application/json: {schema:
        {$ref: '#/components/schemas/Book'}}}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Book'}}}}}
  /books:
    get:
      operationId: list_books
      responses: {'200': {description: Done., content: {application/json: {schema: {type: array,
        items: {$ref: '#/components/schemas/Prices'}}}}}}
components:
  schemas:
    Leg: {type: object, required: [qty], properties: {qty: {type: integer}, at: {type: string,
      format: date-time}}}
    Prices: {type: object, required: [id], properties: {id: {type: integer}},
      additionalProperties: {type: number, description: A price by its market.}}
    Free: {type: object, properties: {a: {type: string}}, additionalProperties: true}
    Legs: {type: object, properties: {a: {type: string}},
      additionalProperties: {$ref: '#/components/schemas/Leg'}}
    Node: {type: object, properties: {name: {type: string}},
      additionalProperties: {$ref: '#/components/schemas/Node'}}
    Base: {type: object, properties: {kind: {type: string}}, additionalProperties: {type: integer}}
    Derived: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {more: {type: string}}}]}
    Closed: {type: object, properties: {a: {type: string}}, additionalProperties: false}
    Silent: {type: object, properties: {a: {type: string}}}
    Marked: {type: object, properties: {a: {type: string}}, patternProperties: {'^x-': {type:
      string}}, additionalProperties: false}
    Hidden: {type: object, properties: {a: {type: string}, password: {type: string, writeOnly:
      true}, made: {type: string, readOnly: true}}, additionalProperties: {type: string}}
    Secrets: {type: object, properties: {a: {type: string}},
      additionalProperties: {type: string, x-secret: true}}
    Taken: {type: object, properties: {additional_properties: {type: string}},
      additionalProperties: {type: integer}}
    Either: {oneOf: [{$ref: '#/components/schemas/Prices'}, {$ref: '#/components/schemas/Legs'},
      {type: string}]}
    Book:
      type: object
      properties:
        prices: {$ref: '#/components/schemas/Prices'}
        free: {$ref: '#/components/schemas/Free'}
        legs: {$ref: '#/components/schemas/Legs'}
        node: {$ref: '#/components/schemas/Node'}
        derived: {$ref: '#/components/schemas/Derived'}
        closed: {$ref: '#/components/schemas/Closed'}
        silent: {$ref: '#/components/schemas/Silent'}
        marked: {$ref: '#/components/schemas/Marked'}
        hidden: {$ref: '#/components/schemas/Hidden'}
        secrets: {$ref: '#/components/schemas/Secrets'}
        taken: {$ref: '#/components/schemas/Taken'}
        either: {$ref: '#/components/schemas/Either'}
        rows: {type: array, items: {$ref: '#/components/schemas/Prices'}}
        by_name: {type: object, additionalProperties: {$ref: '#/components/schemas/Prices'}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("members")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return make(folder, TEXT, ours=False)


def answer(made: Made, member: str, text: str, **settings: Any) -> Any:
    broker = Broker(f'{{"{member}": {text}}}'.encode())
    return getattr(made.client(broker, **settings).send_book(), member)


ROWS: list[tuple[str, str, Any]] = [
    ("prices", '{"id": 1, "NSE": 1.10, "BSE": "2.50"}', {"NSE": "1.10", "BSE": "2.50"}),
    ("prices", '{"id": 1, "x": 0.1000000000000000000000001}', {"x": "0.1000000000000000000000001"}),
    ("prices", '{"id": 1}', {}),
    ("free", '{"b": [1, {"c": null}], "d": null}', {"b": [1, {"c": None}], "d": None}),
    ("derived", '{"kind": "k", "more": "m", "n": 7, "o": "8"}', {"n": 7, "o": 8}),
    ("marked", '{"a": "1", "x-one": "1"}', {"x-one": "1"}),
    ("hidden", '{"a": "1", "made": "now", "password": "p", "b": "2"}', {"b": "2"}),
]


@pytest.mark.parametrize(("member", "text", "others"), ROWS)
def test_they_are_beside_the_named_ones(made: Made, member: str, text: str, others: Any) -> None:
    found = answer(made, member, text, on_deviation="raise")
    shown = found.additional_properties
    if member == "prices":
        shown = {name: str(price) for name, price in shown.items()}
        assert all(isinstance(price, Decimal) for price in found.additional_properties.values())
    assert shown == others


def test_they_are_classes_where_the_document_has_one(made: Made) -> None:
    found = answer(made, "legs", '{"a": "b", "x": {"qty": 3, "at": "2026-01-02T03:04:05Z"}}')
    leg = found.additional_properties["x"]
    assert (type(leg), leg.qty, leg.at.year) == (made.models.Leg, 3, 2026)
    node = answer(made, "node", '{"name": "top", "left": {"right": {"name": "end"}}}')
    assert node.additional_properties["left"].additional_properties["right"].name == "end"


def test_silence_and_false_give_no_place(made: Made) -> None:
    for member in ("closed", "silent"):
        found = answer(made, member, '{"a": "1", "b": 2}')
        assert not hasattr(found, "additional_properties")


def test_a_name_that_is_taken_gets_a_number(made: Made) -> None:
    found = answer(made, "taken", '{"additional_properties": "a", "b": 2, "{*}": 3}')
    assert found.additional_properties == "a"
    assert found.additional_properties_2 == {"b": 2, "{*}": 3}


def test_they_are_found_in_lists_maps_and_unions(made: Made) -> None:
    assert answer(made, "rows", '[{"id": 1, "x": 2}]')[0].additional_properties == {"x": 2}
    assert answer(made, "by_name", '{"k": {"id": 1, "x": 2}}')["k"].additional_properties == {
        "x": Decimal(2)
    }
    prices = answer(made, "either", '{"id": 1, "x": 2.5}')
    legs = answer(made, "either", '{"x": {"qty": 1}}')
    assert (type(prices), type(legs)) == (made.models.Prices, made.models.Legs)
    assert answer(made, "either", '"text"') == "text"
    (row,) = made.client(Broker(b'[{"id": 1, "x": 1.10}]')).list_books()
    assert str(row.additional_properties["x"]) == "1.10"


def test_a_value_that_does_not_fit_is_reported_and_left_out(made: Made) -> None:
    seen: list[Any] = []
    text = '{"id": 1, "x": "many", "y": 2}'
    found = answer(made, "prices", text, on_deviation=seen.append)
    assert found.additional_properties == {"y": Decimal(2)}
    assert [one.path for one in seen] == ["$.prices.x"]
    found = answer(made, "legs", '{"x": {"at": null}}', on_deviation=seen.append)
    assert found.additional_properties == {}
    assert seen[-1].path == "$.legs.x.qty"


def test_the_rules_of_the_named_members_hold(made: Made) -> None:
    seen: list[Any] = []
    assert answer(made, "prices", '{"x": 1}', on_deviation=seen.append) is None
    assert [one.path for one in seen] == ["$.prices.id"]
    with pytest.raises(UnexpectedResponse, match=r"\$\[1\]\.id") as caught:
        made.client(Broker(b'[{"id": 1, "x": 1}, {"x": 1}]')).list_books()
    assert [row.additional_properties for row in caught.value.rows] == [{"x": Decimal(1)}]
    twice = b'[{"id": 1, "x": 1, "x": 2}]'
    with pytest.raises(UnexpectedResponse, match="twice"):
        made.client(Broker(twice)).list_books()


def test_secrets_among_them_are_hidden(made: Made) -> None:
    found = answer(made, "secrets", '{"token": "s3cret-value"}')
    assert isinstance(found.additional_properties["token"], Secret)
    assert "s3cret" not in repr(found)
    secrets = made.models.Secrets(additional_properties={"t": Secret("s3cret-value")})
    broker = Broker({})
    request = made.client(broker).prepare.send_book(secrets=secrets)
    assert "s3cret" not in repr(request)
    made.client(broker).send_book(secrets=secrets)
    assert broker.json == {"secrets": {"t": "s3cret-value"}}


def test_none_of_them_is_reported_as_unknown(made: Made) -> None:
    kind = made.operations.SEND_BOOK.answer
    assert survey(b'{"prices": {"id": 1, "x": 2}}', kind) == ()
    assert [one.path for one in survey(b'{"silent": {"x": 2}}', kind)] == ["$.silent.x"]


@pytest.mark.parametrize(
    "body",
    [
        {"prices": {"id": 1, "x": 1.5, "y": 2}},
        {"free": {"a": "b", "c": {"d": [None, True, "x"]}}},
        {"legs": {"x": {"qty": 1}}},
        {"node": {"name": "n", "left": {"name": "m", "right": {"name": "o"}}}},
        {"rows": [{"id": 1, "x": 2}, {"id": 2}]},
        {"by_name": {"k": {"id": 1, "x": 2}}},
        {"either": {"id": 1, "x": 2}},
        {"taken": {"additional_properties": "a", "b": 1}},
    ],
)
def test_what_is_read_can_be_sent_back(made: Made, body: dict[str, Any]) -> None:
    broker = Broker(body)
    client = made.client(broker)
    found = client.send_book()
    (name,) = body
    client.send_book(**{name: getattr(found, name)})
    assert broker.json == body
    again = to_builtins(found)[name]
    assert (
        _without_none(again)
        == _without_none(json.loads(json.dumps(body), parse_float=Decimal))[name]
    )


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value


def test_a_body_has_an_argument_for_them(making: Making) -> None:
    schema = "{type: object, properties: {a: {type: string}}, additionalProperties: {type: number}}"
    made = making(sending(schema), ours=False)
    given = {"x": Decimal("1.10"), "y": 2}
    broker = Broker(b"", status=204)
    made.client(broker).send_it(a="b", additional_properties=given)
    assert broker.last.body == b'{"a":"b","x":1.10,"y":2}'
    assert sent(made, a="b") == {"a": "b"}
    for wrong, message in (
        ({"a": 1}, "a has a place of its own"),
        ({1: 2}, "expected a text as the name"),
        ({"x": 1.5}, "expected Decimal"),
        ({"x": None}, "x is required"),
    ):
        with pytest.raises(InvalidArgument, match=message):
            sent(made, additional_properties=wrong)


@pytest.mark.parametrize("media", ["x-www-form-urlencoded", "json"])
def test_an_optional_body_is_sent_for_their_sake(making: Making, media: str) -> None:
    schema = "{type: object, properties: {a: {type: string}}, additionalProperties: {type: string}}"
    text = sending(schema, media=media).replace("required: true, content", "content")
    made = making(text, ours=False)
    broker = Broker(b"", status=204)
    made.client(broker).send_it()
    assert broker.last.body is None
    made.client(broker).send_it(additional_properties={"b": "c d"})
    wanted = {"json": b'{"b":"c d"}', "x-www-form-urlencoded": b"b=c+d"}
    assert broker.last.body == wanted[media]


def test_parts_beside_the_named_ones_may_be_files(making: Making) -> None:
    schema = (
        "{type: object, properties: {a: {type: string}},"
        " additionalProperties: {type: string, format: binary}}"
    )
    text = sending(schema).replace("application/json", "multipart/form-data")
    made = making(text, ours=False)
    broker = Broker(b"", status=204)
    file = made.module.File(b"content", name="b.txt")
    made.client(broker).send_it(a="x", additional_properties={"b": file})
    body = broker.last.body or b""
    assert b'name="b"; filename="b.txt"' in body
    assert b"content" in body


def test_a_filter_of_a_query_may_have_them(making: Making) -> None:
    text = """\
openapi: 3.1.0
info: {title: Example, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
  /it:
    get:
      operationId: ask_it
      parameters: [{name: filter, in: query, style: deepObject, explode: true, schema: {type:
        object, properties: {a: {type: string}}, additionalProperties: {type: integer}}}]
      responses: {'204': {description: Done.}}
"""
    made = making(text, ours=False)
    broker = Broker(b"", status=204)
    given = made.models.Filter(a="b", additional_properties={"c": 1})
    made.client(broker).ask_it(filter=given)
    assert unquote(broker.query) == "filter[a]=b&filter[c]=1"


def test_no_warning_is_left_for_them(tmp_path: Path) -> None:
    (tmp_path / "their.yaml").write_text(TEXT, encoding="utf-8")
    found = lower_job(Job(tmp_path / "their.yaml", "their", "t", is_ours=False))[1]
    assert [one for one in found if one.code == "left-out"] == []


def test_a_model_is_hashed_when_all_its_members_can_be(made: Made) -> None:
    leg, same, other = (made.models.Leg(qty=number) for number in (3, 3, 4))
    assert {leg, same, other} == {leg, other}
    loose = made.models.Prices(id=1, additional_properties={"x": Decimal(2)})
    assert loose == made.models.Prices(id=1, additional_properties={"x": Decimal("2.0")})
    # A class without a place for others is no different when one of its members is a mapping.
    for holder in (loose, made.models.Prices(id=1), made.models.Book(by_name={}), (leg, {})):
        with pytest.raises(TypeError, match="unhashable"):
            hash(holder)
    assert hash(made.models.Book(closed=made.models.Closed(a="1"))) is not None
