"""Say where a line stands in the file that a person opens."""

from __future__ import annotations

import re
from typing import Final

from brokerspec.audit.facts import Text
from brokerspec.tree import JSON

_LINE: Final = re.compile(r"\bline (\d+)")


def in_file(sentence: str, text: Text) -> str:
    """Return a sentence with the lines of a text turned into lines of its file, or of a page."""
    if text.kind != "pdf" and not text.numbers:
        return sentence
    return _LINE.sub(lambda found: _place(int(found[1]), text), sentence)


def evidence_in_file(value: JSON, text: Text) -> JSON:
    """Return a spec whose evidence names lines of the file."""
    if isinstance(value, list):
        return [evidence_in_file(entry, text) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        key: in_file(below, text)
        if key == "x-evidence" and isinstance(below, str)
        else evidence_in_file(below, text)
        for key, below in value.items()
    }


def _place(line: int, text: Text) -> str:
    if not 1 <= line <= len(text.lines):
        return f"line {line}"
    where = text.where(line)
    page = where.file.rpartition("#page=")[2] if text.kind == "pdf" else ""
    return f"page {page}, line {where.line}" if page else f"line {where.line}"
