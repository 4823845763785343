"""Objects whose class cannot be decoded at once.

It holds members that the document does not name in one more member. The wire name of that,
`OTHERS`, stands for all of theirs and is never on the wire. Or members are called what no
class may call them: `STAND_IN` begins what stands for such a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, cast, get_args

import msgspec

from .errors import InvalidArgument
from .formats import Format, decode_hook
from .urls import unquote

OTHERS: Final = "{*}"
STAND_IN: Final = "{=}"


class Extended(Format):
    """A type that stands for such a class while an answer is decoded."""

    model: type[msgspec.Struct]
    unseen: frozenset[str]
    holds_others: bool

    def parts(self, raw: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
        """Return the members of an object as its class has them, and the others.

        Those that are named for the other direction only are neither.
        """
        named = names_of(self.model)
        own: dict[str, object] = {}
        others: dict[str, object] = {}
        for name, value in raw.items():
            if name in named:
                own[named[name]] = value
            elif name not in self.unseen:
                others[name] = value
        if self.holds_others:
            return own, others
        # What an answer calls like this is no member of the class that is called so.
        own |= {name: value for name, value in others.items() if not name.startswith(STAND_IN)}
        return own, {}

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
            if made.holds_others:
                own[OTHERS] = others
            return msgspec.convert(own, model, strict=False, dec_hook=decode_hook)

        made.python, made.read, made.expected, made.empty = model, parse, model.__name__, ()
        made.model, made.unseen = model, frozenset(unseen)
        made.holds_others = OTHERS in model.__struct_encode_fields__
        return made


def extended(model: type[msgspec.Struct], *, unseen: Iterable[str] = ()) -> Extended:
    """Return the type of an object that is made ready for its class.

    `unseen` are members that the document names for the other direction only.
    """
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
def names_of(model: type[msgspec.Struct]) -> Mapping[str, str]:
    """Return what the class calls each member that the document names, by its wire name."""
    held = model.__struct_encode_fields__
    return {wire_name(name): name for name in held if name != OTHERS}


def wire_name(held: str) -> str:
    """Return what a member is called on the wire, from what its class calls it."""
    return unquote(held[len(STAND_IN) :]) if held.startswith(STAND_IN) else held


def spread(value: object, plain: Any) -> Any:
    """Return plain data of a value with all members of its objects under their own names."""
    if isinstance(value, msgspec.Struct):
        made: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for item in fields_of(type(value)):
            if item.encode_name in plain:
                inner = spread(getattr(value, item.name), plain[item.encode_name])
                if item.encode_name == OTHERS:
                    others = inner
                else:
                    made[wire_name(item.encode_name)] = inner
        return {**made, **others}
    if isinstance(value, dict):
        held = cast("dict[str, object]", value)
        return {name: spread(item, plain[name]) for name, item in held.items()}
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)
        return [spread(item, each) for item, each in zip(items, plain, strict=True)]
    return plain


def may_hold(value: object) -> bool:
    """Say whether there may be an object of such a class in a value."""
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
    """Say whether a class, or one inside it, is such a class."""
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
        if any(item.encode_name.startswith((OTHERS, STAND_IN)) for item in inside):
            return True
        waiting += [item.type for item in inside]
    return False


def _inside(kind: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    is_model = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return fields_of(cast("type[msgspec.Struct]", kind)) if is_model else ()
