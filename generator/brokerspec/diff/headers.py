"""How the documented headers of answers and of failures changed.

What a class of headers has is compared with the other classes. Here it is which class an
operation has, for which statuses, and how its headers are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brokerspec import ir
from brokerspec.diff.change import BREAKING, COMPATIBLE, Log
from brokerspec.diff.types import Names, fits, read_as, renamed, shown

_NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Headings:
    """The classes of headers of two editions, the old ones under their new names."""

    old: Mapping[str, ir.Model]
    new: Mapping[str, ir.Model]
    names: Names
    # What every failure of the old client could have.
    of_failures: frozenset[str]

    @classmethod
    def of(cls, old: ir.Api, new: ir.Api, names: Names) -> Headings:
        """Return the classes of two editions."""
        return cls(
            {model.name: model for model in old.models},
            {model.name: model for model in new.models},
            names,
            frozenset(
                names.get(o.model, o.model) for op in old.operations for o in op.error_headers
            ),
        )

    def was(self, headers: ir.Headers) -> str:
        """Return what a class of the old client is called now."""
        return self.names.get(headers.model, headers.model)


def compare_headers(old: ir.Operation, new: ir.Operation, known: Headings, log: Log) -> None:
    """Note which headers a method's answers and failures have now."""
    if (old.headers, old.error_headers) == (new.headers, new.error_headers) and not known.names:
        return
    _compare_answers(old, new, known, log)
    _compare_failures(old, new, known, log)


def _compare_answers(old: ir.Operation, new: ir.Operation, known: Headings, log: Log) -> None:
    one, two = old.headers, new.headers
    if one is None and two is None:
        return
    before, after = known.was(one) if one else _NOTHING, two.model if two else _NOTHING
    name = new.name
    if before != after:
        more = f": {_told(one, two, known)}" if one and two else ""
        log.add(
            "headers-changed",
            COMPATIBLE if one is None else BREAKING,
            name,
            f"the `documented_headers` of `{name}` are {_code(after)} instead of"
            f" {_code(before)}{more}",
            before=one.model if one else _NOTHING,
            after=after,
            old_place=old.name,
        )
    if one is None or two is None:
        return
    fields = {field.wire.lower() for field in known.new[two.model].fields}
    was, now = ({wire.lower(): wire for wire in each.required} for each in (one, two))
    for wire in sorted((was.keys() ^ now.keys()) & fields):
        is_needed = wire in now
        log.add(
            "header-now-required" if is_needed else "header-now-optional",
            COMPATIBLE,
            name,
            f"the answers of `{name}` {'always' if is_needed else 'need not'} have the header"
            f" {(now if is_needed else was)[wire]}",
            before=was.get(wire, ""),
            after=now.get(wire, ""),
            old_place=old.name,
        )
    _compare_writing(name, one, two, log, old.name)


def _compare_failures(old: ir.Operation, new: ir.Operation, known: Headings, log: Log) -> None:
    before = {status: known.was(one) for one in old.error_headers for status in one.statuses}
    after = {status: one.model for one in new.error_headers for status in one.statuses}
    if before != after:
        # A class more is one more that `headers_of` may give to every caller.
        is_wider = bool(known.of_failures) and not known.of_failures.issuperset(after.values())
        texts = _by_status(before), _by_status(after)
        log.add(
            "error-headers-changed",
            COMPATIBLE if before.items() <= after.items() and not is_wider else BREAKING,
            new.name,
            f"the `documented_headers` of the errors of `{new.name}` are {texts[1]} instead of"
            f" {texts[0]}",
            before=texts[0],
            after=texts[1],
            old_place=old.name,
        )
    twins = {one.model: one for one in new.error_headers}
    for one in old.error_headers:
        two = twins.get(known.was(one))
        if two is not None:
            _compare_writing(new.name, one, two, log, old.name)


def _compare_writing(name: str, one: ir.Headers, two: ir.Headers, log: Log, place: str) -> None:
    ways = _ways(one), _ways(two)
    if ways[0] != ways[1]:
        log.add(
            "header-encoding-changed",
            COMPATIBLE,
            name,
            f"`{name}` reads headers as {ways[1]} instead of {ways[0]}",
            before=ways[0],
            after=ways[1],
            old_place=place,
        )


def _ways(headers: ir.Headers) -> str:
    parts = [f"{wire} as JSON" for wire in headers.json]
    parts += [f"{wire} as name=value" for wire in headers.exploded]
    return ", ".join(parts) or "plain text"


def _told(one: ir.Headers, two: ir.Headers, known: Headings) -> str:
    """Return in which headers two classes differ."""
    before = {field.wire.lower(): field for field in known.old[one.model].fields}
    after = {field.wire.lower(): field for field in known.new[two.model].fields}
    parts = [f"without {field.wire}" for wire, field in before.items() if wire not in after]
    parts += [f"with {field.wire}" for wire, field in after.items() if wire not in before]
    for wire in before.keys() & after.keys():
        was, now = renamed(before[wire].type, known.names), after[wire].type
        if not fits(read_as(now), read_as(was)):
            parts.append(f"{after[wire].wire} as `{shown(now)}` instead of `{shown(was)}`")
    return ", ".join(parts) or "the same headers"


def _code(name: str) -> str:
    return name if name == _NOTHING else f"`{name}`"


def _by_status(found: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` for {status}" for status, name in found.items()) or _NOTHING
