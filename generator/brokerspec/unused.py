"""Imports that a template writes for every case, taken out where the module has no use for them.

A linter does that too, but takes a millisecond for each: longer than for all the rest. What
only looks used, because its name stands in a text, is left to the linter.
"""

from __future__ import annotations

import re
from typing import Final

from brokerspec.text import Source, plain

# Of more names than that, the plan has listed exactly those that are used.
_MANY: Final = 200
_IMPORT: Final = re.compile(
    r"^(?:from (?!__future__)[\w.]+ import (?:\(([\w\s,]+)\)|([\w ,]+))|import (\w+))\n",
    re.MULTILINE,
)


def without_unused(text: str) -> Source:
    """Return a module without the imports whose names stand nowhere else in it."""
    found = list(_IMPORT.finditer(plain(text)))
    ends = [0, *(one.end() for one in found)]
    between = [text[end : one.start()] for end, one in zip(ends, found, strict=False)]
    between.append(text[ends[-1] :])
    rest = "".join(between)
    kept = [*(_shortened(one, rest) for one in found), ""]
    return Source("".join(part for pair in zip(between, kept, strict=True) for part in pair))


def _shortened(statement: re.Match[str], rest: str) -> str:
    """Return an import with the names that are used; empty without any."""
    whole, enclosed, plainly, module = statement.group(0, 1, 2, 3)
    listed = (enclosed or plainly or module).strip()
    names = [name.strip() for name in listed.rstrip(",").split(",")]
    if len(names) > _MANY or not all(name.isidentifier() for name in names):
        return whole
    used = [name for name in names if _is_used(name, rest)]
    if len(used) in (0, len(names)):
        return whole if used else ""
    # A comma at the end keeps each name on a line of its own.
    comma = "," if listed.endswith(",") else ""
    return whole.replace(listed, f"{', '.join(used)}{comma}")


def _is_used(name: str, rest: str) -> bool:
    # Quicker than an expression, which looks at every character for the end of a word.
    start = rest.find(name)
    while start >= 0:
        end = start + len(name)
        beside = rest[max(start - 1, 0) : start] + rest[end : end + 1]
        if not any(letter == "_" or letter.isalnum() for letter in beside):
            return True
        start = rest.find(name, end)
    return False
