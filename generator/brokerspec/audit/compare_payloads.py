"""Hold printed payloads against the stored samples and the schemas."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from brokerspec.audit.facts import Payload
from brokerspec.audit.finding import Finding, Fix, folded, hidden, kind_of, shown
from brokerspec.audit.match import Pairs, Sample
from brokerspec.audit.places import Places
from brokerspec.audit.shapes import allows, below, kinds_of
from brokerspec.diagnostics import Where
from brokerspec.document import Document, Schema
from brokerspec.findings import alternatives
from brokerspec.tree import JSON, Pointer


def compare_payloads(document: Document, pairs: Pairs, places: Places) -> Iterator[Finding]:
    """Report how the payloads differ from the samples, and values outside an enum."""
    for payload, sample in pairs.pairs:
        yield from _Comparison(document, payload, sample).findings()
    for payload in pairs.payloads:
        yield _new(document, payload, places)
    for sample in pairs.samples:
        if sample.is_printed:
            yield _missing(sample)


class _Comparison:
    def __init__(self, document: Document, payload: Payload, sample: Sample) -> None:
        self._document = document
        self._payload = payload
        self._sample = sample
        self._subject = f"{sample.operation} {sample.direction}"

    def findings(self) -> Iterator[Finding]:
        schema = self._sample.media.schema
        schemas = [schema] if schema else []
        yield from self._values(self._payload.value, self._sample.value, schemas, (), ())
        yield from self._unlisted(self._payload.value, schemas, ())

    def _values(
        self, printed: JSON, stored: JSON, schemas: list[Schema], at: Pointer, there: Pointer
    ) -> Iterator[Finding]:
        """Compare two values; `at` leads to the printed one, `there` to the stored one."""
        if isinstance(printed, dict) and isinstance(stored, dict):
            yield from self._objects(printed, stored, schemas, at, there)
        elif isinstance(printed, list) and isinstance(stored, list):
            yield from self._lists(printed, stored, schemas, at, there)
        elif kind_of(printed) != kind_of(stored):
            yield self._retyped(printed, stored, schemas, at, there)
        elif str(printed) != str(stored):
            new, old = printed, stored
            if any(_is_secret(self._document, schema) for schema in schemas):
                new, old = hidden(printed), hidden(stored)
            message = f"{_text(at)} is {shown(new)}, the sample has {shown(old)}"
            yield self._found("audit-changed-sample", at, there, message, new, str(stored))

    def _objects(
        self,
        printed: dict[str, JSON],
        stored: dict[str, JSON],
        schemas: list[Schema],
        at: Pointer,
        there: Pointer,
    ) -> Iterator[Finding]:
        gone = [key for key in stored if key not in printed]
        for key, value in printed.items():
            path = (*at, key)
            if key in stored:
                inner = below(self._document, schemas, key)
                yield from self._values(value, stored[key], inner, path, (*there, key))
                continue
            old = next((o for o in gone if _is_same(printed, key, stored, o)), None)
            if old is not None:
                gone.remove(old)
                message = f"{_text((*at, old))} is now called {key!r}"
                yield self._found("audit-renamed-field", path, (*there, old), message, key, old)
            else:
                yield self._new_field(key, value, schemas, path, there)
        for key in gone:
            message = f"{_text((*at, key))} is in the sample and no longer in the document"
            where = (*there, key)
            yield self._found("audit-missing-field", (*at, key), where, message, "", key)

    def _new_field(
        self, key: str, value: JSON, schemas: list[Schema], path: Pointer, there: Pointer
    ) -> Finding:
        owners = [one for s in schemas for one in alternatives(self._document, s) if one.properties]
        if any(key in one.properties for one in owners):
            message = f"{_text(path)} is in the document and not in the sample"
            return self._found("audit-changed-sample", path, there, message, key, "")
        message = f"{_text(path)} is in the document and not in the spec: {shown(value)}"
        owner = owners[0].pointer if owners else ()
        fix = Fix("field", owner, key, value, (kind_of(value),)) if owner else None
        where = self._document.where_key(owner) if owner else self._place(there)
        return self._found("audit-new-field", path, there, message, key, "", fix, where)

    def _lists(
        self,
        printed: list[JSON],
        stored: list[JSON],
        schemas: list[Schema],
        at: Pointer,
        there: Pointer,
    ) -> Iterator[Finding]:
        inner = below(self._document, schemas, 0)
        for new, old in _aligned(printed, stored):
            if new is not None and old is not None:
                yield from self._values(printed[new], stored[old], inner, (*at, new), (*there, old))
            elif new is not None:
                message = f"{_text((*at, new))} is one more entry: {shown(printed[new])}"
                text = repr(printed[new])
                yield self._found("audit-changed-sample", (*at, new), there, message, text, "")
            elif old is not None:
                message = f"{_text(at)} no longer has {shown(stored[old])}"
                text = repr(stored[old])
                yield self._found("audit-changed-sample", at, (*there, old), message, "", text)

    def _retyped(
        self, printed: JSON, stored: JSON, schemas: list[Schema], at: Pointer, there: Pointer
    ) -> Finding:
        new, old = kind_of(printed), kind_of(stored)
        message = f"{_text(at)} is of type {new} ({shown(printed)}), it was {old} ({shown(stored)})"
        kinds = [kinds_of(self._document, schema) for schema in schemas]
        is_allowed = new == "null" or not kinds or any(allows(one, new) for one in kinds)
        code = "audit-changed-sample" if is_allowed else "audit-changed-type"
        where = self._document.where_key(schemas[0].pointer) if schemas else None
        both = f"{new} {shown(printed)}", f"{old} {shown(stored)}"
        return self._found(code, at, there, message, *both, None, where)

    def _unlisted(self, value: JSON, schemas: list[Schema], at: Pointer) -> Iterator[Finding]:
        if isinstance(value, dict):
            for key, member in value.items():
                inner = below(self._document, schemas, key)
                yield from self._unlisted(member, inner, (*at, key))
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                inner = below(self._document, schemas, index)
                yield from self._unlisted(entry, inner, (*at, index))
        elif value is not None and (enum := _refusing(self._document, value, schemas)) is not None:
            message = f"{_text(at)} is {shown(value)}, which the list of the spec does not have"
            where = self._document.where_key((*enum.pointer, "enum"))
            fix = Fix("value", enum.pointer, "", value)
            new = shown(value)
            yield self._found("audit-unlisted-value", at, at, message, new, "", fix, where)

    def _found(
        self,
        code: str,
        at: Pointer,
        there: Pointer,
        message: str,
        new: JSON,
        old: JSON,
        fix: Fix | None = None,
        where: Where | None = None,
    ) -> Finding:
        is_file = bool(self._sample.file)
        sample = Fix("sample", (), self._sample.file, self._payload.value) if is_file else None
        return Finding(
            code,
            self._line(at),
            f"{self._subject}: {message}",
            f"{self._subject} {self._sample.example.name}",
            folded(at),
            str(new),
            str(old),
            where or self._place(there),
            tuple(one for one in (fix, sample) if one),
        )

    def _line(self, pointer: Pointer) -> int:
        while pointer and pointer not in self._payload.lines:
            pointer = pointer[:-1]
        return self._payload.lines.get(pointer, self._payload.line)

    def _place(self, pointer: Pointer) -> Where | None:
        if self._sample.source is None:
            return self._document.where_key(self._sample.example.pointer)
        return self._sample.source.where_key(pointer)


def _is_secret(document: Document, schema: Schema) -> bool:
    found = (schema, *alternatives(document, schema))
    return any(one.extensions.get("x-secret") is True for one in found)


def _is_same(printed: dict[str, JSON], new: str, stored: dict[str, JSON], old: str) -> bool:
    """Say whether one key took the place of another."""
    if kind_of(printed[new]) != kind_of(stored[old]):
        return False
    same_value = printed[new] == stored[old]
    before, after = list(stored), list(printed)
    return same_value and abs(before.index(old) - after.index(new)) <= 1


def _aligned(printed: list[JSON], stored: list[JSON]) -> Iterator[tuple[int | None, int | None]]:
    """Pair the entries of two lists; an entry without a partner stands alone."""
    if len(printed) == len(stored):
        yield from zip(range(len(printed)), range(len(stored)), strict=True)
        return
    matcher = SequenceMatcher(None, [*map(repr, stored)], [*map(repr, printed)], autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        for step in range(max(old_to - old_from, new_to - new_from)):
            new, old = new_from + step, old_from + step
            yield new if new < new_to else None, old if old < old_to else None


def _refusing(document: Document, value: JSON, schemas: list[Schema]) -> Schema | None:
    """Return the list that lacks a value, unless another alternative takes it."""
    found = [one for schema in schemas for one in alternatives(document, schema)]
    listed = [one for one in found if one.enum is not None and kind_of(value) in _kinds(one)]
    for one in [*schemas, *found]:
        if value in _texts(one.extensions.get("x-empty")):
            return None
        is_flag = one.extensions.get("x-type") == "boolean"
        if is_flag and str(value).lower() in {str(v).lower() for v in one.enum or ()}:
            return None
    is_free = any(one.enum is None and kind_of(value) in one.types for one in found)
    if not listed or is_free or any(value in (one.enum or ()) for one in listed):
        return None
    return listed[0]


def _kinds(schema: Schema) -> set[str]:
    return {*schema.types} or {kind_of(value) for value in schema.enum or ()}


def _texts(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _new(document: Document, payload: Payload, places: Places) -> Finding:
    names = places.of(payload.section, payload.line)
    subject = " ".join((names[0] if names else payload.section, payload.direction)).strip()
    message = f"the document has a payload that no sample holds: {shown(payload.value)}"
    fixes: tuple[Fix, ...] = ()
    if names and payload.direction:
        fixes = (Fix("new-sample", (), f"{names[0]} {payload.direction}", payload.value),)
    text = repr(payload.value)
    title = f"{subject}: {message}" if subject else message
    return Finding("audit-new-payload", payload.line, title, subject, "", text, "", None, fixes)


def _missing(sample: Sample) -> Finding:
    subject = f"{sample.operation} {sample.direction}"
    name = sample.file or f"the example {sample.example.name!r}"
    message = f"{subject}: the document does not print {name}"
    where = sample.source.where(()) if sample.source else None
    return Finding("audit-missing-payload", 1, message, subject, "", "", name, where)


def _text(pointer: Pointer) -> str:
    return "".join(f"/{token}" for token in pointer) or "the whole body"
