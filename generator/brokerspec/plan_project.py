"""A package as a project of its own: what its metadata, its README and its tests say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from brokerspec import ir
from brokerspec.cache import requirements_of
from brokerspec.plan import Package
from brokerspec.plan_trial import Trial, Trials, constructor, is_needed
from brokerspec.text import Text, Words, one_line, plain

_NONE: Final = "0.0.0"
_VERSION: Final = re.compile(
    r"[vV]?([0-9]+(?:[.-][0-9]+)*)(?:[.-]?((?:alpha|a|beta|b|rc|pre)(?:[.-]?[0-9]+)?)(?![a-zA-Z]))?"
)
_EARLY: Final[Mapping[str, str]] = {"alpha": "a", "beta": "b", "pre": "rc"}
_EXTRA: Final = re.compile(r"""^(.*?)\s*;\s*extra == ['"]([\w-]+)['"]$""")
# Of the runtime's extras, those that a client can use.
_EXTRAS: Final = ("httpx", "keyring", "pyreqwest", "token-file")


class Project(Struct, frozen=True):
    """What the templates of a project render beside the package itself."""

    package: Package
    distribution: str
    version: str
    description: str
    dependencies: tuple[str, ...]
    extras: Mapping[str, tuple[str, ...]]
    trials: tuple[Trial, ...]
    sample: Trial | None
    sample_is_safe: bool
    sample_imports: tuple[str, ...]
    sample_names: tuple[str, ...]
    sample_settings: str
    about: Words
    all_settings: str


def plan_project(package: Package) -> Project:
    """Return the project that a package is written into."""
    api = package.api
    trials = Trials(api)
    first = trials.first()
    used = {made.setting for made in first[0].attachments} if first else set[str]()
    call = first[1].call if first else ""
    needed, extras = _requirements()
    return Project(
        package=package,
        distribution=package.name.strip("_").replace("_", "-").lower() or "client",
        version=release_of(api.version),
        description=one_line(f"Python client of {plain(api.title)}")[:200],
        dependencies=needed,
        extras=extras,
        trials=trials.all(),
        sample=first[1] if first else None,
        sample_is_safe=first is not None and first[0].safety == "safe",
        sample_imports=_imports(call),
        sample_names=("models",) if "models." in call else (),
        about=Text(plain(api.description).strip().split("\n\n", 1)[0]),
        sample_settings=constructor(api, lambda s: is_needed(s) or s.name in used, "..."),
        all_settings=constructor(api, lambda s: s.default is None, "text"),
    )


def release_of(edition: str) -> str:
    """Return the version of a document as one that Python's packaging knows (PEP 440)."""
    found = _VERSION.match(plain(edition).strip())
    if found is None:
        return _NONE
    numbers = ".".join(str(int(part)) for part in re.split(r"[.-]", found[1])[:6] if len(part) < 10)
    early = re.match(r"([a-z]+)[.-]?([0-9]*)", found[2] or "")
    if early is None:
        return numbers or _NONE
    return f"{numbers or _NONE}{_EARLY.get(early[1], early[1])}{early[2] or 0}"


def _requirements() -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return what the runtime depends on, always and for each of its extras."""
    always: list[str] = []
    extras: dict[str, list[str]] = {}
    for text in requirements_of("brokerspec"):
        if found := _EXTRA.match(text):
            extras.setdefault(found[2], []).append(found[1])
        elif "extra ==" not in text:
            always.append(text)
    return tuple(always), {name: tuple(extras[name]) for name in _EXTRAS if name in extras}


def _imports(call: str) -> tuple[str, ...]:
    """Return what a made-up call needs from the standard library."""
    names = [
        name for name in ("UTC", "date", "datetime", "time") if re.search(rf"\b{name}\b", call)
    ]
    lines = [f"from datetime import {', '.join(names)}"] if names else []
    return (*lines, *(["from decimal import Decimal"] if "Decimal(" in call else []))


def counted(api: ir.Api) -> list[tuple[ir.Group, int]]:
    """Return the groups with how many operations each has."""
    counts = Counter(operation.group for operation in api.operations)
    return [(group, counts[group.name]) for group in api.groups]
