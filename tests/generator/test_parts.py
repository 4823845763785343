"""A text that is read part by part is read as the whole is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from brokerspec.diagnostics import SpecError
from brokerspec.load import load_text
from brokerspec.parts import Opening, Part, Parts, parts_of
from brokerspec.tree import DEFAULT, JSON, Builder, Limits, Pointer, Source

PLACE: Final = Path("api.yaml")
USUAL: Final = """\
---
# Made by hand.
openapi: 3.1.0
info:
  title: 'It''s'
paths:
  # The first.
  /a:
    get: {operationId: a}

  "/b":
    get:
      operationId: b
      x-price: 1.50
components:
    schemas:
        A:
            type: object
            description: |+
              Two lines,
              and a blank one.

        B: &not_an_anchor_here
            maximum: 10
    parameters:
        C: {name: c, in: query}
"""
PLAIN: Final = USUAL.replace(" &not_an_anchor_here", "")
# Lines that begin, end or run on across parts when they meet.
LINES: Final = (
    "openapi: 3.1.0",
    "paths:",
    "paths: # of ours",
    "components:",
    "  schemas:",
    "  schemas: {}",
    "  /a:",
    "  /b: 1",
    "  '/a': 2",
    '  "/c": "two',
    '  lines": 3',
    "  /d: 'it",
    "  e: ''",
    "  /f: [1,",
    "  2]: x",
    "  /g: {a: 1}",
    "  /h: |",
    "  /i: >2",
    "    A:",
    "    get: x",
    "    x: &anchor 1",
    "    y: *anchor",
    "    - item",
    "  - item",
    "- item",
    "  ? key",
    "  : value",
    "      deep: 1.0",
    "      deep: 1.5e1",
    "      text: more",
    "     odd: 1",
    "   # note",
    "# note",
    "",
    "  ",
    "---",
    "...",
    "%YAML 1.2",
    "\tx: 1",
    "  \u2028/z: 1",
)


def whole(text: str) -> Source | None:
    try:
        return load_text(text, PLACE)
    except SpecError:
        return None


def kept(text: str) -> Parts:
    """Return what an earlier run of a text keeps."""
    parts = Parts()
    builder = Builder(PLACE, "api.yaml", DEFAULT)
    source = whole(text)
    if source is not None and "&" not in text:
        parts.keep(text, source)
    assert not builder.has_anchors
    return parts


def joined(text: str, earlier: Parts, limits: Limits = DEFAULT) -> Source | None:
    return Parts(earlier.made).read(text, Builder(PLACE, "api.yaml", limits))


def pointers(value: JSON, at: Pointer = ()) -> Iterator[tuple[Pointer, JSON]]:
    yield at, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from pointers(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from pointers(inner, (*at, index))


def assert_same(found: Source, expected: Source) -> None:
    ours = [(at, type(value), value) for at, value in pointers(found.root)]
    assert ours == [(at, type(value), value) for at, value in pointers(expected.root)]
    for at, *_ in reversed(ours):
        assert found.where(at) == expected.where(at), at
        assert found.where_key(at) == expected.where_key(at), at


def test_parts_are_the_entries_of_paths_and_components() -> None:
    found = tuple(parts_of(PLAIN))

    assert [each.at for each in found if isinstance(each, Opening)] == [
        ("paths",),
        ("components",),
        ("components", "schemas"),
        ("components", "parameters"),
    ]
    assert [each.text.split(":")[0].strip() for each in found if isinstance(each, Part)] == [
        "openapi",
        "info",
        "/a",
        '"/b"',
        "A",
        "B",
        "C",
    ]


def test_known_parts_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = kept(PLAIN)
    read: list[str] = []
    monkeypatch.setattr("brokerspec.parts.read_yaml", lambda text, _: read.append(text))

    assert joined(PLAIN, earlier) is not None
    assert not read


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.50", "1.5"),
        ("operationId: b", "operationId: c"),
        ("  /a:\n    get: {operationId: a}\n\n", ""),
        ("and a blank one.\n\n", "and none.\n"),
        ("# Made by hand.\n", ""),
        ("        B:\n            maximum: 10\n", "        B: {maximum: 1e400}\n"),
        ("paths:\n", "paths:\n  /new: {}\n"),
        ("    parameters:\n", "    responses:\n        D: {description: ''}\n    parameters:\n"),
        ("components:", "x-more: [1, 2.0, 1.5e1, 5., -0.0]\ncomponents:"),
    ],
)
def test_an_edited_text_is_read_as_the_whole_is(old: str, new: str) -> None:
    assert old in PLAIN
    edited = PLAIN.replace(old, new)
    found = joined(edited, kept(PLAIN))
    expected = whole(edited)

    assert found is not None
    assert expected is not None
    assert_same(found, expected)


@pytest.mark.parametrize(
    "text",
    [
        USUAL,
        PLAIN.replace("'It''s'", "'It''s\n\n  /c: two\n\n  long'").replace("---\n", "---\n---\n"),
        PLAIN.replace("  /a:", "  /a: &a 1\n  /c:"),
        PLAIN.replace("  /a:", "  /a: *a\n  /c:"),
        PLAIN.replace("  /a:", '  "/b":'),
        PLAIN.replace("components:", "info: {}\ncomponents:"),
        PLAIN.replace("Two lines,", "Two\u2028lines,"),
        PLAIN.replace("maximum: 10", "maximum: [10"),
        PLAIN + "...\n",
        PLAIN.replace("paths:", "%YAML 1.2\npaths:"),
        "{" + PLAIN,
        "",
    ],
)
def test_an_unusual_text_is_read_as_a_whole(text: str) -> None:
    assert joined(text, kept(PLAIN)) is None


def test_limits_hold_for_the_parts_together() -> None:
    earlier = kept(PLAIN)
    few = len(list(pointers(load_text(PLAIN, PLACE).root))) - 1

    assert joined(PLAIN, earlier, Limits(nodes=few)) is None
    assert joined(PLAIN.replace("10", "[[1]]"), earlier, Limits(depth=4)) is None
    assert joined(PLAIN.replace("10", "[[1]]"), earlier, Limits(depth=6)) is not None


def test_numbers_keep_their_digits() -> None:
    text = PLAIN.replace("maximum: 10", f"maximum: [{10**60}, 1.10, 1E+400, -0.0]")
    found = joined(text, kept(text))

    assert found is not None
    *_, (_, first), (_, second), (_, third), (_, fourth) = [
        each for each in pointers(found.root) if each[0][:3] == ("components", "schemas", "B")
    ]
    assert first == 10**60
    assert [str(each) for each in (second, third, fourth)] == ["1.10", "1E+400", "-0.0"]
    assert all(isinstance(each, Decimal) for each in (second, third, fourth))


_lines = st.lists(st.sampled_from(LINES), max_size=12)


@settings(max_examples=200)
@given(earlier=_lines, text=_lines)
@example(earlier=["paths:", "  /a:"], text=["paths:", '  "/c": "two', '  lines": 3'])
@example(earlier=["paths:", "  /h: |"], text=["paths:", "  /h: |", "    get: x", "  /a:"])
def test_any_text_is_read_as_the_whole_is(earlier: list[str], text: list[str]) -> None:
    for lines in (text, [*earlier, *text], ["openapi: 3.1.0", "paths:", *text]):
        content = "\n".join(lines)
        known = kept("\n".join(["openapi: 3.1.0", "paths:", "  /a:", *earlier]))
        # Where nothing is known, nothing is read part by part.
        known.made["of another text"] = Raw(b"{}")
        found = joined(content, known)
        expected = whole(content)
        if found is not None:
            assert expected is not None, content
            assert_same(found, expected)
