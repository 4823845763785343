"""Say how a document and a spec differ in one place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

from brokerspec.diagnostics import Diagnostic, Severity, Where
from brokerspec.tree import JSON, Pointer

# What each code means, and what helps. The order is that of the documentation.
HINTS: Final = {
    "audit-new-field": "add it to the spec as an optional field; --propose prints the change",
    "audit-missing-field": "if the vendor dropped it, make it optional or delete it",
    "audit-renamed-field": "rename it in the spec and keep the Python name with x-python-name",
    "audit-changed-type": "change the type in the spec; callers will notice",
    "audit-changed-required": "change the list 'required' of the schema",
    "audit-new-value": "add it to the enum; --propose prints the change",
    "audit-missing-value": "if the vendor dropped it, delete it from the enum",
    "audit-unlisted-value": "add it to the enum, or leave the field without one",
    "audit-changed-sample": "check what it says, then store it; --propose prints the change",
    "audit-new-payload": "store it as a sample; --propose prints the change",
    "audit-missing-payload": "if the vendor dropped it, delete the sample",
    "audit-new-endpoint": "add an operation for it",
    "audit-moved-endpoint": "change the path or the method of the operation",
    "audit-missing-endpoint": "if the vendor dropped it, delete the operation",
    "audit-changed-host": "change the servers of the spec",
    "audit-new-parameter": "add it to the parameters of the operation",
    "audit-missing-parameter": "if the vendor dropped it, make it optional or delete it",
    "audit-unknown-type": "say in the spec what it is; the document does not define it",
    "audit-unplaced-table": "compare it by hand, then record it as known with a reason",
    "audit-unplaced-list": "compare it by hand, then record it as known with a reason",
    "audit-repeated-row": "compare the rows by hand; one of them may be misprinted",
    "audit-unread": "read these lines by hand; nothing in them was compared",
}


@dataclass(frozen=True, slots=True)
class Fix:
    """Hold what a program can change about a finding: which node, and with what."""

    kind: str  # "field", "value", "sample" or "new-sample"
    pointer: Pointer = ()
    name: str = ""
    value: JSON = None
    types: tuple[str, ...] = ()
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one difference, with the values that both sides have."""

    code: str
    line: int
    message: str
    subject: str = ""
    pointer: str = ""
    in_document: str = ""
    in_spec: str = ""
    where: Where | None = None
    fixes: tuple[Fix, ...] = field(default=(), compare=False)

    @property
    def fingerprint(self) -> str:
        """Name the difference by what it is, wherever it stands."""
        parts = (self.code, self.subject, self.pointer, self.in_document, self.in_spec)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]

    def diagnostic(self, document: str) -> Diagnostic:
        """Return the finding as it is shown, with both places."""
        other = f" (spec: {self.where.file}:{self.where.line})" if self.where else ""
        return Diagnostic(
            Severity.ERROR,
            self.code,
            Where(document, self.line, 1),
            self.message + other,
            HINTS.get(self.code, ""),
        )


def distinct(findings: list[Finding]) -> list[Finding]:
    """Return each difference once, in the order of the document."""
    first: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda one: (one.line, one.code, one.pointer)):
        first.setdefault(finding.fingerprint, finding)
    return list(first.values())


def kind_of(value: JSON) -> str:
    """Name the JSON type of a value; a whole number is an integer however it is written."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "number"


def shown(value: JSON, most: int = 60) -> str:
    """Write a value for people, shortened."""
    if isinstance(value, dict):
        return "{" + ", ".join(value) + "}" if len(value) < 5 else f"an object of {len(value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    words = {None: "null", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else str(value)
    text = f'"{text}"' if isinstance(value, str) else text
    return text if len(text) <= most else f"{text[: most - 1]}…"


def hidden(value: JSON) -> str:
    """Speak of a secret without showing it."""
    return f"a secret of {len(str(value))} characters"


def folded(pointer: Pointer) -> str:
    """Write a pointer with every index as `-`, so that all rows of a list share it."""
    return "".join(f"/{'-' if isinstance(token, int) else token}" for token in pointer)
