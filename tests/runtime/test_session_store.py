from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

import interactive_gateway as api
import kotak_securities as kotak
from brokerspec_runtime import (
    MemoryStore,
    RawResponse,
    Request,
    Secret,
    StoredToken,
    Timeout,
    TokenStoreError,
    TokenStoreWarning,
)
from brokerspec_runtime.operation import Grant, Operation, Safety
from brokerspec_runtime.session import Session, ends_at
from runtime.gateway import AsyncGateway, Gateway, answer, async_client_of, client_of, sign_in

# Stores


def test_a_session_outlives_its_client() -> None:
    gateway, store = Gateway(), MemoryStore()
    client_of(gateway, token=None, token_store=store).open_session(source="API")
    assert client_of(gateway, token=None, token_store=store).list_orders() == []
    assert gateway.logins == 1


@pytest.mark.anyio
async def test_an_asynchronous_session_outlives_its_client() -> None:
    gateway, store = AsyncGateway(), MemoryStore()
    await async_client_of(gateway, token=None, token_store=store).open_session(source="API")
    client = async_client_of(gateway, token=None, token_store=store)
    assert await client.list_orders() == []
    await client.logout()
    assert list(store._kept) == []


def test_a_token_that_is_given_counts_more_than_a_stored_one() -> None:
    gateway, store = Gateway(), MemoryStore()
    sign_in(client_of(gateway, token_store=store))
    given = client_of(gateway, token="other", token_store=store)
    assert given.prepare.list_orders().headers["Authorization"] == "Bearer other"


@pytest.mark.parametrize("change", [{"app_key": "another"}, {"server": "http://127.0.0.1:9"}])
def test_another_account_or_server_has_its_own_tokens(change: dict[str, str]) -> None:
    gateway, store = Gateway(), MemoryStore()
    sign_in(client_of(gateway, token_store=store))
    with pytest.raises(api.NotSent, match="token is not set"):
        client_of(gateway, token=None, token_store=store, **change).list_orders()
    assert "4pp" not in "".join(store._kept)


def test_a_closed_session_is_forgotten() -> None:
    gateway, store = Gateway(), MemoryStore()
    client = client_of(gateway, token_store=store)
    sign_in(client)
    client.logout()
    assert list(store._kept) == []


def test_a_refused_session_is_forgotten_but_a_newer_one_stays() -> None:
    gateway, store = Gateway(), MemoryStore()
    first = client_of(gateway, token_store=store, reauthenticate=None)
    sign_in(first)
    sign_in(client_of(gateway, token_store=store))
    with pytest.raises(api.SessionExpired):
        first.list_orders()
    assert client_of(gateway, token=None, token_store=store).list_orders() == []
    gateway.logins += 1
    with pytest.raises(api.SessionExpired):
        client_of(gateway, token=None, token_store=store, reauthenticate=None).list_orders()
    assert list(store._kept) == []


@pytest.mark.parametrize(
    ("error", "text"),
    [(TokenStoreError("no room"), "no room"), (OSError("c4nary"), r"store failed \(OSError\)")],
)
def test_a_store_that_fails_loses_no_answer(error: Exception, text: str) -> None:
    class Full(MemoryStore):
        def save(self, key: str, tokens: Mapping[str, StoredToken]) -> None:
            raise error

    client = client_of(Gateway(), token=None, token_store=Full())
    with pytest.warns(TokenStoreWarning, match=text):
        session = client.open_session(source="API")
    assert session.token == Secret("t1")
    assert client.list_orders() == []


# Clocks


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-02T00:29:59+00:00", "2026-03-02T06:00:00+05:30"),
        ("2026-03-02T00:30:00+00:00", "2026-03-03T06:00:00+05:30"),
        ("2026-03-02T18:45:00+00:00", "2026-03-03T06:00:00+05:30"),
    ],
)
def test_a_token_ends_when_the_brokers_clock_says_so(now: str, end: str) -> None:
    found = ends_at("06:00", "Asia/Kolkata", datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(end)


def test_a_token_without_a_known_end_has_none() -> None:
    assert ends_at("", "Asia/Kolkata", datetime.now(UTC)) is None


def test_an_ended_token_is_not_taken_up() -> None:
    store = MemoryStore()
    now = [datetime(2026, 3, 2, 4, tzinfo=UTC)]
    give = Operation(
        name="login",
        method="POST",
        path="/",
        answer=None,
        safety=Safety.UNSAFE,
        grants=(Grant("token", "token", "06:00", "Asia/Kolkata"),),
        opens_session=True,
    )

    def session() -> tuple[Session, dict[str, str | Secret | None]]:
        values: dict[str, str | Secret | None] = {"token": None}
        clock: Callable[[], datetime] = lambda: now[0]  # noqa: E731
        return Session(values, ["token"], key="k", store=store, now=clock), values

    chore = session()[0].learn(give, api.Session(token=Secret("t1")))
    assert chore
    chore()
    assert session()[1] == {"token": Secret("t1")}
    now[0] = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
    assert session()[1] == {"token": None}


# Chains


def test_a_chain_is_called_in_order_and_carries_its_tokens() -> None:
    answers = [
        {"Success": {"message": "started"}},
        {"Success": {"oneTimeToken": "0nce"}},
        {"Success": {"sessionToken": "s3ssion"}},
    ]
    requests: list[Request] = []

    class Kotak(Gateway):
        def send(self, request: Request, timeout: Timeout) -> RawResponse:
            requests.append(request)
            return answer(200, answers[len(requests) - 1])

    given = {"access_token": "a", "userid": "u", "consumer_key": "k", "ip": "::1", "app_id": "i"}
    client = kotak.Client(**given, transport=Kotak(), rate_limit={})
    session = client.open_session(password="p4ss", access_code="0001")
    assert session.session_token == Secret("s3ssion")
    assert [request.url.rsplit("/", 1)[1] for request in requests] == [
        "init",
        "userid",
        "accesscode",
    ]
    assert requests[2].headers["oneTimeToken"] == "0nce"
    assert client.prepare.logout().headers["sessionToken"] == "s3ssion"
