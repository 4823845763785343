from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec_runtime import InvalidArgument, Secret
from brokerspec_runtime.limits import ProcessStore, Rate, shared_limits

RATES = st.lists(
    st.builds(Rate, st.integers(1, 5), st.sampled_from([0.1, 0.25, 1, 3, 60])),
    min_size=1,
    max_size=3,
).map(tuple)
# A place at some time, or giving one back: the number chooses which.
DOINGS = st.lists(st.floats(0, 20) | st.integers(0, 50), max_size=60)


def assert_kept(places: list[float], rates: tuple[Rate, ...]) -> None:
    """The fullest windows are those that begin at a place."""
    for rate in rates:
        for start in places:
            inside = [place for place in places if start <= place < start + rate.seconds]
            assert len(inside) <= rate.calls


@given(RATES, DOINGS)
def test_no_window_is_ever_too_full(rates: tuple[Rate, ...], doings: list[float | int]) -> None:
    store, places = ProcessStore(), list[float]()
    for doing in doings:
        if isinstance(doing, int):
            if places:
                place = places.pop(doing % len(places))
                store.give_back("k", place)
            continue
        place = store.reserve("k", rates, doing)
        assert place >= doing
        places.append(place)
        assert_kept(places, rates)


@given(st.integers(1, 20), st.floats(0.01, 10), st.integers(1, 60))
def test_a_burst_waits_no_longer_than_it_must(calls: int, seconds: float, burst: int) -> None:
    store = ProcessStore()
    places = [store.reserve("k", (Rate(calls, seconds),), 0.0) for _ in range(burst)]
    assert places == pytest.approx([i // calls * seconds for i in range(burst)])


def test_every_window_counts() -> None:
    store, rates = ProcessStore(), (Rate(2, 1), Rate(3, 10))
    assert [store.reserve("k", rates, 0.0) for _ in range(5)] == [0, 0, 1, 10, 10]


def test_a_place_given_back_is_taken_again() -> None:
    store, rates = ProcessStore(), (Rate(1, 10),)
    assert [store.reserve("k", rates, 0.0) for _ in range(2)] == [0, 10]
    store.give_back("k", 10)
    store.give_back("k", 99)
    store.give_back("unknown", 0)
    assert store.reserve("k", rates, 0.0) == 10


def test_a_late_reader_of_the_clock_does_not_fill_a_window_that_is_forgotten() -> None:
    store, rates = ProcessStore(), (Rate(2, 1),)
    assert [store.reserve("k", rates, 0.0) for _ in range(2)] == [0, 0]
    assert store.reserve("k", rates, 5.0) == 5
    assert store.reserve("k", rates, 0.5) == 1


def test_old_places_are_forgotten() -> None:
    store, rates = ProcessStore(), (Rate(5, 1),)
    for second in range(1000):
        store.reserve("k", rates, float(second))
    assert len(store._places["k"].times) <= 3


def test_a_shorter_window_of_another_client_does_not_forget_for_a_longer_one() -> None:
    store = ProcessStore()
    assert store.reserve("k", (Rate(1, 60),), 0.0) == 0
    assert store.reserve("k", (Rate(9, 1),), 30.0) == 30
    assert store.reserve("k", (Rate(1, 60),), 31.0) == 90


def test_threads_share_the_places() -> None:
    store, rates = ProcessStore(), (Rate(7, 0.01), Rate(20, 0.05))
    places: list[float] = []
    together = threading.Barrier(20)

    def take() -> None:
        together.wait()
        for turn in range(50):
            place = store.reserve("k", rates, time.monotonic())
            if turn % 5 == 0:
                store.give_back("k", place)
            else:
                places.append(place)

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(places) == 20 * 40
    assert_kept(places, rates)


def test_clients_of_one_account_share_and_others_do_not() -> None:
    rates = {"orders": (Rate(1, 1000),)}
    one = shared_limits("demo", "https://a.test", ("me", Secret("k3y")), rates)
    same = shared_limits("demo", "https://a.test", ("me", "k3y"), rates)
    assert one.reserve("orders", 0.0) == 0
    assert same.reserve("orders", 0.0) == 1000
    assert same.reserve("books", 0.0) == 0
    for other in (
        shared_limits("demo", "https://a.test", ("mek3y", ""), rates),
        shared_limits("demo", "https://a.test", ("me", "k3y", None), rates),
        shared_limits("demo", "https://b.test", ("me", "k3y"), rates),
    ):
        assert other.reserve("orders", 0.0) == 0
    assert "k3y" not in repr(one)


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_rate_has_a_finite_window(seconds: float) -> None:
    with pytest.raises(InvalidArgument):
        Rate(1, seconds)
    with pytest.raises(InvalidArgument):
        Rate(0, 1)
