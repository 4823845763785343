"""Check and format the modules of a package; those that an earlier run finished are known.

A module is known by what was rendered, its name, and the part of the plan that it is held
against. An unused import or the order of imports depends on nothing else: of what a module
may import, only its own package counts as ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from brokerspec.cache import digest_of
from brokerspec.format import format_packages
from brokerspec.shape import Promise, check


@dataclass(frozen=True, slots=True)
class Part:
    """Files that are held against one promise, and what else they may import."""

    files: Mapping[str, str]
    promise: Promise
    modules: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Checked:
    """The files of a package as they were rendered, under which name each is known."""

    package: str
    files: dict[str, str]
    keys: dict[str, str]
    known: Mapping[str, str]

    @property
    def new(self) -> dict[str, str]:
        """The files that no earlier run finished."""
        return {
            name: text for name, text in self.files.items() if self.keys[name] not in self.known
        }


def checked(package: str, parts: Iterable[Part], known: Mapping[str, str]) -> Checked:
    """Hold what is new in the parts of a package against its plan.

    `known` has finished files under their keys. Raises SpecError for the first file that is
    not as planned.
    """
    files: dict[str, str] = {}
    keys: dict[str, str] = {}
    for part in parts:
        for name, text in part.files.items():
            # What is not about this module must not decide: it is not part of the key.
            promise = part.promise.within(text)
            key = _key(package, name, text, promise, part.modules)
            if key not in known:
                check({name: text}, promise, part.modules)
            files[name], keys[name] = text, key
    return Checked(package, files, keys, known)


def finish(packages: Iterable[Checked], *, is_ours: bool = True) -> dict[str, dict[str, str]]:
    """Return the finished files of every package, sorted by name."""
    listed = list(packages)
    new = {each.package: each.new for each in listed}
    wanted = {name: files for name, files in new.items() if files}
    formatted = format_packages(wanted, is_ours=is_ours)
    return {
        each.package: {
            name: formatted[each.package][name]
            if name in new[each.package]
            else each.known[each.keys[name]]
            for name in sorted(each.files)
        }
        for each in listed
    }


def _key(package: str, name: str, text: str, promise: Promise, modules: Set[str]) -> str:
    facts = (package, name, promise.facts(), sorted(modules), text)
    return digest_of(repr(facts).encode("utf-8", "backslashreplace"))
