"""Give the rows of tables and the lists of values to the members that they describe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from brokerspec.audit.facts import Facts, ListedValue, Row, Table, ValueList
from brokerspec.init.calls import Call
from brokerspec.init.meaning import fits
from brokerspec.init.names import singular
from brokerspec.init.shapes import Shape, shape_of
from brokerspec.naming import words

_NAME: Final = re.compile(r"[A-Za-z_$][\w$.?-]*")
_MARK: Final = re.compile(r"\s*[(\[]\s*(required|mandatory|optional)\s*[)\]]\s*", re.IGNORECASE)
_ALIKE: Final = 0.5
# A name cut short to fewer letters could be anything.
_LETTERS: Final = 4


@dataclass(slots=True)
class Draft:
    """Hold one call with the shapes of what is sent and answered."""

    call: Call
    name: str
    request: Shape
    response: Shape
    query: dict[str, Row | None] = field(default_factory=dict[str, "Row | None"])

    @property
    def has_body(self) -> bool:
        """Say whether the request carries a body."""
        return self.request.seen > 0 or bool(self.request.members)


def drafts_of(calls: Iterable[Call], names: Iterable[str]) -> list[Draft]:
    """Return the calls with the shapes of their payloads."""
    return [
        Draft(call, name, shape_of(call.requests), shape_of(call.responses))
        for call, name in zip(calls, names, strict=True)
    ]


class Tables:
    """Hand the tables of a document out, and remember which found no place."""

    def __init__(self, facts: Facts, loose: Iterable[Table]) -> None:
        self._loose = [table for table in loose if list(_rows(table))]
        self._models = _models(facts.tables)
        self._placed: set[int] = set()
        self.contradictions: list[str] = []
        self._every = facts.tables

    @property
    def unplaced(self) -> list[Table]:
        """The tables that describe nothing in the spec."""
        return [table for table in self._every if table.line not in self._placed]

    def place(self, draft: Draft) -> None:
        """Give the tables of one call to its shapes, then those that it refers to."""
        call = draft.call
        for table in call.tables:
            if self._models.get(table.title) is table and self._is_referred_to(table):
                continue
            self._place_one(table, draft)
        if call.address is not None:
            rows = {row.name: row for _, row in _all_rows(call.tables)}
            for name in call.address.arguments or ():
                _describe(draft.request, rows.get(name) or Row(call.line, name, is_required=True))
        for shape in (draft.request, draft.response):
            self._follow(shape, set())

    def place_loose(self, drafts: Iterable[Draft]) -> None:
        """Give a table that stands apart to every object that has the same members."""
        shapes = [
            shape
            for draft in drafts
            for whole in (draft.request, draft.response)
            for _, shape in whole.objects_below()
        ]
        for table in self._loose:
            names = {row.name for row in _rows(table)}
            for shape in shapes:
                if _likeness(names, shape) >= _ALIKE and table.line not in self._placed:
                    self._describe_all(table, shape)

    def _place_one(self, table: Table, draft: Draft) -> None:
        names = {row.name for row in _rows(table)}
        if not names:
            return
        heading = f"{table.title} {table.section}".lower()
        found = [
            (_overlap(names, shape), is_answer, -len(at), shape)
            for is_answer, whole in ((False, draft.request), (True, draft.response))
            for at, shape in whole.objects_below()
        ]
        best = max(found, key=lambda one: (one[0], one[2]), default=None)
        if "query" in heading and draft.call.method in {"GET", "DELETE"} and not draft.has_body:
            self._to_query(table, draft)
        elif best is not None and best[0] >= _ALIKE:
            self._describe_all(table, best[3])
        elif re.search(r"\b(response|answer|output|returns?)", heading):
            if not draft.response.seen:
                self._describe_all(table, draft.response)
        elif draft.call.method in {"GET", "DELETE", "HEAD"} and not draft.has_body:
            if not best or best[0] == 0:
                self._to_query(table, draft)
        elif not draft.request.seen:
            self._describe_all(table, draft.request)

    def _to_query(self, table: Table, draft: Draft) -> None:
        self._placed.add(table.line)
        for row in _rows(table):
            draft.query.setdefault(row.name, row)

    def _describe_all(self, table: Table, shape: Shape) -> None:
        self._placed.add(table.line)
        for row in _rows(table):
            printed = _printed_as(row.name, shape)
            if printed != row.name:
                line = shape.members[printed].line
                self.contradictions.append(
                    f"line {row.line}: the table writes `{row.name}`, line {line} prints "
                    f"`{printed}`; the printed name decides"
                )
            _describe(shape, row)

    def _follow(self, shape: Shape, above: set[int]) -> None:
        """Describe members by the table that the type of their row names."""
        for member in shape.members.values():
            table = self._named(member)
            if table is not None and table.line not in above:
                is_list = "array" in member.kinds or (
                    not member.kinds and member.row and _is_list(member.row.type)
                )
                inner = member
                if is_list:
                    member.entry = inner = member.entry or Shape(table.line)
                described = _described_by(table, inner)
                if described is not None:
                    self._describe_all(table, described)
                    self._follow(inner, above | {table.line})
                    continue
            self._follow(member, above)
        if shape.entry is not None:
            self._follow(shape.entry, above)

    def _named(self, member: Shape) -> Table | None:
        if member.row is None:
            return None
        return next(
            (self._models[name] for name in _type_names(member.row) if name in self._models), None
        )

    def _is_referred_to(self, table: Table) -> bool:
        return any(table.title in _type_names(row) for _, row in _all_rows(self._every))


class Lists:
    """Find the list of values that a member takes."""

    def __init__(self, lists: Iterable[ValueList]) -> None:
        self._lists = [one for one in lists if len({value.value for value in one.values}) > 1]
        self._used: set[tuple[int, str]] = set()
        self._every = list(lists)

    @property
    def unused(self) -> list[ValueList]:
        """The lists that say nothing about any member of the spec."""
        return [one for one in self._every if (one.line, one.name) not in self._used]

    def beside(self, name: str, shape: Shape) -> tuple[int, Mapping[str, ListedValue]]:
        """Return the list that stands beside a member or in its row: its line and values."""
        row = shape.row
        lines = {shape.line} if row is None else {shape.line, row.line}
        for one in self._lists:
            if one.line in lines and _key(one.name) == _key(name):
                self._use(one)
                return one.line, {value.value: value for value in one.values}
        if row is not None and len(set(row.values)) > 1:
            return row.line, {value: ListedValue(row.line, value) for value in row.values}
        return 0, {}

    def named(self, name: str, shape: Shape) -> tuple[int, Mapping[str, ListedValue]]:
        """Return a list that stands elsewhere under the name of a member, when it fits."""
        for one in self._lists:
            values = {value.value: value for value in one.values}
            if _is_named_after(one.name, name) and shape.values and fits(values, shape):
                self._use(one)
                return one.line, values
        return 0, {}

    def _use(self, found: ValueList) -> None:
        """Count a list as used, with those that say the same under the same name."""
        values = {value.value for value in found.values}
        for one in self._every:
            if one.name == found.name and {value.value for value in one.values} <= values:
                self._used.add((one.line, one.name))


def _described_by(table: Table, shape: Shape) -> Shape | None:
    """Return the object at or below a place that a table describes, or None when none is."""
    if not shape.members:
        return None if {"string", "integer", "number", "boolean"} & set(shape.kinds) else shape
    names = {row.name for row in _rows(table)}
    below = [one for _, one in shape.objects_below()]
    best = max(below, key=lambda one: _overlap(names, one))
    return best if _overlap(names, best) > 0 else None


def _describe(shape: Shape, row: Row) -> None:
    member = shape.members.get(_printed_as(row.name, shape)) or shape.member(row.name, row.line)
    if member.row is None:
        member.row = row


def _printed_as(name: str, shape: Shape) -> str:
    """Return the name under which a payload prints what a row names in other letters."""
    if name in shape.members:
        return name
    return next((one for one in shape.members if one.lower() == name.lower()), name)


def _rows(table: Table) -> Iterator[Row]:
    """List the rows that name a member, their marks taken off the name."""
    for row in table.rows:
        mark = _MARK.search(row.name)
        name = _MARK.sub("", row.name).strip()
        if not _NAME.fullmatch(name):
            continue
        required = row.is_required
        if required is None and mark is not None:
            required = mark[1].lower() != "optional"
        yield Row(row.line, name, row.type, required, row.description, row.values)


def _all_rows(tables: Iterable[Table]) -> Iterator[tuple[Table, Row]]:
    for table in tables:
        for row in _rows(table):
            yield table, row


def _models(tables: Iterable[Table]) -> dict[str, Table]:
    """Return the tables by the name of what they describe."""
    found: dict[str, Table] = {}
    for table in tables:
        for name in (table.title, table.section):
            if re.fullmatch(r"\w+", name) and list(_rows(table)):
                found.setdefault(name, table)
    return found


def _type_names(row: Row) -> list[str]:
    """Return the names in a type, and for a list without one the name of the member."""
    found = re.findall(r"[A-Za-z_]\w*", row.type)
    return [*found, row.name] if _is_list(row.type) or not found else found


def _is_list(printed: str) -> bool:
    return bool(re.search(r"\b(array|list)\b|\[\]", printed, re.IGNORECASE))


def _overlap(names: set[str], shape: Shape) -> float:
    return sum(_printed_as(name, shape) in shape.members for name in names) / len(names)


def _likeness(names: set[str], shape: Shape) -> float:
    return len(names & set(shape.members)) / len(names | set(shape.members))


def _is_named_after(listed: str, name: str) -> bool:
    """Say whether a list and a member share a name, be it cut short."""
    shorter, longer = sorted((_key(listed), _key(name)), key=len)
    return shorter == longer or (len(shorter) >= _LETTERS and longer.startswith(shorter))


def _key(name: str) -> str:
    found = words(name)
    return singular("".join(found)) if found else ""
