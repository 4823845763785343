"""Names of a package that are imported when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def loader(package: str, places: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package; `places` are the modules of its names."""

    def load(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f".{places[name]}", package), name)
        vars(sys.modules[package])[name] = found
        return found

    return load


def lister(package: str, names: Iterable[str]) -> Callable[[], list[str]]:
    """Return the `__dir__` of a package."""
    return lambda: sorted({*vars(sys.modules[package]), *names})
