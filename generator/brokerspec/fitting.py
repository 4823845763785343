"""Whether a value certainly fits a shape, without loading what validates in general.

It knows the keywords that the extension keys need, and texts, booleans, integers and what is
made of them. For all else the answer is no, which only means that jsonschema has to decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast

from brokerspec.tree import JSON

_Shapes: TypeAlias = Mapping[str, Any]

_PLACE: Final = "#/$defs/"
# A boolean is no number, and what a decimal is to jsonschema depends on its value.
_KINDS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset({"string"}),
    bool: frozenset({"boolean"}),
    int: frozenset({"integer", "number"}),
    type(None): frozenset({"null"}),
    list: frozenset({"array"}),
    dict: frozenset({"object"}),
}
_OF_LISTS: Final = frozenset({"items", "minItems", "uniqueItems"})
_OF_OBJECTS: Final = frozenset(
    {"additionalProperties", "maxProperties", "minProperties", "properties", "propertyNames"}
    | {"required"}
)


def fits(value: JSON, shape: object, shapes: _Shapes) -> bool:
    """Say whether a value certainly fits a shape, whose references lead to some `shapes`."""
    if not isinstance(shape, dict):
        return shape is True
    rules = cast("_Shapes", shape)
    is_known = type(value) in _KINDS
    return is_known and all(_obeys(value, keyword, rules, shapes) for keyword in rules)


def _obeys(value: JSON, keyword: str, shape: _Shapes, shapes: _Shapes) -> bool:
    rule = shape[keyword]
    match keyword:
        case "x-places" | "description":
            return True
        case "$ref":
            named = str(rule).removeprefix(_PLACE)
            return named in shapes and fits(value, shapes[named], shapes)
        case "anyOf":
            return any(fits(value, option, shapes) for option in rule)
        case "type":
            return not _KINDS[type(value)].isdisjoint([rule] if isinstance(rule, str) else rule)
        case "enum":
            return isinstance(value, str) and value in rule
        case "const":
            return isinstance(rule, bool) and value is rule
        case "pattern":
            return not isinstance(value, str) or re.search(rule, value) is not None
        case "minimum" | "maximum":
            if type(value) is not int:
                return True
            return bool(value >= rule if keyword == "minimum" else value <= rule)
        case _ if keyword in _OF_LISTS:
            return not isinstance(value, list) or _list_obeys(value, keyword, rule, shapes)
        case _ if keyword in _OF_OBJECTS:
            return not isinstance(value, dict) or _object_obeys(value, keyword, shape, shapes)
        case _:
            return False


def _list_obeys(value: list[JSON], keyword: str, rule: Any, shapes: _Shapes) -> bool:
    if keyword == "items":
        return all(fits(item, rule, shapes) for item in value)
    if keyword == "minItems":
        return len(value) >= int(rule)
    # Texts and integers differ where Python says so; of others one may equal a third.
    found = [item for item in value if type(item) is str or type(item) is int]
    return rule is True and len(found) == len(value) == len(set(found))


def _object_obeys(value: dict[str, JSON], keyword: str, shape: _Shapes, shapes: _Shapes) -> bool:
    rule = shape[keyword]
    match keyword:
        case "properties":
            return all(fits(value[name], rule[name], shapes) for name in rule if name in value)
        case "additionalProperties":
            beyond = value.keys() - shape.get("properties", {}).keys()
            return all(fits(value[name], rule, shapes) for name in beyond)
        case "propertyNames":
            return all(fits(name, rule, shapes) for name in value)
        case "minProperties":
            return len(value) >= int(rule)
        case "maxProperties":
            return len(value) <= int(rule)
        case _:
            return all(name in value for name in rule)
