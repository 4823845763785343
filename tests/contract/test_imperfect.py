"""Nine ordinary imperfections, put into every documented answer, one place at a time.

Whatever comes of it, nothing is lost in silence: the value is kept exactly, or a deviation
names the place that became None, or the whole answer is refused with the path, the bytes
and the rows that did decode. `pytest -s` prints the table.
"""

from __future__ import annotations

import copy
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin

import msgspec
import pytest

from brokerspec_runtime import RawResponse, Secret, UnexpectedResponse, codec, wire
from brokerspec_runtime.enums import OpenEnum, OpenIntEnum
from brokerspec_runtime.failure import broken_rule
from brokerspec_runtime.operation import Safety
from contract.calling import arguments_of
from contract.case import BROKERS, Case, all_cases
from contract.exchange import package
from contract.test_contract import operation_of

GONE = object()
FAULTS = (
    "unknown enum",
    "extra field",
    "missing field",
    "null",
    "number as string",
    "empty date",
    "other date format",
    "5.0 for an int",
    "array for a string",
)
# Imperfections that cannot occur: no printed answer of the broker has a member of the kind.
IMPOSSIBLE = {
    ("kotak_securities", "empty date"),
    ("kotak_securities", "other date format"),
}
LAYOUTS = {
    "dd-MM-yyyy HH:mm:ss": "%d-%m-%Y %H:%M:%S",
    "HH:mm:ss dd-MM-yyyy": "%H:%M:%S %d-%m-%Y",
    "yyyyMMdd": "%Y%m%d",
    "dd/MM/yyyy": "%d/%m/%Y",
    "HH:mm:ss": "%H:%M:%S",
}
OTHER_DATES = ("2021-06-25T16:55:11Z", "06/25/2021", "25-Jun-2021", "5/6/21", "16:55")


@dataclass(frozen=True)
class Place:
    """A member of an object somewhere in an answer."""

    steps: tuple[str | int, ...]
    kind: Any

    @property
    def path(self) -> str:
        return "$" + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in self.steps)


@dataclass(frozen=True)
class Fault:
    """An answer with one imperfection."""

    name: str
    place: Place
    body: Any


def answers(broker: str) -> list[Case]:
    """Return the cases with an answer that is no failure and has something to return."""
    return [
        case
        for case in all_cases()
        if case.broker == broker
        and case.response
        and not isinstance(case.returns, msgspec.UnsetType)
        and broken_rule(operation_of(case).failures, 200, case.answer_bytes()) is None
    ]


def one_per_operation(broker: str) -> list[Case]:
    """Return the longest answer of each operation."""
    longest: dict[str, Case] = {}
    for case in sorted(answers(broker), key=lambda case: len(case.answer_bytes())):
        longest[case.operation] = case
    return list(longest.values())


def faults(case: Case) -> Iterator[Fault]:
    """Return the answer of a case with one imperfection each, its lists two rows long."""
    kind = operation_of(case).answer
    whole = with_two_rows(wire.loads(case.answer_bytes()))
    for place in (Place((), kind), *places(whole, kind, ())):
        raw = at(whole, place.steps)
        if isinstance(raw, dict) and get_origin(without_none(place.kind)) is not dict:
            steps = (*place.steps, "notDocumented")
            yield Fault("extra field", Place(steps, Any), changed(whole, steps, {"a": [1]}))
        if not place.steps or isinstance(place.steps[-1], int):
            continue
        for name, value in replacements(place.kind, raw):
            yield Fault(name, place, changed(whole, place.steps, value))


def replacements(kind: Any, raw: Any) -> Iterator[tuple[str, Any]]:
    """Return what an imperfect broker sends in place of a member."""
    python = python_type(kind)
    yield "missing field", GONE
    yield "null", None
    if issubclass(python, OpenEnum):
        yield "unknown enum", "NOT IN THE LIST"
    if issubclass(python, OpenIntEnum):
        yield "unknown enum", 987_654
    is_whole = python is int or issubclass(python, OpenIntEnum)
    if is_whole or python is Decimal:
        yield "number as string", str(raw)
        yield "number as string", "12.50" if python is Decimal else "12"
    if is_whole:
        yield "5.0 for an int", Decimal("5.0")
        yield "5.0 for an int", Decimal("9007199254740993.0")
    if issubclass(python, str | Secret):
        yield "array for a string", ["text"]
    if python.__module__ == "datetime":
        yield "empty date", ""
        yield from (("other date format", text) for text in OTHER_DATES)


def places(raw: Any, kind: Any, steps: tuple[str | int, ...]) -> Iterator[Place]:
    """Return every member that is there, and the first row of each list with its members."""
    bare = without_none(kind)
    if get_origin(bare) is list and isinstance(raw, list) and raw:
        yield Place((*steps, 0), get_args(bare)[0])
        yield from places(raw[0], get_args(bare)[0], (*steps, 0))
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct) and isinstance(raw, dict):
        for item in fields(bare):
            if item.encode_name in raw:
                place = Place((*steps, item.encode_name), item.type)
                yield place
                yield from places(raw[item.encode_name], item.type, place.steps)


def losses(raw: Any, value: Any, kind: Any, path: str) -> Iterator[str]:
    """Return where `value` does not say all that `raw` says."""
    bare = without_none(kind)
    if value is None:
        empty = bare.empty if isinstance(bare, wire.Format) else ()
        if raw is not GONE and raw is not None and raw not in empty:
            yield path
    elif isinstance(value, msgspec.Struct):
        for item in fields(bare):
            below = raw.get(item.encode_name, GONE)
            yield from losses(
                below, getattr(value, item.name), item.type, f"{path}.{item.encode_name}"
            )
    elif get_origin(bare) in (list, tuple):
        assert len(raw) == len(value)
        kinds = get_args(bare) if get_origin(bare) is tuple else get_args(bare) * len(raw)
        for index, (below, item, of) in enumerate(zip(raw, value, kinds, strict=True)):
            yield from losses(below, item, of, f"{path}[{index}]")
    elif not means_the_same(raw, value, bare):
        yield path


def means_the_same(raw: Any, value: Any, kind: Any) -> bool:
    """Say whether a scalar is what was sent, by a reading that is not the runtime's."""
    if isinstance(value, Secret):
        return value.reveal() == raw
    if isinstance(value, bool):
        return isinstance(raw, bool) or str(raw).casefold() in kind.expected.casefold().split("/")
    if isinstance(value, int | Decimal):
        return Decimal(str(raw)) == value
    if isinstance(kind, wire.Format) and kind.expected == "epoch-seconds":
        return datetime.fromtimestamp(int(raw), UTC) == value
    if isinstance(kind, wire.Format) and kind.expected in LAYOUTS:
        layout = LAYOUTS[kind.expected]
        return value.strftime(layout) == raw
    return bool(value == raw)


@pytest.mark.parametrize("broker", BROKERS)
def test_nothing_is_lost_in_silence(broker: str) -> None:
    table = {name: Counter[str]() for name in FAULTS}
    for case in one_per_operation(broker):
        for fault in faults(case):
            table[fault.name][outcome(case, fault)] += 1
    print(f"\n{broker:32}{'kept':>8}{'reported':>10}{'refused':>9}")  # noqa: T201
    for name, seen in table.items():
        line = f"  {name:30}{seen['kept']:8}{seen['reported']:10}{seen['refused']:9}"
        print(line)  # noqa: T201
    untried = {(broker, name) for name, seen in table.items() if not seen}
    assert untried == {pair for pair in IMPOSSIBLE if pair[0] == broker}


def outcome(case: Case, fault: Fault) -> str:
    """Say what came of an imperfect answer; fail when something was lost in silence."""
    kind = operation_of(case).answer
    body = wire.encode(fault.body)
    about = f"{case.broker}.{case.operation}, {fault.name} at {fault.place.path}"
    try:
        value, deviations = codec.decode(body, kind)
    except UnexpectedResponse as error:
        check_refusal(error, fault, about)
        return "refused"
    told = {deviation.path for deviation in deviations}
    lost = set(losses(fault.body, value, kind, "$"))
    assert all(any(is_within(path, loss) for path in told) for loss in lost), about
    assert all(any(is_within(path, loss) for loss in lost) for path in told), about
    if fault.name == "extra field":
        assert fault.place.path in paths(codec.survey(body, kind)), about
    return "reported" if told else "kept"


def is_within(path: str, whole: str) -> bool:
    """Say whether a path leads to a place or below it."""
    return path == whole or path.startswith((f"{whole}.", f"{whole}["))


def check_refusal(error: UnexpectedResponse, fault: Fault, about: str) -> None:
    assert fault.place.path in paths(error.deviations), about
    inside = [index for index, step in enumerate(fault.place.steps) if isinstance(step, int)]
    if inside:
        rows = at(fault.body, fault.place.steps[: inside[0]])
        assert len(error.rows) == len(rows) - 1, about


@pytest.mark.parametrize("broker", BROKERS)
def test_a_refused_answer_reaches_the_caller_whole(broker: str) -> None:
    for case in one_per_operation(broker):
        operation = operation_of(case)
        truncated = case.answer_bytes().rstrip()[:-1]
        unreadable = [(200, body) for body in (b"", b"<html>Welcome</html>", truncated, b"[7]")]
        for status, body in (*unreadable, (302, b"")):
            error = refusal(case, status, body)
            assert error.response is not None
            assert error.response.body == body
            assert error.operation == case.operation
            assert error.retry_safe is (operation.safety is not Safety.UNSAFE)
            assert ("look it up" in str(error)) is not error.retry_safe


class Answering:
    """A transport that gives one answer to everything."""

    def __init__(self, status: int, body: bytes) -> None:
        self._answer = RawResponse(status, {"content-type": "application/json"}, body, 0.1)

    def send(self, request: object, timeout: object) -> RawResponse:
        return self._answer

    def close(self) -> None:
        pass


def refusal(case: Case, status: int, body: bytes) -> UnexpectedResponse:
    """Return what the call of a case raises when it is answered with `body`."""
    transport = Answering(status, body)
    with package(case).Client(**case.settings, transport=transport, rate_limit={}) as client:
        method = getattr(client, case.operation)
        with pytest.raises(UnexpectedResponse) as caught:
            method(**arguments_of(method, case.arguments))
    return caught.value


def with_two_rows(value: Any) -> Any:
    """Return plain data whose lists of one object have that object twice."""
    if isinstance(value, dict):
        return {name: with_two_rows(member) for name, member in value.items()}
    if isinstance(value, list):
        rows = [with_two_rows(item) for item in value]
        is_row = len(rows) == 1 and isinstance(rows[0], dict)
        return [rows[0], rows[0]] if is_row else rows
    return value


def at(value: Any, steps: tuple[str | int, ...]) -> Any:
    """Return what is found at a place."""
    for step in steps:
        value = value[step]
    return value


def changed(whole: Any, steps: tuple[str | int, ...], value: Any) -> Any:
    """Return a copy with another value at a place, or with nothing there."""
    if not steps:
        return value
    step, *rest = steps
    made = copy.copy(whole)
    if value is GONE and not rest:
        del made[step]
    else:
        made[step] = changed(whole[step] if rest else None, tuple(rest), value)
    return made


@cache
def fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Return the fields of a model; msgspec looks them up anew each time."""
    return msgspec.structs.fields(kind)


def python_type(kind: Any) -> type:
    """Return the Python type of a member, object where it has parameters."""
    bare = without_none(kind)
    if isinstance(bare, wire.Format):
        return bare.python
    return bare if isinstance(bare, type) and not get_args(bare) else object


def without_none(kind: Any) -> Any:
    """Return a type without its None."""
    if get_origin(kind) not in (Union, types.UnionType):
        return kind
    rest = [member for member in get_args(kind) if member is not types.NoneType]
    return rest[0] if len(rest) == 1 else kind


def paths(deviations: Any) -> set[str]:
    """Return the paths of deviations."""
    return {deviation.path for deviation in deviations}
