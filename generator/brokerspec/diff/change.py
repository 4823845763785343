"""A change of the client: what it is, what it does to calling code and where it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from brokerspec.diagnostics import Where


class Level(StrEnum):
    """What a change asks of code that was written for the old client."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    DOCUMENTATION = "documentation"


BREAKING, COMPATIBLE, DOCUMENTATION = Level.BREAKING, Level.COMPATIBLE, Level.DOCUMENTATION
_EITHER: Final = (BREAKING, COMPATIBLE)

# Every kind of change and the levels that it can have.
KINDS: Final[Mapping[str, tuple[Level, ...]]] = {
    "package-added": (COMPATIBLE,),
    "package-removed": (BREAKING,),
    "method-added": (COMPATIBLE,),
    "method-removed": (BREAKING,),
    "method-renamed": (BREAKING,),
    "endpoint-changed": (COMPATIBLE,),
    "argument-added": _EITHER,
    "argument-removed": (BREAKING,),
    "argument-renamed": (BREAKING,),
    "argument-type-changed": _EITHER,
    "argument-now-required": (BREAKING,),
    "argument-now-optional": (COMPATIBLE,),
    "argument-now-secret": (COMPATIBLE,),
    "argument-no-longer-secret": (BREAKING,),
    "argument-encoding-changed": (COMPATIBLE,),
    "request-format-changed": (COMPATIBLE,),
    "request-constant-changed": (COMPATIBLE,),
    "credential-use-changed": (COMPATIBLE,),
    "return-type-changed": _EITHER,
    "payload-changed": (COMPATIBLE,),
    "safety-changed": _EITHER,
    "rate-class-changed": (COMPATIBLE,),
    "error-rule-added": _EITHER,
    "error-rule-removed": _EITHER,
    "error-class-changed": _EITHER,
    "error-details-changed": (COMPATIBLE,),
    "error-rules-reordered": (BREAKING,),
    "headers-changed": _EITHER,
    "error-headers-changed": _EITHER,
    "header-now-required": (COMPATIBLE,),
    "header-now-optional": (COMPATIBLE,),
    "header-encoding-changed": (COMPATIBLE,),
    "pages-added": (COMPATIBLE,),
    "pages-removed": (BREAKING,),
    "pages-changed": (COMPATIBLE,),
    "token-fetching-changed": (COMPATIBLE,),
    "order-id-added": (COMPATIBLE,),
    "order-id-removed": (BREAKING,),
    "order-id-changed": (COMPATIBLE,),
    "reconcile-added": (COMPATIBLE,),
    "reconcile-removed": (BREAKING,),
    "reconcile-changed": _EITHER,
    "model-added": (COMPATIBLE,),
    "model-removed": (BREAKING,),
    "model-renamed": (BREAKING,),
    "field-added": _EITHER,
    "field-removed": (BREAKING,),
    "field-renamed": (BREAKING,),
    "field-type-changed": _EITHER,
    "field-now-required": _EITHER,
    "field-now-optional": _EITHER,
    "field-now-secret": (BREAKING,),
    "field-no-longer-secret": (BREAKING,),
    "field-encoding-changed": (COMPATIBLE,),
    "enum-added": (COMPATIBLE,),
    "enum-removed": (BREAKING,),
    "enum-renamed": (BREAKING,),
    "enum-value-added": (COMPATIBLE,),
    "enum-value-removed": (BREAKING,),
    "enum-value-renamed": (BREAKING,),
    "enum-value-changed": (BREAKING,),
    "setting-added": _EITHER,
    "setting-removed": (BREAKING,),
    "setting-renamed": (BREAKING,),
    "setting-now-required": (BREAKING,),
    "setting-now-optional": (COMPATIBLE,),
    "setting-default-changed": (BREAKING,),
    "setting-now-secret": (COMPATIBLE,),
    "setting-no-longer-secret": (BREAKING,),
    "setting-role-changed": (COMPATIBLE,),
    "host-changed": (COMPATIBLE,),
    "time-zone-changed": (BREAKING,),
    "session-changed": (COMPATIBLE,),
    "token-added": (COMPATIBLE,),
    "token-removed": (BREAKING,),
    "token-changed": (COMPATIBLE,),
    "open-session-added": (COMPATIBLE,),
    "open-session-removed": (BREAKING,),
    "open-session-changed": _EITHER,
    "sign-in-added": (COMPATIBLE,),
    "sign-in-removed": (BREAKING,),
    "sign-in-changed": _EITHER,
    "documentation-changed": (DOCUMENTATION,),
    "samples-changed": (DOCUMENTATION,),
}

# The subject of what belongs to no method, and where it stands in a spec.
CLIENT: Final = "Client"

Places = Mapping[str, Where]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of two clients, with its place in both specs.

    `fingerprint` is made of what changed, not of where it stands, so that it stays the same
    when lines move.
    """

    fingerprint: str
    kind: str
    level: Level
    package: str
    subject: str
    message: str
    before: str = ""
    after: str = ""
    old: Where | None = None
    new: Where | None = None
    hint: str = ""


@dataclass(slots=True)
class Log:
    """Collects the changes of one package."""

    package: str
    old: Places = field(default_factory=dict[str, Where])
    new: Places = field(default_factory=dict[str, Where])
    changes: list[Change] = field(default_factory=list[Change])

    def add(
        self,
        kind: str,
        level: Level,
        subject: str,
        message: str,
        *,
        before: str = "",
        after: str = "",
        old_place: str = "",
        new_place: str = "",
        hint: str = "",
    ) -> None:
        """Note a change; a side that has no such part is placed at what would hold it."""
        self.changes.append(
            Change(
                fingerprint=fingerprint(kind, self.package, subject, before, after),
                kind=kind,
                level=level,
                package=self.package,
                subject=subject,
                message=message,
                before=before,
                after=after,
                old=_find(self.old, old_place or subject),
                new=_find(self.new, new_place or subject),
                hint=hint,
            )
        )

    def document(
        self, subject: str, what: str, before: object, after: object, *, old_place: str = ""
    ) -> None:
        """Note that words changed, where they did; long ones are told by a digest."""
        if before != after:
            self.add(
                "documentation-changed",
                DOCUMENTATION,
                subject,
                f"{what} of `{subject}` changed",
                before=fingerprint(repr(before)),
                after=fingerprint(repr(after)),
                old_place=old_place,
            )


def fingerprint(*facts: str) -> str:
    """Return what a change is known by."""
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16]


def _find(places: Places, subject: str) -> Where | None:
    """Return the place of a subject, or else of what holds it."""
    while subject and subject not in places:
        cut = max(subject.rfind("."), subject.rfind("("), subject.rfind("!"))
        subject = subject[:cut] if cut > 0 else ""
    return places.get(subject or CLIENT)
