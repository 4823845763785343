"""Every documented operation, payload, status and failure rule has a contract case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from brokerspec_runtime.failure import broken_rule
from brokerspec_runtime.operation import Failure, Operation
from contract.case import BROKERS, ROOT, Case, all_cases
from contract.signals import meant, signals
from contract.spec import operations

DOCUMENTED = {
    "algomojo_bridge": 13,
    "iifl_markets": 1,
    "interactive_gateway": 9,
    "kotak_securities": 4,
    "sas_online": 16,
}
SAMPLES = {
    "algomojo_bridge": {"request": 13, "response": 13},
    "iifl_markets": {"request": 1, "response": 5},
    "interactive_gateway": {"request": 3, "response": 9},
    "kotak_securities": {},
    "sas_online": {"request": 6, "response": 16},
}
# What the documents print beside JSON: header blocks, addresses, Python and curl snippets.
COVERS = {
    "algomojo_bridge": {"curl": 13},
    "interactive_gateway": {"header": 8},
    "kotak_securities": {"snippet": 4},
    "sas_online": {"url": 4},
}
_SAMPLE = re.compile(r"(?P<operation>\w+)\.(?P<side>request|response)(\.\w+)?\.json")


def cases_of(broker: str) -> list[Case]:
    return [case for case in all_cases() if case.broker == broker]


def samples_of(broker: str) -> set[str]:
    return {path.name for path in (ROOT / "specs" / broker / "samples").glob("*.json")}


def test_the_documents_together() -> None:
    assert sum(DOCUMENTED.values()) == 43
    sides = [Counter(counts) for counts in SAMPLES.values()]
    assert sum(sides, Counter()) == {"request": 23, "response": 43}


@pytest.mark.parametrize("broker", BROKERS)
def test_every_documented_operation_is_in_the_spec(broker: str) -> None:
    documented = [name for name, node in operations(broker).items() if "x-sign-in" not in node]
    assert len(documented) == DOCUMENTED[broker]


@pytest.mark.parametrize("broker", BROKERS)
def test_every_operation_has_a_case(broker: str) -> None:
    assert {case.operation for case in cases_of(broker)} == set(operations(broker))


@pytest.mark.parametrize("broker", BROKERS)
def test_case_names_are_unique(broker: str) -> None:
    names = Counter((case.operation, case.name) for case in cases_of(broker))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("broker", BROKERS)
def test_every_printed_payload_is_there(broker: str) -> None:
    matches = [_SAMPLE.fullmatch(name) for name in samples_of(broker)]
    assert None not in matches
    assert Counter(match["side"] for match in matches if match) == SAMPLES[broker]


@pytest.mark.parametrize("broker", BROKERS)
def test_every_printed_payload_has_a_case(broker: str) -> None:
    used = {name for case in cases_of(broker) for name in _used(case)}
    assert used == samples_of(broker)


def _used(case: Case) -> Iterator[str]:
    """Yield the samples of a case that are its operation's own."""
    sides = {"request": case.request, "response": case.response}
    for side, part in sides.items():
        if part is not None and part.json is not None:
            match = _SAMPLE.fullmatch(part.json)
            assert match, part.json
            assert (match["operation"], match["side"]) == (case.operation, side), str(case)
            yield part.json


@pytest.mark.parametrize("broker", BROKERS)
def test_everything_else_that_is_printed_has_a_case(broker: str) -> None:
    covered = Counter(what for case in cases_of(broker) for what in case.covers)
    assert covered == COVERS.get(broker, {})


@pytest.mark.parametrize("broker", BROKERS)
def test_every_documented_status_has_a_case(broker: str) -> None:
    answered = {
        (case.operation, str(case.response.status))
        for case in cases_of(broker)
        if case.response is not None
    }
    documented = {
        (name, status)
        for name, node in operations(broker).items()
        for status in node["responses"]
        if status != "default"
    }
    assert sorted(documented - answered) == []


@pytest.mark.parametrize("broker", BROKERS)
def test_every_failure_rule_decides_a_case(broker: str) -> None:
    module = import_module(f"{broker}.operations")
    known = [value for value in vars(module).values() if isinstance(value, Operation)]
    shared: tuple[Failure, ...] = getattr(module, "FAILURES", ())
    decided = {operation.name: _decided(operation, broker) for operation in known}
    reached = {rule for rules in decided.values() for rule in rules}
    own = [
        (operation.name, rule)
        for operation in known
        for rule in operation.failures
        if rule not in shared and rule not in decided[operation.name]
    ]
    assert own == []
    assert [rule for rule in shared if rule not in reached] == []


def _decided(operation: Operation[Any], broker: str) -> set[Failure]:
    """Return the rules that decide the answers in the cases of an operation."""
    answers = [
        (case.response.status, case.answer_bytes())
        for case in cases_of(broker)
        if case.operation == operation.name and case.response is not None
    ]
    answers += [
        (status, body)
        for signal in signals(broker)
        if operation.name in meant(broker, signal)
        for status in signal.becomes
        for body in signal.answers()
    ]
    found = (broken_rule(operation.failures, status, body) for status, body in answers)
    return {decided[0] for decided in found if decided is not None}
