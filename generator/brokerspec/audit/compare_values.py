"""Hold lists of values against the enums of a spec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from brokerspec.audit.facts import ListedValue, ValueList
from brokerspec.audit.finding import Finding, Fix
from brokerspec.audit.shapes import Shape, all_enums, enums_of, kinds_of, plain
from brokerspec.document import MISSING, Document, Schema
from brokerspec.findings import alternatives

_LIKE = 0.4  # Lists that share less than this are lists of different things.


@dataclass(frozen=True, slots=True)
class Enum:
    """Hold a list of values of the spec; `pointer` is where it can be changed."""

    name: str
    values: tuple[str, ...]
    schema: Schema
    is_const: bool = False


class Lists:
    """Compare lists of values with the enums that they show."""

    def __init__(self, document: Document, shapes: list[Shape]) -> None:
        self._document = document
        self._shapes = shapes
        self._enums = [
            Enum(name, tuple(map(str, schema.enum or ())), schema)
            for name, schema in all_enums(document)
        ]

    def compare(self, listed: ValueList, near: tuple[str, ...]) -> Iterator[Finding]:
        """Report what a list has more or less than its enum; say when it has none."""
        values = {one.value for one in listed.values}
        own = self._of_fields(listed.name, near)
        enum = self._closest(values, listed.name, own) if own else None
        if enum is None and values <= {"true", "false"} and self._is_flag(listed.name, near):
            return
        enum = enum or self._closest(values, listed.name, self._enums)
        if enum is None:
            yield _unplaced(listed, near)
            return
        subject = " ".join(dict.fromkeys((listed.section, listed.name))).strip()
        yield from self.against(listed.values, enum, subject, listed.line)

    def names(self, value: str) -> bool:
        """Say whether a value is the name of a list of the spec."""
        return plain(value) in {plain(enum.name) for enum in self._enums}

    def of_schema(self, schema: Schema | None) -> Enum | None:
        """Return the list of values of a schema, or its constant."""
        if schema is None:
            return None
        for one in enums_of(self._document, schema):
            name = next((e.name for e in self._enums if e.schema.pointer == one.pointer), "")
            return Enum(name, tuple(map(str, one.enum or ())), one)
        for one in alternatives(self._document, schema):
            if one.const is not MISSING:
                return Enum(str(one.pointer[-1]), (str(one.const),), one, is_const=True)
        return None

    def against(
        self, listed: tuple[ListedValue, ...], enum: Enum, subject: str, line: int
    ) -> Iterator[Finding]:
        """Report the differences between a list and one enum."""
        meanings = {plain(one.meaning) for one in listed} - {""}
        if not {one.value for one in listed} & {*enum.values}:
            ours = {plain(value): value for value in enum.values}
            if meanings & ours.keys():
                # The list explains codes, and the field carries the explanations.
                listed = tuple(
                    replace(one, value=ours.get(plain(one.meaning), one.meaning)) for one in listed
                )
        key = "const" if enum.is_const else "enum"
        where = self._document.where_key((*enum.schema.pointer, key))
        for one in listed:
            if one.value not in enum.values:
                fix = Fix("value", enum.schema.pointer, "", one.value, meaning=one.meaning)
                yield Finding(
                    "audit-new-value",
                    one.line,
                    f"{subject}: {one.value!r} is listed, {enum.name} does not have it",
                    subject,
                    enum.name,
                    one.value,
                    "",
                    where,
                    () if enum.is_const else (fix,),
                )
        printed = {one.value for one in listed}
        for value in enum.values:
            if value not in printed:
                message = f"{subject}: {enum.name} has {value!r}, the document does not list it"
                yield Finding(
                    "audit-missing-value", line, message, subject, enum.name, "", value, where
                )

    def _of_fields(self, name: str, near: tuple[str, ...]) -> list[Enum]:
        found: list[Enum] = []
        for shape in self._shapes:
            if not any(operation in near for operation, _ in shape.uses):
                continue
            member = shape.find(name) or shape.find_alike(name)
            enum = self.of_schema(member.schema) if member else None
            if enum is not None:
                found.append(enum)
        return found

    def _is_flag(self, name: str, near: tuple[str, ...]) -> bool:
        members = [
            shape.find(name)
            for shape in self._shapes
            if any(operation in near for operation, _ in shape.uses)
        ]
        return any(one and "boolean" in kinds_of(self._document, one.schema) for one in members)

    def _closest(self, values: set[str], name: str, enums: list[Enum]) -> Enum | None:
        best, closest = 0.0, None
        for enum in enums:
            common = len(values & {*enum.values})
            share = common / len(values | {*enum.values})
            is_named = plain(enum.name) in {plain(name), plain(name).removesuffix("s")}
            if common and (share >= _LIKE or is_named) and share + 0.5 * is_named > best:
                best, closest = share + 0.5 * is_named, enum
        return closest


def _unplaced(listed: ValueList, near: tuple[str, ...]) -> Finding:
    values = ", ".join(one.value for one in listed.values)
    subject = " ".join((*near[:1], listed.name)).strip()
    message = f"{listed.name}: no enum of the spec is like this list: {values}"
    return Finding("audit-unplaced-list", listed.line, message, subject, "", values)
