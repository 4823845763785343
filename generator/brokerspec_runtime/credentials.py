"""Which of the credentials that a document allows travel with a call."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from .errors import NotSent
from .operation import Attach, Context, Operation


def chosen(operation: Operation[Any], context: Context) -> tuple[Attach, ...]:
    """Return the first alternative of an operation whose settings the client holds.

    Raises NotSent with everything that would do when there is none.
    """
    if not operation.either:
        return ()
    held = {name for name, value in context.values.items() if value is not None}
    found = first_held(operation, held)
    if found is None:
        ways = (" and ".join(names_of(group)) for group in operation.either)
        raise NotSent(f"no credentials for this call: give the client {', or '.join(ways)}")
    return found


def first_held(operation: Operation[Any], held: Collection[str]) -> tuple[Attach, ...] | None:
    """Return the first alternative of which every setting is among `held`."""
    groups = (group for group in operation.either if all(n in held for n in names_of(group)))
    return next(groups, None)


def names_of(group: tuple[Attach, ...]) -> Iterator[str]:
    """Return the settings of an alternative; a basic credential consists of two."""
    for attach in group:
        yield from attach.setting.split(":")


def settings_of(operation: Operation[Any]) -> Iterator[str]:
    """Return every setting that may travel with an operation."""
    for group in (operation.attach, *operation.either):
        yield from names_of(group)
