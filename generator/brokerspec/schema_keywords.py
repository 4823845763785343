"""The keywords of schemas: which are read, which are notes, and what it costs to leave one out."""

from __future__ import annotations

from typing import Final

CONSTRAINTS: Final = frozenset(
    {
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "contentEncoding",
        "contentMediaType",
        "discriminator",
    }
)
MODELLED: Final = frozenset(
    {
        "$ref",
        "type",
        "properties",
        "required",
        "items",
        "prefixItems",
        "additionalProperties",
        "patternProperties",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "format",
        "title",
        "description",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "nullable",
    }
)
# Notes for people, and definitions that only matter where something refers to them.
SILENT: Final = frozenset(
    {
        "example",
        "examples",
        "externalDocs",
        "xml",
        "$comment",
        "$defs",
        "definitions",
        "$schema",
        "$id",
        "id",
        "$anchor",
        "$vocabulary",
        "$dynamicAnchor",
        "$recursiveAnchor",
    }
)
# Without these the client accepts more than the spec does, which is safe.
WIDENING: Final = frozenset(
    {
        "not",
        "unevaluatedProperties",
        "unevaluatedItems",
        "dependentRequired",
        "contains",
        "minContains",
        "maxContains",
        "propertyNames",
        "contentSchema",
    }
)
# Without these the client may lack members, or know less about a value.
COSTLY: Final = {
    "if": "members that only depend on a condition are not typed",
    "then": "members that only depend on a condition are not typed",
    "else": "members that only depend on a condition are not typed",
    "dependentSchemas": "members that only depend on others are not typed",
    "dependencies": "members that only depend on others are not typed",
    "additionalItems": "items beyond those listed are not typed",
    "$dynamicRef": "a reference of this kind is not followed: the value is typed Any",
    "$recursiveRef": "a reference of this kind is not followed: the value is typed Any",
}
# Nothing has to be said about these where there is no reference.
QUIET: Final = CONSTRAINTS | MODELLED | SILENT
# Most schemas have no other ones.
FEW: Final = frozenset({"type", "format", "description", "nullable"}) | CONSTRAINTS
KNOWN: Final = QUIET | WIDENING | frozenset(COSTLY)
BESIDE_REF: Final = frozenset(
    {"$ref", "title", "description", "default", "deprecated"}
    | {"readOnly", "writeOnly", "nullable"}
)
APPLIED: Final = MODELLED - BESIDE_REF
