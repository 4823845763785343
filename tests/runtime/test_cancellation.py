"""A call that is stopped from outside: what was sent is not called back."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest

from brokerspec_runtime.cancellation import outcome_of
from brokerspec_runtime.client import AsyncBase, SyncBase
from brokerspec_runtime.errors import OutcomeUnknown
from brokerspec_runtime.limits import Rate
from brokerspec_runtime.operation import Safety
from brokerspec_runtime.policy import Policy
from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.retry import Retry
from brokerspec_runtime.transport import Timeout
from runtime.pace import Clock, Event, answer, call_of, cut, policy_of, unsent

pytestmark = pytest.mark.anyio
ORDER = call_of(Safety.UNSAFE, bucket="orders")


class Silent:
    """An asynchronous transport that fails as told, then keeps everyone waiting."""

    def __init__(self, *events: Event) -> None:
        self.events = list(events)
        self.is_out = asyncio.Event()
        self.requests: list[Request] = []

    async def send(self, request: Request, timeout: Timeout) -> RawResponse:  # noqa: ASYNC109
        bare = request.headers  # What tools that print local variables would show.
        self.requests.append(request)
        if not self.events:
            self.is_out.set()
            await asyncio.Event().wait()
        event = self.events.pop(0)
        if isinstance(event, RawResponse):
            return event
        assert bare
        raise event

    async def aclose(self) -> None:
        return


def client_of(transport: Silent, policy: Policy) -> AsyncBase:
    return AsyncBase(
        broker="demo",
        server="https://api.example.test",
        values={},
        sources={},
        policy=policy,
        proxy=None,
        transport=transport,
        on_deviation="ignore",
    )


def assert_told(error: BaseException, *, attempts: int = 1) -> OutcomeUnknown:
    outcome = outcome_of(error)
    assert type(outcome) is OutcomeUnknown
    assert (outcome.correlation_id, outcome.attempts) == ("c1", attempts)
    assert (outcome.broker, outcome.operation) == ("demo", "do_it")
    assert outcome.request is not None
    return outcome


async def stopped(client: AsyncBase, call: Any, until: asyncio.Event) -> BaseException:
    task = asyncio.create_task(client._send(call))
    await until.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert task.cancelled()
    return caught.value


async def test_a_task_that_is_cancelled_when_the_request_is_out() -> None:
    transport = Silent()
    error = await stopped(client_of(transport, policy_of(Clock())), ORDER, transport.is_out)
    assert type(error) is asyncio.CancelledError
    outcome = assert_told(error)
    assert outcome.retry_safe is False
    assert outcome.request is transport.requests[0]
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert "send" not in frames


@pytest.mark.parametrize("safety", Safety)
async def test_a_timeout_stays_a_timeout(safety: Safety) -> None:
    client = client_of(Silent(), policy_of(Clock()))
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.01):
            await client._send(call_of(safety))
    assert assert_told(caught.value).retry_safe is (safety is not Safety.UNSAFE)


async def test_waiting_for_so_long_stays_a_timeout() -> None:
    client = client_of(Silent(), policy_of(Clock()))
    with pytest.raises(TimeoutError) as caught:
        await asyncio.wait_for(client._send(ORDER), 0.01)
    assert_told(caught.value)


async def test_a_task_group_ends_with_the_error_that_stopped_it() -> None:
    transport = Silent()
    client = client_of(transport, policy_of(Clock()))

    async def fail() -> None:
        await transport.is_out.wait()
        raise ValueError("another task")

    async def together() -> None:
        async with asyncio.TaskGroup() as group:
            tasks.append(group.create_task(client._send(ORDER)))
            group.create_task(fail())

    tasks: list[asyncio.Task[Any]] = []
    with pytest.raises(ExceptionGroup) as caught:
        await together()
    assert [type(error) for error in caught.value.exceptions] == [ValueError]
    assert tasks[0].cancelled()


async def test_waiting_for_a_limit_sends_nothing_and_gives_the_place_back() -> None:
    transport = Silent()
    policy = policy_of(Clock(), rates={"orders": (Rate(1, 50),)})
    waiting = asyncio.Event()
    limited = pausing(policy, waiting)
    assert limited.limits.reserve("orders", 1000.0) == 1000
    for _ in range(3):
        waiting.clear()
        error = await stopped(client_of(transport, limited), ORDER, waiting)
        assert outcome_of(error) is None
    assert transport.requests == []
    assert limited.limits.reserve("orders", 1000.0) == 1050


@pytest.mark.parametrize(("event", "is_told"), [(unsent(), False), (answer(429), False)])
async def test_a_pause_after_nothing_happened_is_just_cancelled(
    event: Event, is_told: bool
) -> None:
    waiting = asyncio.Event()
    client = client_of(Silent(event), pausing(policy_of(Clock()), waiting))
    error = await stopped(client, call_of(Safety.IDEMPOTENT), waiting)
    assert (outcome_of(error) is not None) is is_told


async def test_a_pause_after_a_doubtful_sending_tells_of_it() -> None:
    waiting = asyncio.Event()
    client = client_of(Silent(cut()), pausing(policy_of(Clock()), waiting))
    assert_told(await stopped(client, call_of(Safety.IDEMPOTENT), waiting))


async def test_every_sending_is_counted() -> None:
    transport = Silent(unsent(), unsent())
    policy = policy_of(Clock(), retry=Retry(base=0))
    error = await stopped(client_of(transport, policy), ORDER, transport.is_out)
    assert_told(error, attempts=3)


def pausing(policy: Policy, waiting: asyncio.Event) -> Policy:
    """Return a policy whose pauses say that they began, and never end."""

    async def sleep(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    return Policy(
        retry=policy.retry,
        limits=policy.limits,
        now=policy.now,
        jitter=policy.jitter,
        sleep_async=sleep,
    )


class Interrupted:
    """A transport during which somebody presses Ctrl-C."""

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        raise KeyboardInterrupt

    def close(self) -> None:
        return


def test_an_interrupted_call_tells_of_it_too() -> None:
    client = SyncBase(
        broker="demo",
        server="https://api.example.test",
        values={},
        sources={},
        policy=policy_of(Clock()),
        proxy=None,
        transport=Interrupted(),
        on_deviation="ignore",
    )
    with pytest.raises(KeyboardInterrupt) as caught:
        client._send(ORDER)
    assert_told(caught.value)


def test_an_error_of_another_kind_has_no_outcome() -> None:
    assert outcome_of(ValueError("no")) is None
    outcome = OutcomeUnknown("cut")
    assert outcome_of(outcome) is outcome
