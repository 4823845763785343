"""The filters through which text enters source, by example."""

from __future__ import annotations

import ast

import pytest

from brokerspec.text import clean, code, docstring, literal, one_line, table_cell


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "'plain'"),
        ("it's", '"it\'s"'),
        ("ü\u202e", "'\\xfc\\u202e'"),
        ("\ud800", "'\\ud800'"),
        (None, "None"),
        (True, "True"),
        (["a", 1], "['a', 1]"),
    ],
)
def test_literal(value: object, written: str) -> None:
    assert literal(value) == written


def test_a_short_docstring_is_one_line() -> None:
    assert docstring("Read it.") == '"""Read it."""'
    assert docstring("") == '""""""'


@pytest.mark.parametrize("text", ['say "no"', "C:\\", '\\"', '"', '""', "a\\\\"])
def test_quotes_and_backslashes_survive(text: str) -> None:
    assert ast.literal_eval(docstring(text)) == text


def test_three_quotes_become_others() -> None:
    assert ast.literal_eval(docstring('a """ b')) == "a ''' b"


def test_a_long_docstring_is_wrapped_and_indented() -> None:
    written = docstring("word " * 40 + "\n\n    x: " + "more " * 30, indent=4)
    lines = written.split("\n")
    assert lines[0].startswith('"""word')
    assert lines[-1] == '    """'
    assert max(map(len, lines)) <= 96
    assert all(line.startswith("    ") for line in lines[1:] if line)
    assert any(line.startswith("            more") for line in lines)


def test_clean_keeps_lines_and_drops_what_does_not_show() -> None:
    assert clean(" a\tb \n\x00c\u202e\u200b ") == "a b\n c"
    assert clean("a\u2028b\u3164c\u00a0d") == "a b c d"
    assert clean("पाठ ₹ é") == "पाठ ₹ é"


def test_markdown() -> None:
    assert table_cell("a | b\n*c* <d>") == "a \\| b \\*c\\* \\<d\\>"
    assert code("a|b") == "`a\\|b`"
    assert code("a`b") == "`` a`b ``"
    assert code("") == ""
    assert one_line("a\nb --> c") == "a b - -> c"
