"""What a server assumes for a value that is left out: shown where the value is described."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec import ir
from brokerspec.generate import Job
from brokerspec.generate import read as lower_job
from brokerspec.schema_defaults import written
from generator.making import Making, asking, sending

TEXT = """\
openapi: 3.1.0
info: {title: Pages, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
  /it:
    get:
      operationId: ask_it
      parameters:
        - {name: limit, in: query, description: How many, schema: {type: integer, default: 20}}
        - {name: side, in: query, schema: {$ref: '#/components/schemas/Side'}}
        - {name: level, in: query, schema: {type: integer, enum: [1, 2], default: 2}}
        - {name: needed, in: query, required: true, schema: {type: string, default: x}}
        - {name: wrong, in: query, schema: {type: integer, default: many}}
        - {name: odd, in: query, schema: {type: string, default: "a\\n'''\\"\\"\\" {{ x }} \\\\"}}
        - {name: key, in: query, x-secret: true, schema: {type: string, default: hunter2}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Row'}}}}}
components:
  schemas:
    Side: {type: string, enum: [buy, sell], default: sell}
    Row: {type: object, required: [id], properties: {
      id: {type: integer, default: 1},
      ratio: {type: number, default: 0.10, description: The ratio},
      isOpen: {type: boolean, default: false},
      side: {$ref: '#/components/schemas/Side'},
      names: {type: array, items: {type: string}, default: [a, b]}}}
"""


def test_they_are_in_docstrings_and_in_the_reference(making: Making, tmp_path: Path) -> None:
    made = making(TEXT, ours=False)
    doc = made.module.Client.ask_it.__doc__
    assert "limit: How many. Default: 20." in doc
    assert "side: Default: Side.SELL." in doc
    assert "level: Default: Level.VALUE_2." in doc
    assert "hunter2" not in str(made.files)
    assert doc.count("Default:") == 4
    models = made.files["models.py"]
    assert '"""The ratio. Default: 0.10."""' in models
    assert '"""Default: False. Wire name: `isOpen`."""' in models
    assert '"""Default: [\'a\', \'b\']."""' in models
    assert "Default: 1." not in models
    reference = made.files["reference.md"]
    assert "| How many. Default: `20`. |" in reference
    assert "Default: `Side.SELL`." in reference
    found = lower_job(Job(tmp_path / "openapi.yaml", "their", "t", is_ours=False))[1]
    assert [one.message for one in found] == ["the default 'many' is not shown: it is no int"]


def test_a_body_says_them_too(making: Making) -> None:
    schema = "{type: object, properties: {a: {type: number, default: 1.50}}}"
    made = making(sending(schema), ours=False)
    assert "a: Default: 1.50." in made.module.Client.send_it.__doc__


def test_a_default_beside_a_reference_counts(making: Making) -> None:
    text = asking("[{name: a, in: query, schema: {$ref: '#/components/schemas/A', default: 2}}]")
    text += "components: {schemas: {A: {type: integer, default: 1}}}\n"
    made = making(text, ours=False)
    assert "a: Default: 2." in made.module.Client.ask_it.__doc__


ENUMS = {
    "Side": ir.Enum("Side", "", (ir.Member("BUY", "buy"), ir.Member("TRUE", "true"))),
    "Level": ir.Enum("Level", "", (ir.Member("LOW", 1),), is_number=True),
}
TEXTS = ir.Scalar("str")
WHOLE = ir.Scalar("int")


@pytest.mark.parametrize(
    ("type_", "value", "shown"),
    [
        (TEXTS, "a'b", '"a\'b"'),
        (TEXTS, 1, None),
        (TEXTS, "\u202e", "'\\u202e'"),
        (TEXTS, "x" * 100, ""),
        (TEXTS, None, ""),
        (WHOLE, 5, "5"),
        (WHOLE, True, None),
        (WHOLE, "5", None),
        (ir.Scalar("int", is_text=True), "5", "5"),
        (ir.Scalar("int", is_text=True), "five", None),
        (ir.Scalar("bool"), True, "True"),
        (ir.Scalar("bool"), "yes", None),
        (ir.Scalar("Decimal"), 5, "5"),
        (ir.Scalar("Secret"), "s", ""),
        (ir.Scalar("bytes"), "s", ""),
        (ir.Scalar("datetime", "date-time"), "2020-01-01T00:00:00Z", "'2020-01-01T00:00:00Z'"),
        (ir.Scalar("Any"), {"a": [1, None]}, "{'a': [1, None]}"),
        (ir.Named("Side"), "buy", "Side.BUY"),
        (ir.Named("Side"), True, "Side.TRUE"),
        (ir.Named("Side"), "hold", None),
        (ir.Named("Level", is_number=True), 1, "Level.LOW"),
        (ir.Named("Level", is_number=True), [1], None),
        (ir.Named("Row"), {}, "{}"),
        (ir.Named("Row"), "x", None),
        (ir.ListOf(ir.Named("Side")), ["buy"], "[Side.BUY]"),
        (ir.ListOf(WHOLE), ["a"], None),
        (ir.ListOf(WHOLE), 1, None),
        (ir.TupleOf((WHOLE, TEXTS)), [1, "a"], "[1, 'a']"),
        (ir.TupleOf((WHOLE, TEXTS)), [1], None),
        (ir.MapOf(WHOLE), {"a": 1}, "{'a': 1}"),
        (ir.MapOf(WHOLE), {"a": "b"}, None),
        (ir.OneOf((WHOLE, TEXTS)), "a", "'a'"),
        (ir.OneOf((WHOLE, TEXTS)), [], None),
        (ir.Nullable(WHOLE), 1, "1"),
    ],
)
def test_each_type_has_its_own(type_: ir.TypeRef, value: object, shown: str | None) -> None:
    assert written(type_, value, ENUMS) == shown
