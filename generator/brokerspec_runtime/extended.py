"""Objects with members that the document does not name, beside those that it names.

The class of such an object holds them in one more member. Its wire name, `OTHERS`, stands
for all of theirs and is never on the wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, cast, get_args

import msgspec

from .errors import InvalidArgument
from .formats import Format, decode_hook

OTHERS: Final = "{*}"


class Extended(Format):
    """A type that stands for a class with such members while an answer is decoded."""

    model: type[msgspec.Struct]
    unseen: frozenset[str]

    def parts(self, raw: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
        """Return the members of an object that are named, and the others.

        Those that are named for the other direction only are neither.
        """
        named = names_of(self.model)
        own: dict[str, object] = {}
        others: dict[str, object] = {}
        for name, value in raw.items():
            if name in named:
                own[name] = value
            elif name not in self.unseen:
                others[name] = value
        return own, others

    @property
    def value(self) -> Any:
        """The type of the values of the other members."""
        (others,) = [item for item in fields_of(self.model) if item.encode_name == OTHERS]
        return get_args(others.type)[1]

    @classmethod
    def of(cls, model: type[msgspec.Struct], unseen: Iterable[str]) -> Extended:
        """Return the type that stands for a class."""
        made = cls(model.__name__, (), {})

        def parse(raw: object) -> object:
            if not isinstance(raw, dict):
                raise ValueError(f"expected {made.expected}, got {type(raw).__name__}")
            own, others = made.parts(cast("dict[str, object]", raw))
            own[OTHERS] = others
            return msgspec.convert(own, model, strict=False, dec_hook=decode_hook)

        made.python, made.read, made.expected, made.empty = model, parse, model.__name__, ()
        made.model, made.unseen = model, frozenset(unseen)
        return made


def extended(model: type[msgspec.Struct], *, unseen: Iterable[str] = ()) -> Extended:
    """Return the type of an object whose class holds members that the document does not name."""
    return Extended.of(model, unseen)


def beside(members: dict[str, object], others: Mapping[str, object] | None) -> dict[str, object]:
    """Return the members of a request object with those that the document does not name."""
    if not others:
        return members
    if not isinstance(cast("object", others), Mapping):
        raise InvalidArgument(f"expected a mapping, got {type(others).__name__}")
    for name in others:
        if not isinstance(cast("object", name), str):
            raise InvalidArgument(f"expected a text as the name, got {type(name).__name__}")
        if name in members:
            raise InvalidArgument(f"{name} has a place of its own: give it there")
    return {**members, **others}


@lru_cache(maxsize=4096)
def fields_of(model: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Return the members of a class; those of a class are looked up once."""
    return msgspec.structs.fields(model)


@lru_cache(maxsize=1024)
def names_of(model: type[msgspec.Struct]) -> frozenset[str]:
    """Return the wire names that the document has for the members of a class."""
    return frozenset(item.encode_name for item in fields_of(model)) - {OTHERS}


def spread(value: object, plain: Any) -> Any:
    """Return plain data of a value with the other members of its objects in their place."""
    if isinstance(value, msgspec.Struct):
        made: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for item in fields_of(type(value)):
            if item.encode_name in plain:
                inner = spread(getattr(value, item.name), plain[item.encode_name])
                if item.encode_name == OTHERS:
                    others = inner
                else:
                    made[item.encode_name] = inner
        return {**made, **others}
    if isinstance(value, dict):
        held = cast("dict[str, object]", value)
        return {name: spread(item, plain[name]) for name, item in held.items()}
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)
        return [spread(item, each) for item, each in zip(items, plain, strict=True)]
    return plain


def may_hold(value: object) -> bool:
    """Say whether there is an object with other members in a value."""
    if isinstance(value, dict):
        value = list(cast("dict[str, object]", value).values())
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)
        kinds: set[Any] = {type(item) for item in items}
        if kinds & {list, tuple, dict}:
            return any(map(may_hold, items))
        return any(map(_holds, kinds))
    return _holds(cast("Any", type(value)))


@lru_cache(maxsize=1024)
def _holds(kind: Any) -> bool:
    """Say whether a class, or one inside it, has other members."""
    seen: set[Any] = set()
    waiting: list[Any] = [kind]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if isinstance(one, Extended):
            return True
        # A class may have a member that is called so.
        options = getattr(one, "options", ()) if isinstance(one, Format) else ()
        waiting += [*get_args(one), *options]
        inside = _inside(one)
        if any(item.encode_name == OTHERS for item in inside):
            return True
        waiting += [item.type for item in inside]
    return False


def _inside(kind: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    is_model = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return fields_of(cast("type[msgspec.Struct]", kind)) if is_model else ()
