"""Find the lists of values that a document prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from brokerspec.audit.choices import separated
from brokerspec.audit.facts import ListedValue, Table, ValueList
from brokerspec.audit.repair import Comment
from brokerspec.audit.sections import Outline

_MEANT = re.compile(
    r"\s*(?:[-*•●◦]\s+)?[`\"“]?([A-Za-z0-9][\w\-&./]{0,30})[`\"”]?\s*(?:\s[-\u2013—]+|:|=)\s+(\S.*)"
)
_STATUS = re.compile(r"\s*([1-5]\d\d)\s+([A-Z][A-Za-z ]{1,40})\s*$")
_NAMED = re.compile(r"([A-Za-z_]\w*)\s*[:=]\s*\[([^\[\]{}]{1,300})\]")
_ENUM = re.compile(
    r"\W*(?:([A-Za-z_]\w*)\s*[:\-]\s*)?(?:enum|one of|(?:allowed|possible|valid) values?)"
    r"\s*[:=\-\u2013]+\s*(.+)",
    re.IGNORECASE,
)


def find_value_lists(
    lines: Sequence[str],
    taken: frozenset[int],
    tables: Iterable[Table],
    comments: Iterable[Comment],
    texts: Iterable[tuple[int, str]],
    outline: Outline,
) -> list[ValueList]:
    """Find every list of values."""
    found = [
        *_listed_lines(lines, taken, outline),
        *_of_tables(tables),
        *_of_comments(comments, outline),
        *_of_texts(texts, outline),
        *_of_lines(lines, taken, outline),
    ]
    return sorted(found, key=lambda item: item.line)


def _listed_lines(
    lines: Sequence[str], taken: frozenset[int], outline: Outline
) -> Iterator[ValueList]:
    for pattern in (_MEANT, _STATUS):
        run: list[ListedValue] = []
        for number in range(1, len(lines) + 2):
            is_inside = number <= len(lines) and number not in taken
            match = pattern.fullmatch(lines[number - 1]) if is_inside else None
            is_value = match is not None and _is_value(match[1]) and len(match[2].split()) <= 12
            if match is not None and is_value:
                run.append(ListedValue(number, match[1], match[2].strip()))
                continue
            if len(run) > 1:
                name = outline.title(run[0].line) or outline.section(run[0].line)
                yield ValueList(run[0].line, outline.section(run[0].line), name, tuple(run))
            run = []


def _is_value(word: str) -> bool:
    """Say whether a word before a dash is a value rather than a label."""
    return word.isupper() or word.lstrip("-").isdigit() or "_" in word or len(word) <= 2


def _of_tables(tables: Iterable[Table]) -> Iterator[ValueList]:
    for table in tables:
        for row in table.rows:
            if len(row.values) > 1:
                values = tuple(
                    ListedValue(row.line, value, meaning)
                    for value, meaning in zip(row.values, row.meanings, strict=True)
                )
                yield ValueList(row.line, table.section, row.name, values)


def _of_comments(comments: Iterable[Comment], outline: Outline) -> Iterator[ValueList]:
    for comment in comments:
        name = next(
            (str(token) for token in reversed(comment.pointer) if isinstance(token, str)), ""
        )
        found = separated(comment.text)
        if name and found and all(len(value) <= 30 for value, _ in found):
            values = tuple(ListedValue(comment.line, value, meaning) for value, meaning in found)
            yield ValueList(comment.line, outline.section(comment.line), name, values)


def _of_texts(texts: Iterable[tuple[int, str]], outline: Outline) -> Iterator[ValueList]:
    """Read lists such as "name: [A, B]" inside the texts of a payload."""
    for line, text in texts:
        for match in _NAMED.finditer(text):
            values = [value.strip() for value in match[2].split(",")]
            listed = tuple(ListedValue(line, value) for value in values if value)
            yield ValueList(line, outline.section(line), match[1], listed)


def _of_lines(lines: Sequence[str], taken: frozenset[int], outline: Outline) -> Iterator[ValueList]:
    for number, text in enumerate(lines, start=1):
        match = _ENUM.fullmatch(text) if number not in taken else None
        if match is None:
            continue
        found = separated(match[2].rstrip("."))
        if len(found) > 1:
            values = tuple(ListedValue(number, value, meaning) for value, meaning in found)
            name = match[1] or outline.title(number)
            yield ValueList(number, outline.section(number), name, values)
