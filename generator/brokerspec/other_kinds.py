"""Documents that describe an API in another way: what they are, and how to convert them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.tree import Source

_SWAGGER_1 = "convert it first, for example with `npx api-spec-converter -f swagger_1 -t openapi_3`"
_POSTMAN = (
    "convert it first, for example with `npx postman-to-openapi collection.json -f openapi.yaml`"
)
_ASYNCAPI = "it describes messages, not requests; ask for the OpenAPI document of the HTTP API"
_ELSEWHERE: Mapping[str, tuple[str, str]] = {
    "swaggerVersion": ("Swagger 1", _SWAGGER_1),
    "asyncapi": ("AsyncAPI", _ASYNCAPI),
    "arazzo": ("Arazzo", "it describes workflows; name the OpenAPI document that it refers to"),
    "overlay": ("an OpenAPI Overlay", "apply it to its OpenAPI document first and name the result"),
    "discoveryVersion": ("a Google API discovery document", "convert it to OpenAPI 3 first"),
    "graphql": ("GraphQL", "only HTTP APIs with operations of their own are read"),
    "smithy": ("a Smithy model", "export it to OpenAPI with `smithy build` first"),
    "$schema": ("a JSON Schema", "an OpenAPI document has the schemas in `components`"),
}


def other_kind(source: Source) -> Diagnostic | None:
    """Return the refusal of a document that is plainly of another kind than OpenAPI 3."""
    root = cast("dict[str, object]", source.root) if isinstance(source.root, dict) else {}
    if "openapi" in root:
        return None
    if "swagger" in root:
        found = str(root["swagger"]).strip()
        name = "Swagger 2.0" if found.startswith("2") else f"Swagger {found[:8]}"
        message = f"this is {name}, not OpenAPI 3"
        hint = "convert it first, for example with `npx swagger2openapi old.yaml -o new.yaml`"
        where = source.where_key(("swagger",))
        return Diagnostic(Severity.ERROR, "swagger-2", where, message, hint)
    info = root.get("info")
    about = cast("dict[str, object]", info) if isinstance(info, dict) else {}
    if "_postman_id" in about or "getpostman.com" in str(about.get("schema", "")):
        where = source.where_key(("info",))
        message = "this is a Postman collection, not OpenAPI 3"
        return Diagnostic(Severity.ERROR, "not-openapi", where, message, _POSTMAN)
    for key, (name, hint) in _ELSEWHERE.items():
        if key in root:
            where = source.where_key((key,))
            message = f"this is {name}, not OpenAPI 3"
            return Diagnostic(Severity.ERROR, "not-openapi", where, message, hint)
    return None
