"""Propose the next version of a client and the entry of its changelog."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from brokerspec.changelog import UNRELEASED
from brokerspec.diff.change import BREAKING, COMPATIBLE, DOCUMENTATION, Change, Level
from brokerspec.diff.compare import Edition

_FIRST: Final = (0, 1, 0)

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The version that changes ask for, beside the one that they are made to."""

    base: str
    version: str
    reason: str


def level_of(changes: Sequence[Change]) -> Level | None:
    """Return the highest level among changes, None without any."""
    levels = {change.level for change in changes}
    return next((one for one in (BREAKING, COMPATIBLE, DOCUMENTATION) if one in levels), None)


def propose(old: Edition, changes: Sequence[Change]) -> Proposal | None:
    """Return the next version, None when nothing changed.

    The step is counted from the last version that came out. A version that has not come
    out yet takes the changes up when it is high enough.
    """
    level = level_of(changes)
    if level is None:
        return None
    released = [entry for entry in old.entries if entry.is_released]
    waiting = [entry for entry in old.entries[:1] if not entry.is_released]
    if not released and waiting:
        version = waiting[0].version
        return Proposal("", version, f"{version} has not come out yet")
    base = _parsed(released[0].version if released else old.api.version)
    if base is None:
        return Proposal("", _text(_FIRST), "there is no version to count from")
    step, reason = _step(base, level)
    planned = _parsed(waiting[0].version) if waiting else None
    if planned and planned >= step:
        return Proposal(_text(base), _text(planned), "the version in preparation is high enough")
    return Proposal(_text(base), _text(step), reason)


def entry(proposal: Proposal, changes: Sequence[Change]) -> str:
    """Return the entry of a changelog that says what changed."""
    lines = [f"## [{proposal.version}] - {UNRELEASED}"]
    for title in ("Added", "Changed", "Removed"):
        listed = [
            change
            for change in changes
            if change.level is not DOCUMENTATION and _section(change) == title
        ]
        if listed:
            lines += ["", f"### {title}", "", *(_line(change) for change in listed)]
    words = [change for change in changes if change.level is DOCUMENTATION]
    if words:
        subjects = ", ".join(f"`{name}`" for name in dict.fromkeys(c.subject for c in words))
        if "### Changed" not in lines:
            lines += ["", "### Changed", ""]
            lines.append(f"- Documentation: {subjects}.")
        else:
            end = lines.index("### Removed") - 1 if "### Removed" in lines else len(lines)
            lines.insert(end, f"- Documentation: {subjects}.")
    return "\n".join(lines) + "\n"


def _section(change: Change) -> str:
    if change.kind.endswith("-added"):
        return "Added"
    return "Removed" if change.kind.endswith("-removed") else "Changed"


def _line(change: Change) -> str:
    text = change.message if change.message.startswith("`") else _capital(change.message)
    mark = "**Breaking:** " if change.level is BREAKING else ""
    return f"- {mark}{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _step(base: Version, level: Level) -> tuple[Version, str]:
    major, minor, patch = base
    if level is BREAKING and major:
        return (major + 1, 0, 0), "a breaking change asks for a new major version"
    if level is BREAKING:
        return (0, minor + 1, 0), "a breaking change before 1.0 asks for a new minor version"
    if level is COMPATIBLE and major:
        return (major, minor + 1, 0), "a compatible change asks for a new minor version"
    what = "compatible change before 1.0" if level is COMPATIBLE else "change of documentation"
    return (major, minor, patch + 1), f"a {what} asks for a new patch version"


def _parsed(text: str) -> Version | None:
    found = re.fullmatch(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", text)
    if found is None:
        return None
    return int(found[1]), int(found[2] or 0), int(found[3] or 0)


def _text(version: Version) -> str:
    return ".".join(str(number) for number in version)
