"""What generated clients send as bodies: forms, files, texts, and several media types."""

from __future__ import annotations

import inspect
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest

from brokerspec_runtime import InvalidArgument, multipart
from brokerspec_runtime.multipart import File
from generator.making import HEAD, Broker, Made, Making, sending

DONE = "responses: {'204': {description: Done.}}"


@pytest.fixture(autouse=True)
def _one_boundary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "new_boundary", lambda: "b")


def taking(content: str, *, required: bool = True, components: str = "{}") -> str:
    """Return a spec with one operation, `send_it`, whose body has any media types."""
    return f"""{HEAD}
paths:
  /it:
    post:
      operationId: send_it
      requestBody:
        required: {str(required).lower()}
        content: {content}
      {DONE}
components: {{schemas: {components}}}
"""


def sent(made: Made, method: str = "send_it", **arguments: Any) -> tuple[str, bytes | None]:
    broker = Broker(b"", status=204)
    getattr(made.client(broker), method)(**arguments)
    return broker.last.headers.get("Content-Type", ""), broker.last.body


def arguments_of(made: Made, method: str = "send_it") -> list[str]:
    return [*inspect.signature(getattr(made.module.Client, method)).parameters][1:]


# Forms.


def test_members_of_a_form_in_every_style(making: Making) -> None:
    made = making(
        taking(
            """
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                items: {type: array, items: {$ref: '#/components/schemas/Item'}}
                tags: {type: array, items: {type: string}}
                joined: {type: array, items: {type: integer}}
                meta: {type: object, additionalProperties: {type: string}}
                deep: {anyOf: [{$ref: '#/components/schemas/Item'}, {type: string, enum: ['']}]}
                price: {type: number}
            encoding:
              items: {style: deepObject, explode: true}
              joined: {style: form, explode: false}
              deep: {style: deepObject, explode: true}""",
            components="{Item: {type: object, required: [qty], properties: "
            "{qty: {type: integer}, price: {type: number}}}}",
        ),
        ours=False,
    )
    item = made.models.Item(qty=1, price=Decimal("1.10"))
    media_type, body = sent(
        made,
        items=[item],
        tags=["a", "b c"],
        joined=[1, 2],
        meta={"k": "v"},
        deep=item,
        price=Decimal("1E+1"),
    )
    assert media_type == "application/x-www-form-urlencoded"
    assert parse_qsl((body or b"").decode(), keep_blank_values=True) == [
        *(("items[0][qty]", "1"), ("items[0][price]", "1.10"), ("tags", "a"), ("tags", "b c")),
        *(("joined", "1,2"), ("meta", '{"k":"v"}'), ("deep[qty]", "1"), ("deep[price]", "1.10")),
        ("price", "10"),
    ]
    assert sent(made, deep="")[1] == b"deep="


def test_a_form_as_a_whole(making: Making) -> None:
    made = making(
        sending("{type: object, additionalProperties: true}", media="x-www-form-urlencoded")
    )
    assert sent(made, body={"a": ["x", "y"], "b": 1})[1] == b"a=x&a=y&b=1"
    with pytest.raises(InvalidArgument):
        sent(made, body=["a"])


# Parts and files.

UPLOAD = """
          multipart/form-data:
            schema:
              type: object
              required: [file, kind]
              properties:
                file: {type: string, format: binary}
                kind: {type: string, enum: [A, B]}
                pages: {type: array, items: {type: string, format: binary}}
                icon: {type: string, contentMediaType: image/png}
                meta: {type: object, properties: {a: {type: number}}}
                rows: {type: array, items: {type: object, properties: {a: {type: integer}}}}
                note: {type: string}
                csv: {type: string}
            encoding:
              file: {contentType: 'application/pdf, image/*'}
              csv: {contentType: text/csv}"""


def test_files_and_other_parts(making: Making) -> None:
    made = making(taking(UPLOAD), ours=False)
    assert arguments_of(made)[:2] == ["file", "kind"]
    media_type, body = sent(
        made,
        file=File(io.BytesIO(b"%PDF"), "a.pdf"),
        kind="A",
        pages=[b"1", File(b"2", "2.txt", "text/plain")],
        icon=b"png",
        meta=made.models.Meta(a=Decimal("1.10")),
        rows=[made.models.RowsItem(a=1), made.models.RowsItem(a=2)],
        note="n",
        csv="a,b",
    )
    assert media_type == "multipart/form-data; boundary=b"

    def part(head: str, content: str) -> str:
        return f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n"

    json_ = "\r\nContent-Type: application/json"
    assert (body or b"").decode() == "".join(
        [
            part('name="file"; filename="a.pdf"\r\nContent-Type: application/pdf', "%PDF"),
            part('name="kind"', "A"),
            part('name="pages"; filename="pages"\r\nContent-Type: application/octet-stream', "1"),
            part('name="pages"; filename="2.txt"\r\nContent-Type: text/plain', "2"),
            part('name="icon"; filename="icon"\r\nContent-Type: application/octet-stream', "png"),
            part(f'name="meta"{json_}', '{"a":1.10}'),
            part(f'name="rows"{json_}', '{"a":1}'),
            part(f'name="rows"{json_}', '{"a":2}'),
            part('name="note"', "n"),
            part('name="csv"\r\nContent-Type: text/csv', "a,b"),
            "--b--\r\n",
        ]
    )


@pytest.mark.parametrize("wrong", ["text", 1, [b"a"]])
def test_a_file_is_bytes(making: Making, wrong: object) -> None:
    made = making(taking(UPLOAD), ours=False)
    with pytest.raises(InvalidArgument, match="bytes"):
        sent(made, file=wrong, kind="A")


def test_a_file_is_sent_again_whole_and_never_shown(making: Making) -> None:
    made = making(taking(UPLOAD), ours=False)
    prepared = made.client().prepare.send_it(file=io.BytesIO(b"content of it"), kind="A")
    assert "content of it" in (prepared.body or b"").decode()
    assert "content of it" not in repr(prepared)
    assert prepared.shown
    assert "<13 bytes>" in prepared.shown.body


# Bodies that are neither.


@pytest.mark.parametrize(
    ("media", "given", "expected"),
    [
        ("application/octet-stream", b"\x00", b"\x00"),
        ("image/png", File(b"p", "a.png"), b"p"),
        ("application/pdf", io.BytesIO(b"pdf"), b"pdf"),
        ("text/plain", "ü", "ü".encode()),
        ("text/csv", "a,b", b"a,b"),
        ("application/xml", "<a/>", b"<a/>"),
        ("application/merge-patch+json", {"a": [1]}, b'{"a":[1]}'),
        ("application/vnd.api+json", {"a": [1]}, b'{"a":[1]}'),
    ],
)
def test_one_media_type(making: Making, media: str, given: object, expected: bytes) -> None:
    made = making(taking(f"{{{media}: {{}}}}"), ours=False)
    assert sent(made, body=given) == (media, expected)


def test_ranges_of_media_types_are_narrowed(making: Making) -> None:
    any_ = making(taking("{'*/*': {schema: {type: string, format: binary}}}"), ours=False)
    assert sent(any_, body=b"x") == ("application/octet-stream", b"x")
    assert sent(any_, body=File(b"x", "", "a/b")) == ("a/b", b"x")
    json_ = making(taking("{'*/*': {schema: {type: array, items: {type: integer}}}}"), ours=False)
    assert sent(json_, body=[1]) == ("application/json", b"[1]")


def test_each_shape_of_a_body_has_a_method(making: Making) -> None:
    shape = "{type: object, required: [a], properties: {a: {type: integer}}}"
    made = making(
        taking(
            f"""
          text/plain: {{schema: {{type: string}}}}
          application/xml: {{schema: {shape}}}
          application/octet-stream: {{schema: {{type: string, format: binary}}}}
          application/x-www-form-urlencoded: {{schema: {{type: object, properties: {{b: {{}}}}}}}}
          application/json: {{schema: {shape}}}"""
        ),
        ours=False,
    )
    assert sent(made, a=1) == ("application/json", b'{"a":1}')
    assert sent(made, "send_it_as_form", b="x")[1] == b"b=x"
    assert sent(made, "send_it_as_bytes", body=b"x") == ("application/octet-stream", b"x")
    assert sent(made, "send_it_as_text", body="x") == ("text/plain", b"x")
    assert not hasattr(made.module.Client, "send_it_as_xml")


# What is an argument.


def test_members_that_only_answers_have_are_no_arguments(making: Making) -> None:
    made = making(
        sending(
            "{type: object, required: [id, a], properties: {id: {type: string, readOnly: true}, "
            "a: {type: string}, b: {$ref: '#/components/schemas/Stamp'}}}",
            "{Stamp: {type: string, format: date-time, readOnly: true}}",
        )
    )
    assert arguments_of(made) == ["a"]


def test_names_that_collide_tell_their_place(making: Making) -> None:
    made = making(
        f"""{HEAD}
paths:
  /it/{{id}}:
    post:
      operationId: send_it
      parameters:
        - {{name: id, in: path, required: true, schema: {{type: string}}}}
        - {{name: id, in: query, schema: {{type: string}}}}
        - {{name: Id, in: header, schema: {{type: string}}}}
        - {{name: body, in: query, schema: {{type: string}}}}
        - {{name: from, in: query, schema: {{type: string}}}}
      requestBody: {{required: true, content: {{application/json: {{schema: {{type: object,
        properties: {{id: {{type: string}}, ID: {{type: string}}, from: {{}}}}}}}}}}}}
      {DONE}
""",
        ours=False,
    )
    names = ["id", "id_query", "body", "from_", "id_header", "id_body", "id_body_2", "from_body"]
    assert arguments_of(made) == names


def test_an_optional_body_is_left_out_when_nothing_is_given(making: Making) -> None:
    made = making(
        taking(
            "{application/json: {schema: {type: object, properties: {a: {type: string}}}}}",
            required=False,
        )
    )
    assert sent(made) == ("", None)
    assert sent(made, a="x") == ("application/json", b'{"a":"x"}')


def test_a_body_may_be_null(making: Making) -> None:
    made = making(sending("{type: [string, 'null']}"))
    assert [sent(made, body=value)[1] for value in (None, "x")] == [b"null", b'"x"']


@pytest.mark.parametrize("schema", ["{type: integer}", "{}", "{type: [object, 'null']}"])
def test_any_json_is_one_argument(making: Making, schema: str) -> None:
    made = making(sending(schema))
    value: object = 5 if "integer" in schema else {"a": [True]}
    assert json.loads(sent(made, body=value)[1] or b"") == value


@pytest.mark.parametrize("value", [None, {"a": None, "b": [None, {"c": None}]}, [None]])
def test_null_in_a_value_of_any_type_is_sent(making: Making, value: object) -> None:
    whole = making(sending("{}"), ours=False)
    assert json.loads(sent(whole, body=value)[1] or b"") == value
    members = "{one: {}, map: {type: object, additionalProperties: {type: [string, 'null']}}}"
    parts = making(sending(f"{{required: [one], properties: {members}}}"), ours=False)
    body = sent(parts, one=value, map={"a": None, "b": "x"})[1]
    assert json.loads(body or b"") == {"one": value, "map": {"a": None, "b": "x"}}


@pytest.mark.parametrize("text", ["1E+400", "1E-400", "123456789012345678901", "0.0000000001"])
def test_a_number_that_is_no_money_has_any_size(making: Making, text: str) -> None:
    made = making(sending("{type: number}"), ours=False)
    assert sent(made, body=Decimal(text))[1] == str(Decimal(text)).encode()
    with pytest.raises(InvalidArgument, match="finite"):
        sent(made, body=Decimal("Infinity"))


def test_the_items_of_a_tuple_are_sent_as_what_they_are(making: Making) -> None:
    row = "{type: object, properties: {on: {type: string, format: date}}}"
    made = making(sending(f"{{type: array, prefixItems: [{{type: number}}, {row}]}}"), ours=False)
    [kind] = [one for name, one in vars(made.module.models).items() if name.startswith("Body")]
    item = kind(on=date(2024, 1, 2))
    assert sent(made, body=(Decimal("1.50"), item))[1] == b'[1.50,{"on":"2024-01-02"}]'


def test_what_was_read_of_a_component_is_what_its_members_take(making: Making) -> None:
    pet = "$ref: '#/components/schemas/Pet'"
    made = making(
        f"""{HEAD}
paths:
  /pet:
    put:
      operationId: put_pet
      parameters: [{{name: status, in: query, schema: {{type: string, enum: [all]}}}}]
      requestBody: {{content: {{application/json: {{schema: {{{pet}}}}}}}}}
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {{{pet}}}}}}}}}
components:
  schemas:
    Pet:
      type: object
      properties:
        status: {{type: string, enum: [sold, free]}}
        owner: {{type: object, properties: {{name: {{type: string}}}}}}
""",
        ours=False,
    )
    assert made.models.__all__ == ["Pet", "PetOwner", "PetStatus", "Status"]
    broker = Broker({"status": "sold", "owner": {"name": "a"}})
    client = made.client(broker)
    found = client.put_pet()
    types = inspect.get_annotations(made.module.Client.put_pet)
    assert (types["status_body"], types["owner"]) == ("PetStatus | None", "PetOwner | None")
    client.put_pet(status_body=found.status, owner=found.owner)
    assert broker.json == {"status": "sold", "owner": {"name": "a"}}
