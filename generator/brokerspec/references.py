"""Follow `$ref` within a spec and the files beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

from brokerspec.bounds import (
    MOST_COMPARED,
    MOST_MEMBERS,
    MOST_WARNINGS,
    too_many,
    too_tangled,
)
from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where, did_you_mean
from brokerspec.extensions import Shapes, load_extension_schema
from brokerspec.load import load
from brokerspec.tree import JSON, Pointer, Source

# A document of the largest size has fewer references; more are followed only where they multiply.
_MOST: Final = 250_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# What these say in the way of others is understood, or reported, where it is read.
_OTHERS = ("x-enum-", "x-pagination")
# Wrong nodes that a client of the rest can be made without: what they describe is typed Any.
_LIVABLE = frozenset(
    {
        "dangling-reference",
        "name-collision",
        "reference-cycle",
        "unknown-type",
        "unsupported-reference",
        "wrong-shape",
    }
)


class Node(Struct, frozen=True):
    """Pair a value of the tree with the pointer that leads to it."""

    pointer: Pointer
    value: JSON

    @property
    def members(self) -> dict[str, JSON]:
        """Return the members of a mapping; anything else has none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def extensions(self) -> dict[str, JSON]:
        """Return the members whose names begin with `x-`."""
        found = self.value
        if not isinstance(found, dict):
            return {}
        return {key: value for key, value in found.items() if key[:2] == "x-"}

    def text(self, key: str) -> str:
        """Return a member that is a text, or an empty text."""
        found = self.value
        value = found.get(key) if isinstance(found, dict) else None
        return value if isinstance(value, str) else ""

    def flag(self, key: str) -> bool:
        """Say whether a member is true."""
        found = self.value
        return isinstance(found, dict) and found.get(key) is True

    def child(self, *tokens: str) -> Node:
        """Step into members; what is missing has the value None."""
        value: JSON = self.value
        if len(tokens) == 1:
            value = value.get(tokens[0]) if isinstance(value, dict) else None
            return Node((*self.pointer, *tokens), value)
        for token in tokens:
            value = value.get(token) if isinstance(value, dict) else None
        return Node((*self.pointer, *tokens), value)


class Tree:
    """Give access to the nodes of a spec and collect what is wrong with them."""

    def __init__(self, source: Source, *, is_ours: bool = True) -> None:
        self.source = source
        self.is_ours = is_ours
        self.files: dict[str, Source] = {}
        self.opened: set[Path] = set()
        self._folder = source.path.parent.resolve()
        self._refused: set[str] = set()
        self._followed = 0
        self._diagnostics: dict[Diagnostic, None] = {}
        self._counted: dict[str, dict[Pointer, None]] = {}
        self._keys: Shapes | None = None
        self._compared = 0
        self._untold = 0

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """List the findings so far, in the order of the file."""
        found = sorted(self._diagnostics)
        if self._untold:
            message = f"{self._untold:,} more warnings are left out of this list"
            where = self.source.where(())
            found.append(Diagnostic(Severity.WARNING, "left-out", where, message))
        return found

    @property
    def root(self) -> Node:
        """Return the root of the spec."""
        return Node((), self.source.root)

    def where(self, pointer: Pointer, *, on_key: bool = False) -> Where:
        """Locate a node, in whichever file it is."""
        source = self.source
        if pointer and pointer[0] in self.files:
            source, pointer = self.files[str(pointer[0])], pointer[1:]
        return source.where_key(pointer) if on_key else source.where(pointer)

    def error(self, code: str, pointer: Pointer, message: str, hint: str = "") -> None:
        """Record an error at the key of a node; a lenient reader lives without some nodes."""
        if not self.is_ours and code in _LIVABLE:
            self.warn(code, pointer, message, hint)
            return
        self._report(Severity.ERROR, code, pointer, message, hint)

    def warn(self, code: str, pointer: Pointer, message: str, hint: str = "") -> None:
        """Record a warning at the key of a node."""
        self._report(Severity.WARNING, code, pointer, message, hint)

    def _report(
        self, severity: Severity, code: str, pointer: Pointer, message: str, hint: str
    ) -> None:
        if severity is Severity.WARNING and len(self._diagnostics) >= MOST_WARNINGS:
            self._untold += 1
            return
        where = self.where(pointer, on_key=True)
        self._diagnostics[Diagnostic(severity, code, where, message, hint)] = None

    def similar(self, name: str, known: Collection[str]) -> str:
        """Return a hint that names the closest known word; none where many were looked for."""
        self._compared += len(known)
        return did_you_mean(name, known) if self._compared <= MOST_COMPARED else ""

    def extensions(self, node: Node) -> dict[str, JSON]:
        """Return the extension keys of a node; what others mean by a key of ours is no fact."""
        found = node.extensions
        if self.is_ours or not found:
            return found
        self._keys = self._keys or Shapes(load_extension_schema())
        for key in sorted(self._keys.names & found.keys()):
            problem = next(self._keys.problems(key, found[key]), None)
            if problem is None or key.startswith(_OTHERS):
                continue
            del found[key]
            at = (*node.pointer, key)
            # One that an overlay adds is meant as ours, and an error where the keys are checked.
            if self.where(at).file in {self.source.label, *self._labels()}:
                self.warn("bad-extension", at, f"{key} is not read: {problem[1]}")
        return found

    def members(self, node: Node) -> dict[str, JSON]:
        """Return the members of a node, without the keys that others use in another way."""
        kept = self.extensions(node)
        return {key: value for key, value in node.members.items() if key[:2] != "x-" or key in kept}

    def _labels(self) -> list[str]:
        return [file.label for file in self.files.values()]

    def count(self, kind: str, pointer: Pointer) -> None:
        """Remember a node of a kind that is reported once for the whole document."""
        self._counted.setdefault(kind, {})[pointer] = None

    def counted(self, kind: str) -> tuple[Pointer, ...]:
        """List the nodes of a kind, each once."""
        return tuple(self._counted.get(kind, ()))

    def lapse(
        self, code: str, pointer: Pointer, message: str, way_out: str, hint: str = ""
    ) -> None:
        """Record what is an error in a document of ours; in another the client has a way out."""
        if self.is_ours:
            self.error(code, pointer, message, hint)
        else:
            self.warn(code, pointer, f"{message}: {way_out}", hint)

    def mapping(self, node: Node, *keys: str, most: int = MOST_MEMBERS) -> dict[str, Node]:
        """Return the members of a child that must be a mapping when it exists."""
        child = node.child(*keys)
        pointer, found = child.pointer, child.value
        if isinstance(found, dict):
            self._bound(child, len(found), most)
            return {key: Node((*pointer, key), value) for key, value in found.items()}
        if found is not None:
            self._wrong_shape(child, "a mapping")
        return {}

    def sequence(self, node: Node, *keys: str, most: int = MOST_MEMBERS) -> list[Node]:
        """Return the entries of a child that must be a list when it exists."""
        child = node.child(*keys)
        pointer, found = child.pointer, child.value
        if isinstance(found, list):
            self._bound(child, len(found), most)
            return [Node((*pointer, index), value) for index, value in enumerate(found)]
        if found is not None:
            self._wrong_shape(child, "a list")
        return []

    def _bound(self, node: Node, count: int, most: int) -> None:
        if count > most:
            name = node.pointer[-1] if node.pointer else "the document"
            raise too_many(self.where(node.pointer, on_key=True), f"members of {name!r}", most)

    def follow(self, node: Node) -> Node | None:
        """Follow references until a node that is none; None when that fails."""
        seen: set[Pointer] = set()
        while isinstance(node.value, dict) and "$ref" in node.value:
            if node.pointer in seen:
                at = (*node.pointer, "$ref")
                self.error("reference-cycle", at, "this reference leads back to itself")
                return None
            seen.add(node.pointer)
            target = self.target(node)
            if target is None:
                return None
            node = target
        if not isinstance(node.value, dict):
            self._wrong_shape(node, "a mapping")
            return None
        return node

    def target(self, node: Node) -> Node | None:
        """Return the node that one reference names; None, with a diagnostic, when there is none."""
        self._followed += 1
        if self._followed > _MOST:
            raise too_tangled(self.source.where(node.pointer))
        reference = node.members.get("$ref")
        at = (*node.pointer, "$ref")
        if not isinstance(reference, str):
            self.error("wrong-shape", at, "a $ref must be a text")
            return None
        file, _, fragment = reference.partition("#")
        base = self._file_prefix(node.pointer)
        prefix = base if file == "" else self._open(unquote(file), base, at)
        if prefix is None:
            return None
        return self._descend(prefix, unquote(fragment), reference, at)

    def _descend(self, prefix: Pointer, fragment: str, reference: str, at: Pointer) -> Node | None:
        if fragment and not fragment.startswith("/"):
            self.error(
                "unsupported-reference",
                at,
                f"{reference!r} names an anchor",
                "use a JSON Pointer such as '#/components/schemas/Order'",
            )
            return None
        node = Node(prefix, self.files[str(prefix[0])].root if prefix else self.source.root)
        for part in fragment.split("/")[1:]:
            token = part.replace("~1", "/").replace("~0", "~")
            value = node.value
            if isinstance(value, dict) and token in value:
                node = Node((*node.pointer, token), value[token])
            elif isinstance(value, list) and token.isdecimal() and int(token[:9]) < len(value):
                node = Node((*node.pointer, int(token)), value[int(token)])
            else:
                known = value if isinstance(value, dict) else ()
                hint = self.similar(token, known)
                self.error("dangling-reference", at, f"{reference!r} leads nowhere", hint)
                return None
        return node

    def _file_prefix(self, pointer: Pointer) -> Pointer:
        return pointer[:1] if pointer and pointer[0] in self.files else ()

    def _open(self, file: str, base: Pointer, at: Pointer) -> Pointer | None:
        parts = PurePosixPath(file)
        if _SCHEME.match(file) or parts.is_absolute() or ".." in parts.parts or "\\" in file:
            self._outside(file, at)
            return None
        folder = PurePosixPath(str(base[0])[:-1]).parent if base else PurePosixPath()
        name = (folder / parts).as_posix()
        key = f"{name}#"
        if key in self.files:
            return (key,)
        if key in self._refused:
            return None
        path = self.source.path.parent / name
        if not self._is_inside(path):
            self._outside(file, at)
            return None
        if path.resolve() == self.source.path.resolve():
            return ()
        self.opened.add(path)
        try:
            self.files[key] = load(path)
        except SpecError as error:
            self._refused.add(key)
            self._keep(error.diagnostics)
            self.error("dangling-reference", at, f"the file {file!r} cannot be used")
            return None
        return (key,)

    def _keep(self, found: Iterable[Diagnostic]) -> None:
        """Keep what is wrong with a file that is referred to; a client is made without it."""
        for one in found:
            kept = one if self.is_ours else replace(one, severity=Severity.WARNING)
            self._diagnostics[kept] = None

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._folder)
        except (OSError, ValueError):
            return False

    def _outside(self, file: str, at: Pointer) -> None:
        self.error(
            "reference-outside",
            at,
            f"{file!r} is not in the folder of the spec",
            "copy the file beside the spec and refer to it by a relative path",
        )

    def _wrong_shape(self, node: Node, expected: str) -> None:
        name = node.pointer[-1] if node.pointer else "the document"
        self.error("wrong-shape", node.pointer, f"{name!r} must be {expected}")
