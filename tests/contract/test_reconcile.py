"""The placing methods of every broker give each order an id, and find it again by it."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import Any

import pytest

from brokerspec_runtime.errors import OutcomeUnknown
from brokerspec_runtime.reconcile import Found, NotFound, StillUnknown
from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.retry import Retry
from brokerspec_runtime.transport import Phase, Timeout, TransportFailure
from contract.calling import arguments_of
from contract.case import all_cases, sample

# The placing method, the argument that carries the id, and the field that repeats it.
BROKERS = {
    "interactive_gateway": ("place_order", "order_unique_identifier", "orderUniqueIdentifier"),
    "sas_online": ("place_order", "user_order_id", "user_order_id"),
    "algomojo_bridge": ("place_order", "remarks", "remarks"),
}
SILENT = ("iifl_markets", "kotak_securities")


class Book:
    """Loses the answer of an order, and shows the order in the book or does not."""

    def __init__(self, broker: str, *, arrives: bool, answers: bool = True) -> None:
        self.requests: list[Request] = []
        self._field = BROKERS[broker][2]
        self._sample = sample(broker, "list_orders.response.json").decode()
        self._arrives = arrives
        self._answers = answers

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.requests.append(request)
        if len(self.requests) == 1 or not self._answers:
            raise TransportFailure(Phase.UNKNOWN, "the connection broke")
        body = self._sample
        if self._arrives:
            mark = json.loads(self.requests[0].body or b"")
            mark = mark.get("data", mark)[self._field]
            body = re.sub(rf'("{self._field}": ?)"[^"]*"', rf'\g<1>"{mark}"', body, count=1)
        return RawResponse(200, {}, body.encode(), 0.0)

    def close(self) -> None:
        return


def lost(broker: str, book: Book, **changes: object) -> tuple[Any, OutcomeUnknown]:
    """Place the documented order with a client whose answer is lost."""
    method, argument, _ = BROKERS[broker]
    case = next(c for c in all_cases() if (c.broker, c.operation) == (broker, method))
    settings = {name: value for name, value in case.settings.items() if value is not None}
    client = import_module(broker).Client(
        **settings, transport=book, retry=Retry(attempts=1), rate_limit={}
    )
    place = getattr(client, method)
    given = {name: value for name, value in case.arguments.items() if name != argument}
    with pytest.raises(OutcomeUnknown) as caught:
        place(**arguments_of(place, given), **changes)
    return client, caught.value


@pytest.mark.parametrize("broker", sorted(BROKERS))
def test_an_order_gets_an_id_and_is_found_by_it(broker: str) -> None:
    book = Book(broker, arrives=True)
    client, error = lost(broker, book)
    assert error.correlation_id is not None
    assert error.correlation_id.isdecimal()
    assert int(error.correlation_id) < 2**31
    assert error.correlation_id.encode() in (book.requests[0].body or b"")
    found = client.reconcile(error, window=0)
    assert isinstance(found, Found)
    assert len(found.orders) == 1
    assert client.reconcile(error.correlation_id, window=0) == found


@pytest.mark.parametrize("broker", sorted(BROKERS))
def test_an_order_that_is_not_in_the_book_is_not_claimed(broker: str) -> None:
    client, error = lost(broker, Book(broker, arrives=False))
    assert isinstance(client.reconcile(error, window=0), NotFound)


@pytest.mark.parametrize("broker", sorted(BROKERS))
def test_without_the_book_nothing_is_known(broker: str) -> None:
    client, error = lost(broker, Book(broker, arrives=True, answers=False))
    assert isinstance(client.reconcile(error, window=0), StillUnknown)


@pytest.mark.parametrize("broker", sorted(BROKERS))
def test_an_id_of_the_caller_is_kept(broker: str) -> None:
    _, argument, _ = BROKERS[broker]
    mine: object = 42 if broker == "sas_online" else "42"
    _, error = lost(broker, Book(broker, arrives=True), **{argument: mine})
    assert error.correlation_id == "42"


def test_every_view_of_the_book_is_read() -> None:
    book = Book("sas_online", arrives=False)
    client, error = lost("sas_online", book)
    client.reconcile(error, window=0)
    views = [request.url.partition("type=")[2].partition("&")[0] for request in book.requests[1:]]
    assert views == ["pending", "completed", "pending"]


@pytest.mark.parametrize("broker", SILENT)
def test_where_nothing_correlates_there_is_no_such_method(broker: str) -> None:
    module = import_module(broker)
    assert not hasattr(module.Client, "reconcile")
    assert not hasattr(module.AsyncClient, "reconcile")


class AsyncBook(Book):
    """The same for an asynchronous client."""

    async def send(self, request: Request, timeout: Timeout) -> RawResponse:  # type: ignore[override]  # noqa: ASYNC109
        return super().send(request, timeout)

    async def aclose(self) -> None:
        return


@pytest.mark.anyio
@pytest.mark.parametrize("arrives", [True, False])
async def test_asynchronously_too(arrives: bool) -> None:
    case = next(c for c in all_cases() if (c.broker, c.operation) == ("sas_online", "place_order"))
    client = import_module("sas_online").AsyncClient(
        **case.settings,
        transport=AsyncBook("sas_online", arrives=arrives),
        retry=Retry(attempts=1),
        rate_limit={},
    )
    given = {name: value for name, value in case.arguments.items() if name != "user_order_id"}
    with pytest.raises(OutcomeUnknown) as caught:
        await client.place_order(**arguments_of(client.place_order, given))
    found = await client.reconcile(caught.value, window=0)
    assert isinstance(found, Found if arrives else NotFound)
