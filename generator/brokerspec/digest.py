"""A digest of everything in a spec that shapes the client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

from msgspec import NODEFAULT, Struct
from msgspec.structs import replace

from brokerspec import ir

# What an API has many of; each is digested by itself, so that none is more than once.
_PIECES: Final = ("operations", "models", "enums")
# The name is the caller's choice, printed payloads are only tested against, and a union of
# another name is the same one.
_LEFT_OUT: Final[Mapping[type[Any], frozenset[str]]] = {
    ir.Api: frozenset({"package", "samples"}),
    ir.OneOf: frozenset({"name"}),
}
_AS_IS: Final = frozenset({type(None), bool, int, str})


def digest_of(
    api: ir.Api, of_piece: Callable[[ir.Operation | ir.Model | ir.Enum], str] | None = None
) -> str:
    """Return what tells this client from others; comments and layout of the spec do not count.

    `of_piece` gives what `digest_of_piece` gives, where somebody knows it already.
    """
    digest = of_piece or digest_of_piece
    pieces = {name: [digest(piece) for piece in getattr(api, name)] for name in _PIECES}
    bare: ir.Api = replace(api, operations=(), models=(), enums=())
    return f"sha256:{_digest({'api': _plain(bare), **pieces})}"


def digest_of_piece(piece: ir.Operation | ir.Model | ir.Enum) -> str:
    """Return what tells an operation or a class from others."""
    return _digest(_plain(piece))


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value as JSON; what is as it is by default is left out.

    So a generator that learns to read something new gives old specs the digest they had.
    """
    if type(value) in _AS_IS or isinstance(value, (int, str)):
        return value
    if type(value) is tuple:
        return [_plain(item) for item in cast("Sequence[Any]", value)]
    if isinstance(value, Struct):
        made: dict[str, Any] = {"is": type(value).__name__}
        for name, default in _members(type(value)):
            member = getattr(value, name)
            # Most members are plain, and many are the default itself.
            if member is default or (default is not NODEFAULT and member == default):
                continue
            made[name] = member if type(member) in _AS_IS else _plain(member)
        return made
    if isinstance(value, tuple | list):
        return [_plain(item) for item in cast("Sequence[Any]", value)]
    if isinstance(value, dict):
        named = cast("Mapping[Any, Any]", value)
        return {str(key): _plain(item) for key, item in named.items()}
    return {"is": type(value).__name__, "text": str(value)}


@cache
def _members(kind: type[Struct]) -> tuple[tuple[str, object], ...]:
    """Return the members of a class with what each is by default."""
    names = kind.__struct_fields__
    given = kind.__struct_defaults__
    defaults = (*(NODEFAULT,) * (len(names) - len(given)), *given)
    found = zip(names, defaults, strict=True)
    return tuple(each for each in found if each[0] not in _LEFT_OUT.get(kind, ()))
