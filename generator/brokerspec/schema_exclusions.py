"""What `not` excludes, and what it costs that no value is held to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from brokerspec.tree import JSON

EXCLUDED: Final = {
    "not with required": "members that exclude each other can be sent together: the server checks",
    "not with enum": "values that it excludes can be sent: the server checks",
    "not with type": "a value that is only said not to be of a type is typed Any",
    "not of everything": "what may have no value at all is typed Any",
    "not": "what it excludes can be sent: the server checks",
}
_SHAPING: Final = frozenset(
    {"$ref", "type", "properties", "items", "enum", "const", "anyOf", "oneOf", "allOf"}
)


def excluded(members: Mapping[str, JSON]) -> str:
    """Return which kind of `not` stands in a schema, nothing when it costs nothing."""
    value = members["not"]
    inner = value if isinstance(value, dict) else {}
    if value is False:
        return ""
    if not inner:
        return "not of everything"
    if "type" in inner and inner.keys() <= {"type", "nullable", "description"}:
        # Beside a type or shape of its own it excludes nothing more.
        return "" if members.keys() & _SHAPING else "not with type"
    if "enum" in inner or "const" in inner:
        return "not with enum"
    return "not with required" if "required" in inner else "not"
