"""Find the rule that an answer breaks, without decoding more of it than the rules name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import msgspec

from . import wire
from .errors import (
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RateLimited,
    Rejected,
    SessionExpired,
)
from .operation import Absent, Condition, Contains, Equals, Failure, NotEquals

MISSING = object()

BY_STATUS: Mapping[int, type[Rejected]] = {
    400: InvalidRequest,
    401: SessionExpired,
    403: PermissionDenied,
    404: NotFound,
    422: InvalidRequest,
    429: RateLimited,
}


def broken_rule(rules: Sequence[Failure], status: int, body: bytes) -> tuple[Failure, View] | None:
    """Return the first rule that holds for an answer, and the view it was read from."""
    if not rules:
        return None
    view = View(body, _pointers(tuple(rules)))
    for rule in rules:
        if rule.status and status not in rule.status:
            continue
        if all(_holds(condition, view) for condition in rule.where):
            return rule, view
    return None


class View:
    """The few members of a body that rules look at."""

    def __init__(self, body: bytes, pointers: tuple[str, ...]) -> None:
        self._found: dict[str, object] = {}
        self.is_readable = True
        if body.lstrip()[:1] == b"[" and not any(_parts(p)[0].isdigit() for p in pointers):
            return
        try:
            self._found = _probe(pointers)(body)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            self._search(body, pointers)

    def _search(self, body: bytes, pointers: tuple[str, ...]) -> None:
        """Look with a patient reader: it knows byte order marks and other UTF encodings."""
        try:
            self._found = _collect(wire.loads(body), pointers, _member)
        except ValueError:
            self.is_readable = False

    def first(self, pointers: Sequence[str]) -> object:
        """Return what the first pointer that leads anywhere leads to, else MISSING."""
        for pointer in pointers:
            if pointer in self._found:
                return self._found[pointer]
        return MISSING

    def text(self, pointers: Sequence[str]) -> str:
        """Return the same as text, empty when there is none."""
        found = self.first(pointers)
        return "" if found is MISSING or found is None else str(found)


def _holds(condition: Condition, view: View) -> bool:
    found = view.first(condition.pointers)
    match condition:
        case Absent():
            # A page of HTML lacks every member: it is unreadable, not a refusal.
            return found is MISSING and view.is_readable
        case Equals(values=values):
            return found is not MISSING and _among(found, values)
        case NotEquals(values=values):
            return found is not MISSING and not _among(found, values)
        case Contains(texts=texts):
            low = found.casefold() if isinstance(found, str) else ""
            return any(text.casefold() in low for text in texts)


def _among(found: object, values: tuple[object, ...]) -> bool:
    return any(type(found) is type(value) and found == value for value in values)


@lru_cache(maxsize=1024)
def _pointers(rules: tuple[Failure, ...]) -> tuple[str, ...]:
    named: dict[str, None] = {}
    for rule in rules:
        for condition in rule.where:
            named.update(dict.fromkeys(condition.pointers))
        named.update(dict.fromkeys((*rule.code, *rule.message)))
    return tuple(named)


def _parts(pointer: str) -> tuple[str, ...]:
    steps = pointer.split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


@lru_cache(maxsize=256)
def _probe(pointers: tuple[str, ...]) -> Any:
    """Return a function that reads just these pointers from a body, skipping the rest."""
    decoder = msgspec.json.Decoder(_shape([_parts(pointer) for pointer in pointers]))

    def read(body: bytes) -> dict[str, object]:
        return _collect(decoder.decode(body), pointers, _attribute)

    return read


def _shape(paths: Sequence[tuple[str, ...]]) -> Any:
    """Return a struct type with the members that `paths` lead through."""
    if not all(paths):
        return Any
    heads = tuple(dict.fromkeys(path[0] for path in paths))
    fields: list[tuple[str, Any, Any]] = []
    for index, head in enumerate(heads):
        below = _shape([path[1:] for path in paths if path[0] == head])
        kind = Any if below is Any else below | msgspec.UnsetType | None
        fields.append((f"f{index}", kind, msgspec.UNSET))
    names = {f"f{index}": head for index, head in enumerate(heads)}
    return msgspec.defstruct("Probe", fields, rename=names)


def _attribute(holder: object, name: str) -> object:
    if isinstance(holder, dict):
        return _member(cast("object", holder), name)
    for field, wire_name in zip(
        getattr(holder, "__struct_fields__", ()),
        getattr(holder, "__struct_encode_fields__", ()),
        strict=True,
    ):
        if wire_name == name:
            found = getattr(holder, field)
            return MISSING if found is msgspec.UNSET else found
    return MISSING


def _member(holder: object, name: str) -> object:
    if isinstance(holder, dict):
        return cast("dict[str, object]", holder).get(name, MISSING)
    return MISSING


def _collect(root: object, pointers: tuple[str, ...], step: Any) -> dict[str, object]:
    found: dict[str, object] = {}
    for pointer in pointers:
        place = root
        for part in _parts(pointer):
            place = step(place, part)
            if place is MISSING:
                break
        if place is not MISSING:
            found[pointer] = place
    return found
