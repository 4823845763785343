"""Which module a class goes to, and that modules import each other in one direction."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerspec.plan_parts import Import, imports_of, names_in, places_of

NAMES = [f"N{index}" for index in range(12)]


def modules(needs: Mapping[str, set[str]], places: Mapping[str, str]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {place: set() for place in places.values()}
    for name, needed in needs.items():
        graph[places[name]] |= {places[other] for other in needed} - {places[name]}
    return graph


def test_what_one_group_alone_reaches_is_its_own() -> None:
    needs = {"A": {"B"}, "B": set[str](), "C": {"B2"}, "B2": set[str](), "D": set[str]()}
    places = places_of(needs, {"one": ["A", "D"], "two": ["C", "D"], "": []})
    assert places == {"A": "one", "B": "one", "C": "two", "B2": "two", "D": "shared"}


def test_what_the_client_itself_uses_is_shared() -> None:
    assert places_of({"A": set()}, {"": ["A"], "one": []}) == {"A": "shared"}


def test_what_nobody_reaches_is_apart() -> None:
    places = places_of({"A": set(), "B": {"A"}}, {"one": ["A"]})
    assert places == {"A": "one", "B": "unused"}


def test_no_part_is_named_like_a_group() -> None:
    users = {"shared": ["A"], "unused": ["A"]}
    assert places_of({"A": set(), "B": set()}, users) == {"A": "shared_2", "B": "unused_2"}


def test_a_long_chain_is_no_recursion() -> None:
    needs = {f"N{index}": {f"N{index + 1}"} for index in range(20_000)} | {"N20000": set[str]()}
    places = places_of(needs, {"": ["N0"]})
    tuple(TopologicalSorter(modules(needs, places)).static_order())
    assert len(set(places.values())) > 100


def test_a_large_ring_stays_together() -> None:
    needs = {f"N{index}": {f"N{(index + 1) % 400}"} for index in range(400)}
    assert set(places_of(needs, {"": ["N0"]}).values()) == {"shared"}


@settings(max_examples=200, deadline=None)
@given(
    needs=st.fixed_dictionaries({n: st.sets(st.sampled_from(NAMES), max_size=4) for n in NAMES}),
    users=st.dictionaries(
        st.sampled_from(["", "one", "two"]), st.lists(st.sampled_from(NAMES), max_size=5)
    ),
)
def test_modules_never_import_each_other_in_a_circle(
    needs: dict[str, set[str]], users: dict[str, list[str]]
) -> None:
    places = places_of(needs, users)
    assert places.keys() == needs.keys()
    tuple(TopologicalSorter(modules(needs, places)).static_order())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: Order | None", {"Order"}),
        ('"""An Order."""\n    a: int', set[str]()),
        ('"""Says \\"""Order\\"""."""\n    a: Side', {"Side"}),
        ("OrderSide", set[str]()),
    ],
)
def test_names_in_source(text: str, found: set[str]) -> None:
    assert names_in(text, {"Order", "Side"}) == found


def test_imports_name_modules_in_order() -> None:
    places = {"A": "models.one", "B": "models.shared", "C": "models.one"}
    assert imports_of(["B C", "A"], places) == (
        Import("models.one", ("A", "C")),
        Import("models.shared", ("B",)),
    )
    assert imports_of(["A B"], places, own="models.one") == (Import("models.shared", ("B",)),)
