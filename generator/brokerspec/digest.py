"""A digest of everything in a spec that shapes the client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, cast

from brokerspec import ir

# The name is the caller's choice, and printed payloads are only tested against.
_LEFT_OUT = frozenset({"package", "samples"})

_AS_IS = frozenset({type(None), bool, int, str})


def digest_of(api: ir.Api) -> str:
    """Return what tells this client from others; comments and layout of the spec do not count."""
    facts = _plain(api)
    for name in _LEFT_OUT:
        facts.pop(name, None)
    text = json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _plain(value: Any) -> Any:
    """Return a value as JSON; what is as it is by default is left out.

    So a generator that learns to read something new gives old specs the digest they had.
    """
    if type(value) in _AS_IS or isinstance(value, (int, str)):
        return value
    if type(value) is tuple:
        return [_plain(item) for item in cast("Sequence[Any]", value)]
    if is_dataclass(value):
        made: dict[str, Any] = {"is": type(value).__name__}
        for name, default in _members(cast("Any", type(value))):
            member = getattr(value, name)
            if default is MISSING or member != default:
                made[name] = _plain(member)
        return made
    if isinstance(value, tuple | list):
        return [_plain(item) for item in cast("Sequence[Any]", value)]
    if isinstance(value, dict):
        named = cast("Mapping[Any, Any]", value)
        return {str(key): _plain(item) for key, item in named.items()}
    return {"is": type(value).__name__, "text": str(value)}


@cache
def _members(kind: type[Any]) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(kind) if field.compare)
