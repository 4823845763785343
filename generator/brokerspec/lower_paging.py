"""How the pages of a list follow each other, as an operation's `x-pagination` declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from brokerspec import ir
from brokerspec.diagnostics import did_you_mean
from brokerspec.document import Operation
from brokerspec.lower_answers import pointers, texts
from brokerspec.schema_types import Types

Place = Literal["query", "headers", "json", "form"]
# What a kind asks for: all of the first, one of the second.
_NEEDS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "cursor": (frozenset({"argument"}), frozenset({"next", "last"})),
    "offset": (frozenset({"argument"}), frozenset()),
    "page": (frozenset({"argument"}), frozenset()),
    "next-url": (frozenset({"next"}), frozenset()),
    "link": (frozenset(), frozenset()),
}


_KEYS: Final = frozenset({"argument", "first", "items", "kind", "last", "more", "next", "total"})


class PagingProblem(Exception):
    """A declaration that cannot be followed: where in it, what is wrong and what helps."""

    def __init__(self, key: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.key, self.message, self.hint = key, message, hint


def paging_of(node: Operation, made: ir.Operation, types: Types) -> ir.Paging | None:
    """Return how the pages of an operation follow each other, None where it does not say.

    Raises PagingProblem for a declaration that does not fit the operation.
    """
    if "x-pagination" not in node.extensions:
        return None
    stated = node.extensions["x-pagination"]
    kind = stated.get("kind") if isinstance(stated, dict) else None
    if not isinstance(stated, dict) or kind not in _NEEDS:
        raise PagingProblem("", f"'kind' is one of {', '.join(_NEEDS)}")
    given = cast("dict[str, Any]", stated)
    if others := given.keys() - _KEYS:
        raise PagingProblem("", f"there is no {sorted(others)[0]!r} in 'x-pagination'")
    every, one_of = _NEEDS[str(kind)]
    missing = every - given.keys() or (set[str]() if one_of & given.keys() else one_of)
    if missing:
        needed = " or ".join(repr(key) for key in sorted(missing))
        raise PagingProblem("", f"the kind {kind!r} needs {needed}")
    if made.safety == "unsafe":
        raise PagingProblem("", f"{node.operation_id!r} is no read, and is not called repeatedly")
    items, item = _items(str(given.get("items", "")), made, types)
    place: Place = "query"
    argument = str(given.get("argument", ""))
    if "argument" in every:
        place = _place(argument, made)
    try:
        last = pointers(str(given["last"]), item, types)[0] if "last" in given else ""
    except KeyError:
        raise PagingProblem("last", f"an item has no {given['last']!r}") from None
    # Pages are counted from one where nothing else is said, items from nought.
    first = given.get("first", 1 if kind == "page" else 0)
    return ir.Paging(
        kind=cast("Any", kind),
        item=item,
        items=items,
        place=place,
        argument=argument,
        next=texts(given.get("next")),
        last=last,
        more=str(given.get("more", "")),
        total=str(given.get("total", "")),
        first=first if isinstance(first, int) else 0,
    )


def _items(pointer: str, made: ir.Operation, types: Types) -> tuple[str, ir.TypeRef]:
    """Return the way to the list of items in the result, and the type of one."""
    try:
        path, kind = pointers(pointer, made.returns, types)
    except KeyError:
        message = f"the result of {made.name!r} has no {pointer!r}"
        raise PagingProblem("items", message) from None
    bare = kind.of if isinstance(kind, ir.Nullable) else kind
    if not isinstance(bare, ir.ListOf):
        where = f"{pointer!r} of the result" if pointer else "the result"
        raise PagingProblem("items", f"{where} is no list", "say with 'items' where the list is")
    return path, bare.item


def _place(argument: str, made: ir.Operation) -> Place:
    """Return the part of the request that an argument, by its wire name, travels in."""
    slots: dict[Place, tuple[ir.Slot, ...]] = {
        "query": made.query_slots,
        "headers": made.header_slots,
    }
    if made.body is not None and isinstance(made.body.body, ir.Body):
        slots[cast("Place", made.body.kind)] = made.body.body.slots
    known: list[str] = []
    for place, listed in slots.items():
        for slot in listed:
            if isinstance(slot.filling, ir.Argument):
                known.append(slot.wire)
                if slot.wire == argument:
                    return place
    raise PagingProblem(
        "argument", f"{made.name!r} takes no {argument!r}", did_you_mean(argument, known)
    )
