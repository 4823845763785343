"""Names of a package that are imported when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def loader(package: str, places: Mapping[str, str], rest: str = "") -> Callable[[str], object]:
    """Return the `__getattr__` of a package; `places` are the modules of its names,
    seen from it or, without a dot, from everywhere.

    `rest` is a module that has all others and that is loaded when one is wanted, or it itself.
    """

    def load(name: str) -> object:
        place = places.get(name, "")
        if rest and not place:
            others = import_module(rest, package)
            if name == rest.lstrip("."):
                return others
            place = rest if name in others.__all__ else ""
        if not place:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(place, package), name)
        vars(sys.modules[package])[name] = found
        return found

    return load


def lister(package: str, names: Iterable[str]) -> Callable[[], list[str]]:
    """Return the `__dir__` of a package."""
    return lambda: sorted({*vars(sys.modules[package]), *names})
