"""What is the same in requests and in answers is one class, also inside what is not."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any

import pytest

from generator.making import ECHOING, HEAD, Broker, Made, Making, make

ALL = "{$ref: '#/components/schemas/All'}"
LISTED = f"{{type: array, items: {ALL}}}"
OTHERS = """\
    All:
      type: object
      properties:
        id: {type: string, readOnly: true}
        pin: {type: string, writeOnly: true}
        side: {type: string, enum: [BUY, SELL]}
        level: {type: integer, enum: [1, 2]}
        legs:
          type: array
          items: {type: object, required: [kind], properties: {kind: {enum: [P, C]}}}
        tags: {type: object, additionalProperties: {type: object, properties: {v: {type: integer}}}}
        place:
          type: object
          properties: {at: {type: string, readOnly: true}, zone: {type: string, enum: [x, y]}}
        either:
          oneOf:
          - type: object
            required: [a]
            properties: {a: {type: string}, r: {type: string, readOnly: true}}
          - {type: object, required: [b], properties: {b: {type: string}}}
        ids: {type: array, items: {$ref: '#/components/schemas/Id'}}
        marks: {$ref: '#/components/schemas/Marks'}
        parent: {$ref: '#/components/schemas/All'}
    Id: {type: string, readOnly: true, enum: [i, j]}
    Marks:
      type: object
      properties: {all: {type: array, items: {$ref: '#/components/schemas/Id'}}}
"""
PETS = """\
    All: {type: object, properties: {pet: {$ref: '#/components/schemas/Pet'}}}
    Pet:
      type: object
      required: [kind]
      discriminator: {propertyName: kind}
      properties: {kind: {type: string}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {
      id: {type: string, readOnly: true}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {
      size: {type: string, enum: [big, small]}}}]}
"""


def path(name: str, schema: str) -> str:
    """Return a path with one operation that takes and gives the same."""
    content = f"content: {{application/json: {{schema: {schema}}}}}"
    return f"""
  /{name}:
    post:
      operationId: send_{name}
      requestBody: {{required: true, {content}}}
      responses: {{'200': {{description: Done., {content}}}}}"""


# As a whole in a list, and member by member.
ORDERS = f"""\
{HEAD}
paths:{path("it", LISTED)}{path("one", ALL)}
components:
  schemas:
{OTHERS}"""


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("orders"), ORDERS, ours=False)


def members(model: Any) -> Mapping[str, str]:
    return {name: str(kind) for name, kind in inspect.get_annotations(model).items()}


def test_only_what_differs_has_a_class_for_requests(orders: Made) -> None:
    named = [name for name in orders.models.__all__ if "Input" in name]
    assert named == ["AllEither1Input", "AllInput", "AllPlaceInput"]
    read, sent = members(orders.models.All), members(orders.models.AllInput)
    differing = {name for name in read.keys() & sent.keys() if read[name] != sent[name]}
    assert differing == {"place", "either", "parent"}
    assert sent.keys() ^ read.keys() == {"id", "pin"}
    assert members(orders.models.AllPlaceInput) == {"zone": "AllPlaceZone | None"}


def test_what_was_read_can_be_sent(orders: Made) -> None:
    value = {
        "id": "1",
        "side": "BUY",
        "level": 2,
        "legs": [{"kind": "P"}],
        "tags": {"t": {"v": 7}},
        "place": {"at": "now", "zone": "x"},
        "ids": ["i"],
        "marks": {"all": ["j"]},
    }
    broker = Broker([value])
    (row,) = orders.client(broker).send_it(body=[orders.models.AllInput(side="SELL")])
    again = orders.models.AllInput(
        side=row.side,
        level=row.level,
        legs=row.legs,
        tags=row.tags,
        place=orders.models.AllPlaceInput(zone=row.place.zone),
        ids=row.ids,
        marks=row.marks,
    )
    orders.client(broker).send_it(body=[again])
    wanted = {name: value[name] for name in value if name != "id"} | {"place": {"zone": "x"}}
    assert broker.json == [wanted]
    broker.answer = value
    arguments = {name: getattr(again, name) for name in wanted}
    orders.client(broker).send_one(**arguments)
    assert broker.json == wanted


def test_arguments_have_the_classes_of_the_component(orders: Made) -> None:
    given = inspect.signature(orders.module.Client.send_one).parameters
    kinds = {name: str(one.annotation) for name, one in given.items()}
    assert kinds["side"] == "AllSide | None"
    assert kinds["place"] == "AllPlaceInput | None"
    assert kinds["either"] == "AllEither1Input | AllEither2 | None"
    assert kinds["parent"] == "AllInput | None"


def test_a_base_class_differs_where_one_that_extends_it_does(making: Making) -> None:
    made = making(ECHOING + PETS, ours=False)
    named = [name for name in made.models.__all__ if "Input" in name]
    assert named == ["CatInput"]
    answer = {"pet": {"kind": "Cat", "id": "7"}}
    broker = Broker(answer)
    found = made.client(broker).send_it(pet=made.models.Dog(kind="Dog", size="big"))
    assert json.loads(broker.last.body or b"") == {"pet": {"kind": "Dog", "size": "big"}}
    assert found.pet == made.models.Cat(kind="Cat", id="7")
