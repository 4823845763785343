"""Say what a document tells: payloads, endpoints, tables and lists of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from brokerspec.tree import JSON, Pointer

Kind: TypeAlias = Literal["text", "html", "markdown", "pdf"]
Direction: TypeAlias = Literal["request", "response", ""]


@dataclass(frozen=True, slots=True)
class Text:
    """Hold the lines of a document; `pages` are the lines that begin a page."""

    label: str
    kind: Kind
    lines: tuple[str, ...]
    pages: tuple[int, ...] = ()


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
    """Hold one address; the method is empty where the document prints none."""

    line: int
    method: str
    path: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one row of a table of fields."""

    line: int
    name: str
    type: str = ""
    is_required: bool | None = None
    description: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Hold one table; the title is the nearest line above that names it."""

    line: int
    section: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


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
    """Hold everything that was read from one document."""

    text: Text
    payloads: tuple[Payload, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    tables: tuple[Table, ...] = ()
    value_lists: tuple[ValueList, ...] = ()
    unread: tuple[Unread, ...] = ()
