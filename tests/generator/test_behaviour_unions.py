"""The rule for unions: which option a value is read as, and how each is sent."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerspec_runtime.codec import decode, decode_tolerantly
from brokerspec_runtime.errors import UnexpectedResponse
from brokerspec_runtime.wire import encode
from generator.foreign import decoders
from generator.making import ECHOING, Broker, Made, Making, answering, make, sending

REF = "#/components/schemas/"
TEXT = (
    ECHOING
    + """\
    Cat: {type: object, required: [lives], properties: {lives: {type: integer}, name: {type:
      string}, price: {type: number}, born: {type: string, format: date}, kind: {type: string}}}
    Dog: {type: object, required: [name], properties: {name: {type: string}, tricks:
      {type: array, items: {type: string}}, size: {type: string, enum: [S, L]},
      kind: {type: string}}}
    Gone: {type: object, required: [gone, id], properties: {gone: {const: true, type: boolean},
      id: {type: string}}}
    Level: {type: string, enum: [low, high]}
    Animal: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}
    Tagged:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind, mapping: {tom: '#/components/schemas/Cat', rex: Dog}}
    Shape: {type: object, required: [type], discriminator: {propertyName: type},
      properties: {type: {type: string}}}
    Circle: {allOf: [{$ref: '#/components/schemas/Shape'}, {properties: {radius: {type: number}}}]}
    Square: {allOf: [{$ref: '#/components/schemas/Shape'}, {properties: {side: {type: number}}}]}
    Paid:
      type: object
      required: [amount]
      properties: {amount: {type: number}}
      oneOf:
        - {properties: {card: {type: string}}, required: [card]}
        - {properties: {bank: {type: string}}, required: [bank]}
    Checked:
      type: object
      properties: {mail: {type: string}, phone: {type: string}}
      anyOf: [{required: [mail]}, {required: [phone]}]
    Tree: {oneOf: [{$ref: '#/components/schemas/Leaf'}, {$ref: '#/components/schemas/Branch'}]}
    Leaf: {type: object, required: [value], properties: {value: {type: number}}}
    Branch: {type: object, required: [kids], properties: {kids: {type: array, items:
      {$ref: '#/components/schemas/Tree'}}}}
    All:
      type: object
      properties:
        animal: {$ref: '#/components/schemas/Animal'}
        animals: {type: array, items: {$ref: '#/components/schemas/Animal'}}
        by_name: {type: object, additionalProperties: {$ref: '#/components/schemas/Animal'}}
        tagged: {$ref: '#/components/schemas/Tagged'}
        shape: {$ref: '#/components/schemas/Shape'}
        paid: {$ref: '#/components/schemas/Paid'}
        checked: {$ref: '#/components/schemas/Checked'}
        tree: {$ref: '#/components/schemas/Tree'}
        expandable: {anyOf: [{maxLength: 5000, type: string}, {$ref: '#/components/schemas/Cat'},
          {$ref: '#/components/schemas/Gone'}]}
        level: {anyOf: [{type: string}, {$ref: '#/components/schemas/Level'}]}
        amount: {oneOf: [{type: string}, {type: number}]}
        whole: {oneOf: [{type: number}, {type: integer}, {type: boolean}]}
        when: {type: string, anyOf: [{format: date}, {format: date-time}]}
        lists: {oneOf: [{type: array, items: {$ref: '#/components/schemas/Cat'}},
          {type: array, items: {type: number}}]}
        object_or_map: {anyOf: [{$ref: '#/components/schemas/Dog'}, {type: object}]}
        nested: {oneOf: [{$ref: '#/components/schemas/Animal'}, {oneOf: [{type: 'null'},
          {$ref: '#/components/schemas/Level'}]}]}
"""
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("unions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return make(folder, TEXT, ours=False)


ROWS: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("animal", {"lives": 9}, "Cat", {"lives": 9}),
    ("animal", {"name": "Rex"}, "Dog", {"name": "Rex"}),
    ("animal", {"lives": 9, "name": "T", "price": 1.10}, "Cat", {"price": Decimal("1.1")}),
    ("animal", {"lives": 9, "name": "T", "tricks": [], "size": "S"}, "Dog", {"name": "T"}),
    ("animal", {"lives": 9, "name": "T"}, "Cat", {"name": "T"}),
    ("animal", {"lives": "many", "name": "T"}, "Dog", {"name": "T"}),
    ("animal", {"lives": 9.0, "born": "2020-01-02"}, "Cat", {"lives": 9, "born": date(2020, 1, 2)}),
    ("animal", {"lives": "9"}, "Cat", {"lives": 9}),
    ("animal", {"name": "T", "size": "XL"}, "Dog", {"size": "XL"}),
    ("tagged", {"kind": "rex", "lives": 9, "name": "R"}, "Dog", {"name": "R"}),
    ("tagged", {"kind": "tom", "lives": 1, "name": "R", "size": "S"}, "Cat", {"lives": 1}),
    ("tagged", {"kind": "Dog", "lives": 9, "name": "R"}, "Dog", {"name": "R"}),
    ("tagged", {"kind": "else", "lives": 9}, "Cat", {"lives": 9}),
    ("shape", {"type": "Circle", "radius": 1.5}, "Circle", {"radius": Decimal("1.5")}),
    ("shape", {"type": "Square", "side": 2}, "Square", {"side": Decimal(2)}),
    ("shape", {"type": "Line"}, "Circle", {"type": "Line"}),
    ("paid", {"amount": 1, "card": "c"}, "Paid1", {"card": "c", "amount": Decimal(1)}),
    ("paid", {"amount": 1, "bank": "b"}, "Paid2", {"bank": "b"}),
    ("checked", {"mail": "m"}, "Checked", {"mail": "m"}),
    ("tree", {"value": 1}, "Leaf", {"value": Decimal(1)}),
    ("tree", {"kids": [{"value": 1}, {"kids": []}]}, "Branch", {}),
    ("expandable", "cat_1", "str", {}),
    ("expandable", {"lives": 1}, "Cat", {"lives": 1}),
    ("expandable", {"gone": True, "id": "x"}, "Gone", {"id": "x"}),
    ("level", "low", "Level", {}),
    ("level", "medium", "str", {}),
    ("amount", "1.50", "str", {}),
    ("amount", 1.5, "Decimal", {}),
    ("whole", True, "bool", {}),
    ("whole", 3, "Decimal", {}),
    ("when", "2020-01-02", "date", {}),
    ("when", "2020-01-02T03:04:05Z", "datetime", {}),
    ("lists", [1.5], "list", {}),
    ("lists", [{"lives": 3}], "list", {}),
    ("object_or_map", {"name": "n"}, "Dog", {"name": "n"}),
    ("object_or_map", {"lives": 3}, "dict", {}),
    ("nested", {"lives": 3}, "Cat", {}),
    ("nested", "low", "Level", {}),
    ("nested", None, "NoneType", {}),
]  # fmt: skip


def _read(made: Made, members: dict[str, Any], **settings: Any) -> Any:
    return made.client(Broker(members), **settings).send_it()


@pytest.mark.parametrize(("member", "wire", "kind", "parts"), ROWS)
def test_the_option_that_fits_best_is_read(
    made: Made, member: str, wire: Any, kind: str, parts: dict[str, Any]
) -> None:
    broker = Broker({member: wire})
    answer = made.client(broker, on_deviation="ignore").send_it()
    found = getattr(answer, member)
    assert type(found).__name__ == kind
    assert {name: getattr(found, name) for name in parts} == parts
    again, deviations = decode_tolerantly(
        json.dumps(broker.answer).encode(), made.operations.SEND_IT.answer
    )
    assert (again, deviations) == (answer, ())


def test_every_answer_has_a_decoder(made: Made) -> None:
    assert decoders(made.module.__name__) == []


def test_lists_and_maps_hold_several_kinds(made: Made) -> None:
    answer = _read(made, {
        "animals": [{"lives": 9}, {"name": "R"}], "by_name": {"a": {"name": "R"}},
    })  # fmt: skip
    assert [type(each).__name__ for each in answer.animals] == ["Cat", "Dog"]
    assert answer.by_name["a"].name == "R"


def test_what_fits_nothing_deviates(made: Made) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        _read(made, {"animal": {"size": "S"}, "amount": 1}, on_deviation="raise")
    assert [found.path for found in caught.value.deviations] == ["$.animal"]
    answer = _read(made, {"animal": {"size": "S"}, "amount": 1}, on_deviation="ignore")
    assert (answer.animal, answer.amount) == (None, Decimal(1))
    body = b'[{"lives": 1}, {"size": "S"}]'
    animals = made.models.__dict__["Animal"]
    with pytest.raises(UnexpectedResponse) as rows:
        decode(body, list[animals])  # type: ignore[valid-type]
    assert [found.path for found in rows.value.deviations] == ["$[1]"]


def test_an_optional_member_of_the_wrong_type_is_all_that_is_lost(made: Made) -> None:
    answer, deviations = decode(
        b'{"animal": {"lives": 9, "price": "dear"},'
        b' "tagged": {"kind": "tom", "lives": 1, "price": []}}',
        made.models.All,
    )
    assert (answer.animal.lives, answer.animal.price) == (9, None)
    assert answer.tagged.lives == 1
    assert [found.path for found in deviations] == ["$.animal.price", "$.tagged.price"]


def test_every_option_is_sent(made: Made) -> None:
    models = made.models
    cat = models.Cat(lives=9, price=Decimal("1.10"), born=date(2020, 1, 2))
    sent = {"lives": 9, "price": 1.10, "born": "2020-01-02"}
    broker = Broker({})
    client = made.client(broker)
    client.send_it(
        animal=cat,
        animals=[cat, models.Dog(name="R", size="S")],
        by_name={"a": cat},
        tree=models.Branch(kids=[models.Leaf(value=Decimal(1))]),
        expandable="cat_1",
        level="medium",
        amount=Decimal("1.50"),
        whole=True,
        when=date(2020, 1, 2),
        lists=[cat],
        object_or_map={"any": 1},
        nested=models.Level.LOW,
    )
    assert broker.json == {
        "animal": sent,
        "animals": [sent, {"name": "R", "size": "S"}],
        "by_name": {"a": sent},
        "tree": {"kids": [{"value": 1}]},
        "expandable": "cat_1",
        "level": "medium",
        "amount": 1.50,
        "whole": True,
        "when": "2020-01-02",
        "lists": [sent],
        "object_or_map": {"any": 1},
        "nested": "low",
    }
    assert b'"amount":1.50' in broker.last.body


def test_annotations_name_every_option(made: Made) -> None:
    assert "animal: Cat | Dog | None = None" in made.files["client.py"]
    assert "shape: Circle | Square | Shape | None = None" in made.files["client.py"]


KEYS = st.sampled_from(["lives", "name", "size", "kind", "price"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(-9, 9, places=2),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(value=ANY_JSON)
def test_no_value_breaks_the_rule(made: Made, value: object) -> None:
    body = encode({"animal": value, "expandable": value, "lists": value, "level": value})
    fast, first = decode(body, made.models.All)
    careful, second = decode_tolerantly(body, made.models.All)
    assert (fast, first) == (careful, second)


def test_an_argument_that_may_be_one_of_several_lists_takes_any_sequence(making: Making) -> None:
    item = "{$ref: '#/components/schemas/Leg'}"
    body = f"{{anyOf: [{{type: array, items: {item}}}, {{type: array, items: {{type: string}}}}]}}"
    schema = f"{{type: object, required: [legs], properties: {{legs: {body}}}}}"
    leg = "{Leg: {type: object, properties: {legSide: {type: string}}}}"
    made = making(sending(schema, leg), ours=False)
    assert "legs: Sequence[Leg] | Sequence[str]" in made.files["client.py"]
    broker = Broker(b"", status=204)
    for legs in ((made.models.Leg(leg_side="buy"),), [made.models.Leg(leg_side="buy")]):
        made.client(broker).send_it(legs=legs)
        assert broker.json == {"legs": [{"legSide": "buy"}]}


ROWS_OF_AMOUNTS: list[tuple[dict[str, Any], str]] = [
    # An amount that is documented as a text, which is a Decimal in Python.
    ({"id": "1", "price": "46.10"}, "Trade"),
    ({"id": "1", "price": "46.10", "qty": "7"}, "Trade"),
    ({"id": "1", "fills": [{"price": "1.5"}]}, "Trade"),
    ({"id": "1", "net": "1.10"}, "Transfer"),
    ({"id": "1"}, "Transfer"),
    ({"id": "1", "price": "cheap"}, "Transfer"),
    # The same member twice: as it is written decides.
    ({"id": "1", "fee": "1"}, "Transfer"),
    ({"id": "1", "fee": 1}, "Trade"),
]


@pytest.mark.parametrize(("row", "kind"), ROWS_OF_AMOUNTS)
@pytest.mark.parametrize("order", [("Transfer", "Trade"), ("Trade", "Transfer")])
def test_amounts_that_are_written_as_texts_count(
    making: Making, order: tuple[str, str], row: dict[str, Any], kind: str
) -> None:
    amount = "{type: string, format: decimal}"
    fills = f"{{type: array, items: {{type: object, properties: {{price: {amount}}}}}}}"
    members = f"price: {amount}, qty: {{type: string, format: int64}}, fills: {fills}"
    schemas = f"""{{
      Trade: {{type: object, properties: {{id: {{type: string}}, {members},
        fee: {{type: number}}}}}},
      Transfer: {{type: object, properties: {{id: {{type: string}}, net: {amount}, fee: {{type:
        string}}}}}}}}"""
    refs = ", ".join(f"{{$ref: '{REF}{name}'}}" for name in order)
    made = making(answering(f"{{oneOf: [{refs}]}}", schemas), ours=False)
    found = made.client(Broker(row)).get_it()
    wanted = order[0] if row == {"id": "1"} else kind
    assert type(found).__name__ == wanted
