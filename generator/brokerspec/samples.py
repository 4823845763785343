"""Check the payloads in `samples/` against the spec, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, cast

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where, did_you_mean
from brokerspec.document import MISSING, Document, Example, MediaType, Operation, Schema
from brokerspec.files import is_inside
from brokerspec.findings import alternatives
from brokerspec.jsonschemas import validator_for
from brokerspec.load import load, shown_name
from brokerspec.tree import JSON, Pointer, Source

_NAME = re.compile(
    r"(?P<operation>[a-z][a-z0-9_]*)\.(?P<side>request|response)(\.[a-z0-9_-]+)?\.json"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Hold one mention of a sample file in the spec."""

    operation: Operation
    side: str
    media: MediaType
    example: Example
    file: str


@dataclass(frozen=True, slots=True)
class Inline:
    """Hold one example that is written into the spec."""

    side: str
    media: MediaType
    example: Example
    value: JSON

    def at(self, path: Pointer) -> Pointer:
        """Return where a part of the example stands."""
        *_, last = self.example.pointer
        return (*self.example.pointer, *(() if last == "example" else ("value",)), *path)


def check_samples(document: Document) -> list[Diagnostic]:
    """Report samples that are broken, lost, unused or contradict their schema."""
    mentions = list(references(document))
    checker = _Checker(document)
    found = [finding for mention in mentions for finding in checker.check(mention)]
    found += [finding for one in inline_examples(document) for finding in checker.check_inline(one)]
    found += _check_files(document, mentions)
    return list(dict.fromkeys(found))


def references(document: Document) -> Iterator[Reference]:
    """List every mention of a sample file."""
    for operation in document.operations:
        for side, media in operation.media_types:
            for example in media.examples:
                if example.external_value is not None:
                    yield Reference(operation, side, media, example, example.external_value)


def inline_examples(document: Document) -> Iterator[Inline]:
    """List every example that is written into the spec itself."""
    for operation in document.operations:
        for side, media in operation.media_types:
            for example in media.examples:
                if example.value is not MISSING and example.external_value is None:
                    yield Inline(side, media, example, example.value)


def _check_files(document: Document, mentions: Iterable[Reference]) -> Iterator[Diagnostic]:
    folder = document.source.path.parent / "samples"
    used = {PurePosixPath(mention.file).name for mention in mentions}
    operations = {operation.operation_id for operation in document.operations}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        where = Where(f"{_folder(document)}samples/{shown_name(path.name)}", 1, 1)
        match = _NAME.fullmatch(path.name)
        if match is None:
            message = "the name is not <operation>.<request|response>[.<case>].json"
            yield Diagnostic(Severity.ERROR, "sample-name", where, message)
        elif match["operation"] not in operations:
            hint = did_you_mean(match["operation"], operations)
            message = f"there is no operation {match['operation']!r}"
            yield Diagnostic(Severity.ERROR, "sample-name", where, message, hint)
        elif path.name not in used:
            message = "no media type of the spec refers to this sample"
            yield Diagnostic(Severity.ERROR, "unused-sample", where, message)


def _folder(document: Document) -> str:
    head, slash, _ = document.source.label.rpartition("/")
    return head + slash


@dataclass(frozen=True, slots=True)
class _Mismatch:
    path: Pointer
    message: str
    is_missing: bool
    is_unlisted: bool

    def diagnostic(self, side: str, where: Where, message: str) -> Diagnostic:
        if side == "response" and self.is_unlisted:
            # Enums of answers are open: the client keeps a value that is not listed.
            return Diagnostic(Severity.WARNING, "unlisted-value", where, message)
        return Diagnostic(Severity.ERROR, "sample-mismatch", where, message)


class _Checker:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._loaded: dict[str, Source | None] = {}

    def check(self, mention: Reference) -> Iterator[Diagnostic]:
        match = _NAME.fullmatch(PurePosixPath(mention.file).name)
        own = match and (match["operation"], match["side"])
        if own != (mention.operation.operation_id, mention.side):
            yield self._finding(
                "sample-name",
                mention,
                f"{mention.file} is not named after this {mention.side}",
                f"samples/{mention.operation.operation_id}.{mention.side}.json",
            )
        yield from self._load(mention)
        source = self._loaded.get(mention.file)
        if source is None or mention.media.schema is None:
            return
        walk = _Walk(self._document)
        walk.value(source.root, [mention.media.schema], ())
        for path in walk.undeclared:
            yield self._finding(
                "undeclared-key",
                mention,
                f"{source.where_key(path)} has {_text(path)}, which the schema does not declare",
            )
        is_truncated = mention.example.extensions.get("x-truncated") is True
        for one in self._mismatches(mention.media.schema, source.root, walk.empty):
            if is_truncated and one.is_missing:
                continue
            where = self._document.where((*mention.example.pointer, "externalValue"))
            text = f"{source.where(one.path)}, {_text(one.path)}: {one.message}"
            yield one.diagnostic(mention.side, where, text)

    def check_inline(self, inline: Inline) -> Iterator[Diagnostic]:
        schema = inline.media.schema
        if schema is None:
            return
        walk = _Walk(self._document)
        walk.value(inline.value, [schema], ())
        for path in walk.undeclared:
            where = self._document.where_key(inline.at(path))
            message = f"the schema does not declare {_text(path)}"
            yield Diagnostic(Severity.ERROR, "undeclared-key", where, message)
        for one in self._mismatches(schema, inline.value, walk.empty):
            where = self._document.where(inline.at(one.path))
            yield one.diagnostic(inline.side, where, f"{_text(one.path)}: {one.message}")

    def _load(self, mention: Reference) -> Iterator[Diagnostic]:
        if mention.file in self._loaded:
            return
        self._loaded[mention.file] = None
        path = PurePosixPath(mention.file)
        if path.parent.as_posix() != "samples" or ":" in mention.file:
            yield self._finding("sample-name", mention, "a sample stands in 'samples/'")
            return
        folder = self._document.source.path.parent
        if not is_inside(folder / path, folder):
            yield self._finding("sample-name", mention, "the sample is a link that leads elsewhere")
            return
        try:
            self._loaded[mention.file] = load(folder / path)
        except SpecError as error:
            if any(found.code == "no-such-file" for found in error.diagnostics):
                yield self._finding("missing-sample", mention, f"there is no file {mention.file}")
            else:
                yield from error.diagnostics

    def _mismatches(self, schema: Schema, value: JSON, empty: set[Pointer]) -> Iterator[_Mismatch]:
        from jsonschema.exceptions import UnknownType
        from referencing.exceptions import Unresolvable

        from brokerspec.jsonschemas import deepest, readable

        try:
            validator = validator_for(self._document, schema)
            errors = list(validator.iter_errors(cast("Any", value)))
        except (Unresolvable, UnknownType, RecursionError):
            # The reference or the type has been reported when the spec was resolved.
            return
        except (re.error, ArithmeticError, TypeError, ValueError) as broken:
            yield _Mismatch((), f"the schema cannot be used: {broken}", False, False)
            return
        for error in errors:
            path, message = readable(error)
            if not empty & {path, tuple(error.absolute_path)}:
                is_unlisted = deepest(error).validator == "enum"
                yield _Mismatch(path, message, error.validator == "required", is_unlisted)

    def _finding(self, code: str, mention: Reference, message: str, hint: str = "") -> Diagnostic:
        where = self._document.where((*mention.example.pointer, "externalValue"))
        return Diagnostic(Severity.ERROR, code, where, message, hint)


class _Walk:
    """Walk over a sample beside its schema."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.undeclared: list[Pointer] = []
        self.empty: set[Pointer] = set()

    def value(self, value: JSON, schemas: list[Schema], path: Pointer) -> None:
        found = [one for schema in schemas for one in alternatives(self._document, schema)]
        if _is_accepted(value, [*schemas, *found]):
            self.empty.add(path)
        if isinstance(value, dict):
            self._object(value, found, path)
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                self.value(entry, _entries(found, index), (*path, index))

    def _object(self, value: dict[str, JSON], found: list[Schema], path: Pointer) -> None:
        is_modelled = any(schema.properties for schema in found)
        extra = [schema.additional_properties for schema in found]
        for key, member in value.items():
            below = [schema.properties[key] for schema in found if key in schema.properties]
            below = below or [schema for schema in extra if isinstance(schema, Schema)]
            if not below and is_modelled and True not in extra:
                self.undeclared.append((*path, key))
            self.value(member, below, (*path, key))


def _entries(found: list[Schema], index: int) -> list[Schema]:
    entries: list[Schema] = []
    for schema in found:
        if index < len(schema.prefix_items):
            entries.append(schema.prefix_items[index])
        elif schema.items is not None:
            entries.append(schema.items)
    return entries


def _is_accepted(value: JSON, schemas: list[Schema]) -> bool:
    """Say whether a value means none, or is a literal in another case of letters."""
    for schema in schemas:
        empty = schema.extensions.get("x-empty")
        if isinstance(empty, list) and any(type(e) is type(value) and e == value for e in empty):
            return True
        if schema.extensions.get("x-type") == "boolean" and isinstance(value, str):
            literals = {str(literal).lower() for literal in schema.enum or ()}
            if value.lower() in literals:
                return True
    return False


def _text(path: Pointer) -> str:
    return "".join(f"/{token}" for token in path) or "the whole body"
