"""One call performs the documented chain that opens a session, all of it or nothing.

`sessions/<broker>.yaml` names the chain. The requests and answers are those of the first
case of each operation; `headers` are those that earlier answers of the chain decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import anyio
import msgspec
import pytest

from brokerspec_runtime import MemoryStore, RawResponse, Request, Retry, Secret, Timeout
from brokerspec_runtime.errors import BrokerError
from brokerspec_runtime.transport import Phase, TransportFailure
from contract.calling import arguments_of
from contract.case import BROKERS, CASES, Case, Shape, all_cases, client_settings, load_yaml
from contract.comparing import check_request, check_value
from contract.exchange import Recorded
from contract.spec import spec

REFUSED = RawResponse(400, {}, b"{}", 0.0)
FAILURES = {
    "refused": REFUSED,
    "failed": RawResponse(500, {}, b"", 0.0),
    "without the token": RawResponse(200, {}, b"{}", 0.0),
    "no JSON": RawResponse(200, {}, b"<html>", 0.0),
    "connection lost": TransportFailure(Phase.UNKNOWN, "reset"),
    "stopped": asyncio.CancelledError(),
}


class Link(Shape, frozen=True):
    """One call of a chain."""

    operation: str
    headers: dict[str, str] = {}  # noqa: RUF012 - msgspec copies it


class Chain(Shape, frozen=True):
    """How a session is opened, what it leaves, and a call that needs it."""

    method: str
    arguments: dict[str, str]
    chain: tuple[Link, ...]
    next: Link
    session: dict[str, str]


class Scripted:
    """A transport with a list of answers, of which an exception is raised."""

    def __init__(self, answers: Sequence[RawResponse | BaseException]) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.requests.append(request)
        answer = self.answers[len(self.requests) - 1]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        return


class AsyncScripted(Scripted):
    async def send(  # type: ignore[override]
        self,
        request: Request,
        timeout: Timeout,  # noqa: ASYNC109
    ) -> RawResponse:
        await asyncio.sleep(0)
        return super().send(request, timeout)

    async def aclose(self) -> None:
        return


class Way:
    """A client of a broker, called synchronously or not."""

    def __init__(self, broker: str, answers: Sequence[Any], *, is_async: bool, old: bool) -> None:
        self.store = MemoryStore()
        self.wire = (AsyncScripted if is_async else Scripted)(answers)
        tokens = {name: f"old-{name}" if old else None for name in token_names(broker)}
        module = import_module(broker)
        self.client = (module.AsyncClient if is_async else module.Client)(
            **{**client_settings(broker), **tokens},
            transport=self.wire,
            token_store=self.store,
            retry=Retry(attempts=1),
            rate_limit={},
        )

    def call(self, name: str, given: dict[str, Any]) -> Any:
        method = getattr(self.client, name)
        arguments = arguments_of(method, given)
        if not isinstance(self.wire, AsyncScripted):
            return method(**arguments)

        async def run() -> Any:
            return await method(**arguments)

        return anyio.run(run)

    @property
    def tokens(self) -> dict[str, str]:
        held = {name: self.client._values[name] for name in self.client._context.sources}
        return {name: Secret.of(value).reveal() for name, value in held.items() if value}

    @property
    def stored(self) -> dict[str, str]:
        kept = [tokens for tokens in self.store._kept.values() if tokens]
        return {name: token.value.reveal() for found in kept for name, token in found.items()}


def token_names(broker: str) -> list[str]:
    settings = spec(broker)["x-client"]
    return [name for name, node in settings.items() if node.get("role") == "session"]


@cache
def chain_of(broker: str) -> Chain:
    return msgspec.convert(load_yaml(CASES.with_name("sessions") / f"{broker}.yaml"), Chain)


def case_of(broker: str, link: Link) -> Case:
    """Return the first case of an operation, with the headers that the chain decides."""
    case = next(c for c in all_cases() if (c.broker, c.operation) == (broker, link.operation))
    assert case.request
    headers = {**case.request.headers, **link.headers}
    request = msgspec.structs.replace(case.request, headers=headers)
    return msgspec.structs.replace(case, request=request)


def answer_of(case: Case) -> RawResponse:
    assert case.response
    return RawResponse(case.response.status, case.response.headers, case.answer_bytes(), 0.0)


def check_sent(request: Request, case: Case) -> None:
    check_request(Recorded(request.method, request.url, request.headers, request.body or b""), case)


WITH_SESSION = [broker for broker in BROKERS if "x-session" in spec(broker)]
LINKS = [(b, k) for b in WITH_SESSION for k in range(len(chain_of(b).chain))]


@pytest.mark.parametrize("broker", WITH_SESSION)
def test_the_chain_is_that_of_the_spec(broker: str) -> None:
    assert [link.operation for link in chain_of(broker).chain] == spec(broker)["x-session"]["open"]
    assert set(chain_of(broker).session) == set(spec(broker)["x-session"]["tokens"])


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("broker", WITH_SESSION)
def test_one_call_sends_the_chain_and_the_next_call_carries_the_token(
    broker: str, is_async: bool
) -> None:
    chain = chain_of(broker)
    cases = [case_of(broker, link) for link in (*chain.chain, chain.next)]
    way = Way(broker, [answer_of(case) for case in cases], is_async=is_async, old=False)
    result = way.call(chain.method, chain.arguments)
    check_value(cases[-2].returns, result)
    assert way.tokens == way.stored == chain.session
    way.call(chain.next.operation, cases[-1].arguments)
    assert len(way.wire.requests) == len(cases)
    for request, case in zip(way.wire.requests, cases, strict=True):
        check_sent(request, case)


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(("broker", "broken"), LINKS)
def test_a_failure_in_the_chain_leaves_no_half_session(
    broker: str, broken: int, failure: str, is_async: bool, old: bool
) -> None:
    chain = chain_of(broker)
    cases = [case_of(broker, link) for link in chain.chain]
    answers: list[Any] = [answer_of(case) for case in cases]
    broken_answers = [*answers[:broken], FAILURES[failure]]
    way = Way(broker, [*broken_answers, *answers], is_async=is_async, old=old)
    before = way.tokens
    with pytest.raises((BrokerError, asyncio.CancelledError)) as caught:
        way.call(chain.method, chain.arguments)
    if isinstance(caught.value, BrokerError):
        assert caught.value.operation == chain.chain[broken].operation
    assert len(way.wire.requests) == broken + 1
    assert way.tokens == before
    assert way.stored == {}
    way.call(chain.method, chain.arguments)
    assert way.tokens == way.stored == chain.session
