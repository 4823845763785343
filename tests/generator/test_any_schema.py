"""Schemas put together at random: each becomes a type, whatever it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from brokerspec import ir
from brokerspec.generate import Job, read
from brokerspec.models import formats_of

NAMES = ["A", "B", "a.b", "class"]
REFERENCES = st.sampled_from([{"$ref": f"#/components/schemas/{name}"} for name in NAMES])
A, B = ({"$ref": f"#/components/schemas/{name}"} for name in "AB")
VALUES = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a", "A", "1"])
TYPES = st.sampled_from(
    ["string", "integer", "number", "boolean", "array", "object", "null", "odd"]
)
MEMBERS = st.sampled_from(["a", "A", "self", "kind", "date", ""])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, max_size=3)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": TYPES | st.lists(TYPES, max_size=2),
        "properties": st.dictionaries(MEMBERS, inner, max_size=2),
        "required": st.lists(MEMBERS, max_size=2),
        "items": inner,
        "prefixItems": several,
        "additionalProperties": inner | st.booleans(),
        "patternProperties": st.dictionaries(st.just("^a"), inner, max_size=1),
        "allOf": several,
        "anyOf": several,
        "oneOf": several,
        "not": inner,
        "enum": st.lists(VALUES, max_size=3),
        "const": VALUES,
        "default": VALUES,
        "format": st.sampled_from(["date", "date-time", "byte", "int64", "decimal", "odd"]),
        "nullable": st.booleans(),
        "readOnly": st.booleans(),
        "writeOnly": st.booleans(),
        "title": st.sampled_from(["Row", "A row", "☃"]),
        "discriminator": st.just({"propertyName": "kind", "mapping": {"x": "A", "y": "nowhere"}}),
    }
    return st.fixed_dictionaries({}, optional=keywords)


SCHEMAS = st.recursive(REFERENCES | st.just({}) | st.booleans(), _schemas, max_leaves=8)


def _lowered(schema: Any, components: Any, folder: Path) -> ir.Api:
    content = {"content": {"application/json": {"schema": schema}}}
    operation = {
        "operationId": "do_it",
        "requestBody": content,
        "responses": {"200": {"description": "Done.", **content}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Any", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {"/it": {"post": operation}},
        "components": {"schemas": components},
    }
    spec = folder / "any.json"
    spec.write_text(json.dumps(document), encoding="utf-8")
    return read(Job(spec, "made", "spec", is_ours=False))[0]


# A failure is not made smaller: a document takes long, and its keys say enough.
@settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(schema=SCHEMAS, components=st.fixed_dictionaries(dict.fromkeys(NAMES, SCHEMAS)))
def test_every_schema_becomes_a_type(
    schema: Any, components: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    api = _lowered(schema, components, Path(tmp_path_factory.getbasetemp()))
    formats = formats_of(api)
    known = {each.name for each in (*api.models, *api.enums)}
    assert len(known) == len({*api.models, *api.enums})
    for model in api.models:
        assert len({field.name for field in model.fields}) == len(model.fields)
        for field in model.fields:
            assert formats.decodes(field.type)


@pytest.mark.parametrize(
    ("first", "second", "members"),
    [
        ({"properties": {"a": {}}, "anyOf": [A]}, {}, ["a"]),
        ({"properties": {"a": {}}, "anyOf": [B]}, {"oneOf": [A]}, ["a"]),
        ({"properties": {"a": {}}, "anyOf": [B]}, {"properties": {"b": {}}, "oneOf": [A]}, "ab"),
        ({"allOf": [B], "anyOf": [A]}, {"properties": {"b": {}}}, ["b"]),
    ],
)
def test_an_option_that_leads_back_to_the_whole_adds_nothing(
    tmp_path: Path, first: Any, second: Any, members: str
) -> None:
    api = _lowered(A, {"A": first, "B": second}, tmp_path)
    assert {field.name for model in api.models for field in model.fields} == {*members}
