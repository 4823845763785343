"""Know findings that were accepted, for a reason and perhaps for a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where, did_you_mean
from brokerspec.load import load
from brokerspec.reports import Reported
from brokerspec.reports.report import relative
from brokerspec.tree import JSON, Pointer, Source

NAME: Final = ".brokerspec-ignore.yaml"
_KEYS: Final = ("fingerprint", "reason", "expires", "file")


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one accepted finding; `file` says in which spec it is, when that is told."""

    fingerprint: str
    reason: str
    expires: date | None
    file: str
    where: Where

    def has_expired(self, today: date) -> bool:
        """Say whether the last day of the entry is over."""
        return self.expires is not None and self.expires < today


def find_ignores(start: Path) -> Path | None:
    """Return the ignore file at or above a folder."""
    for folder in (start, *start.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    return None


def read_ignores(path: Path) -> tuple[Entry, ...]:
    """Read an ignore file; raise `SpecError` with everything that is wrong with it."""
    source = load(path)
    reader = _Reader(source)
    entries = tuple(reader.entries())
    if reader.problems:
        raise SpecError(reader.problems)
    return entries


def apply_ignores(
    found: Iterable[Reported], entries: Iterable[Entry], today: date
) -> list[Reported]:
    """Mark the findings that an entry accepts today."""
    reasons = {one.fingerprint: one.reason for one in entries if not one.has_expired(today)}
    return [replace(item, ignored=reasons.get(item.fingerprint, "")) for item in found]


def stale(
    entries: Iterable[Entry],
    found: Iterable[Reported],
    checked: Iterable[str],
    today: date,
    base: Path,
) -> Iterator[Diagnostic]:
    """Report entries that have expired, and those that accept nothing any more."""
    known = {item.fingerprint for item in found}
    files = {relative(file, base) for file in checked}
    for one in entries:
        if one.has_expired(today):
            message = f"the entry for {one.fingerprint} expired on {one.expires}"
            hint = "settle the finding, or give the entry a later day"
            yield Diagnostic(Severity.WARNING, "expired-ignore", one.where, message, hint)
        elif one.fingerprint not in known and (not one.file or one.file in files):
            message = f"nothing has the fingerprint {one.fingerprint} any more"
            yield Diagnostic(
                Severity.WARNING, "unused-ignore", one.where, message, "delete the entry"
            )


class _Reader:
    def __init__(self, source: Source) -> None:
        self.problems: list[Diagnostic] = []
        self._source = source

    def entries(self) -> Iterator[Entry]:
        root = self._source.root
        if not isinstance(root, list):
            self._problem((), "this must be a list of entries", "begin each with '- fingerprint:'")
            return
        for index, entry in enumerate(root):
            if isinstance(entry, dict):
                yield self._entry(entry, (index,))
            else:
                self._problem((index,), "an entry must be a mapping", f"with {', '.join(_KEYS)}")

    def _entry(self, entry: dict[str, JSON], at: Pointer) -> Entry:
        for key in entry:
            if key not in _KEYS:
                hint = did_you_mean(key, _KEYS) or f"there are {', '.join(_KEYS)}"
                self._problem((*at, key), f"{key!r} is not expected here", hint)
        for key in ("fingerprint", "reason"):
            if key not in entry:
                self._problem(
                    at, f"{key!r} is missing", "say which finding, and why it is accepted"
                )
        texts = {key: self._text(entry, key, at) for key in _KEYS}
        return Entry(
            texts["fingerprint"],
            texts["reason"],
            self._date(texts["expires"], (*at, "expires")),
            texts["file"],
            self._source.where(at),
        )

    def _text(self, entry: dict[str, JSON], key: str, at: Pointer) -> str:
        value = entry.get(key, "")
        if not isinstance(value, str) or (key in entry and not value.strip()):
            self._problem((*at, key), f"{key!r} must be a text", "and not an empty one")
            return ""
        return value

    def _date(self, text: str, at: Pointer) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._problem(at, f"{text!r} is no date", "write it as 2027-01-31")
            return None

    def _problem(self, at: Pointer, message: str, hint: str) -> None:
        where = self._source.where(at)
        self.problems.append(Diagnostic(Severity.ERROR, "bad-ignore-file", where, message, hint))
