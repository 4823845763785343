from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec_runtime.errors import (
    BrokerError,
    InvalidArgument,
    LimitReached,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    UnexpectedResponse,
)
from brokerspec_runtime.operation import Safety
from brokerspec_runtime.retry import Retry, pause_before_next, wish_of

WALL = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def passing(error: BrokerError) -> BrokerError:
    if isinstance(error, NotSent):
        error.is_transient = True
    return error


def pause(
    error: BrokerError, safety: Safety = Safety.SAFE, attempt: int = 1, **retry: Any
) -> float | None:
    return pause_before_next(Retry(**retry), attempt, safety, error, lambda: 1.0)


@pytest.mark.parametrize(
    ("error", "safe", "unsafe"),
    [
        (passing(NotSent("no connection")), True, True),
        (NotSent("token is not set"), False, False),
        (InvalidArgument("no"), False, False),
        (LimitReached("orders", 1), False, False),
        (OutcomeUnknown("cut"), True, False),
        (RateLimited(status=429), True, False),
        (OrderRejected(status=200), False, False),
        (UnexpectedResponse("what?"), False, False),
    ],
)
def test_what_is_repeated(error: BrokerError, safe: bool, unsafe: bool) -> None:
    for safety in (Safety.SAFE, Safety.IDEMPOTENT):
        assert (pause(error, safety) is not None) is safe
    assert (pause(error, Safety.UNSAFE) is not None) is unsafe


def test_an_argument_is_wrong_however_transient_the_error_says_it_is() -> None:
    assert pause(passing(InvalidArgument("no"))) is None


@given(
    st.integers(1, 10**6),
    st.floats(0, 1e3),
    st.floats(0, 1e3),
    st.floats(0, 1),
)
def test_a_pause_keeps_its_bounds(attempt: int, base: float, more: float, jitter: float) -> None:
    retry = Retry(attempts=10**6 + 1, base=base, cap=base + more)
    got = pause_before_next(retry, attempt, Safety.SAFE, OutcomeUnknown("cut"), lambda: jitter)
    full = min(retry.cap, base * 2.0 ** min(attempt - 1, 64))
    assert got is not None
    assert full / 2 <= got <= full


@pytest.mark.parametrize(
    ("wish", "expected"),
    [(0.0, 0.25), (0.1, 0.25), (3, 3), (30, 30), (30.1, None), (math.inf, None)],
)
def test_a_wish_is_a_lower_bound_up_to_a_limit(wish: float, expected: float | None) -> None:
    error = RateLimited(status=429)
    error.retry_after = wish
    assert pause(error) == expected


@pytest.mark.parametrize(
    "settings",
    [
        {"attempts": 0},
        {"base": -1},
        {"base": 2, "cap": 1},
        {"cap": math.inf},
        {"base": math.nan},
        {"cap": math.nan},
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        Retry(**settings)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 5 "}, 5),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30),
        ({"retry-after": "Tuesday, 14-Nov-23 22:13:50 GMT"}, 30),
        ({"retry-after": "Tue Nov 14 22:13:50 2023"}, 30),
        ({"retry-after": "Wed, 15 Nov 2023 03:43:50 +0530"}, 30),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:00 GMT"}, 0),
        (
            {
                "retry-after": "Fri, 31 Dec 1999 23:59:59 GMT",
                "date": "Fri, 31 Dec 1999 23:59:49 GMT",
            },
            10,
        ),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT", "date": "today"}, 30),
        ({"retry-after": "Tue, 99 Nov 99999999999 22:13:50 GMT"}, None),
    ],
)
def test_both_forms_of_a_wish(headers: dict[str, str], seconds: float | None) -> None:
    assert wish_of(headers, lambda: WALL) == seconds


@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d+ Nov \d+ \d+:\d+:\d+ [+-]?\w+"))
def test_any_text_is_a_wish_or_none(text: str) -> None:
    wish = wish_of({"retry-after": text, "date": text}, lambda: WALL)
    assert wish is None or wish >= 0
