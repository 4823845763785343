"""The changelog of a client: which version it is, and what its spec was when it came out.

An entry begins with `## [1.2.0] - 2026-05-04`, or `## [1.2.0] - Unreleased` until it comes
out. The newest stands first. An entry that came out may record the digest of its spec.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where
from brokerspec.files import MOST, content_of
from brokerspec.text import clean

NAME: Final = "CHANGELOG.md"
UNRELEASED: Final = "Unreleased"
NO_VERSION: Final = "0.0.0"
_HEADING: Final = re.compile(r"## \[(?P<version>\d+\.\d+\.\d+)\] - (?P<date>\S+)")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGEST: Final = re.compile(r"Spec digest: `(sha256:[0-9a-f]{64})`")
_HINT: Final = "write it as '## [1.2.0] - 2026-05-04' or '## [1.2.0] - Unreleased'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of a client; `digest` is empty where none is recorded."""

    version: str
    is_released: bool
    digest: str
    line: int


@dataclass(frozen=True, slots=True)
class Release:
    """The version of a client, the digest of its spec and its whole changelog."""

    version: str = NO_VERSION
    digest: str = ""
    text: str = ""


def entries_of(text: str, label: str) -> tuple[Entry, ...]:
    """Return the entries of a changelog, the newest first.

    Raises SpecError when a heading cannot be read.
    """
    found: list[Entry] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            found.append(_entry(line, Where(label, number, 1)))
        elif found and (recorded := _DIGEST.fullmatch(line.strip())):
            last = found[-1]
            found[-1] = Entry(last.version, last.is_released, recorded[1], last.line)
    if not found:
        raise _refusal(Where(label, 1, 1), "the changelog has no entry", _HINT)
    return tuple(found)


def read(path: Path, label: str) -> tuple[str, tuple[Entry, ...]]:
    """Return a changelog and its entries; without the file there is nothing to return.

    Raises SpecError when it cannot be read.
    """
    try:
        content = content_of(path)
        if len(content) > MOST:
            raise _refusal(Where(label, 1, 1), f"it is larger than {MOST:,} bytes", "")
        # It is copied into the package, where everything shows.
        text = clean(content.decode().replace("\r\n", "\n")) + "\n"
    except FileNotFoundError:
        return "", ()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise _refusal(Where(label, 1, 1), f"cannot read it: {reason}", "") from None
    return text, entries_of(text, label)


def check_release(entries: tuple[Entry, ...], digest: str, label: str) -> None:
    """Raise SpecError when a version that came out is no longer what it was."""
    newest = entries[0] if entries else None
    if newest is None or not newest.is_released or newest.digest in ("", digest):
        return
    raise _refusal(
        Where(label, newest.line, 1),
        f"the spec is no longer that of version {newest.version}, which came out:"
        f" its digest is {digest}",
        "begin an entry '## [version] - Unreleased'; `brokerspec diff` proposes one",
    )


def version_of(entries: tuple[Entry, ...], edition: str) -> str:
    """Return the version of a client: that of its changelog, or else of the document."""
    if entries:
        return entries[0].version
    return edition if re.fullmatch(r"\d+(\.\d+)*", edition) else NO_VERSION


def _entry(line: str, where: Where) -> Entry:
    heading = _HEADING.fullmatch(line.rstrip())
    date = heading["date"] if heading else ""
    if heading is None or not (date == UNRELEASED or _DATE.fullmatch(date)):
        raise _refusal(where, f"this heading names no version and date: {line!r}", _HINT)
    return Entry(heading["version"], date != UNRELEASED, "", where.line)


def _refusal(where: Where, message: str, hint: str) -> SpecError:
    return SpecError([Diagnostic(Severity.ERROR, "changelog", where, message, hint)])
