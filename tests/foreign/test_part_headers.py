"""Headers of the parts of a body, as far as a document leaves no choice."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from brokerspec.generate import Job, read
from brokerspec_runtime import File
from generator.making import HEAD, Broker, Made, make

DOCUMENT = f"""{HEAD}
paths:
  /upload:
    post:
      operationId: upload
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file, note]
              properties:
                file: {{type: string, format: binary}}
                pages: {{type: array, items: {{type: string, format: binary}}}}
                note: {{type: string}}
                meta: {{type: object, properties: {{a: {{type: integer}}}}}}
                words: {{type: array, items: {{type: string}}}}
                plain: {{type: string}}
            encoding:
              file:
                contentType: image/png
                headers:
                  X-Kind: {{schema: {{type: string, enum: [scan]}}}}
                  X-Number: {{schema: {{const: 7}}}}
                  Content-Type: {{schema: {{const: text/plain}}}}
              pages: {{headers: {{X-Kind: {{$ref: '#/components/headers/Kind'}}}}}}
              note: {{headers: {{X-Kind: {{schema: {{const: "it's \\\\ fine"}}}}}}}}
              meta: {{headers: {{X-Kind: {{schema: {{const: true}}}}}}}}
              words:
                headers: {{X-Kind: {{schema: {{const: w}}}}, X-Free: {{schema: {{type: string}}}}}}
              plain:
                headers:
                  X-Bad: {{schema: {{const: "a\\r\\nX-More: b"}}}}
                  'no header': {{schema: {{const: a}}}}
      responses: {{'204': {{description: Done.}}}}
components:
  headers: {{Kind: {{schema: {{$ref: '#/components/schemas/Kind'}}}}}}
  schemas: {{Kind: {{type: string, enum: [page]}}}}
"""


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("uploads"), DOCUMENT, ours=False)


def parts(made: Made, **arguments: Any) -> list[Message]:
    broker = Broker(b"", status=204)
    made.client(broker).upload(**arguments)
    media_type = broker.last.headers["Content-Type"].encode()
    body = b"Content-Type: " + media_type + b"\r\n\r\n" + (broker.last.body or b"")
    return [part for part in message_from_bytes(body).walk() if not part.is_multipart()]


def headers_of(part: Message) -> dict[str, str]:
    return {name: str(text) for name, text in part.items() if name.startswith("X-")}


def test_headers_with_one_value_are_sent(uploads: Made) -> None:
    found = parts(
        uploads,
        file=b"png",
        pages=[b"1", b"2"],
        note="n",
        meta=uploads.models.Meta(a=1),
        words=["a", "b"],
        plain="p",
    )
    assert [headers_of(part) for part in found] == [
        {"X-Kind": "scan", "X-Number": "7"},
        {"X-Kind": "page"},
        {"X-Kind": "page"},
        {"X-Kind": "it's \\ fine"},
        {"X-Kind": "true"},
        {"X-Kind": "w"},
        {"X-Kind": "w"},
        {},
    ]
    assert [part.get_content_type() for part in found[:2]] == [
        "image/png",
        "application/octet-stream",
    ]
    assert found[4].get_payload() == '{"a":1}'


def test_a_file_may_carry_others_and_its_own(uploads: Made) -> None:
    file = File(b"png", "a.png", headers={"x-kind": "photo", "X-Free": "f"})
    first, second = parts(uploads, file=file, note="n")
    assert headers_of(first) == {"X-Number": "7", "X-Free": "f"}
    assert first["x-kind"] == "photo"
    assert first.get_filename() == "a.png"
    assert headers_of(second) == {"X-Kind": "it's \\ fine"}


def test_what_is_left_out_is_not_sent(uploads: Made) -> None:
    assert len(parts(uploads, file=b"png", note="n")) == 2


def test_the_others_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT, encoding="utf-8")
    _, found = read(Job(path, "made", "openapi.yaml", is_ours=False))
    assert [one.message for one in found] == [
        "the header 'no header' is left out: no header has such a name",
        "the header 'X-Bad' is left out: no header can have its only value",
    ]
