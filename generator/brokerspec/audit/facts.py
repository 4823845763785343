"""Say what a document tells: payloads, endpoints, tables and lists of values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from brokerspec.diagnostics import Where
from brokerspec.tree import JSON, Pointer

Kind: TypeAlias = Literal["text", "html", "markdown", "pdf"]
Direction: TypeAlias = Literal["request", "response", ""]


@dataclass(frozen=True, slots=True)
class Text:
    """Hold the lines of a document.

    Line n is `lines[n - 1]`. `pages` are the lines that begin a page and `headings` those that
    the document's own markup calls headings. `numbers` are the lines of the file that the lines
    come from, where the two differ.
    """

    label: str
    kind: Kind
    lines: tuple[str, ...]
    pages: tuple[int, ...] = ()
    headings: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()

    def where(self, line: int) -> Where:
        """Locate a line in the file, or on its page of a PDF."""
        if self.kind == "pdf" and self.pages:
            page = bisect_right(self.pages, line)
            start = self.pages[page - 1] if page else 1
            return Where(f"{self.label}#page={max(page, 1)}", line - start + 1, 1)
        return Where(self.label, self.numbers[line - 1] if self.numbers else line, 1)


@dataclass(frozen=True, slots=True)
class Repair:
    """Say what was wrong with a payload and how it was read."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Payload:
    """Hold one JSON payload; `lines` tells where the key of each member stands."""

    line: int
    end_line: int
    value: JSON
    repairs: tuple[Repair, ...] = ()
    is_truncated: bool = False
    section: str = ""
    direction: Direction = ""
    lines: Mapping[Pointer, int] = field(default_factory=dict[Pointer, int])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Hold one address as it is printed.

    The method is empty where the document prints none. The path may be a whole URL, a path with
    or without its first slash, a signature such as `login(password)`, or empty where only the
    method is left. An example shows sample values in place of placeholders.
    """

    line: int
    method: str
    path: str
    section: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one row of a table of fields; each value has its meaning or an empty text."""

    line: int
    name: str
    type: str = ""
    is_required: bool | None = None
    description: str = ""
    values: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Hold one table; the title is the nearest line above that names it."""

    line: int
    section: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    direction: Direction = ""


@dataclass(frozen=True, slots=True)
class ListedValue:
    """Hold one value of a list and what the document says that it means."""

    line: int
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class ValueList:
    """Hold the values that a document allows for something."""

    line: int
    section: str
    name: str
    values: tuple[ListedValue, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """Point at lines that look like facts and could not be read."""

    line: int
    end_line: int
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold everything that was read from one document; servers are where paths begin."""

    text: Text
    payloads: tuple[Payload, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    tables: tuple[Table, ...] = ()
    value_lists: tuple[ValueList, ...] = ()
    unread: tuple[Unread, ...] = ()
    servers: tuple[Endpoint, ...] = ()
