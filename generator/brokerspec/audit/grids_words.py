"""Read tables whose columns run into each other with single blanks between them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from brokerspec.audit.columns import Cells, Column, column_of, flag, type_at_start

_NAME = re.compile(r"[A-Za-z_$@][\w.\-\[\]$@]*[?*]?")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_\-]*")
_MEANT = re.compile(r"\S+\s+[-\u2013—]\s")
_FLAG_AT_END = re.compile(r"^(.*\S)\s+(Yes|No|YES|NO|Y|N|Mandatory|Optional|Required|True|False)$")
_MEANT_WORDS = re.compile(r"(\S+(?:\s\S+){1,2}?)\s+[-\u2013\u2014]\s(?!It can)")
_PROSE = re.compile(r"^[A-Z][a-z]+(?:\s+[a-z]+){3,}")


class _Reader:
    def __init__(self, headings: Sequence[str]) -> None:
        roles = [column_of(heading) for heading in headings]
        self._roles = roles
        self._has_flag = Column.REQUIRED in roles
        self._has_type = Column.TYPE in roles
        self._has_index = roles[0] is Column.INDEX
        self.rows: list[Cells] = []
        self._line = 0
        self._name = ""
        self._kind = ""
        self._words: list[str] = []
        self._listed: list[str] = []
        self._flag = ""

    def take(self, line: int, text: str) -> bool:
        """Take one line; say whether it belongs to the table."""
        if self._line and self._goes_on(text):
            self._more(text)
            return True
        if self._has_index:
            number, _, text = text.partition(" ")
            if not number.rstrip(".)").isdigit() or not text:
                return False
        name, _, rest = text.partition(" ")
        if _NAME.fullmatch(name) is None or _is_prose(text, name, has_flag=self._has_flag):
            return False
        self.finish()
        self._line, self._name = line, name
        self._begin(rest.strip())
        return True

    def finish(self) -> None:
        """End the row that is being read."""
        if not self._line:
            return
        texts = {
            Column.INDEX: "",
            Column.NAME: self._name,
            Column.TYPE: self._kind,
            Column.DESCRIPTION: " ".join(self._words),
            Column.REQUIRED: self._flag,
        }
        cells = tuple(texts.get(role, "") if role else "" for role in self._roles)
        self.rows.append(Cells(self._line, cells, tuple(self._listed)))
        self._line, self._name, self._kind, self._flag = 0, "", "", ""
        self._words, self._listed = [], []

    def _begin(self, rest: str) -> None:
        if self._has_type:
            self._kind = type_at_start(rest)
            rest = rest[len(self._kind) :].strip()
        if self._has_flag:
            found = _FLAG_AT_END.match(rest)
            if found is not None:
                rest, self._flag = found[1], found[2]
            elif flag(rest) is not None:
                rest, self._flag = "", rest
        if rest:
            self._words.append(rest)
            self._value_of(rest)

    def _goes_on(self, text: str) -> bool:
        if flag(text) is not None and " " not in text:
            return self._has_flag
        if not self._has_flag or self._flag:
            return False
        is_value = " " not in text or _MEANT.match(text) is not None
        return is_value or self._is_listing(text)

    def _is_listing(self, text: str) -> bool:
        """Say whether a line goes on with a list of values, which may have several words."""
        if not self._listed or "_" in text.split()[0]:
            return False
        return text[:1].isupper() or _MEANT_WORDS.match(text) is not None

    def _more(self, text: str) -> None:
        if flag(text) is not None and " " not in text:
            # Of several marks in a row only the last says whether the field is required.
            if self._flag:
                self._listed.append(self._flag)
                self._words.append(self._flag)
            self._flag = text
            return
        self._words.append(text)
        self._value_of(text, is_line=True)

    def _value_of(self, text: str, *, is_line: bool = False) -> None:
        words = _MEANT_WORDS.match(text) if is_line else None
        if words is not None:
            self._listed.append(words[1])
        elif (
            _MEANT.match(text)
            and (is_line or _CODE.fullmatch(text.split()[0]))
            and text.split()[0] != self._name
        ):
            self._listed.append(text.split()[0])
        elif is_line and " " not in text:
            self._listed.append(text)


def _is_prose(text: str, name: str, *, has_flag: bool) -> bool:
    if text.rstrip().endswith((":", ":-")):
        return True
    return not has_flag and _PROSE.match(text) is not None and "_" not in name


def read_words(
    lines: Sequence[str], line: int, headings: Sequence[str], taken: frozenset[int]
) -> tuple[list[Cells], int]:
    """Read the rows below a header, and say where they end."""
    reader = _Reader(headings)
    end = line - 1
    while line <= len(lines) and line not in taken:
        text = lines[line - 1].strip()
        if not text and lines[line - 1] != "\f":
            break
        if text and not reader.take(line, text):
            break
        end = line
        line += 1
    reader.finish()
    return reader.rows, end
