"""Bound what a document may cost: how much of a kind there is, and what references stand for.

Each is well above what the largest documents have that we know of: 2,300 component schemas,
18,000 schemas in all, 660 operations, 970 warnings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where
from brokerspec.document import Schema

# Members of one mapping or list, media types of one body, placeholders of one path.
MOST_MEMBERS: Final = 20_000
MOST_MEDIA_TYPES: Final = 200
MOST_PARAMETERS: Final = 2_000
MOST_PLACEHOLDERS: Final = 200
# In the whole document.
MOST_SCHEMAS: Final = 60_000
MOST_OPERATIONS: Final = 5_000
# Parameters, answers and security requirements of all operations, also where they are shared.
MOST_PARTS: Final = 50_000
MOST_WARNINGS: Final = 10_000
# To look for a name like another takes a while for each of the names there are.
MOST_COMPARED: Final = 50_000
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


def too_many(where: Where, what: str, most: int) -> SpecError:
    """Return the refusal of a document that holds too much of one kind."""
    message = f"there are more than {most:,} {what}"
    hint = "split the document, or take out what the client does not need"
    return SpecError([Diagnostic(Severity.ERROR, "too-large", where, message, hint)])


def too_tangled(where: Where) -> SpecError:
    """Return the refusal of a document whose references multiply."""
    message = "the references stand for too many schemas"
    hint = "refer to each schema once where one refers to another"
    return SpecError([Diagnostic(Severity.ERROR, "too-tangled", where, message, hint)])
