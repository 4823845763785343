"""What a call does when something goes wrong, driven by hand with a clock of our own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec_runtime.errors import (
    BrokerError,
    InvalidArgument,
    InvalidRequest,
    LimitReached,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SessionExpired,
)
from brokerspec_runtime.flow import Reauthenticate, Send, Wait, steps
from brokerspec_runtime.limits import Limits, ProcessStore, Rate
from brokerspec_runtime.operation import Attach, Context, Operation, Safety
from brokerspec_runtime.policy import UNLIMITED, Policy
from brokerspec_runtime.retry import Retry
from brokerspec_runtime.transport import Phase, Timeout, TransportFailure
from runtime.pace import (
    CONTEXT,
    Clock,
    Event,
    answer,
    call_of,
    cut,
    drive,
    policy_of,
    unsent,
)

HARMLESS = [Safety.SAFE, Safety.IDEMPOTENT]
TEN = {"orders": (Rate(2, 10),)}


# What is repeated


@pytest.mark.parametrize("safety", Safety)
def test_what_never_left_is_sent_again(safety: Safety) -> None:
    done = drive(call_of(safety), policy_of(Clock()), unsent(), unsent(), answer(200))
    assert done.result.status == 200
    assert len(done.sends) == 3
    assert done.requests[0] is done.requests[1] is done.requests[2]


@pytest.mark.parametrize("safety", HARMLESS)
@pytest.mark.parametrize("event", [cut(), answer(429), answer(500), answer(503)])
def test_what_does_no_harm_twice_is_sent_again(safety: Safety, event: Event) -> None:
    done = drive(call_of(safety), policy_of(Clock()), event, answer(200))
    assert done.result.status == 200
    assert len(done.waits) == 1


@pytest.mark.parametrize("event", [cut(), answer(500), answer(503, retry_after="1")])
def test_an_unsafe_call_that_may_have_arrived_is_not(event: Event) -> None:
    done = drive(call_of(Safety.UNSAFE), policy_of(Clock()), event)
    assert type(done.error) is OutcomeUnknown
    assert (done.error.attempts, done.error.correlation_id) == (1, "c1")
    assert done.error.retry_safe is False
    assert done.waits == []


def test_an_unsafe_call_beyond_the_pace_is_not_either() -> None:
    done = drive(call_of(Safety.UNSAFE), policy_of(Clock()), answer(429, retry_after="1"))
    assert type(done.error) is RateLimited
    assert (done.error.retry_after, done.error.attempts, done.waits) == (1, 1, [])


@pytest.mark.parametrize("safety", Safety)
@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409])
def test_a_no_is_a_no(safety: Safety, status: int) -> None:
    done = drive(call_of(safety), policy_of(Clock()), answer(status))
    assert done.error is not None
    assert (done.error.attempts, len(done.sends), done.waits) == (1, 1, [])


@pytest.mark.parametrize("safety", Safety)
def test_the_attempts_come_to_an_end(safety: Safety) -> None:
    done = drive(call_of(safety), policy_of(Clock(), retry=Retry(attempts=4)), *[unsent()] * 4)
    assert type(done.error) is NotSent
    assert (done.error.attempts, done.error.correlation_id) == (4, "c1")
    assert done.error.request is done.requests[0]


def test_a_call_may_be_sent_once_only() -> None:
    done = drive(call_of(), policy_of(Clock(), retry=Retry(attempts=1)), unsent())
    assert done.error is not None
    assert (done.error.attempts, done.waits) == (1, [])


def test_a_wrong_argument_is_never_sent() -> None:
    done = drive(call_of(call={"json": {"price": 94.05}}), policy_of(Clock()))
    assert type(done.error) is InvalidArgument
    assert (done.error.attempts, done.error.request, done.waits) == (0, None, [])
    assert done.error.correlation_id == "c1"


def test_a_missing_setting_is_never_sent() -> None:
    operation: Operation[Any] = Operation(
        name="do_it",
        method="GET",
        path="/it",
        answer=None,
        safety=Safety.SAFE,
        attach=(Attach("bearer", "Authorization", "token"),),
    )
    done = drive(operation.call(), policy_of(Clock()))
    assert type(done.error) is NotSent
    assert (done.error.is_transient, done.error.attempts, done.waits) == (False, 0, [])


# What is true of all attempts


@pytest.mark.parametrize("last", [unsent(), answer(400), answer(401), answer(404), answer(429)])
def test_a_refused_repetition_says_nothing_about_the_first(last: Event) -> None:
    policy = policy_of(Clock(), retry=Retry(attempts=2))
    done = drive(call_of(Safety.IDEMPOTENT), policy, cut(), last)
    assert type(done.error) is OutcomeUnknown
    assert (done.error.attempts, done.error.retry_safe) == (2, True)
    assert "it broke off; then: " in str(done.error)
    assert done.error.response is (last if not isinstance(last, TransportFailure) else None)


def test_where_nothing_changes_the_last_answer_counts() -> None:
    policy = policy_of(Clock(), retry=Retry(attempts=2))
    assert type(drive(call_of(), policy, cut(), answer(400)).error) is InvalidRequest
    assert type(drive(call_of(), policy, answer(503), answer(401)).error) is SessionExpired


def test_a_safe_call_that_was_sent_is_not_called_unsent() -> None:
    policy = policy_of(Clock(), retry=Retry(attempts=2))
    done = drive(call_of(), policy, cut(), unsent())
    assert type(done.error) is OutcomeUnknown


def test_a_limit_on_the_way_does_not_hide_what_was_sent() -> None:
    policy = policy_of(Clock(), rates={"orders": (Rate(1, 10),)}, on_limit="raise")
    done = drive(call_of(Safety.IDEMPOTENT, bucket="orders"), policy, cut())
    assert type(done.error) is OutcomeUnknown
    assert done.error.attempts == 1
    assert done.error.retry_after == pytest.approx(9.75)


# Pauses


@pytest.mark.parametrize(("jitter", "pauses"), [(0.0, [0.5, 1, 2, 2]), (1.0, [1, 2, 4, 4])])
def test_pauses_double_up_to_a_cap(jitter: float, pauses: list[float]) -> None:
    retry = Retry(attempts=5, base=1, cap=4)
    done = drive(call_of(), policy_of(Clock(), retry=retry, jitter=jitter), *[unsent()] * 5)
    assert done.waits == pauses


def test_the_wish_of_the_broker_is_honoured() -> None:
    done = drive(call_of(), policy_of(Clock()), answer(429, retry_after="7"), answer(200))
    assert done.waits == [7]
    done = drive(call_of(), policy_of(Clock()), answer(503, retry_after="0"), answer(200))
    assert done.waits == [0.25]


def test_a_wish_in_dates_is_read_by_the_clock_of_the_broker() -> None:
    date, later = "Fri, 31 Dec 1999 23:59:50 GMT", "Sat, 01 Jan 2000 00:00:05 GMT"
    done = drive(call_of(), policy_of(Clock()), answer(429, retry_after=later, date=date))
    assert done.waits == [15]


def test_a_wish_for_too_long_is_not_waited_for() -> None:
    done = drive(call_of(), policy_of(Clock()), answer(429, retry_after="31"))
    assert type(done.error) is RateLimited
    assert (done.error.retry_after, done.waits) == (31, [])


# The time for a call


def test_every_attempt_has_what_is_left() -> None:
    retry = Retry(attempts=9, base=1, cap=1)
    policy = policy_of(Clock(), retry=retry, timeout=Timeout(2, 5, 10))
    done = drive(call_of(), policy, *[cut()] * 9, each=3)
    assert [send.timeout for send in done.sends] == [
        Timeout(2, 5, 10),
        Timeout(2, 5, 6),
        Timeout(2, 2, 2),
    ]
    assert type(done.error) is OutcomeUnknown
    assert done.error.attempts == 3


def test_a_pause_beyond_the_end_is_not_begun() -> None:
    done = drive(call_of(), policy_of(Clock(), timeout=5), answer(429, retry_after="5"))
    assert type(done.error) is RateLimited
    assert done.waits == []


def test_waiting_too_long_sends_nothing_and_gives_the_place_back() -> None:
    clock, store = Clock(), ProcessStore()
    policy = policy_of(clock, rates={"orders": (Rate(1, 4),)}, store=store, timeout=5)
    drive(call_of(bucket="orders"), policy, answer(200))
    flow = steps(call_of(bucket="orders"), CONTEXT, policy)
    assert next(flow) == Wait(4)
    clock.now += 6
    with pytest.raises(NotSent, match="the time for this call was over") as caught:
        next(flow)
    assert (caught.value.attempts, caught.value.is_transient) == (0, False)
    assert policy.limits.reserve("orders", clock.now) == clock.now


# Limits


def test_a_call_waits_for_its_place() -> None:
    clock = Clock()
    policy = policy_of(clock, rates=TEN)
    waits = [drive(call_of(bucket="orders"), policy, answer(200), each=1).waits for _ in range(4)]
    assert waits == [[], [], [8], []]
    assert drive(call_of(bucket="books"), policy, answer(200)).waits == []


def test_a_call_may_raise_instead() -> None:
    clock = Clock()
    policy = policy_of(clock, rates=TEN, on_limit="raise")
    for _ in range(2):
        drive(call_of(bucket="orders"), policy, answer(200))
    for _ in range(3):
        done = drive(call_of(bucket="orders"), policy)
        assert type(done.error) is LimitReached
        assert (done.error.retry_after, done.error.attempts) == (10, 0)
        assert done.error.correlation_id == "c1"
    clock.now += 10
    assert drive(call_of(bucket="orders"), policy, answer(200)).error is None


def test_a_place_after_the_end_of_the_call_is_refused_and_given_back() -> None:
    clock = Clock()
    policy = policy_of(clock, rates=TEN, timeout=10)
    for _ in range(2):
        drive(call_of(bucket="orders"), policy, answer(200))
    for _ in range(3):
        assert type(drive(call_of(bucket="orders"), policy).error) is LimitReached
    clock.now += 5
    assert drive(call_of(bucket="orders"), policy, answer(200)).waits == [5]


def test_a_repetition_takes_a_place_too() -> None:
    policy = policy_of(Clock(), rates=TEN, retry=Retry(attempts=3, base=1))
    done = drive(call_of(bucket="orders"), policy, cut(), cut(), answer(200))
    assert done.waits == [1, 2, 7]


@pytest.mark.parametrize("is_thrown", [False, True])
def test_a_stopped_wait_gives_its_place_back(is_thrown: bool) -> None:
    clock = Clock()
    policy = policy_of(clock, rates={"orders": (Rate(1, 10),)})
    drive(call_of(bucket="orders"), policy, answer(200))
    for _ in range(3):
        flow = steps(call_of(bucket="orders"), CONTEXT, policy)
        assert next(flow) == Wait(10)
        if is_thrown:
            with pytest.raises(KeyboardInterrupt) as caught:
                flow.throw(KeyboardInterrupt())
            assert caught.value.__cause__ is None
        else:
            flow.close()


# Signing in again


def test_a_refused_session_is_renewed_once_and_its_time_is_not_the_calls() -> None:
    clock = Clock()
    flow = steps(call_of(Safety.UNSAFE), CONTEXT, policy_of(clock, timeout=10), may_renew=True)
    next(flow)
    clock.now += 4
    assert flow.send(answer(401)) == Reauthenticate()
    clock.now += 100
    again = flow.send(None)
    assert isinstance(again, Send)
    assert again.timeout.total == pytest.approx(6)
    with pytest.raises(SessionExpired) as caught:
        flow.send(answer(401))
    assert caught.value.attempts == 2


def test_a_failed_renewal_does_not_hide_what_was_sent() -> None:
    flow = steps(call_of(Safety.IDEMPOTENT), CONTEXT, policy_of(Clock()), may_renew=True)
    next(flow)
    assert isinstance(flow.throw(cut()), Wait)
    next(flow)
    assert flow.send(answer(401)) == Reauthenticate()
    failure = ValueError("no")
    with pytest.raises(OutcomeUnknown) as caught:
        flow.send(failure)
    assert caught.value.__cause__ is failure


# Under any sequence of events

EVENTS = st.one_of(
    st.builds(TransportFailure, st.sampled_from(Phase), st.just("it broke")),
    st.builds(
        lambda status, wish: answer(status, **({"retry_after": wish} if wish else {})),
        st.sampled_from([200, 204, 302, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503]),
        st.sampled_from(["", "0", "3", "29", "31", "99999", "soon"]),
    ),
)
RETRIES = st.builds(
    lambda attempts, base, more, wish: Retry(attempts, base, base + more, wish),
    st.integers(1, 8),
    st.floats(0, 5),
    st.floats(0, 50),
    st.floats(0, 100),
)
POLICIES = st.builds(
    policy_of,
    st.builds(Clock),
    retry=RETRIES,
    timeout=st.floats(0.5, 120),
    rates=st.sampled_from([{}, TEN, {"orders": (Rate(1, 1), Rate(3, 30))}]),
    on_limit=st.sampled_from(["wait", "raise"]),
    jitter=st.floats(0, 1),
)


def is_unsent(event: object) -> bool:
    return isinstance(event, TransportFailure) and event.phase is Phase.NOT_SENT


def may_have_acted(event: Event) -> bool:
    if isinstance(event, TransportFailure):
        return event.phase is Phase.UNKNOWN
    return event.status >= 500


@given(
    st.sampled_from(Safety), POLICIES, st.lists(EVENTS, min_size=8, max_size=8), st.floats(0, 20)
)
def test_no_order_is_sent_twice_and_no_outcome_is_hidden(
    safety: Safety, policy: Policy, events: list[Event], each: float
) -> None:
    clock = policy.now
    assert isinstance(clock, Clock)
    ends = clock.now + policy.timeout.total
    done = drive(call_of(safety, bucket="orders"), policy, *events, each=each)
    seen = events[: len(done.sends)]
    if safety is Safety.UNSAFE:
        assert all(is_unsent(event) for event in seen[:-1])
    assert len(done.sends) <= policy.retry.attempts
    assert sum(done.waits) <= policy.timeout.total
    assert all(send.timeout.total <= policy.timeout.total for send in done.sends)
    assert clock.now <= ends + each
    if any(may_have_acted(event) for event in seen):
        assert not isinstance(done.error, NotSent)
        if safety is not Safety.SAFE:
            assert not isinstance(done.error, Rejected)
    if done.error is not None:
        assert isinstance(done.error, BrokerError)
        assert (done.error.attempts, done.error.correlation_id) == (len(done.sends), "c1")
        assert (done.error.operation, done.error.broker) == ("do_it", "demo")


def test_without_rates_nothing_is_kept() -> None:
    limits = Limits("k", {}, ProcessStore())
    assert [limits.reserve("orders", 5.0) for _ in range(3)] == [5.0, 5.0, 5.0]
    limits.give_back("orders", 5.0)
    assert UNLIMITED.reserve("orders", 1.0) == 1.0


def test_a_flow_needs_an_answer() -> None:
    flow = steps(call_of(), Context("demo", "https://a.test", {}), policy_of(Clock()))
    next(flow)
    with pytest.raises(TypeError, match="answered with a RawResponse"):
        next(flow)
