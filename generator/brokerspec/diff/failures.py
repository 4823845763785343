"""How an answer becomes an error: the rules of a spec, old and new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

from brokerspec import ir
from brokerspec.diff.change import BREAKING, COMPATIBLE, Log

_BY_STATUS: Final[Mapping[int, str]] = {
    400: "InvalidRequest",
    401: "SessionExpired",
    403: "PermissionDenied",
    404: "NotFound",
    422: "InvalidRequest",
    429: "RateLimited",
}
# What these catch: an `except` with their name.
_CATCHES: Final[Mapping[str, frozenset[str]]] = {
    "Rejected": frozenset({*_BY_STATUS.values(), "OrderRejected"}),
}
_RESULT: Final = "a result"
_EMPTY: Final = "an empty list"

Key = tuple[tuple[ir.Condition, ...], tuple[int, ...]]


def compare_failures(
    subject: str,
    old: Sequence[ir.FailureRule],
    new: Sequence[ir.FailureRule],
    log: Log,
    *,
    old_subject: str = "",
) -> None:
    """Note how the failures of a method, or of all of them, are told and named."""
    old_subject = old_subject or subject
    before, after = _by_key(old), _by_key(new)
    for key, index in before.items():
        if key not in after:
            rule = old[index]
            log.add(
                "error-rule-removed",
                COMPATIBLE if is_caught(_raised(rule), _without(rule)) else BREAKING,
                subject,
                f"`{subject}` no longer makes {shown(rule)}",
                before=shown(rule),
                old_place=f"{old_subject}!{index}",
            )
    for key, index in after.items():
        rule = new[index]
        place = f"{subject}!{index}"
        if key not in before:
            log.add(
                "error-rule-added",
                COMPATIBLE if is_caught(_without(rule), _raised(rule)) else BREAKING,
                subject,
                f"`{subject}` makes {shown(rule)}",
                after=shown(rule),
                new_place=place,
            )
        else:
            places = f"{old_subject}!{before[key]}", place
            _compare_rule(subject, old[before[key]], rule, places, log)
    _compare_order(subject, old, new, log)


def is_caught(old: frozenset[str], new: frozenset[str]) -> bool:
    """Say whether code that expects the old outcomes expects every new one too."""
    return all(two == one or two in _CATCHES.get(one, ()) for one in old for two in new)


def shown(rule: ir.FailureRule) -> str:
    """Return a rule as words."""
    under = f" under HTTP {', '.join(str(status) for status in rule.status)}" if rule.status else ""
    where = " and ".join(_condition(condition) for condition in rule.where)
    name = {"": "the error of the HTTP status", "empty": _EMPTY}.get(rule.error, rule.error)
    return f"{name} of an answer{under}{f' where {where}' if where else ''}"


def _condition(condition: ir.Condition) -> str:
    place = " or ".join(condition.pointers)
    values = " or ".join(repr(value) for value in condition.values)
    return (
        f"{place} is absent" if condition.test == "absent" else f"{place} {condition.test} {values}"
    )


def _by_key(rules: Sequence[ir.FailureRule]) -> dict[Key, int]:
    """Return the index of each rule by what it applies to; the first of two decides."""
    found: dict[Key, int] = {}
    for index, rule in enumerate(rules):
        found.setdefault((rule.where, rule.status), index)
    return found


def _raised(rule: ir.FailureRule) -> frozenset[str]:
    """Return everything that a rule can make of an answer."""
    if rule.error:
        return frozenset({_EMPTY if rule.error == "empty" else rule.error})
    if rule.status:
        return frozenset(_of_status(status) or "Rejected" for status in rule.status)
    return frozenset({"Rejected", "OutcomeUnknown", *_BY_STATUS.values()})


def _without(rule: ir.FailureRule) -> frozenset[str]:
    """Return what the rule's answers are where no rule speaks of them."""
    if not rule.status:
        return frozenset({_RESULT})
    return frozenset(_of_status(status) or _RESULT for status in rule.status)


def _of_status(status: int) -> str:
    """Return the error of an HTTP status, empty for a good one."""
    if status < 400:
        return ""
    return _BY_STATUS.get(status, "Rejected" if status < 500 else "OutcomeUnknown")


def _compare_rule(
    subject: str,
    old: ir.FailureRule,
    new: ir.FailureRule,
    places: tuple[str, str],
    log: Log,
) -> None:
    if old.error != new.error:
        log.add(
            "error-class-changed",
            COMPATIBLE if is_caught(_raised(old), _raised(new)) else BREAKING,
            subject,
            f"`{subject}` makes {shown(new)}; it was {shown(old).partition(' of an answer')[0]}",
            before=shown(old),
            after=shown(new),
            old_place=places[0],
            new_place=places[1],
        )
    texts = [f"code {list(rule.code)}, message {list(rule.message)}" for rule in (old, new)]
    if texts[0] != texts[1]:
        log.add(
            "error-details-changed",
            COMPATIBLE,
            subject,
            f"`{subject}` takes an error's words from {texts[1]} instead of {texts[0]}",
            before=f"{shown(old)}: {texts[0]}",
            after=f"{shown(new)}: {texts[1]}",
            old_place=places[0],
            new_place=places[1],
        )
    if old.origin != new.origin:
        log.document(subject, "the source of an error rule", (shown(old), old.origin), new.origin)


def _compare_order(
    subject: str, old: Sequence[ir.FailureRule], new: Sequence[ir.FailureRule], log: Log
) -> None:
    """Note when the order of two rules changed that make different errors."""
    before, after = _by_key(old), _by_key(new)
    both = [key for key in before if key in after]
    for one, two in combinations(both, 2):
        if after[one] > after[two] and new[after[one]].error != new[after[two]].error:
            first, second = (shown(new[after[key]]) for key in (two, one))
            log.add(
                "error-rules-reordered",
                BREAKING,
                subject,
                f"`{subject}` looks for {first} before {second}",
                before=second,
                after=first,
                hint="an answer that fits both is now the first of them",
            )
