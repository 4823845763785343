"""Where the same body is documented as JSON and as a form, files are sent in the form."""

from __future__ import annotations

import pytest

from brokerspec_runtime.multipart import File
from generator.making import HEAD, Broker, Making

JSON, FORM, FILES = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
DONE = "responses: {'204': {description: Done.}}"
FILE = "{type: string, format: binary}"


def spec(members: str, kinds: list[str], more: str = "") -> str:
    """Return a document whose one operation takes a body of some media types."""
    content = ", ".join(f"{kind}: {{schema: {{$ref: '#/components/schemas/A'}}}}" for kind in kinds)
    return f"""{HEAD}
paths:
  /it:
    post: {{operationId: send_it, requestBody: {{content: {{{content}}}}}, {DONE}}}
components:
  schemas:
    A: {{type: object, properties: {{name: {{type: string}}{members}}}{more}}}
    F: {FILE}
    B: {{type: object, properties: {{own: {FILE}, again: {{$ref: '#/components/schemas/B'}}}}}}
"""


def kind_of(making: Making, text: str) -> str:
    broker = Broker(b"", status=204)
    client = making(text, ours=False).client(broker)
    assert not [name for name in dir(client) if name.startswith("send_it_")]
    client.send_it(name="n")
    return {k.lower(): v for k, v in broker.last.headers.items()}["content-type"].split(";")[0]


@pytest.mark.parametrize(
    ("members", "more"),
    [
        (f", file: {FILE}", ""),
        (f", files: {{type: array, items: {FILE}}}", ""),
        (", file: {$ref: '#/components/schemas/F'}", ""),
        (f", file: {{oneOf: [{FILE}, {{type: 'null'}}]}}", ""),
        (", file: {type: string, contentMediaType: application/octet-stream}", ""),
        ("", ", allOf: [{$ref: '#/components/schemas/B'}]"),
    ],
)
def test_a_body_with_files_is_sent_as_a_form(making: Making, members: str, more: str) -> None:
    assert kind_of(making, spec(members, [JSON, FORM, FILES], more)) == FILES


@pytest.mark.parametrize(
    "members",
    [
        "",
        ", raw: {type: string, format: byte}",
        ", raw: {type: string, contentMediaType: image/png, contentEncoding: base64}",
        f", inner: {{type: object, properties: {{file: {FILE}}}}}",
        ", loop: {$ref: '#/components/schemas/A'}",
    ],
)
def test_a_body_without_them_is_sent_as_json(making: Making, members: str) -> None:
    assert kind_of(making, spec(members, [FILES, FORM, JSON])) == JSON


def test_a_file_arrives_as_it_is(making: Making) -> None:
    broker = Broker(b"", status=204)
    made = making(spec(f", file: {FILE}", [JSON, FILES]), ours=False)
    made.client(broker).send_it(name="n", file=File(b"\x00\xff", name="a.bin"))
    assert broker.last.body is not None
    assert b'filename="a.bin"' in broker.last.body
    assert b"\x00\xff" in broker.last.body
