"""Find tables in the layouts that documents print them in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brokerspec.audit.columns import (
    Cells,
    Column,
    column_of,
    is_header,
    split_headings,
    type_at_start,
)
from brokerspec.audit.grids_words import read_words

_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*")
_ONE_RULE = re.compile(r"\s*\|\s*:?-{3,}:?\s*\|\s*")
_PIPE = re.compile(r"(?<!\\)\|")
SKIP = "\f"


@dataclass(frozen=True, slots=True)
class Grid:
    """Hold the cells of one table and the lines that it fills."""

    line: int
    end_line: int
    headings: tuple[str, ...]
    rows: tuple[Cells, ...]


def find_grids(lines: Sequence[str], taken: frozenset[int]) -> Iterator[Grid]:
    """Find the tables outside of the lines that are taken."""
    heads = _heads(lines, taken)
    line = 1
    while line <= len(lines):
        if line in taken or not lines[line - 1].strip():
            line += 1
            continue
        grid = (
            _ruled(lines, line, heads, taken)
            or _stacked(lines, line, taken)
            or _piped(lines, line, heads, taken)
            or _spaced(lines, line, taken)
            or _worded(lines, line, taken)
        )
        if grid is not None:
            yield grid
            line = grid.end_line + 1
        else:
            line += 1


def split_cells(line: str) -> list[str]:
    """Split a line at its pipes."""
    text = line.strip()
    cells = [cell.strip().replace("\\|", "|") for cell in _PIPE.split(text)]
    if text.startswith("|") and len(cells) > 1 and text != "|":
        cells = cells[1:]
    if text.endswith("|") and not text.endswith("\\|"):
        cells = cells[:-1]
    return cells


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line) is not None or _ONE_RULE.fullmatch(line) is not None


def _heads(lines: Sequence[str], taken: frozenset[int]) -> dict[int, tuple[int, list[str]]]:
    """Map the first line of each header above a rule to the rule and the headings."""
    found: dict[int, tuple[int, list[str]]] = {}
    for index, text in enumerate(lines):
        if "--" not in text or not _is_rule(text) or index + 1 in taken:
            continue
        width = len(split_cells(text))
        first, cells = index, list[str]()
        while first > 0 and "|" in lines[first - 1] and not _is_rule(lines[first - 1]):
            above = split_cells(lines[first - 1])
            if len(above) + len(cells) > width:
                break
            cells = above + cells
            first -= 1
        if cells:
            found[first + 1] = (index + 1, cells + [""] * (width - len(cells)))
    return found


def _ruled(
    lines: Sequence[str],
    line: int,
    heads: dict[int, tuple[int, list[str]]],
    taken: frozenset[int],
) -> Grid | None:
    if line not in heads:
        return None
    rule, headings = heads[line]
    rows, end = _rows(lines, rule + 1, len(headings), heads, taken)
    return Grid(line, end, tuple(headings), tuple(rows))


def _piped(
    lines: Sequence[str],
    line: int,
    heads: dict[int, tuple[int, list[str]]],
    taken: frozenset[int],
) -> Grid | None:
    """Read a table with pipes whose header has no rule under it."""
    if "|" not in lines[line - 1]:
        return None
    headings = split_cells(lines[line - 1])
    if len(headings) < 2 or not is_header(headings):
        return None
    rows, end = _rows(lines, line + 1, len(headings), heads, taken)
    return Grid(line, end, tuple(headings), tuple(rows)) if rows else None


def _rows(
    lines: Sequence[str],
    line: int,
    width: int,
    heads: dict[int, tuple[int, list[str]]],
    taken: frozenset[int],
) -> tuple[list[Cells], int]:
    rows: list[tuple[int, list[str]]] = []
    end = line - 1
    while line <= len(lines) and line not in heads and line not in taken:
        text = lines[line - 1]
        if text == SKIP:
            line += 1
            continue
        if "|" not in text:
            if not _wraps(lines, line, rows, width):
                break
            rows[-1][1][-1] = f"{rows[-1][1][-1]} {text.strip()}"
        else:
            cells = split_cells(text)
            if rows and _continues(rows[-1][1], cells, width, is_open=_is_open(lines, line)):
                rows[-1][1].extend(cells)
            else:
                rows.append((line, cells))
        end = line
        line += 1
    return [Cells(number, tuple(cells[:width])) for number, cells in rows], end


def _continues(row: list[str], cells: list[str], width: int, *, is_open: bool) -> bool:
    """Say whether a line holds the cells that the row before it lacks."""
    return len(row) + len(cells) <= width and (len(cells) < len(row) or is_open)


def _is_open(lines: Sequence[str], line: int) -> bool:
    return not lines[line - 2].rstrip().endswith("|")


def _wraps(lines: Sequence[str], line: int, rows: list[tuple[int, list[str]]], width: int) -> bool:
    """Say whether a line without pipes goes on with the last cell of a row."""
    text = lines[line - 1].strip()
    if not text or not rows or line >= len(lines):
        return False
    above, below = lines[line - 2].rstrip(), lines[line].strip()
    is_between = "|" in below and not _is_rule(below) and not _is_heading_line(below)
    return not above.endswith("|") and is_between and len(rows[-1][1]) <= width


def _is_heading_line(text: str) -> bool:
    return is_header(split_cells(text)) or column_of(text.rstrip("|")) is not None


def _stacked(lines: Sequence[str], line: int, taken: frozenset[int]) -> Grid | None:
    """Read a table whose cells stand on a line each, with a pipe behind all but the last."""
    headings: list[str] = []
    at = line
    roles: set[Column] = set()
    while at <= len(lines) and lines[at - 1].rstrip().endswith("|"):
        cell = lines[at - 1].rstrip().rstrip("|").strip()
        role = column_of(cell)
        # A field may be named like a heading, but no heading comes twice.
        if "|" in cell or role is None or role in roles:
            break
        # A type stands behind the name of a field, never behind a heading.
        if len(headings) > 1 and at < len(lines) and type_at_start(lines[at].strip(" |")):
            break
        roles.add(role)
        headings.append(cell)
        at += 1
    if len(headings) < 2 or not is_header(headings):
        return None
    rows: list[Cells] = []
    end = at - 1
    while at <= len(lines):
        row = _stacked_row(lines, at, len(headings), taken)
        if row is None:
            break
        cells, at = row
        rows.append(cells)
        end = at - 1
    return Grid(line, end, tuple(headings), tuple(rows)) if rows else None


def _stacked_row(
    lines: Sequence[str], line: int, width: int, taken: frozenset[int]
) -> tuple[Cells, int] | None:
    cells: list[str] = []
    first = 0
    while len(cells) < width:
        if line > len(lines) or line in taken:
            break
        text = lines[line - 1].strip()
        if text == "" and lines[line - 1] == SKIP:
            line += 1
            continue
        is_last = len(cells) == width - 1
        if not text.endswith("|") and (not is_last or not text):
            break
        first = first or line
        cells.append(text.rstrip("|").strip())
        line += 1
    if not cells or not cells[0]:
        return None
    if len(cells) == 1 or (
        column_of(cells[0]) is column_of("field name") and len(cells) == width and is_header(cells)
    ):
        return None
    line = _wrapped_end(lines, line, cells, width, taken)
    return Cells(first, tuple(cells)), line


def _wrapped_end(
    lines: Sequence[str], line: int, cells: list[str], width: int, taken: frozenset[int]
) -> int:
    """Take the lines that the last cell of a row was broken into."""
    if len(cells) < width or not cells[-1]:
        return line
    for size in (1, 2):
        ahead = lines[line - 1 : line + size]
        if len(ahead) <= size or any(line + step in taken for step in range(size + 1)):
            return line
        broken, after = ahead[:size], ahead[size].strip()
        is_text = all(text[:1].islower() and not text.rstrip().endswith("|") for text in broken)
        if not is_text:
            return line
        if after.endswith("|") and column_of(after.rstrip("| ")) is None:
            cells[-1] = " ".join([cells[-1], *(text.strip() for text in broken)])
            return line + size
    return line


def _spaced(lines: Sequence[str], line: int, taken: frozenset[int]) -> Grid | None:
    """Read a table whose columns are kept apart by tabs or by several blanks."""
    header = lines[line - 1].rstrip()
    starts, headings = _columns(header)
    if len(headings) < 2 or not is_header(headings):
        return None
    rows: list[tuple[int, list[str]]] = []
    at, end = line + 1, line
    blanks = 0
    while at <= len(lines) and at not in taken:
        text = lines[at - 1].rstrip()
        at += 1
        if not text.strip():
            blanks += text != SKIP
            if blanks > 1:
                break
            continue
        cells = _at_columns(text, starts, is_tabbed="\t" in header)
        if sum(1 for cell in cells if cell) < 2 and (cells[0] or not rows):
            break
        blanks = 0
        if cells[0] or not rows:
            rows.append((at - 1, cells))
        else:
            for index, cell in enumerate(cells):
                rows[-1][1][index] = f"{rows[-1][1][index]} {cell}".strip()
        end = at - 1
    grid = tuple(Cells(number, tuple(cells)) for number, cells in rows)
    return Grid(line, end, tuple(headings), grid) if grid else None


def _columns(header: str) -> tuple[list[int], list[str]]:
    starts: list[int] = []
    headings: list[str] = []
    for found in re.finditer(r"\S+(?:[ ]\S+)*", header):
        starts.append(found.start())
        headings.append(found[0])
    return starts, headings


def _at_columns(text: str, starts: list[int], *, is_tabbed: bool) -> list[str]:
    if is_tabbed:
        cells = [cell.strip() for cell in text.split("\t")]
        return (cells + [""] * len(starts))[: len(starts)]
    cells = [""] * len(starts)
    for found in re.finditer(r"\S+(?:[ ]\S+)*", text):
        nearest = min(range(len(starts)), key=lambda index: abs(starts[index] - found.start()))
        cells[nearest] = f"{cells[nearest]} {found[0]}".strip()
    return cells


def _worded(lines: Sequence[str], line: int, taken: frozenset[int]) -> Grid | None:
    """Read a table whose columns run into each other."""
    headings = split_headings(lines[line - 1])
    if len(headings) < 2 or not is_header(headings):
        return None
    rows, end = read_words(lines, line + 1, headings, taken)
    return Grid(line, end, headings, tuple(rows)) if rows else None
