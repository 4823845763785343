"""Tell what is known about a document from what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from brokerspec.audit.finding import Finding
from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where, did_you_mean
from brokerspec.load import load
from brokerspec.tree import JSON, Source

_MEMBERS = frozenset({"fingerprint", "reason", "about", "expires"})


@dataclass(frozen=True, slots=True)
class Known:
    """Hold one difference that somebody looked at, and why it may stay."""

    fingerprint: str
    reason: str
    about: str
    expires: date | None
    where: Where

    @property
    def text(self) -> str:
        """Say what it is about, for people."""
        return f"{self.fingerprint} ({self.about or self.reason})"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Hold findings by what is known of them; `stale` speaks of entries of the list."""

    new: tuple[Finding, ...]
    known: tuple[tuple[Finding, Known], ...]
    stale: tuple[Diagnostic, ...]


def read_known(path: Path) -> list[Known]:
    """Read a list of known findings; a list that is not as it should be is refused whole."""
    source = load(path)
    entries = [] if source.root is None else source.root
    if not isinstance(entries, list):
        where = source.where(())
        hint = "write one entry per finding: - fingerprint: …"
        raise SpecError([_error("known-shape", where, "this is not a list of findings", hint)])
    problems: list[Diagnostic] = []
    found: dict[str, Known] = {}
    for index, entry in enumerate(entries):
        one = _entry(source, index, entry, problems)
        if one is None:
            continue
        if one.fingerprint in found:
            line = found[one.fingerprint].where.line
            message = f"{one.fingerprint} stands on line {line} already"
            problems.append(_error("known-twice", one.where, message, "delete one of them"))
        found[one.fingerprint] = one
    if problems:
        raise SpecError(problems)
    return list(found.values())


def sort_out(findings: Sequence[Finding], known: Sequence[Known], today: date) -> Sorted:
    """Divide findings by the list; report entries that expired or that nothing matches."""
    by_fingerprint = {one.fingerprint: one for one in known}
    valid = {name for name, one in by_fingerprint.items() if not _is_over(one, today)}
    present = {finding.fingerprint for finding in findings}
    stale: list[Diagnostic] = []
    for one in known:
        if one.fingerprint not in present:
            message = f"the document no longer shows {one.text}"
            hint = "check what changed there, then delete the entry"
            stale.append(_error("audit-known-gone", one.where, message, hint))
        elif one.fingerprint not in valid:
            message = f"{one.text} was to be looked at again by {one.expires}"
            hint = "look at it, then give it a later date or none"
            stale.append(_error("audit-known-expired", one.where, message, hint))
    return Sorted(
        tuple(one for one in findings if one.fingerprint not in by_fingerprint),
        tuple(
            (one, by_fingerprint[one.fingerprint]) for one in findings if one.fingerprint in valid
        ),
        tuple(stale),
    )


def _is_over(known: Known, today: date) -> bool:
    return known.expires is not None and known.expires < today


def _entry(source: Source, index: int, entry: JSON, problems: list[Diagnostic]) -> Known | None:
    where = source.where((index,))
    members = entry if isinstance(entry, dict) else {}
    for name in members:
        if name not in _MEMBERS:
            at = source.where_key((index, name))
            hint = did_you_mean(name, _MEMBERS)
            problems.append(_error("known-shape", at, f"an entry has no {name!r}", hint))
    values = {name: members.get(name, "") for name in _MEMBERS}
    texts = {name: value if isinstance(value, str) else "" for name, value in values.items()}
    if not texts["fingerprint"] or not texts["reason"].strip():
        message = "an entry needs the texts 'fingerprint' and 'reason'"
        hint = "quote a fingerprint that consists of digits"
        problems.append(_error("known-shape", where, message, hint))
        return None
    expires = None
    if "expires" in members:
        try:
            expires = date.fromisoformat(texts["expires"])
        except ValueError:
            at = source.where((index, "expires"))
            problems.append(
                _error("known-shape", at, "'expires' is no date", "write it as 2030-12-31")
            )
    return Known(texts["fingerprint"], texts["reason"], texts["about"], expires, where)


def _error(code: str, where: Where, message: str, hint: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, code, where, message, hint)
