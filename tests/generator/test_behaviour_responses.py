"""What clients of other people's documents make of every answer that is documented."""

from __future__ import annotations

import asyncio
import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from brokerspec.generate import Job, build
from brokerspec_runtime import RawResponse, Request, Timeout
from generator.making import HEAD as START
from generator.making import Broker, Making, files_of
from runtime.loopback import Loopback, answer

HEAD = """\
openapi: 3.0.3
info: {title: Example, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
  /it:
    get:
      operationId: get_it
      responses:
"""
COMPONENTS = """
components:
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string}}}
    Job: {type: object, required: [job], properties: {job: {type: integer}}}
    Error:
      type: object
      required: [error]
      properties:
        error: {type: object, properties: {code: {type: string}, message: {type: string}}}
"""
PET = "schema: {$ref: '#/components/schemas/Pet'}"
ERROR = (
    "{description: No, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}"
)


def spec(*responses: str, method: str = "get") -> str:
    lines = "".join(f"        {response}\n" for response in responses)
    return HEAD.replace("    get:", f"    {method}:") + lines + COMPONENTS


def content(status: str, *media: str) -> str:
    return f"'{status}': {{description: Done, content: {{{', '.join(media)}}}}}"


class Answering(Broker):
    """Answers with a media type too."""

    def __init__(self, body: bytes, media: str = "", status: int = 200) -> None:
        super().__init__(body, status=status)
        self.media = {"content-type": media} if media else {}

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        plain = super().send(request, timeout)
        return RawResponse(plain.status, self.media, plain.body, 0.0)


def returned(made: Any) -> str:
    kind: str = inspect.signature(made.module.Client.get_it).return_annotation
    return kind


@pytest.mark.parametrize(
    ("responses", "kind", "accept"),
    [
        ([content("200", f"application/json: {{{PET}}}")], "Pet", "application/json"),
        (
            [content("200", f"application/xml: {{{PET}}}", f"application/json: {{{PET}}}")],
            "Pet",
            "application/json",
        ),
        (
            [content("200", f"text/plain: {{{PET}}}", f"text/json: {{{PET}}}")],
            "Pet",
            "text/json",
        ),
        ([content("200", "application/json: {}")], "Any", "application/json"),
        ([content("200", f"'*/*': {{{PET}}}")], "Pet", "application/json"),
        ([content("200", "'*/*': {schema: {type: string}}")], "str", "*/*"),
        (
            [content("200", "'*/*': {schema: {type: string, format: binary}}")],
            "bytes",
            "*/*",
        ),
        (
            [content("200", f"application/vnd.pet+json: {{{PET}}}")],
            "Pet",
            "application/vnd.pet+json",
        ),
        ([content("200", f"application/vnd.pet.v1: {{{PET}}}")], "Pet", "application/vnd.pet.v1"),
        ([content("200", f"application/xml: {{{PET}}}")], "str", "application/xml"),
        ([content("200", "text/csv: {schema: {type: string}}")], "str", "text/csv"),
        ([content("200", "text/event-stream: {}")], "str", "text/event-stream"),
        ([content("200", "application/x-ndjson: {}")], "str", "application/x-ndjson"),
        ([content("200", "application/pdf: {}")], "bytes", "application/pdf"),
        ([content("200", f"image/png: {{{PET}}}")], "bytes", "image/png"),
        (
            [content("200", "application/json: {schema: {type: string, format: binary}}")],
            "bytes",
            "application/json",
        ),
        (
            [content("200", "image/png: {}", f"application/json: {{{PET}}}")],
            "Pet | bytes",
            "application/json, image/png;q=0.9",
        ),
        (
            [content("200", f"application/json: {{{PET}}}"), "'204': {description: None}"],
            "Pet | None",
            "application/json",
        ),
        (
            [
                content("200", f"application/json: {{{PET}}}"),
                content("202", "application/json: {schema: {$ref: '#/components/schemas/Job'}}"),
            ],
            "Pet | Job",
            "application/json",
        ),
        (
            [
                content("200", f"application/json: {{{PET}}}"),
                content("201", f"application/json: {{{PET}}}"),
            ],
            "Pet",
            "application/json",
        ),
        ([content("2XX", f"application/json: {{{PET}}}")], "Pet", "application/json"),
        ([content("default", f"application/json: {{{PET}}}")], "Pet", "application/json"),
        (["'204': {description: None}", f"default: {ERROR}"], "None", "application/json"),
        (["'302': {description: Elsewhere}", f"default: {ERROR}"], "None", "application/json"),
        ([f"'404': {ERROR}"], "None", "application/json"),
        (
            [content("200", "application/pdf: {}"), f"default: {ERROR}"],
            "bytes",
            "application/pdf, application/json;q=0.5",
        ),
    ],
)
def test_what_is_documented_is_returned_and_asked_for(
    making: Making, responses: list[str], kind: str, accept: str
) -> None:
    made = making(spec(*responses), ours=False)
    assert returned(made) == kind
    asked = made.client().prepare.get_it().headers["Accept"]
    assert asked == accept


def test_the_status_and_the_media_type_decide(making: Making) -> None:
    made = making(
        spec(
            content("200", f"application/json: {{{PET}}}", "image/png: {}"),
            content("202", "application/json: {schema: {$ref: '#/components/schemas/Job'}}"),
            "'204': {description: None}",
        ),
        ours=False,
    )
    pet = made.client(Answering(b'{"name":"Rex"}', "application/json")).get_it()
    assert pet == made.models.Pet(name="Rex")
    assert made.client(Answering(b"\x89PNG", "image/png")).get_it() == b"\x89PNG"
    assert made.client(Answering(b'{"job":1}', "", 202)).get_it() == made.models.Job(job=1)
    assert made.client(Answering(b"", "", 204)).get_it() is None


def test_an_empty_text_is_no_lack_of_a_body(making: Making) -> None:
    text = content("200", "text/plain: {schema: {type: string}}")
    made = making(spec(text, "'204': {description: None}"), ours=False)
    assert made.client(Answering(b"", "text/plain")).get_it() == ""
    assert made.client(Answering(b"", "", 204)).get_it() is None


def test_a_documented_redirect_without_a_body_is_an_answer(making: Making) -> None:
    made = making(spec("'303': {description: Elsewhere}"), ours=False)
    assert made.client(Answering(b"", "", 303)).get_it() is None
    with pytest.raises(made.module.UnexpectedResponse, match="redirects"):
        made.client(Answering(b"", "", 302)).get_it()


def test_a_head_request_has_no_body(making: Making) -> None:
    made = making(
        spec(content("200", f"application/json: {{{PET}}}"), f"default: {ERROR}", method="head"),
        ours=False,
    )
    assert returned(made) == "None"
    assert made.client(Answering(b"")).get_it() is None


def test_failures_are_typed(making: Making) -> None:
    made = making(
        spec("'204': {description: None}", f"'404': {ERROR}", f"default: {ERROR}"), ours=False
    )
    body = json.dumps({"error": {"code": "E1", "message": "No such pet"}}).encode()
    for status, kind in ((404, "NotFound"), (409, "Rejected"), (500, "OutcomeUnknown")):
        client = made.client(Answering(body, "application/json", status))
        with pytest.raises(getattr(made.module, kind), match="E1: No such pet") as caught:
            client.get_it()
        detail = made.module.detail_of(caught.value)
        assert detail == caught.value.detail
        assert detail.error.message == "No such pet"
    assert made.module.Detail == "Error"
    text = inspect.getdoc(made.module.Client.get_it) or ""
    assert "Error: HTTP 404 and any other status, application/json." in text


@pytest.mark.parametrize(
    ("members", "body", "words"),
    [
        ("message: {type: string}", {"message": "m"}, "m"),
        ("error: {type: string}", {"error": "e"}, "e"),
        (
            "error: {type: string}, error_description: {type: string}",
            {"error": "invalid_grant", "error_description": "too late"},
            "invalid_grant: too late",
        ),
        (
            "title: {type: string}, detail: {type: string}, status: {type: integer}",
            {"title": "Bad", "status": 400},
            "Bad",
        ),
        ("code: {type: integer}, Message: {type: string}", {"code": 7, "Message": "m"}, "7: m"),
        (
            "errors: {type: array, items: {type: object, properties: {message: {type: string}}}}",
            {"errors": [{"message": "first"}, {"message": "second"}]},
            "first",
        ),
        ("other: {type: string}", {"other": "x"}, "no reason given"),
    ],
)
def test_the_words_of_a_failure_are_found(
    making: Making, members: str, body: dict[str, Any], words: str
) -> None:
    schema = f"{{type: object, properties: {{{members}}}}}"
    made = making(
        spec(
            "'204': {description: None}",
            content("4XX", f"application/problem+json: {{schema: {schema}}}"),
        ),
        ours=False,
    )
    client = made.client(Answering(json.dumps(body).encode(), "application/problem+json", 400))
    with pytest.raises(made.module.InvalidRequest) as caught:
        client.get_it()
    assert str(caught.value).endswith(f"get_it: {words} (HTTP 400)")
    assert caught.value.detail is not None


def test_inline_failures_of_one_shape_are_one_type(making: Making) -> None:
    inline = "{type: object, properties: {why: {type: string}}}"
    one = f"{{description: No, content: {{application/json: {{schema: {inline}}}}}}}"
    made = making(spec("'204': {description: None}", f"'400': {one}", f"'401': {one}"), ours=False)
    assert made.module.Detail == "ErrorBody"


def test_a_schema_of_that_name_keeps_it(making: Making) -> None:
    text = spec("'204': {description: None}", f"default: {ERROR}").replace("Error", "Detail")
    made = making(text, ours=False)
    assert made.module.Detail is made.models.Detail
    assert made.module.Detail_2 == "Detail"


def test_only_what_can_be_streamed_is(making: Making, tmp_path: Path) -> None:
    plain = making(spec(content("200", f"application/json: {{{PET}}}")), ours=False)
    assert not hasattr(plain.module.Client, "with_streaming")
    made = making(spec(content("200", "application/pdf: {}")), ours=False)
    with pytest.raises(made.module.InvalidArgument, match="only whole"):
        made.client().with_streaming.get_it().__enter__()
    hints = made.files["client.py"]
    assert "streaming(view.get_it)" in hints


def test_a_generated_client_saves_a_file(
    making: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    made = making(spec(content("200", "application/pdf: {}")), ours=False)
    script = answer(b"%PDF", headers=("Content-Type: application/pdf",))
    with Loopback(script, script) as server:
        url = server.url("")
        with made.module.Client(server=url) as client, client.with_streaming.get_it() as stream:
            assert stream.save(tmp_path / "one.pdf") == 4

        async def save() -> None:
            client = made.module.AsyncClient(server=url)
            async with client, client.with_streaming.get_it() as stream:
                assert await stream.save(tmp_path / "two.pdf") == 4

        asyncio.run(save())
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes() == b"%PDF"


def warnings_of(folder: Path, text: str) -> list[str]:
    file = folder / "openapi.yaml"
    file.write_text(text)
    built = build([Job(file, "made", "openapi.yaml", is_ours=False)], fresh=True)
    return [item.message for item in built.warnings]


def test_what_is_lost_is_said_once(tmp_path: Path) -> None:
    extra = "headers: {X-A: {schema: {type: string}}, X-B: {}}, links: {a: {}}"
    text = spec(f"'200': {{description: Done, {extra}}}", f"'401': {{description: No, {extra}}}")
    text = text.replace("      operationId", "      callbacks: {a: {}, b: {}}\n      operationId")
    assert warnings_of(tmp_path, text) == [
        "callbacks (2): what the other side sends is not received",
        "links (2): they are not followed, and what they lead to is called by its own method",
    ]


def test_text_that_is_not_parsed_is_reported(tmp_path: Path) -> None:
    text = spec(
        content("200", f"application/xml: {{{PET}}}"),
        content("201", "text/event-stream: {}"),
        content("202", f"text/plain: {{{PET}}}"),
        content("203", f"application/xml: {{{PET}}}", f"application/json: {{{PET}}}"),
    )
    assert warnings_of(tmp_path, text) == [
        "application/xml is given as text: it is not parsed",
        "text/plain is read as JSON: its schema has members",
    ]


def test_a_careless_document_costs_only_what_is_careless(making: Making, tmp_path: Path) -> None:
    text = spec(
        "ok: {description: Fine}",
        content("200", '"j\\r\\nson": {schema: {type: string}}', "pdf: {}"),
        content("2xx", f"Application/JSON; charset=utf-8: {{{PET}}}"),
        f"DEFAULT: {ERROR}",
    )
    made = making(text, ours=False)
    assert returned(made) == "bytes | Pet"
    assert made.client().prepare.get_it().headers["Accept"] == "application/json"
    pet = made.client(Answering(b'{"name":"Rex"}', "application/json", 201)).get_it()
    assert pet == made.models.Pet(name="Rex")
    assert warnings_of(tmp_path, text) == ["'ok' is no HTTP status: the answer is left out"]


def test_our_own_documents_say_what_fails_in_their_rules(tmp_path: Path) -> None:
    text = spec("'204': {description: None}", f"default: {ERROR}")
    assert "details=" not in files_of(tmp_path, text)["operations.py"]


def test_a_client_in_groups_gives_the_details_of_failures_too(making: Making) -> None:
    paths = "".join(
        f"""
  /{name}:
    get:
      operationId: get_{name}
      tags: [{name}]
      responses:
        '204': {{description: Done.}}
        '400':
          description: Wrong.
          content: {{application/json: {{schema: {{type: object, properties: {{a: {{}}}}}}}}}}"""
        for name in ("apples", "pears")
    )
    module = making(f"{START}paths:{paths}\n", ours=False).module
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert "detail_of" in module.__all__


def test_a_failure_that_several_unions_describe_is_named_once(making: Making) -> None:
    either = "{anyOf: [{$ref: '#/components/schemas/Error'}, {type: string, nullable: true}]}"
    made = making(
        spec(
            "'204': {description: None}",
            content("400", f"application/json: {{schema: {either}}}"),
            f"default: {ERROR}",
        ),
        ours=False,
    )
    assert made.module.Detail == "Error | str | None"
