"""How a client finds an order again: the ids it makes and the reads that show them."""

from __future__ import annotations

from msgspec import Struct

from brokerspec import ir
from brokerspec.expressions import annotation
from brokerspec.text import identifier, literal, plain


class LookupView(Struct, frozen=True):
    """One operation whose orders can be found again: reads as calls, and a field."""

    operation: str
    reads: tuple[str, ...]
    field: str


class Reconciling(Struct, frozen=True):
    """The method `reconcile` of a client."""

    row: str
    rows: str
    lookups: tuple[LookupView, ...]


def own_id_of(operation: ir.Operation) -> str:
    """Return the statement that makes the id of an order where none is given."""
    if operation.correlation is None:
        return ""
    name = operation.correlation.argument
    argument = next(found for found in operation.arguments if found.name == name)
    kind = argument.type.of if isinstance(argument.type, ir.Nullable) else argument.type
    is_number = isinstance(kind, ir.Scalar) and kind.python == "int"
    return f"{name} = {'order_number' if is_number else 'order_text'}({name})"


def reconciling(api: ir.Api) -> Reconciling | None:
    """Return how orders are found again, None where the document offers nothing for it."""
    operations = {operation.name: operation for operation in api.operations}
    models = {model.name: model for model in api.models}
    lookups: list[LookupView] = []
    rows: set[str] = set()
    for operation in api.operations:
        found = operation.correlation
        read = operations.get(found.read) if found else None
        if found is None or read is None or not isinstance(read.returns, ir.ListOf):
            continue
        row = read.returns.item
        model = models.get(row.name) if isinstance(row, ir.Named) else None
        wire = plain(found.field).lstrip("/")
        names = [field.name for field in model.fields if field.wire == wire] if model else []
        if names and all(_is_complete(read, view) for view in found.views):
            reads = tuple(_read(read, view) for view in found.views)
            lookups.append(LookupView(operation.name, reads, names[0]))
            rows.add(annotation(row))
    if len(rows) != 1:
        return None
    row_name = rows.pop()
    return Reconciling(row_name, f"list[{row_name}]", tuple(lookups))


def _is_complete(read: ir.Operation, view: tuple[tuple[str, ir.JSON], ...]) -> bool:
    """Say whether a view gives a read all that it needs."""
    given = {name for name, _ in view}
    return all(argument.name in given for argument in read.arguments if argument.is_required)


def _read(read: ir.Operation, view: tuple[tuple[str, ir.JSON], ...]) -> str:
    """Return the call of a read, with the enum arguments of a view as members."""
    types = {argument.name: argument.type for argument in read.arguments}
    written: list[str] = []
    for name, value in view:
        kind = types.get(name)
        is_enum = isinstance(kind, ir.Named)
        text = f"{annotation(kind)}({literal(value)})" if kind and is_enum else literal(value)
        written.append(f"{identifier(name)}={text}")
    return f"self.{read.name}({', '.join(written)})"
