"""Read lists of values out of one piece of text."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"[\"“”'\u2018\u2019`]([^\"“”'\u2018\u2019`]{1,60})[\"“”'\u2018\u2019`]")
_DASHED = re.compile(
    r"(?:^|(?<=\s))(-?\d{1,4}|[A-Z][A-Z0-9_]{0,9}(?:-[A-Z0-9]+)*)\s*[-\u2013—=:]\s+(?=\S)"
)
_LETTERED = re.compile(r"(?:^|\s)([A-Z])\.\s+")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9_\-]{0,19}")
_CODE = r"[A-Za-z0-9][\w\-&.]*"
_SLASHED = re.compile(rf"(?<![\w/:.])({_CODE}(?:\s?/\s?{_CODE})+)(?![\w/:])")
_ITEM = re.compile(r"(?P<value>[^()]{1,40}?)\s*(?:\((?P<meaning>[^()]{1,60})\))?")
_OR = re.compile(rf"({_CODE})\s+or\s+({_CODE})")
_LEAD = re.compile(
    r"^.*?\b(?:values?|one of|either)\b[^-\u2013:]*[-\u2013:]\s*(?=\S)", re.IGNORECASE
)


def choices_in(text: str, *, is_cell: bool = False) -> list[tuple[str, str]]:
    """Return the values that a text lists, each with its meaning.

    A cell under a heading such as "possible values" holds nothing but values; any other text has
    to show by its form that it is a list.
    """
    text = text.strip()
    for reader in (_numbered, _lettered, _quoted):
        found = reader(text)
        if found:
            return found
    if is_cell:
        found = separated(text, words=6)
        if found:
            return found
    return _slashed(text) or _alternatives(text) or _capitals(text)


def separated(text: str, *, words: int = 2) -> list[tuple[str, str]]:
    """Read values of so many words at most between commas, slashes or the word "or"."""
    stripped = _LEAD.sub("", _unwrapped(text.strip())).strip()
    # A slash between values that commas keep apart belongs to a value.
    marks = next((mark for mark in (",", "|", "/") if mark in stripped), ",")
    parts = re.split(rf"\s*{re.escape(marks)}\s*|\s+or\s+", stripped)
    found: list[tuple[str, str]] = []
    for part in parts:
        item = _ITEM.fullmatch(part.strip("\"“”'\u2018\u2019` "))
        if item is None or len(item["value"].split()) > words:
            return []
        found.append((item["value"].strip(), (item["meaning"] or "").strip()))
    return found if len(found) > 1 or (found and found[0][1]) else []


def _unwrapped(text: str) -> str:
    return text[1:-1] if text[:1] + text[-1:] in ("()", "[]", "{}") else text


def _numbered(text: str) -> list[tuple[str, str]]:
    starts: list[re.Match[str]] = []
    for start in _DASHED.finditer(text):
        # "-2 - 403 : denied" is one value, whose meaning holds a number.
        if not starts or text[starts[-1].end() : start.start()].strip():
            starts.append(start)
    lead = text[: starts[0].start()] if starts else text
    is_list = len(starts) > 1 and (not lead or _leads_to_list(lead))
    if not is_list and not (starts and not lead and text[:1].isdigit()):
        return []
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return [
        (start[1], text[start.end() : end].strip(" ,;."))
        for start, end in zip(starts, ends, strict=True)
    ]


def _leads_to_list(text: str) -> bool:
    return re.search(r"(?:one of|following|either|values?|:)\W*$", text, re.IGNORECASE) is not None


def _lettered(text: str) -> list[tuple[str, str]]:
    """Read "A. first B. second", where the letters only count."""
    starts = list(_LETTERED.finditer(text))
    letters = "".join(start[1] for start in starts)
    if (
        len(starts) < 2
        or starts[0].start() > 0
        or not "ABCDEFGHIJKLMNOPQRSTUVWXYZ".startswith(letters)
    ):
        return []
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return [
        (text[start.end() : end].strip(" ,;"), "") for start, end in zip(starts, ends, strict=True)
    ]


def _quoted(text: str) -> list[tuple[str, str]]:
    """Read values in quotes, where nothing else stands between them."""
    values = [found[1].strip() for found in _QUOTED.finditer(text)]
    between = re.sub(r"\b(?:or|and)\b|[\s,/|;]", "", _QUOTED.sub("", text))
    return [(value, "") for value in values] if len(values) > 1 and not between else []


def _slashed(text: str) -> list[tuple[str, str]]:
    for found in _SLASHED.finditer(text) if "*" not in text else ():
        values = [value.strip() for value in found[1].split("/")]
        if all(_is_code(value) for value in values) and len(set(values)) > 1:
            return [(value, "") for value in values]
    return []


def _alternatives(text: str) -> list[tuple[str, str]]:
    found = _OR.fullmatch(text)
    if found is None:
        return []
    return [(found[1], ""), (found[2], "")]


def _capitals(text: str) -> list[tuple[str, str]]:
    values = [value.strip() for value in text.rstrip(".").split(",")]
    is_list = len(values) > 1 and all(_CAPITALS.fullmatch(value) for value in values)
    return [(value, "") for value in values] if is_list else []


def _is_code(word: str) -> bool:
    """Say whether a word is a value rather than a part of a sentence."""
    return word[:1].isupper() and len(word) <= 20 and (word.isupper() or word in ("Yes", "No"))
