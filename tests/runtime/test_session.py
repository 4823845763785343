from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

import interactive_gateway as api
from brokerspec_runtime import OutcomeUnknown, RawResponse, Request, Timeout
from brokerspec_runtime.transport import Phase, TransportFailure
from runtime.gateway import (
    EXPIRED,
    AsyncGateway,
    Gateway,
    answer,
    async_client_of,
    client_of,
    sign_in,
)

ORDER: dict[str, Any] = {
    "exchange_segment": api.ExchangeSegment("NSECM"),
    "exchange_instrument_id": 22,
    "product_type": api.ProductType("MIS"),
    "order_type": api.SentOrderType("LIMIT"),
    "order_side": api.OrderSide("BUY"),
    "time_in_force": api.TimeInForce("DAY"),
    "disclosed_quantity": 0,
    "order_quantity": 1,
    "limit_price": Decimal("2500.50"),
    "stop_price": Decimal(0),
}


# Signing in again


def test_a_read_is_repeated_with_the_new_token() -> None:
    gateway = Gateway()
    assert client_of(gateway).list_orders() == []
    assert [r.headers.get("Authorization") for r in gateway.requests] == [
        "Bearer old",
        None,
        "Bearer t1",
    ]


def test_a_refused_order_is_sent_once_more_as_it_was() -> None:
    gateway = Gateway()
    client_of(gateway).place_order(**ORDER, order_unique_identifier="mine")
    first, _, second = gateway.requests
    assert first.body == second.body
    assert b'"mine"' in (second.body or b"")


def test_without_a_callback_the_session_has_expired() -> None:
    gateway = Gateway()
    with pytest.raises(api.SessionExpired):
        client_of(gateway, reauthenticate=None).list_orders()
    assert len(gateway.requests) == 1


def test_an_order_whose_fate_is_unknown_is_not_a_reason_to_sign_in() -> None:
    class Broken(Gateway):
        def send(self, request: Request, timeout: Timeout) -> RawResponse:
            self.requests.append(request)
            raise TransportFailure(Phase.UNKNOWN, "reset")

    gateway = Broken()
    with pytest.raises(OutcomeUnknown):
        client_of(gateway).place_order(**ORDER)
    assert len(gateway.requests) == 1


def test_a_token_that_is_refused_at_once_is_not_renewed_twice() -> None:
    gateway = Gateway()

    def useless(client: api.Client) -> None:
        client.login(source="API")
        gateway.logins += 1

    with pytest.raises(api.SessionExpired) as caught:
        client_of(gateway, reauthenticate=useless).place_order(**ORDER)
    assert gateway.sent("/orders") == 2
    assert caught.value.attempts == 2
    assert caught.value.__cause__ is None


def test_a_failed_sign_in_is_the_cause_and_the_order_stays_refused() -> None:
    gateway = Gateway(accepts_logins=False)
    with pytest.raises(api.SessionExpired) as caught:
        client_of(gateway).place_order(**ORDER)
    assert caught.value.operation == "place_order"
    assert isinstance(caught.value.__cause__, api.Rejected)
    assert gateway.sent("/orders") == 1


def test_a_sign_in_that_brings_no_token_is_a_failed_one() -> None:
    gateway = Gateway()
    with pytest.raises(api.SessionExpired) as caught:
        client_of(gateway, reauthenticate=lambda client: None).list_orders()
    assert "without a new token" in str(caught.value.__cause__)


def test_what_the_callback_calls_does_not_sign_in_again() -> None:
    gateway = Gateway()
    holder: list[api.Client] = []

    def careless(client: api.Client) -> None:
        for one in (client, holder[0]):
            with pytest.raises(api.SessionExpired):
                one.list_orders()
        client.login(source="API")

    holder.append(client_of(gateway, reauthenticate=careless))
    assert holder[0].list_orders() == []
    assert gateway.logins == 1


def test_opening_and_closing_never_sign_in_again() -> None:
    class Closed(Gateway):
        def send(self, request: Request, timeout: Timeout) -> RawResponse:
            self.requests.append(request)
            return answer(400, EXPIRED)

    gateway = Closed()
    client = client_of(gateway)
    for call in (lambda: client.open_session(source="API"), client.logout):
        with pytest.raises(api.SessionExpired):
            call()
    assert len(gateway.requests) == 2


def test_the_time_of_signing_in_is_not_the_calls_own() -> None:
    gateway = Gateway()
    client = client_of(gateway, timeout=5)
    clock = [0.0]
    client._policy = type(client._policy)(timeout=client._policy.timeout, now=lambda: clock[0])

    def slow(renewed: api.Client) -> None:
        clock[0] += 300
        renewed.login(source="API")

    client._reauthenticate = slow
    assert client.list_orders() == []


def test_views_sign_in_with_plain_results() -> None:
    seen: list[object] = []
    gateway = Gateway()
    client = client_of(gateway, reauthenticate=lambda client: seen.append(sign_in(client)))
    assert client.with_response.list_orders().data == []
    assert isinstance(seen[0], api.Session)
    assert client.with_options(timeout=9).list_orders() == []
    assert gateway.logins == 1


# Concurrency


def test_threads_share_one_sign_in() -> None:
    gateway = Gateway(gather=20)
    client = client_of(gateway)
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(lambda _: client.list_orders(), range(20))) == [[]] * 20
    assert gateway.logins == 1


def test_threads_share_a_failed_sign_in_too() -> None:
    gateway = Gateway(gather=20, accepts_logins=False)
    client = client_of(gateway)

    def refused(_: int) -> BaseException | None:
        with pytest.raises(api.SessionExpired) as caught:
            client.list_orders()
        return caught.value.__cause__

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(refused, range(20)))) == 1
    assert gateway.sent("/session") == 1


def test_a_later_call_may_try_again() -> None:
    gateway = Gateway(accepts_logins=False)
    client = client_of(gateway)
    with pytest.raises(api.SessionExpired):
        client.list_orders()
    gateway.accepts_logins = True
    assert client.list_orders() == []


@pytest.mark.anyio
async def test_tasks_share_one_sign_in() -> None:
    gateway = AsyncGateway()
    client = async_client_of(gateway)
    calls = (client.list_orders() for _ in range(100))
    assert await asyncio.gather(*calls) == [[]] * 100
    assert gateway.logins == 1


@pytest.mark.anyio
async def test_tasks_share_a_failed_sign_in_too() -> None:
    gateway = AsyncGateway(accepts_logins=False)
    client = async_client_of(gateway)
    calls = (client.place_order(**ORDER) for _ in range(50))
    errors = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in errors} == {api.SessionExpired}
    assert (gateway.sent("/session"), gateway.sent("/orders")) == (1, 50)


@pytest.mark.anyio
async def test_a_cancelled_sign_in_is_taken_over() -> None:
    gateway = AsyncGateway()
    started = asyncio.Event()

    async def stuck_once(client: api.AsyncClient) -> None:
        if not started.is_set():
            started.set()
            await asyncio.Event().wait()
        await client.login(source="API")

    client = async_client_of(gateway, reauthenticate=stuck_once)
    first = asyncio.create_task(client.list_orders())
    await started.wait()
    second = asyncio.create_task(client.list_orders())
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == []
    assert gateway.logins == 1
