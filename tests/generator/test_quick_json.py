"""A large JSON text that is read at once is what the careful reader makes of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from brokerspec import quick_json
from brokerspec.diagnostics import SpecError
from brokerspec.load import load, load_text
from brokerspec.overlay import lay_over
from brokerspec.quick_json import read_quickly
from brokerspec.tree import DEFAULT, Builder, Limits, Source
from generator.test_parts import assert_same, pointers

PLACE: Final = Path("api.json")
USUAL: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {"title": 'It"s', "x-price": 1.5},
    "paths": {
        "/a/{id}": {"get": {"operationId": "a", "x-list": [1, [2, {}], []]}},
        "/b": {},
        "": None,
    },
    "components": {
        "schemas": {"A": {"type": "object", "description": "Two\nlines, ä and 😀."}, "1": 1},
        "parameters": {},
        "x-other": [1],
    },
    "tags": [],
}
STYLES: Final = (
    {},
    {"indent": 2},
    {"indent": 0, "ensure_ascii": False},
    {"separators": (",", ":")},
)


def careful(text: str, limits: Limits = DEFAULT) -> Source | None:
    try:
        return load_text(text, PLACE, limits)
    except SpecError:
        return None


def quick(text: str, limits: Limits = DEFAULT) -> Source | None:
    return read_quickly(text, Builder(PLACE, "api.json", limits))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("around", ["", " \n", "\n\n\t"])
def test_positions_are_those_of_the_careful_reader(style: dict[str, Any], around: str) -> None:
    text = around + json.dumps(USUAL, **style) + around
    expected, found = careful(text), quick(text)
    assert expected is not None
    assert found is not None
    assert found.where(()) == expected.where(())
    assert found.where_key(("paths", "/b", "no")) == expected.where_key(("paths", "/b", "no"))
    assert_same(found, expected)


def test_nothing_is_read_again_before_a_position_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    original = quick_json.read_json
    monkeypatch.setattr(
        quick_json, "read_json", lambda text, builder: (read.append(text), original(text, builder))
    )
    found = quick(json.dumps(USUAL))
    assert found is not None
    assert not read
    found.where(("paths", "/a/{id}", "get"))
    found.where_key(("paths", "/a/{id}", "get", "x-list", 1))
    (part,) = read
    assert part.startswith('{"/a/{id}": ')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        "{",
        "{} {}",
        '{"a": 1, "a": 2}',
        '{"paths": {"/a": {"b": 1, "b": 1}}}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 01}',
        '{"a": 1.}',
        '{"a": "\t"}',
        '{"a": "\\ud800"}',
        '{"a": "\\\\ud83d\\ude00"}',
        '{"a": "\\udc00\\ud800"}',
        f'{{"a": {"9" * 401}}}',
        '{"a": 1e99999}',
        '{"a": ' + "[" * 100 + "]" * 100 + "}",
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "{'a': 1}",
    ],
)
def test_what_is_unusual_is_left_to_the_careful_reader(text: str) -> None:
    assert quick(text) is None


def test_pairs_of_surrogates_are_characters() -> None:
    text = '{"a": "\\ud83d\\ude00", "b": "\\\\ud83d", "\\uD83D\\uDE00": 1}'
    found = quick(text)
    assert found is not None
    assert found.root == {"a": "\U0001f600", "b": "\\ud83d", "\U0001f600": 1}


def test_limits_are_those_of_the_careful_reader() -> None:
    text = json.dumps({**USUAL, "x-text": "[{,"})
    count = len(list(pointers({**USUAL, "x-text": ""})))
    depth = '{"a": ' + "[" * 9 + "]" * 9 + "}"
    for limits in (Limits(nodes=count), Limits(nodes=count - 1)):
        assert (quick(text, limits) is None) == (careful(text, limits) is None)
    for limits in (Limits(depth=10), Limits(depth=9)):
        assert (quick(depth, limits) is None) == (careful(depth, limits) is None)
    assert quick(text, Limits(nodes=count)) is not None
    assert quick(depth, Limits(depth=10)) is not None


def test_a_large_file_is_read_so_and_can_be_laid_over(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_text(json.dumps(USUAL | {"x-long": "long" * 30_000}, indent=1), encoding="utf-8")
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "overlay: 1.0.0\nactions:\n"
        "- {target: '$.paths[\"/b\"]', update: {get: {operationId: b}}}\n"
        "- {target: '$.components.schemas.A', remove: true}\n",
        encoding="utf-8",
    )
    source = load(large)
    assert source.unread
    lay_over(source, load(overlay))
    expected = careful(large.read_text(encoding="utf-8"))
    assert expected is not None
    kept = ("paths", "/a/{id}", "get")
    assert source.where_key(kept).line == expected.where_key(kept).line
    assert source.where_key(("paths", "/b", "get")).file.endswith("overlay.yaml")
    assert source.where_key(("components", "schemas", "1")).line > 1


_texts = st.text(st.sampled_from('abä\\"\n/{}[],:😀\u2028'), max_size=4)
_numbers = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(float)
_values = st.recursive(
    st.none() | st.booleans() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)
_names = st.sampled_from(["paths", "components", "info", "schemas", "", "é"]) | _texts
_documents = st.dictionaries(_names, st.dictionaries(_names, _values, max_size=3) | _values)


@given(
    _documents, st.sampled_from(STYLES), st.integers(0, 10_000), st.sampled_from('{}[],:" \n\\1e.')
)
@example({"components": {"schemas": {"": {}}}}, {}, 0, " ")
def test_any_text_is_read_as_the_careful_reader_does(
    made: dict[str, Any], style: dict[str, Any], at: int, odd: str
) -> None:
    whole = json.dumps(made, **style)
    place = at % (len(whole) + 1)
    for text in (whole, whole[:place] + odd + whole[place:], whole[:place]):
        expected, found = careful(text), quick(text)
        if found is not None:
            assert expected is not None, text
            assert_same(found, expected)
    assert quick(whole) is not None


def test_numbers_keep_their_digits() -> None:
    found = quick(f'{{"a": [1.10, 1E+400, -0.0, 1.5e1, -0, {10**60}]}}')
    assert found is not None
    assert isinstance(found.root, dict)
    numbers = found.root["a"]
    assert isinstance(numbers, list)
    assert [str(each) for each in numbers] == ["1.10", "1E+400", "-0.0", "15", "0", str(10**60)]
    assert [type(each) for each in numbers] == [Decimal, Decimal, Decimal, int, int, int]
