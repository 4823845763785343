"""The methods that go through all pages of a list, and the constants that tell them how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from brokerspec import ir
from brokerspec.expressions import annotation
from brokerspec.naming import first_free
from brokerspec.plan_calls import Method
from brokerspec.plan_operations import item_names
from brokerspec.text import docstring, literal

_MOST = "max_items"


class Pager(Struct, frozen=True):
    """The method that yields the items of all pages; `method` reads one page.

    `page` is what that method is called where both are.
    """

    name: str
    method: Method
    constant: str
    annotation: str
    value: str
    signature: tuple[str, ...]
    most: str
    item: str
    docstring: str
    called: str
    page: str


def pagers(methods: Iterable[Method], api: ir.Api) -> Iterator[Pager]:
    """Return the methods that go through the pages of an API's operations."""
    operations = {operation.name: operation for operation in api.operations}
    taken = {operation.called for operation in api.operations}
    taken |= {group.name for group in api.groups}
    constants = {operation.constant for operation in api.operations} | set(item_names(api).values())
    for method in methods:
        operation = operations[method.name]
        if operation.paging is None:
            continue
        group = f"{operation.group}." if operation.group else ""
        called = first_free(f"{group}iter_{operation.member or operation.name}", taken)
        taken.add(called)
        constant = first_free(f"{method.constant}_PAGES", constants)
        constants.add(constant)
        most = first_free(_MOST, {argument.name for argument in operation.arguments})
        item = annotation(operation.paging.item)
        yield Pager(
            name=called.removeprefix(group),
            called=called,
            constant=constant,
            annotation=f"Paging[{item}]",
            value=_paging(operation.paging),
            signature=(*method.signature, f"{most}: int | None = None"),
            most=most,
            item=item,
            docstring=_doc(operation, most),
            method=method,
            page=operation.member or operation.name,
        )


def _paging(paging: ir.Paging) -> str:
    values = {
        "items": literal(paging.items) if paging.items else "",
        "place": literal(paging.place) if paging.argument else "",
        "argument": literal(paging.argument) if paging.argument else "",
        "next": "(" + "".join(f"{literal(p)}, " for p in paging.next) + ")" if paging.next else "",
        "last": literal(paging.last) if paging.last else "",
        "more": literal(paging.more) if paging.more else "",
        "total": literal(paging.total) if paging.total else "",
        "first": literal(paging.first) if paging.first else "",
    }
    given = ", ".join(f"{name}={value}" for name, value in values.items() if value)
    return f"Paging(kind={literal(paging.kind)}{', ' if given else ''}{given})"


def _doc(operation: ir.Operation, most: str) -> str:
    lines = [
        f"Go through the items of all pages of `{operation.called}`.",
        "",
        "A page is read when its first item is asked for. The arguments are those of"
        f" `{operation.called}`; the first page is the one that they name. In `with_response`"
        " it gives the pages themselves, each with its response.",
        "",
        "Args:",
        f"    {most}: Stop after this many items.",
        "",
        "Raises:",
        "    EndlessPages: The server gave a page for the second time.",
        f"    BrokerError: As `{operation.called}`.",
    ]
    return docstring("\n".join(lines), indent=8)
