"""Which part of the old client is which part of the new one, also under another name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from difflib import SequenceMatcher
from typing import Final, TypeVar

T = TypeVar("T")

# How alike two names must be that mean the same; `qty` and `quantity` just are.
_ALIKE: Final = 0.5


def renames(
    removed: Mapping[str, T],
    added: Mapping[str, T],
    traits: Iterable[Callable[[T], Hashable | None]],
) -> dict[str, str]:
    """Return the new name of every removed part that an added one has a trait in common with.

    Traits are tried in order, and each must be one removed and one added part's own. A trait
    that is None tells nothing.
    """
    found: dict[str, str] = {}
    for trait in traits:
        before = _own({name: part for name, part in removed.items() if name not in found}, trait)
        taken = set(found.values())
        after = _own({name: part for name, part in added.items() if name not in taken}, trait)
        found |= {before[key]: after[key] for key in before.keys() & after.keys()}
    return {name: found[name] for name in removed if name in found}


def alike(one: str, two: str) -> bool:
    """Say whether two names or texts are likely to mean the same."""
    return SequenceMatcher(None, one.lower(), two.lower()).ratio() >= _ALIKE


def closest(
    removed: Mapping[str, T],
    added: Mapping[str, T],
    same: Callable[[T, T], bool],
) -> dict[str, str]:
    """Return pairs of parts that are alike by name and the same by some measure."""
    found: dict[str, str] = {}
    left = dict(added)
    for name, part in removed.items():
        likely = [other for other in left if alike(name, other) and same(part, left[other])]
        if likely:
            best = max(likely, key=lambda other: SequenceMatcher(None, name, other).ratio())
            found[name] = best
            del left[best]
    return found


def _own(parts: Mapping[str, T], trait: Callable[[T], Hashable | None]) -> dict[Hashable, str]:
    """Return the names of the parts by their trait, where only one part has it."""
    found: dict[Hashable, list[str]] = {}
    for name, part in parts.items():
        key = trait(part)
        if key is not None:
            found.setdefault(key, []).append(name)
    return {key: names[0] for key, names in found.items() if len(names) == 1}
