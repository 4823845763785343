"""Hold tables of fields against the schemas that they describe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from brokerspec.audit.compare_values import Lists
from brokerspec.audit.facts import Facts, ListedValue, Row, Table, ValueList
from brokerspec.audit.finding import Finding, Fix
from brokerspec.audit.match import shape_of
from brokerspec.audit.places import Places
from brokerspec.audit.shapes import Field, Shape, kinds_of
from brokerspec.audit.types import Types
from brokerspec.diagnostics import Where
from brokerspec.document import Document
from brokerspec.findings import alternatives
from brokerspec.tree import Pointer


@dataclass(frozen=True, slots=True)
class Placed:
    """Hold a table and the object that it describes."""

    table: Table
    shape: Shape
    subject: str


class Tables:
    """Compare the tables of a document with a spec."""

    def __init__(
        self,
        document: Document,
        facts: Facts,
        places: Places,
        shapes: list[Shape],
        lists: Lists,
        sampled: frozenset[tuple[str, str]],
    ) -> None:
        self._document = document
        self._places = places
        self._lists = lists
        self._named = {(listed.name, listed.line): listed for listed in facts.value_lists}
        self._sampled = sampled
        self.used: set[int] = set()
        self._placed: list[Placed] = []
        self._rest: list[Table] = []
        for table in facts.tables:
            shape = None if _lists_values(table) else shape_of(table, shapes, places)
            if shape is None:
                self._rest.append(table)
            else:
                near = places.of(table.section, table.line)
                side = next((side for name, side in sorted(shape.uses) if name in near), "")
                subject = " ".join((table.section or table.title, side, shape.name))
                subject = " ".join(subject.split())
                self._placed.append(Placed(table, shape, subject))
        self._settings = {
            row.name
            for placed in self._placed
            if placed.shape.pointer == ("x-client",)
            for row in placed.table.rows
        }
        titles = {one.table.title: one.shape.pointer for one in self._placed}
        self._types = Types(facts, self._rest, titles)

    def findings(self) -> Iterator[Finding]:
        """Report the differences of every table."""
        listed: dict[tuple[Pointer, str], set[str]] = {}
        for placed in self._placed:
            names = listed.setdefault((placed.shape.pointer, placed.subject), set())
            names |= {row.name for row in placed.table.rows}
        reported: set[tuple[Pointer, str]] = set()
        for placed in self._placed:
            yield from self._rows(placed)
            key = (placed.shape.pointer, placed.subject)
            if key not in reported:
                reported.add(key)
                yield from self._unlisted(placed, listed[key])
        for table in self._rest:
            yield self._unplaced(table)
            for row in table.rows:
                yield from self._values(row, None, table.section, table)

    def _rows(self, placed: Placed) -> Iterator[Finding]:
        counts = Counter(row.name for row in placed.table.rows)
        for row in placed.table.rows:
            member = placed.shape.find(row.name)
            if counts[row.name] > 1:
                message = f"the table has {counts[row.name]} rows named {row.name!r}"
                count = str(counts[row.name])
                yield self._found("audit-repeated-row", placed, row, message, count, "", None)
            if member is None and (alike := placed.shape.find_alike(row.name)):
                message = f"{row.name!r} of the table is {alike.name!r} in the spec"
                names = row.name, alike.name
                yield self._found("audit-renamed-field", placed, row, message, *names, alike)
                member = alike
            elif member is None:
                yield self._new_field(placed, row)
            if member is not None:
                yield from self._details(placed, row, member)

    def _new_field(self, placed: Placed, row: Row) -> Finding:
        kinds = self._types.kinds(row.type) or {"string"}
        pointer = placed.shape.pointer
        fix = Fix("field", pointer, row.name, None, tuple(sorted(kinds)), row.description)
        message = f"the table has {row.name!r} ({row.type or 'no type'}), the spec does not"
        return Finding(
            "audit-new-field",
            row.line,
            f"{placed.subject}: {message}",
            placed.subject,
            f"/{row.name}",
            row.name,
            "",
            self._document.where_key(pointer),
            (fix,) if placed.shape.takes_fixes else (),
        )

    def _details(self, placed: Placed, row: Row, member: Field) -> Iterator[Finding]:
        yield from self._type(placed, row, member)
        if row.is_required is not None and row.is_required is not member.is_required:
            words = {True: "required", False: "optional"}
            new, old = words[row.is_required], words[member.is_required]
            message = f"{row.name!r} is {new} in the table and {old} in the spec"
            yield self._found("audit-changed-required", placed, row, message, new, old, member)
        yield from self._values(row, member, placed.subject, placed.table)

    def _type(self, placed: Placed, row: Row, member: Field) -> Iterator[Finding]:
        if not row.type:
            return
        for name in self._types.undefined(row.type):
            message = f"{row.name!r} has the type {name!r}, which the document does not define"
            yield self._found("audit-unknown-type", placed, row, message, name, "", member)
        kinds, expected = self._types.kinds(row.type), kinds_of(self._document, member.schema)
        old = " or ".join(sorted(expected))
        if kinds and expected and not kinds & expected:
            message = f"{row.name!r} has the type {row.type!r} in the table, {old} in the spec"
            yield self._found("audit-changed-type", placed, row, message, row.type, old, member)
            return
        model = self._types.model(row.type)
        if model is not None and member.schema is not None and model not in self._inside(member):
            message = f"{row.name!r} is {row.type!r}, which the spec has in another place"
            yield self._found("audit-changed-type", placed, row, message, row.type, old, member)

    def _inside(self, member: Field) -> set[Pointer]:
        if member.schema is None:
            return set()
        own = alternatives(self._document, member.schema)
        entries = [one.items for one in own if one.items]
        nested = [one for item in entries for one in alternatives(self._document, item)]
        return {one.pointer for one in (*own, *nested)}

    def _values(
        self, row: Row, member: Field | None, subject: str, table: Table
    ) -> Iterator[Finding]:
        if not row.values:
            return
        listed = self._listed(row, subject)
        values = listed.values
        enum = self._lists.of_schema(member.schema) if member else None
        if len(values) == 1 and (enum is None or self._lists.names(values[0].value)):
            # One value is an example, and the name of a list stands for the list.
            return
        if enum is not None:
            yield from self._lists.against(values, enum, f"{subject} {row.name}", row.line)
            return
        near = self._places.of(table.section, table.line)
        yield from self._lists.compare(replace(listed, section=subject), near)

    def _listed(self, row: Row, subject: str) -> ValueList:
        """Return the list of a row, with meanings where they were read."""
        named = self._named.get((row.name, row.line))
        if named is not None and {one.value for one in named.values} == {*row.values}:
            self.used.add(id(named))
            return named
        pairs = zip_longest(row.values, row.meanings, fillvalue="")
        values = tuple(ListedValue(row.line, value, meaning) for value, meaning in pairs)
        return ValueList(row.line, subject, row.name, values)

    def _unlisted(self, placed: Placed, names: set[str]) -> Iterator[Finding]:
        members = placed.shape.fields.values()
        # Where every field is from elsewhere, a table that lists some should list all.
        is_foreign = not any(member.is_documented for member in members)
        for member in members:
            alike = any(placed.shape.find_alike(name) is member for name in names)
            credential = member.schema.extensions.get("x-credential") if member.schema else None
            if credential in self._settings:
                continue
            is_documented = member.is_documented or is_foreign
            is_documented = is_documented or any(
                (operation, member.name) in self._sampled for operation, _ in placed.shape.uses
            )
            if is_documented and not alike and not names & {member.name, *member.aliases}:
                message = f"{member.name!r} is in the spec and not in the table"
                yield Finding(
                    "audit-missing-field",
                    placed.table.line,
                    f"{placed.subject}: {message}",
                    placed.subject,
                    f"/{member.name}",
                    "",
                    member.name,
                    self._document.where_key(member.pointer),
                )

    def _found(
        self,
        code: str,
        placed: Placed,
        row: Row,
        message: str,
        new: str,
        old: str,
        member: Field | None,
    ) -> Finding:
        where: Where | None = self._document.where_key(member.pointer) if member else None
        text = f"{placed.subject}: {message}"
        pointer = f"/{row.name}"
        return Finding(code, row.line, text, placed.subject, pointer, new, old, where)

    def _unplaced(self, table: Table) -> Finding:
        subject = table.title or table.section or ", ".join(table.headings)
        rows = "; ".join(" ".join((row.name, row.type, str(row.is_required))) for row in table.rows)
        names = ", ".join(row.name for row in table.rows[:6])
        rest = ", …" if len(table.rows) > 6 else ""
        message = f"{subject}: no schema of the spec is like this table ({names}{rest})"
        return Finding("audit-unplaced-table", table.line, message, subject, "", rows)


def _lists_values(table: Table) -> bool:
    """Say whether a table names lists of values rather than fields."""
    has_types = any(row.type for row in table.rows)
    return not has_types and all(len(row.values) > 1 for row in table.rows)
