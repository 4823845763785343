"""What a method takes: its parameters and the members of its body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from brokerspec import ir
from brokerspec.content import is_form
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.document import MISSING, Document, Operation, Parameter, Schema
from brokerspec.naming import first_free, given, pascal
from brokerspec.schema_types import Types, field_name, is_model, origin_of
from brokerspec.tree import Pointer


@dataclass(frozen=True, slots=True)
class Arguments:
    """What one method takes, by the place of the request that it fills."""

    path: tuple[ir.Slot, ...]
    query: tuple[ir.Slot, ...]
    header: tuple[ir.Slot, ...]
    body: ir.RequestBody | None

    def all(self) -> tuple[ir.Argument, ...]:
        """Return the arguments: required first, then in document order."""
        found = [slot.filling for slot in (*self.path, *self.query, *self.header)]
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
        self.taken: set[str] = set()
        self.problems: list[Diagnostic] = []

    def of(self, node: Operation) -> Arguments:
        """Return what a method takes, in the order in which names are given away."""
        return Arguments(
            path=self.parameters(node, "path"),
            query=self.parameters(node, "query"),
            header=self.parameters(node, "header"),
            body=self.request_body(node),
        )

    def parameters(self, node: Operation, place: str) -> tuple[ir.Slot, ...]:
        """Return the parameters of one place that are not attached as credentials."""
        return tuple(
            ir.Slot(parameter.name, self.parameter(parameter))
            for parameter in node.parameters
            if parameter.location == place
            and (place == "path" or "x-credential" not in parameter.extensions)
        )

    def parameter(self, parameter: Parameter) -> ir.Filling:
        """Return what fills a parameter."""
        setting = parameter.extensions.get("x-credential")
        if isinstance(setting, str):
            return ir.FromSetting(setting)
        if self.types.target(parameter.schema).const is not MISSING:
            return ir.Constant(self.types.target(parameter.schema).const)
        kind = self.types.of(parameter.schema, pascal(parameter.name))
        return ir.Argument(
            parameter.name,
            self.claim(
                given(parameter.extensions.get("x-python-name"))
                or field_name(parameter.name, parameter.schema),
                parameter.pointer,
            ),
            ir.Scalar("Secret") if parameter.extensions.get("x-secret") is True else kind,
            parameter.required,
            parameter.description or self.types.description(parameter.schema),
            origin_of(parameter.extensions),
        )

    def request_body(self, node: Operation) -> ir.RequestBody | None:
        """Return the request body, its object members flattened into arguments."""
        if node.request_body is None or not node.request_body.content:
            return None
        media = node.request_body.content[0]
        kind: Literal["json", "form"] = "form" if is_form(media.name) else "json"
        schema = media.schema
        if schema is None:
            return None
        target = self.types.target(schema)
        if is_model(target):
            return ir.RequestBody(kind, self.members(target))
        whole = ir.Argument(
            "",
            "body",
            self.types.of(schema, "Body"),
            node.request_body.required,
            schema.description,
        )
        return ir.RequestBody(kind, whole)

    def members(self, schema: Schema) -> ir.Body:
        """Return the members of an object and what fills each."""
        properties, required = self.types.members(schema)
        return ir.Body(
            tuple(
                ir.Slot(wire, self.filling(wire, prop, is_required=wire in required))
                for wire, prop in properties.items()
            )
        )

    def filling(self, wire: str, prop: Schema, *, is_required: bool) -> ir.Filling | ir.Body:
        """Return what fills a member of a request body."""
        setting = prop.extensions.get("x-credential")
        if isinstance(setting, str):
            return ir.FromSetting(setting)
        target = self.types.target(prop)
        if target.const is not MISSING:
            return ir.Constant(target.const)
        if prop.extensions.get("x-inline") is True:
            return self.members(target)
        return ir.Argument(
            wire,
            self.claim(field_name(wire, prop), prop.pointer),
            self.types.of(prop, pascal(wire)),
            is_required,
            self.types.description(prop),
            origin_of(prop.extensions),
        )

    def claim(self, name: str, pointer: Pointer) -> str:
        """Return the name of an argument, which no other of the same method has."""
        free = first_free(name, self.taken)
        self.taken.add(free)
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
