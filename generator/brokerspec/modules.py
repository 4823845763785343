"""Check and format the modules of a package; those that an earlier run finished are known.

A module is known by its name, the part of the plan that it is held against, and by what its
page is given or, where that is the whole plan, by what was rendered. An unused import or the
order of imports depends on nothing else: of what a module may import, only its own package
counts as ours, and the runtime where it is part of the project.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Final

from msgspec import Struct

from brokerspec.cache import digest_of
from brokerspec.format import format_packages
from brokerspec.page import Page
from brokerspec.shape import Promise, check
from brokerspec.unused import without_unused

_NOTHING: Final = Promise({}, {})


class Part(Struct, frozen=True):
    """Files that are held against one promise, and what else they may import."""

    pages: Mapping[str, Page]
    promise: Promise
    modules: Set[str] = frozenset()


class Checked(Struct, frozen=True):
    """The files of a package: `new` ones as they were rendered, and under which key each is known.

    Those that are not new were finished by an earlier run.
    """

    package: str
    new: dict[str, str]
    keys: dict[str, str]
    known: Mapping[str, str]


def checked(package: str, parts: Iterable[Part], known: Mapping[str, str]) -> Checked:
    """Hold what is new in the parts of a package against its plan.

    `known` has finished files under their keys. Raises SpecError for the first file that is
    not as planned.
    """
    new: dict[str, str] = {}
    keys: dict[str, str] = {}
    for part in parts:
        for name, page in part.pages.items():
            # What is not about this module must not decide: it is not part of the key.
            if page.defines is None:
                text = page.text()
                promise = part.promise.within(text) if name.endswith(".py") else _NOTHING
                made_of = text.encode("utf-8", "backslashreplace")
                keys[name] = key = _key(package, name, made_of, promise, part.modules)
            else:
                text = ""
                promise = part.promise.about(page.defines)
                keys[name] = key = _key(package, name, page.facts, promise, part.modules)
            if key not in known:
                text = text or page.text()
                new[name] = without_unused(text) if name.endswith(".py") else text
                check({name: new[name]}, promise, part.modules)
    return Checked(package, new, keys, known)


def finish(packages: Iterable[Checked], *, has_runtime: bool = True) -> dict[str, dict[str, str]]:
    """Return the finished files of every package, sorted by name."""
    listed = list(packages)
    new = {each.package: each.new for each in listed}
    unfinished = {name: files for name, files in new.items() if files}
    formatted = format_packages(unfinished, has_runtime=has_runtime)
    return {
        each.package: {
            name: formatted[each.package][name]
            if name in new[each.package]
            else each.known[each.keys[name]]
            for name in sorted(each.keys)
        }
        for each in listed
    }


def _key(package: str, name: str, made_of: bytes, promise: Promise, modules: Set[str]) -> str:
    facts = repr((package, name, promise.facts(), sorted(modules)))
    return digest_of(facts.encode("utf-8", "backslashreplace") + b"\n" + made_of)
