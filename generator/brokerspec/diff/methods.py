"""How the methods of a client changed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from brokerspec import ir
from brokerspec.diff.answers import compare_answers
from brokerspec.diff.arguments import compare_arguments, compare_request, signature
from brokerspec.diff.change import BREAKING, COMPATIBLE, Log, fingerprint
from brokerspec.diff.failures import compare_failures
from brokerspec.diff.headers import Headings, compare_headers
from brokerspec.diff.pairs import renames
from brokerspec.diff.types import Names, fits, read_as, renamed, shown

_RANKS: Final = {"safe": 0, "idempotent": 1, "unsafe": 2}


def compare_methods(old: ir.Api, new: ir.Api, names: Names, log: Log) -> None:
    """Note which methods came and went, and how those changed that both clients have."""
    before = {found.name: found for found in old.operations if not found.sign_in}
    after = {found.name: found for found in new.operations if not found.sign_in}
    moved = method_renames(old, new)
    headings = Headings.of(old, new, names)
    for name, operation in before.items():
        if name not in after and name not in moved:
            _removed(operation, log)
        elif name in moved:
            _renamed(operation, after[moved[name]], log)
    for name, operation in after.items():
        if name not in before and name not in moved.values():
            message = f"there is a method `{name}`, {operation.method} {operation.path}"
            log.add("method-added", COMPATIBLE, name, message, after=name)
    for name, operation in before.items():
        other = after.get(moved.get(name, name))
        if other is not None:
            if name not in moved and operation.called != other.called:
                _renamed(operation, other, log)
            _compare(operation, other, names, log)
            compare_headers(operation, other, headings, log)


def method_renames(old: ir.Api, new: ir.Api) -> dict[str, str]:
    """Return the new names of methods: the same endpoint, or the same signature."""
    before = {found.name: found for found in old.operations if not found.sign_in}
    after = {found.name: found for found in new.operations if not found.sign_in}
    removed = {name: found for name, found in before.items() if name not in after}
    added = {name: found for name, found in after.items() if name not in before}
    return renames(removed, added, (_endpoint_and_signature, _endpoint, _telling_signature))


def _endpoint(operation: ir.Operation) -> Hashable:
    return operation.method, operation.path


def _endpoint_and_signature(operation: ir.Operation) -> Hashable:
    return _endpoint(operation), signature(operation)


def _telling_signature(operation: ir.Operation) -> Hashable | None:
    """Return the signature, None where many methods have the same: no argument, no result."""
    is_telling = operation.arguments and operation.returns is not None
    return signature(operation) if is_telling else None


def _removed(operation: ir.Operation, log: Log) -> None:
    name = operation.name
    message = f"there is no method `{name}` any more ({operation.method} {operation.path})"
    log.add("method-removed", BREAKING, name, message, before=name)


def _renamed(old: ir.Operation, new: ir.Operation, log: Log) -> None:
    before, after = old.called, new.called
    log.add(
        "method-renamed",
        BREAKING,
        old.name,
        f"the method `{before}` is called `{after}`",
        before=before,
        after=after,
        new_place=new.name,
        hint=f"call `{after}` instead of `{before}`",
    )


def _compare(old: ir.Operation, new: ir.Operation, names: Names, log: Log) -> None:
    compare_arguments(old, new, names, log)
    compare_request(old, new, log)
    _compare_result(old, new, names, log)
    compare_answers(old, new, names, log)
    _compare_conduct(old, new, log)
    _compare_pages(old, new, log)
    _compare_session(old, new, log)
    compare_failures(new.name, old.failures, new.failures, log, old_subject=old.name)
    log.document(
        new.name,
        "the documentation",
        _documented(old),
        _documented(new),
        old_place=old.name,
    )


def _documented(one: ir.Operation) -> tuple[object, ...]:
    return (
        *(one.summary, one.description, one.statuses),
        *(one.origin, one.wire_origin, one.is_deprecated),
    )


def _compare_result(old: ir.Operation, new: ir.Operation, names: Names, log: Log) -> None:
    """Note how the result of a method changed, and where in the answer it is found."""
    first = None if old.returns is None else renamed(old.returns, names)
    before, after = read_as(first), read_as(new.returns)
    if before != after:
        log.add(
            "return-type-changed",
            COMPATIBLE if fits(after, before) else BREAKING,
            new.name,
            f"`{new.name}` returns `{shown(new.returns)}` instead of `{shown(first)}`",
            before=shown(old.returns),
            after=shown(new.returns),
            old_place=old.name,
        )
    whole = None if old.answer is None else renamed(old.answer, names)
    is_same_answer = whole == new.answer or (before != after and not old.payload + new.payload)
    if (
        old.payload != new.payload
        or not is_same_answer
        or (before == after and first != new.returns)
    ):
        paths = [" or ".join(found.payload) or "the whole answer" for found in (old, new)]
        log.add(
            "payload-changed",
            COMPATIBLE,
            new.name,
            f"`{new.name}` reads its result from {paths[1]} of `{shown(new.answer)}`"
            f" instead of {paths[0]} of `{shown(whole)}`",
            before=f"{paths[0]} of {shown(whole)}",
            after=f"{paths[1]} of {shown(new.answer)}",
            old_place=old.name,
        )


def _compare_conduct(old: ir.Operation, new: ir.Operation, log: Log) -> None:
    """Note how calls are sent: where to, how often and against which budget."""
    ends = [f"{found.method} {found.path}" for found in (old, new)]
    if ends[0] != ends[1]:
        log.add(
            "endpoint-changed",
            COMPATIBLE,
            new.name,
            f"`{new.name}` is sent to {ends[1]} instead of {ends[0]}",
            before=ends[0],
            after=ends[1],
            old_place=old.name,
        )
    if old.safety != new.safety:
        is_bolder = _RANKS[new.safety] < _RANKS[old.safety]
        log.add(
            "safety-changed",
            BREAKING if is_bolder else COMPATIBLE,
            new.name,
            f"`{new.name}` is {new.safety} instead of {old.safety}: the client repeats it"
            f" {'more' if is_bolder else 'less'} readily",
            before=old.safety,
            after=new.safety,
            old_place=old.name,
            hint="make sure that the broker takes it twice without harm" if is_bolder else "",
        )
    if old.bucket != new.bucket:
        classes = [found.bucket or "none" for found in (old, new)]
        log.add(
            "rate-class-changed",
            COMPATIBLE,
            new.name,
            f"`{new.name}` counts against the rate class {classes[1]} instead of {classes[0]}",
            before=classes[0],
            after=classes[1],
            old_place=old.name,
        )


def _compare_pages(old: ir.Operation, new: ir.Operation, log: Log) -> None:
    """Note how going through all pages of a list changed."""
    if old.paging == new.paging:
        return
    name = f"iter_{new.name}"
    if new.paging is None:
        message = f"there is no method `iter_{old.name}` any more"
        log.add("pages-removed", BREAKING, new.name, message, before=f"iter_{old.name}")
    elif old.paging is None:
        message = f"`{name}` goes through the items of all pages"
        log.add("pages-added", COMPATIBLE, new.name, message, after=name)
    else:
        texts = [str(paging) for paging in (old.paging, new.paging)]
        log.add(
            "pages-changed",
            COMPATIBLE,
            new.name,
            f"`{name}` goes from page to page in another way",
            before=fingerprint(texts[0]),
            after=fingerprint(texts[1]),
        )


def _compare_session(old: ir.Operation, new: ir.Operation, log: Log) -> None:
    """Note what a call does to the session, and by what its order is found again."""
    states = [
        ", ".join(
            word
            for word, holds in (("opens", found.opens_session), ("closes", found.closes_session))
            if holds
        )
        or "leaves alone"
        for found in (old, new)
    ]
    if states[0] != states[1]:
        log.add(
            "session-changed",
            COMPATIBLE,
            new.name,
            f"`{new.name}` {states[1]} the session; before: {states[0]}",
            before=states[0],
            after=states[1],
            old_place=old.name,
        )
    _compare_tokens(old, new, log)
    ids = [_own_id(found.correlation) for found in (old, new)]
    if ids[0] == ids[1]:
        return
    kind, level, message = "order-id-changed", COMPATIBLE, f"finds its order by {ids[1]}"
    if not ids[0]:
        kind, message = "order-id-added", f"makes an id for its order: {ids[1]}"
    elif not ids[1]:
        kind, level, message = "order-id-removed", BREAKING, "makes no id for its order any more"
    log.add(
        kind,
        level,
        new.name,
        f"`{new.name}` {message}",
        before=ids[0],
        after=ids[1],
        old_place=old.name,
    )


def _compare_tokens(old: ir.Operation, new: ir.Operation, log: Log) -> None:
    before = {grant.setting: grant for grant in old.grants}
    after = {grant.setting: grant for grant in new.grants}
    for setting in dict.fromkeys((*before, *after)):
        texts = [
            f"{found[setting].path} until {found[setting].expires or 'it is refused'}"
            if setting in found
            else ""
            for found in (before, after)
        ]
        if texts[0] == texts[1]:
            continue
        kind, level, message = "token-changed", COMPATIBLE, f"gives `{setting}` as {texts[1]}"
        if not texts[0]:
            kind, message = "token-added", f"gives the client its `{setting}`"
        elif not texts[1]:
            kind, level, message = "token-removed", BREAKING, f"no longer gives `{setting}`"
        log.add(
            kind,
            level,
            new.name,
            f"`{new.name}` {message}",
            before=f"{setting} {texts[0]}".strip(),
            after=f"{setting} {texts[1]}".strip(),
            old_place=old.name,
        )


def _own_id(found: ir.Correlation | None) -> str:
    if found is None:
        return ""
    views = [dict(view) for view in found.views]
    shown_in = f" shown with {views}" if views != [{}] else ""
    return f"`{found.argument}`, read by `{found.read}` as {found.field}{shown_in}"
