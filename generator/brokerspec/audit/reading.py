"""Read the facts out of the text of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from brokerspec.audit.columns import row_of
from brokerspec.audit.endpoints import Address, find_addresses
from brokerspec.audit.facts import Endpoint, Facts, Payload, Table, Text, Unread
from brokerspec.audit.furniture import without_furniture
from brokerspec.audit.grids import Grid, find_grids
from brokerspec.audit.payloads import Found, find_payloads
from brokerspec.audit.sections import Outline
from brokerspec.audit.values import find_value_lists
from brokerspec.tree import JSON, Pointer


def facts_of(text: Text) -> Facts:
    """Find every payload, endpoint, table and list of values."""
    lines = without_furniture(text)
    found, unread = find_payloads(lines)
    in_payloads = frozenset(
        number for item in found for number in range(item.payload.line, item.payload.end_line + 1)
    )
    grids = list(find_grids(lines, in_payloads))
    in_tables = frozenset(
        number for grid in grids for number in range(grid.line, grid.end_line + 1)
    )
    taken = in_payloads | in_tables
    captions = frozenset(_above(lines, grid.line) for grid in grids)
    outline = Outline(text, lines, taken, captions)
    tables, lost = _tables(grids, outline)
    addresses = find_addresses(_around(lines, found))
    return Facts(
        text,
        tuple(_placed(item, outline, lines) for item in found),
        tuple(_endpoint(item, outline) for item in addresses if not item.is_server),
        tuple(tables),
        tuple(
            find_value_lists(
                lines,
                taken,
                tables,
                [comment for item in found for comment in item.comments],
                [pair for item in found for pair in _texts(item.payload)],
                outline,
            )
        ),
        tuple(sorted([*unread, *lost], key=lambda item: item.line)),
        tuple(_endpoint(item, outline) for item in addresses if item.is_server),
    )


def _around(lines: Sequence[str], found: Sequence[Found]) -> list[str]:
    """Return the lines without the payloads, but with what stands before and after them."""
    result = list(lines)
    for item in reversed(found):
        first, last = item.payload.line - 1, item.payload.end_line - 1
        before, after = lines[first][: item.column], result[last][item.end_column :]
        result[first : last + 1] = [""] * (last - first + 1)
        result[first] = before + after if first == last else before
        if first != last:
            result[last] = after
    return result


def _above(lines: Sequence[str], line: int) -> int:
    number = line - 1
    while number > 0 and not lines[number - 1].strip():
        number -= 1
    return number


def _placed(found: Found, outline: Outline, lines: Sequence[str]) -> Payload:
    payload = found.payload
    direction = payload.direction or outline.direction(payload.line, found.column)
    return replace(payload, section=outline.section(payload.line), direction=direction)


def _endpoint(address: Address, outline: Outline) -> Endpoint:
    section = outline.section(address.line)
    return Endpoint(address.line, address.method, address.path, section, address.is_example)


def _tables(grids: Sequence[Grid], outline: Outline) -> tuple[list[Table], list[Unread]]:
    tables: list[Table] = []
    unread: list[Unread] = []
    for grid in grids:
        rows = [row for row in (row_of(grid.headings, cells) for cells in grid.rows) if row]
        if not rows:
            unread.append(Unread(grid.line, grid.end_line, "a table without rows that have a name"))
            continue
        tables.append(
            Table(
                grid.line,
                outline.section(grid.line),
                outline.title(grid.line),
                grid.headings,
                tuple(rows),
                outline.direction(grid.line),
            )
        )
    return tables, unread


def _texts(payload: Payload) -> Iterator[tuple[int, str]]:
    pending: list[tuple[Pointer, JSON]] = [((), payload.value)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, str):
            yield payload.lines.get(pointer, payload.line), value
        elif isinstance(value, dict):
            pending.extend(((*pointer, key), item) for key, item in value.items())
        elif isinstance(value, list):
            pending.extend(((*pointer, index), item) for index, item in enumerate(value))
