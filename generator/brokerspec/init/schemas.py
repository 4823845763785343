"""Turn shapes into schemas, every object and every list of values under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from brokerspec.audit.facts import ListedValue
from brokerspec.init.attach import Lists
from brokerspec.init.meaning import Guess, Setting, Side, fits, guess, sounds_secret, table_type
from brokerspec.init.names import class_name, singular, spoken
from brokerspec.init.shapes import Shape
from brokerspec.naming import RESERVED_CLASSES, first_free, snake, words
from brokerspec.tree import JSON

_MARKS: Final = frozenset({"description", "x-evidence", "x-provenance"})
_VAGUE: Final = frozenset(
    {"body", "data", "details", "head", "header", "item", "items", "list", "result", "results"}
    | {"response", "row", "rows", "value", "values"}
)
_TRUE: Final = frozenset({"yes", "true", "y"})
_FALSE: Final = frozenset({"no", "false", "n"})


@dataclass(slots=True)
class Components:
    """Hold the component schemas, and say where a name comes from when two want the same."""

    lists: Lists
    setting: Setting
    schemas: dict[str, JSON] = field(default_factory=dict[str, "JSON"])
    contradictions: list[str] = field(default_factory=list[str])
    _needed: dict[int, frozenset[str]] = field(default_factory=dict[int, frozenset[str]])

    def need(self, shape: Shape, members: frozenset[str]) -> None:
        """Make members of an object required, whatever the tables say."""
        self._needed[id(shape)] = members

    def value(self, name: str, shape: Shape, side: Side, owner: str) -> dict[str, JSON]:
        """Return the schema of a value that is no member of an object."""
        kinds = [kind for kind in shape.kinds if kind != "null"]
        if shape.is_object and set(kinds) <= {"object"}:
            return {"$ref": self.object(name, shape, side, owner)}
        if kinds == ["array"] or (not kinds and shape.entry is not None):
            return {"type": "array", "items": self.entries(name, shape, side, owner)}
        if kinds == ["object"]:
            return {"type": "object"}
        if {"array", "object"} & set(kinds):
            return {}
        return dict(guess(name, shape, side, self.setting).keywords) if kinds else {}

    def entries(self, name: str, shape: Shape, side: Side, owner: str) -> dict[str, JSON]:
        """Return the schema of the entries of a list."""
        if shape.entry is None:
            return {}
        found = self.value(singular(name), shape.entry, side, owner)
        found.pop("x-secret", None)
        return found

    def object(
        self,
        name: str,
        shape: Shape,
        side: Side,
        owner: str,
        required: frozenset[str] = frozenset(),
        *,
        is_shared: bool = True,
    ) -> str:
        """Declare an object, or find the same one, and return the reference to it."""
        properties: dict[str, JSON] = {}
        wanted = class_name(owner if set(words(name)) <= _VAGUE else name)
        for member, below in shape.members.items():
            properties[member] = self.property(member, below, side, f"{owner}_{member}")
        must = required | self._needed.get(id(shape), frozenset())
        needed = [
            member
            for member in shape.members
            if (member in must or _is_required(shape, member, side))
            and not _may_be_empty(properties[member])
        ]
        made: dict[str, JSON] = {"type": "object", "description": _object_text(name, owner)}
        if needed:
            made["required"] = [*needed]
        made["x-provenance"] = "inferred"
        made["x-evidence"] = f"line {shape.line}, name and what may be missing"
        made["properties"] = properties
        return self.declare(wanted, class_name(owner), made, is_shared=is_shared)

    def property(self, name: str, shape: Shape, side: Side, owner: str) -> dict[str, JSON]:
        """Return the schema of a member, with a mark on what was guessed."""
        kinds = [kind for kind in shape.kinds if kind != "null"]
        is_nested = bool(shape.members or shape.entry) or bool({"array", "object"} & set(kinds))
        said = table_type(shape)
        if is_nested or (not kinds and said in {"array", "object"}):
            made = Guess(base="nested")
            if not kinds:
                made.reasons.append("no value is printed")
            if not is_nested:
                listed: dict[str, JSON] = {"items": {}} if said == "array" else {}
                made.keywords = {"type": said, **listed}
            else:
                made.keywords = self.value(name, shape, side, owner)
            if shape.is_nullable:
                made.keywords = _or_null(made.keywords)
            if sounds_secret(name):
                made.say("x-secret", False, "more than one value stands here")
        else:
            made = guess(name, shape, side, self.setting)
            self._listed(name, shape, made, owner)
            self._compare(name, shape, made)
        return _finished(name, shape, made)

    def declare(
        self, name: str, longer: str, schema: dict[str, JSON], *, is_shared: bool = True
    ) -> str:
        """Keep a component under the first name that is free, and return the reference to it."""
        for wanted in (name, longer):
            if wanted in RESERVED_CLASSES:
                continue
            known = self.schemas.get(wanted)
            if known is None:
                self.schemas[wanted] = schema
                return f"#/components/schemas/{wanted}"
            if is_shared and _bare(known) == _bare(schema):
                return f"#/components/schemas/{wanted}"
        free = first_free(longer, {*self.schemas, *RESERVED_CLASSES}).replace("_", "")
        free = first_free(free, self.schemas).replace("_", "V")
        self.schemas[free] = schema
        return f"#/components/schemas/{free}"

    def _listed(self, name: str, shape: Shape, made: Guess, owner: str) -> None:
        """Give a text or whole number the list of values that the document prints for it."""
        if made.keywords.get("x-secret") is True or "x-type" in made.keywords:
            return
        if made.base not in {"string", "integer"} or made.keywords.get("type") != made.base:
            return
        line, values = self.lists.beside(name, shape)
        if values and not fits(values, shape):
            self.contradictions.append(
                f"line {shape.line}: `{name}` is printed with a value that the list on line "
                f"{line} lacks; the list is left out"
            )
            return
        if not values:
            line, values = self.lists.named(name, shape)
        if not values or not _are_values(values, made.base):
            return
        literals: list[JSON] = [int(v) if made.base == "integer" else v for v in values]
        flags = [value.lower() for value in values]
        if made.base == "string" and len(flags) == 2 and set(flags) & _TRUE and set(flags) & _FALSE:
            made.say("x-type", "boolean", f"the list on line {line}")
            made.keywords["enum"] = literals if flags[0] in _TRUE else literals[::-1]
            return
        schema: dict[str, JSON] = {"type": made.base, "description": spoken(name)}
        schema["enum"] = literals
        if all(one.meaning for one in values.values()):
            schema["x-enum-descriptions"] = [_sentence(one.meaning) for one in values.values()]
        schema["x-provenance"] = "inferred"
        schema["x-evidence"] = f"line {line}, that the list is complete"
        stated = {key: made.keywords[key] for key in ("x-secret",) if key in made.keywords}
        reference = self.declare(class_name(name), class_name(owner), schema)
        made.keywords = {"$ref": reference, **stated}
        made.reasons.append(f"the list on line {line}")

    def _compare(self, name: str, shape: Shape, made: Guess) -> None:
        """Note where a table and a printed value disagree about the type."""
        said, numbers = table_type(shape), {"integer", "number"}
        is_printed = any(value is not None for value in shape.values)
        if not said or not is_printed or said == made.base or {said, made.base} <= numbers:
            return
        line = shape.row.line if shape.row else shape.line
        self.contradictions.append(
            f"line {line}: the table says that `{name}` is {said}, line {shape.line} prints "
            f"{made.base or 'several types'}; the printed value decides"
        )


def argument_names(members: Mapping[str, JSON], taken: set[str]) -> None:
    """Give a Python name to each member that would hide another argument."""
    for wire, schema in members.items():
        name = first_free(snake(wire), taken)
        taken.add(name)
        if isinstance(schema, dict) and name != snake(wire):
            schema["x-python-name"] = name


def is_order_number(name: str) -> bool:
    """Say whether a name is that of the number by which a broker knows an order."""
    text = "".join(words(name))
    return bool(re.search(r"ord(er)?(id|no|num|number)$", text))


def _finished(name: str, shape: Shape, made: Guess) -> dict[str, JSON]:
    row = shape.row
    found = dict(made.keywords)
    if row is not None and row.description:
        found["description"] = _sentence(row.description)
    else:
        found["description"] = spoken(name)
        made.reasons.append("description from the name")
    if "x-secret" in found:
        found["x-secret"] = found.pop("x-secret")
    if not table_type(shape) and any(value is not None for value in shape.values):
        made.reasons.append("type from the printed value")
    if made.reasons:
        found["x-provenance"] = "inferred"
        found["x-evidence"] = f"line {shape.line}, {'; '.join(made.reasons)}"
    return found


def _is_required(shape: Shape, name: str, side: Side) -> bool:
    member = shape.members[name]
    said = member.row.is_required if member.row else None
    is_always_there = member.seen == shape.objects
    if side == "response":
        return said is True and is_always_there and shape.objects > 0
    if said is None:
        return is_always_there and shape.objects > 0
    return said and is_always_there


def _may_be_empty(schema: JSON) -> bool:
    return isinstance(schema, dict) and "x-empty" in schema


def _or_null(keywords: dict[str, JSON]) -> dict[str, JSON]:
    if isinstance(keywords.get("type"), str):
        return {**keywords, "type": [keywords["type"], "null"]}
    return {"anyOf": [keywords, {"type": "null"}]} if keywords else keywords


def _are_values(values: Mapping[str, ListedValue], base: str) -> bool:
    pattern = r"-?\d{1,9}" if base == "integer" else r"[^\x00-\x1f]{1,40}"
    return all(re.fullmatch(pattern, value) for value in values)


def _object_text(name: str, owner: str) -> str:
    if name.endswith("_request"):
        return f"What {name.removesuffix('_request')} sends."
    if name.endswith("_answer"):
        return f"What {name.removesuffix('_answer')} answers."
    return spoken(owner if set(words(name)) <= _VAGUE else name)


def _sentence(text: str) -> str:
    plain = " ".join(re.sub(r"[\x00-\x1f]", " ", text).split()).rstrip(" .,;:-")
    return f"{plain[:1].upper()}{plain[1:]}." if plain else "Nothing is said."


def _bare(value: JSON) -> JSON:
    """Return a schema without what may differ between two mentions of the same thing."""
    if isinstance(value, dict):
        found: dict[str, JSON] = {}
        for key, below in value.items():
            if key == "properties" and isinstance(below, dict):
                found[key] = {name: _bare(member) for name, member in below.items()}
            elif key not in _MARKS:
                found[key] = _bare(below)
        return found
    return [_bare(entry) for entry in value] if isinstance(value, list) else value
