"""Headers of the parts of a body that have more than one value: arguments of the method."""

from __future__ import annotations

import asyncio
import inspect
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from brokerspec.generate import Job, read
from brokerspec_runtime import File, InvalidArgument, Request
from generator.making import HEAD, AsyncBroker, Broker, Made, make

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
              required: [file, meta, file_x_sum]
              properties:
                file: {{type: string, format: binary}}
                meta: {{type: object, properties: {{a: {{type: integer}}}}}}
                thumb: {{type: string, format: binary}}
                pages: {{type: array, items: {{type: string, format: binary}}}}
                words: {{type: array, items: {{type: string}}}}
                note: {{type: [string, 'null']}}
                file_x_sum: {{type: string}}
            encoding:
              file:
                headers:
                  X-Sum: {{description: Of the bytes., required: true, schema: {{type: string}}}}
                  X-Kind: {{schema: {{type: string, enum: [scan, photo]}}}}
                  X-Fixed: {{schema: {{const: 7}}}}
                  Content-Type: {{schema: {{type: string}}}}
                  Content-Disposition: {{schema: {{type: string}}}}
              meta:
                contentType: application/json
                headers:
                  X-Time: {{schema: {{type: string, format: date-time}}}}
                  X-Size: {{schema: {{type: number}}}}
                  X-Is: {{schema: {{type: boolean, default: true}}}}
                  X-List: {{schema: {{type: array, items: {{type: integer}}}}}}
                  X-Map: {{explode: true, schema: {{$ref: '#/components/schemas/Pair'}}}}
                  X-Json: {{content: {{application/json: {{schema:
                    {{$ref: '#/components/schemas/Pair'}}}}}}}}
              thumb: {{headers: {{X-Sum: {{$ref: '#/components/headers/Sum'}}}}}}
              pages: {{headers: {{X-Sum: {{$ref: '#/components/headers/Sum'}}}}}}
              words: {{headers: {{X-Sum: {{$ref: '#/components/headers/Sum'}}}}}}
              note: {{headers: {{X-Key: {{schema: {{type: string}}, x-secret: true,
                x-python-name: note_key}}}}}}
              absent: {{headers: {{X-Sum: {{$ref: '#/components/headers/Sum'}}}}}}
      responses:
        '204': {{description: Done.}}
        '400':
          description: Refused.
          content: {{application/json: {{schema:
            {{type: object, properties: {{message: {{type: string}}}}}}}}}}
  /form:
    post:
      operationId: send_form
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {{type: object, properties: {{a: {{type: string}}}}}}
            encoding: {{a: {{headers: {{X-Sum: {{$ref: '#/components/headers/Sum'}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
  /null:
    post:
      operationId: send_null
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [note]
              properties: {{note: {{type: [string, 'null']}}}}
            encoding: {{note: {{headers: {{X-Sum: {{$ref: '#/components/headers/Sum'}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
components:
  headers: {{Sum: {{required: true, schema: {{type: string}}}}}}
  schemas:
    Pair: {{type: object, properties: {{a: {{type: integer}}, b: {{type: string}}}}}}
"""


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("headed"), DOCUMENT, ours=False)


def parts(request: Request) -> list[Message]:
    media_type = request.headers["Content-Type"].encode()
    body = b"Content-Type: " + media_type + b"\r\n\r\n" + (request.body or b"")
    return [part for part in message_from_bytes(body).walk() if not part.is_multipart()]


def sent(made: Made, operation: str = "upload", **arguments: Any) -> list[tuple[str, Any]]:
    """Return the name of each part that was sent, and its own headers."""
    broker = Broker(b"", status=204)
    if operation == "upload":
        arguments = {**base(made), **arguments}
    getattr(made.client(broker), operation)(**arguments)
    assert not any(name.lower().startswith("x-") for name in broker.last.headers)
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            {name: text for name, text in part.items() if name.startswith("X-")},
        )
        for part in parts(broker.last)
    ]


def base(made: Made) -> dict[str, Any]:
    meta = made.models.Meta(a=1)
    return {"file": b"png", "meta": meta, "file_x_sum": "member", "file_x_sum_header": "1a"}


def test_each_header_goes_with_its_part_only(uploads: Made) -> None:
    pair = uploads.models.Pair(a=1, b="two")
    found = sent(
        uploads,
        file_x_kind=uploads.models.FileXKind.SCAN,
        meta_x_time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        meta_x_size=Decimal("1.10"),
        meta_x_is=False,
        meta_x_list=[1, 2],
        meta_x_map=pair,
        meta_x_json=pair,
        thumb=File(b"t", "t.png"),
        thumb_x_sum="2b",
        words=["a", "b"],
        words_x_sum="3c",
    )
    assert found == [
        ("file", {"X-Fixed": "7", "X-Sum": "1a", "X-Kind": "scan"}),
        (
            "meta",
            {
                "X-Time": "2026-01-02T03:04:05+00:00",
                "X-Size": "1.10",
                "X-Is": "false",
                "X-List": "1,2",
                "X-Map": "a=1,b=two",
                "X-Json": '{"a":1,"b":"two"}',
            },
        ),
        ("thumb", {"X-Sum": "2b"}),
        ("words", {"X-Sum": "3c"}),
        ("words", {"X-Sum": "3c"}),
        ("file_x_sum", {}),
    ]


def test_asynchronous_clients_send_the_same(uploads: Made) -> None:
    broker = AsyncBroker(b"", status=204)
    client: Any = uploads.async_client(broker)
    asyncio.run(client.upload(**base(uploads)))
    assert [part["X-Sum"] for part in parts(broker.last)] == ["1a", None, None]


def test_the_signature_says_what_is_needed(uploads: Made) -> None:
    given = inspect.signature(uploads.module.Client.upload).parameters
    needed = [name for name, one in given.items() if one.default is inspect.Parameter.empty]
    assert needed == ["self", "file", "file_x_sum_header", "meta", "file_x_sum"]
    assert given["meta_x_size"].annotation == "Decimal | None"
    assert given["file_x_kind"].annotation == "FileXKind | None"
    assert given["note_key"].annotation == "str | Secret | None"
    said = inspect.getdoc(uploads.module.Client.upload) or ""
    assert "file_x_sum_header: Header of the part 'file'. Of the bytes. Wire name: `X-Sum`" in said
    assert "thumb_x_sum: Header of the part 'thumb'. The part is not sent without it." in said
    assert "meta_x_is: Header of the part 'meta'. Default: True." in said


def test_a_part_is_not_sent_without_a_header_that_it_needs(uploads: Made) -> None:
    for part in ({"thumb": b"t"}, {"words": ["a"]}, {"pages": [File(b"1"), b"2"]}):
        with pytest.raises(InvalidArgument, match="is not sent without its header X-Sum"):
            sent(uploads, **part)
    assert sent(uploads, words=[])[-1] == ("file_x_sum", {})
    with pytest.raises(InvalidArgument, match="is not sent without its header X-Sum"):
        sent(uploads, file_x_sum_header=None)


def test_a_header_without_its_part_is_refused(uploads: Made) -> None:
    lost = "the header X-Sum is given, but not the part"
    with pytest.raises(InvalidArgument, match=lost):
        sent(uploads, thumb_x_sum="2b")
    with pytest.raises(InvalidArgument, match=lost):
        sent(uploads, "send_null", note=None, note_x_sum="2b")
    assert sent(uploads, "send_null", note="n", note_x_sum="2b") == [("note", {"X-Sum": "2b"})]
    assert sent(uploads, "send_null", note=None) == [("None", {})]


def test_files_of_a_list_may_have_a_header_each(uploads: Made) -> None:
    pages = [File(b"1", headers={"x-sum": "4d"}), File(b"2", headers={"X-Sum": "5e"})]
    broker = Broker(b"", status=204)
    client = uploads.client(broker)
    client.upload(**base(uploads), pages=pages)
    assert [part["x-sum"] for part in parts(broker.last)[2:4]] == ["4d", "5e"]
    client.upload(**base(uploads), pages=[*pages, b"3"], pages_x_sum="6f")
    assert [part["x-sum"] for part in parts(broker.last)[2:5]] == ["4d", "5e", "6f"]


@pytest.mark.parametrize("text", ["a\r\nX-More: b", "a\nb", "a\rb", "\x00", "é", "a\u2028b"])
def test_text_that_would_end_a_header_is_refused(uploads: Made, text: str) -> None:
    with pytest.raises(InvalidArgument, match="X-Sum cannot be a header"):
        sent(uploads, file_x_sum_header=text)
    with pytest.raises(InvalidArgument, match="X-Map cannot be a header"):
        sent(uploads, meta_x_map=uploads.models.Pair(a=1, b=text))


def test_an_empty_text_is_a_header_too(uploads: Made) -> None:
    (file, *_) = sent(uploads, file_x_sum_header="")
    assert file[1]["X-Sum"].strip() == ""


def test_secrets_are_not_shown(uploads: Made) -> None:
    arguments = {**base(uploads), "note": "n", "note_key": "hush-hush"}
    prepared: Any = uploads.client(Broker()).prepare.upload(**arguments)
    assert b"X-Key: hush-hush" in prepared.body
    assert "hush-hush" not in repr(prepared)
    broker = Broker({"message": "no hush-hush"}, status=400)
    with pytest.raises(Exception, match=r"\*\*\*") as raised:
        uploads.client(broker).upload(**arguments)
    assert "hush-hush" not in str(raised.value)


def test_what_is_no_part_has_no_header(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT, encoding="utf-8")
    api, found = read(Job(path, "made", "openapi.yaml", is_ours=False))
    assert sorted(one.message for one in found) == [
        "OpenAPI ignores headers of a member of a form that is not in parts",
        "the encoding of 'absent' is left out: the body has no such member",
    ]
    form = next(one for one in api.operations if one.name == "send_form")
    assert [one.name for one in form.arguments] == ["a"]


@pytest.mark.parametrize(
    ("name", "count"),
    [("multipart/form-data", 1), ("application/x-www-form-urlencoded", 1), ("application/json", 0)],
)
def test_a_body_that_is_one_argument_has_no_encodings(
    tmp_path: Path, name: str, count: int
) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(
        f"""{HEAD}
paths:
  /upload:
    post:
      operationId: upload
      requestBody:
        content:
          {name}:
            schema: {{type: object, additionalProperties: {{type: string}}}}
            encoding: {{row: {{contentType: text/csv}}}}
      responses: {{'204': {{description: Done.}}}}
""",
        encoding="utf-8",
    )
    _, found = read(Job(path, "made", "openapi.yaml", is_ours=False))
    told = [one for one in found if "the encoding of 'row' is left out" in one.message]
    assert len(told) == count
