"""Find the operation that a request is meant for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from brokerspec.document import Document, Operation
from brokerspec.sandbox_answers import Answer, answers_of, request_samples
from brokerspec.sandbox_checks import Checker
from brokerspec.tree import JSON


@dataclass(frozen=True, slots=True)
class Served:
    """An operation with all that is needed to answer it."""

    operation: Operation
    checker: Checker
    samples: tuple[JSON, ...]
    answers: tuple[Answer, ...]

    @property
    def success(self) -> Answer | None:
        """Return the first answer of the spec that is a success."""
        return next((answer for answer in self.answers if answer.is_success), None)

    def meaning(self, *names: str) -> Answer | None:
        """Return the first answer that a client takes for one of these errors."""
        return next((answer for answer in self.answers if answer.meaning in names), None)


@dataclass(frozen=True, slots=True)
class Match:
    """What lies under a path: operations by method, and the values in the path."""

    by_method: dict[str, list[Served]]
    values: dict[str, str]


class Routes:
    """The operations of one spec, by path."""

    def __init__(self, document: Document) -> None:
        self.served = tuple(
            Served(
                operation,
                Checker(document, operation),
                request_samples(document, operation),
                answers_of(document, operation),
            )
            for operation in document.operations
        )
        paths: dict[str, dict[str, list[Served]]] = {}
        for one in self.served:
            methods = paths.setdefault(one.operation.path, {})
            methods.setdefault(one.operation.method, []).append(one)
        # OpenAPI prefers a path without templates to one with them.
        self._paths = [
            (*_pattern(path), methods) for path, methods in sorted(paths.items(), key=_templates)
        ]

    def match(self, path: str, method: str) -> Match | None:
        """Return what lies under a path, preferring what has the method."""
        found = [
            Match(methods, dict(zip(names, hit.groups(), strict=True)))
            for pattern, names, methods in self._paths
            if (hit := pattern.fullmatch(path))
        ]
        return next((one for one in found if method in one.by_method), next(iter(found), None))


def choose(variants: Sequence[Served], body: bytes) -> Served:
    """Tell operations that share a method and a path apart.

    Taken is the one whose schema the body fits. If that leaves several or none, the one
    whose documented request has the most members with the same values; then the first.
    """
    if len(variants) == 1:
        return variants[0]
    fitting = [one for one in variants if one.checker.accepts_body(body)] or variants
    try:
        decoded: JSON = msgspec.json.decode(body)
        sent = set(_leaves(decoded))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return fitting[0]
    return max(fitting, key=lambda one: _likeness(one.samples, sent))


def _likeness(samples: Iterable[JSON], sent: set[tuple[str, str]]) -> int:
    return max((len(sent & set(_leaves(sample))) for sample in samples), default=0)


def _leaves(value: JSON, path: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{path}/{name}")
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _leaves(entry, f"{path}/{index}")
    else:
        yield path, repr(value)


def _templates(entry: tuple[str, object]) -> int:
    return entry[0].count("{")


def _pattern(path: str) -> tuple[re.Pattern[str], list[str]]:
    parts = re.split(r"\{([^{}]*)\}", path)
    return re.compile("([^/]+)".join(re.escape(text) for text in parts[::2])), parts[1::2]
