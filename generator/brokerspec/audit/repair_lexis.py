"""Read the smallest parts of JSON that people have typed: texts, numbers, words, comments."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from brokerspec.audit.facts import Repair
from brokerspec.tree import DEFAULT, JSON

_DOUBLE = '"“”„‟″\uff02'
_SINGLE = "'\u2018\u2019\u201a\u201b\u2032`"
_NUMBER = re.compile(
    r"[-+\u2212]?(?:\d+(?:\.\d+)?|\.\d+|\d+\.(?=\s*[,}\]]))(?:[eE][-+]?\d+)?"
    r"(?=\s*(?:$|[,;}\])|]|//|/\*)|\s+(?:[#(<=←]|-+>|or\b))"
)
_STRICT = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?\Z")
_LITERAL = re.compile(r"(true|false|null|none|undefined|nil|nan)\b", re.IGNORECASE)
_WORDS: dict[str, JSON] = {"true": True, "false": False}
_AFTER_KEY = re.compile(r"\s*(?:$|:|=|/\*|//)|\s+[\"“][^\"“”:]*[\"”]\s*(?:[,}]|$)")
_AFTER_TEXT = re.compile(
    r"""\s*(?:$|[,}\])|;]|//|/\*|\#|<-|-+>|←|/\s*["“]|or\s+["“]|\([^()"“”]*\)\s*(?:[,}\]]|$))"""
)
_NEXT_KEY = re.compile(r"""\s*["“”'\u2018\u2019][^"“”'\u2018\u2019]+["“”'\u2018\u2019]\s*:""")
_STARTS_MEMBER = re.compile(
    r"""\s*(?:["“”'\u2018\u2019][^"“”'\u2018\u2019]*["“”'\u2018\u2019]\s*[:,\]]|[}\]])"""
)
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_BARE = re.compile(r"[^,}\]\"“”]+?[\"”]?(?=\s*(?:[,}\]]|//|/\*|\s#|$))")
_JUNK = re.compile(r"[^\"“”{}\[\],:]+")
_LINES_OF_A_TEXT = 6
_LINES_OF_A_COMMENT = 40


@dataclass(frozen=True, slots=True)
class Scalar:
    """Hold one value, which may be null."""

    value: JSON


class Cursor:
    """Walk through the lines of a document and take note of what is repaired."""

    def __init__(self, lines: Sequence[str], line: int, column: int) -> None:
        self._lines = lines
        self.line = line
        self._column = column
        self.last = (line, column)
        self._notes: dict[str, list[int]] = {}

    def rest(self) -> str:
        """Return what is left of the line."""
        return self._text()[self._column :]

    def peek(self) -> str:
        """Return the next character, or an empty text at the end."""
        return self.rest()[:1]

    def take(self, count: int = 1) -> None:
        """Step over characters of the line."""
        self._column += count
        self.last = (self.line, self._column)

    def is_line_start(self) -> bool:
        """Say whether nothing stands before the cursor on its line."""
        return not self._text()[: self._column].strip()

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Take what a pattern matches here."""
        found = pattern.match(self.rest())
        if found is None:
            return None
        self.take(found.end())
        return found[0]

    def note(self, what: str, *, line: int | None = None) -> None:
        """Record a repair."""
        self._notes.setdefault(what, []).append(self.line if line is None else line)

    def repairs(self) -> tuple[Repair, ...]:
        """Return the repairs, each kind once, at its first line."""
        found = [
            Repair(lines[0], what if len(lines) == 1 else f"{what} ({len(lines)} times)")
            for what, lines in self._notes.items()
        ]
        return tuple(sorted(found, key=lambda repair: repair.line))

    def skip(self) -> list[tuple[int, str]]:
        """Step over blanks, line ends and comments; return the comments."""
        comments: list[tuple[int, str]] = []
        while self.line <= len(self._lines):
            rest = self.rest()
            blank = len(rest) - len(rest.lstrip())
            self._column += blank
            rest = rest[blank:]
            if not rest:
                self.line, self._column = self.line + 1, 0
            elif rest.startswith("//") or rest[0] == "#":
                comments.append((self.line, rest.lstrip("/# ").rstrip()))
                self.note("comments were left out")
                self.take(len(rest))
            elif rest.startswith("/*"):
                comments.append(self._block(rest))
            else:
                break
        return comments

    def key(self) -> str | None:
        """Take a key in quotes."""
        rest = self.rest()
        if rest[:1] and rest[0] in _DOUBLE + _SINGLE:
            return self._quoted(rest[0], _AFTER_KEY)
        return self._escaped() if rest.startswith('\\"') else None

    def scalar(self) -> Scalar | None:
        """Take a text, a number or a word of JSON, however it is printed."""
        rest = self.rest()
        if rest[:1] and rest[0] in _DOUBLE + _SINGLE:
            return Scalar(self._quoted(rest[0], _AFTER_TEXT))
        if rest.startswith('\\"'):
            return Scalar(self._escaped())
        found = _NUMBER.match(rest)
        if found is not None:
            self.take(found.end())
            return Scalar(self._number(found[0]))
        found = _LITERAL.match(rest)
        if found is None:
            return None
        self.take(found.end())
        if found[0] not in ("true", "false", "null"):
            self.note(f"{found[0]} was read as a word of JSON")
        return Scalar(_WORDS.get(found[0].lower()))

    def bare_value(self) -> Scalar | None:
        """Take the words up to the next mark as a text."""
        found = self.match(_BARE)
        if found is None:
            return None
        text = found.strip()
        if text[-1] in _DOUBLE:
            self.note("a missing quote was added")
            return Scalar(text[:-1].rstrip())
        self.note("a value without quotes was read as a text")
        return Scalar(text)

    def junk(self) -> str:
        """Take words that belong to no value."""
        return (self.match(_JUNK) or "").strip()

    def _text(self) -> str:
        return self._lines[self.line - 1] if self.line <= len(self._lines) else ""

    def _block(self, rest: str) -> tuple[int, str]:
        line, text = self.line, rest[2:]
        self.note("comments were left out")
        ahead = self._lines[self.line : self.line + _LINES_OF_A_COMMENT]
        if "*/" not in text and not any("*/" in following for following in ahead):
            self.take(len(rest))
            return line, text.strip()
        while "*/" not in text and self.line < len(self._lines):
            self.line, self._column = self.line + 1, 0
            text += " " + self._text()
        end = self._text().find("*/", self._column)
        self.take((end + 2 if end >= 0 else len(self._text())) - self._column)
        return line, text.split("*/")[0].strip()

    def _number(self, printed: str) -> JSON:
        text = printed.replace("\u2212", "-").lstrip("+")
        if len(text) > DEFAULT.digits:
            self.note(f"a number of more than {DEFAULT.digits} digits was read as a text")
            return printed
        if re.match(r"[-+]?0\d+$", text):
            self.note(f"{printed} was read as a text, as no number begins with a zero")
            return printed
        if _STRICT.match(printed) is None:
            self.note(f"{printed} was read as a number")
        return int(text) if text.lstrip("-").isdigit() else Decimal(text)

    def _escaped(self) -> str:
        self.note("escaped quotes were read as quotes")
        self.take(2)
        rest = self.rest()
        end = rest.find('\\"')
        end = len(rest) if end < 0 else end
        self.take(min(end + 2, len(rest)))
        return rest[:end]

    def _quoted(self, opener: str, after: re.Pattern[str]) -> str:
        family = _DOUBLE if opener in _DOUBLE else _SINGLE
        self._count(opener)
        self.take()
        parts: list[str] = []
        first = self.line
        while True:
            rest = self.rest()
            end = _closing(rest, family, after)
            if end is not None:
                self._count(rest[end])
                self.take(end + 1)
                parts.append(rest[:end])
                if opener == '"' and '"' in rest[:end].replace('\\"', ""):
                    self.note("quotes inside a text were kept")
                break
            if self._is_unclosed(family, first, after):
                parts.append(rest.rstrip().rstrip(","))
                self.note("a missing quote was added")
                self.take(len(rest.rstrip().rstrip(",")))
                break
            parts.append(rest)
            self.note("a text broken over lines was joined")
            self.line, self._column = self.line + 1, 0
        return self._unescape(_join(parts))

    def _is_unclosed(self, family: str, first: int, after: re.Pattern[str]) -> bool:
        """Say whether a text ends with its line although no quote closes it."""
        if self.line - first >= _LINES_OF_A_TEXT or self.line >= len(self._lines):
            return True
        following = self._lines[self.line]
        if _STARTS_MEMBER.match(following):
            return True
        ahead = self._lines[self.line : first + _LINES_OF_A_TEXT]
        return not any(_closing(line, family, after) is not None for line in ahead)

    def _count(self, mark: str) -> None:
        if mark in _SINGLE:
            self.note("single quotes were read as double quotes")
        elif mark != '"':
            self.note("curly quotes were read as straight ones")

    def _unescape(self, text: str) -> str:
        if "\\" not in text and all(character >= " " for character in text):
            return text
        cleaned = _ESCAPE.sub("", text)
        if "\\" in cleaned:
            self.note("a backslash that escapes nothing was kept")
            kept = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
            text = kept.sub(r"\\\\", text)
        quoted = _ESCAPE.sub(lambda found: found[0].replace('"', "u0022"), text)
        value: str = json.loads(f'"{quoted.replace(chr(34), chr(92) + chr(34))}"', strict=False)
        if any("\ud800" <= character <= "\udfff" for character in value):
            self.note("half of a surrogate pair was replaced")
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value


def _closing(rest: str, family: str, after: re.Pattern[str]) -> int | None:
    """Find the quote that closes a text; quotes inside it do not."""
    last = None
    index = 0
    while index < len(rest):
        character = rest[index]
        if character == "\\":
            index += 2
            continue
        if character in family:
            if after.match(rest, index + 1) or _NEXT_KEY.match(rest, index + 1):
                return index
            last = index
        index += 1
    return last


def _join(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    stripped = [part.strip() if index else part.rstrip() for index, part in enumerate(parts)]
    # A long run without a blank is a token that was broken for its length.
    is_token = all(" " not in part for part in stripped) and len(stripped[0]) >= 40
    return ("" if is_token else " ").join(stripped)
