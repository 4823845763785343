"""Every listed sign of a failure gives its error, from every operation and client.

`failures/<broker>.yaml` is the table; README.md explains it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import anyio
import pytest

from brokerspec_runtime import RawResponse, Rejected, Request, Retry, Timeout
from brokerspec_runtime.errors import BrokerError
from brokerspec_runtime.failure import broken_rule
from brokerspec_runtime.operation import Condition, Contains, Equals, Failure, Operation
from contract.calling import arguments_of
from contract.case import BROKERS, ROOT, Case, all_cases
from contract.signals import EMPTY, Signal, meant, sent_by, signals
from contract.spec import operations


class Answering:
    """A transport with one answer to everything."""

    def __init__(self, status: int, body: bytes) -> None:
        self.answer = RawResponse(status, {}, body, 0.0)
        self.count = 0

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.count += 1
        return self.answer

    def close(self) -> None:
        return


class AsyncAnswering(Answering):
    async def send(  # type: ignore[override]
        self,
        request: Request,
        timeout: Timeout,  # noqa: ASYNC109
    ) -> RawResponse:
        return super().send(request, timeout)

    async def aclose(self) -> None:
        return


@cache
def examples(broker: str) -> dict[str, Case]:
    """Return a case of each operation, for its arguments."""
    return {case.operation: case for case in reversed(all_cases()) if case.broker == broker}


def every() -> Iterator[Any]:
    for broker in BROKERS:
        for signal in signals(broker):
            for operation in meant(broker, signal):
                name = f"{broker}.{operation}: {signal.signal}"
                yield pytest.param(examples(broker)[operation], signal, id=name)


def settings(case: Case) -> dict[str, Any]:
    return {"retry": Retry(attempts=1), "rate_limit": {}, **case.settings}


def called(case: Case, transport: Answering) -> Any:
    with import_module(case.broker).Client(**settings(case), transport=transport) as client:
        method = getattr(client, case.operation)
        return method(**arguments_of(method, case.arguments))


def called_async(case: Case, transport: AsyncAnswering) -> Any:
    async def run() -> Any:
        async with import_module(case.broker).AsyncClient(
            **settings(case), transport=transport
        ) as client:
            method = getattr(client, case.operation)
            return await method(**arguments_of(method, case.arguments))

    return anyio.run(run)


@pytest.mark.parametrize(("case", "signal"), list(every()))
def test_the_signal_becomes_its_error(case: Case, signal: Signal) -> None:
    for status, expected in signal.becomes.items():
        for body in signal.answers():
            for call, transport in (
                (called, Answering(status, body)),
                (called_async, AsyncAnswering(status, body)),
            ):
                if expected == EMPTY:
                    assert call(case, transport) == []
                else:
                    _check(call, case, transport, signal, expected)
                assert transport.count == 1


def _check(call: Any, case: Case, transport: Answering, signal: Signal, expected: str) -> None:
    with pytest.raises(BrokerError) as caught:
        call(case, transport)
    error = caught.value
    assert type(error).__name__ == expected
    assert error.operation == case.operation
    if isinstance(error, Rejected):
        told = (error.status, error.code, error.message)
        assert told == (transport.answer.status, signal.code, signal.message)
        assert error.retry_safe is True
    elif expected == "OutcomeUnknown":
        assert signal.message.strip() in str(error)
        is_unsafe = operations(case.broker)[case.operation]["x-safety"] == "unsafe"
        assert (error.retry_safe is True) is not is_unsafe


@pytest.mark.parametrize("broker", BROKERS)
def test_the_table_is_the_list_of_the_notes(broker: str) -> None:
    listed = _listed(broker)
    table = {
        s.signal: ", ".join(
            f"{status} `{error}`" if error != EMPTY else f"{status} {EMPTY}"
            for status, error in s.becomes.items()
        )
        for s in signals(broker)
    }
    assert len(table) == len(signals(broker))
    assert table == listed


def _listed(broker: str) -> dict[str, str]:
    """Return signal and error from the list of a broker's notes."""
    notes = (ROOT / "specs" / broker / "NOTES.md").read_text(encoding="utf-8")
    part = notes.split("## Failure signals\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+ \|$", part, re.MULTILINE)
    return {signal.strip("`"): error for signal, error in rows if signal != "signal"}


@pytest.mark.parametrize("broker", BROKERS)
def test_every_documented_status_is_in_the_table(broker: str) -> None:
    known = {
        (operation, str(status))
        for signal in signals(broker)
        for operation in meant(broker, signal)
        for status in signal.becomes
    }
    documented = {
        (name, status)
        for name in sent_by(broker)
        for status in operations(broker)[name]["responses"]
        if status not in {"200", "default"}
    }
    assert documented - known == set()


@pytest.mark.parametrize("broker", BROKERS)
def test_every_text_and_code_of_the_rules_is_in_the_table(broker: str) -> None:
    module = import_module(f"{broker}.operations")
    wanted: set[tuple[Failure, str]] = set()
    found: set[tuple[Failure, str]] = set()
    for name in sent_by(broker):
        operation: Operation[Any] = getattr(module, name.upper())
        wanted |= {
            (rule, repr(value))
            for rule in operation.failures
            for condition in rule.where
            for value in _literals(condition)
        }
        for signal in signals(broker):
            if name in meant(broker, signal):
                found |= set(_decisive(operation, signal))
    assert wanted - found == set()


def _literals(condition: Condition) -> tuple[object, ...]:
    match condition:
        case Equals(values=values):
            return values
        case Contains(texts=texts):
            return texts
    return ()


def _decisive(operation: Operation[Any], signal: Signal) -> Iterator[tuple[Failure, str]]:
    """Yield each rule that a signal is decided by, with the value of the rule that it has."""
    for status in signal.becomes:
        for body in signal.answers():
            decided = broken_rule(operation.failures, status, body)
            if decided is None:
                continue
            rule, view = decided
            for condition in rule.where:
                there = view.first(condition.pointers)
                for value in _literals(condition):
                    has_text = (
                        isinstance(condition, Contains)
                        and str(value).casefold() in str(there).casefold()
                    )
                    if has_text or (type(there) is type(value) and there == value):
                        yield rule, repr(value)
