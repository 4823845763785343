"""Bytes are base64 wherever they are no file, in parameters and forms as in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from brokerspec_runtime import InvalidArgument
from generator.making import HEAD, Broker, Made, make

BYTES = "{type: string, format: byte}"
ALL = "{$ref: '#/components/schemas/All'}"
DOCUMENT = f"""{HEAD}
paths:
  /it/{{key}}:
    post:
      operationId: send_it
      parameters:
        - {{name: key, in: path, required: true, schema: {BYTES}}}
        - {{name: list, in: query, explode: false, schema: {{type: array, items: {BYTES}}}}}
        - {{name: either, in: query, schema: {{oneOf: [{BYTES}, {{type: integer}}]}}}}
        - {{name: X-Key, in: header, schema: {BYTES}}}
        - {{name: crumb, in: cookie, schema: {BYTES}}}
      requestBody:
        content:
          application/json: {{schema: {ALL}}}
          application/x-www-form-urlencoded:
            schema: {{type: object, properties: {{a: {BYTES}, all: {ALL}}}}}
          multipart/form-data:
            schema: {{type: object, properties: {{b: {BYTES}, all: {ALL}}}}}
      responses: {{'204': {{description: Done.}}}}
components:
  schemas:
    All: {{type: object, properties: {{c: {BYTES}, more: {{type: array, items: {BYTES}}}}}}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("base64"), DOCUMENT, ours=False)


def sent(made: Made, operation: str = "send_it", **arguments: Any) -> Broker:
    broker = Broker(b"", status=204)
    getattr(made.client(broker), operation)(**{"key": b"hi", **arguments})
    return broker


def test_bytes_in_parameters(made: Made) -> None:
    broker = sent(made, list_=[b"hi", b"\xff\xff\xff"], either=b"1", x_key=b"hi", crumb=b"hi")
    assert broker.last.url.endswith("/it/aGk%3D?list=aGk%3D,%2F%2F%2F%2F&either=MQ%3D%3D")
    assert broker.last.headers["X-Key"] == "aGk="
    assert broker.last.headers["Cookie"] == "crumb=aGk="
    assert sent(made, either=3).query == "either=3"


def test_bytes_in_bodies(made: Made) -> None:
    assert sent(made, c=b"hi", more=[b"1"]).json == {"c": "aGk=", "more": ["MQ=="]}
    every = made.models.All(c=b"hi")
    form = sent(made, "send_it_as_form", a=b"hi", all=every).last.body
    assert form == b"a=aGk%3D&all=%7B%22c%22%3A%22aGk%3D%22%7D"
    parts = (sent(made, "send_it_as_multipart", b=b"hi", all=every).last.body or b"").split(b"\r\n")
    assert b"hi" in parts
    assert json.loads(next(part for part in parts if part.startswith(b"{"))) == {"c": "aGk="}


def test_a_text_is_not_taken_for_bytes(made: Made) -> None:
    with pytest.raises(InvalidArgument, match="expected bytes, got str"):
        sent(made, c="aGk=")
