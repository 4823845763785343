"""A union of single values is a list of values, with what the document says of each."""

from __future__ import annotations

from enum import EnumType
from typing import Any

import pytest

from brokerspec_runtime.enums import OpenEnum, OpenIntEnum
from generator.making import Broker, Made, Making, answering, read

ROLES = """\
    Role:
      description: What somebody may do.
      default: admin
      oneOf:
        - {title: Admin, const: admin, description: May do everything.}
        - {type: string, enum: [guest], description: May look.}
        - {type: string, enum: [a-b, a b]}
    Level:
      type: integer
      oneOf:
        - {title: LOW, const: 1, description: Hardly any.}
        - {title: very high, const: 3}
        - {const: -1}
"""


def kinds(making: Making, schemas: str, *members: str) -> tuple[Made, dict[str, str]]:
    """Return a client whose answer has members of these schemas, and their annotations."""
    listed = ", ".join(f"m{i}: {text}" for i, text in enumerate(members))
    answer = f"{{type: object, properties: {{{listed}}}}}"
    text = answering(answer).replace("{schemas: {}}", f"\n  schemas:\n{schemas}")
    made = making(text if schemas else answering(answer), ours=False)
    return made, {
        name: str(kind).removesuffix(" | None")
        for name, kind in made.models.GetItAnswer.__annotations__.items()
    }


def test_values_have_their_names_and_meanings(making: Making) -> None:
    made, found = kinds(
        making, ROLES, "{$ref: '#/components/schemas/Role'}", "{$ref: '#/components/schemas/Level'}"
    )
    assert found == {"m0": "Role", "m1": "Level"}
    role, level = made.models.Role, made.models.Level
    assert issubclass(role, OpenEnum)
    assert issubclass(level, OpenIntEnum)
    assert {one.name: one.value for one in role} == {
        "ADMIN": "admin",
        "GUEST": "guest",
        "A_B": "a-b",
        "A_B_2": "a b",
    }
    assert {one.name: one.value for one in level} == {
        "LOW": 1,
        "VERY_HIGH": 3,
        "VALUE_NEGATIVE_1": -1,
    }
    answer: Any = read(made, {"m0": "guest", "m1": 3})
    assert (answer.m0, answer.m1) == (role.GUEST, level.VERY_HIGH)
    assert not read(made, {"m0": "new"}).m0.is_known


@pytest.mark.parametrize(
    "schema",
    [
        "{oneOf: [{const: a}, {const: b}, {type: 'null'}]}",
        "{anyOf: [{const: a}, {enum: [b, a]}], nullable: true}",
        "{type: [string, 'null'], oneOf: [{const: a}, {const: b}]}",
    ],
)
def test_null_may_be_among_them(making: Making, schema: str) -> None:
    made, found = kinds(making, "", schema, "{oneOf: [{const: 1}, {const: 2}]}")
    assert found == {"m0": "GetItAnswerM0", "m1": "GetItAnswerM1"}
    assert [one.value for one in made.models.GetItAnswerM0] == ["a", "b"]
    assert read(made, {"m0": None}).m0 is None


@pytest.mark.parametrize(
    "schema",
    [
        "{oneOf: [{const: a}, {const: 1}]}",
        "{oneOf: [{const: a}, {type: string}]}",
        "{oneOf: [{const: true}, {const: false}]}",
        "{type: integer, oneOf: [{const: a}, {const: b}]}",
        "{oneOf: [{const: a}, {$ref: '#/components/schemas/Other'}]}",
        "{oneOf: [{const: a, default: a}, {const: b}]}",
        "{oneOf: [{type: 'null'}, {type: 'null'}]}",
    ],
)
def test_what_says_more_stays_a_union(making: Making, schema: str) -> None:
    made, _ = kinds(making, "    Other: {type: string, enum: [o, p]}\n", schema)
    enums = [one for one in vars(made.models).values() if isinstance(one, EnumType)]
    assert not [one for one in enums if len(one) > 1 and one.__name__ != "Other"]


def test_values_are_sent(making: Making) -> None:
    made, _ = kinds(making, ROLES, "{$ref: '#/components/schemas/Role'}")
    assert made.models.Role("admin") is made.models.Role.ADMIN
    assert made.client(Broker(b"{}")).get_it() is not None
