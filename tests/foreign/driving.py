"""Call each method of a generated client and hold what it sent against the document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from msgspec import Struct

from brokerspec import ir
from brokerspec_runtime import Request, Secret, codec
from brokerspec_runtime.enums import OpenEnum
from brokerspec_runtime.errors import UnexpectedResponse
from foreign import parsing
from foreign.shapes import Declared, Shapes

JSON = Any
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Target:
    """One operation: as the document has it, and as the client has it."""

    made: ir.Operation
    parameters: Mapping[tuple[str, str], JSON]
    body: JSON
    media: str
    answers: Mapping[str, JSON]

    @property
    def label(self) -> str:
        return f"{self.made.method} {self.made.path}"


class Book:
    """The operations of a document that its client has, with values for each."""

    def __init__(self, document: Mapping[str, JSON], api: ir.Api) -> None:
        self.declared = Declared(document)
        self.targets = {target.label: target for target in self._targets(document, api)}
        self.count = sum(
            method in item for item in document["paths"].values() for method in METHODS
        )
        schemas: dict[str, JSON] = {}
        for target in self.targets.values():
            schemas[f"{target.label} asks"] = self._asks(target)
            for status, schema in target.answers.items():
                schemas[f"{target.label} {status}"] = schema
        self.shapes = Shapes(document, schemas)

    def _targets(self, document: Mapping[str, JSON], api: ir.Api) -> Iterator[Target]:
        for made in api.operations:
            item = document["paths"][made.path]
            node = item[made.method.lower()]
            parameters: dict[tuple[str, str], JSON] = {}
            for raw in [*item.get("parameters", ()), *node.get("parameters", ())]:
                parameter = self._followed(raw)
                parameters[parameter["in"], parameter["name"]] = parameter
            content = self._followed(node.get("requestBody", {})).get("content", {})
            media = _preferred(content) if made.body is not None else ""
            body = content[media].get("schema", {}) if media else None
            answers = {
                status: media_type["schema"]
                for status, raw in node.get("responses", {}).items()
                if status[0] == "2"
                for name, media_type in self._followed(raw).get("content", {}).items()
                if "json" in name and "schema" in media_type
            }
            yield Target(made, parameters, body, media, answers)

    def _followed(self, node: JSON) -> JSON:
        while "$ref" in node:
            node = self.declared.follow(node["$ref"])
        return node

    def _asks(self, target: Target) -> JSON:
        properties: dict[str, JSON] = {}
        required: list[str] = []
        for (place, name), parameter in target.parameters.items():
            key = f"{place}:{name}"
            properties[key] = _sendable(place, _schema(parameter))
            if parameter.get("required") or place == "path":
                required.append(key)
        if target.media:
            properties["body"] = target.body
            required.append("body")
        return {"type": "object", "properties": properties, "required": required}

    def asks(self, target: Target, value: JSON) -> dict[str, JSON]:
        """Return values for the arguments of an operation, by place and wire name."""
        schema = self._asks(target)["properties"]
        value = value if isinstance(value, dict) else {}
        return {key: self.declared.strip(value[key], schema[key]) for key in schema if key in value}

    def answers(self, target: Target, status: str, value: JSON) -> JSON:
        """Return an answer of an operation."""
        return self.declared.strip(value, target.answers[status])


def _schema(parameter: Mapping[str, JSON]) -> JSON:
    if "schema" in parameter:
        return parameter["schema"]
    return next(iter(parameter["content"].values())).get("schema", {})


def _sendable(place: str, schema: JSON) -> JSON:
    """Return a schema whose texts can stand in a place: servers and proxies mangle the rest."""
    if schema.get("type") == "string" and not {"enum", "pattern", "format"} & set(schema):
        pattern = "^[A-Za-z0-9_~-]+$" if place != "query" else "^[^\ud800-\udfff]*$"
        return {**schema, "pattern": pattern} if place != "query" else schema
    return schema


def _preferred(content: Mapping[str, JSON]) -> str:
    order = ("json", "x-www-form-urlencoded", "multipart")
    ranked = sorted(
        content, key=lambda name: next((i for i, w in enumerate(order) if w in name), len(order))
    )
    return ranked[0]


def arguments_of(target: Target, method: Any, asked: Mapping[str, JSON]) -> dict[str, object]:
    """Return the arguments of a method for values by place and wire name."""
    hints = get_type_hints(method)
    made = target.made
    given: dict[str, object] = {}
    places = {
        "path": made.path_slots,
        "query": made.query_slots,
        "header": made.header_slots,
        "cookie": getattr(made, "cookie_slots", ()),
    }
    for place, slots in places.items():
        for slot in slots:
            key = f"{place}:{slot.wire}"
            if isinstance(slot.filling, ir.Argument) and key in asked:
                given[slot.filling.name] = typed(hints[slot.filling.name], asked[key])
    if made.body is not None and "body" in asked:
        if isinstance(made.body.body, ir.Argument):
            name = made.body.body.name
            given[name] = typed(hints[name], asked["body"])
        else:
            for slot in made.body.body.slots:
                if isinstance(slot.filling, ir.Argument) and slot.wire in asked["body"]:
                    name = slot.filling.name
                    given[name] = typed(hints[name], asked["body"][slot.wire])
    return given


def typed(hint: Any, value: JSON) -> object:
    """Return a JSON value as an argument of this annotation; ValueError when it is none."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _one_of(get_args(hint), value)
    if hint in (Any, object):
        return _exact(value)
    if origin in (list, Sequence) or (isinstance(origin, type) and issubclass(origin, Sequence)):
        if not isinstance(value, list):
            raise ValueError(value)
        return [typed(get_args(hint)[0], item) for item in value]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise ValueError(value)
        return {name: typed(get_args(hint)[1], item) for name, item in value.items()}
    if hint is NoneType and value is None:
        return None
    if hint is Secret:
        return Secret(str(value))
    if isinstance(hint, type) and issubclass(hint, OpenEnum):
        member = cast("Any", hint)(value)
        if not member.is_known:
            raise ValueError(value)
        return member
    if isinstance(value, float) and hint is Decimal:
        return Decimal(repr(value))
    return _decoded(hint, value)


def _decoded(hint: Any, value: JSON) -> object:
    made, deviations = codec.decode(json.dumps(value).encode(), hint)
    if deviations or (isinstance(made, bool) is not isinstance(value, bool)):
        raise ValueError(value)
    return made


def _exact(value: JSON) -> object:
    return json.loads(json.dumps(value), parse_float=Decimal)


def _one_of(options: tuple[Any, ...], value: JSON) -> object:
    if value is None and NoneType in options:
        return None
    fitting: list[tuple[int, object]] = []
    for option in options:
        if option is NoneType:
            continue
        try:
            made = typed(option, value)
        except (ValueError, ArithmeticError, TypeError, UnexpectedResponse):
            continue
        fitting.append((_kept(made, value), made))
    if not fitting:
        raise ValueError(value)
    return max(fitting, key=lambda pair: pair[0])[1]


def _kept(made: object, value: JSON) -> int:
    """Return how much of a value a candidate holds."""
    if type(made) is type(value):
        return 1_000
    if isinstance(made, Struct):
        return sum(item is not None for item in (getattr(made, f) for f in made.__struct_fields__))
    return 0


def check(target: Target, asked: Mapping[str, JSON], request: Request) -> None:
    """Hold a request against the values that its arguments were given."""
    url = urlsplit(request.url)
    assert request.method == target.made.method
    segments = parsing.split_path(target.made.path, url.path)
    for (place, name), parameter in target.parameters.items():
        wanted = asked.get(f"{place}:{name}")
        found = _found(place, name, parameter, wanted, request, segments)
        assert _same(found, wanted), f"{place} {name}: sent {found!r} for {wanted!r}"
    if target.media:
        _check_body(target, asked["body"], request)


def _found(
    place: str,
    name: str,
    parameter: Mapping[str, JSON],
    wanted: JSON,
    request: Request,
    segments: Mapping[str, str] | None,
) -> JSON:
    kind = "array" if isinstance(wanted, list) else "object" if isinstance(wanted, dict) else ""
    is_json = "content" in parameter
    if place == "path":
        if segments is None or name not in segments:
            return wanted
        return parsing.path_value(parameter, segments[name], kind)
    if place == "query":
        members = {
            key: "array" if isinstance(item, list) else ""
            for key, item in (wanted.items() if kind == "object" else ())
        }
        query = urlsplit(request.url).query
        text = parsing.query_value(parameter, query, "" if is_json else kind, members)
        return parsing.json_body(text.encode()) if is_json and text is not None else text
    headers = {key.lower(): value for key, value in request.headers.items()}
    if place == "header":
        raw = headers.get(name.lower())
        if is_json and raw is not None:
            return parsing.json_body(raw.encode())
        return None if raw is None else parsing.header_value(parameter, raw, kind)
    return parsing.cookies(headers.get("cookie", "")).get(name)


def _same(found: JSON, wanted: JSON) -> bool:
    if wanted is None or wanted in ([], {}):
        # Nothing stands for none, and a list without items cannot be told from none.
        return found in (None, "", [], {}, "null")
    wanted = parsing.words(wanted)
    return bool(parsing.as_numbers(found, wanted) == wanted) or parsing.words(found) == wanted


def _check_body(target: Target, wanted: JSON, request: Request) -> None:
    body = request.body or b""
    if "json" in target.media:
        found = parsing.json_body(body) if body else None
        assert parsing.words(found) == parsing.words(wanted), f"sent {found!r} for {wanted!r}"
    elif "form-urlencoded" in target.media:
        form = parsing.form_body(body)
        for name, item in wanted.items():
            assert _same(form.get(name), item), f"{name}: sent {form.get(name)!r} for {item!r}"


def reach(client: Any, operation: ir.Operation) -> Any:
    """Return the method of a client for an operation."""
    group = getattr(operation, "group", "")
    return getattr(getattr(client, group) if group else client, operation.name)
