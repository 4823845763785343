"""A clock that moves only when somebody waits, and a flow driven by hand with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from brokerspec_runtime.errors import BrokerError
from brokerspec_runtime.flow import Send, Wait, steps
from brokerspec_runtime.limits import Limits, ProcessStore, Rate
from brokerspec_runtime.operation import Call, Context, Operation, Safety
from brokerspec_runtime.policy import OnLimit, Policy
from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.retry import Retry
from brokerspec_runtime.transport import Phase, Timeout, TransportFailure

CONTEXT = Context("demo", "https://api.example.test", {})
Event = RawResponse | TransportFailure


def answer(status: int, **headers: str) -> RawResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawResponse(status, named, b"{}", 0.0)


def unsent() -> TransportFailure:
    return TransportFailure(Phase.NOT_SENT, "no connection")


def cut() -> TransportFailure:
    return TransportFailure(Phase.UNKNOWN, "it broke off")


@dataclass
class Clock:
    """Seconds that pass when they are waited for."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Drive:
    """What a call did: the requests, the pauses, and how it ended."""

    clock: Clock
    sends: list[Send] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    result: Any = None
    error: BrokerError | None = None

    @property
    def requests(self) -> list[Request]:
        return [send.request for send in self.sends]


def call_of(
    safety: Safety = Safety.SAFE, *, bucket: str = "", call: dict[str, Any] | None = None
) -> Call[Any]:
    operation: Operation[Any] = Operation(
        name="do_it", method="POST", path="/it", answer=None, safety=safety, bucket=bucket
    )
    return operation.call(**{"correlation_id": "c1", **(call or {})})


def policy_of(
    clock: Clock,
    *,
    retry: Retry | None = None,
    timeout: Timeout | float = 60,
    rates: dict[str, tuple[Rate, ...]] | None = None,
    store: ProcessStore | None = None,
    on_limit: OnLimit = "wait",
    jitter: float = 1.0,
) -> Policy:
    return Policy(
        timeout=Timeout.of(timeout),
        retry=retry or Retry(),
        limits=Limits("one", rates or {}, store or ProcessStore()),
        on_limit=on_limit,
        now=clock,
        wall=lambda: 1_700_000_000.0,
        jitter=lambda: jitter,
    )


def drive(call: Call[Any], policy: Policy, *events: Event, each: float = 0.0) -> Drive:
    """Answer the requests of a call one after the other; each takes some seconds."""
    clock = policy.now
    assert isinstance(clock, Clock)
    done = Drive(clock)
    flow = steps(call, CONTEXT, policy)
    coming: Iterator[Event] = iter(events)
    try:
        step = next(flow)
        while True:
            if isinstance(step, Wait):
                done.waits.append(step.seconds)
                clock.now += step.seconds
                step = next(flow)
                continue
            assert isinstance(step, Send)
            done.sends.append(step)
            clock.now += each
            event = next(coming)
            step = flow.throw(event) if isinstance(event, TransportFailure) else flow.send(event)
    except StopIteration as end:
        done.result = end.value
    except BrokerError as error:
        done.error = error
    return done
