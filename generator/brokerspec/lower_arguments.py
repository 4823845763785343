"""What a method takes: its parameters and the members of its body."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.document import (
    MISSING,
    Document,
    Encoding,
    Header,
    MediaType,
    Operation,
    Parameter,
    Schema,
)
from brokerspec.lower_styles import (
    is_file,
    misnamed,
    of_member,
    of_parameter,
    takes_file,
    takes_files,
    without_null,
)
from brokerspec.naming import argument, first_free, given, pascal
from brokerspec.part_headers import as_parameter, described, goes_with_every, only_text
from brokerspec.request_bodies import kind_of, sent_as
from brokerspec.schema_types import Types, field_name, is_model, origin_of
from brokerspec.tree import Pointer


class Arguments(Struct, frozen=True):
    """What one method takes, by the place of the request that it fills."""

    path: tuple[ir.Slot, ...]
    query: tuple[ir.Slot, ...]
    header: tuple[ir.Slot, ...]
    cookie: tuple[ir.Slot, ...]
    body: ir.RequestBody | None

    def all(self) -> tuple[ir.Argument, ...]:
        """Return the arguments: required first, then in document order."""
        found = [slot.filling for slot in (*self.path, *self.query, *self.header, *self.cookie)]
        if self.body is not None:
            found += list(_fillings(self.body.body))
        arguments = [filling for filling in found if isinstance(filling, ir.Argument)]
        return tuple(sorted(arguments, key=lambda argument: not argument.is_required))


def arguments_of(
    node: Operation, types: Types, document: Document, *, is_ours: bool
) -> tuple[Arguments, list[Diagnostic]]:
    """Return what a method takes, and the problems of that.

    Two arguments of one name are a problem of a document of ours; in another the later
    one gets a number.
    """
    lowering = _Arguments(types, document, is_ours=is_ours)
    return lowering.of(node), lowering.problems


class _Arguments:
    """The arguments of one method on their way to the IR."""

    def __init__(self, types: Types, document: Document, *, is_ours: bool) -> None:
        self.types = types.as_sent()
        self.document = document
        self.is_ours = is_ours
        # A broker's spec says by `const` what the client sends, required or not.
        self.sends_constants = is_ours or "x-client" in document.extensions
        self.taken: dict[str, str] = {}
        # The class that the members of the body would have; theirs are called after it.
        self.holder = ""
        self.problems: list[Diagnostic] = []

    def of(self, node: Operation) -> Arguments:
        """Return what a method takes, in the order in which names are given away."""
        self.types.taken_by(pascal(node.operation_id))
        made = Arguments(
            path=self.parameters(node, "path"),
            query=self.parameters(node, "query"),
            header=self.parameters(node, "header"),
            cookie=self.parameters(node, "cookie"),
            body=self.request_body(node),
        )
        self.types.taken_by("")
        return made

    def parameters(self, node: Operation, place: str) -> tuple[ir.Slot, ...]:
        """Return the parameters of one place that are not attached as credentials."""
        return tuple(
            self.slot(parameter)
            for parameter in node.parameters
            if parameter.location == place
            and (place == "path" or "x-credential" not in parameter.extensions)
        )

    def slot(self, parameter: Parameter) -> ir.Slot:
        """Return a parameter with what fills it and how that is written."""
        filling = self.parameter(parameter)
        return ir.Slot(parameter.name, filling, self.style(parameter, filling))

    def style(self, parameter: Parameter, filling: ir.Filling) -> ir.Style | None:
        """Return how what fills a parameter is written."""
        kind = self.plain(filling.type) if isinstance(filling, ir.Argument) else None
        return of_parameter(parameter, filling, kind)

    def plain(self, type_: ir.TypeRef) -> ir.TypeRef:
        """Return a type with its enums as the texts that they are sent as."""
        match type_:
            case ir.Named(name=name) if name in self.types.enums:
                return ir.Scalar("str")
            case ir.Nullable(of=inner):
                return self.plain(inner)
            case ir.OneOf(options=options):
                return ir.OneOf(tuple(self.plain(option) for option in options))
            case _:
                return type_

    def parameter(self, parameter: Parameter, part: str = "") -> ir.Filling:
        """Return what fills a parameter, which is a header of a `part` where one is named."""
        setting = parameter.extensions.get("x-credential")
        if isinstance(setting, str):
            return ir.FromSetting(setting)
        only = self.types.target(parameter.schema).const
        if only is not MISSING and (parameter.required or self.sends_constants):
            return ir.Constant(only)
        name = f"{part} {parameter.name}" if part else parameter.name
        kind = self.types.of(parameter.schema, pascal(name))
        kind = ir.Scalar("Secret") if parameter.extensions.get("x-secret") is True else kind
        return ir.Argument(
            parameter.name,
            self.claim(
                given(parameter.extensions.get("x-python-name"))
                or field_name(name, parameter.schema),
                parameter.pointer,
                parameter.location,
            ),
            kind,
            parameter.required,
            parameter.description or self.types.description(parameter.schema),
            origin_of(parameter.extensions),
            parameter.deprecated,
            "" if parameter.required else self.types.default(parameter.schema, kind),
        )

    def request_body(self, node: Operation) -> ir.RequestBody | None:
        """Return the request body, its object members flattened into arguments."""
        if node.request_body is None or not node.request_body.content:
            return None
        media = node.request_body.content[0]
        kind = kind_of(media)
        is_required = node.request_body.required
        schema = media.schema or Schema(media.pointer)
        match kind:
            case "text" | "binary":
                whole = self.whole(_content_type(media, kind), schema, is_required=is_required)
                return ir.RequestBody("content", whole, sent_as(media), is_required)
            case "json":
                name = sent_as(media)
                name = "" if name == "application/json" else name
            case "multipart":
                name = sent_as(media)
            case _:
                name = ""
        target = self.types.target(schema)
        if is_model(target):
            self.holder = "" if self.is_ours else self.types.class_of(schema)
            body = self.members(target) if kind == "json" else self.parts(media, target)
            return ir.RequestBody(kind, body, name, is_required)
        type_ = self.types.of(schema, "Body")
        if kind != "json":
            self.unused(media, ())
            type_ = type_ if _has_members(type_) else ir.MapOf(ir.Scalar("Any"))
        whole = self.whole(type_, schema, is_required=is_required)
        return ir.RequestBody(kind, whole, name, is_required)

    def whole(self, type_: ir.TypeRef, schema: Schema, *, is_required: bool) -> ir.Argument:
        """Return the argument that is the body as a whole."""
        name = self.claim("body", schema.pointer, "request")
        return ir.Argument("", name, type_, is_required, schema.description)

    def parts(self, media: MediaType, schema: Schema) -> ir.Body:
        """Return the members of a form or of a body of parts, and how each is written."""
        is_multipart = kind_of(media) == "multipart"
        properties, required = self.types.members(schema)
        slots: list[ir.Slot] = []
        for wire, prop in properties.items():
            if self.is_read_only(prop):
                continue
            encoding = media.encodings.get(wire)
            filling = self.filling(wire, prop, is_required=wire in required)
            if is_multipart and isinstance(filling, ir.Argument):
                filling = takes_file(filling, self.types.target(prop), self.item(prop), encoding)
            style = None
            if isinstance(filling, ir.Argument) and not is_file(filling.type):
                kind = self.plain(filling.type)
                style = of_member(kind, encoding, is_multipart=is_multipart)
                wanted = misnamed(kind, encoding, style) if is_multipart else ""
                if encoding is not None and wanted:
                    message = f"the part {wire!r} is sent as JSON: the client writes no {wanted!r}"
                    at = (*encoding.pointer, "contentType")
                    self.types.report("unsupported-node", at, message)
            slots.append(ir.Slot(wire, filling, style))
        others = self.others(schema)
        self.unused(media, properties)
        # Members have their names whatever the headers are called.
        slots = [self.headed(slot, media.encodings.get(slot.wire)) for slot in slots]
        if is_multipart and others is not None:
            extra = schema.additional_properties
            if isinstance(extra, Schema):
                others = takes_files(others, self.types.target(extra))
        return ir.Body(tuple(slots), others)

    def unused(self, media: MediaType, known: Collection[str]) -> None:
        """Report encodings of members that the client does not write one by one."""
        for wire, encoding in media.encodings.items():
            if wire not in known:
                message = f"the encoding of {wire!r} is left out: the body has no such member"
                self.types.report("left-out", encoding.pointer, message)

    def headed(self, slot: ir.Slot, encoding: Encoding | None) -> ir.Slot:
        """Return a part of a body with its documented headers."""
        headers = encoding.headers if encoding else ()
        found = tuple(made for header in headers if (made := self.part_header(slot, header)))
        if not found:
            return slot
        style = replace(slot.style or ir.Style("plain"), headers=found)
        return ir.Slot(slot.wire, slot.filling, style)

    def part_header(self, slot: ir.Slot, header: Header) -> ir.PartHeader | None:
        """Return a header of a part; one with a single value is sent without being asked for."""
        parameter = as_parameter(header)
        if parameter is None:
            return None
        text = only_text(self.types.target(parameter.schema))
        if text:
            return ir.PartHeader(header.name, ir.Constant(text), True)
        if text is not None:
            message = f"the header {header.name!r} is left out: no header can have its only value"
            self.types.report("left-out", header.pointer, message)
            return None
        filling = self.parameter(parameter, slot.wire)
        if isinstance(filling, ir.Argument):
            may_lack = header.required and not goes_with_every(slot)
            filling = replace(
                filling,
                is_required=header.required and not may_lack,
                description=described(slot.wire, filling.description, is_needed=may_lack),
            )
        style = self.style(parameter, filling)
        return ir.PartHeader(header.name, filling, header.required, style)

    def item(self, schema: Schema) -> Schema | None:
        """Return what the items of a list are."""
        items = self.types.target(schema).items
        return None if items is None else self.types.target(items)

    def is_read_only(self, schema: Schema) -> bool:
        """Say whether only answers have a member."""
        return schema.read_only or self.types.target(schema).read_only

    def members(self, schema: Schema) -> ir.Body:
        """Return the members of an object and what fills each."""
        properties, required = self.types.members(schema)
        return ir.Body(
            tuple(
                ir.Slot(wire, self.filling(wire, prop, is_required=wire in required))
                for wire, prop in properties.items()
                if not self.is_read_only(prop)
            ),
            self.others(schema),
        )

    def others(self, schema: Schema) -> ir.Argument | None:
        """Return the argument of the members that the document does not name."""
        found = self.types.others("Body", schema, ())
        if found is None:
            return None
        name = self.claim(found.name, schema.pointer, "body")
        return ir.Argument("", name, found.type, found.is_required, found.description)

    def filling(self, wire: str, prop: Schema, *, is_required: bool) -> ir.Filling | ir.Body:
        """Return what fills a member of a request body."""
        setting = prop.extensions.get("x-credential")
        if isinstance(setting, str):
            return ir.FromSetting(setting)
        target = self.types.target(prop)
        if target.const is not MISSING and (is_required or self.sends_constants):
            return ir.Constant(target.const)
        if prop.extensions.get("x-inline") is True:
            return self.members(target)
        kind = self.types.of(prop, f"{self.holder}{pascal(wire)}")
        return ir.Argument(
            wire,
            self.claim(field_name(wire, prop), prop.pointer, "body"),
            kind,
            is_required,
            self.types.description(prop),
            origin_of(prop.extensions),
            prop.deprecated,
            "" if is_required else self.types.default(prop, kind),
        )

    def claim(self, name: str, pointer: Pointer, place: str) -> str:
        """Return the name of an argument, which no other of the same method has.

        The later of two in different places of the request tells its own: `id` and `id_body`.
        """
        name = argument(name, self.types.encoded())
        is_elsewhere = self.taken.get(name, place) != place
        free = first_free(f"{name.rstrip('_')}_{place}" if is_elsewhere else name, self.taken)
        self.taken[free] = place
        if free != name and self.is_ours:
            message = f"the method has another argument named {name!r}"
            hint = "give one of them an x-python-name"
            where = self.document.where_key(pointer)
            problem = Diagnostic(Severity.ERROR, "argument-collision", where, message, hint)
            self.problems.append(problem)
        return free


def _fillings(body: ir.Body | ir.Argument) -> Iterator[ir.Filling]:
    if isinstance(body, ir.Argument):
        yield body
        return
    for slot in body.slots:
        if isinstance(slot.filling, ir.Body):
            yield from _fillings(slot.filling)
        else:
            yield slot.filling
        if slot.style is not None:
            yield from (header.filling for header in slot.style.headers)
    if body.others is not None:
        yield body.others


def _content_type(media: MediaType, kind: str) -> ir.Scalar:
    """Return what a body that is no JSON and no form is given as."""
    if kind == "text":
        return ir.Scalar("str")
    name = sent_as(media)
    return ir.Scalar("File", "" if "*" in name else name)


def _has_members(type_: ir.TypeRef) -> bool:
    """Say whether a value of a type can be a form."""
    kind = without_null(type_)
    return isinstance(kind, ir.MapOf | ir.Named | ir.OneOf)
