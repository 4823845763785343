"""Find the rule that an answer breaks, without decoding more of it than the rules name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, cast

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

# The steps of a pointer: a member's name in the probe, and in the JSON.
_Steps: TypeAlias = tuple[tuple[str, str], ...]
# Pointers, values with their types, and whether one of them must be there or must not.
_Alarm: TypeAlias = tuple[tuple[str, ...], frozenset[tuple[type, object]], bool]


def broken_rule(rules: Sequence[Failure], status: int, body: bytes) -> tuple[Failure, View] | None:
    """Return the first rule that holds for an answer, and the view it was read from."""
    plan = _plan(tuple(rules), status)
    if not plan.rules:
        return None
    view = View(body, plan)
    if not _alarmed(view, plan):
        return None
    for rule in plan.rules:
        for condition in rule.where:
            if not _holds(condition, view):
                break
        else:
            return rule, view
    return None


class View:
    """The few members of a body that rules look at."""

    def __init__(self, body: bytes, plan: _Plan) -> None:
        self._steps = plan.steps
        self._found: dict[tuple[str, ...], object] = {}
        self._root: object = None
        self.is_readable = True
        if body.lstrip()[:1] == b"[" and not plan.reads_lists:
            return
        try:
            self._root = plan.probe(body)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            # A patient reader knows byte order marks and other UTF encodings.
            try:
                self._root = wire.loads(body)
            except ValueError:
                self.is_readable = False

    def first(self, pointers: tuple[str, ...]) -> object:
        """Return what the first pointer that leads anywhere leads to, else MISSING."""
        if pointers in self._found:  # Most rules ask for the same few members.
            return self._found[pointers]
        found = MISSING
        for pointer in pointers:
            found = _lead(self._root, self._steps[pointer])
            if found is not MISSING:
                break
        self._found[pointers] = found
        return found

    def text(self, pointers: tuple[str, ...]) -> str:
        """Return the same as text, empty when there is none."""
        found = self.first(pointers)
        return "" if found is MISSING or found is None else str(found)


def _alarmed(view: View, plan: _Plan) -> bool:
    """Say whether any rule may hold: most answers break none, and are told here."""
    if plan.alarms is None:
        return True
    for pointers, values, is_equal in plan.alarms:
        found = view.first(pointers)
        try:
            is_there = (type(found), found) in values
        except TypeError:  # A list or an object.
            return True
        if is_there is is_equal and found is not MISSING:
            return True
    return False


def _holds(condition: Condition, view: View) -> bool:
    found = view.first(condition.pointers)
    if isinstance(condition, Absent):
        # A page of HTML lacks every member: it is unreadable, not a refusal.
        return found is MISSING and view.is_readable
    if isinstance(condition, Contains):
        low = found.casefold() if isinstance(found, str) else ""
        return any(text.casefold() in low for text in condition.texts)
    if found is MISSING:
        return False
    return _among(found, condition.values) is isinstance(condition, Equals)


def _among(found: object, values: tuple[object, ...]) -> bool:
    kind = type(found)
    for value in values:  # noqa: SIM110, this runs several times for every answer.
        if type(value) is kind and value == found:
            return True
    return False


def _lead(root: object, steps: _Steps) -> object:
    for attribute, name in steps:
        if isinstance(root, dict):
            root = cast("dict[str, object]", root).get(name, MISSING)
        else:
            root = getattr(root, attribute, MISSING)
        if root is MISSING or root is msgspec.UNSET:
            return MISSING
    return root


class _Plan:
    """What rules look at, worked out once: a decoder that skips the rest, and the ways to it."""

    def __init__(self, rules: tuple[Failure, ...]) -> None:
        pointers: dict[str, tuple[str, ...]] = {}
        for rule in rules:
            named = (*(p for condition in rule.where for p in condition.pointers), *rule.code)
            pointers.update((pointer, _parts(pointer)) for pointer in (*named, *rule.message))
        ways = list(pointers.values())
        self.steps = {pointer: _steps(way, ways) for pointer, way in pointers.items()}
        self.rules = rules
        self.alarms = _alarms(rules)
        self.reads_lists = any(way[0].isdigit() for way in ways)
        self.probe: Callable[[bytes], object] = msgspec.json.Decoder(_shape(ways)).decode


def _alarms(rules: Sequence[Failure]) -> tuple[_Alarm, ...] | None:
    """Return a condition of each rule, one for all that look at the same; None without such."""
    found: dict[tuple[tuple[str, ...], bool], frozenset[tuple[type, object]]] = {}
    for rule in rules:
        first = next((one for one in rule.where if isinstance(one, Equals | NotEquals)), None)
        if first is None:
            return None
        key = first.pointers, isinstance(first, Equals)
        # With their types: True is no 1 here.
        values = frozenset((type(value), value) for value in first.values)
        known = found.get(key, values)
        # One of them may hold: for any value of either, or for all but those of both.
        found[key] = known | values if key[1] else known & values
    return tuple((pointers, values, is_equal) for (pointers, is_equal), values in found.items())


@lru_cache(maxsize=1024)
def _plan(rules: tuple[Failure, ...], status: int) -> _Plan:
    return _Plan(tuple(rule for rule in rules if not rule.status or status in rule.status))


def _parts(pointer: str) -> tuple[str, ...]:
    steps = pointer.split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def _heads(ways: Sequence[tuple[str, ...]]) -> dict[str, str]:
    """Return the probe's own names for the members that `ways` begin with."""
    return {head: f"f{index}" for index, head in enumerate(dict.fromkeys(way[0] for way in ways))}


def _steps(way: tuple[str, ...], ways: Sequence[tuple[str, ...]]) -> _Steps:
    """Return the steps of `way` through the shape that `ways` have together."""
    steps: list[tuple[str, str]] = []
    for name in way:
        # Below a member that is wanted whole there are no structs: then the name counts.
        heads = _heads(ways) if all(ways) else {}
        steps.append((heads.get(name, name), name))
        ways = [other[1:] for other in ways if other and other[0] == name]
    return tuple(steps)


def _shape(ways: Sequence[tuple[str, ...]]) -> Any:
    """Return a struct type with the members that `ways` lead through."""
    if not all(ways):
        return Any
    heads = _heads(ways)
    fields: list[tuple[str, Any, Any]] = []
    for head, name in heads.items():
        below = _shape([way[1:] for way in ways if way[0] == head])
        kind = Any if below is Any else below | msgspec.UnsetType | None
        fields.append((name, kind, msgspec.UNSET))
    names = {name: head for head, name in heads.items()}
    return msgspec.defstruct("Probe", fields, rename=names)
