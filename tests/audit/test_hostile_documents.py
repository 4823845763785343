"""No document, however broken, ends in anything but facts, and none takes long."""

from __future__ import annotations

import random
import time

import pytest

from audit.reading import DOCUMENTS
from brokerspec.audit import Text, facts_of, read
from brokerspec.audit.read_html import read_html
from brokerspec.audit.read_markdown import read_markdown

NAMES = ("ruled", "stacked", "numbered", "worded", "signed")
MARKS = "{}[]\",:'“”|-#/\\ 0aA\t\f…<>=().;"
SECONDS = 5


@pytest.mark.parametrize("seed", range(25))
def test_a_document_that_was_cut_and_stirred(seed: int) -> None:
    chooser = random.Random(seed)
    lines = list(read(DOCUMENTS / f"{chooser.choice(NAMES)}.txt").lines)
    for _ in range(30):
        at = chooser.randrange(len(lines))
        text = lines[at]
        place = chooser.randrange(len(text) + 1)
        change = chooser.randrange(4)
        if change == 0 and len(lines) > 1:
            del lines[at]
        elif change == 1:
            lines[at] = text[:place] + chooser.choice(MARKS) + text[place:]
        elif change == 2:
            lines[at] = text[:place] + text[place + 1 :]
        else:
            lines.insert(at, chooser.choice(lines))
    facts = facts_of(Text("stirred.txt", "text", tuple(lines)))
    for payload in facts.payloads:
        assert 1 <= payload.line <= payload.end_line <= len(lines)
        assert set(payload.lines.values()) <= set(range(payload.line, payload.end_line + 1))
    source = "\n".join(lines)
    facts_of(read_html(source, "stirred.html"))
    facts_of(read_markdown(source, "stirred.md"))


HOSTILE = {
    "braces": ["{" * 1500],
    "braces on lines": ["{"] * 1000,
    "open objects": ['{"a":' * 1000],
    "open objects on lines": ['{"a":'] * 1000,
    "open arrays": ["[" * 1500],
    "open quotes": ['{"a": "x'] * 1000,
    "many quotes": ['{"a": "' + '"x ' * 1000],
    "open comments": ["{ /* x"] * 1000,
    "pipes": ["|" * 1000] * 10,
    "cells": ["a | b" * 1000] * 3,
    "calls": ["curl \\"] * 1000,
    "signatures": ["f(" + "a, " * 1000, "Words follow"],
    "addresses": ["http://" * 1000, "http://x" + "<a>" * 1000, "/" * 1500],
    "lists": ["x: [" + "a," * 1500] * 3,
    "values": ["0 - " * 1000, "A/" * 1500],
    "dashes": ["Method " + "-" * 1500, "Endpoint: " + "-" * 1500],
    "digits": ["1" * 3000] * 10,
    "blanks": [" " * 5000 + "x"] * 3,
    "dots": ["." * 1500, ". " * 1000],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_takes_no_time(name: str) -> None:
    before = time.process_time()
    facts_of(Text("hostile.txt", "text", tuple(HOSTILE[name])))
    assert time.process_time() - before < SECONDS


@pytest.mark.parametrize("source", ["<table>" * 1500, "<td>" * 1500, "<pre>" * 1500, "<li>" * 1500])
def test_a_hostile_page_takes_no_time(source: str) -> None:
    before = time.process_time()
    facts_of(read_html(source, "hostile.html"))
    assert time.process_time() - before < SECONDS


def test_what_nests_too_deep_is_told() -> None:
    (payload,) = facts_of(Text("deep.txt", "text", ('{"a": 1, "b": ' + "[" * 200,))).payloads
    assert payload.is_truncated
    assert any("nested deeper than" in repair.what for repair in payload.repairs)


def test_a_number_of_too_many_digits_stays_a_text() -> None:
    (payload,) = facts_of(Text("long.txt", "text", ('{"a": ' + "1" * 5000 + "}",))).payloads
    assert payload.value == {"a": "1" * 5000}
