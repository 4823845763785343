"""The texts of a document in the IR as `Text`, which only encoders can print.

Whatever plans or renders is given an IR that went through here; what compares or explains
documents reads it as it was lowered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter, is_
from typing import Any, Final, TypeAlias, cast

from msgspec import Struct

from brokerspec import ir
from brokerspec.text import Text

# Members whose annotation has one of these hold text of a document, however deep.
_OF_DOCUMENTS: Final = re.compile(r"\b(?:Words|JSON)\b")
_PLAIN: Final = re.compile(r"(?:bool|int|str|None|Literal\[[^]]*\]|tuple\[str, \.{3}\]|[ |])+")

# How the members of a class are read, and the places of those that can hold text: with True
# text of the document, with False parts that have their own.
_Members: TypeAlias = tuple[Callable[[Any], tuple[Any, ...]], tuple[tuple[int, bool], ...]]


def marked(api: ir.Api) -> ir.Api:
    """Return an IR in which every text of the document is `Text`."""
    return cast("ir.Api", _Marking().of(api, is_text=False))


class _Marking:
    """One IR on its way; what several parts share is made once."""

    def __init__(self) -> None:
        self._members: dict[type[object], _Members] = {}
        # Each is kept beside what was made of it, so that no other can have its id.
        self._made: dict[int, tuple[object, object]] = {}
        self._no_origin = self._record(ir.NO_ORIGIN)

    def of(self, value: Any, *, is_text: bool) -> Any:
        """Return a value with its texts marked; `is_text` says so of those not in a class."""
        kind = cast("type[object]", type(value))
        if kind is str:
            return Text(value) if is_text else value
        if kind is tuple:
            made = tuple([self.of(item, is_text=is_text) for item in value])
            return value if all(map(is_, made, value)) else made
        if kind is list:
            return [self.of(item, is_text=is_text) for item in value]
        if kind is dict:
            of = self.of
            return {of(k, is_text=is_text): of(v, is_text=is_text) for k, v in value.items()}
        if kind is ir.Origin and value == ir.NO_ORIGIN:
            return self._no_origin
        return self._record(value) if isinstance(value, Struct) else value

    def _record(self, value: Struct) -> object:
        known = self._made.get(id(value))
        if known is not None:
            return known[1]
        kind = type(value)
        if kind not in self._members:
            self._members[kind] = _members(kind)
        read, places = self._members[kind]
        members = list(read(value))
        is_changed = False
        for index, is_text in places:
            # Most are empty, and have nothing to mark.
            if member := members[index]:
                made: object = member
                if type(member) is str:
                    made = Text(member) if is_text else made
                # What several share is looked up here, which spares a call for each.
                elif known := self._made.get(id(member)):
                    made = known[1]
                else:
                    made = self.of(member, is_text=is_text)
                is_changed = is_changed or made is not member
                members[index] = made
        make: Callable[..., object] = kind
        whole = make(*members) if is_changed else value
        self._made[id(value)] = (value, whole)
        return whole


def _members(kind: type[Struct]) -> _Members:
    """Return how the members of a class of the IR are read and marked."""
    names = kind.__struct_fields__
    types = [str(kind.__annotations__[name]) for name in names]
    read: Callable[[Any], Any] = attrgetter(*names)
    places = tuple(
        (index, bool(_OF_DOCUMENTS.search(annotated)))
        for index, annotated in enumerate(types)
        if not _PLAIN.fullmatch(annotated)
    )
    return (read if len(names) > 1 else lambda value: (read(value),)), places
