"""The operations of a document beside the methods that its client has for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from brokerspec import ir
from foreign.shapes import Declared, Shapes

JSON = Any
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TEXTS = ("text/", "xml", "yaml", "csv", "ndjson", "jsonl")


@dataclass(frozen=True)
class Answer:
    """A body that an operation may answer with; without a media type there is none."""

    status: int
    media: str
    schema: JSON = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Say what is made of it: JSON, text, bytes or nothing."""
        if not self.media:
            return "nothing"
        is_binary = isinstance(self.schema, dict) and self.schema.get("format") == "binary"
        if "json" in self.media and not any(text in self.media for text in _TEXTS):
            return "json"
        if is_binary:
            return "bytes"
        if self.media == "*/*":
            return "json"
        return "text" if any(text in self.media for text in _TEXTS) else "bytes"


@dataclass(frozen=True)
class Target:
    """One operation: as the document has it, and as the client has it."""

    made: ir.Operation
    parameters: Mapping[tuple[str, str], JSON]
    media: str
    content: JSON
    is_body_required: bool
    answers: tuple[Answer, ...]
    part_headers: Mapping[str, JSON] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.made.method} {self.made.path} {self.made.called}"

    @property
    def body(self) -> JSON:
        return self.content.get("schema", {})

    @property
    def kind(self) -> str:
        """Say how the body is written, or nothing when there is none."""
        return self.made.body.kind if self.made.body is not None else ""


class Book:
    """The operations of a document that its client has, with values for each."""

    def __init__(self, document: Mapping[str, JSON], api: ir.Api, depth: int, breadth: int) -> None:
        self.declared = Declared(document)
        self.shapes = Shapes(document, depth, breadth)
        # A client has the characters of a path escaped that no URL may have.
        paths = {unquote(path): item for path, item in document["paths"].items()}
        self.documented = {
            (method.upper(), path)
            for path, item in paths.items()
            for method in METHODS
            if method in item
        }
        self.targets = {
            target.label: target
            for made in api.operations
            for target in (self._target(paths[unquote(made.path)], made),)
        }

    def _target(self, item: Mapping[str, JSON], made: ir.Operation) -> Target:
        node = item[made.method.lower()]
        parameters: dict[tuple[str, str], JSON] = {}
        for raw in [*item.get("parameters", ()), *node.get("parameters", ())]:
            parameter = self._followed(raw)
            is_head = parameter["in"] == "header" and parameter["name"].lower() in _HEADS
            if not is_head:
                parameters[parameter["in"], parameter["name"]] = parameter
        for slot in made.path_slots:
            # The path alone may tell of it; then it is a text.
            text = {"name": slot.wire, "in": "path", "schema": {"type": "string"}}
            parameters.setdefault(("path", slot.wire), text)
        body = self._followed(node.get("requestBody", {}))
        content = body.get("content", {})
        media = _sent_by(made.body, content) if made.body is not None else ""
        is_multipart = made.body is not None and made.body.kind == "multipart"
        return Target(
            made,
            parameters,
            media,
            content.get(media, {}),
            bool(body.get("required")),
            tuple(self._answers(node)),
            dict(self._part_headers(content[media])) if is_multipart else {},
        )

    def _part_headers(self, content: JSON) -> Iterator[tuple[str, JSON]]:
        """Yield the headers of parts that leave a choice."""
        for member, encoding in content.get("encoding", {}).items():
            for name, raw in encoding.get("headers", {}).items():
                header = self._followed(raw)
                schema = self._followed(schema_of(header))
                is_own = name.lower() in ("content-type", "content-disposition")
                if not is_own and "const" not in schema and len(schema.get("enum", ())) != 1:
                    yield f"{member}:{name}", header

    def _answers(self, node: Mapping[str, JSON]) -> Iterator[Answer]:
        """Yield what stands for success: any 2xx, else any 3xx, else the default."""
        responses = {str(status): raw for status, raw in node.get("responses", {}).items()}
        for first in ("2", "3", "d"):
            good = {status: raw for status, raw in responses.items() if status[0] == first}
            if good:
                break
        if not good:
            # Only failures are described; what comes with a success is nobody's word.
            yield Answer(204, "")
        for status, raw in good.items():
            code = int(status.upper().replace("X", "0").replace("DEFAULT", "200"))
            content = self._followed(raw).get("content", {})
            found = [
                Answer(code, name, media.get("schema", {}))
                for name, media in content.items()
                if code not in (204, 205) and code < 300
            ]
            # A method that reads JSON does not ask for anything else.
            yield from [one for one in found if one.kind == "json"] or found or [Answer(code, "")]

    def _followed(self, node: JSON) -> JSON:
        while "$ref" in node:
            node = self.declared.follow(node["$ref"])
        return node

    def asking(self, target: Target) -> JSON:
        """Return the schema of the arguments of an operation, by place and wire name."""
        properties: dict[str, JSON] = {}
        required: list[str] = []
        for (place, name), parameter in target.parameters.items():
            key = f"{place}:{name}"
            shape = self.shapes.inlined(schema_of(parameter), "readOnly")
            properties[key] = shape if place == "query" else _sendable(shape)
            if parameter.get("required") or place == "path":
                required.append(key)
        if target.kind:
            has_members = isinstance(getattr(target.made.body, "body", None), ir.Body)
            whole = self.shapes.inlined(target.body, "readOnly")
            if target.kind in ("form", "multipart") or has_members:
                whole = {"allOf": [whole, {"type": "object"}]}
            properties["body"] = {"type": "string"} if target.kind == "content" else whole
            required.append("body")
        for key, header in target.part_headers.items():
            properties[key] = _sendable(self.shapes.inlined(schema_of(header), "readOnly"))
            required.append(key)
        return {"type": "object", "properties": properties, "required": required}

    def asks(self, target: Target, value: JSON) -> dict[str, JSON]:
        """Return values for the arguments of an operation, by place and wire name."""
        schemas = {f"{p}:{n}": schema_of(one) for (p, n), one in target.parameters.items()}
        schemas |= {key: schema_of(header) for key, header in target.part_headers.items()}
        schemas |= {"body": {} if target.kind == "content" else target.body}
        value = value if isinstance(value, dict) else {}
        found = {
            key: self.declared.strip(value[key], schema, "readOnly")
            for key, schema in schemas.items()
            if key in value
        }
        return {
            key: item if key == "body" and target.kind == "json" else _named(item)
            for key, item in found.items()
        }

    def answered(self, answer: Answer, value: JSON) -> JSON:
        """Return the body of an answer of an operation."""
        return self.declared.strip(value, answer.schema, "writeOnly")


# OpenAPI 3.0, "Parameter Object": these three are no parameters.
_HEADS = {"accept", "content-type", "authorization"}


def schema_of(parameter: Mapping[str, JSON]) -> JSON:
    """Return the schema of a parameter, also of one with a media type."""
    if "schema" in parameter:
        return parameter["schema"]
    return next(iter(parameter.get("content", {}).values()), {}).get("schema", {})


def _sendable(shape: JSON) -> JSON:
    """Return a shape whose texts can stand in a path, header or cookie."""
    if isinstance(shape, list):
        return [_sendable(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    made = {
        name: {key: _sendable(one) for key, one in value.items()}
        if name == "properties"
        else value
        if name in ("enum", "const", "required")
        else _sendable(value)
        for name, value in shape.items()
    }
    if shape.get("type") == "string" and not {"enum", "pattern", "format"} & set(shape):
        made["pattern"] = "^[A-Za-z0-9_~-]+$"
    return {"type": "string", "pattern": "^[a-z]+$"} if shape == {} else made


def _named(value: JSON) -> JSON:
    """Return a value without members whose names are nothing or would be read as brackets."""
    if isinstance(value, dict):
        return {
            name: _named(item)
            for name, item in value.items()
            if name and not name.isdigit() and not set("[]=&,.;") & set(name)
        }
    return [_named(item) for item in value] if isinstance(value, list) else value


def _sent_by(body: ir.RequestBody, content: Mapping[str, JSON]) -> str:
    """Return the media type of a document that a method sends."""
    if body.media_type in content:
        return body.media_type
    marks = {"json": ("json", "*/*"), "form": ("urlencoded",), "multipart": ("multipart",)}
    for mark in marks.get(body.kind, ()):
        for name in content:
            if mark in name:
                return name
    stated = body.media_type.partition(";")[0].strip()
    fitting = [name for name in content if name.partition(";")[0].strip() == stated]
    return (fitting or list(content))[0]
