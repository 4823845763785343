"""Find the operations that a part of a document speaks of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from brokerspec.audit.facts import Facts
from brokerspec.audit.shapes import section_of
from brokerspec.document import Document, Operation

_NUMBERING = re.compile(r"^[#\s]*(?:\d+(?:\.\d+)*[.)]?\s+)?")
_CALL = re.compile(r"^(?:object|void)?\s*([\w.]+)\s*\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class Places:
    """Tell which operations a line of a document belongs to."""

    titles: Mapping[str, tuple[str, ...]]
    starts: tuple[int, ...]
    owners: tuple[tuple[str, ...], ...]

    def named(self, section: str) -> tuple[str, ...]:
        """List the operations whose section has this very title."""
        return self.titles.get(heading(section), ()) if section else ()

    def around(self, line: int) -> tuple[str, ...]:
        """List the operations of the last title at or above a line."""
        index = bisect_right(self.starts, line) - 1
        return self.owners[index] if index >= 0 else ()

    def of(self, section: str, line: int) -> tuple[str, ...]:
        """List the operations by title, or else by position."""
        return self.named(section) or self.around(line)


def heading(text: str) -> str:
    """Return a title without its numbering, marks and case of letters."""
    called = _CALL.match(text.strip())
    bare = called[1] if called else _NUMBERING.sub("", text.strip(), count=1)
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower()))


def places_of(document: Document, facts: Facts) -> Places:
    """Find the lines of a document that are titles of the sections of a spec."""
    titles: dict[str, list[str]] = {}
    for operation in document.operations:
        title = heading(section_of(operation))
        if title:
            titles.setdefault(title, []).append(operation.operation_id)
    for operation in document.operations:
        # A document may name a call as the client does, where it has no title of its own.
        titles.setdefault(heading(operation.operation_id), [operation.operation_id])
    starts: list[int] = []
    owners: list[tuple[str, ...]] = []
    for number, line in enumerate(facts.text.lines, 1):
        if 0 < len(line) < 200 and ".." not in line and (title := heading(line)) in titles:
            starts.append(number)
            owners.append(tuple(titles[title]))
    frozen = {title: tuple(names) for title, names in titles.items()}
    return Places(frozen, tuple(starts), tuple(owners))


def is_printed(document: Document, operation: Operation) -> bool:
    """Say whether the address of an operation stands in the document."""
    paths = document.source.root
    item = paths.get("paths") if isinstance(paths, dict) else None
    entry = item.get(operation.path) if isinstance(item, dict) else None
    marked = isinstance(entry, dict) and "x-provenance" in entry
    return not marked and "x-provenance" not in operation.extensions
