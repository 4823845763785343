"""Load files: positions, the values of YAML 1.2, and everything that is refused."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from brokerspec.diagnostics import SpecError
from brokerspec.load import Limits, load
from brokerspec.tree import JSON


def write(folder: Path, text: str, name: str = "spec.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusals(path: Path, limits: Limits | None = None) -> list[tuple[str, int]]:
    with pytest.raises(SpecError) as caught:
        load(path, limits or Limits())
    return [
        (found.code, found.where.line if found.where else 0) for found in caught.value.diagnostics
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("12", 12),
        ("-3", -3),
        ("94.05", Decimal("94.05")),
        ("1.10", Decimal("1.10")),
        ("1e3", Decimal("1e3")),
        (".5", Decimal("0.5")),
        ("yes", "yes"),
        ("on", "on"),
        ("No", "No"),
        ("017", "017"),
        ("0o17", "0o17"),
        ("0x1f", "0x1f"),
        ("09:15:00", "09:15:00"),
        ("190:20:30", "190:20:30"),
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05T20:30:09Z", "2024-03-05T20:30:09Z"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("+", "+"),
        (".", "."),
    ],
)
def test_scalars(tmp_path: Path, text: str, value: JSON) -> None:
    loaded = load(write(tmp_path, f"key: {text}\n")).root
    assert isinstance(loaded, dict)
    assert loaded["key"] == value
    assert type(loaded["key"]) is type(value)


def test_decimals_keep_their_digits(tmp_path: Path) -> None:
    assert str(load(write(tmp_path, "[1.10]")).root) == "[Decimal('1.10')]"


def test_positions(tmp_path: Path) -> None:
    source = load(write(tmp_path, "a:\n  b: [1, two]\n  c:\n    d: 4\n"))
    assert str(source.where(("a", "b", 1))).endswith("spec.yaml:2:10")
    assert str(source.where_key(("a", "c"))).endswith("spec.yaml:3:3")
    assert str(source.where(("a", "c"))).endswith("spec.yaml:4:5")


def test_a_missing_member_is_located_at_its_parent(tmp_path: Path) -> None:
    source = load(write(tmp_path, "a:\n  b: 1\n"))
    assert source.where(("a", "x", "y")).line == 1
    assert source.where_key(("a", "b", 0)).line == 2


def test_status_codes_are_texts(tmp_path: Path) -> None:
    assert load(write(tmp_path, "responses:\n  200: {}\n")).root == {"responses": {"200": {}}}


def test_a_status_is_a_key_of_responses_alone(tmp_path: Path) -> None:
    # What was right in one place is looked at again in another.
    text = "responses: {200: a}\nother: {200: a, 7: b}\nresponses2: {7: b}\n"
    assert refusals(write(tmp_path, text)) == [
        ("non-string-key", 2),
        ("non-string-key", 2),
        ("non-string-key", 3),
    ]


def test_aliases_are_followed(tmp_path: Path) -> None:
    assert load(write(tmp_path, "a: &x [1]\nb: *x\n")).root == {"a": [1], "b": [1]}


def chain() -> str:
    return "a0: &a0 [x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200))


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("duplicate-key", 3)]),
        ("a: 1\na: 2\nb: 1\nb: 2\na: 3\n", [("duplicate-key", n) for n in (2, 4, 5)]),
        ("a: !!python/object/apply:os.system [x]\n", [("explicit-tag", 1)]),
        ("a: !secret x\n", [("explicit-tag", 1)]),
        ("1: a\n", [("non-string-key", 1)]),
        ("paths:\n  true: a\n", [("non-string-key", 2)]),
        ("? [a]\n: b\n", [("complex-key", 1)]),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", [("merge-key", 3)]),
        ("a: [1\n", [("syntax", 2)]),
        ("a: b: c\n", [("syntax", 1)]),
        ("a: *nothing\n", [("unknown-alias", 1)]),
        ("a: &x [*x]\n", [("alias-cycle", 1)]),
        ("a: 1\n---\nb: 2\n", [("several-documents", 2)]),
        ("", [("empty-file", 1)]),
        ("# only a comment\n", [("empty-file", 1)]),
        ("a: " + "9" * 5000, [("number-too-long", 1)]),
        ("a: 1e999999999\n", [("number-too-long", 1)]),
        ("a: \x07\n", [("control-character", 1)]),
        ("\n" + "[" * 100_000, [("too-deep", 2)]),
        (chain(), [("too-deep", 100)]),
        (bomb(), [("too-many-aliases", 5)]),
    ],
    ids=lambda value: str(value)[:25] if isinstance(value, str) else None,
)
def test_yaml_that_is_refused(tmp_path: Path, text: str, expected: list[tuple[str, int]]) -> None:
    assert refusals(write(tmp_path, text)) == expected


def test_a_duplicate_key_names_both_lines(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="lines 1 and 3"):
        load(write(tmp_path, "a: 1\nb: 2\na: 3\n"))


def test_json_with_tabs_and_escapes(tmp_path: Path) -> None:
    text = '{\n\t"a": [1, -2.50, true, null, {}, []],\n\t"\\u0062": "\\ud83d\\ude00\\/"\n}\n'
    source = load(write(tmp_path, text, "x.json"))
    assert source.root == {"a": [1, Decimal("-2.50"), True, None, {}, []], "b": "\U0001f600/"}
    assert str(source.where(("a", 1))).endswith("x.json:2:11")


@pytest.mark.parametrize("text", ["1", '"a"', "[]", "{}", "[[[]]]", '{"a":{"b":[{}]}}', " null "])
def test_json_means_what_json_means(tmp_path: Path, text: str) -> None:
    assert load(write(tmp_path, text, "x.json")).root == json.loads(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1,\n "a": 2}', [("duplicate-key", 2)]),
        ('{"a": 1,}', [("syntax", 1)]),
        ("[1,\n]", [("syntax", 2)]),
        ("[1 2]", [("syntax", 1)]),
        ("[1}", [("syntax", 1)]),
        ("[1", [("syntax", 1)]),
        ("{'a': 1}", [("syntax", 1)]),
        ('{"a" 1}', [("syntax", 1)]),
        ('"a\nb"', [("syntax", 1)]),
        ("01", [("syntax", 1)]),
        ("NaN", [("syntax", 1)]),
        ("[] []", [("syntax", 1)]),
        ('"\\ud800"', [("syntax", 1)]),
        ("// no\n{}", [("syntax", 1)]),
        (" \n", [("empty-file", 1)]),
        ("[" * 50_000, [("too-deep", 1)]),
        ("9" * 5000, [("number-too-long", 1)]),
    ],
)
def test_json_that_is_refused(tmp_path: Path, text: str, expected: list[tuple[str, int]]) -> None:
    assert refusals(write(tmp_path, text, "x.json")) == expected


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert refusals(tmp_path / "none.yaml") == [("no-such-file", 1)]
    assert refusals(tmp_path) == [("not-a-file", 1)]
    os.mkfifo(tmp_path / "pipe.yaml")
    assert refusals(tmp_path / "pipe.yaml") == [("not-a-file", 1)]
    assert refusals(Path(os.devnull)) == [("not-a-file", 1)]
    (tmp_path / "bytes.yaml").write_bytes(b"a: 1\nb: \xff\n")
    assert refusals(tmp_path / "bytes.yaml") == [("not-utf-8", 2)]
    assert refusals(write(tmp_path, "a: 12345"), Limits(bytes=4)) == [("too-large", 1)]
