"""Which calls the tests of a project make: those of which an example can be made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec.generate import Job, read
from brokerspec.plan_trial import Trials
from generator.making import HEAD

OBJECT = "{type: object, properties: {a: {type: string}}}"


@pytest.mark.parametrize(
    ("place", "schema", "call"),
    [
        ("path", "{type: string}", "get_it(q='text')"),
        ("path", "{type: object}", ""),
        ("path", "{type: array}", "get_it(q=['text'])"),
        ("path", OBJECT, ""),
        ("path", "{type: array, items: {type: integer}}", "get_it(q=[1])"),
        ("query", "{type: object}", "get_it(q={})"),
        ("query", OBJECT, "get_it(q=models.Q())"),
    ],
)
def test_a_path_has_no_room_for_nothing(tmp_path: Path, place: str, schema: str, call: str) -> None:
    spec = tmp_path / "openapi.yaml"
    asked = f"[{{name: q, in: {place}, required: true, schema: {schema}}}]"
    done = "responses: {'204': {description: Done.}}"
    at = "/it/{q}" if place == "path" else "/it"
    get = f"get: {{operationId: get_it, parameters: {asked}, {done}}}"
    spec.write_text(f"{HEAD}\npaths:\n  '{at}':\n    {get}\n")
    api, _ = read(Job(spec, "made", "openapi.yaml", is_ours=False))
    assert [one.call for one in Trials(api).all()] == ([call] if call else [])
