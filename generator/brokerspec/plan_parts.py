"""The classes of a package in modules of their own: who needs few of them loads few of them.

A class that one group alone reaches is in the module of that group, every other one in a
module that they share. Modules import each other in one direction only, so a decoder always
finds what the annotations of its class name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final

from msgspec import Struct

from brokerspec.naming import first_free

_LARGEST: Final = 150
# The same annotations occur again and again, and most texts are looked at twice.
_REMEMBERED: Final = 20_000
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_TEXT: Final = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""', re.DOTALL)


class Import(Struct, frozen=True):
    """What a module takes from another of its package."""

    module: str
    names: tuple[str, ...]


def names_in(text: str, known: AbstractSet[str]) -> set[str]:
    """Return which of some names a piece of source uses; docstrings do not count."""
    return {name for name in words_in(text) if name in known}


@lru_cache(_REMEMBERED)
def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a piece of source in order, each once; docstrings do not count."""
    return tuple(dict.fromkeys(_NAME.findall(_TEXT.sub("", text) if '"""' in text else text)))


def imports_of(
    texts: Iterable[str], places: Mapping[str, str], own: str = ""
) -> tuple[Import, ...]:
    """Return the imports that some pieces of source need, by where each name is."""
    names = (name for text in texts for name in names_in(text, places.keys()))
    return imports_from(names, places, own)


def imports_from(
    names: Iterable[str], places: Mapping[str, str], own: str = ""
) -> tuple[Import, ...]:
    """Return the imports of some names that have a place."""
    found: dict[str, set[str]] = {}
    for name in names:
        if places[name] != own:
            found.setdefault(places[name], set()).add(name)
    return tuple(Import(module, tuple(sorted(found[module]))) for module in sorted(found))


def places_of(
    needs: Mapping[str, AbstractSet[str]], users: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Return the module of every name; `needs` says what a name's own source uses."""
    owners = _owners(needs, users)
    places = {name: owners[name] for name in needs if owners.get(name)}
    unused = [name for name in needs if name not in owners]
    places |= dict.fromkeys(unused, first_free("unused", users))
    shared = [name for name in needs if name not in places]
    parts = list(_packed(_Knots(shared, needs)))
    for number, part in enumerate(parts, 1):
        wanted = "shared" if len(parts) == 1 else f"shared_{number}"
        places |= dict.fromkeys(part, first_free(wanted, users))
    return places


def _owners(
    needs: Mapping[str, AbstractSet[str]], users: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Return the one user that reaches each name, empty where several do; nobody is left out."""
    owners: dict[str, str] = {}
    waiting = [(name, user) for user, names in users.items() for name in names if name in needs]
    while waiting:
        name, user = waiting.pop()
        known = owners.get(name)
        if known is None or known not in ("", user):
            owner = owners[name] = user if known is None else ""
            waiting += [(needed, owner) for needed in needs[name]]
    return owners


def _packed(knots: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """Fill modules with names in order; what needs each other stays together."""
    part: list[str] = []
    for knot in knots:
        if part and len(part) + len(knot) > _LARGEST:
            yield part
            part = []
        part += knot
    if part:
        yield part


class _Knots:
    """Names that need each other, after all that they need (Tarjan's algorithm, no recursion)."""

    def __init__(self, names: Sequence[str], needs: Mapping[str, AbstractSet[str]]) -> None:
        inside = set(names)
        self._needs = {name: sorted(inside & needs[name]) for name in names}
        self._index: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._open: dict[str, None] = {}
        self._path: list[tuple[str, Iterator[str]]] = []

    def __iter__(self) -> Iterator[list[str]]:
        for name in self._needs:
            if name not in self._index:
                self._enter(name)
                yield from self._walk()

    def _enter(self, name: str) -> None:
        self._index[name] = self._low[name] = len(self._index)
        self._open[name] = None
        self._path.append((name, iter(self._needs[name])))

    def _walk(self) -> Iterator[list[str]]:
        while self._path:
            name, rest = self._path[-1]
            for needed in rest:
                if needed not in self._index:
                    self._enter(needed)
                    break
                if needed in self._open:
                    self._low[name] = min(self._low[name], self._index[needed])
            else:
                self._path.pop()
                if self._path:
                    above = self._path[-1][0]
                    self._low[above] = min(self._low[above], self._low[name])
                if self._low[name] == self._index[name]:
                    yield sorted(self._close(name))

    def _close(self, first: str) -> Iterator[str]:
        name = ""
        while name != first:
            name, _ = self._open.popitem()
            yield name
