"""The methods of a client: what each takes, and the call that it makes of that."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.expressions import Surroundings, accepts, annotation, encoder, encodes
from brokerspec.models import parts
from brokerspec.plan_correlation import own_id_of
from brokerspec.plan_docs import method_doc
from brokerspec.text import literal


class Method(Struct, frozen=True):
    """A method of the clients: everything but `async` and `await`.

    `headers` is the class of its documented headers, `items` the constant of what it streams.
    """

    name: str
    constant: str
    signature: tuple[str, ...]
    returns: str
    docstring: str
    secrets: tuple[str, ...]
    prelude: str
    call: str
    headers: str = ""
    items: str = ""


class EncoderView(Struct, frozen=True):
    """A function that puts a model on the wire."""

    name: str
    model: str
    body: str


def method(operation: ir.Operation, api: ir.Api, around: Surroundings, items: str = "") -> Method:
    """Return one method of the clients; `items` is the constant of what it streams."""
    own_id = operation.correlation.argument if operation.correlation else ""
    around = replace(around, own_id=own_id)
    return Method(
        name=operation.name,
        constant=operation.constant,
        signature=_signature(operation, own_id),
        returns="None" if operation.returns is None else annotation(operation.returns),
        docstring=method_doc(operation, api),
        secrets=tuple(a.name for a in operation.arguments if _is_secret(a)),
        prelude=own_id_of(operation),
        call=f"{operation.constant}.call({_call(operation, around)})",
        headers=operation.headers.model if operation.headers else "",
        items=items,
    )


def encoders(api: ir.Api, around: Surroundings) -> Iterator[EncoderView]:
    """Return an encoder for every model that an argument holds."""
    models = {model.name: model for model in api.models}
    waiting = [
        part.name
        for operation in api.operations
        for argument in operation.arguments
        for part in parts(argument.type)
        if isinstance(part, ir.Named) and part.name in models
    ]
    done: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in done:
            continue
        done.add(name)
        model = models[name]
        members: list[str] = []
        for field in model.fields:
            value = _filled(
                ir.Argument(field.wire, f"value.{field.name}", field.type, field.is_required, ""),
                around,
            )
            members.append(f"{literal(field.wire)}: {value}")
        waiting += [
            part.name
            for field in model.members
            for part in parts(field.type)
            if isinstance(part, ir.Named) and part.name in models
        ]
        body = "{" + ", ".join(members) + "}"
        if model.others is not None:
            others = encodes(model.others.type, f"value.{model.others.name}", around)
            body = f"wire.beside({body}, {others})"
        yield EncoderView(encoder(name), name, body)


def _is_secret(argument: ir.Argument) -> bool:
    kind = argument.type.of if isinstance(argument.type, ir.Nullable) else argument.type
    return isinstance(kind, ir.Scalar) and kind.python == "Secret"


def _signature(operation: ir.Operation, own_id: str) -> tuple[str, ...]:
    """Return the parameters, with those that may be left out last."""
    written = [_parameter(argument, own_id) for argument in operation.arguments]
    return tuple(sorted(written, key=lambda parameter: parameter.endswith(" = None")))


def _parameter(argument: ir.Argument, own_id: str) -> str:
    kind = accepts(argument.type)
    if argument.is_required and argument.name != own_id:
        return f"{argument.name}: {kind}"
    return f"{argument.name}: {kind if kind.endswith('| None') else f'{kind} | None'} = None"


def _call(operation: ir.Operation, around: Surroundings) -> str:
    given = {
        "path": operation.path_slots,
        "query": operation.query_slots,
        "headers": operation.header_slots,
        "cookies": operation.cookie_slots,
    }
    parts_ = [
        f"{name}={_members(slots, around, repeats=name == 'query')}"
        for name, slots in given.items()
        if slots
    ]
    if operation.body is not None:
        parts_.append(f"{operation.body.kind}={_body(operation.body, around)}")
    if around.own_id:
        parts_.append(f"correlation_id={around.own_id}")
    return ", ".join(parts_)


def _body(request: ir.RequestBody, around: Surroundings) -> str:
    body, is_form = request.body, request.kind in ("form", "multipart")
    if isinstance(body, ir.Body):
        made = _object(body, around, is_form=is_form)
        may_be_empty = all(_is_optional(slot.filling) for slot in body.slots)
        return f"wire.any_of({made})" if may_be_empty and not request.is_required else made
    if is_form and body.type == ir.MapOf(ir.Scalar("Any")):
        return f"wire.members({body.name})"
    made = encodes(body.type, body.name, around, may_be_none=not body.is_required)
    if is_form:
        return f"wire.members({made})"
    is_null = body.is_required and isinstance(body.type, ir.Nullable)
    return f"wire.NULL if {body.name} is None else {made}" if is_null else made


def _object(body: ir.Body, around: Surroundings, *, is_form: bool = False) -> str:
    """Return the members of an object, with those that the document does not name."""
    made = _members(body.slots, around, repeats=is_form)
    if body.others is None:
        return made
    others = encodes(body.others.type, body.others.name, around, may_be_none=True)
    return f"wire.beside({made}, {f'wire.members({others})' if is_form else others})"


def _is_optional(filling: ir.Filling | ir.Body) -> bool:
    return isinstance(filling, ir.Argument) and not filling.is_required


def _members(slots: tuple[ir.Slot, ...], around: Surroundings, *, repeats: bool = False) -> str:
    written = (
        f"{literal(slot.wire)}: {_filled(slot.filling, around, repeats=repeats, style=slot.style)}"
        for slot in slots
    )
    return "{" + ", ".join(written) + "}"


def _filled(
    filling: ir.Filling | ir.Body,
    around: Surroundings,
    *,
    repeats: bool = False,
    style: ir.Style | None = None,
) -> str:
    """Return the value of a member; with `repeats` a list stands for repeated members."""
    match filling:
        case ir.Body():
            return _object(filling, around)
        case ir.Constant(value=value):
            return "wire.NULL" if value is None else _styled(literal(value), style, around)
        case ir.FromSetting(setting=setting):
            return _styled(f"self._setting({literal(setting)})", style, around)
        case ir.Argument(name=name, type=type_) if name == around.own_id:
            return encodes(type_.of if isinstance(type_, ir.Nullable) else type_, name, around)
        case ir.Argument(name=name, type=type_, is_required=is_required):
            made = encodes(type_, name, around, may_be_none=not is_required)
            bare = type_.of if isinstance(type_, ir.Nullable) else type_
            if style is not None:
                made = _styled(made, style, around)
            elif repeats and isinstance(bare, ir.ListOf):
                made = f"wire.each({made})"
            if not is_required:
                return f"wire.given({made})"
            is_nullable = isinstance(type_, ir.Nullable)
            if is_nullable and style is not None and style.headers:
                # Only what writes the part can tell whether its headers have none.
                whole = encodes(bare, name, around)
                return _styled(f"wire.NULL if {name} is None else {whole}", style, around)
            return f"wire.NULL if {name} is None else {made}" if is_nullable else made


def _styled(made: str, style: ir.Style | None, around: Surroundings) -> str:
    """Return a value with the style that it is written in."""
    if style is None:
        return made
    given = [made, literal(style.name)]
    given += ["explode=True"] if style.explode else []
    given += ["reserved=True"] if style.reserved else []
    if style.media_type != "application/json":
        given.append(f"media_type={literal(style.media_type)}")
    for name, is_fixed in (("headers", True), ("given", False)):
        entries = [
            f"{literal(one.wire)}: {_part_header(one, around)}"
            for one in style.headers
            if isinstance(one.filling, ir.Constant) is is_fixed
        ]
        if entries:
            given.append(f"{name}={{{', '.join(entries)}}}")
    return f"wire.styled({', '.join(given)})"


def _part_header(header: ir.PartHeader, around: Surroundings) -> str:
    """Return the value of a header of a part; one that the part may not lack can be None."""
    filling, style = header.filling, header.style
    if header.is_required and isinstance(filling, ir.Argument) and not filling.is_required:
        made = encodes(filling.type, filling.name, around, may_be_none=True)
        return _styled(made, style, around)
    return _filled(filling, around, style=style)
