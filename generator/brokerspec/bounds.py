"""Bound what references may cost: a few lines of them can stand for billions of schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where
from brokerspec.document import Schema

# How often all component schemas together may be looked up, and each on the average beyond.
_ALL: Final = 100_000
_EACH: Final = 100


class Components(dict[str, Schema]):
    """The component schemas of a document, which may be looked up so many times."""

    def __init__(self, schemas: Mapping[str, Schema], where: Where) -> None:
        super().__init__(schemas)
        self._where = where
        self._left = _ALL + _EACH * len(schemas)

    def __getitem__(self, name: str) -> Schema:
        self._left -= 1
        if self._left < 0:
            raise too_tangled(self._where)
        return super().__getitem__(name)


def too_tangled(where: Where) -> SpecError:
    """Return the refusal of a document whose references multiply."""
    message = "the references stand for too many schemas"
    hint = "refer to each schema once where one refers to another"
    return SpecError([Diagnostic(Severity.ERROR, "too-tangled", where, message, hint)])
