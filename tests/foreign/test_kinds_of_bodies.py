"""What a reader of the reference learns about bodies that are no JSON, and what is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec.generate import Job, read
from generator.making import HEAD, Broker, Made, Making, make, sending

DOCUMENT = f"""{HEAD}
paths:
  /it:
    post:
      operationId: send_it
      deprecated: true
      requestBody:
        required: true
        content:
          multipart/mixed; boundary=x:
            schema: {{$ref: '#/components/schemas/Parts'}}
            encoding: {{a: {{headers: {{X-Sum: {{schema: {{type: integer}}}}}}}}}}
          multipart/related: {{schema: {{type: string, format: binary}}}}
          multipart/byteranges: {{}}
          text/csv; charset=iso-8859-1: {{schema: {{type: string}}}}
      responses: {{'204': {{description: Done.}}}}
components:
  schemas:
    Parts:
      type: object
      required: [a, file]
      properties: {{a: {{type: string}}, file: {{type: string, format: binary}}}}
"""
ENCODED = """\
{type: object, properties: {
  rows: {type: array, items: {type: string}}, xml: {type: object, properties: {a: {type: string}}},
  json: {type: object, properties: {b: {type: string}}}}},
  encoding: {rows: {contentType: text/csv}, xml: {contentType: application/xml},
    json: {contentType: application/vnd.a+json}}"""


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("bodies"), DOCUMENT, ours=False)


def test_parts_of_any_multipart_are_arguments(bodies: Made, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"12")
    broker = Broker(b"", status=204)
    bodies.client(broker).send_it(a="1", a_x_sum=7, file=tmp_path / "a.txt")
    assert broker.last.headers["Content-Type"].startswith("multipart/mixed; boundary=")
    body = (broker.last.body or b"").decode()
    assert "X-Sum: 7" in body
    assert 'filename="a.txt"' in body


def test_what_describes_no_parts_is_bytes_or_text(bodies: Made) -> None:
    broker = Broker(b"", status=204)
    client = bodies.client(broker)
    client.send_it_as_bytes(body=b"--x--")
    assert (broker.last.body, broker.last.headers["Content-Type"]) == (
        b"--x--",
        "multipart/related",
    )
    client.send_it_as_csv(body="ü")
    assert broker.last.body == b"\xfc"


def test_the_reference_tells_what_each_method_sends(bodies: Made) -> None:
    text = bodies.files["reference.md"]
    sections = {part.partition("\n")[0]: part for part in text.split("\n### ")}
    assert "· sends `multipart/mixed`\n" in sections["send_it"]
    assert "· sends `multipart/related`\n" in sections["send_it_as_bytes"]
    assert "· sends `multipart/byteranges`\n" in sections["send_it_as_bytes_2"]
    assert "· sends `text/csv; charset=iso-8859-1`\n" in sections["send_it_as_csv"]
    assert "Deprecated: the document advises against it." in sections["send_it"]
    assert "Errors: always `NotSent`" in sections["send_it"]
    assert "Source: ." not in text
    said = bodies.module.Client.send_it_as_csv.__doc__
    assert "Sends text/csv; charset=iso-8859-1." in said
    assert "A `wire.FileContent` is `bytes`" in text


def test_parts_are_what_their_encoding_says_or_a_warning_tells(
    making: Making, tmp_path: Path
) -> None:
    text = sending(ENCODED).replace("application/json", "multipart/form-data")
    (tmp_path / "openapi.yaml").write_text(text, encoding="utf-8")
    _, found = read(Job(tmp_path / "openapi.yaml", "made", "openapi.yaml", is_ours=False))
    assert [one.message for one in found] == [
        "the part 'xml' is sent as JSON: the client writes no 'application/xml'"
    ]
    made = making(text, ours=False)
    broker = Broker(b"", status=204)
    own = made.models
    made.client(broker).send_it(rows=["a", "b"], xml=own.Xml(a="1"), json=own.Json(b="2"))
    lines = (broker.last.body or b"").decode().split("\r\n")
    assert [line for line in lines if line.startswith("Content-Type")] == [
        "Content-Type: text/csv",
        "Content-Type: text/csv",
        "Content-Type: application/json",
        "Content-Type: application/vnd.a+json",
    ]
