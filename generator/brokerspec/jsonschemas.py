"""Check values with the jsonschema library, and say its errors in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from brokerspec.document import Document, Schema
from brokerspec.tree import Pointer

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator
    from referencing import Resource

_BASE: Final = "https://spec.invalid/"
_LONGEST: Final = 80


def validator_for(document: Document, schema: Schema) -> Validator:
    """Return what checks values against a schema; its references stay in the document."""
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    source, rest = document.locate(schema.pointer)
    named = {"": document.source, **document.files}
    resources: list[tuple[str, Resource[Any]]] = [
        (_BASE + name.removesuffix("#"), DRAFT202012.create_resource(cast("Any", one.root)))
        for name, one in named.items()
    ]
    registry = Registry[Any]().with_resources(resources)
    name = "" if source is document.source else str(schema.pointer[0]).removesuffix("#")
    parts = "".join(f"/{_escape(token)}" for token in rest)
    return Draft202012Validator({"$ref": f"{_BASE}{name}#{parts}"}, registry=registry)


def _escape(token: str | int) -> str:
    return quote(str(token).replace("~", "~0").replace("/", "~1"), safe="~")


def readable(error: ValidationError) -> tuple[Pointer, str]:
    """Return where an error is, relative to the value checked, and what it is."""
    best = deepest(error)
    path: Pointer = tuple(best.absolute_path)
    if best.validator in {"additionalProperties", "unevaluatedProperties"}:
        named = re.search(r"\('([^']*)'", best.message)
        if named:
            return (*path, named[1]), f"{named[1]!r} is not expected here"
    return path, _message(best)


def deepest(error: ValidationError) -> ValidationError:
    """Step into the alternative that came closest to fitting."""
    while error.context:
        error = max(error.context, key=_closeness)
    return error


def _closeness(error: ValidationError) -> tuple[int, bool]:
    # An alternative of the right type, with its required members, was probably meant.
    return len(error.absolute_path), error.validator not in {"type", "required"}


def _message(error: ValidationError) -> str:
    match error.validator:
        case "pattern":
            return f"{_short(error.instance)} is not written as expected"
        case "enum":
            return f"{_short(error.instance)} is none of {_short(error.validator_value)}"
        case "type":
            return f"{_short(error.instance)} is not of type {_short(error.validator_value)}"
        case "required":
            return error.message.replace("a required property", "required")
        case _:
            return error.message if len(error.message) < 2 * _LONGEST else _default(error)


def _default(error: ValidationError) -> str:
    return f"{_short(error.instance)} breaks the rule {error.validator!r}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
