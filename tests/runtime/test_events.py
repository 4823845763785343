"""Server-sent events by the rules of HTML, section 9.2.6, and lines of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from brokerspec_runtime.events import Event, Events
from brokerspec_runtime.intake import Lines, TooMuch


class Price(Struct, frozen=True):
    price: Decimal


def parsed(*pieces: bytes, longest: int = 1000) -> list[tuple[str, str, str, int | None]]:
    return [(one.event, one.data, one.id, one.retry) for one in events(*pieces, longest=longest)]


def events(*pieces: bytes, longest: int = 1000) -> Iterator[Event[str]]:
    lines, made = Lines({}, longest), Events[str](longest, str)
    for piece in (*pieces, None):
        for line in lines.rest() if piece is None else lines.take(piece):
            if (event := made.take(line)) is not None:
                yield event


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: YHOO\ndata: +2\ndata: 10\n\n", [("message", "YHOO\n+2\n10", "", None)]),
        (b"\xef\xbb\xbfdata: a\n\n", [("message", "a", "", None)]),
        (b"data: a\r\rdata: b\r\n\r\ndata: c\n\n", [("message", x, "", None) for x in "abc"]),
        # A comment, and fields that nobody knows.
        (b": stay\n\n:\n\nother: 1\ndata: a\n\n", [("message", "a", "", None)]),
        # At most one space is taken off.
        (b"data:  a\n\ndata:a\n\n", [("message", " a", "", None), ("message", "a", "", None)]),
        # A block without data is no event, and its type is forgotten.
        (b"event: add\n\ndata: a\n\n", [("message", "a", "", None)]),
        # A line of data may be empty, with or without a colon.
        (b"data\n\ndata\ndata\n\ndata:", [("message", "", "", None), ("message", "\n", "", None)]),
        (b"event: add\ndata: 7\n\n", [("add", "7", "", None)]),
        # The last id and the time to wait stay, those of a block without data too.
        (
            b"id: 1\nretry: 500\n\ndata: a\n\nid: 2\ndata: b\n\nid\ndata: c\n\n",
            [("message", "a", "1", 500), ("message", "b", "2", 500), ("message", "c", "", 500)],
        ),
        (b"id: 1\0\nretry: 5s\ndata: a\n\n", [("message", "a", "", None)]),
        ("retry: ٣\ndata: a\n\n".encode(), [("message", "a", "", None)]),
        (b"retry: " + b"9" * 90 + b"\ndata: a\n\n", [("message", "a", "", None)]),
        # What the end of the stream cuts off is no event.
        (b"data: a\n\ndata: b\n", [("message", "a", "", None)]),
        ("data: \u2028é\x85\n\n".encode(), [("message", "\u2028é\x85", "", None)]),
        (b"", []),
    ],
)
def test_lines_become_events(body: bytes, expected: list[Any]) -> None:
    assert parsed(body) == expected
    assert parsed(*(body[at : at + 1] for at in range(len(body)))) == expected


def test_an_event_may_be_only_so_long() -> None:
    many = b"data: 1234\n" * 3
    assert parsed(many + b"\n" + many + b"\n", longest=15)
    with pytest.raises(TooMuch, match="longer than 14"):
        parsed(many + b"\n", longest=14)
    with pytest.raises(TooMuch, match="longer than 14"):
        parsed(b"data: 12345678901234\n\n", longest=14)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=9)
BLOCKS = st.lists(st.tuples(TEXT.filter(bool), TEXT, st.lists(TEXT, min_size=1, max_size=3)))


@given(BLOCKS, st.sampled_from(["\n", "\r", "\r\n"]), st.integers(1, 9))
def test_what_was_written_is_read(
    blocks: list[tuple[str, str, list[str]]], end: str, size: int
) -> None:
    written = "".join(
        f"event: {name}{end}id: {key}{end}" + "".join(f"data: {line}{end}" for line in data) + end
        for name, key, data in blocks
    )
    body = written.encode()
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    expected = [(name, "\n".join(data), key, None) for name, key, data in blocks]
    assert parsed(*pieces) == expected


def test_an_event_does_not_show_how_it_is_read() -> None:
    (event,) = events(b"data: 7\n\n")
    assert repr(event) == "Event(event='message', data='7', id='', retry=None)"
    assert event.value == "7"
