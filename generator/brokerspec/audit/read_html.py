"""Read an HTML page into lines: text, code as it stands, tables with pipes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from brokerspec.audit.facts import Kind, Text

_SILENT = frozenset(("head", "script", "style", "template", "svg", "nav", "button", "noscript"))
_KEPT = frozenset(("pre", "textarea", "xmp"))
_BLOCKS_WORDS = (
    "address article aside blockquote body br details dialog div dd dl dt fieldset figcaption"
    " figure footer form header hr html li main ol option p section summary ul h1 h2 h3 h4 h5 h6"
    " table thead tbody tfoot tr td th caption"
)
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_APART_WORDS = "h1 h2 h3 h4 h5 h6 table pre p ul ol dl section article"
_APART = frozenset(_APART_WORDS.split())
_INLINE_WORDS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label link"
    " mark meta meter nobr output picture progress q s samp select small source span strike"
    " strong sub sup time track tt u var video wbr"
)
_INLINE = frozenset(_INLINE_WORDS.split())
_HEADING = re.compile(r"h[1-6]")
_BLANKS = re.compile(r"[ \t\r\n\f\xa0\u200b\ufeff]+")
_JOINED_METHOD = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)(?=/\w)")


@dataclass(slots=True)
class _Cell:
    line: int
    span: int
    depth: int
    parts: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    is_code: bool = False


@dataclass(slots=True)
class _Table:
    rows: list[list[_Cell]] = field(default_factory=list[list[_Cell]])
    carried: dict[int, tuple[int, str]] = field(default_factory=dict[int, tuple[int, str]])


class Page(HTMLParser):
    """Collect the lines of an HTML page with the lines of the file that they come from."""

    def __init__(self, first: int = 1) -> None:
        super().__init__(convert_charrefs=True)
        self._offset = first - 1
        self.lines: list[tuple[int, str]] = []
        self.headings: list[int] = []
        self._words: list[str] = []
        self._line = 0
        self._silent: list[str] = []
        self._kept = 0
        self._tables: list[_Table] = []
        self._is_heading = False
        self._prefix = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if self._silent or tag in _SILENT:
            if tag in _SILENT:
                self._silent.append(tag)
            return
        if tag in _KEPT:
            self._break(is_apart=True)
            self._kept += 1
        elif tag not in _BLOCKS:
            # What no browser knows is a placeholder such as <clientID> that was not escaped.
            if tag not in _INLINE and "-" not in tag:
                self.handle_data(self.get_starttag_text() or "")
        elif tag in ("table", "tr", "td", "th"):
            self._begin_of_table(tag, dict(attrs))
        elif tag == "dd" and self._words:
            self._words.append(" - ")
        else:
            self._break(is_apart=tag in _APART)
            self._is_heading = _HEADING.fullmatch(tag) is not None
            if tag == "li":
                self._prefix = "- "

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._silent:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
            return
        if tag in _KEPT:
            self._break(is_apart=True)
            self._kept = max(0, self._kept - 1)
        elif tag in ("td", "th", "tr"):
            self._break()
        elif tag == "table":
            self._end_of_table()
        elif tag in _BLOCKS and tag != "dt":
            self._break(is_apart=tag in _APART)
            self._is_heading = False

    def handle_data(self, data: str) -> None:
        """Take a piece of text."""
        if self._silent:
            return
        line = self.getpos()[0] + self._offset
        if not self._kept:
            leading = len(data) - len(data.lstrip())
            if not self._words:
                self._line = line + data[:leading].count("\n")
            if data.strip() or self._words:
                self._words.append(_BLANKS.sub(" ", data))
            return
        for index, text in enumerate(data.split("\n")):
            if index:
                self._flush()
                self._line = line + index
            elif not self._words:
                self._line = line
            self._words.append(text.replace("\r", "").replace("\xa0", " "))

    def finish(self) -> None:
        """End whatever is still open."""
        self.close()
        self._break()
        while self._tables:
            self._end_of_table()

    def _break(self, *, is_apart: bool = False) -> None:
        self._flush()
        if is_apart:
            self._put(self.getpos()[0] + self._offset, "")

    def _flush(self) -> None:
        text = "".join(self._words)
        self._words = []
        if not self._kept:
            text = _BLANKS.sub(" ", text).strip()
            text = _JOINED_METHOD.sub(r"\1 ", text)
        elif text:
            cell = self._cell()
            if cell is not None:
                cell.is_code = True
        if text or self._kept:
            if self._is_heading and text and not self._tables:
                self.headings.append(len(self.lines) + 1)
            self._put(self._line, self._prefix + text)
            self._prefix = ""

    def _put(self, line: int, text: str) -> None:
        cell = self._cell()
        if cell is not None:
            cell.parts.append((line, text))
        elif text or (self.lines and self.lines[-1][1]):
            self.lines.append((line, text))

    def _cell(self) -> _Cell | None:
        rows = self._tables[-1].rows if self._tables else []
        return rows[-1][-1] if rows and rows[-1] else None

    def _begin_of_table(self, tag: str, attrs: dict[str, str | None]) -> None:
        self._break()
        if tag == "table":
            self._tables.append(_Table())
        elif self._tables and tag == "tr":
            self._tables[-1].rows.append([])
        elif self._tables:
            if not self._tables[-1].rows:
                self._tables[-1].rows.append([])
            line = self.getpos()[0] + self._offset
            across, down = _span(attrs.get("colspan")), _span(attrs.get("rowspan"))
            self._tables[-1].rows[-1].append(_Cell(line, across, down))

    def _end_of_table(self) -> None:
        self._break()
        if not self._tables:
            return
        table = self._tables.pop()
        rows = [row for row in table.rows if row]
        is_code = any(cell.is_code and len(cell.parts) > 2 for row in rows for cell in row)
        self._put(self.getpos()[0] + self._offset, "")
        if is_code or max((len(row) for row in rows), default=0) < 2:
            for line, text in _unpacked(rows):
                self._put(line, text)
        else:
            for line, text in _piped(table, rows):
                self._put(line, text)
        self._put(self.getpos()[0] + self._offset, "")


def _span(printed: str | None) -> int:
    return min(int(printed), 50) if printed and printed.isdigit() and int(printed) else 1


def _unpacked(rows: list[list[_Cell]]) -> list[tuple[int, str]]:
    """Return the lines of a table that only places code on the page."""
    lines: list[tuple[int, str]] = []
    for row in rows:
        for cell in row:
            texts = [text.strip() for _, text in cell.parts if text.strip()]
            is_gutter = bool(texts) and all(text.isdigit() for text in texts)
            if not is_gutter or len(row) == 1:
                lines.extend(cell.parts)
    return lines


def _piped(table: _Table, rows: list[list[_Cell]]) -> list[tuple[int, str]]:
    grid = [_spread(table, row) for row in rows]
    width = max(len(texts) for texts in grid)
    lines = [
        (row[0].line, "| " + " | ".join(texts + [""] * (width - len(texts))) + " |")
        for row, texts in zip(rows, grid, strict=True)
    ]
    rule = (lines[0][0], "|" + " --- |" * width)
    return [lines[0], rule, *lines[1:]]


def _spread(table: _Table, row: list[_Cell]) -> list[str]:
    """Give every column its text, also where a cell reaches over several."""
    texts: list[str] = []
    cells = iter(row)
    cell = next(cells, None)
    while cell is not None or len(texts) in table.carried:
        left, text = table.carried.pop(len(texts), (0, ""))
        if left:
            if left > 1:
                table.carried[len(texts)] = (left - 1, text)
            texts.append(text)
            continue
        if cell is None:
            break
        for _ in range(cell.span):
            if cell.depth > 1:
                table.carried[len(texts)] = (cell.depth - 1, _cell_text(cell))
            texts.append(_cell_text(cell))
        cell = next(cells, None)
    return texts


def _cell_text(cell: _Cell) -> str:
    parts = [_BLANKS.sub(" ", text.removeprefix("- ")).strip() for _, text in cell.parts]
    filled = [part for part in parts if part]
    # Short words on lines of their own are a list of values.
    is_list = len(filled) > 1 and all(len(part.split()) <= 2 for part in filled)
    joined = (", " if is_list else " ").join(
        part.rstrip(",") if is_list else part for part in filled
    )
    return joined.replace("|", "\\|")


def read_html(source: str, label: str, kind: Kind = "html") -> Text:
    """Read a page."""
    page = Page()
    page.feed(source)
    page.finish()
    lines = tuple(text for _, text in page.lines)
    numbers = tuple(line for line, _ in page.lines)
    return Text(label, kind, lines, headings=tuple(page.headings), numbers=numbers)
