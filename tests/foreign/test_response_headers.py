"""Documented headers of answers, and pages with their responses, in a foreign client."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from brokerspec.generate import Job, read
from brokerspec_runtime import DeviationWarning, RawResponse, Request, Response, Secret, Timeout
from brokerspec_runtime.errors import UnexpectedResponse
from generator.making import AsyncBroker, Broker, Made, make

DOCUMENT = Path(__file__).parent / "documents" / "feed.yaml"
FISH = {"id": 7, "price": 1.10}
HEADERS = {
    "x-left": "41",
    "expires": "Sat, 21 Nov 2026 10:00:00 GMT",
    "x-cost": "0.10",
    "x-tags": "a, b",
    "x-tank": "depth=2.50,name=north",
    "x-meta": '{"depth": 1.10}',
    "x-kind": "salt",
    "x-old": "3",
    "set-cookie": "sid=s3cret",
}


class Answering(Broker):
    """Answers with one body after the other, each with headers."""

    def __init__(self, headers: Mapping[str, str], answers: Iterable[object] = (FISH,)) -> None:
        super().__init__()
        self.headers = {"content-type": "application/json", **headers}
        self.answers = list(answers)

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.requests.append(request)
        body = json.dumps(self.answers[len(self.requests) - 1]).encode()
        return RawResponse(200, self.headers, body, 0.0)


class AsyncAnswering(AsyncBroker, Answering):
    pass


@pytest.fixture(scope="module")
def aquarium(tmp_path_factory: pytest.TempPathFactory) -> Made:
    text = DOCUMENT.read_text(encoding="utf-8")
    return make(tmp_path_factory.mktemp("aquarium"), text, ours=False)


def test_documented_headers_have_their_types(aquarium: Made) -> None:
    answer = aquarium.client(Answering(HEADERS)).with_response.get_fish(id=7)
    models, found = aquarium.models, answer.documented_headers
    assert isinstance(found, models.GetFishHeaders)
    assert (found.x_left, found.x_cost, found.x_tags) == (41, Decimal("0.10"), ["a", "b"])
    assert found.expires == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert found.x_tank == models.Tank(depth=Decimal("2.50"), name="north")
    assert found.x_meta == models.Tank(depth=Decimal("1.10"))
    assert found.x_kind is models.GetFishHeadersXKind.SALT
    assert found.x_old == 3
    assert found.set_cookie == Secret("sid=s3cret")
    assert (answer.data.id, answer.headers["x-left"], answer.deviations) == (7, "41", ())
    assert "s3cret" not in f"{answer!r}{found!r}"


def test_the_asynchronous_client_has_them_too(aquarium: Made) -> None:
    client = aquarium.async_client(AsyncAnswering(HEADERS))
    answer = asyncio.run(client.with_response.get_fish(id=7))
    assert answer.documented_headers.x_left == 41


def test_a_header_that_does_not_fit_costs_no_answer(aquarium: Made) -> None:
    client = aquarium.client(Answering({"x-cost": "cheap"}), on_deviation="warn")
    with pytest.warns(DeviationWarning) as warned:
        answer = client.with_response.get_fish(id=7)
    said = ["the header X-Left: expected int, got nothing", "the header X-Cost: expected Decimal"]
    assert all(text in str(one.message) for text, one in zip(said, warned, strict=True))
    assert [str(one).startswith(text) for text, one in zip(said, answer.deviations, strict=True)]
    assert answer.data == aquarium.models.Fish(id=7, price=Decimal("1.1"))
    assert answer.documented_headers == aquarium.models.GetFishHeaders()


def test_who_wants_deviations_raised_gets_an_error_with_the_answer(aquarium: Made) -> None:
    client = aquarium.client(Answering({}), on_deviation="raise")
    with pytest.raises(UnexpectedResponse, match="X-Left") as caught:
        client.with_response.get_fish(id=7)
    assert caught.value.response is not None
    assert json.loads(caught.value.response.body) == FISH


def test_the_plain_method_does_not_look_at_headers(aquarium: Made) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = aquarium.client(Answering({"x-cost": "cheap"}), on_deviation="raise")
        assert client.get_fish(id=7).id == 7
        client = aquarium.client(Answering({"x-total": "?"}, PAGES), on_deviation="raise")
        assert len(list(client.iter_list_fish())) == 3


def test_an_answer_without_documented_headers_is_a_plain_response(aquarium: Made) -> None:
    answer = aquarium.client(Answering({}, [[]])).with_response.tanks.list()
    assert type(answer) is Response
    assert not hasattr(answer, "documented_headers")


def test_operations_with_the_same_headers_share_a_class(aquarium: Made) -> None:
    answer = aquarium.client(Answering({"x-total": "3"})).with_response.check_fish(id=7)
    assert isinstance(answer, aquarium.module.HeadedResponse)
    assert answer.data is None
    assert answer.documented_headers == aquarium.models.ResponseHeaders(x_total=3)
    assert "ListFishHeaders" not in aquarium.files["models/__init__.py"]
    assert {"AsyncStream", "Event", "HeadedResponse", "Stream"} <= set(aquarium.module.__all__)


def test_what_is_left_out_is_said() -> None:
    _, found = read(Job(DOCUMENT, "aquarium", "feed.yaml", is_ours=False))
    said = [one.message for one in found]
    assert not any("they are text" in text for text in said)
    assert any("the header 'no header' is left out" in text for text in said)


def test_the_reference_names_them(aquarium: Made) -> None:
    text = aquarium.files["reference.md"]
    assert "`GetFishHeaders`" in text
    assert "always there: `X-Left`" in text


# Each page with its response.


def shoal(*ids: int) -> dict[str, object]:
    return {"data": [{"id": number} for number in ids]}


PAGES = [shoal(1, 2), shoal(3), shoal()]


def test_pages_come_with_their_responses(aquarium: Made) -> None:
    client = aquarium.client(Answering({"x-total": "3"}, PAGES))
    pages = list(client.with_response.iter_list_fish())
    assert [[one.id for one in page.data.data] for page in pages] == [[1, 2], [3], []]
    assert {page.documented_headers.x_total for page in pages} == {3}
    assert [page.request.url.partition("?")[2] for page in pages] == ["", "page=2", "page=3"]
    client = aquarium.client(Answering({}, PAGES))
    assert [one.id for one in client.iter_list_fish()] == [1, 2, 3]


def test_the_asynchronous_client_gives_pages_too(aquarium: Made) -> None:
    async def pages() -> list[Any]:
        client = aquarium.async_client(AsyncAnswering({}, [[{"depth": 1}], []]))
        return [page async for page in client.with_response.tanks.iter_list()]

    assert [len(page.data) for page in asyncio.run(pages())] == [1, 0]


@pytest.mark.parametrize(("most", "count"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 3)])
def test_no_page_is_asked_for_when_there_are_enough_items(
    aquarium: Made, most: int, count: int
) -> None:
    broker = Answering({}, PAGES)
    pages = aquarium.client(broker).with_response.iter_list_fish(max_items=most)
    assert [page.status for page in pages] == [200] * count
    assert len(broker.requests) == count
