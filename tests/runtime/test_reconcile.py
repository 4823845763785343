"""An order is found again by its exact id, or nothing is claimed about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec_runtime.errors import BrokerError, InvalidArgument, OutcomeUnknown
from brokerspec_runtime.reconcile import (
    Found,
    Lookup,
    NotFound,
    Pause,
    StillUnknown,
    lookup,
    order_number,
    order_text,
    wanted_by,
)


@dataclass(frozen=True)
class Row:
    mark: str | int | None
    price: int = 1


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time


def look(answers: Sequence[object], *, reads: int = 1, window: float = 30) -> Any:
    """Drive a lookup with one answer for each read: rows, or an error to throw."""
    clock = Clock()
    search = lookup(reads, "mark", "7", window, clock.now)
    left = list(answers)
    try:
        step = next(search)
        while True:
            if isinstance(step, Pause):
                clock.time += step.seconds
                step = next(search)
                continue
            answer = left.pop(0) if left else []
            step = search.throw(answer) if isinstance(answer, BrokerError) else search.send(answer)
    except StopIteration as end:
        return end.value


def test_the_exact_id_is_found_whatever_its_type() -> None:
    row = Row(7)
    found = look([[Row(None), Row("77"), Row(" 7"), row]])
    assert found == Found((row,))
    assert found.order is row
    assert look([[Row("7", 1), Row("7", 2)]]).order == Row("7", 2)


def test_likeness_is_no_match() -> None:
    assert isinstance(look([[Row("8"), Row("70"), Row("07")]], window=0), NotFound)


def test_it_looks_again_until_the_window_is_over() -> None:
    assert look([[], [], [Row("7")]]) == Found((Row("7"),))
    missing = look([], window=10)
    assert isinstance(missing, NotFound)
    assert 3.5 <= missing.after <= 10


def test_one_look_takes_every_read() -> None:
    assert look([[], [Row("7")], []], reads=3, window=0) == Found((Row("7"),))
    assert look([[], [], []], reads=3, window=0) == NotFound(0)


def test_a_failed_last_look_says_nothing() -> None:
    error = OutcomeUnknown("no answer")
    assert look([error], window=0) == StillUnknown(error)
    assert look([[], error, []], reads=3, window=0) == StillUnknown(error)
    assert look([error, [Row("7")]], reads=2, window=0) == Found((Row("7"),))
    assert isinstance(look([error, [], [], [], [], [], []], window=2), NotFound)


def test_an_error_carries_the_id() -> None:
    lookups = {"place": Lookup((list,), "mark"), "cover": Lookup((list, list), "mark")}
    error = OutcomeUnknown("?")
    error.about(operation="cover", broker="b", correlation_id="9")
    assert wanted_by(error, lookups) == (lookups["cover"], "9")
    assert wanted_by(12, lookups) == (lookups["place"], "12")


@pytest.mark.parametrize(("operation", "mark"), [("place", None), ("place", ""), ("cancel", "1")])
def test_an_error_without_an_id_cannot_be_reconciled(operation: str, mark: str | None) -> None:
    error = OutcomeUnknown("?")
    error.about(operation=operation, broker="b", correlation_id=mark)
    with pytest.raises(InvalidArgument, match="no id of its own"):
        wanted_by(error, {"place": Lookup((list,), "mark")})


def test_ids_are_distinct_and_small() -> None:
    made = [order_number() for _ in range(5000)]
    assert len(set(made)) == len(made)
    assert all(0 <= number < 2**31 for number in made)
    assert order_text().isdecimal()


@given(st.integers(), st.text())
def test_a_given_id_is_kept(number: int, text: str) -> None:
    assert order_number(number) == number
    assert order_text(text) == text
