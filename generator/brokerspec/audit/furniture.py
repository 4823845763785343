"""Take page numbers and running titles out of a document."""

from __future__ import annotations

import re
from collections import Counter

from brokerspec.audit.facts import Text

SKIP = "\f"
_PAGE = re.compile(
    r"\W*(?:page\s+\d+(?:\s*(?:of|/)\s*\d+)?|\d+\s+of\s+\d+|[-\u2013—]\s*\d+\s*[-\u2013—])\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_EDGE = 3


def without_furniture(text: Text) -> list[str]:
    """Return the lines, with a form feed in place of what belongs to the paper only."""
    lines = [SKIP if _PAGE.fullmatch(line) else line for line in text.lines]
    if len(text.pages) < 3:
        return lines
    edges = [edge for page in _pages(text) for edge in _edges(lines, page)]
    counts = Counter(_shape(lines[number]) for number in edges)
    for number in edges:
        if lines[number].strip() and counts[_shape(lines[number])] * 2 > len(text.pages):
            lines[number] = SKIP
    return lines


def _pages(text: Text) -> list[tuple[int, int]]:
    ends = [*(start - 1 for start in text.pages[1:]), len(text.lines)]
    return [(start - 1, end) for start, end in zip(text.pages, ends, strict=True)]


def _edges(lines: list[str], page: tuple[int, int]) -> list[int]:
    filled = [number for number in range(*page) if lines[number].strip()]
    return sorted({*filled[:_EDGE], *filled[-_EDGE:]})


def _shape(line: str) -> str:
    return _NUMBER.sub("0", " ".join(line.split()))
