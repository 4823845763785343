"""Read a large JSON text at once; where something stands in it is found out when it is asked.

Python's own parser reads many times as fast as one that notes positions, and of a document
with few faults hardly any position is asked for. Whatever is unusual about a text is left to
the careful reader, which says what is wrong with it and where. Positions are found out part
by part, by that reader too: a part is an entry of the root, of `paths` or of a kind of
components.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from typing import Any, Final, NoReturn

from msgspec import Raw, Struct
from msgspec.json import Decoder
from msgspec.structs import replace

from brokerspec.parts import holds_parts, mark_part
from brokerspec.read_json import holds_too_much, read_json
from brokerspec.read_yaml import number
from brokerspec.tree import JSON, Builder, Limits, Position, Source

_START: Final = Position(0, 0)
_MEMBER: Final = re.compile(r'[\s,]*("(?:[^"\\]++|\\.)*+")\s*:\s*')
# What one of a surrogate pair looks like, and one that has no other beside it.
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE: Final = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]|(u[dD][89a-fA-F])|.)", re.DOTALL
)
_split: Final = Decoder(dict[str, Raw]).decode


class _Unusual(Exception):
    """The text needs the careful reader."""


def read_quickly(text: str, builder: Builder) -> Source | None:
    """Return the tree of a JSON text, None when it must be read carefully.

    `builder` is for a tree of this file, and stays empty.
    """
    root = _parsed(text, builder)
    if root is None:
        return None
    begins = len(text) - len(text.lstrip())
    line = text.count("\n", 0, begins)
    mark = Position(line, begins - text.rfind("\n", 0, begins) - 1)
    source = replace(builder.inside(0).begun(root), root_mark=mark)
    _Places(text, begins, source, builder).expect(root, ())
    return source


def _parsed(text: str, builder: Builder) -> dict[str, JSON] | None:
    if _has_half(text) or holds_too_much(text, builder.limits):
        return None
    own = builder.inside(0)
    read: partial[Any] = partial(number, mark=_START, builder=own)
    try:
        root: JSON = json.loads(
            text,
            object_pairs_hook=_members,
            parse_int=read,
            parse_float=read,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError, _Unusual):
        return None
    if not isinstance(root, dict) or own.has_problems or _is_too_deep(root, builder.limits):
        return None
    return root


def _has_half(text: str) -> bool:
    """Say whether a text has half of a surrogate pair; few have a pair at all."""
    pairs = _SURROGATE.search(text) is not None
    return pairs and any(found[1] for found in _ESCAPE.finditer(text))


def _members(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Unusual
    return made


def _refuse(_: str) -> NoReturn:
    raise _Unusual


def _is_too_deep(root: dict[str, JSON], limits: Limits) -> bool:
    level: list[dict[str, JSON] | list[JSON]] = [root]
    for _ in range(limits.depth):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


class _Span(Struct, frozen=True, gc=False):
    """Where a member of an object stands: its key, its value and the end of that."""

    key: int
    value: int
    end: int


class _Places:
    """Where the parts of a text stand, as far as somebody asked."""

    def __init__(self, text: str, begins: int, source: Source, builder: Builder) -> None:
        self._text = text
        self._begins = begins
        self._source = source
        self._builder = builder
        self._breaks: list[int] = []
        self._spans: dict[tuple[int, str], _Span] = {}

    def expect(self, container: dict[str, JSON], at: tuple[str, ...]) -> None:
        """Be asked for the members of an object whose members are parts or hold parts."""
        self._source.marks[id(container)] = {}
        for name, value in container.items():
            tell = partial(self._tell, container, at, name)
            self._source.unread[id(container), name] = tell
            if isinstance(value, dict) and holds_parts((*at, name)):
                self.expect(value, (*at, name))

    def _tell(self, container: dict[str, JSON], at: tuple[str, ...], name: str) -> None:
        if not self._breaks:
            self._breaks = [-1, *(found.start() for found in re.finditer("\n", self._text))]
            self._look(container if not at else self._source.root, (), self._begins, self._text)
        span = self._spans[id(container), name]
        begins = self._position(span.key)
        if isinstance(container[name], dict) and holds_parts((*at, name)):
            marks = begins, self._position(span.value)
            self._source.marks[id(container)][name] = marks
            return
        own = self._builder.inside(len(at))
        read_json(f"{{{self._text[span.key : span.end]}}}", own)
        begins = replace(begins, column=begins.column - 1)
        entries = {name: container[name]}
        mark_part(self._source.marks, container, entries, own.finish(), begins)

    def _look(self, container: JSON, at: tuple[str, ...], start: int, text: str | Raw) -> None:
        """Note where the members of an object stand that begins at `start`."""
        if not isinstance(container, dict):
            return
        for name, span, value in _spans(self._text, start, text):
            self._spans[id(container), name] = span
            if holds_parts((*at, name)):
                self._look(container[name], (*at, name), span.value, value)

    def _position(self, offset: int) -> Position:
        line = bisect_right(self._breaks, offset - 1) - 1
        return Position(line, offset - self._breaks[line] - 1)


def _spans(text: str, start: int, content: str | Raw) -> Iterator[tuple[str, _Span, Raw]]:
    """Yield the members of an object with where they stand in the text."""
    after = start + 1
    for name, value in _split(content).items():
        found = _MEMBER.match(text, after)
        if found is None:
            raise ValueError(f"no member at {after}")
        after = found.end() + len(bytes(value).decode())
        yield name, _Span(found.start(1), found.end(), after), value
