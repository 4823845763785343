"""Tell which part of a document a line belongs to, and which direction it speaks of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from brokerspec.audit.facts import Direction, Text

_WORDS_OF_LABELS = (
    "a an and api as attribute attributes body call code codes curl data description details"
    " endpoint error example examples failed failure fields for format get header headers here"
    " in input is json method model none note notes of optional output parameter parameters"
    " params path payload post purpose query reply request requests required resource response"
    " responses result results returns root sample schema scope status structure success"
    " successful table the type uri url values with http ok list fail failing overview summary"
)
_LABEL_WORDS = frozenset(_WORDS_OF_LABELS.split())
_SMALL_WORDS = "a an and as at by for from in of on or the to via with"
_SMALL = frozenset(_SMALL_WORDS.split())
_REQUEST = re.compile(
    r"\b(?:requests?|input|query|(?:path|body|query|header) parameters?)\b", re.IGNORECASE
)
_ANSWER = re.compile(
    r"\b(?:responses?|results?|output|returns?|reply|answers?|[1-5]\d\d)\b", re.IGNORECASE
)
_NUMBERED = re.compile(r"\d{1,3}(?:\.\d{1,3})*[.)]?\s+\S.*")
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}")
_SIGNATURE = re.compile(r"(?:\w+\s+)?([A-Za-z_][\w.]*)\([\w\s,*]*\)")
_NO_TITLE = re.compile(
    r"[|{}\[\]:;=\"“”<>\\@]|https?|\.{2,}|\w\.\w|\s[-\u2013]\s|^[1-5]\d\d\s"
    r"|^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b|^\W*(?:example|note)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"[=%\"|{}\\]|\w\(|^[-*•]\s|https?:|^(?:GET|POST|PUT|PATCH|DELETE)\b|\.$|:\s+[-\w]"
)
_FAR = 400


class Outline:
    """Know the headings and the labels of a document."""

    def __init__(
        self, text: Text, lines: Sequence[str], taken: frozenset[int], captions: frozenset[int]
    ) -> None:
        self._lines = lines
        self._taken = taken
        self._headings: list[tuple[int, str]] = []
        first = next((n for n, line in enumerate(lines, start=1) if line.strip()), 0)
        for number in range(1, len(lines) + 1):
            if number not in taken and number not in captions:
                title = self._title(text, number)
                # A title right below another one explains it, except below that of the document.
                last = self._headings[-1][0] if self._headings else 0
                is_second = last == number - 1 and last not in (0, first)
                if title and (number in text.headings or not is_second):
                    self._headings.append((number, title))

    def section(self, line: int) -> str:
        """Name the heading that a line stands under."""
        found = bisect_right(self._headings, (line, "\U0010ffff"))
        return self._headings[found - 1][1] if found else ""

    def start(self, line: int) -> int:
        """Return the line of the heading that a line stands under, or 0."""
        found = bisect_right(self._headings, (line, "\U0010ffff"))
        return self._headings[found - 1][0] if found else 0

    def direction(self, line: int, column: int = 0) -> Direction:
        """Tell from the labels above whether a line speaks of a request or of a response."""
        before = self._lines[line - 1][:column]
        if re.search(r"\bcurl\b|(?:^|\s)(?:-d|--data)", before):
            return "request"
        for number in range(line, max(self.start(line), line - _FAR) - 1, -1):
            text = before if number == line else self._lines[number - 1]
            if number < 1 or (number != line and number in self._taken and number < line - 1):
                if number in self._taken:
                    continue
                break
            found = direction_of(text)
            if found:
                return found
        return ""

    def title(self, line: int) -> str:
        """Return the nearest line above that can name what begins on a line."""
        for number in range(line - 1, max(0, line - 6), -1):
            if number in self._taken:
                break
            text = self._lines[number - 1].strip()
            if text:
                is_name = len(text.split()) <= 8 and _NO_NAME.search(text) is None
                return text.lstrip("# ").rstrip(":- ") if is_name else ""
        return ""

    def _title(self, text: Text, number: int) -> str:
        line = self._lines[number - 1].strip()
        if number in text.headings:
            return "" if is_label(line) else line
        if text.headings and text.kind in ("html", "markdown"):
            return ""
        signature = _SIGNATURE.fullmatch(line)
        if signature is not None and self._opens_prose(number):
            return signature[1]
        if not line or len(line) > 60 or _NO_TITLE.search(line.rstrip(".")) or is_label(line):
            return ""
        if _NUMBERED.fullmatch(line):
            return self._numbered(line)
        words = line.split()
        if line.endswith((".", ",", "-")) or not line[0].isupper() or len(words) > 6:
            return ""
        return line if self._is_apart(number) or _is_title_case(words) else ""

    def _numbered(self, line: str) -> str:
        words = line.split()[1:]
        if _LEADERS.search(line) or len(words) > 6 or not words[0][0].isupper():
            return ""
        return line.rstrip(". ")

    def _is_apart(self, number: int) -> bool:
        above = self._lines[number - 2].strip() if number > 1 else ""
        below = self._lines[number].strip() if number < len(self._lines) else ""
        return not above and not below

    def _opens_prose(self, number: int) -> bool:
        below = self._lines[number].strip() if number < len(self._lines) else ""
        return re.match(r"[A-Z][a-z]+\b[^=(){};]*$", below) is not None


def direction_of(text: str) -> Direction:
    """Tell which direction a label names."""
    words = text.split()
    if not words or len(words) > 8 or text.rstrip().endswith(".") or "|" in text:
        return ""
    if not is_label(text) and not text.rstrip().endswith((":", ":-", "{", "[", "=")):
        return ""
    answer = list(_ANSWER.finditer(text))
    request = list(_REQUEST.finditer(text))
    if answer and request:
        # "Request and response" names none; "Response of the request" names the first.
        return "response" if answer[0].start() < request[0].start() else "request"
    if answer:
        return "response"
    return "request" if request else ""


def is_label(line: str) -> bool:
    """Say whether a line only says what follows it."""
    words = re.findall(r"[A-Za-z]+", line.lower())
    if not words:
        return re.fullmatch(r"\W*[1-5]\d\d\W*", line) is not None
    return all(word in _LABEL_WORDS for word in words)


def _is_title_case(words: Sequence[str]) -> bool:
    return all(
        word[0].isupper() or word[0].isdigit() or word.lower() in _SMALL or word[0] in "(&-/"
        for word in words
    ) and not all(word.lower() in _SMALL for word in words)
