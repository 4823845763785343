"""Read a large YAML text part by part: parts that an earlier run read are known by their text.

A part is an entry of the root, of `paths` or of a kind of components, in the usual block style.
What YAML reads there depends on nothing around it: anything that runs on across the beginning
of a part, a quoted text for example, leaves the part before without its end, and that is no
valid text. Where anything is unusual the text is read as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Final, TypeAlias, cast

from msgspec import Raw, Struct
from msgspec.json import Decoder, Encoder
from msgspec.structs import replace

from brokerspec.cache import digest_of
from brokerspec.diagnostics import SpecError
from brokerspec.read_yaml import read_yaml
from brokerspec.tree import JSON, Builder, Mark, Marks, Position, Source

# How many levels there are to the parts of what is not a part itself.
_LEVELS: Final[Mapping[str, int]] = {"paths": 1, "components": 2}
# YAML sees the end of a line in these as well, and Python's patterns do not.
_OTHER_BREAKS: Final = ("\r", "\x85", "\u2028", "\u2029")
_START: Final = re.compile(r"(?:---[ ]*\n)?(?:[ ]*(?:#[^\n]*)?\n)*(?=[A-Za-z])")
# A key of its own line may have no value, which then stands where the next part begins.
_LONE_KEY: Final = re.compile(r"\n[ -]*\?\s")
# What may begin or end another document.
_OTHER_DOCUMENT: Final = ("\n---", "\n...")
# What opens a mapping of the next level, and the blanks before its first key.
_OPENING: Final = re.compile(r" *([A-Za-z][\w-]*):(?: *| +#[^\n]*)\n(?: *(?:#[^\n]*)?\n)*( +)")
_KEY: Final = re.compile(r"""["'/$~.\w]""")
_encode: Final = Encoder(decimal_format="number").encode
_decode: Final = Decoder(float_hook=Decimal).decode
_Entries: TypeAlias = dict[str, JSON]


class Part(Struct, frozen=True):
    """A text with an entry of the mapping that a way leads to, and where it begins."""

    at: tuple[str, ...]
    begins: Position
    text: str

    @property
    def key(self) -> str:
        """The name under which it is known; deeper down it may hold fewer levels."""
        return digest_of(f"{len(self.at)} {self.text}".encode())


class Opening(Struct, frozen=True):
    """Where a mapping begins whose entries are parts: its key, and the first of them."""

    at: tuple[str, ...]
    key: Position
    value: Position


class _Unusual(Exception):
    """The text cannot be read part by part."""


class Parts:
    """The parts of a text: those that an earlier run read, and those of this one."""

    def __init__(self, known: Mapping[str, Raw] | None = None) -> None:
        self._known = known or {}
        self.made: dict[str, Raw] = {}

    def read(self, text: str, builder: Builder) -> Source | None:
        """Return the tree of a text, None when it must be read whole, for which `builder` is."""
        if not self._known:
            return None
        try:
            return _Joining(self, builder).joined(tuple(parts_of(text)))
        except (SpecError, _Unusual):
            self.made.clear()
            return None

    def keep(self, text: str, source: Source) -> None:
        """Take the parts of a text that was read as a whole."""
        found = tuple(parts_of(text))
        split = {each.at for each in found if isinstance(each, Opening)}
        parts = {
            at: [one for one in found if isinstance(one, Part) and one.at == at]
            for at in split | {()}
        }
        try:
            for at, listed in parts.items():
                for part, entries in _shared_out(listed, at, split, source):
                    self.made[part.key] = Raw(_encode(entries))
        except _Unusual:
            self.made.clear()

    def entries(self, part: Part, builder: Builder) -> tuple[_Entries, int, Source | None]:
        """Return the entries of a part, at most how many values they are, and what was read."""
        key = part.key
        known = self._known.get(key)
        source = _read(part, builder) if known is None else None
        found = known or Raw(_encode(source.root if source else None))
        self.made[key] = found
        entries = source.root if source else _decode(found)
        return cast("_Entries", entries), _most_values(found), source


def parts_of(text: str) -> Iterator[Part | Opening]:
    """Yield the parts of a text in order, with the mappings that they are in; none if unusual."""
    start = _START.match(text)
    if start is None or any(each in text for each in _OTHER_BREAKS) or _LONE_KEY.search(text):
        return
    if all(text.find(each, start.end()) < 0 for each in _OTHER_DOCUMENT):
        yield from _inside(text, (), start.end(), len(text), text.count("\n", 0, start.end()), 0)


def _inside(
    text: str, at: tuple[str, ...], start: int, end: int, line: int, indent: int
) -> Iterator[Part | Opening]:
    """Yield the parts of a mapping that begins at `start`, on a line counted from 0."""
    begins = re.compile(rf"\n {{{indent}}}{_KEY.pattern}")
    found = [start, *(each.start() + 1 for each in begins.finditer(text, start, end))]
    for here, following in zip(found, (*found[1:], end), strict=True):
        opening = _OPENING.match(text, here, following)
        deeper = len(opening[2]) if opening else 0
        inner = (*at, opening[1] if opening else "")
        if deeper > indent and holds_parts(inner) and opening and _KEY.match(text, opening.end()):
            first = opening.end() - deeper
            below = line + text.count("\n", here, first)
            yield Opening(inner, Position(line, indent), Position(below, deeper))
            yield from _inside(text, inner, first, following, below, deeper)
        else:
            yield Part(at, Position(line, indent), text[here:following])
        line += text.count("\n", here, following)


def holds_parts(at: tuple[str, ...]) -> bool:
    """Say whether the entries of a mapping are parts, or mappings whose entries are."""
    return len(at) <= _LEVELS.get(at[0], 0)


def _shared_out(
    parts: Sequence[Part], at: tuple[str, ...], split: AbstractSet[tuple[str, ...]], source: Source
) -> Iterator[tuple[Part, _Entries]]:
    """Yield the parts of a mapping with their entries; each must begin where an entry does."""
    container = source.root
    for token in at:
        container = container[token] if isinstance(container, dict) else None
    members = container if isinstance(container, dict) else {}
    marks = source.marks.get(id(container), {})
    entries: list[_Entries] = [{} for _ in parts]
    lines = [part.begins.line for part in parts]
    for name, value in members.items():
        if (*at, name) in split:
            continue
        key, _ = marks[name]
        place = bisect_right(lines, key.line) - 1
        begins = parts[place].begins if place >= 0 else None
        if begins is None or (not entries[place] and (key.line, key.column) != _at(begins)):
            raise _Unusual
        entries[place][name] = value
    if not all(entries):
        raise _Unusual
    yield from zip(parts, entries, strict=True)


def _at(mark: Mark) -> tuple[int, int]:
    return mark.line, mark.column


def _most_values(found: Raw) -> int:
    """Return at most how many values a JSON text is; a comma in a text counts as one."""
    content = bytes(found)
    return sum(map(content.count, (b",", b"[", b"{")))


def _read(part: Part, builder: Builder) -> Source:
    """Return the tree of a part alone."""
    own = builder.inside(len(part.at))
    read_yaml(part.text, own)
    source = own.finish()
    if own.has_anchors or not isinstance(source.root, dict):
        raise _Unusual
    return source


class _Joining:
    """The tree of a text that grows from its parts."""

    def __init__(self, parts: Parts, builder: Builder) -> None:
        self._parts = parts
        self._builder = builder
        root: _Entries = {}
        self._containers: dict[tuple[str, ...], _Entries] = {(): root}
        self._source = builder.inside(0).begun(root)
        self._nodes = 1

    def joined(self, found: Sequence[Part | Opening]) -> Source:
        """Return the tree of all parts; raise `SpecError` or `_Unusual` when one is no part."""
        for each in found:
            if isinstance(each, Opening):
                self._open(each)
            else:
                self._add(each)
        if not found or self._nodes > self._builder.limits.nodes:
            raise _Unusual
        first = found[0]
        begins = first.key if isinstance(first, Opening) else first.begins
        return replace(self._source, root_mark=begins)

    def _open(self, opening: Opening) -> None:
        container, name = self._containers[opening.at[:-1]], opening.at[-1]
        if name in container:
            raise _Unusual
        made: _Entries = {}
        container[name] = self._containers[opening.at] = made
        self._source.marks[id(container)][name] = (opening.key, opening.value)
        self._source.marks[id(made)] = {}
        self._nodes += 1

    def _add(self, part: Part) -> None:
        container = self._containers[part.at]
        entries, count, read = self._parts.entries(part, self._builder)
        begins = Position(part.begins.line, 0)
        if not container.keys().isdisjoint(entries):
            raise _Unusual
        container.update(entries)
        self._nodes += count
        if read is not None:
            mark_part(self._source.marks, container, entries, read, begins)
            return

        def tell() -> None:
            again = _read(part, self._builder)
            mark_part(self._source.marks, container, entries, again, begins)

        for name in entries:
            self._source.unread[id(container), name] = tell


def mark_part(
    marks: Marks, container: _Entries, entries: _Entries, read: Source, begins: Position
) -> None:
    """Note where everything in a part stands that was read by itself."""
    known = read.marks[id(read.root)]
    marks[id(container)] |= {name: _moved(known[name], begins) for name in entries}
    pairs: list[tuple[JSON, JSON]] = [
        (entries[name], value) for name, value in cast("_Entries", read.root).items()
    ]
    while pairs:
        value, same = pairs.pop()
        if isinstance(value, dict) and isinstance(same, dict):
            pairs += [(value[name], inner) for name, inner in same.items()]
        elif isinstance(value, list) and isinstance(same, list):
            pairs += zip(value, same, strict=True)
        else:
            continue
        inside = read.marks[id(same)]
        marks[id(value)] = {token: _moved(both, begins) for token, both in inside.items()}


def _moved(marks: tuple[Mark, Mark], begins: Position) -> tuple[Mark, Mark]:
    key, value = marks
    return _from(begins, key), _from(begins, value)


def _from(begins: Position, mark: Mark) -> Position:
    before = 0 if mark.line else begins.column
    return Position(begins.line + mark.line, before + mark.column)
