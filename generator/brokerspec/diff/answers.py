"""How the answers of a method changed where there are several, and the details of its errors."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.diff.arguments import written
from brokerspec.diff.change import BREAKING, COMPATIBLE, Log
from brokerspec.diff.types import Names, fits, read_as, renamed, shown


def compare_answers(old: ir.Operation, new: ir.Operation, names: Names, log: Log) -> None:
    """Note how answers are asked for and told apart, and what failures carry."""
    pairs = (
        ("request-constant-changed", "asks for", old.accept or "JSON", new.accept or "JSON"),
        (
            "request-constant-changed",
            "asks in a stream for",
            old.stream_accept or "the same",
            new.stream_accept or "the same",
        ),
        ("payload-changed", "reads", *_read(old, new, names)),
    )
    for kind, verb, before, after in pairs:
        if before != after:
            text = f"`{new.name}` {verb} {after} instead of {before}"
            log.add(
                kind, COMPATIBLE, new.name, text, before=before, after=after, old_place=old.name
            )
    if old.streams != new.streams:
        log.add(
            "return-type-changed",
            COMPATIBLE if new.streams else BREAKING,
            new.name,
            f"`{new.name}` can{'' if new.streams else 'not'} be read piece by piece",
            before=f"with_streaming: {old.streams}",
            after=f"with_streaming: {new.streams}",
            old_place=old.name,
        )
    _compare_items(old, new, names, log)
    _compare_details(old, new, names, log)


def _read(old: ir.Operation, new: ir.Operation, names: Names) -> tuple[str, str]:
    """Return what a method reads as which answer; where that is all the same, how it stands."""
    before = [_renamed(body, names) for body in old.answers]
    after = [*new.answers]
    texts = _listed(before), _listed(after)
    if texts[0] != texts[1] or before == after:
        return texts
    first, second = (
        ", ".join(written(body.type) for body in found if body.type is not None)
        for found in (before, after)
    )
    return first, second


def _compare_items(old: ir.Operation, new: ir.Operation, names: Names, log: Log) -> None:
    """Note how the values changed that a stream holds."""
    first = None if old.item is None else renamed(old.item, names)
    if first == new.item or not (old.streams and new.streams):
        return
    before, after = read_as(first), read_as(new.item)
    texts = [shown(kind) for kind in (first, new.item)]
    if before == after:
        texts = [written(kind) if kind else "None" for kind in (first, new.item)]
    log.add(
        "return-type-changed" if before != after else "payload-changed",
        COMPATIBLE if fits(after, before) else BREAKING,
        new.name,
        f"a stream of `{new.name}` holds `{texts[1]}` instead of `{texts[0]}`",
        before=f"items: {texts[0]}",
        after=f"items: {texts[1]}",
        old_place=old.name,
    )


def _compare_details(old: ir.Operation, new: ir.Operation, names: Names, log: Log) -> None:
    first = [_renamed(body, names) for body in old.details]
    kinds = [_listed(map(_without_words, found)) for found in (first, new.details)]
    if kinds[0] != kinds[1]:
        log.add(
            "error-class-changed",
            BREAKING,
            new.name,
            f"the errors of `{new.name}` have as `detail` {kinds[1]} instead of {kinds[0]}",
            before=kinds[0],
            after=kinds[1],
            old_place=old.name,
        )
    elif first != [*new.details]:
        words = [
            "; ".join(f"code {[*body.code]}, message {[*body.message]}" for body in found)
            for found in (first, new.details)
        ]
        log.add(
            "error-details-changed",
            COMPATIBLE,
            new.name,
            f"`{new.name}` takes an error's words from {words[1]} instead of {words[0]}",
            before=words[0],
            after=words[1],
            old_place=old.name,
        )


def _without_words(body: ir.Documented) -> ir.Documented:
    return replace(body, code=(), message=())


def _renamed(body: ir.Documented, names: Names) -> ir.Documented:
    return replace(body, type=None if body.type is None else renamed(body.type, names))


def _listed(bodies: Iterable[ir.Documented]) -> str:
    texts = [
        f"{shown(body.type)} for {' '.join(body.statuses)} {body.media}".strip() for body in bodies
    ]
    return ", ".join(texts) or "nothing of its own"
