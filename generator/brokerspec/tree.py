"""Build a plain tree that remembers where each of its values stands."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import NoReturn, TypeAlias

from msgspec import Struct

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | Decimal | bool | None"
Pointer: TypeAlias = tuple[str | int, ...]
Mark: TypeAlias = tuple[int, int]  # line and column, counted from 0
Marks: TypeAlias = "dict[int, dict[str | int, tuple[Mark, Mark]]]"


class Limits(Struct, frozen=True):
    """Bound what a file may cost; each bound is far above any real spec.

    Later stages recurse, with a handful of frames per level, so the depth stays well under
    Python's own limit. The deepest public spec that we know of nests 40 levels; the one with
    most nodes has a third of those that are allowed.
    """

    bytes: int = 32 * 1024 * 1024
    nodes: int = 350_000
    depth: int = 100
    aliased_nodes: int = 100_000
    digits: int = 400


DEFAULT = Limits()


class Source(Struct, frozen=True, eq=False):
    """Hold one file: its tree and the position of every value in it."""

    path: Path
    label: str
    root: JSON
    root_mark: Mark
    marks: Marks
    # Where members came from that another file added: the container's id and the key.
    labels: dict[tuple[int, str | int], str] = {}

    def where(self, pointer: Pointer) -> Where:
        """Locate the value at a pointer, or the nearest parent that exists."""
        _, mark, label = self._find(pointer)
        return Where(label, mark[0] + 1, mark[1] + 1, pointer_text(pointer))

    def where_key(self, pointer: Pointer) -> Where:
        """Locate the key that a pointer ends in, or the nearest parent that exists."""
        mark, _, label = self._find(pointer)
        return Where(label, mark[0] + 1, mark[1] + 1, pointer_text(pointer))

    def _find(self, pointer: Pointer) -> tuple[Mark, Mark, str]:
        found, label = (self.root_mark, self.root_mark), self.label
        node = self.root
        for token in pointer:
            marks = self.marks.get(id(node), {}) if isinstance(node, dict | list) else {}
            if token not in marks:
                # A missing member is reported at the key of its parent.
                return found[0], found[0], label
            found = marks[token]
            label = self.labels.get((id(node), token), self.label)
            node = _step(node, token)
        return *found, label


def pointer_text(pointer: Pointer) -> str:
    """Write a pointer the way RFC 6901 does."""
    return "".join(f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in pointer)


def _step(node: JSON, token: str | int) -> JSON:
    if isinstance(node, dict):
        return node[str(token)]
    return node[int(token)] if isinstance(node, list) else None


class _Frame(Struct, eq=False):
    container: dict[str, JSON] | list[JSON]
    marks: dict[str | int, tuple[Mark, Mark]]
    parent_key: str
    anchor: str | None
    mark: Mark
    size: int = 1
    height: int = 1
    key: str | None = None
    key_mark: Mark = (0, 0)


class Builder:
    """Assemble a tree from the events of a reader, within limits."""

    def __init__(self, path: Path, label: str, limits: Limits) -> None:
        self.limits = limits
        self._path = path
        self._label = label
        self._frames: list[_Frame] = []
        self._problems: list[Diagnostic] = []
        self._anchors: dict[str, tuple[JSON, int, int] | None] = {}
        self._aliased = 0
        self._nodes = 0
        self._root: JSON = None
        self._root_mark: Mark = (0, 0)
        self.marks: Marks = {}

    @property
    def expects_key(self) -> bool:
        """Say whether the next node is a key of a mapping."""
        frame = self._frames[-1] if self._frames else None
        return frame is not None and isinstance(frame.container, dict) and frame.key is None

    @property
    def parent_key(self) -> str:
        """Name the key whose value is being read."""
        return self._frames[-1].parent_key if self._frames else ""

    def begin(
        self, container: dict[str, JSON] | list[JSON], mark: Mark, anchor: str | None = None
    ) -> None:
        """Enter a mapping or a sequence."""
        if self.expects_key:
            self.stop("complex-key", mark, "a key must be a text", "write the key as plain text")
        if len(self._frames) >= self.limits.depth:
            self.stop("too-deep", mark, f"nested deeper than {self.limits.depth} levels")
        if anchor is not None:
            self._anchors[anchor] = None
        marks: dict[str | int, tuple[Mark, Mark]] = {}
        self.marks[id(container)] = marks
        parent = self._frames[-1].key if self._frames else None
        self._frames.append(_Frame(container, marks, parent or "", anchor, mark))

    def end(self) -> None:
        """Leave the innermost mapping or sequence."""
        frame = self._frames.pop()
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.container, frame.size, frame.height)
        self._place(frame.container, frame.mark, frame.size, frame.height)

    def key(self, name: str, mark: Mark) -> None:
        """Take the next key of the innermost mapping."""
        frame = self._frames[-1]
        earlier = frame.marks.get(name)
        if earlier is not None:
            self.report(
                "duplicate-key",
                mark,
                f"the key {name!r} stands on lines {earlier[0][0] + 1} and {mark[0] + 1}",
                "keep one of them",
            )
        frame.key, frame.key_mark = name, mark

    def scalar(self, value: JSON, mark: Mark, anchor: str | None = None) -> None:
        """Take a text, number, boolean or null."""
        if anchor is not None:
            self._anchors[anchor] = (value, 1, 0)
        self._place(value, mark, 1, 0)

    def alias(self, name: str, mark: Mark) -> None:
        """Take the node that was anchored under a name."""
        if self.expects_key:
            self.stop("complex-key", mark, "a key must be a text", "write the key out")
        if name not in self._anchors:
            self.stop("unknown-alias", mark, f"no anchor is named {name!r}", "define it first")
        found = self._anchors[name]
        if found is None:
            self.stop("alias-cycle", mark, f"the alias {name!r} stands inside its own anchor")
        value, size, height = found
        self._aliased += size
        if self._aliased > self.limits.aliased_nodes:
            self.stop(
                "too-many-aliases",
                mark,
                f"the aliases stand for more than {self.limits.aliased_nodes} nodes",
            )
        if len(self._frames) + height > self.limits.depth:
            self.stop("too-deep", mark, f"nested deeper than {self.limits.depth} levels")
        self._place(value, mark, size, height)

    def report(self, code: str, mark: Mark, message: str, hint: str = "") -> None:
        """Record a problem and go on."""
        where = Where(self._label, mark[0] + 1, mark[1] + 1, pointer_text(self._open_at()))
        self._problems.append(Diagnostic(Severity.ERROR, code, where, message, hint))

    def too_many(self, mark: Mark) -> NoReturn:
        """Give up on a file of more values than could be answered for in time."""
        message = f"the file holds more than {self.limits.nodes:,} values"
        self.stop("too-large", mark, message, "split it")

    def stop(self, code: str, mark: Mark, message: str, hint: str = "") -> NoReturn:
        """Record a problem and give up."""
        self.report(code, mark, message, hint)
        raise SpecError(self._problems)

    def _open_at(self) -> Pointer:
        """Return the way to the member that is being read."""
        return tuple(
            frame.key if frame.key is not None else len(frame.marks)
            for frame in self._frames
            if frame.key is not None or isinstance(frame.container, list)
        )

    def finish(self) -> Source:
        """Return the tree, or raise every problem recorded."""
        if self._problems:
            raise SpecError(self._problems)
        return Source(self._path, self._label, self._root, self._root_mark, self.marks)

    def _place(self, value: JSON, mark: Mark, size: int, height: int) -> None:
        self._nodes += 1
        if self._nodes > self.limits.nodes:
            self.too_many(mark)
        if not self._frames:
            self._root, self._root_mark = value, mark
            return
        frame = self._frames[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.container, list):
            frame.marks[len(frame.container)] = (mark, mark)
            frame.container.append(value)
        elif frame.key is not None:
            frame.marks[frame.key] = (frame.key_mark, mark)
            frame.container[frame.key] = value
            frame.key = None
