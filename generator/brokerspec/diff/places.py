"""Where each part of a client stands in its spec.

The IR knows no positions, so it is walked side by side with the document that it was made
from. A part that is not found is shown where the part is that holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from brokerspec import ir
from brokerspec.diagnostics import Where
from brokerspec.diff.change import CLIENT
from brokerspec.document import Document, MediaType, Operation, Schema
from brokerspec.schema_types import Types, is_listing, is_model
from brokerspec.tree import Pointer


def places_of(document: Document, api: ir.Api) -> dict[str, Where]:
    """Return the place of every part of the client, by its subject."""
    walk = _Walk(document, api)
    walk.client()
    for operation, node in zip(api.operations, document.operations, strict=True):
        walk.operation(operation, node)
    return {subject: document.where_key(pointer) for subject, pointer in walk.found.items()}


class _Walk:
    def __init__(self, document: Document, api: ir.Api) -> None:
        self.found: dict[str, Pointer] = {}
        self._document = document
        self._types = Types(document)
        self._models = {model.name: model for model in api.models}
        self._enums = {enum.name: enum for enum in api.enums}
        self._api = api

    def client(self) -> None:
        """Place what belongs to no method."""
        self.found[CLIENT] = ("info",)
        self.found[f"{CLIENT}!zone"] = ("info", "x-time-zone")
        for subject in ("open_session", f"{CLIENT}!session"):
            self.found[subject] = ("x-session",)
        for server in self._document.servers[:1]:
            self.found[f"{CLIENT}!server"] = server.pointer
        declared = cast("Mapping[str, object]", self._document.extensions.get("x-client", {}))
        for name in declared:
            self.found[f"{CLIENT}({name})"] = ("x-client", name)
        for index, _ in enumerate(self._api.failures):
            self.found[f"{CLIENT}!{index}"] = ("x-failure", index)

    def operation(self, operation: ir.Operation, node: Operation) -> None:
        """Place a method, its arguments and everything that its answer is made of."""
        self.found[operation.name] = node.pointer
        if operation.sign_in:
            self.found.setdefault("sign_in", node.pointer)
        for index, _ in enumerate(operation.failures):
            self.found[f"{operation.name}!{index}"] = (*node.pointer, "x-failure", index)
        slots = (*operation.path_slots, *operation.query_slots)
        slots += (*operation.header_slots, *operation.cookie_slots)
        parameters = {parameter.name: parameter for parameter in node.parameters}
        for slot in slots:
            if isinstance(slot.filling, ir.Argument):
                parameter = parameters[slot.wire]
                self.found[f"{operation.name}({slot.filling.name})"] = parameter.pointer
                self._type(slot.filling.type, parameter.schema)
        media = node.request_body.content if node.request_body else ()
        if operation.body is not None and media and media[0].schema is not None:
            self._body(operation, operation.body.body, media[0].schema)
            self._part_headers(operation, media[0])
        self._headers(operation, node)
        for response in node.success:
            for content in response.content:
                if operation.answer is not None and content.schema is not None:
                    self._type(operation.answer, content.schema)

    def _body(self, operation: ir.Operation, part: ir.Body | ir.Argument, schema: Schema) -> None:
        target = self._types.target(schema)
        if isinstance(part, ir.Argument):
            self.found[f"{operation.name}({part.name})"] = schema.pointer
            self._type(part.type, schema)
            return
        members, _ = self._types.members(target)
        for slot in part.slots:
            member = members[slot.wire]
            if isinstance(slot.filling, ir.Body):
                self._body(operation, slot.filling, member)
            elif isinstance(slot.filling, ir.Argument):
                self.found[f"{operation.name}({slot.filling.name})"] = member.pointer
                self._type(slot.filling.type, member)

    def _part_headers(self, operation: ir.Operation, media: MediaType) -> None:
        body = operation.body.body if operation.body else None
        for slot in body.slots if isinstance(body, ir.Body) else ():
            encoding = media.encodings.get(slot.wire)
            at = {header.name: header.pointer for header in encoding.headers} if encoding else {}
            for header in slot.style.headers if slot.style else ():
                if isinstance(header.filling, ir.Argument):
                    self.found[f"{operation.name}({header.filling.name})"] = at[header.wire]

    def _headers(self, operation: ir.Operation, node: Operation) -> None:
        """Place classes of headers; several answers may have those of one class."""
        for headed in operation.headed:
            fields = {field.wire.lower(): field.name for field in self._models[headed.model].fields}
            for response in node.responses:
                for header in response.headers:
                    if header.name.lower() in fields:
                        member = f"{headed.model}.{fields[header.name.lower()]}"
                        self.found.setdefault(headed.model, response.pointer)
                        self.found.setdefault(member, header.pointer)

    def _type(self, kind: ir.TypeRef, schema: Schema) -> None:
        """Place the models and enums that a type names."""
        target = self._types.target(schema)
        match kind:
            case ir.Named(name=name):
                self._named(name, schema)
            case ir.Nullable(of=inner):
                self._type(inner, schema)
            case ir.ListOf(item=item) if target.items is not None:
                self._type(item, target.items)
            case ir.MapOf(value=value) if isinstance(target.additional_properties, Schema):
                self._type(value, target.additional_properties)
            case ir.TupleOf(items=items):
                for item, inside in zip(items, target.prefix_items, strict=False):
                    self._type(item, inside)
            case ir.OneOf(options=options):
                unions = [*target.any_of, *target.one_of]
                bare = [member for member in unions if member.types != ("null",)]
                for option, inside in zip(options, bare, strict=False):
                    self._type(option, inside)
            case _:
                return

    def _named(self, name: str, schema: Schema) -> None:
        if name in self.found:
            return
        target = self._target(schema)
        self.found[name] = target.pointer
        if name in self._enums:
            for index, member in enumerate(self._enums[name].members):
                self.found[f"{name}.{member.name}"] = (*target.pointer, "enum", index)
            return
        properties, _ = self._types.members(target)
        for field in self._models[name].fields:
            if field.wire in properties:
                self.found[f"{name}.{field.name}"] = properties[field.wire].pointer
                self._type(field.type, properties[field.wire])

    def _target(self, schema: Schema) -> Schema:
        """Return the object or list of values that a schema only stands for."""
        target = self._types.target(schema)
        if is_model(target) or is_listing(target):
            return target
        inside = (*target.all_of, *target.any_of, *target.one_of)
        bare = [member for member in inside if member.types != ("null",)]
        return self._target(bare[0]) if len(bare) == 1 else target
