"""Read JSON that people have typed, and say what had to be repaired."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from brokerspec.audit.facts import Repair
from brokerspec.audit.repair_lexis import Cursor, Scalar
from brokerspec.tree import DEFAULT, JSON, Pointer

_KEY_AHEAD = re.compile(r"""\s*(?:["“”„‟″'\u2018\u2019]|\\")""")
_BARE_KEY = re.compile(r"[A-Za-z_$][\w$.\-]*\??(?=\s*:)")
_STATUS = re.compile(r"\d+(?=\s*(?:$|[\"“”'\u2018\u2019{\[]))")
_ELLIPSIS = re.compile(r"\.{2,}|…|<\.\.\.>|-{3,}")
_WORD = re.compile(r"[A-Za-z_][\w\-]*(?=\s*[,\]])")
_GOES_ON = re.compile(r"\}\s*,\s*(?:$|[\"“])")
_OTHER_VALUE = re.compile(r"\s*(?:\||/(?!/)|\bor\b)\s*(?=[\"“'\u2018\d])")
_CLOSERS = re.compile(r"\s*[}\]]+[,;]?\s*$")


@dataclass(frozen=True, slots=True)
class Comment:
    """Hold a comment and the member that it stands beside."""

    line: int
    text: str
    pointer: Pointer


@dataclass(slots=True)
class Reading:
    """Hold what was read from one place of a document."""

    value: JSON
    line: int
    end_line: int
    end_column: int
    is_truncated: bool
    repairs: tuple[Repair, ...]
    lines: dict[Pointer, int]
    comments: tuple[Comment, ...]
    quoted_keys: int
    bare_keys: int


class _Cut(Exception):
    """Signal that the payload breaks off."""


@dataclass(slots=True)
class _State:
    lines: dict[Pointer, int] = field(default_factory=dict[Pointer, int])
    comments: list[Comment] = field(default_factory=list[Comment])
    quoted_keys: int = 0
    bare_keys: int = 0
    is_cut: bool = False
    is_shortened: bool = False


def read_loose(lines: Sequence[str], line: int, column: int) -> Reading:
    """Read the value that begins at a line (from 1) and a column (from 0)."""
    return _Loose(Cursor(lines, line, column)).read()


class _Loose:
    def __init__(self, cursor: Cursor) -> None:
        self._at = cursor
        self._state = _State()
        self._member: Pointer = ()

    def read(self) -> Reading:
        start = self._at.line
        state = self._state
        root: dict[str, JSON] | list[JSON]
        if self._at.peek() == "{":
            root = {}
            self._guard_object(root, ())
        elif self._at.peek() == "[":
            root = []
            self._guard_array(root, ())
        else:
            # The opening brace itself is missing.
            self._at.note("the opening brace is missing")
            root = {}
            self._guard_object(root, (), has_brace=False)
        end_line, end_column = self._at.last
        return Reading(
            root,
            start,
            end_line,
            end_column,
            state.is_cut or state.is_shortened,
            self._at.repairs(),
            state.lines,
            tuple(state.comments),
            state.quoted_keys,
            state.bare_keys,
        )

    def _guard_object(
        self, node: dict[str, JSON], pointer: Pointer, *, has_brace: bool = True
    ) -> None:
        try:
            if has_brace:
                self._at.take()
            self._object(node, pointer)
        except _Cut:
            self._state.is_cut = True

    def _guard_array(self, node: list[JSON], pointer: Pointer) -> None:
        try:
            self._at.take()
            self._array(node, pointer)
        except _Cut:
            self._state.is_cut = True

    def _cut(self, why: str) -> NoReturn:
        self._at.note(why, line=self._at.last[0])
        raise _Cut

    def _skip(self) -> None:
        for line, text in self._at.skip():
            self._state.comments.append(Comment(line, text, self._member))

    def _object(self, node: dict[str, JSON], pointer: Pointer) -> None:
        needs_comma, has_comma = False, False
        while True:
            self._skip()
            mark = self._at.peek()
            if mark == "}":
                if has_comma:
                    self._at.note("a comma after the last member was left out")
                self._at.take()
                return
            if mark == "]" and self._closes_outer(pointer, "a closing brace is missing"):
                return
            if mark in (",", ";"):
                has_comma = self._comma(needs_comma=needs_comma)
                needs_comma = False
                continue
            if self._ellipsis():
                needs_comma, has_comma = False, False
                continue
            if (needs_comma or has_comma) and self._is_junk():
                continue
            name = self._key(node, pointer)
            if needs_comma:
                self._at.note("a missing comma was added", line=self._state.lines[(*pointer, name)])
            self._member = (*pointer, name)
            self._value_into(node, name, (*pointer, name))
            needs_comma, has_comma = True, False

    def _array(self, node: list[JSON], pointer: Pointer) -> None:
        needs_comma, has_comma = False, False
        while True:
            self._skip()
            mark = self._at.peek()
            if mark == "]":
                if has_comma:
                    self._at.note("a comma after the last element was left out")
                self._at.take()
                return
            if mark == "}" and self._is_misprint(pointer):
                self._at.note("a closing brace was read as a bracket")
                self._at.take()
                return
            if mark == "}" and self._closes_outer(pointer, "a closing bracket is missing"):
                return
            if mark == ",":
                has_comma = self._comma(needs_comma=needs_comma)
                needs_comma = False
                continue
            if self._ellipsis():
                needs_comma, has_comma = False, False
                continue
            if needs_comma and self._is_junk():
                continue
            if needs_comma:
                self._at.note("a missing comma was added")
            place = (*pointer, len(node))
            self._state.lines[place] = self._at.line
            self._member = place
            self._element(node, place)
            needs_comma, has_comma = True, False

    def _element(self, node: list[JSON], place: Pointer) -> None:
        mark = self._at.peek()
        if mark == "{":
            inner: dict[str, JSON] = {}
            node.append(inner)
            self._descend(place)
            self._at.take()
            self._object(inner, place)
        elif mark == "[":
            items: list[JSON] = []
            node.append(items)
            self._descend(place)
            self._at.take()
            self._array(items, place)
        else:
            scalar = self._at.scalar()
            if scalar is None:
                word = self._at.match(_WORD)
                if word is None:
                    self._state.lines.pop(place)
                    self._cut("broken off here; the open brackets were closed")
                self._at.note("a value without quotes was read as a text")
                scalar = Scalar(word)
            node.append(scalar.value)

    def _value_into(self, node: dict[str, JSON], name: str, place: Pointer) -> None:
        line = self._at.last[0]
        self._skip()
        mark = self._at.peek()
        if mark == "{":
            inner: dict[str, JSON] = {}
            node[name] = inner
            self._descend(place)
            self._at.take()
            self._object(inner, place)
        elif mark == "[":
            items: list[JSON] = []
            node[name] = items
            self._descend(place)
            self._at.take()
            self._array(items, place)
        elif mark in ("", "}", "]", ","):
            node[name] = None
            self._at.note(f"the missing value of {name!r} was read as null", line=line)
        elif self._ellipsis():
            node[name] = None
        else:
            scalar = self._at.scalar()
            if scalar is None and self._at.line == line:
                scalar = self._at.bare_value()
            if scalar is None:
                node[name] = None
                self._cut("broken off here; the open brackets were closed")
            node[name] = scalar.value
            self._other_values(scalar, place)

    def _other_values(self, first: Scalar, place: Pointer) -> None:
        """Take what stands for "one of these" where JSON has room for one value only."""
        found = [first]
        while self._at.match(_OTHER_VALUE) is not None:
            scalar = self._at.scalar()
            if scalar is None:
                break
            found.append(scalar)
        if len(found) > 1:
            text = " | ".join(str(scalar.value) for scalar in found)
            self._state.comments.append(Comment(self._at.last[0], text, place))
            self._at.note("of several values the first was kept")

    def _descend(self, place: Pointer) -> None:
        if len(place) >= DEFAULT.depth:
            self._cut(f"nested deeper than {DEFAULT.depth} levels; the rest was not read")

    def _comma(self, *, needs_comma: bool) -> bool:
        if not needs_comma:
            self._at.note("a comma too many was left out")
        self._at.take()
        return True

    def _ellipsis(self) -> bool:
        if self._at.match(_ELLIPSIS) is None:
            return False
        self._state.is_shortened = True
        self._at.note("the document leaves something out ('...')")
        return True

    def _closes_outer(self, pointer: Pointer, what: str) -> bool:
        """Say whether the wrong closing mark belongs to the container around this one."""
        if pointer:
            self._at.note(what)
            return True
        self._at.note("a closing mark too many was left out")
        self._at.take()
        return False

    def _is_misprint(self, pointer: Pointer) -> bool:
        """Say whether the object around an array goes on after what would close it."""
        return len(pointer) == 1 and _GOES_ON.match(self._at.rest()) is not None

    def _is_junk(self) -> bool:
        """Leave out words that follow a value on its line without a comment mark."""
        if self._at.line != self._at.last[0] or _KEY_AHEAD.match(self._at.rest()):
            return False
        if self._state.bare_keys and _BARE_KEY.match(self._at.rest()):
            return False
        text = self._at.junk()
        if not text:
            return False
        self._state.comments.append(Comment(self._at.line, text, self._member))
        self._at.note("words beside a value were left out")
        return True

    def _key(self, node: dict[str, JSON], pointer: Pointer) -> str:
        if self._at.is_line_start() or not node:
            number = self._at.match(_STATUS)
            if number is not None:
                self._at.note(f"the number {number} before a key was left out")
                self._skip()
        line = self._at.line
        if _KEY_AHEAD.match(self._at.rest()):
            text = self._at.key()
            if text is None:
                self._cut("broken off here; the open brackets were closed")
            printed = text
            self._state.quoted_keys += 1
        else:
            printed = self._bare_key()
        name = printed.strip()
        if name != printed:
            self._at.note(f"the key {printed!r} was read as {name!r}", line=line)
        earlier = self._state.lines.get((*pointer, name))
        if earlier is not None and name in node:
            self._at.note(
                f"the key {name!r} stands on lines {earlier} and {line}; the last value was kept",
                line=line,
            )
        self._state.lines[(*pointer, name)] = line
        self._colon(name)
        return name

    def _bare_key(self) -> str:
        # A word with a colon is a key only where all keys are printed so; else it is prose.
        word = None if self._state.quoted_keys else self._at.match(_BARE_KEY)
        if word is None:
            self._cut("broken off here; the open brackets were closed")
        self._state.bare_keys += 1
        self._at.note("keys without quotes")
        return word

    def _colon(self, name: str) -> None:
        self._skip()
        if self._at.peek() == ":":
            self._at.take()
        elif self._at.peek() == "=":
            self._at.note("an equals sign was read as a colon")
            self._at.take(2 if self._at.rest().startswith("=>") else 1)
        elif self._at.peek() not in (",", "}", "]", ""):
            self._at.note(f"the missing colon after {name!r} was added")


def closers_only(line: str) -> bool:
    """Say whether a line holds closing marks and nothing else."""
    return _CLOSERS.match(line) is not None
