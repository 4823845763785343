"""Identify a finding by what it is, so that it is known again when its line has moved."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from brokerspec.diagnostics import Diagnostic
from brokerspec.reports.report import relative

# A message may name a place in another file: the name counts, line and column do not.
_PLACE: Final = re.compile(r"\S*?([^/\s]+):\d+:\d+")
_LINES: Final = re.compile(r"\blines? \d+( and \d+)?")
_LENGTH: Final = 12


def fingerprint(diagnostic: Diagnostic, base: Path) -> str:
    """Return what identifies a finding: code, file, pointer and the facts of its message."""
    where = diagnostic.where
    facts = _LINES.sub("line", _PLACE.sub(r"\1", diagnostic.message))
    file = relative(where.file, base) if where else ""
    parts = (diagnostic.code, file, where.pointer if where else "", facts)
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    # With the code in front nobody has to look it up, and YAML reads no number.
    return f"{diagnostic.code}-{digest[:_LENGTH]}"


def base_of(start: Path) -> Path:
    """Return the root of the repository around a folder, or the folder itself."""
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return start
