"""Make an example up for a call whose payloads the document does not print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from brokerspec.tree import JSON

_DEEPEST: Final = 20
_EVIDENCE: Final = "made up: the document prints no payload of this call"
_PLAIN: Final[Mapping[str, JSON]] = {
    "string": "text",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "null": None,
}
_WRITTEN: Final[Mapping[str, JSON]] = {
    "dd-MM-yyyy HH:mm:ss": "31-12-2024 09:15:00",
    "HH:mm:ss dd-MM-yyyy": "09:15:00 31-12-2024",
    "yyyyMMdd": "20241231",
    "dd/MM/yyyy": "31/12/2024",
    "ddMMMyy": "31DEC24",
    "HH:mm:ss": "09:15:00",
    "epoch-seconds": 1735616700,
}


def make_up_examples(spec: Mapping[str, JSON]) -> None:
    """Give an example to one body of each operation that has none, marked as a guess."""
    components = spec.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    known = schemas if isinstance(schemas, dict) else {}
    for operation in _operations(spec):
        media = list(_media(operation))
        if media and not any("examples" in one for one in media):
            media[0]["examples"] = {
                "made_up": {
                    "value": _value(media[0].get("schema"), known, 0),
                    "x-provenance": "inferred",
                    "x-evidence": _EVIDENCE,
                }
            }


def _operations(spec: Mapping[str, JSON]) -> Iterator[dict[str, JSON]]:
    paths = spec.get("paths")
    for item in paths.values() if isinstance(paths, dict) else ():
        for operation in item.values() if isinstance(item, dict) else ():
            if isinstance(operation, dict):
                yield operation
                variants = operation.get("x-variants")
                for variant in variants if isinstance(variants, list) else ():
                    if isinstance(variant, dict):
                        yield variant


def _media(operation: dict[str, JSON]) -> Iterator[dict[str, JSON]]:
    responses = operation.get("responses")
    answers = list(responses.values()) if isinstance(responses, dict) else []
    for holder in (operation.get("requestBody"), *answers):
        content = holder.get("content") if isinstance(holder, dict) else None
        for one in content.values() if isinstance(content, dict) else ():
            if isinstance(one, dict):
                yield one


def _value(schema: JSON, known: Mapping[str, JSON], depth: int) -> JSON:
    """Return a small value that fits a schema."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _value(known.get(reference.rpartition("/")[2]), known, depth + 1)
    listed = schema.get("enum")
    if isinstance(listed, list) and listed:
        return listed[0]
    unions = schema.get("anyOf")
    if isinstance(unions, list) and unions:
        return _value(unions[0], known, depth + 1)
    written = schema.get("x-type")
    if isinstance(written, str) and written in _WRITTEN:
        return _WRITTEN[written]
    return _typed(schema, known, depth, is_number=written in ("decimal", "integer"))


def _typed(
    schema: dict[str, JSON], known: Mapping[str, JSON], depth: int, *, is_number: bool
) -> JSON:
    types = schema.get("type")
    kind = types[0] if isinstance(types, list) and types else types
    if kind == "array":
        return []
    if kind == "object":
        members = schema.get("properties")
        below = members.items() if isinstance(members, dict) else ()
        return {name: _value(member, known, depth + 1) for name, member in below}
    if kind == "string" and is_number:
        return "1"
    return _PLAIN.get(kind) if isinstance(kind, str) else None
