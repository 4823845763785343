"""Check the extension keys of a spec: known, in their place, of the right shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import Struct

from brokerspec.diagnostics import Diagnostic, Severity, did_you_mean
from brokerspec.fitting import fits
from brokerspec.tree import JSON, Pointer, Source

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

# What stands below a node of each kind. "[kind]" is a list and "{kind}" a map of that kind.
# A key that is not listed holds plain data, in which nothing is an extension key.
_SCHEMA: Final[Mapping[str, str]] = {
    "properties": "{property}",
    "$defs": "{schema}",
    "items": "schema",
    "prefixItems": "[schema]",
    "additionalProperties": "schema",
    "anyOf": "[schema]",
    "oneOf": "[schema]",
    "allOf": "[schema]",
    "not": "schema",
    "if": "schema",
    "then": "schema",
    "else": "schema",
}
_BELOW: Final[Mapping[str, Mapping[str, str]]] = {
    "root": {
        "info": "info",
        "servers": "[server]",
        "paths": "{path-item}",
        "webhooks": "{path-item}",
        "components": "components",
        "tags": "[tag]",
        "x-client": "{setting}",
        "x-failure": "[failure-rule]",
    },
    "info": {"contact": "contact", "license": "license"},
    "server": {"variables": "{server-variable}"},
    "components": {
        "schemas": "{component-schema}",
        "responses": "{response}",
        "parameters": "{parameter}",
        "examples": "{example}",
        "requestBodies": "{request-body}",
        "headers": "{header}",
        "securitySchemes": "{security-scheme}",
        "links": "{link}",
        "callbacks": "{callback}",
        "pathItems": "{path-item}",
    },
    "path-item": {
        "parameters": "[parameter]",
        "servers": "[server]",
        **dict.fromkeys(
            ("get", "put", "post", "delete", "options", "head", "patch", "trace"), "operation"
        ),
    },
    "operation": {
        "parameters": "[parameter]",
        "requestBody": "request-body",
        "responses": "{response}",
        "callbacks": "{callback}",
        "servers": "[server]",
        "x-variants": "[operation]",
        "x-failure": "[failure-rule]",
    },
    "parameter": {"schema": "schema", "content": "{media-type}", "examples": "{example}"},
    "header": {"schema": "schema", "content": "{media-type}", "examples": "{example}"},
    "request-body": {"content": "{media-type}"},
    "response": {"headers": "{header}", "content": "{media-type}", "links": "{link}"},
    "media-type": {"schema": "schema", "examples": "{example}", "encoding": "{encoding}"},
    "encoding": {"headers": "{header}"},
    "security-scheme": {"flows": "flows"},
    "schema": _SCHEMA,
    "property": _SCHEMA,
    "component-schema": _SCHEMA,
}
# A map of these kinds may carry extension keys of its own beside its entries.
_OPEN_MAPS: Final = frozenset({"{path-item}", "{response}"})
_SCHEMA_KINDS: Final = frozenset({"schema", "property", "component-schema"})


class Site(Struct, frozen=True):
    """Hold one node of a spec and what kind of node it is."""

    kind: str
    pointer: Pointer
    members: Mapping[str, JSON]


def check_extensions(source: Source) -> list[Diagnostic]:
    """Report every extension key that is unknown, misplaced or malformed."""
    shapes = Shapes(load_extension_schema())
    return [finding for site in sites(source.root) for finding in shapes.check(source, site)]


def sites(root: JSON) -> Iterator[Site]:
    """Walk over every node of a spec in which an extension key may stand."""
    yield from _walk(root, "root", ())


def load_extension_schema() -> dict[str, Any]:
    """Read the schema of the extension keys, from the package or from a checkout."""
    packaged = Path(__file__).with_name("extensions.schema.json")
    path = packaged if packaged.is_file() else _in_checkout()
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def _in_checkout() -> Path:
    return Path(__file__).parents[2] / "specs" / "extensions.schema.json"


def _walk(value: JSON, kind: str, pointer: Pointer) -> Iterator[Site]:
    if not isinstance(value, dict):
        return
    yield Site(kind, pointer, value)
    for key, shape in _BELOW.get(kind, {}).items():
        if key in value:
            yield from _walk_child(value[key], shape, (*pointer, key))


def _walk_child(value: JSON, shape: str, pointer: Pointer) -> Iterator[Site]:
    kind = shape.strip("[]{}")
    if shape.startswith("[") and isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _walk(entry, kind, (*pointer, index))
    elif shape.startswith("{") and isinstance(value, dict):
        is_open = shape in _OPEN_MAPS
        if is_open:
            yield Site("map", pointer, {k: v for k, v in value.items() if k.startswith("x-")})
        for key, entry in value.items():
            if not (is_open and key.startswith("x-")):
                yield from _walk(entry, kind, (*pointer, key))
    elif shape == kind:
        yield from _walk(value, kind, pointer)


class Shapes:
    """Hold the shapes of the extension keys and judge values by them."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._keys: dict[str, Any] = {
            name: shape for name, shape in schema["$defs"].items() if name.startswith("x-")
        }
        self._validators: dict[str, Validator] = {}
        # Looking for a similar key is slow, and a document repeats its own keys thousands of times.
        self._hints: dict[str, str] = {}

    def check(self, source: Source, site: Site) -> Iterator[Diagnostic]:
        """Yield what is wrong with the extension keys of one node."""
        for key, value in site.members.items():
            if not key.startswith("x-"):
                continue
            at = (*site.pointer, key)
            if key not in self._keys:
                yield _finding(
                    source,
                    "unknown-extension",
                    at,
                    f"there is no extension key {key!r}",
                    self._hint(key),
                )
                continue
            places: list[str] = self._keys[key]["x-places"]
            if not _may_stand(site.kind, places):
                yield _finding(
                    source,
                    "misplaced-extension",
                    at,
                    f"{key!r} may not stand on a {site.kind}",
                    f"it belongs on: {', '.join(places)}",
                )
            for path, message in self.problems(key, value):
                yield _finding(source, "bad-extension", (*at, *path), f"{key}: {message}")
        yield from _check_evidence(source, site)

    def _hint(self, key: str) -> str:
        if key not in self._hints:
            self._hints[key] = did_you_mean(key, self._keys) or "see specs/EXTENSIONS.md"
        return self._hints[key]

    @property
    def names(self) -> Set[str]:
        """Name the keys that have a shape."""
        return self._keys.keys()

    def problems(self, key: str, value: JSON) -> Iterator[tuple[Pointer, str]]:
        """Yield where a value differs from the shape of its key, and how."""
        if fits(value, self._keys[key], self._schema["$defs"]):
            return
        # Loaded only for what may be wrong: it takes as long as the rest of a small document.
        from brokerspec.jsonschemas import readable

        for error in self._validator(key).iter_errors(cast("Any", value)):
            yield readable(error)

    def _validator(self, key: str) -> Validator:
        if key not in self._validators:
            from jsonschema import Draft202012Validator

            shape = {"$ref": f"#/$defs/{key}", "$defs": self._schema["$defs"]}
            self._validators[key] = Draft202012Validator(shape)
        return self._validators[key]


def _may_stand(kind: str, places: list[str]) -> bool:
    return "anything" in places or kind in places or ("schema" in places and kind in _SCHEMA_KINDS)


def _check_evidence(source: Source, site: Site) -> Iterator[Diagnostic]:
    for key, other in (("x-provenance", "x-evidence"), ("x-evidence", "x-provenance")):
        if key in site.members and other not in site.members:
            code = f"missing-{other.removeprefix('x-')}"
            at = (*site.pointer, key)
            yield _finding(source, code, at, f"{key!r} stands without {other!r}", f"add {other!r}")


def _finding(source: Source, code: str, at: Pointer, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic(Severity.ERROR, code, source.where_key(at), message, hint)
