"""Events and lines of JSON of a foreign client, each typed as the document says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from brokerspec_runtime import DeviationWarning
from brokerspec_runtime.errors import UnexpectedResponse
from generator.making import AT_ONCE, HEAD, Made, make
from runtime.loopback import Loopback, answer

DOCUMENT = Path(__file__).parent / "documents" / "feed.yaml"
EVENTS = "text/event-stream"
LINES = "application/x-ndjson"


@pytest.fixture(scope="module")
def aquarium(tmp_path_factory: pytest.TempPathFactory) -> Made:
    text = DOCUMENT.read_text(encoding="utf-8")
    return make(tmp_path_factory.mktemp("aquarium"), text, ours=False)


Reading = Callable[..., list[Any]]


@pytest.fixture(params=["requests", "httpx2", "async"])
def reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """Return what a stream yields of one answer of a server on this machine."""
    monkeypatch.setenv("NO_PROXY", "*")

    def read(
        made: Made, name: str, how: str, body: bytes, media: str = EVENTS, **given: Any
    ) -> list[Any]:
        script = answer(body, headers=(f"Content-Type: {media}",))
        settings = {**AT_ONCE, "on_deviation": given.pop("on_deviation", "ignore")}
        with Loopback(script) as server:
            settings["server"] = server.url("")
            if request.param == "async":
                return asyncio.run(_async(made, settings, name, how, given))
            client = made.module.Client(transport=request.param, **settings)
            with client, _method(client, name)() as stream:
                return list(getattr(stream, how)(**given))

    return read


async def _async(made: Made, settings: Any, name: str, how: str, given: Any) -> list[Any]:
    client = made.module.AsyncClient(transport="httpx2", **settings)
    async with client, _method(client, name)() as stream:
        return [one async for one in getattr(stream, how)(**given)]


def _method(client: Any, name: str) -> Any:
    view = client.with_streaming
    return getattr(getattr(view, "feed", view), name)


def test_events_are_parsed_and_their_data_is_typed(aquarium: Made, reading: Reading) -> None:
    body = (
        b': hi\nid: 4\nevent: fish\ndata: {"id": 7,\ndata:  "price": 1.10}\r\n\r\n'
        b'data: {"id": 8}\n\n'
    )
    first, second = reading(aquarium, "watch_fish", "iter_events", body)
    assert (first.event, first.id, first.retry) == ("fish", "4", None)
    assert first.data == '{"id": 7,\n "price": 1.10}'
    assert first.value == aquarium.models.Fish(id=7, price=Decimal("1.10"))
    assert str(first.value.price) == "1.10"
    assert (second.event, second.id, second.value.id) == ("message", "4", 8)


def test_items_end_where_a_server_says_that_it_is_done(aquarium: Made, reading: Reading) -> None:
    body = b'data: {"id": 7}\n\ndata: [DONE]\n\ndata: {"id": 8}\n\n'
    items = reading(aquarium, "watch_fish", "iter_items", body)
    assert items == [aquarium.models.Fish(id=7)]


def test_events_of_several_kinds_are_told_apart(aquarium: Made, reading: Reading) -> None:
    body = b'event: fish\ndata: {"id": 7}\n\nevent: tank\ndata: {"depth": 2.50}\n\ndata: [DONE]\n\n'
    fish, tank = reading(aquarium, "watch_all", "iter_items", body)
    assert (fish, tank) == (aquarium.models.Fish(id=7), aquarium.models.Tank(depth=Decimal("2.50")))


def test_lines_of_json_are_items(aquarium: Made, reading: Reading) -> None:
    body = b'{"id": 7, "price": 0.10}\n\n\x1e{"id": 8}\r\n{"id": 9}'
    items = reading(aquarium, "list_rows", "iter_items", body, LINES)
    assert [item.id for item in items] == [7, 8, 9]
    assert str(items[0].price) == "0.10"


def test_events_without_a_schema_are_texts_or_plain_data(aquarium: Made, reading: Reading) -> None:
    body = b"data: 1.10\n\n"
    (event,) = reading(aquarium, "watch_words", "iter_events", body)
    assert (event.data, str(event.value), type(event.value)) == ("1.10", "1.10", Decimal)


@pytest.mark.parametrize("data", [b"data: {}", b"data: {", b'data: {"id": "x"}', b"data: [DONE"])
def test_data_that_does_not_fit_is_an_error_with_its_bytes(
    aquarium: Made, reading: Reading, data: bytes
) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        reading(aquarium, "watch_fish", "iter_items", data + b"\n\n")
    assert caught.value.operation == "watch_fish"
    assert caught.value.response is not None
    assert caught.value.response.body == data.removeprefix(b"data: ")
    # The event itself is there all the same.
    (event,) = reading(aquarium, "watch_fish", "iter_events", data + b"\n\n")
    assert event.data == data.decode().removeprefix("data: ")


def test_deviations_of_an_item_are_reported(aquarium: Made, reading: Reading) -> None:
    body = b'data: {"id": 7, "price": "dear"}\n\n'
    with pytest.warns(DeviationWarning, match=r"\$\.price: expected Decimal"):
        items = reading(aquarium, "watch_fish", "iter_items", body, on_deviation="warn")
    assert items == [aquarium.models.Fish(id=7)]
    with pytest.raises(UnexpectedResponse, match="price"):
        reading(aquarium, "watch_fish", "iter_items", body, on_deviation="raise")


def test_an_event_may_be_only_so_long(aquarium: Made, reading: Reading) -> None:
    body = b"data: 1234567\n" * 4 + b"\n"
    for how, given in (("iter_events", {"longest": 20}), ("iter_items", {"longest": 20})):
        with pytest.raises(UnexpectedResponse, match="longer than 20"):
            reading(aquarium, "watch_words", how, body, **given)
    with pytest.raises(UnexpectedResponse, match="larger than 30 bytes"):
        reading(aquarium, "watch_words", "iter_events", body, limit=30)


def test_the_plain_method_still_gives_the_text(aquarium: Made) -> None:
    body = b"data: 1\n\n"
    with Loopback(answer(body, headers=(f"Content-Type: {EVENTS}",))) as server:
        client = aquarium.module.Client(server=server.url(""), **AT_ONCE)
        assert client.feed.watch_fish() == body.decode()


def streaming(media: str) -> str:
    return f"""{HEAD}
paths:
  /it:
    get:
      operationId: get_it
      responses: {{'200': {{description: Done., content: {{{media}}}}}}}
components:
  schemas:
    Row: {{type: object, required: [id], properties: {{id: {{type: integer}}}}}}
"""


ROW = "{$ref: '#/components/schemas/Row'}"


@pytest.mark.parametrize(
    ("media", "item"),
    [
        (f"{EVENTS}: {{schema: {ROW}}}", "Row"),
        (f"{EVENTS}: {{schema: {{type: array, items: {ROW}}}}}", "Row"),
        (f"{EVENTS}: {{itemSchema: {ROW}}}", "Row"),
        (f"{EVENTS}: {{itemSchema: {{type: object, properties: {{data: {{type: string,"
         f" contentMediaType: application/json, contentSchema: {ROW}}}}}}}}}", "Row"),
        (f"{EVENTS}: {{schema: {{type: object, properties: {{event: {{type: string}}, data: {ROW}}}"
         "}}", "Row"),
        (f"{EVENTS}: {{schema: {{type: integer}}}}", "int"),
        (f"{EVENTS}: {{schema: {{anyOf: [{ROW}, {{type: number}}]}}}}", "Row | Decimal"),
        (f"{EVENTS}: {{schema: {{type: string}}}}", ""),
        (f"{EVENTS}: {{}}", ""),
        (f"{EVENTS}: {{schema: {{type: object, properties: {{data: {{type: string}}}}}}}}", ""),
        (f"application/jsonl: {{schema: {ROW}}}", "Row"),
        (f"application/jsonl: {{schema: {{type: array, items: {{type: array, items: {ROW}}}}}}}",
         "list[Row]"),
        (f"application/json-seq: {{schema: {ROW}}}", "Row"),
        (f"application/json: {{}}, {EVENTS}: {{schema: {ROW}}}", "Row"),
        # The plain method asks for the JSON alone.
        (f"application/json: {{schema: {ROW}}}, {EVENTS}: {{schema: {ROW}}}", "Row"),
    ],
)  # fmt: skip
def test_what_a_document_says_of_items(tmp_path: Path, media: str, item: str) -> None:
    made = make(tmp_path, streaming(media), ours=False)
    expected = f"GET_IT_ITEMS: Final[ItemsOf[{item}]]" if item else ""
    assert expected in made.files["operations.py"]
    assert ("ItemsOf" in made.files["operations.py"]) is bool(item)
    assert ("streaming_items(view.get_it, GET_IT_ITEMS)" in made.files["client.py"]) is bool(item)


CHOICES = [
    # The same in both: the plain method gives the model, and nothing else is asked for.
    (
        f"application/json: {{schema: {ROW}}}, {EVENTS}: {{schema: {ROW}}}",
        "Row",
        "application/json",
        f"{EVENTS}, application/json;q=0.9",
    ),
    (
        f"application/json: {{schema: {ROW}}}, {EVENTS}: {{schema: {{type: integer}}}}",
        "Row | str",
        f"application/json, {EVENTS};q=0.9",
        f"{EVENTS}, application/json;q=0.9",
    ),
    (
        f"{LINES}: {{schema: {ROW}}}, application/json: {{schema: {{type: array, items: {ROW}}}}}",
        "list[Row] | str",
        f"application/json, {LINES};q=0.9",
        f"{LINES}, application/json;q=0.9",
    ),
    (f"{EVENTS}: {{schema: {ROW}}}", "str", EVENTS, EVENTS),
    # A download can be read piece by piece too.
    (
        f"audio/mpeg: {{}}, {EVENTS}: {{schema: {ROW}}}",
        "bytes | str",
        f"audio/mpeg, {EVENTS};q=0.9",
        f"audio/mpeg, {EVENTS};q=0.9",
    ),
]


@pytest.mark.parametrize(("media", "returns", "plain", "streamed"), CHOICES)
def test_who_calls_chooses_between_a_stream_and_json(
    tmp_path: Path, media: str, returns: str, plain: str, streamed: str
) -> None:
    made = make(tmp_path, streaming(media), ours=False)
    assert f"def get_it(self) -> {returns}:" in made.files["client.py"]
    events = answer(b'data: {"id": 7}\n\n', headers=(f"Content-Type: {EVENTS}",))
    body = b'[{"id": 7}]' if "list" in returns else b'{"id": 7}'
    whole = answer(body, headers=("Content-Type: application/json",))
    with Loopback(events, whole if "application/json" in plain else events) as server:
        client = made.module.Client(server=server.url(""), **AT_ONCE)
        with client.with_streaming.get_it() as stream:
            assert "7" in next(stream.iter_events()).data
        client.get_it()
    asked = [_accept(request) for request in server.requests]
    assert asked == [streamed, plain]


def _accept(request: bytes) -> str:
    lines = request.decode("latin-1").split("\r\n")
    return next(line[8:] for line in lines if line.lower().startswith("accept: "))
