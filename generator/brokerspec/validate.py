"""Check a spec: OpenAPI itself, extension keys, house rules and samples, all at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from brokerspec.catalogue import HOUSE, HOUSE_ERRORS, Selection
from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.document import Document
from brokerspec.load import load
from brokerspec.resolve import resolve
from brokerspec.tree import JSON, Pointer

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def validate(path: Path, selection: Selection = HOUSE) -> list[Diagnostic]:
    """Return every problem of a spec that is asked for, in the order of the file."""
    try:
        source = load(path)
        document, found = resolve(source)
    except SpecError as error:
        return sorted(error.diagnostics)
    reported = {diagnostic.where for diagnostic in found}
    found += [one for one in _against_openapi(document) if one.where not in reported]
    if selection.is_house:
        found += _house_findings(document)
    if selection.is_whole:
        found = [_for_the_house(diagnostic) for diagnostic in found]
    return sorted({one for one in found if selection.keeps(one)})


def _house_findings(document: Document) -> list[Diagnostic]:
    from brokerspec.extensions import check_extensions
    from brokerspec.rules import run_rules
    from brokerspec.samples import check_samples

    found = check_extensions(document.source)
    return [*found, *run_rules(document), *check_samples(document)]


def _for_the_house(diagnostic: Diagnostic) -> Diagnostic:
    if diagnostic.code in HOUSE_ERRORS:
        return replace(diagnostic, severity=Severity.ERROR)
    return diagnostic


def _against_openapi(document: Document) -> Iterator[Diagnostic]:
    root = document.source.root
    if not isinstance(root, dict):
        return
    unfolded, origins = _unfold_variants(root)
    try:
        errors = list(_errors(_openapi_schema(document.version[:3]), unfolded))
    except RecursionError:
        where = document.where(())
        message = "the spec is nested too deeply to be checked"
        yield Diagnostic(Severity.ERROR, "too-deep", where, message)
        return
    for pointer, message in errors:
        where = document.where_key(_origin(pointer, origins))
        yield Diagnostic(Severity.ERROR, "openapi", where, message)


def _errors(validator: Validator, root: dict[str, JSON]) -> Iterator[tuple[Pointer, str]]:
    from brokerspec.jsonschemas import readable

    raw = list(validator.iter_errors(cast("Any", root)))
    paths = [tuple(error.absolute_path) for error in raw]
    for error, path in zip(raw, paths, strict=True):
        # A member that is wrong also counts as unevaluated in all that contains it.
        if error.validator == "unevaluatedProperties" and any(
            other[: len(path)] == path and len(other) > len(path) for other in paths
        ):
            continue
        yield readable(error)


@cache
def _openapi_schema(version: str) -> Validator:
    from jsonschema import Draft4Validator, Draft202012Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    if version.startswith("3.0"):
        return Draft4Validator(published("3.0"))
    schema = published("3.1")
    resource = DRAFT202012.create_resource(schema)
    # Crawled once, or each dynamic reference would look through the whole schema again.
    registry = Registry[Any]().with_resource(schema["$id"], resource).crawl()
    return Draft202012Validator(schema, registry=registry)


def published(version: str) -> dict[str, Any]:
    """Read OpenAPI's own schema out of the library that carries it.

    Importing the library takes longer than all checks of a spec together.
    """
    found = find_spec("openapi_spec_validator")
    folder = Path(found.origin).parent if found and found.origin else Path()
    path = folder / "resources" / "schemas" / f"v{version}" / "schema.json"
    if path.is_file():
        schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return schema
    from openapi_spec_validator import schemas

    # The library leaves the types of its schemas open.
    return dict(getattr(schemas, f"schema_v{version.replace('.', '')}"))


def _unfold_variants(root: dict[str, JSON]) -> tuple[dict[str, JSON], dict[str, Pointer]]:
    """Give each variant a path of its own, so that it is checked as an operation."""
    paths = root.get("paths")
    if not isinstance(paths, dict):
        return root, {}
    unfolded = dict(paths)
    origins: dict[str, Pointer] = {}
    for path, item in paths.items():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            variants = operation.get("x-variants") if isinstance(operation, dict) else None
            for index, variant in enumerate(variants if isinstance(variants, list) else ()):
                name = f"{path}#{method}{index}"
                unfolded[name] = {method: variant}
                origins[name] = ("paths", path, method, "x-variants", index)
    return {**root, "paths": unfolded}, origins


def _origin(pointer: Pointer, origins: dict[str, Pointer]) -> Pointer:
    if len(pointer) > 2 and pointer[1] in origins:
        return origins[str(pointer[1])] + pointer[3:]
    return pointer
