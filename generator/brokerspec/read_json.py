"""Read JSON with the position of every value."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator

from brokerspec.read_yaml import number
from brokerspec.tree import Builder, Limits, Mark, Position

_LEXEME = re.compile(
    r"""[ \t\r\n]*(?:(?P<punctuation>[{}\[\],:])
    |(?P<text>"(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+")
    |(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z.]))
    |(?P<word>true|false|null)\b
    |(?P<end>\Z)
    |(?P<bad>.))""",
    re.VERBOSE,
)
# Every value but the outermost follows a comma or opens what holds it; texts are stepped over.
_VALUE = re.compile(r'"(?:[^"\\]++|\\.)*+"|(,|[\[{](?!\s*[\]}]))', re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None}
_CLOSING = {"{": "}", "[": "]"}


def read_json(text: str, builder: Builder) -> None:
    """Feed a JSON text to a builder."""
    if not text.strip():
        builder.stop(
            "empty-file",
            Position(0, 0),
            "the file is empty",
            "write something into it, or name another",
        )
    if holds_too_much(text, builder.limits):
        builder.too_many(Position(0, 0))
    _Reader(text, builder).read()


def holds_too_much(text: str, limits: Limits) -> bool:
    """Say whether a JSON text holds more values than may be."""
    # To tell values from texts takes a while. Each but the outermost has one of these before it.
    if sum(map(text.count, ",[{")) < limits.nodes:
        return False
    return sum(1 for found in _VALUE.finditer(text) if found.lastindex) >= limits.nodes


class _Reader:
    def __init__(self, text: str, builder: Builder) -> None:
        self._builder = builder
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._lexemes = self._scan(text)
        self._open: list[str] = []

    def read(self) -> None:
        kind, lexeme, at = next(self._lexemes)
        while True:
            is_open = self._value(kind, lexeme, at)
            kind, lexeme, at = next(self._lexemes)
            # A container that has just been opened may end at once.
            if is_open and lexeme == self._open[-1]:
                kind, lexeme, at = self._close()
                is_open = False
            if not is_open:
                while self._open and lexeme == self._open[-1]:
                    kind, lexeme, at = self._close()
                if not self._open:
                    if kind != "end":
                        self._refuse(at, "there is text after the end of the value")
                    return
                if lexeme != ",":
                    self._refuse(at, f"expected ',' or {self._open[-1]!r}")
                kind, lexeme, at = next(self._lexemes)
            if self._open[-1] == "}":
                kind, lexeme, at = self._key(kind, lexeme, at)

    def _value(self, kind: str, lexeme: str, at: int) -> bool:
        if lexeme in _CLOSING and kind == "punctuation":
            self._open.append(_CLOSING[lexeme])
            self._builder.begin({} if lexeme == "{" else [], self._mark(at))
            return True
        if kind == "text":
            self._builder.scalar(self._text(lexeme, at), self._mark(at))
        elif kind == "number":
            mark = self._mark(at)
            self._builder.scalar(number(lexeme, mark, self._builder), mark)
        elif kind == "word":
            self._builder.scalar(_WORDS[lexeme], self._mark(at))
        else:
            self._refuse(at, "expected a value")
        return False

    def _key(self, kind: str, lexeme: str, at: int) -> tuple[str, str, int]:
        if kind != "text":
            self._refuse(at, "expected a key in double quotes")
        self._builder.key(self._text(lexeme, at), self._mark(at))
        _, lexeme, at = next(self._lexemes)
        if lexeme != ":":
            self._refuse(at, "expected ':'")
        return next(self._lexemes)

    def _text(self, lexeme: str, at: int) -> str:
        if "\\" not in lexeme:
            return lexeme[1:-1]
        text: str = json.loads(lexeme)
        if "\\u" in lexeme and any("\ud800" <= character <= "\udfff" for character in text):
            self._refuse(at, "half of a surrogate pair")
        return text

    def _close(self) -> tuple[str, str, int]:
        self._open.pop()
        self._builder.end()
        return next(self._lexemes)

    def _scan(self, text: str) -> Iterator[tuple[str, str, int]]:
        for match in _LEXEME.finditer(text):
            kind = match.lastgroup or "bad"
            yield kind, match[kind], match.start(kind)

    def _mark(self, offset: int) -> Mark:
        line = bisect_right(self._breaks, offset - 1)
        return Position(line, offset - (self._breaks[line - 1] + 1 if line else 0))

    def _refuse(self, at: int, problem: str) -> None:
        self._builder.stop(
            "syntax", self._mark(at), f"not valid JSON: {problem}", "check commas and quotes"
        )
