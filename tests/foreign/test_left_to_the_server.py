"""Checks that a client leaves to the server, and what it says of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec.generate import Job
from brokerspec.generate import read as lower_job
from generator.making import Making, answering, read, sending, sent


def messages(folder: Path, schema: str) -> list[str]:
    (folder / "their.yaml").write_text(answering(schema), encoding="utf-8")
    found = lower_job(Job(folder / "their.yaml", "their", "t", is_ours=False))[1]
    return [one.message for one in found]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        (
            "{type: object, properties: {a: {}, b: {}}, not: {required: [a, b]}}",
            "not with required",
        ),
        ("{type: string, not: {enum: [a]}}", "not with enum"),
        ("{type: string, not: {const: a}}", "not with enum"),
        ("{not: {type: 'null'}}", "not with type"),
        ("{not: {}}", "not of everything"),
        ("{not: true}", "not of everything"),
        ("{type: string, not: {pattern: '^x'}}", "not"),
        ("{type: string, not: {anyOf: [{minLength: 3}]}}", "not"),
    ],
)
def test_what_not_excludes_is_said_once_for_each_kind(
    tmp_path: Path, schema: str, kind: str
) -> None:
    twice = f"{{type: object, properties: {{x: {schema}, y: {schema}}}}}"
    (message,) = messages(tmp_path, twice)
    assert message.startswith(f"{kind} (2): ")


@pytest.mark.parametrize(
    "schema", ["{type: string, not: {type: 'null'}}", "{type: string, not: false}"]
)
def test_a_not_that_costs_nothing_is_not_said(tmp_path: Path, schema: str) -> None:
    assert messages(tmp_path, schema) == []


@pytest.mark.parametrize(
    "check",
    [
        "not: {required: [a, b]}",
        "dependentRequired: {a: [b]}",
        "propertyNames: {pattern: '^z'}",
        "unevaluatedProperties: false",
        "if: {required: [a]}, then: {required: [b]}, else: {required: [c]}",
        "maxProperties: 1",
    ],
)
def test_no_value_is_held_to_a_check(making: Making, check: str) -> None:
    schema = (
        f"{{type: object, properties: {{a: {{type: integer}}, b: {{type: integer}}}}, {check}}}"
    )
    made = making(sending(schema), ours=False)
    assert sent(made, a=1, b=2) == {"a": 1, "b": 2}
    assert sent(made, a=1) == {"a": 1}
    made = making(answering(schema), ours=False)
    assert read(made, {"a": 1, "b": 2}, on_deviation="raise").b == 2


@pytest.mark.parametrize(
    "check", ["contains: {const: 9}, minContains: 2", "uniqueItems: true, maxItems: 1"]
)
def test_a_list_is_typed_by_its_items_alone(making: Making, check: str) -> None:
    made = making(answering(f"{{type: array, items: {{type: integer}}, {check}}}"), ours=False)
    assert read(made, [1, 1], on_deviation="raise") == [1, 1]


def test_what_a_condition_adds_is_said(tmp_path: Path) -> None:
    schema = (
        "{type: object, properties: {a: {type: string}}, if: {required: [a]},"
        " then: {properties: {b: {type: string}}}}"
    )
    assert [one.partition(":")[0] for one in messages(tmp_path, schema)] == ["'if'", "'then'"]
