"""The answers that a spec holds for each operation, ready to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec

from brokerspec import ir
from brokerspec.content import is_json
from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.document import MISSING, Document, Example, Operation, Response
from brokerspec.files import content_of, is_inside
from brokerspec.lower_answers import failure_rules
from brokerspec.tree import JSON
from brokerspec_runtime import errors
from brokerspec_runtime.failure import BY_STATUS, broken_rule
from brokerspec_runtime.operation import Absent, Condition, Contains, Equals, Failure, NotEquals

_SUCCESS: Final = ""
# Where the spec names a range or any status, something has to be sent.
_STATUS_OF: Final = {"2XX": 200, "3XX": 300, "4XX": 400, "5XX": 500}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the spec: its example's name, what is sent and what it means.

    `meaning` is empty for success, `empty` for an empty list, else the name of an error.
    """

    name: str
    status: int
    media_type: str
    body: bytes
    meaning: str

    @property
    def is_success(self) -> bool:
        """Say whether a client takes this answer for success."""
        return self.meaning == _SUCCESS


def answers_of(document: Document, operation: Operation) -> tuple[Answer, ...]:
    """Return every answer that the spec holds for an operation, in its order.

    A documented status without a body is an answer too, named after the status.
    """
    found: dict[str, Answer] = {}
    for response in operation.responses:
        for name, media_type, body in _bodies(document, response):
            status = _status(response)
            meaning = meaning_of(document, operation, status, body)
            unique = name if name not in found else f"{response.status}-{name}"
            found[unique] = Answer(unique, status, media_type, body, meaning)
    return tuple(found.values())


def meaning_of(document: Document, operation: Operation, status: int, body: bytes) -> str:
    """Return what a client makes of an answer, by the spec's own failure rules."""
    rules = failure_rules(operation.extensions) + failure_rules(document.extensions)
    found = broken_rule(tuple(_rule(rule) for rule in rules), status, body)
    if found is None and 200 <= status < 300:
        return _SUCCESS
    if found is not None and found[0].error == "empty":
        return "empty"
    if status >= 500:
        return errors.OutcomeUnknown.__name__
    error = found[0].error if found is not None else None
    kind = error if isinstance(error, type) else BY_STATUS.get(status, errors.Rejected)
    return kind.__name__


def request_samples(document: Document, operation: Operation) -> tuple[JSON, ...]:
    """Return the bodies of an operation that the document prints."""
    if operation.request_body is None:
        return ()
    return tuple(
        msgspec.json.decode(_example(document, example))
        for media in operation.request_body.content
        if is_json(media.name)
        for example in media.examples
    )


def encoded(value: JSON) -> bytes:
    """Return a value as JSON, every decimal with the digits it was written with."""
    return msgspec.json.Encoder(decimal_format="number").encode(value)


def _bodies(document: Document, response: Response) -> Iterator[tuple[str, str, bytes]]:
    if not response.content and response.status.isdecimal():
        yield response.status, "", b""
    for media in response.content:
        for example in media.examples:
            yield example.name, media.name, _example(document, example)


def _example(document: Document, example: Example) -> bytes:
    if example.external_value is None:
        return encoded(None if example.value is MISSING else example.value)
    path = PurePosixPath(example.external_value)
    file = document.source.path.parent / path
    try:
        if not is_inside(file, document.source.path.parent):
            raise FileNotFoundError
        return content_of(file)
    except OSError:
        where = document.where((*example.pointer, "externalValue"))
        message = f"the sample {example.external_value} cannot be read"
        raise SpecError([Diagnostic(Severity.ERROR, "missing-sample", where, message)]) from None


def _status(response: Response) -> int:
    text = response.status
    return int(text) if text.isdecimal() else _STATUS_OF.get(text.upper(), 400)


def _rule(rule: ir.FailureRule) -> Failure:
    named: Mapping[str, Any] = vars(errors)
    return Failure(
        where=tuple(_condition(condition) for condition in rule.where),
        status=rule.status,
        error="empty" if rule.error == "empty" else named.get(rule.error),
        code=rule.code,
        message=rule.message,
    )


def _condition(condition: ir.Condition) -> Condition:
    match condition.test:
        case "equals":
            return Equals(condition.pointers, tuple(condition.values))
        case "not-equals":
            return NotEquals(condition.pointers, tuple(condition.values))
        case "contains":
            return Contains(condition.pointers, tuple(str(text) for text in condition.values))
        case _:
            return Absent(condition.pointers)
