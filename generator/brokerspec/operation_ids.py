"""What operations are called: by their ids, or for want of a good one by method and path."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from brokerspec.document import Operation
from brokerspec.naming import words
from brokerspec.references import Node, Tree

METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
# With these words paths begin without saying anything.
_EMPTY: Final = frozenset({"api", "rest"})


class OperationIds:
    """Give each operation an id of its own; `known` are those that have one."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.known: dict[str, Operation] = {}
        self._numbers: dict[str, int] = {}
        # How many operations have an id, as a whole or without what it repeats.
        self._counts = Counter[str]() if tree.is_ours else Counter(self._all())

    def of(self, node: Node, method: str, path: str) -> tuple[str, bool]:
        """Return the id of an operation, and whether the document says what it is called."""
        given = node.members.get("operationId")
        if not isinstance(given, str) or not given:
            derived = self.free(_derived(method, path))
            self._tree.warn(
                "missing-operation-id",
                node.pointer,
                f"the operation has no operationId; it is called {derived!r}",
                "add an operationId",
            )
            return derived, False
        short = "" if self._tree.is_ours else _bare(given, path)
        if short:
            options = self._options(node, short, method)
            given = next((one for one in options if self._counts[one] == 1), given)
        if given not in self.known:
            return given, True
        first = self._tree.where(self.known[given].pointer, on_key=True)
        others = (one for one in self._with_tag(node, given) if one not in self.known)
        own = next((one for one in others if not self._counts[one]), "")
        free = own or self.free(_derived(method, path))
        self._tree.lapse(
            "duplicate-operation-id",
            (*node.pointer, "operationId"),
            f"{given!r} already names the operation on line {first.line}",
            f"this one is called {free!r}",
        )
        return free, bool(own)

    def free(self, name: str) -> str:
        """Return a name that no operation has yet."""
        free, count = name, self._numbers.get(name, 2)
        while free in self.known:
            free, count = f"{name}_{count}", count + 1
        self._numbers[name] = max(2, count - 1)
        return free

    def _with_tag(self, node: Node, name: str) -> list[str]:
        """Return the name after the first tag, in whose group it then has that name alone."""
        tags = (tag.value for tag in self._tree.sequence(node, "tags"))
        first = words(next((tag for tag in tags if isinstance(tag, str)), ""))
        return ["_".join([*first, name])] if first and not self._tree.is_ours else []

    def _options(self, node: Node, short: str, method: str) -> list[str]:
        """Return what an operation may be called whose id is made of a short name."""
        tagged = self._with_tag(node, short)
        return [short, *tagged, f"{short}_{method}", *(f"{name}_{method}" for name in tagged)]

    def _all(self) -> list[str]:
        found: list[str] = []
        for path, raw in self._tree.mapping(self._tree.root, "paths").items():
            item = self._tree.follow(raw)
            for method in METHODS.intersection(item.members) if item is not None else ():
                node = item.child(method) if item is not None else raw
                given = node.members.get("operationId")
                if isinstance(given, str):
                    short = _bare(given, path)
                    found += [given, *(self._options(node, short, method) if short else ())]
        return found


def _bare(given: str, path: str) -> str:
    """Return an id without the path and the method, which some frameworks write behind it."""
    rest, _, method = given.rpartition("_")
    if method not in METHODS:
        return ""
    shown = re.sub(r"\W", "_", path)
    is_made = len(shown) > 1 and rest.endswith(shown) and words(rest.removesuffix(shown))
    return rest.removesuffix(shown).strip("_") if is_made else ""


def _derived(method: str, path: str) -> str:
    parts = re.findall(r"[a-z0-9]+", _snake(path))
    while len(parts) > 1 and parts[0] in _EMPTY:
        parts = parts[1:]
    return "_".join([method, *parts])


def _snake(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.replace("{", "by ")).lower()
