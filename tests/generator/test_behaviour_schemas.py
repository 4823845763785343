"""What the schemas of a careless document are in Python, and what their values are read as."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from brokerspec.generate import Job
from brokerspec.generate import read as lower_job
from brokerspec.naming import unique
from brokerspec_runtime.codec import decode_tolerantly, to_builtins
from brokerspec_runtime.enums import OpenIntEnum
from generator.foreign import decoders
from generator.making import Broker, Made, Making, answering, make, read

COMPONENTS = """
    Base: {type: object, required: [id], properties: {id: {type: integer}, note: {type: string}}}
    Named: {type: object, properties: {name: {type: string}}}
    Side: {type: string, enum: [BUY, SELL]}
    Price: {type: number}
    Maybe: {type: object, nullable: true, properties: {a: {type: integer}}}
    Merged:
      allOf:
        - {$ref: '#/components/schemas/Base'}
        - {$ref: '#/components/schemas/Named'}
        - {required: [name], properties: {id: {type: number}, own: {type: boolean}}}
    Narrowed:
      allOf:
        - {properties: {kind: {type: string, enum: [a, b]}, what: {type: string}}}
        - {properties: {kind: {type: string}, what: {description: More., type: string}}}
    OnlyRequired: {allOf: [{$ref: '#/components/schemas/Named'}, {required: [name]}]}
    Loop: {allOf: [{$ref: '#/components/schemas/Loop'}, {properties: {a: {type: integer}}}]}
    Node: {properties: {next: {$ref: '#/components/schemas/Node'}, kids: {type: array, items:
      {$ref: '#/components/schemas/Node'}}, by: {additionalProperties:
      {$ref: '#/components/schemas/Node'}}}}
    Tree: {type: array, items: {type: object, properties: {below: {$ref:
      '#/components/schemas/Tree'}}}}
    Child: {allOf: [{$ref: '#/components/schemas/Parent'}, {properties: {age: {type: integer}}}]}
    Parent: {properties: {first: {$ref: '#/components/schemas/Child'}}}
    Json: {oneOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/Json'}}]}
    'a.b/c d': {type: object, properties: {x: {type: integer}}}
    'A.B C/D': {type: object, properties: {y: {type: integer}}}
    '123': {type: object, properties: {z: {type: integer}}}
    '☃': {type: object, properties: {s: {type: integer}}}
    Straße: {type: object, properties: {s: {type: integer}}}
    class: {type: object, properties: {c: {type: integer}}}
    Decimal: {type: object, properties: {d: {type: number}}}
    __init__: {type: object, properties: {i: {type: integer}}}
"""
REF = "#/components/schemas/"

# A schema, a value of the wire and what it is read as.
CASES: dict[str, tuple[str, Any, Any]] = {
    "merged": (f"{{$ref: '{REF}Merged'}}", {"id": 1, "name": "n", "own": True},
        {"id": Decimal(1), "note": None, "name": "n", "own": True}),
    "narrowed": (f"{{$ref: '{REF}Narrowed'}}", {"kind": "a"}, {"kind": "a", "what": None}),
    "only_required": (f"{{$ref: '{REF}OnlyRequired'}}", {"name": "n"}, {"name": "n"}),
    "described": (f"{{allOf: [{{$ref: '{REF}Side'}}], description: D.}}", "BUY", "BUY"),
    "described_model": (f"{{allOf: [{{$ref: '{REF}Named'}}], nullable: true}}", None, None),
    "described_scalar": (f"{{allOf: [{{$ref: '{REF}Price'}}, {{description: D}}]}}", 1.10,
        Decimal("1.1")),
    "maybe": (f"{{$ref: '{REF}Maybe'}}", None, None),
    "loop": (f"{{$ref: '{REF}Loop'}}", {"a": 1}, {"a": 1}),
    "node": (f"{{$ref: '{REF}Node'}}", {"kids": [{"by": {"x": {}}}]},
        {"next": None, "by": None, "kids": [{"next": None, "kids": None,
            "by": {"x": {"next": None, "kids": None, "by": None}}}]}),
    "tree": (f"{{$ref: '{REF}Tree'}}", [{"below": [{}]}], [{"below": [{"below": None}]}]),
    "child": (f"{{$ref: '{REF}Child'}}", {"age": 1, "first": {"age": 2}},
        {"age": 1, "first": {"age": 2, "first": None}}),
    "json": (f"{{$ref: '{REF}Json'}}", ["a", ["b"]], ["a", ["b"]]),
    "const_text": ("{const: on}", "on", "on"),
    "const_number": ("{const: 3}", 3, 3),
    "const_flag": ("{const: true}", True, True),
    "const_null": ("{const: null}", None, None),
    "mixed_enum": ("{enum: [1, a, true]}", "a", "a"),
    "number_enum": ("{type: integer, enum: [1, 2]}", 2, 2),
    "flag_enum": ("{type: boolean, enum: [true]}", True, True),
    "null_enum": ("{type: string, enum: [a, null]}", None, None),
    "nullable_enum": ("{enum: [a, b], nullable: true}", None, None),
    "empty_text_enum": ("{type: string, enum: ['', a]}", "", ""),
    "unquoted_enum": ("{type: string, enum: [1, 2]}", "2", "2"),
    "unquoted_flags": ("{type: string, enum: [true, false]}", "true", "true"),
    "no_enum": ("{type: string, enum: []}", "x", "x"),
    "type_array": ("{type: [string, array, 'null'], items: {type: number}}", [1.5],
        [Decimal("1.5")]),
    "digits": ("{type: [string, integer]}", "007", "007"),
    "digits_number": ("{type: [integer, string]}", 7, 7),
    "no_type_items": ("{items: {type: integer}}", [1], [1]),
    "nullable_items": ("{items: {type: integer}, nullable: true}", None, None),
    "no_type_map": ("{additionalProperties: {type: number}}", {"a": 1.5}, {"a": Decimal("1.5")}),
    "patterns": ("{type: object, patternProperties: {'^x': {type: number}}}", {"x": 1.5},
        {"x": Decimal("1.5")}),
    "anything": ("{}", {"a": [1.5]}, {"a": [Decimal("1.5")]}),
    "nothing": ("false", 1, 1),
    "not_that": ("{type: string, not: {enum: [a]}}", "b", "b"),
    "moment": ("{type: string, format: date-time}", "2024-01-02T03:04:05Z",
        datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
    "day": ("{type: string, format: date}", "2024-01-02", date(2024, 1, 2)),
    "uuid": ("{type: string, format: uuid}", "not one", "not one"),
    "odd_format": ("{type: string, format: colour}", "red", "red"),
    "base64": ("{type: string, format: byte}", "YWJj", b"abc"),
    "big": ("{type: string, format: int64}", "9007199254740993", 9007199254740993),
    "amount": ("{type: string, format: decimal}", "1.10", Decimal("1.10")),
    "unknown_type": ("{type: whatever}", [1], [1]),
    "wrong_default": ("{type: integer, default: many}", 1, 1),
    "sibling": (f"{{$ref: '{REF}Named', properties: {{age: {{type: integer}}}}}}",
        {"name": "n", "age": 3}, {"name": "n", "age": 3}),
    "inner": ("{$ref: '#/components/schemas/Node/properties/kids'}", [{}],
        [{"next": None, "kids": None, "by": None}]),
    "dotted": (f"{{$ref: '{REF}a.b~1c%20d'}}", {"x": 1}, {"x": 1}),
    "dotted_twin": (f"{{$ref: '{REF}A.B%20C~1D'}}", {"y": 1}, {"y": 1}),
    "digits_name": (f"{{$ref: '{REF}123'}}", {"z": 1}, {"z": 1}),
    "snowman": (f"{{$ref: '{REF}☃'}}", {"s": 1}, {"s": 1}),
    "street": (f"{{$ref: '{REF}Straße'}}", {"s": 1}, {"s": 1}),
    "keyword": (f"{{$ref: '{REF}class'}}", {"c": 1}, {"c": 1}),
    "builtin": (f"{{$ref: '{REF}Decimal'}}", {"d": 1.5}, {"d": Decimal("1.5")}),
    "dunder": (f"{{$ref: '{REF}__init__'}}", {"i": 1}, {"i": 1}),
    "names": (
        "{type: object, properties: {self: {type: integer}, class: {type: integer}, date: {type: "
        "string, format: date}, str: {type: string}, list: {type: array, items: {type: integer}}, "
        "dict: {type: object}, __struct_fields__: {type: integer}, a-b: {type: integer}, aB: "
        "{type: integer}, A_B: {type: integer}, '': {type: integer}, ünï: {type: integer}}}",
        {"self": 1, "class": 2, "date": "2024-01-02", "str": "s", "list": [1], "dict": {"a": 1},
         "__struct_fields__": 3, "a-b": 4, "aB": 5, "A_B": 6, "": 7, "ünï": 8},
        {"self": 1, "class": 2, "date": date(2024, 1, 2), "str": "s", "list": [1],
         "dict": {"a": 1}, "__struct_fields__": 3, "a-b": 4, "aB": 5, "A_B": 6, "": 7, "ünï": 8},
    ),
}  # fmt: skip
WHOLE = "{type: object, properties: {" + ", ".join(f"{n}: {c[0]}" for n, c in CASES.items()) + "}}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("schemas")
    text = answering(WHOLE).replace(
        "components: {schemas: {}}", f"components:\n  schemas:{COMPONENTS}"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return make(folder, text, ours=False)


@pytest.mark.parametrize("name", CASES)
def test_every_schema_is_read(made: Made, name: str) -> None:
    _, wire, value = CASES[name]
    broker = Broker({name: wire})
    answer = made.client(broker, on_deviation="raise").get_it()
    found = getattr(answer, name)
    plain = to_builtins(found) if isinstance(found, msgspec.Struct | list) else found
    assert plain == value
    assert type(plain) is type(value) or isinstance(plain, str | OpenIntEnum)
    # The path of broken answers reads the same.
    body = msgspec.json.encode({name: wire})
    again, deviations = decode_tolerantly(body, made.operations.GET_IT.answer)
    assert (getattr(again, name), deviations) == (found, ())


def test_every_answer_has_a_decoder(made: Made) -> None:
    assert decoders(made.module.__name__) == []


def test_an_empty_object_is_enough(made: Made) -> None:
    answer = read(made, {}, on_deviation="raise")
    assert set(to_builtins(answer).values()) == {None}


def test_names_say_where_a_class_stands(made: Made) -> None:
    for name in ("GetItAnswerNames", "TreeItem", "Strasse", "ABCD", "ABCD_2", "Decimal_2", "Init"):
        assert hasattr(made.models, name)


def test_a_model_of_several_is_flat_and_the_later_part_wins(made: Made) -> None:
    fields = {field.name: field for field in msgspec.structs.fields(made.models.Merged)}
    assert set(fields) == {"id", "note", "name", "own"}
    assert {name for name, field in fields.items() if field.required} == {"id", "name"}
    assert fields["id"].type is Decimal


DIRECTIONS = """
openapi: 3.0.3
info: {title: Example, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
  /it:
    post:
      operationId: send_it
      requestBody: {required: true, content: {application/json: {schema: {type: array, items:
        {$ref: '#/components/schemas/Account'}}}}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Account'}}}}}
    put:
      operationId: put_it
      requestBody: {required: true, content: {application/json: {schema:
        {$ref: '#/components/schemas/Account'}}}}
      responses: {'204': {description: Done.}}
components:
  schemas:
    Account:
      type: object
      required: [id, name, secret]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, deprecated: true, description: What it is called.}
        secret: {type: string, writeOnly: true}
        owner: {$ref: '#/components/schemas/Owner'}
    Owner: {type: object, properties: {since: {type: string, readOnly: true}, mail: {type: string}}}
"""


def test_what_only_one_direction_has_is_only_there(making: Making) -> None:
    made = making(DIRECTIONS, ours=False)
    models = made.models
    fields = {
        name: [field.name for field in msgspec.structs.fields(getattr(models, name))]
        for name in ("Account", "AccountInput", "Owner", "OwnerInput")
    }
    assert fields == {
        "Account": ["id", "name", "owner"],
        "AccountInput": ["name", "secret", "owner"],
        "Owner": ["since", "mail"],
        "OwnerInput": ["mail"],
    }
    broker = Broker({"id": 1, "name": "n"})
    owner = models.OwnerInput(mail="m")
    made.client(broker).send_it(body=[models.AccountInput(name="n", secret="s", owner=owner)])
    assert broker.json == [{"name": "n", "secret": "s", "owner": {"mail": "m"}}]
    made.client(broker).put_it(name="n", secret="s")
    assert broker.json == {"name": "n", "secret": "s"}
    assert "Deprecated. What it is called." in made.files["models.py"]
    with pytest.raises(TypeError):
        made.client(broker).put_it(id=1, name="n", secret="s")


def test_equal_schemas_without_a_name_share_a_class(making: Making) -> None:
    leg = "{type: object, properties: {a: {type: object, properties: {b: {type: integer}}}}}"
    other = leg.replace("integer", "string")
    row = "{title: Leg row, type: object, properties: {leg: LEG}}"
    places = [row.replace("LEG", each) for each in (leg, leg, other)]
    made = making(answering(f"{{oneOf: [{', '.join(places)}]}}"), ours=False)
    assert decoders(made.module.__name__) == []
    classes = [line for line in made.files["models.py"].splitlines() if line.startswith("class ")]
    assert len(classes) == 6


def test_thousands_of_schemas_of_one_name_are_numbered() -> None:
    names = unique({f"a{number}": "Item" for number in range(20_000)})
    assert len(set(names.values())) == len(names)
    assert names["a19999"] == "Item_20000"


CHAIN = {
    "model": "{{properties: {{next: {{$ref: '#/components/schemas/A{0}'}}}}}}",
    "allOf": "{{allOf: [{{$ref: '#/components/schemas/A{0}'}}, {{properties: {{p: {{}}}}}}]}}",
    "list": "{{type: array, items: {{$ref: '#/components/schemas/A{0}'}}}}",
    "reference": "{{$ref: '#/components/schemas/A{0}'}}",
    "union": "{{oneOf: [{{$ref: '#/components/schemas/A{0}'}}, {{type: string}}]}}",
}


@pytest.mark.parametrize("kind", CHAIN)
def test_schemas_may_refer_to_each_other_deeply(kind: str, tmp_path: Path) -> None:
    links = [f"    A{index}: {CHAIN[kind].format(index + 1)}" for index in range(400)]
    chain = "\n".join([*links, "    A400: {properties: {x: {type: integer}}}"])
    text = answering("{$ref: '#/components/schemas/A0'}")
    spec = tmp_path / "openapi.yaml"
    spec.write_text(text.replace("components: {schemas: {}}", f"components:\n  schemas:\n{chain}"))
    api, _ = lower_job(Job(spec, "made", "spec", is_ours=False))
    assert len(api.models) == {"model": 401, "allOf": 1}.get(kind, 0)


def test_a_title_that_is_the_name_of_its_member_says_nothing(making: Making) -> None:
    def kind(value: str, title: str) -> str:
        return f"{{type: string, const: {value}, title: {title}}}"

    schemas = (
        f"{{Cat: {{type: object, properties: {{type: {kind('cat', 'Type')}}}}}, "
        f"Dog: {{type: object, properties: {{type: {kind('dog', 'Type')}, "
        f"coat_color: {kind('red', 'Coat Color')}, tail: {kind('long', 'Length')}}}}}}}"
    )
    refs = "anyOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]"
    made = making(answering(f"{{{refs}}}", schemas), ours=False)
    assert set(made.models.__all__) == {
        *("Cat", "CatType", "Dog", "DogType", "DogCoatColor", "Length")
    }
