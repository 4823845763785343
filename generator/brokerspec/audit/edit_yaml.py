"""Change a YAML text at the places of its nodes; everything else stays byte for byte."""

from __future__ import annotations

import json
import re
from typing import Final

import yaml

from brokerspec.tree import JSON, Pointer

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./ -]*(?<! )")
_SPECIAL: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})


class YamlText:
    """Hold a YAML text, and the insertions that are to be made in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._root = yaml.compose(text, Loader=yaml.CSafeLoader)
        self._insertions: list[tuple[int, int, str]] = []

    def result(self) -> str:
        """Return the text with every insertion made."""
        text = self._text
        for offset, _, addition in sorted(self._insertions, reverse=True):
            text = text[:offset] + addition + text[offset:]
        return text

    def has(self, pointer: Pointer) -> bool:
        """Say whether there is a node."""
        return self._find(pointer) is not None

    def add_member(self, pointer: Pointer, key: str, value: JSON) -> bool:
        """Add a member at the end of a mapping; say whether that was possible."""
        node = self._find(pointer)
        if not isinstance(node, yaml.MappingNode) or not node.value:
            return False
        first, last = node.value[0][0], node.value[-1]
        if node.flow_style:
            self._insert(self._end(last[1]), f", {flow(key)}: {flow(value)}")
            return True
        column = first.start_mark.column
        is_flat = bool(getattr(last[1], "flow_style", False)) and not _is_alias(*last)
        self._after(self._last_line(*last), _block(key, value, column, flat=is_flat))
        return True

    def add_entry(self, pointer: Pointer, value: JSON) -> bool:
        """Add an entry at the end of a list; say whether that was possible."""
        node = self._find(pointer)
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            return False
        last = node.value[-1]
        if node.flow_style:
            self._insert(self._end(last), f", {flow(value)}")
        else:
            dash = self._lines[int(last.start_mark.line)].index("-")
            self._after(self._last_line(None, last), f"{' ' * dash}- {flow(value)}\n")
        return True

    def _find(self, pointer: Pointer) -> yaml.Node | None:
        node: yaml.Node | None = self._root
        for token in pointer:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in node.value if key.value == str(token)), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(token, int):
                node = node.value[token] if token < len(node.value) else None
            else:
                return None
        return node

    def _insert(self, offset: int, addition: str) -> None:
        # The counter keeps insertions at one place in the order in which they were asked for.
        self._insertions.append((offset, -len(self._insertions), addition))

    def _after(self, line: int, addition: str) -> None:
        if line + 1 < len(self._lines):
            self._insert(self._starts[line + 1], addition)
        else:
            self._insert(len(self._text), "\n" + addition.removesuffix("\n"))

    def _end(self, node: yaml.Node) -> int:
        return self._starts[node.end_mark.line] + node.end_mark.column

    def _last_line(self, key: yaml.Node | None, node: yaml.Node) -> int:
        """Find the last line of a node; an alias stands where its key stands."""
        if key is not None and _is_alias(key, node):
            return int(key.end_mark.line)
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            if isinstance(node, yaml.MappingNode):
                return self._last_line(*node.value[-1])
            return self._last_line(None, node.value[-1])
        line = int(node.end_mark.line)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            line -= 1 if node.end_mark.column == 0 else 0
            while line > node.start_mark.line and not self._lines[line].strip():
                line -= 1
        return line


def _is_alias(key: yaml.Node, node: yaml.Node) -> bool:
    return bool(node.start_mark.index < key.start_mark.index)


def flow(value: JSON) -> str:
    """Write a value on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case str():
            is_plain = _PLAIN.fullmatch(value) and value.lower() not in _SPECIAL
            return value if is_plain else _quoted(value)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case _:
            return str(value)


def _quoted(text: str) -> str:
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text)


def _block(key: str, value: JSON, column: int, *, flat: bool) -> str:
    space = " " * column
    if flat or not isinstance(value, dict) or not value:
        return f"{space}{flow(key)}: {flow(value)}\n"
    members = "".join(
        _block(name, member, column + 2, flat=False) for name, member in value.items()
    )
    return f"{space}{flow(key)}:\n{members}"
