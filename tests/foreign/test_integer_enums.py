"""Lists of integers: named where the document names them, open in answers, closed in requests."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from brokerspec_runtime.codec import decode, survey, to_builtins
from brokerspec_runtime.enums import OpenIntEnum
from brokerspec_runtime.errors import InvalidArgument
from generator.making import (
    ECHOING,
    Broker,
    Made,
    Making,
    answering,
    asking,
    make,
    read,
    sending,
    sent,
)

TEXT = (
    ECHOING
    + """\
    Bare: {type: integer, enum: [1, 0, -3]}
    Named: {type: integer, enum: [1, 2], x-enum-varnames: [LOW, HIGH],
      x-enum-descriptions: [Not much., A lot.]}
    Net: {type: integer, enum: [1, 2], x-enumNames: [Low, name]}
    Told: {type: integer, enum: [1, 2, 3], x-enum-descriptions: [Active, Closed by user., This is
      too long to be a name.]}
    Map: {type: integer, enum: [10, 20], x-enum-varnames: {'10': TEN, '20': TWENTY}}
    Empty: {type: [integer, 'null'], enum: [null, 7, 8], x-enum-varnames: [NONE, SEVEN, EIGHT]}
    Quoted: {type: integer, enum: ['1', 2.0, 2]}
    Large: {type: integer, enum: [9223372036854775807, 1]}
    Card: {type: object, required: [version], properties: {version: {const: 1}, a: {type: string}}}
    Bank: {type: object, required: [version], properties: {version: {type: integer, const: 2}, a: {
      type: string}}}
    All:
      type: object
      properties:
        bare: {$ref: '#/components/schemas/Bare'}
        named: {$ref: '#/components/schemas/Named'}
        net: {$ref: '#/components/schemas/Net'}
        told: {$ref: '#/components/schemas/Told'}
        map: {$ref: '#/components/schemas/Map'}
        empty: {$ref: '#/components/schemas/Empty'}
        quoted: {$ref: '#/components/schemas/Quoted'}
        large: {$ref: '#/components/schemas/Large'}
        inline: {enum: [4, 5]}
        rows: {type: array, items: {$ref: '#/components/schemas/Bare'}}
        paid: {oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Bank'}]}
        either: {oneOf: [{$ref: '#/components/schemas/Bare'}, {type: string}]}
        wide: {anyOf: [{$ref: '#/components/schemas/Bare'}, {type: integer}]}
        amount: {anyOf: [{$ref: '#/components/schemas/Bare'}, {type: number}]}
        half: {type: number, enum: [0.5, 1]}
        flag: {type: boolean, enum: [true]}
        mixed: {enum: [1, a]}
"""
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("levels")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return make(folder, TEXT, ours=False)


def answer(made: Made, member: str, text: str, **settings: Any) -> Any:
    broker = Broker(f'{{"{member}": {text}}}'.encode())
    return getattr(made.client(broker, **settings).send_it(), member)


def sending_it(made: Made, **given: Any) -> Any:
    broker = Broker({})
    made.client(broker).send_it(**given)
    return broker.json


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("Bare", {"VALUE_1": 1, "VALUE_0": 0, "VALUE_NEGATIVE_3": -3}),
        ("Named", {"LOW": 1, "HIGH": 2}),
        ("Net", {"Low": 1, "NAME": 2}),
        ("Told", {"ACTIVE": 1, "CLOSED_BY_USER": 2, "VALUE_3": 3}),
        ("Map", {"TEN": 10, "TWENTY": 20}),
        ("Empty", {"SEVEN": 7, "EIGHT": 8}),
        ("Quoted", {"VALUE_1": 1, "VALUE_2": 2}),
        ("AllInline", {"VALUE_4": 4, "VALUE_5": 5}),
    ],
)
def test_members_have_names(made: Made, name: str, members: dict[str, int]) -> None:
    enum = getattr(made.models, name)
    assert issubclass(enum, OpenIntEnum)
    assert {one: member.value for one, member in enum.__members__.items()} == members


def test_answers_keep_what_no_list_has(made: Made) -> None:
    known = answer(made, "named", "2")
    assert (known, known is made.models.Named.HIGH, known.is_known) == (2, True, True)
    unknown = answer(made, "named", "7", on_deviation="ignore")
    assert (unknown, type(unknown), unknown.is_known) == (7, made.models.Named, False)
    assert unknown != known
    assert 7 not in {member.value for member in made.models.Named}
    assert answer(made, "rows", "[1, 9]", on_deviation="ignore") == [1, 9]
    assert answer(made, "large", "9223372036854775807") == 9223372036854775807
    assert answer(made, "empty", "null") is None


@pytest.mark.parametrize("text", ["1", '"1"', "1.0", "1e0"])
def test_a_number_is_read_however_it_is_written(made: Made, text: str) -> None:
    assert answer(made, "named", text) is made.models.Named.LOW


@pytest.mark.parametrize("text", ["true", "1.5", '"x"', "[]", '"1_0"'])
def test_what_is_no_integer_is_a_deviation(made: Made, text: str) -> None:
    seen: list[Any] = []
    assert answer(made, "named", text, on_deviation=seen.append) is None
    assert [one.path for one in seen] == ["$.named"]


def test_unknown_values_can_be_found(made: Made) -> None:
    kind = made.operations.SEND_IT.answer
    assert [one.path for one in survey(b'{"named": 7, "bare": 1}', kind)] == ["$.named"]
    (value, deviations) = decode(b'{"named": 123456789012345678901234567890}', kind)
    assert (value.named, deviations) == (123456789012345678901234567890, ())


def test_it_is_a_number_everywhere(made: Made) -> None:
    value = answer(made, "named", "7", on_deviation="ignore")
    assert (str(value), f"{value}", value + 1, hash(value)) == ("7", "7", 8, 7)
    assert to_builtins({"a": value}) == {"a": 7}
    assert pickle.loads(pickle.dumps(made.models.Named.LOW)) is made.models.Named.LOW


def test_requests_take_the_enum_and_its_number(made: Made) -> None:
    named = made.models.Named
    assert sending_it(made, named=named.HIGH, bare=-3) == {"named": 2, "bare": -3}
    assert sending_it(made, rows=[1, made.models.Bare.VALUE_0]) == {"rows": [1, 0]}


@pytest.mark.parametrize("wrong", [3, True, "1", 1.0])
def test_requests_refuse_what_is_not_listed(made: Made, wrong: object) -> None:
    for given in ({"named": wrong}, {"rows": [wrong]}):
        with pytest.raises(InvalidArgument, match=r"is no|expected int"):
            sending_it(made, **given)


def test_an_unknown_value_of_an_answer_cannot_be_sent(made: Made) -> None:
    value = answer(made, "named", "7", on_deviation="ignore")
    with pytest.raises(InvalidArgument, match="7 is no Named; allowed: 1, 2"):
        sending_it(made, named=value)


def test_unions_are_told_apart_by_them(made: Made) -> None:
    assert type(answer(made, "paid", '{"version": 2, "a": "b"}')) is made.models.Bank
    assert type(answer(made, "paid", '{"version": 1, "a": "b"}')) is made.models.Card
    assert type(answer(made, "either", "1")) is made.models.Bare
    assert answer(made, "either", '"1"') == "1"
    assert type(answer(made, "wide", "1")) is made.models.Bare
    assert type(answer(made, "wide", "9")) is int
    assert answer(made, "amount", "9.5") == answer(made, "half", "9.5")
    assert sending_it(made, either=1, wide=99, amount=77) == {
        "either": 1,
        "wide": 99,
        "amount": 77,
    }
    with pytest.raises(InvalidArgument):
        sending_it(made, either=2)


def test_other_lists_are_the_types_of_their_values(made: Made) -> None:
    assert str(answer(made, "half", "0.5")) == "0.5"
    assert answer(made, "flag", "false") is False
    assert [answer(made, "mixed", text) for text in ("1", '"a"', '"z"')] == [1, "a", "z"]


def test_parameters_are_held_to_the_list(making: Making) -> None:
    schema = "{type: integer, enum: [1, -2]}"
    text = asking(
        f"[{{name: level, in: path, required: true, schema: {schema}}},"
        f" {{name: side, in: query, schema: {schema}}},"
        f" {{name: many, in: query, schema: {{type: array, items: {schema}}}}},"
        f" {{name: X-Level, in: header, schema: {schema}}}]",
        "/it/{level}",
    )
    made = making(text, ours=False)
    broker = Broker(b"", status=204)
    side = made.models.Side.VALUE_NEGATIVE_2
    made.client(broker).ask_it(level=1, side=side, many=[1, -2], x_level=1)
    assert broker.last.url.endswith("/it/1?side=-2&many=1&many=-2")
    assert broker.last.headers["X-Level"] == "1"
    with pytest.raises(InvalidArgument, match="3 is no Side"):
        made.client(broker).ask_it(level=1, side=3)


def test_an_argument_says_that_a_number_will_do(making: Making) -> None:
    made = making(
        sending("{type: object, properties: {a: {type: integer, enum: [1]}}}"), ours=False
    )
    assert "a: A | int | None = None" in made.files["client.py"]
    assert sent(made, a=1) == {"a": 1}


def test_a_constant_is_sent_and_read_as_its_number(making: Making) -> None:
    schema = "{type: object, required: [v], properties: {v: {type: integer, const: 3}}}"
    assert sent(making(sending(schema), ours=False)) == {"v": 3}
    made = making(answering(schema), ours=False)
    assert read(made, {"v": 3}).v == 3
