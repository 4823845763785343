"""Schemas put together at random: each becomes a type, whatever it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerspec.generate import Job, read
from brokerspec.models import formats_of

NAMES = ["A", "B", "a.b", "class"]
REFERENCES = st.sampled_from([{"$ref": f"#/components/schemas/{name}"} for name in NAMES])
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


@settings(max_examples=60, deadline=None)
@given(schema=SCHEMAS, components=st.fixed_dictionaries(dict.fromkeys(NAMES, SCHEMAS)))
def test_every_schema_becomes_a_type(
    schema: Any, components: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
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
    spec = Path(tmp_path_factory.getbasetemp()) / "any.json"
    spec.write_text(json.dumps(document), encoding="utf-8")
    api, _ = read(Job(spec, "made", "spec", is_ours=False))
    formats = formats_of(api)
    known = {each.name for each in (*api.models, *api.enums)}
    assert len(known) == len({*api.models, *api.enums})
    for model in api.models:
        assert len({field.name for field in model.fields}) == len(model.fields)
        for field in model.fields:
            assert formats.decodes(field.type)
