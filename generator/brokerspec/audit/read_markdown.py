"""Read a Markdown document into lines: text, code as it stands, tables with pipes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from brokerspec.audit.facts import Text
from brokerspec.audit.read_html import Page
from brokerspec.audit.refusing import refuse_without

if TYPE_CHECKING:
    from markdown_it.token import Token

_CODE_LIKE = re.compile(r"^\s*[{}\[\]]|[\"“”]\s*:", re.MULTILINE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_markdown(source: str, label: str) -> Text:
    """Read a document in the dialect of CommonMark with tables."""
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        refuse_without(label, "markdown-it-py")
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = _after_front_matter(lines)
    parser = MarkdownIt("commonmark").enable("table")
    document = _Document(lines, first)
    document.take(parser.parse("\n".join(lines[first:])))
    numbers = tuple(line for line, _ in document.lines)
    texts = tuple(text for _, text in document.lines)
    return Text(label, "markdown", texts, headings=tuple(document.headings), numbers=numbers)


def _after_front_matter(lines: list[str]) -> int:
    if lines[0].strip() == "---":
        for index, line in enumerate(lines[1:], start=1):
            if line.strip() in ("---", "..."):
                return index + 1
    return 0


class _Document:
    def __init__(self, source: list[str], first: int) -> None:
        self._source = source
        self._first = first
        self.lines: list[tuple[int, str]] = []
        self.headings: list[int] = []
        self._prefix = ""
        self._row: list[str] | None = None
        self._row_line = 0
        self._is_heading = False

    def take(self, tokens: list[Token]) -> None:
        for token in tokens:
            start = self._first + (token.map[0] if token.map else 0)
            if token.type in ("fence", "code_block"):
                self._code(token, start + 1 + (token.type == "fence"))
            elif token.type == "html_block":
                self._html(token.content, start + 1)
            elif token.type == "heading_open":
                self._is_heading = True
            elif token.type == "heading_close":
                self._is_heading = False
                self._blank()
            elif token.type == "list_item_open":
                self._prefix = "- "
            elif token.type == "inline":
                self._inline(token, start)
            else:
                self._table(token, start + 1)
                if token.type.endswith("_close") and token.level == 0:
                    self._blank()

    def _code(self, token: Token, line: int) -> None:
        self._blank()
        content = token.content.removesuffix("\n").split("\n")
        self.lines.extend((line + index, text) for index, text in enumerate(content))
        self._blank()

    def _html(self, content: str, line: int) -> None:
        page = Page(line)
        page.feed(content)
        page.finish()
        self.headings.extend(len(self.lines) + number for number in page.headings)
        self.lines.extend(page.lines)

    def _inline(self, token: Token, start: int) -> None:
        if self._row is not None:
            self._row.append(_plain(token).replace("\n", " ").replace("|", "\\|"))
            return
        if self._is_heading:
            self._blank()
            self.headings.append(len(self.lines) + 1)
        raw = self._source[start : self._first + token.map[1]] if token.map else []
        texts = _plain(token).split("\n")
        # What looks like code must keep its stars and underscores.
        if not self._is_heading and _CODE_LIKE.search(token.content):
            texts = [line.lstrip("> ") for line in raw]
        for index, text in enumerate(texts):
            self.lines.append((start + 1 + index, self._prefix + text))
            self._prefix = ""

    def _table(self, token: Token, line: int) -> None:
        if token.type == "table_open":
            self._blank()
        elif token.type == "tr_open":
            self._row, self._row_line = [], line
        elif token.type == "tr_close" and self._row is not None:
            self.lines.append((self._row_line, "| " + " | ".join(self._row) + " |"))
            self._width = len(self._row)
            self._row = None
        elif token.type == "thead_close":
            self.lines.append((self._row_line, "|" + " --- |" * self._width))

    def _blank(self) -> None:
        if self.lines and self.lines[-1][1]:
            self.lines.append((self.lines[-1][0], ""))


def _plain(token: Token) -> str:
    """Return the text of a line without its marks."""
    parts: list[str] = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "html_inline":
            parts.append(_inline_html(child.content))
        else:
            parts.append(child.content)
    return "".join(parts)


def _inline_html(content: str) -> str:
    if _BREAK.fullmatch(content):
        return ", "
    page = Page()
    page.feed(content)
    page.finish()
    return " ".join(text for _, text in page.lines)
