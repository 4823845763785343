"""JSON values that fit the schemas of a document, made by schemathesis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import unquote

import schemathesis
from hypothesis.strategies import SearchStrategy

JSON = Any
# What a strategy needs of a schema beside its parts.
_KEPT = {"type", "enum", "const", "nullable", "pattern", "required", "minProperties"} | {
    f"{bound}{what}"
    for bound in ("min", "max", "exclusiveMin", "exclusiveMax")
    for what in ("imum", "Items", "Length")
}
_FORMATS = {"date", "date-time", "time", "uuid", "byte"}
_WRITTEN = {"int32", "int64", "decimal", "decimal128", "uint64", "double", "float"}
# What an object says of its members alone, and of its parts.
_OBJECT = {"type", "properties", "required", "allOf"}
# What may stand beside a reference from OpenAPI 3.1 on and says more of the members.
_BESIDE = {"properties", "required"}
# Deeper than this only what is required is made, and then nothing.
_DEEPEST = -6


class Shapes:
    """Strategies for the schemas of one document, each made when it is asked for.

    Schemathesis makes bodies of operations, so each schema becomes the body of one. Large
    documents refer to so much that a schema gets its parts to a depth only.
    """

    def __init__(self, document: Mapping[str, JSON], depth: int, breadth: int) -> None:
        self._document = document
        self._declared = Declared(document)
        self._depth = depth
        self._breadth = breadth
        self._strategies: dict[tuple[str, str], SearchStrategy[Any]] = {}

    def strategy(self, key: str, schema: JSON, unseen: str) -> SearchStrategy[JSON]:
        """Return a strategy for values of a schema; `unseen` is `readOnly` or `writeOnly`."""
        if (key, unseen) not in self._strategies:
            whole = self.inlined(schema, unseen)
            paths = {"/it": {"post": _posting(whole)}}
            head = {name: self._document[name] for name in ("openapi", "info")}
            loaded = schemathesis.openapi.from_dict({**head, "paths": paths})
            made = cast("Any", loaded["/it"]["POST"]).as_strategy()
            self._strategies[key, unseen] = made.map(lambda case: case.body)
        return self._strategies[key, unseen]

    def inlined(self, schema: JSON, unseen: str) -> JSON:
        """Return a schema without references, to the depth and breadth of these shapes."""
        return self._inlined(schema, unseen, self._depth, ())

    def _inlined(
        self,
        schema: JSON,
        unseen: str,
        depth: int,
        seen: tuple[str, ...],
        needed: frozenset[str] = frozenset(),
    ) -> JSON:
        if not isinstance(schema, dict) or depth < _DEEPEST:
            return {}
        if isinstance(reference := schema.get("$ref"), str):
            if reference in seen:
                return {}
            beside = {name: schema[name] for name in _BESIDE & schema.keys()}
            if beside and str(self._document["openapi"]).startswith("3.1"):
                both = {"allOf": [{"$ref": reference}, beside]}
                return self._inlined(both, unseen, depth, seen, needed)
            target = self._declared.follow(reference)
            return self._inlined(target, unseen, depth, (*seen, reference), needed)
        made = {name: value for name, value in schema.items() if name in _KEPT}
        if schema.get("format") in _FORMATS:
            made["format"] = schema["format"]
        elif schema.get("type") == "string" and schema.get("format") in _WRITTEN:
            made["pattern"] = "^[1-9][0-9]{0,8}$"
        self._add_members(made, schema, unseen, depth, needed)
        if "items" in schema:
            made["maxItems"] = max(made.get("minItems", 0), 2 if depth > 0 else 0)
            made["items"] = self._inlined(schema["items"], unseen, depth - 1, ())
        if "prefixItems" in schema:
            parts = [self._inlined(one, unseen, depth - 1, ()) for one in schema["prefixItems"]]
            made |= {"prefixItems": parts, "items": False, "minItems": len(parts)}
        if "allOf" in schema:
            # One part may ask for a member that another one describes.
            parts = self._declared.parts(schema)
            needed |= {name for part in parts for name in part.get("required", ())}
            whole = [self._inlined(one, unseen, depth, seen, needed) for one in schema["allOf"]]
            made["allOf"] = [_beside(one, whole) for one in whole]
        options = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
        if options:
            made["anyOf"] = self._options(schema, options, unseen, depth, seen)
        return made

    def _add_members(
        self,
        made: dict[str, JSON],
        schema: Mapping[str, JSON],
        unseen: str,
        depth: int,
        needed: frozenset[str],
    ) -> None:
        required = [
            name
            for name in schema.get("required", ())
            if not self._declared.has(schema.get("properties", {}).get(name), unseen)
        ]
        if "required" in made:
            made["required"] = required
        if "properties" in schema:
            # Documents that leave the type out mean an object.
            made.setdefault("type", "object")
            wanted = [name for name in schema["properties"] if name not in required]
            room = (self._breadth if depth > 0 else 0) if depth < self._depth else len(wanted)
            names = {*required, *wanted[:room], *needed}
            made["properties"] = {
                name: self._inlined(prop, unseen, depth - 1, ())
                for name, prop in schema["properties"].items()
                if name in names and not self._declared.has(prop, unseen)
            }
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict):
            made.setdefault("type", "object")
            made["additionalProperties"] = self._inlined(extra, unseen, depth - 1, ())
            room = 2 if depth > 0 else 0
            made["maxProperties"] = room + len(made.get("properties", ()))

    def _told(self, option: JSON, tag: str) -> list[str]:
        """Return the texts that an option itself lists for the member that tells it."""
        parts = self._declared.parts(option)
        told = [part["properties"][tag] for part in parts if tag in part.get("properties", {})]
        listed = [one for prop in told for one in self._declared.parts(prop)]
        texts = [text for one in listed for text in one.get("enum", ())]
        return texts + [one["const"] for one in listed if "const" in one]

    def _options(
        self,
        schema: Mapping[str, JSON],
        options: list[JSON],
        unseen: str,
        depth: int,
        seen: tuple[str, ...],
    ) -> list[JSON]:
        """Return the options of a union, each with the text that tells it from the others."""
        made = [self._inlined(one, unseen, depth, seen) for one in options]
        discriminator = schema.get("discriminator", {})
        if "propertyName" in discriminator:
            tag = discriminator["propertyName"]
            words: dict[str, list[str]] = {}
            for word, target in discriminator.get("mapping", {}).items():
                words.setdefault(target.rpartition("/")[2], []).append(word)
            names = [one.get("$ref", "").rpartition("/")[2] for one in options]
            made = [
                _tagged(one, tag, words.get(name, []), self._told(option, tag), name)
                for name, option, one in zip(names, options, made, strict=True)
            ]
        if not {"allOf", "properties"} & set(schema):
            # A made up member of one option could be a declared one of another.
            made = [_closed(one) for one in made]
        if depth <= 0:
            small = [one for one in made if one.get("type") not in (None, "object", "array")]
            made = small or made[:1]
        return made


def _tagged(option: JSON, tag: str, words: list[str], told: list[str], name: str) -> JSON:
    """Return an option with a text that tells it: by the mapping, by itself or by its name."""
    if told:
        words = [word for word in words if word in told]
    elif not words:
        words = [name]
    if not name or not words:
        return option
    member = {tag: {"enum": words}}
    if "properties" in option and "allOf" not in option:
        required = [*option.get("required", ()), tag]
        properties = {**option["properties"], **member}
        return {**option, "required": list(dict.fromkeys(required)), "properties": properties}
    return {"allOf": [option, {"type": "object", "required": [tag], "properties": member}]}


def _closed(option: JSON) -> JSON:
    """Return an option of a union that has no members but its own."""
    parts = list(_composed(option))
    said: dict[str, list[JSON]] = {}
    for part in parts:
        for name, prop in part.get("properties", {}).items():
            said.setdefault(name, []).append(prop)
    required = {name: None for part in parts for name in part.get("required", ())}
    if any(set(part) - _OBJECT for part in parts) or required.keys() - said or not said:
        return option
    whole = {
        name: props[0] if len(props) == 1 else {"allOf": props} for name, props in said.items()
    }
    head = {"type": "object", "properties": whole, "additionalProperties": False}
    return {**head, "required": list(required)} if required else head


def _composed(schema: JSON) -> Iterator[JSON]:
    """Yield a schema without references and the parts that it is composed of."""
    yield schema
    for part in schema.get("allOf", ()):
        yield from _composed(part)


def _beside(part: JSON, whole: list[JSON]) -> JSON:
    """Return a part of an object; the options of a union have room for the other parts."""
    others = [inner for one in whole if one is not part for inner in _composed(one)]
    names = {name for one in others for name in one.get("properties", ())}
    if "anyOf" not in part:
        return part
    room: dict[str, JSON] = {name: {} for name in names}
    options = [
        {**one, "properties": {**room, **one["properties"]}}
        if one.get("additionalProperties") is False
        else one
        for one in part["anyOf"]
    ]
    return {**part, "anyOf": options}


def _posting(schema: JSON) -> JSON:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"requestBody": body, "responses": {"204": {"description": "Done."}}}


class Declared:
    """Tells the declared members of an object from those made up."""

    def __init__(self, document: Mapping[str, JSON]) -> None:
        self._document = document

    def strip(self, value: JSON, schema: JSON, unseen: str) -> JSON:
        """Return a value without the members for which its schema has no place."""
        parts = list(self.parts(schema))
        if isinstance(value, dict):
            known: dict[str, list[JSON]] = {}
            for part in parts:
                for name, prop in part.get("properties", {}).items():
                    known.setdefault(name, []).append(prop)
            if not known:
                extra = [part.get("additionalProperties") for part in parts]
                inner = next((one for one in extra if isinstance(one, dict)), {})
                if inner == {} and any("properties" in part for part in parts):
                    return {}
                return {name: self.strip(item, inner, unseen) for name, item in value.items()}
            others = self.others(parts)
            return {
                name: self.strip(item, {"allOf": known[name]} if name in known else others, unseen)
                for name, item in value.items()
                if (name in known or others is not None)
                and not any(self.has(prop, unseen) for prop in known.get(name, ()))
            }
        if isinstance(value, list):
            items = [part["items"] for part in parts if isinstance(part.get("items"), dict)]
            return [self.strip(item, {"allOf": items}, unseen) for item in value]
        return value

    def others(self, parts: list[JSON]) -> JSON:
        """Return the schema of members that are not named, None where they have no place.

        Of options beside each other nothing is said: one has a place, another has not.
        """
        if any(key in part for part in parts for key in ("anyOf", "oneOf")):
            return None
        said = [part["additionalProperties"] for part in parts if "additionalProperties" in part]
        own = parts[0].get("additionalProperties")
        last = own if own is not None else said[-1] if said else None
        return last if isinstance(last, dict) else {} if last is True else None

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

    def has(self, schema: JSON, flag: str) -> bool:
        """Say whether a schema, or anything it refers to or is composed of, has a flag."""
        return any(part.get(flag) is True for part in self.parts(schema))

    def follow(self, reference: str) -> JSON:
        """Return what a local reference leads to."""
        node: JSON = self._document
        for part in reference.removeprefix("#/").split("/"):
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            node = node[int(name) if isinstance(node, list) else name]
        return node
