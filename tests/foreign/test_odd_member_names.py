"""Members whose names JSON escapes: read, kept apart, sent back and told of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from brokerspec_runtime.codec import survey, to_builtins
from brokerspec_runtime.errors import UnexpectedResponse
from generator.making import Broker, Made, make

REF = {"$ref": "#/components/schemas/Row"}
# What no class may call a member, and what reads like something that stands for one.
NAMES = ['a"b', "a\\b", "a\nb", "\x01", "tab\there", "{*}", "{=}", "{=}a%22b", '"', "%22", "é\\"]
ROW: dict[str, Any] = {
    "type": "object",
    "required": ["id", 'must"'],
    "properties": {
        "id": {"type": "integer"},
        'must"': {"type": "string"},
        "at\\": {"type": "string", "format": "date-time"},
        "row\n": REF,
    },
}


def document(schemas: dict[str, Any]) -> str:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/All"}}}}
    answer = {"200": {"description": "Done.", **body}}
    operation = {"operationId": "send", "requestBody": body, "responses": answer}
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Odd", "version": "1"},
            "servers": [{"url": "https://api.example.com"}],
            "paths": {"/all": {"put": operation}},
            "components": {"schemas": schemas},
        }
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("odd")
    named = {name: {"type": "integer"} for name in NAMES}
    schemas = {
        "All": {
            "type": "object",
            "properties": {
                "named": {"$ref": "#/components/schemas/Named"},
                "more": {"$ref": "#/components/schemas/More"},
                "row": REF,
                "rows": {"type": "array", "items": REF},
                "either": {"anyOf": [{"$ref": "#/components/schemas/Named"}, REF]},
            },
        },
        "Named": {"type": "object", "properties": named},
        "More": {"type": "object", "properties": named, "additionalProperties": True},
        "Row": ROW,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return make(folder, document(schemas), ours=False)


def answer(made: Made, body: Any, **settings: Any) -> Any:
    return made.client(Broker(body), on_deviation="raise", **settings).send()


def values(model: Any) -> set[object]:
    return {getattr(model, name) for name in model.__struct_fields__}


def test_every_name_has_a_member(made: Made) -> None:
    sent = {name: number for number, name in enumerate(NAMES)}
    assert values(answer(made, {"named": sent}).named) == set(range(len(NAMES)))
    found = answer(made, {"more": {**sent, "other": 1, "{=}other": 2}}).more
    assert found.additional_properties == {"other": 1, "{=}other": 2}
    for number, name in enumerate(NAMES):
        (one,) = values(answer(made, {"named": {name: number}}).named) - {None}
        assert one == number


@pytest.mark.parametrize(
    "body",
    [
        {"named": {name: number for number, name in enumerate(NAMES)}},
        {"more": {**{name: number for number, name in enumerate(NAMES)}, "other": [1]}},
        {"rows": [{"id": 1, 'must"': "a", "row\n": {"id": 2, 'must"': "b"}}]},
        {"either": {"a\nb": 1}},
    ],
)
def test_what_is_read_can_be_sent_back(made: Made, body: dict[str, Any]) -> None:
    broker = Broker(body)
    client = made.client(broker, on_deviation="raise")
    found = client.send()
    (name,) = body
    client.send(**{name: getattr(found, name)})
    assert broker.json == body
    assert _without_none(to_builtins(found)) == body


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value


def test_what_stands_for_a_name_is_none_on_the_wire(made: Made) -> None:
    row = answer(made, {"row": {"id": 1, 'must"': "a", "{=}at%5C": "2026-01-02T03:04:05Z"}}).row
    assert row.at is None
    with pytest.raises(UnexpectedResponse, match='must"'):
        answer(made, {"row": {"id": 1, "{=}must%22": "a"}})


def test_deviations_say_the_name_of_the_wire(made: Made) -> None:
    seen: list[Any] = []
    row = {"id": 1, 'must"': "a", "at\\": "soon", "row\n": {"id": 2}}
    found = made.client(Broker({"row": row}), on_deviation=seen.append).send()
    assert found.row.at is None
    assert [one.path for one in seen] == ["$.row.at\\", '$.row.row\n.must"']
    kind = made.operations.SEND.answer
    told = survey(json.dumps({"row": {**row, "at\\": None, "new": 1}}).encode(), kind)
    assert "$.row.new" in [one.path for one in told]


def test_a_key_twice_is_still_refused(made: Made) -> None:
    twice = b'{"named": {"a\\"b": 1, "a\\u0022b": 2}}'
    with pytest.raises(UnexpectedResponse, match="twice"):
        made.client(Broker(twice)).send()
