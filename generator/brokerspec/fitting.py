"""Whether a value certainly fits a shape, without loading what validates in general.

It knows the keywords that the extension keys need, and texts, booleans, integers and what is
made of them. For all else the answer is no, which only means that jsonschema has to decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from brokerspec.tree import JSON

_Shapes: TypeAlias = Mapping[str, Any]
_Test: TypeAlias = Callable[[Any, Any, _Shapes, _Shapes], bool]

_PLACE: Final = "#/$defs/"
# `bool` is no number to JSON, and what a decimal is to jsonschema depends on its value.
_KINDS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset({"string"}),
    bool: frozenset({"boolean"}),
    int: frozenset({"integer", "number"}),
    type(None): frozenset({"null"}),
    list: frozenset({"array"}),
    dict: frozenset({"object"}),
}
_NONE: Final = frozenset[str]()


def fits(value: JSON, shape: object, shapes: _Shapes) -> bool:
    """Say whether a value certainly fits a shape, whose references lead to some `shapes`."""
    if not isinstance(shape, dict):
        return shape is True
    for keyword, stated in shape.items():
        test = _TESTS.get(keyword)
        if test is None or not test(value, stated, shape, shapes):
            return False
    return type(value) in _KINDS


def _reference(value: Any, stated: Any, _: _Shapes, shapes: _Shapes) -> bool:
    named = stated.removeprefix(_PLACE)
    return named in shapes and fits(value, shapes[named], shapes)


def _type(value: Any, stated: Any, *_: _Shapes) -> bool:
    kinds = _KINDS.get(type(value), _NONE)
    return stated in kinds if isinstance(stated, str) else not kinds.isdisjoint(stated)


def _properties(value: Any, stated: Any, shape: _Shapes, shapes: _Shapes) -> bool:
    return not isinstance(value, dict) or all(
        fits(value[name], member, shapes) for name, member in stated.items() if name in value
    )


def _additional(value: Any, stated: Any, shape: _Shapes, shapes: _Shapes) -> bool:
    if not isinstance(value, dict):
        return True
    beyond = value.keys() - shape.get("properties", {}).keys()
    return all(fits(value[name], stated, shapes) for name in beyond)


def _items(value: Any, stated: Any, _: _Shapes, shapes: _Shapes) -> bool:
    return not isinstance(value, list) or all(fits(item, stated, shapes) for item in value)


def _unique(value: Any, stated: Any, *_: _Shapes) -> bool:
    if not isinstance(value, list) or stated is not True:
        return not isinstance(value, list)
    # Texts and integers differ where Python says so; of others one may equal a third.
    return set(map(type, value)) <= {str, int} and len(set(value)) == len(value)


def _at_least(kind: type) -> _Test:
    return lambda value, stated, *_: (
        bool(_size(value) >= stated) if type(value) is kind else type(value) in _KINDS
    )


def _at_most(kind: type) -> _Test:
    return lambda value, stated, *_: (
        bool(_size(value) <= stated) if type(value) is kind else type(value) in _KINDS
    )


def _size(value: Any) -> int:
    return value if isinstance(value, int) else len(value)


_TESTS: Final[Mapping[str, _Test]] = {
    "x-places": lambda *_: True,
    "description": lambda *_: True,
    "$ref": _reference,
    "type": _type,
    "enum": lambda value, stated, *_: type(value) is str and value in stated,
    "const": lambda value, stated, *_: type(value) is type(stated) is bool and value is stated,
    "pattern": lambda value, stated, *_: (
        not isinstance(value, str) or re.search(stated, value) is not None
    ),
    "properties": _properties,
    "additionalProperties": _additional,
    "required": lambda value, stated, *_: not isinstance(value, dict) or value.keys() >= {*stated},
    "propertyNames": lambda value, stated, _, shapes: (
        not isinstance(value, dict) or all(fits(name, stated, shapes) for name in value)
    ),
    "items": _items,
    "uniqueItems": _unique,
    "minItems": _at_least(list),
    "minProperties": _at_least(dict),
    "maxProperties": _at_most(dict),
    "minimum": _at_least(int),
    "maximum": _at_most(int),
    "anyOf": lambda value, stated, _, shapes: any(fits(value, one, shapes) for one in stated),
}
