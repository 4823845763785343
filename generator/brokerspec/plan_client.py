"""The client's own methods in modules, where they are many: which operation is in which part.

Operations are told apart by where their paths lead: `/v1/customers/{id}` is in `customers`.
Where one belongs is said by its own path, so a new operation moves no other one. Words with
which the paths of all of them begin tell nothing and do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from brokerspec.naming import RESERVED_GROUPS, first_free, pascal, safe, snake
from brokerspec.naming import words as split
from brokerspec.plan_calls import Method
from brokerspec.plan_operations import Constant
from brokerspec.plan_paging import Pager
from brokerspec.plan_parts import Import, imports_of, names_in
from brokerspec.text import plain

# From here on the client's own methods are in parts.
MANY: Final = 100
# More parts than that are read no sooner than larger ones.
_MOST: Final = 250
_LONGEST: Final = 40
# What paths begin with everywhere: it says nothing about an operation.
_NOTHING: Final = re.compile(
    r"(?:api|rest|v?[0-9][0-9._-]*(?:alpha|beta|rc)?[0-9]*)", re.IGNORECASE
)
_ELSEWHERE: Final = "other"


class Own(Struct, frozen=True):
    """A method of the client itself; in one that is split it imports what it uses when called."""

    method: Method
    imports: tuple[Import, ...] = ()


class OwnPager(Struct, frozen=True):
    """The same for a method that goes through pages."""

    pager: Pager
    imports: tuple[Import, ...] = ()


class Section(Struct, frozen=True):
    """Methods that stand on the client itself, and the constants of what they send.

    `operation_imports` is what the constants need, `annotation_imports` what annotations name.
    """

    own: tuple[Own, ...]
    pagers: tuple[OwnPager, ...]
    operations: tuple[Constant, ...]
    operation_imports: tuple[Import, ...]
    annotation_imports: tuple[Import, ...]


class ClientPart(Struct, frozen=True):
    """A module of methods of the client, which inherits its classes."""

    name: str
    type_name: str
    section: Section


class Unit(Struct, frozen=True):
    """Operations that have a module of their own: what is planned for them."""

    methods: Sequence[Method]
    constants: Sequence[Constant]
    pagers: Sequence[Pager]

    @property
    def texts(self) -> list[str]:
        """All source of them in which names occur."""
        return [
            *(text for method in self.methods for text in (*_shown(method), *_called(method))),
            *(text for made in self.constants for text in (made.annotation, made.value)),
            *(pager.item for pager in self.pagers),
        ]


def parts_of_paths(paths: Mapping[str, str], taken: Iterable[str]) -> dict[str, str]:
    """Return the part of each operation by its name; no part has the name of another module."""
    words = {name: _words(path) for name, path in paths.items()}
    while len({found[0] for found in words.values()}) == 1:
        if all(len(found) == 1 for found in words.values()):
            break
        words = {name: found[1:] or found for name, found in words.items()}
    used, parts = frozenset(taken), {name: found[0] for name, found in words.items()}
    if len(set(parts.values())) > min(len(parts) // 2, _MOST):
        # Paths like `/sendMessage` name operations, and a module for each of them helps nobody.
        parts = {name: _module(split(part)[0]) for name, part in parts.items()}
    if len(set(parts.values())) > _MOST:
        parts = {name: _module(part[0]) for name, part in parts.items()}
    return {name: first_free(part, used) for name, part in parts.items()}


def typed_parts(parts: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return the names of the classes of parts, which nothing else of a package has."""
    used, found = set(taken), dict[str, str]()
    for part in parts:
        name = f"{pascal(part)}Part"
        while {name, f"Async{name}"} & used:
            name = f"{name}_"
        used |= {name, f"Async{name}"}
        found[part] = name
    return found


def section(unit: Unit, places: Mapping[str, str], operations: str) -> Section:
    """Return the client's own methods of a unit; their constants are in the module `operations`."""
    # All places are many, and sections are too: to copy them for each would cost the square.
    methods = (*unit.methods, *(pager.method for pager in unit.pagers))
    texts = (text for method in methods for text in _called(method))
    called = {name: places[name] for text in texts for name in names_in(text, places.keys())}
    called |= {constant.name: operations for constant in unit.constants}
    own = tuple(Own(method, imports_of(_called(method), called)) for method in unit.methods)
    called |= {pager.constant: operations for pager in unit.pagers}
    pagers = tuple(
        OwnPager(pager, imports_of((*_called(pager.method), pager.constant), called))
        for pager in unit.pagers
    )
    shown = [text for method in unit.methods for text in _shown(method)]
    shown += [pager.item for pager in unit.pagers]
    known = [text for made in unit.constants for text in (made.annotation, made.value)]
    known += [pager.annotation for pager in unit.pagers]
    return Section(
        own,
        pagers,
        tuple(unit.constants),
        imports_of(known, places, operations),
        imports_of(shown, places),
    )


def _shown(method: Method) -> tuple[str, ...]:
    return (*method.signature, method.returns)


def _called(method: Method) -> tuple[str, str]:
    return (method.prelude, method.call)


def _words(path: str) -> list[str]:
    """Return the words of a path that say where it leads, as names of modules; never none."""
    named = (segment.partition(".")[0] for segment in plain(path).split("/") if "{" not in segment)
    told = [name for name in named if split(name) and not _NOTHING.fullmatch(name)]
    return [_module(name) for name in told] or [_ELSEWHERE]


def _module(name: str) -> str:
    short = safe(snake(name)[:_LONGEST].rstrip("_"))
    return f"{short}_" if short in RESERVED_GROUPS else short
