"""Read the names of types as documents write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from brokerspec.audit.facts import Facts, Table
from brokerspec.audit.shapes import plain
from brokerspec.tree import Pointer

_KINDS: Final = {
    "string": "string str text char varchar character alphanumeric date datetime time timestamp",
    "integer": "integer int int32 int64 long short bigint",
    "number": "number double float decimal numeric real",
    "boolean": "boolean bool flag",
    "array": "array list arraylist",
    "object": "object json map dict dictionary struct",
}
_BY_NAME: Final = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_INNER = re.compile(
    r"^\s*(?:array|list)\s*(?:<|of\s|\[)\s*([^<>\[\]]+?)\s*[>\]]?\s*$", re.IGNORECASE
)
_LIMIT = re.compile(r"\s*\([^()]*\)\s*$")


class Types:
    """Tell what the type names of one document stand for."""

    def __init__(self, facts: Facts, rest: list[Table], models: Mapping[str, Pointer]) -> None:
        self._aliases: dict[str, set[str]] = {}
        for table in rest:
            for row in table.rows:
                kind = _BY_NAME.get(_bare(row.type))
                if kind:
                    self._aliases.setdefault(row.name.lower(), set()).add(kind)
        self._models = {plain(title): pointer for title, pointer in models.items() if title}
        self._lines = {line.strip().lower() for line in facts.text.lines if len(line) < 80}
        self._titles = {plain(table.title) for table in facts.tables if table.title}

    def kinds(self, written: str) -> set[str]:
        """List the JSON types that a type name stands for; none when it is not known."""
        if _INNER.fullmatch(written) or written.strip().endswith("[]"):
            return {"array"}
        name = _bare(written)
        if name in _BY_NAME:
            return {_BY_NAME[name]}
        if name in self._aliases:
            return self._aliases[name]
        return {"object"} if self._is_defined(name) else set()

    def undefined(self, written: str) -> list[str]:
        """List the names in a type that the document does not define."""
        inner = _INNER.fullmatch(written)
        name = inner[1] if inner else written.strip().removesuffix("[]")
        known = _bare(name) in _BY_NAME or _bare(name) in self._aliases
        return [] if known or not name or self._is_defined(_bare(name)) else [name]

    def model(self, written: str) -> Pointer | None:
        """Return the schema of the table that a type names."""
        inner = _INNER.fullmatch(written)
        if _bare(inner[1] if inner else written) in _BY_NAME:
            return None
        return self._models.get(plain(inner[1] if inner else written))

    def _is_defined(self, name: str) -> bool:
        return name in self._lines or plain(name) in self._titles


def _bare(written: str) -> str:
    return _LIMIT.sub("", written).strip().lower()
