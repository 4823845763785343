"""Tell what the columns of a table of fields hold, and read its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from brokerspec.audit.choices import choices_in
from brokerspec.audit.facts import Row


class Column(Enum):
    """Name what a column holds."""

    NAME = "name"
    TYPE = "type"
    REQUIRED = "required"
    DESCRIPTION = "description"
    VALUES = "values"
    SAMPLE = "sample"
    INDEX = "index"
    OTHER = "other"


_WORDS: dict[Column, str] = {
    Column.NAME: (
        "field name|field|fields|fieldname|name|parameter|parameters|parameter name|param|params"
        "|param name|key|attribute|attributes|attribute name|property|properties|property name"
        "|request parameter|request parameters|request param|response parameter|argument"
        "|response parameters|request field|response field|variable|member|element|column|header"
        "|header name|enum/strings|enum|constant|status code|http status|http code|error code"
        "|code|status|method|query parameter|path parameter|input|json fields|json field"
    ),
    Column.TYPE: (
        "type|data type|datatype|data type (max length)|data type(length)|datatypes|data types"
        "|field type|type (length)|format|param type"
    ),
    Column.REQUIRED: (
        "required|mandatory|optional|mandatory/optional|required/optional|optional/mandatory"
        "|m/o|is required|required?|mandatory?|presence|is mandatory|req|necessity"
    ),
    Column.DESCRIPTION: (
        "description|descriptions|remarks|remark|meaning|details|detail|comment|comments"
        "|explanation|definition|notes|note|purpose|desc"
    ),
    Column.VALUES: (
        "possible values|possible value|list of values|list values|allowed values|allowed value"
        "|valid values|value|values|enum values|accepted values|options|value(s)|enumeration"
        "|supported values"
    ),
    Column.SAMPLE: "sample value|sample values|example|examples|sample|example value|default",
    Column.INDEX: "#|no|no.|s.no|s.no.|s no|sr no|sr. no.|sr.no|sl no|sl. no.|sno",
    Column.OTHER: "validation|validations|response headers|constraints|length|max length|since",
}
_ROLES = {word: role for role, words in _WORDS.items() for word in words.split("|")}
_LONGEST = max(len(word.split()) for word in _ROLES)
_TYPE = re.compile(
    r"(?:string|str|text|char|varchar|int|integer|int32|int64|long|short|number|numeric|double"
    r"|float|decimal|bool|boolean|array|list|object|json|map|dict|date|datetime|timestamp|time"
    r"|enum|any|uuid|byte|bytes|null)(?:\b|(?=[\[(<]))(?:\[\]|<[^>]*>|\s?\([\w ,.]*\)|\[[\w ]*\])?",
    re.IGNORECASE,
)
_YES = {"yes", "y", "true", "mandatory", "required", "m", "r", "must", "always", "✓", "✔"}
_NO = {"no", "n", "false", "optional", "o", "not required", "non-mandatory", "not mandatory", "✗"}
_MARK = re.compile(r"\s*[\[(]\s*(required|optional|mandatory)\s*[\])]\s*|\s*\*+$", re.IGNORECASE)
_NOTHING = re.compile(r"[-\u2013—/\s.]*|n/?a|none|nil", re.IGNORECASE)
_NAME = re.compile(r"[^\s|]{1,80}(?:\s[^\s|]{1,40}){0,3}")


@dataclass(frozen=True, slots=True)
class Cells:
    """Hold the cells of one row as they are printed."""

    line: int
    texts: tuple[str, ...]
    values: tuple[str, ...] = ()


def column_of(heading: str) -> Column | None:
    """Tell what stands under a heading, or None where it is no known heading."""
    cleaned = re.sub(r"[*_`:]+", " ", heading).lower()
    return _ROLES.get(" ".join(cleaned.split()))


def split_headings(line: str) -> tuple[str, ...]:
    """Split a line that consists of headings only, or return nothing."""
    words = line.split()
    found: list[str] = []
    start = 0
    while start < len(words):
        for size in range(min(_LONGEST, len(words) - start), 0, -1):
            heading = " ".join(words[start : start + size])
            if column_of(heading) is not None:
                found.append(heading)
                start += size
                break
        else:
            return ()
    return tuple(found)


def is_header(headings: Sequence[str]) -> bool:
    """Say whether these are the headings of a table of fields."""
    roles = [column_of(heading) for heading in headings]
    known = [role for role in roles if role is not None]
    return (
        len(known) >= 2
        and len(known) * 2 >= len(roles)
        and Column.NAME in roles
        and any(role not in (Column.NAME, Column.INDEX) for role in known)
    )


def type_at_start(text: str) -> str:
    """Return the name of a type that a text begins with."""
    found = _TYPE.match(text)
    is_whole = found is not None and (found.end() == len(text) or text[found.end()].isspace())
    return found[0] if found is not None and is_whole else ""


def flag(text: str) -> bool | None:
    """Read a mark of what is required."""
    word = text.strip().strip(".[]()").lower()
    if word in _YES:
        return True
    return False if word in _NO else None


def row_of(headings: Sequence[str], cells: Cells) -> Row | None:
    """Read one row, or return None where it has no name."""
    roles = [column_of(heading) for heading in headings]
    found: dict[Column, list[tuple[str, str]]] = {}
    for heading, role, text in zip(headings, roles, cells.texts, strict=False):
        found.setdefault(role or Column.OTHER, []).append((heading.lower(), text.strip()))
    names = found.get(Column.NAME, [])
    name = names[0][1] if names else ""
    marks = {mark.lower() for mark in _MARK.findall(name)}
    bare = _MARK.sub("", name).strip().strip("`\"“”'") or name
    if not bare or _NAME.fullmatch(bare) is None:
        return None
    description = " ".join(text for _, text in found.get(Column.DESCRIPTION, []) if text)
    # A table may use the word of its second name column, as in "Parameter | Key | …".
    kind = next((text for _, text in found.get(Column.TYPE, []) if text), "")
    values = _values(found, description, cells.values)
    return Row(
        cells.line,
        bare,
        "" if _NOTHING.fullmatch(kind) else kind,
        _required(found, marks, name, description),
        description,
        tuple(value for value, _ in values),
        tuple(meaning for _, meaning in values),
    )


def _required(
    found: dict[Column, list[tuple[str, str]]], marks: set[str], name: str, description: str
) -> bool | None:
    for heading, text in found.get(Column.REQUIRED, []):
        answer = flag(text)
        if answer is not None:
            is_reversed = heading.startswith("optional") and "/" not in heading
            says_so = text.strip().lower() in ("mandatory", "required", "optional")
            return not answer if is_reversed and not says_so else answer
    if "optional" in marks or re.search(r"[\[(]optional[\])]|^optional\b", description.lower()):
        return False
    if marks & {"required", "mandatory"} or re.search(
        r"[\[(](?:required|mandatory)[\])]", description.lower()
    ):
        return True
    return True if name.endswith("*") else None


def _values(
    found: dict[Column, list[tuple[str, str]]], description: str, listed: tuple[str, ...]
) -> list[tuple[str, str]]:
    if listed:
        meanings = dict(choices_in(description))
        return [(value, meanings.get(value, "")) for value in listed]
    for _, text in found.get(Column.VALUES, []):
        if not _NOTHING.fullmatch(text):
            return choices_in(text, is_cell=True) or [(text.strip("\"“”'"), "")]
    return choices_in(description)
