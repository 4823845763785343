"""Build a plain tree that remembers where each of its values stands."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NoReturn, Protocol, TypeAlias, cast

from msgspec import Struct
from msgspec.structs import replace

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | Decimal | bool | None"
Pointer: TypeAlias = tuple[str | int, ...]
Marks: TypeAlias = "dict[int, dict[str | int, tuple[Mark, Mark]]]"


class Mark(Protocol):
    """Where something stands, counted from 0; the marks of a reader are kept as they are."""

    @property
    def line(self) -> int:
        """Return the line."""
        ...

    @property
    def column(self) -> int:
        """Return the column."""
        ...


class Position(Struct, frozen=True, gc=False):
    """A mark of our own."""

    line: int
    column: int


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
    # What finds out where members stand that an earlier run read, by the same.
    unread: dict[tuple[int, str | int], Callable[[], None]] = {}

    def tell_all(self) -> None:
        """Find out where everything stands, before any of it is moved."""
        while self.unread:
            _, tell = self.unread.popitem()
            tell()

    def where(self, pointer: Pointer) -> Where:
        """Locate the value at a pointer, or the nearest parent that exists."""
        _, mark, label = self._find(pointer)
        return Where(label, mark.line + 1, mark.column + 1, pointer_text(pointer))

    def where_key(self, pointer: Pointer) -> Where:
        """Locate the key that a pointer ends in, or the nearest parent that exists."""
        mark, _, label = self._find(pointer)
        return Where(label, mark.line + 1, mark.column + 1, pointer_text(pointer))

    def _find(self, pointer: Pointer) -> tuple[Mark, Mark, str]:
        found, label = (self.root_mark, self.root_mark), self.label
        node = self.root
        for token in pointer:
            if tell := self.unread.pop((id(node), token), None):
                tell()
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


_Members: TypeAlias = "dict[str | int, tuple[Mark, Mark]]"
# What was being read when a container began in it: the one around it with the marks of its
# members, the key and its mark; then the mark of the new one, and its anchor.
_Frame: TypeAlias = (
    "tuple[dict[str, JSON] | list[JSON], _Members, str | None, Mark, Mark, str | None]"
)


class _Open:
    """Stand for an anchored container that has not ended yet."""


_START = Position(0, 0)
_OPEN = _Open()


class Builder:
    """Assemble a tree from the events of a reader, within limits."""

    def __init__(self, path: Path, label: str, limits: Limits) -> None:
        self.limits = limits
        # Whether the next node is a key of a mapping.
        self.expects_key = False
        self.marks: Marks = {}
        self._path = path
        self._label = label
        self._problems: list[Diagnostic] = []
        # The container that is being read, and the member of it; those around it are frames.
        # What is outermost is the only entry of a list that nobody sees.
        self._container: dict[str, JSON] | list[JSON] = []
        self._here: _Members = {}
        self._key: str | None = None
        self._key_mark: Mark = _START
        self._frames: list[_Frame] = []
        self._nodes = 0
        self._most = limits.nodes
        self._aliased = 0
        self._anchors: dict[str, JSON | _Open] = {}
        # How many nodes the anchored containers are, and how many levels.
        self._measures: dict[int, tuple[int, int]] = {}

    @property
    def has_problems(self) -> bool:
        """Whether something is wrong with what was read."""
        return bool(self._problems)

    @property
    def has_anchors(self) -> bool:
        """Say whether a value may stand in several places."""
        return bool(self._anchors)

    def inside(self, levels: int) -> Builder:
        """Return what builds a part of the same file that stands some levels deep."""
        limits = replace(self.limits, depth=self.limits.depth - levels)
        return Builder(self._path, self._label, limits)

    def begun(self, root: dict[str, JSON]) -> Source:
        """Return the same file with a tree that is yet to grow."""
        return Source(self._path, self._label, root, _START, {id(root): {}}, {}, {})

    @property
    def parent_key(self) -> str:
        """Name the key whose value is being read."""
        return (self._frames[-1][2] if self._frames else None) or ""

    def begin(
        self, container: dict[str, JSON] | list[JSON], mark: Mark, anchor: str | None = None
    ) -> None:
        """Enter a mapping or a sequence."""
        if self.expects_key:
            self.stop("complex-key", mark, "a key must be a text", "write the key as plain text")
        if len(self._frames) >= self.limits.depth:
            self.stop("too-deep", mark, f"nested deeper than {self.limits.depth} levels")
        if anchor is not None:
            self._anchors[anchor] = _OPEN
        frame = (self._container, self._here, self._key, self._key_mark, mark, anchor)
        self._frames.append(frame)
        self._container = container
        self._here = self.marks[id(container)] = {}
        self._key = None
        self.expects_key = type(container) is dict

    def end(self) -> None:
        """Leave the innermost mapping or sequence."""
        made = self._container
        self._container, self._here, self._key, self._key_mark, mark, anchor = self._frames.pop()
        if anchor is not None:
            self._anchors[anchor] = made
            self._measures[id(made)] = self._measured(made)
        self.expects_key = False
        self._place(made, mark)

    def key(self, name: str, mark: Mark) -> None:
        """Take the next key of the innermost mapping."""
        earlier = self._here.get(name)
        if earlier is not None:
            self.report(
                "duplicate-key",
                mark,
                f"the key {name!r} stands on lines {earlier[0].line + 1} and {mark.line + 1}",
                "keep one of them",
            )
        self._key, self._key_mark = name, mark
        self.expects_key = False

    def scalar(self, value: JSON, mark: Mark, anchor: str | None = None) -> None:
        """Take a text, number, boolean or null."""
        if anchor is not None:
            self._anchors[anchor] = value
        self._place(value, mark)

    def alias(self, name: str, mark: Mark) -> None:
        """Take the node that was anchored under a name."""
        if self.expects_key:
            self.stop("complex-key", mark, "a key must be a text", "write the key out")
        if name not in self._anchors:
            self.stop("unknown-alias", mark, f"no anchor is named {name!r}", "define it first")
        value = self._anchors[name]
        if isinstance(value, _Open):
            self.stop("alias-cycle", mark, f"the alias {name!r} stands inside its own anchor")
        size, height = self._measured(value)
        self._aliased += size
        if self._aliased > self.limits.aliased_nodes:
            self.stop(
                "too-many-aliases",
                mark,
                f"the aliases stand for more than {self.limits.aliased_nodes} nodes",
            )
        if len(self._frames) + height > self.limits.depth:
            self.stop("too-deep", mark, f"nested deeper than {self.limits.depth} levels")
        self._place(value, mark)

    def report(self, code: str, mark: Mark, message: str, hint: str = "") -> None:
        """Record a problem and go on."""
        at = pointer_text(self._open_at())
        where = Where(self._label, mark.line + 1, mark.column + 1, at)
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
        inside = [(key, container) for container, _, key, *_ in self._frames[1:]]
        if self._frames:
            inside.append((self._key, self._container))
        return tuple(
            key if key is not None else len(container)
            for key, container in inside
            if key is not None or isinstance(container, list)
        )

    def _measured(self, value: JSON) -> tuple[int, int]:
        """Return how many nodes a value is, and how many levels; anchors in it are measured."""
        if not isinstance(value, dict | list):
            return 1, 0
        known = self._measures.get(id(value))
        if known is not None:
            return known
        members = value.values() if isinstance(value, dict) else value
        inner = [self._measured(member) for member in members]
        return 1 + sum(size for size, _ in inner), 1 + max((n for _, n in inner), default=0)

    def finish(self) -> Source:
        """Return the tree, or raise every problem recorded."""
        if self._problems:
            raise SpecError(self._problems)
        root = cast("list[JSON]", self._container)[0]
        return Source(self._path, self._label, root, self._here[0][1], self.marks)

    def _place(self, value: JSON, mark: Mark) -> None:
        self._nodes += 1
        if self._nodes > self._most:
            self.too_many(mark)
        container = self._container
        if isinstance(container, list):
            self._here[len(container)] = (mark, mark)
            container.append(value)
        elif self._key is not None:
            self._here[self._key] = (self._key_mark, mark)
            container[self._key] = value
            self._key = None
            self.expects_key = True
