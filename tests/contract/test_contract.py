"""Run every case over every HTTP library. What a case says, README.md explains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import msgspec
import pytest

from brokerspec_runtime import Secret, codec, oauth, wire
from brokerspec_runtime.enums import OpenEnum
from brokerspec_runtime.errors import BrokerError
from brokerspec_runtime.failure import broken_rule
from brokerspec_runtime.operation import Operation
from contract.calling import arguments_of, secret_arguments
from contract.case import Case, all_cases
from contract.comparing import check_keys, check_request, check_value
from contract.exchange import WAYS, Outcome, Recorded, package
from contract.spec import ABSENT, operations, payload


def documented_answers() -> list[Case]:
    """Return the cases that a printed payload answers."""
    return [case for case in all_cases() if case.response and case.response.json]


def one_case_each() -> list[Case]:
    """Return the first case of each operation that sends something in any case."""
    firsts = {(case.broker, case.operation): case for case in reversed(all_cases())}
    return [case for case in firsts.values() if "x-sign-in" not in node_of(case)]


def node_of(case: Case) -> dict[str, Any]:
    """Return the operation of a case as the spec has it."""
    return operations(case.broker)[case.operation]


def operation_of(case: Case) -> Operation[Any]:
    """Return the operation of a case as the generated package has it."""
    module = import_module(f"{case.broker}.operations")
    found: Operation[Any] = getattr(module, case.operation.upper())
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case, way: str) -> None:
    outcome = WAYS[way](case)
    if case.is_address:
        _check_address(outcome, case)
        return
    _check_outcome(outcome, case)
    assert len(outcome.sent) == (0 if case.request is None else 1)
    for sent in outcome.sent:
        check_request(sent, case)
    if case.session is not None:
        assert _tokens(outcome.client) == case.session


@pytest.mark.parametrize("case", documented_answers(), ids=str)
def test_documented_answers_deviate_in_enum_values_only(case: Case) -> None:
    operation = operation_of(case)
    if broken_rule(operation.failures, 200, case.answer_bytes()) is not None:
        return
    for deviation in codec.survey(case.answer_bytes(), operation.answer):
        assert issubclass(getattr(package(case), deviation.expected), OpenEnum), str(deviation)


@pytest.mark.parametrize("case", one_case_each(), ids=str)
def test_a_shown_request_hides_every_secret(case: Case) -> None:
    client = package(case).Client(**case.settings)
    held = [name for name, value in client._values.items() if isinstance(value, Secret)]
    hidden = {name: f"hidden-{number}" for number, name in enumerate(held)}
    with package(case).Client(**{**case.settings, **hidden}) as guarded:
        method = getattr(guarded, case.operation)
        arguments = arguments_of(method, case.arguments)
        arguments |= {name: Secret(f"hidden-{name}") for name in secret_arguments(method)}
        inner = list(_secret_texts(arguments.values()))
        request = getattr(guarded.prepare, case.operation)(**arguments)
    for secret in [*hidden.values(), *inner]:
        assert secret not in repr(request)
    sent = f"{request.url} {dict(request.headers)} {request.body!r}"
    assert all(secret in sent for secret in inner)


def _secret_texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Secret):
            yield value.reveal()
        elif isinstance(value, msgspec.Struct):
            yield from _secret_texts(msgspec.structs.astuple(value))
        elif isinstance(value, list):
            yield from _secret_texts(value)


def _check_address(outcome: Outcome, case: Case) -> None:
    assert outcome.error is None
    assert outcome.sent == []
    url, state = outcome.value
    check_request(Recorded("GET", url, {}, b""), case)
    assert state == case.arguments["state"]


def _check_outcome(outcome: Outcome, case: Case) -> None:
    if case.raises is not None:
        assert outcome.error is not None, f"returned {outcome.value!r}"
        _check_error(outcome.error, outcome.client, case)
        return
    if outcome.error is not None:
        raise outcome.error
    check_value(case.returns, outcome.value)
    if case.response is not None and case.response.json is not None:
        documented = payload(case.broker, case.operation, wire.loads(case.answer_bytes()))
        if documented is not ABSENT and outcome.value != []:
            check_keys(documented, codec.to_builtins(outcome.value))


def _check_error(error: BrokerError, client: Any, case: Case) -> None:
    expected = case.raises
    assert expected is not None
    kind = getattr(package(case), expected.error, None) or getattr(oauth, expected.error)
    assert type(error) is kind, f"raised {error!r}"
    for name in ("code", "message", "status"):
        wanted = getattr(expected, name)
        if wanted is not None:
            assert getattr(error, name) == wanted
    assert (error.broker, error.operation) == (case.broker, case.operation)
    shown = f"{error} {error!r} {error.request!r} {error.response!r}"
    for secret in _secrets(client, case):
        assert secret not in shown


def _secrets(client: Any, case: Case) -> set[str]:
    """Return the secrets of a client, without those that are spelt like a setting."""
    held = (value for value in client._values.values() if isinstance(value, Secret))
    given = {secret.reveal() for secret in held}
    names = {name.casefold() for name in case.settings}
    return {secret for secret in given if secret and secret.casefold() not in names}


def _tokens(client: Any) -> dict[str, str]:
    held = {name: client._values[name] for name in client._context.sources}
    return {name: Secret.of(token).reveal() for name, token in held.items() if token is not None}
