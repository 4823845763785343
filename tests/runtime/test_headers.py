"""Documented headers: each by its type, and none at the cost of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field

from brokerspec_runtime.enums import OpenEnum
from brokerspec_runtime.headers import read
from brokerspec_runtime.operation import HeadersOf
from brokerspec_runtime.secret import Secret


class Kind(OpenEnum):
    A = "a"


class Spot(Struct, frozen=True, kw_only=True):
    lat: Decimal
    far: int | None = None


class Found(Struct, frozen=True, kw_only=True):
    left: int | None = field(name="X-Left", default=None)
    cost: Decimal | None = field(name="X-Cost", default=None)
    done: bool | None = field(name="X-Done", default=None)
    at: datetime | None = field(name="Last-Modified", default=None)
    tags: list[int] | None = field(name="X-Tags", default=None)
    spot: Spot | None = field(name="X-Spot", default=None)
    more: dict[str, int] | None = field(name="X-More", default=None)
    meta: Spot | None = field(name="X-Meta", default=None)
    kind: Kind | None = field(name="X-Kind", default=None)
    cookie: Secret | None = field(name="Set-Cookie", default=None)
    any: str | int | None = field(name="X-Any", default=None)


TEN = datetime(2026, 11, 21, 10, tzinfo=UTC)
WANTED = HeadersOf(Found, ("X-Left",), ("X-More",), ("X-Meta",))


def found(headers: Mapping[str, str]) -> tuple[Found, list[str]]:
    value, deviations = read({"x-left": "1", **headers}, WANTED)
    return value, [str(one) for one in deviations]


@pytest.mark.parametrize(
    ("name", "text", "member", "value"),
    [
        ("x-left", "007", "left", 7),
        ("x-cost", "0.10", "cost", Decimal("0.10")),
        ("x-done", "true", "done", True),
        ("last-modified", "2026-11-21T10:00:00Z", "at", TEN),
        ("last-modified", "Sat, 21 Nov 2026 10:00:00 GMT", "at", TEN),
        ("x-tags", "1, 2,3", "tags", [1, 2, 3]),
        ("x-tags", "", "tags", []),
        ("x-spot", "lat,12.50,far,3", "spot", Spot(lat=Decimal("12.50"), far=3)),
        ("x-more", "a=1,b=2", "more", {"a": 1, "b": 2}),
        ("x-meta", '{"lat": 1.10}', "meta", Spot(lat=Decimal("1.10"))),
        ("x-kind", "a", "kind", Kind.A),
        ("x-kind", "new", "kind", Kind("new")),
        ("set-cookie", "sid=7", "cookie", Secret("sid=7")),
        ("x-any", "7", "any", "7"),
    ],
)  # fmt: skip
def test_a_header_is_read_as_its_type(name: str, text: str, member: str, value: Any) -> None:
    headers, deviations = found({name: text})
    assert (getattr(headers, member), deviations) == (value, [])
    assert type(getattr(headers, member)) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "member", "deviation"),
    [
        ("x-left", "many", "left", "the header X-Left: expected int, got str"),
        ("x-left", "1.5", "left", "the header X-Left: expected int, got str"),
        ("x-cost", "NaN", "cost", "the header X-Cost: expected Decimal, got str"),
        ("x-done", "perhaps", "done", "the header X-Done: expected bool, got str"),
        ("last-modified", "Sat, 99 Nov 2026 10:00:00 GMT", "at",
         "the header Last-Modified: expected datetime, got str"),
        ("last-modified", "yesterday", "at",
         "the header Last-Modified: expected datetime, got str"),
        ("x-tags", "1,x", "tags", "the header X-Tags[1]: expected int, got str"),
        ("x-spot", "lat", "spot", "the header X-Spot: expected Spot, got str"),
        ("x-spot", "far,1", "spot", "the header X-Spot.lat: expected Decimal, got nothing"),
        ("x-more", "a", "more", "the header X-More: expected dict[str, int], got str"),
        ("x-meta", "{", "meta", "the header X-Meta: expected Spot, got str"),
    ],
)  # fmt: skip
def test_one_that_does_not_fit_is_a_deviation(
    name: str, text: str, member: str, deviation: str
) -> None:
    headers, deviations = found({name: text})
    assert (getattr(headers, member), deviations) == (None, [deviation])


def test_one_that_is_not_there_is_a_deviation_only_where_it_is_required() -> None:
    value, deviations = read({}, WANTED)
    assert value == Found()
    assert [str(one) for one in deviations] == ["the header X-Left: expected int, got nothing"]


def test_a_secret_header_is_not_shown() -> None:
    assert "sid" not in repr(found({"set-cookie": "sid=7"}))


NAMES = ("x-left", "x-cost", "x-done", "last-modified", "x-tags", "x-spot", "x-more", "x-meta")
TEXTS = st.text(max_size=30) | st.from_regex(r"[-0-9a-z,=. ]{0,30}", fullmatch=True)


@given(st.dictionaries(st.sampled_from(NAMES), TEXTS))
def test_no_header_costs_an_answer(headers: dict[str, str]) -> None:
    value, deviations = read(headers, WANTED)
    assert isinstance(value, Found)
    assert all(str(one).startswith("the header ") for one in deviations)
