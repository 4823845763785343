"""Print a tree as YAML the way the specs are written: short things in flow, long ones folded."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from brokerspec.tree import JSON, Pointer

_WIDTH: Final = 100
_PLAIN: Final = re.compile(r"[A-Za-z_/$][\w/$.()'+-]*( [\w/$.()'+-]+)*|\d+\.\d+\.\d+", re.ASCII)
# Outside of brackets commas and the like say nothing, nor does a colon inside a word.
_PLAIN_ALONE: Final = re.compile(
    r"[A-Za-z_/$]([\w/$.()'+,;-]|:(?=[\w/]))*( ([\w/$.()'+,;-]|:(?=[\w/]))+)*|\d+\.\d+\.\d+",
    re.ASCII,
)
# Words that one edition of YAML or another reads as something other than a text.
_TAKEN: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
# What is set out over lines however short it is, because more is going to be added to it.
_SPREAD: Final = frozenset(
    {"info", "paths", "components", "schemas", "responses", "requestBody", "content", "properties"}
    | {"application/json", "x-client", "get", "put", "post", "delete", "patch", "head", "options"}
    | {"servers", "parameters", "securitySchemes", "200", "x-variants", "x-failure"}
)
_APART: Final = frozenset({"paths", "schemas"})


def to_yaml(tree: JSON, comments: Mapping[Pointer, str]) -> str:
    """Return a tree as YAML; a comment stands above the member that its pointer names."""
    if not isinstance(tree, dict):
        return flow(tree) + "\n"
    return "\n".join(_Printer(comments).members(tree, (), 0)) + "\n"


class _Printer:
    def __init__(self, comments: Mapping[Pointer, str]) -> None:
        self._comments = comments

    def members(self, tree: Mapping[str, JSON], pointer: Pointer, depth: int) -> Iterator[str]:
        is_apart = len(pointer) > 0 and pointer[len(pointer) - 1] in _APART
        for index, (key, value) in enumerate(tree.items()):
            at = (*pointer, key)
            if (is_apart and index) or (
                not pointer and isinstance(value, dict | list) and index > 1
            ):
                yield ""
            yield from self._comment(at, depth)
            yield from self._member(key, value, at, depth)

    def _comment(self, at: Pointer, depth: int) -> Iterator[str]:
        text = self._comments.get(at)
        if text is not None:
            indent = "  " * depth + "# "
            yield from (indent + line for line in _wrapped(text, _WIDTH - len(indent)))

    def _member(self, key: str, value: JSON, at: Pointer, depth: int) -> Iterator[str]:
        head = "  " * depth + scalar(key) + ":"
        short = self._short(value, at, _WIDTH - len(head) - 1)
        if short is not None:
            yield f"{head} {short}"
        elif isinstance(value, str):
            indent = "  " * (depth + 1)
            yield f"{head} >-"
            yield from (indent + line for line in _wrapped(value, _WIDTH - len(indent)))
        elif isinstance(value, dict):
            yield head
            yield from self.members(value, at, depth + 1)
        elif isinstance(value, list):
            yield head
            yield from self._entries(value, at, depth + 1)

    def _entries(self, entries: list[JSON], pointer: Pointer, depth: int) -> Iterator[str]:
        for index, entry in enumerate(entries):
            at = (*pointer, index)
            indent = "  " * depth
            short = self._short(entry, at, _WIDTH - len(indent) - 2)
            if short is not None:
                yield f"{indent}- {short}"
                continue
            first, *rest = (
                self.members(entry, at, depth + 1)
                if isinstance(entry, dict)
                else self._entries(entry, at, depth + 1)
                if isinstance(entry, list)
                else self._folded(str(entry), depth)
            )
            yield f"{indent}- {first.lstrip()}"
            yield from rest

    def _folded(self, text: str, depth: int) -> Iterator[str]:
        indent = "  " * (depth + 1)
        yield ">-"
        yield from (indent + line for line in _wrapped(text, _WIDTH - len(indent)))

    def _short(self, value: JSON, at: Pointer, room: int) -> str | None:
        """Return a value as it fits on the line, or None when it has to be set out."""
        if isinstance(value, str):
            text = scalar(value, is_alone=True)
            return text if len(text) <= room or not _may_fold(value) else None
        if not isinstance(value, dict | list) or not value:
            return flow(value)
        stands_apart = len(at) > 1 and at[len(at) - 2] in {"paths", "responses", "schemas"}
        if at[len(at) - 1] in _SPREAD or stands_apart:
            only_reference = isinstance(value, dict) and set(value) == {"$ref"}
            is_list = isinstance(value, list) and not any(
                isinstance(entry, dict | list) for entry in value
            )
            if not only_reference and not is_list:
                return None
        if any(pointer[: len(at)] == at and pointer != at for pointer in self._comments):
            return None
        text = flow(value)
        return text if len(text) <= room else None


def flow(value: JSON) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(entry) for entry in value) + "]"
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def scalar(text: str, *, is_alone: bool = False) -> str:
    """Return a text, plain where every reader of YAML takes it for one, else in quotes."""
    if _CONTROL.search(text):
        return _escaped(text)
    if (_PLAIN_ALONE if is_alone else _PLAIN).fullmatch(text) and text.lower() not in _TAKEN:
        return text
    return "'" + text.replace("'", "''") + "'"


def _escaped(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted) + '"'


def _may_fold(text: str) -> bool:
    """Say whether a text survives being broken over lines at its spaces."""
    is_even = " ".join(text.split()) == text
    return is_even and bool(text) and not _CONTROL.search(text)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 40), break_long_words=False, break_on_hyphens=False) or [
        ""
    ]
