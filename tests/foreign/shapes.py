"""JSON values that fit the schemas of a document, made by schemathesis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import schemathesis
from hypothesis.strategies import SearchStrategy

JSON = Any


class Shapes:
    """Strategies for the schemas of one document, by a key of the caller's.

    Schemathesis makes bodies of operations, so each schema becomes the body of one.
    """

    def __init__(self, document: Mapping[str, JSON], schemas: Mapping[str, JSON]) -> None:
        self._document = document
        self._keys = {f"/{index}": key for index, key in enumerate(schemas)}
        paths = {path: {"post": _posting(schemas[key])} for path, key in self._keys.items()}
        loaded = schemathesis.openapi.from_dict({**document, "security": [], "paths": paths})
        self._strategies: dict[str, SearchStrategy[Any]] = {}
        for found in loaded.get_all_operations():
            operation = cast("Any", found).ok()
            self._strategies[self._keys[operation.path]] = operation.as_strategy()

    def strategy(self, key: str) -> SearchStrategy[JSON]:
        """Return a strategy for the values of a schema, without members it does not declare."""
        return self._strategies[key].map(lambda case: case.body)


def _posting(schema: JSON) -> JSON:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"requestBody": body, "responses": {"204": {"description": "Done."}}}


class Declared:
    """Tells the declared members of an object from those made up."""

    def __init__(self, document: Mapping[str, JSON]) -> None:
        self._document = document

    def strip(self, value: JSON, schema: JSON) -> JSON:
        """Return a value without the members that its schema does not declare."""
        parts = list(self.parts(schema))
        if isinstance(value, dict):
            known: dict[str, list[JSON]] = {}
            for part in parts:
                for name, prop in part.get("properties", {}).items():
                    known.setdefault(name, []).append(prop)
            if not known:
                extra = [part.get("additionalProperties") for part in parts]
                inner = next((one for one in extra if isinstance(one, dict)), {})
                return {name: self.strip(item, inner) for name, item in value.items()}
            return {
                name: self.strip(item, {"allOf": known[name]})
                for name, item in value.items()
                if name in known
            }
        if isinstance(value, list):
            items = [part["items"] for part in parts if isinstance(part.get("items"), dict)]
            return [self.strip(item, {"allOf": items}) for item in value]
        return value

    def parts(self, schema: JSON, seen: frozenset[str] = frozenset()) -> Iterator[JSON]:
        """Yield a schema and all that it refers to or is composed of."""
        if not isinstance(schema, dict):
            return
        yield schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            yield from self.parts(self.follow(reference), seen | {reference})
        for key in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(key, ()):
                yield from self.parts(part, seen)

    def follow(self, reference: str) -> JSON:
        """Return what a local reference leads to."""
        node: JSON = self._document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        return node
