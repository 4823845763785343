"""Schemas to types: what a value is in Python."""

from __future__ import annotations

import re
from typing import Final, Literal, cast

from brokerspec import ir
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.document import MISSING, Document, Schema
from brokerspec.formats import CLOCK, DATE_TIMES, DATES, EPOCH
from brokerspec.naming import (
    RESERVED_CLASSES,
    constant,
    first_free,
    given,
    pascal,
    safe,
    snake,
    unique,
)
from brokerspec.naming import member as member_name
from brokerspec.tree import Pointer

_PLAIN: Final = {
    "string": ir.Scalar("str"),
    "integer": ir.Scalar("int"),
    "number": ir.Scalar("Decimal"),
    "boolean": ir.Scalar("bool"),
}
_STRINGS: Final = {"date-time": "datetime", "date": "date", "time": "time", "binary": "bytes"}
ANY: Final = ir.Scalar("Any")


class Types:
    """Turn schemas into types, collecting the models and enums that they name."""

    def __init__(self, document: Document) -> None:
        self._document = document
        wanted = {wire: self._class_name(wire) for wire in document.schemas}
        self._names = unique(wanted, taken=RESERVED_CLASSES)
        self._taken = {*RESERVED_CLASSES, *self._names.values()}
        self.models: dict[str, ir.Model] = {}
        self.enums: dict[str, ir.Enum] = {}
        self.warnings: list[Diagnostic] = []

    def _class_name(self, wire: str) -> str:
        chosen = given(self._document.schemas[wire].extensions.get("x-python-name"))
        if chosen:
            return chosen
        return safe(wire) if re.fullmatch(r"[A-Z][A-Za-z0-9]*", wire) else pascal(wire)

    def of(self, schema: Schema, hint: str) -> ir.TypeRef:
        """Return the type of a schema; `hint` names it when it has no name of its own."""
        if len(schema.all_of) == 1 and not schema.properties and not self._has_fields(schema):
            return self.of(schema.all_of[0], hint)
        nullable = schema.is_nullable
        if schema.ref is not None:
            kind, nullable = self._of_reference(schema, hint)
        else:
            kind = self._bare(schema, hint)
        kind = with_empty(kind, tuple(self.extension(schema, "x-empty", [])))
        return ir.Nullable(kind) if nullable and kind != ANY else kind

    def _has_fields(self, schema: Schema) -> bool:
        return bool(self.members(schema)[0])

    def target(self, schema: Schema) -> Schema:
        """Return the schema that references lead to."""
        seen: set[str] = set()
        while schema.ref is not None and schema.ref not in seen:
            seen.add(schema.ref)
            schema = self._document.schemas[schema.ref]
        return schema

    def extension(self, schema: Schema, key: str, default: list[object]) -> list[object]:
        """Return a list-valued extension, from the reference or what it refers to."""
        found = schema.extensions.get(key, self.target(schema).extensions.get(key, default))
        return cast("list[object]", found)

    def description(self, schema: Schema) -> str:
        """Return the description beside a reference, or that of what it refers to."""
        return schema.description or self.target(schema).description

    def _of_reference(self, schema: Schema, hint: str) -> tuple[ir.TypeRef, bool]:
        name = cast("str", schema.ref)
        target = self._document.schemas[name]
        if is_model(target) or is_listing(target):
            own = self._names[name]
            self._declare(own, target)
            secret = schema.extensions.get("x-secret") is True
            return (ir.Scalar("Secret") if secret else ir.Named(own)), target.is_nullable
        inner = self.of(target, self._names[name])
        if isinstance(inner, ir.Nullable):
            return inner.of, True
        return inner, False

    def _declare(self, name: str, schema: Schema) -> None:
        if name in self.models or name in self.enums:
            return
        if is_listing(schema):
            self.enums[name] = self._listing(name, schema)
            return
        self.models[name] = ir.Model(name, schema.description, ())
        fields = self._fields(name, schema)
        self.models[name] = ir.Model(name, schema.description, fields, origin_of(schema.extensions))

    def _bare(self, schema: Schema, hint: str) -> ir.TypeRef:
        if schema.extensions.get("x-secret") is True:
            return ir.Scalar("Secret")
        if isinstance(schema.extensions.get("x-type"), str):
            return _written(schema, cast("str", schema.extensions["x-type"]))
        if is_model(schema) or is_listing(schema):
            name = first_free(hint, self._taken)
            self._taken.add(name)
            self._declare(name, schema)
            return ir.Named(name)
        unions = [member for member in schema.any_of + schema.one_of if member.types != ("null",)]
        if unions:
            return self._union(unions, hint)
        kinds = [kind for kind in schema.types if kind != "null"]
        if len(kinds) != 1:
            options = tuple(_PLAIN[kind] for kind in kinds if kind in _PLAIN)
            return ir.OneOf(options) if len(options) == len(kinds) > 1 else ANY
        return self._of_kind(kinds[0], schema, hint)

    def _of_kind(self, kind: str, schema: Schema, hint: str) -> ir.TypeRef:
        if kind == "array":
            if schema.prefix_items:
                return ir.TupleOf(
                    tuple(self.of(item, f"{hint}Item") for item in schema.prefix_items)
                )
            return ir.ListOf(self.of(schema.items, f"{hint}Item") if schema.items else ANY)
        if kind == "object":
            extra = schema.additional_properties
            return ir.MapOf(self.of(extra, f"{hint}Value") if isinstance(extra, Schema) else ANY)
        if kind == "string" and schema.format in _STRINGS:
            return ir.Scalar(cast("Literal['datetime']", _STRINGS[schema.format]), schema.format)
        return _PLAIN[kind]

    def _union(self, members: list[Schema], hint: str) -> ir.TypeRef:
        options: dict[ir.TypeRef, None] = {}
        for index, member in enumerate(members, start=1):
            kind = self.of(member, f"{hint}{index}")
            options[kind.of if isinstance(kind, ir.Nullable) else kind] = None
        if len(options) == 1:
            return next(iter(options))
        if sum(self._is_object(option) for option in options) > 1:
            self._report_union(members[0].pointer)
            return ANY
        return ir.OneOf(tuple(options))

    def _is_object(self, kind: ir.TypeRef) -> bool:
        is_model = isinstance(kind, ir.Named) and kind.name not in self.enums
        return is_model or isinstance(kind, ir.MapOf)

    def _report_union(self, pointer: Pointer) -> None:
        self.warnings.append(
            Diagnostic(
                Severity.WARNING,
                "untyped-union",
                self._document.where(pointer),
                "nothing tells the objects of this union apart: it is typed Any",
            )
        )

    def _fields(self, owner: str, schema: Schema) -> tuple[ir.Field, ...]:
        properties, required = self.members(schema)
        properties = {
            wire: prop for wire, prop in properties.items() if self._may_be_read(wire, prop)
        }
        names = unique({wire: field_name(wire, prop) for wire, prop in properties.items()})
        return tuple(
            ir.Field(
                wire,
                names[wire],
                self.of(prop, f"{owner}{pascal(wire)}"),
                wire in required,
                self.description(prop),
                origin_of(prop.extensions),
            )
            for wire, prop in properties.items()
        )

    def _may_be_read(self, wire: str, prop: Schema) -> bool:
        """Say whether the decoder can read a member of this name; report it when not."""
        if not re.search(r'[\\"\x00-\x1f]', wire):
            return True
        message = f"the member {wire!r} is left out: its name cannot be read"
        where = self._document.where(prop.pointer)
        self.warnings.append(Diagnostic(Severity.WARNING, "left-out", where, message))
        return False

    def members(self, schema: Schema) -> tuple[dict[str, Schema], set[str]]:
        """Return the properties of an object and of all it is composed of."""
        properties: dict[str, Schema] = {}
        required: set[str] = set(schema.required)
        for part in schema.all_of:
            inherited, needed = self.members(self.target(part))
            properties |= inherited
            required |= needed
        return properties | dict(schema.properties), required

    def _listing(self, name: str, schema: Schema) -> ir.Enum:
        values = [str(value) for value in schema.enum or () if value is not None]
        chosen = _listed(schema.extensions.get("x-enum-varnames"), values)
        wanted = {value: member_name(chosen.get(value)) or constant(value) for value in values}
        names = unique(wanted)
        meanings = _listed(schema.extensions.get("x-enum-descriptions"), values)
        members = tuple(
            ir.Member(names[v], v, str(meanings.get(v, ""))) for v in dict.fromkeys(values)
        )
        return ir.Enum(name, schema.description, members, origin_of(schema.extensions))


def _listed(found: object, values: list[str]) -> dict[str, object]:
    """Return what an extension lists for each of some values."""
    entries = cast("list[object]", found) if isinstance(found, list) else []
    return dict(zip(values, entries, strict=False))


def is_model(schema: Schema) -> bool:
    """Say whether a schema becomes a class with fields."""
    return bool(schema.properties or any(part.ref or part.properties for part in schema.all_of))


def is_listing(schema: Schema) -> bool:
    """Say whether a schema becomes an enum: it lists texts."""
    listed = schema.enum is not None and "x-type" not in schema.extensions
    return listed and all(isinstance(value, str | None) for value in schema.enum or ())


def field_name(wire: str, schema: Schema) -> str:
    """Return the Python name of a property or parameter."""
    return given(schema.extensions.get("x-python-name")) or snake(wire)


def with_empty(kind: ir.TypeRef, empty: tuple[ir.JSON, ...]) -> ir.TypeRef:
    """Return a type whose listed wire values mean none."""
    if not empty:
        return kind
    if isinstance(kind, ir.Named):
        return ir.Named(kind.name, empty)
    if isinstance(kind, ir.Scalar):
        return ir.Scalar(kind.python, kind.format, kind.is_text, empty, kind.words)
    return kind


def origin_of(extensions: object) -> ir.Origin:
    """Return where a node's facts come from."""
    found = cast("dict[str, object]", extensions)
    source = cast("dict[str, str]", found.get("x-source", {}))
    return ir.Origin(
        source.get("document", ""),
        source.get("section", ""),
        str(found.get("x-provenance", "documented")),
        str(found.get("x-evidence", "")),
    )


def _written(schema: Schema, format_: str) -> ir.Scalar:
    """Return the type of a schema with an `x-type`."""
    is_text = "string" in schema.types
    if format_ == "decimal":
        return ir.Scalar("Decimal", format_, is_text and "number" not in schema.types)
    if format_ == "integer":
        return ir.Scalar("int", format_, is_text)
    if format_ == "boolean":
        true, false = (str(value) for value in schema.enum or ("true", "false"))
        return ir.Scalar("bool", format_, is_text, words=(true, false))
    if format_ in DATES:
        return ir.Scalar("date", format_, is_text)
    if format_ == CLOCK:
        return ir.Scalar("time", format_, is_text)
    if format_ in DATE_TIMES or format_ == EPOCH:
        return ir.Scalar("datetime", format_, is_text)
    return ANY


__all__ = ["ANY", "MISSING", "Types"]
