"""Lay an OpenAPI Overlay 1.0 document over a spec, so that nobody has to edit it.

Every node that is added remembers the overlay's line: what is wrong with it is reported
there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import NoReturn, cast

from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.tree import JSON, Pointer, Position, Source

# A filter may ask for much; no spec of a size that we read has more nodes worth changing.
_MOST_NODES = 100_000


def lay_over(source: Source, overlay: Source) -> None:
    """Apply the actions of an overlay to a spec, in order.

    Raises SpecError for what is no overlay, and for a target that finds nothing.
    """
    source.tell_all()
    _Overlay(source, overlay).apply()


class _Overlay:
    def __init__(self, source: Source, overlay: Source) -> None:
        self._source = source
        self._overlay = overlay

    def apply(self) -> None:
        root = self._overlay.root
        version = root.get("overlay") if isinstance(root, dict) else None
        if not isinstance(root, dict) or not re.fullmatch(r"1\.0(\.\d+)?", str(version)):
            self._refuse(("overlay",), "this is no OpenAPI Overlay 1.0", "write `overlay: 1.0.0`")
        actions = root.get("actions")
        if not isinstance(actions, list) or not actions:
            self._refuse(("actions",), "'actions' must be a list with an action")
        for index, action in enumerate(actions):
            self._act(action, ("actions", index))

    def _act(self, action: JSON, at: Pointer) -> None:
        if not isinstance(action, dict):
            self._refuse(at, "an action must be a mapping")
        target = action.get("target")
        if not isinstance(target, str):
            self._refuse(at, "an action needs a 'target'", "a JSONPath such as $.paths['/orders']")
        found = self._nodes(target, (*at, "target"))
        if action.get("remove") is True:
            # From the back, so that no index of a list moves before its turn.
            for pointer in sorted(found, key=_order, reverse=True):
                self._remove(pointer, at)
        elif "update" in action:
            for pointer in found:
                self._update(pointer, action["update"], (*at, "update"))
        else:
            self._refuse(at, "an action needs 'update' or `remove: true`")

    def _nodes(self, target: str, at: Pointer) -> list[Pointer]:
        from jsonpath import JSONPathEnvironment
        from jsonpath.exceptions import JSONPathError

        try:
            query = JSONPathEnvironment(strict=True).compile(target)
            matches = query.finditer(cast("dict[str, object]", self._source.root))
            found: list[Pointer] = [match.parts for match in islice(matches, _MOST_NODES + 1)]
        except (JSONPathError, RecursionError) as error:
            # The library's own text quotes the path, and fails on an empty one.
            problem = str(error.args[0]) if error.args else "it cannot be read"
            hint = "such as $.paths['/orders'].get"
            self._refuse(at, f"the target is no JSONPath: {problem}", hint)
        if not found:
            self._refuse(at, f"the target {target!r} finds nothing in {self._source.label}")
        if len(found) > _MOST_NODES:
            self._refuse(at, f"the target finds more than {_MOST_NODES} nodes")
        return found

    def _remove(self, pointer: Pointer, at: Pointer) -> None:
        if not pointer:
            self._refuse(at, "the whole spec cannot be removed")
        holder, token = _reach(self._source.root, pointer[:-1]), pointer[-1]
        marks = self._source.marks[id(holder)]
        if isinstance(holder, dict):
            holder.pop(str(token), None)
            marks.pop(token, None)
        elif isinstance(holder, list):
            del holder[int(token)]
            for index in range(int(token), len(holder)):
                self._move(holder, index + 1, index)
            marks.pop(len(holder), None)

    def _move(self, holder: list[JSON], before: int, after: int) -> None:
        marks, labels = self._source.marks[id(holder)], self._source.labels
        marks[after] = marks[before]
        label = labels.pop((id(holder), before), None)
        labels.pop((id(holder), after), None)
        if label is not None:
            labels[id(holder), after] = label

    def _update(self, pointer: Pointer, update: JSON, at: Pointer) -> None:
        """Merge into a mapping, add to a list, replace anything else."""
        node = _reach(self._source.root, pointer)
        if isinstance(node, list):
            self._put(node, len(node), update, at)
        elif isinstance(node, dict) and isinstance(update, dict):
            self._merge(node, update, at)
        elif isinstance(node, dict) or not pointer:
            self._refuse(at, "a mapping is updated by a mapping")
        else:
            self._put(_reach(self._source.root, pointer[:-1]), pointer[-1], update, at)

    def _merge(self, node: dict[str, JSON], update: dict[str, JSON], at: Pointer) -> None:
        for key, value in update.items():
            inner, below = node.get(key), (*at, key)
            if isinstance(inner, dict) and isinstance(value, dict):
                self._merge(inner, value, below)
            elif isinstance(inner, list) and isinstance(value, list):
                for index, entry in enumerate(value):
                    self._put(inner, len(inner), entry, (*below, index))
            else:
                self._put(node, key, value, below)

    def _put(self, holder: JSON, token: str | int, value: JSON, at: Pointer) -> None:
        """Set a member to a copy of what stands in the overlay, with its lines."""
        copied = self._copy(value, at)
        where, key = self._overlay.where(at), self._overlay.where_key(at)
        self._source.marks[id(holder)][token] = (
            Position(key.line - 1, key.column - 1),
            Position(where.line - 1, where.column - 1),
        )
        self._source.labels[id(holder), token] = self._overlay.label
        if isinstance(holder, list) and token == len(holder):
            holder.append(copied)
        else:
            cast("dict[str | int, JSON]", holder)[token] = copied

    def _copy(self, value: JSON, at: Pointer) -> JSON:
        made: JSON
        if isinstance(value, dict):
            made = {}
            self._source.marks[id(made)] = {}
            for key, member in value.items():
                self._put(made, key, member, (*at, key))
            return made
        if isinstance(value, list):
            made = []
            self._source.marks[id(made)] = {}
            for index, entry in enumerate(value):
                self._put(made, index, entry, (*at, index))
            return made
        return value

    def _refuse(self, at: Pointer, message: str, hint: str = "") -> NoReturn:
        where = self._overlay.where_key(at)
        raise SpecError([Diagnostic(Severity.ERROR, "bad-overlay", where, message, hint)])


def _order(pointer: Pointer) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (0, part) for part in pointer)


def _reach(root: JSON, pointer: Iterable[str | int]) -> JSON:
    for token in pointer:
        root = cast("dict[str | int, JSON]", root)[token]
    return root
