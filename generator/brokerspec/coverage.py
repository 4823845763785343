"""How much of each vendor document the specs cover."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.table import Table

from brokerspec import ir
from brokerspec.generate import Job, read
from brokerspec.project import find_root, jobs_of

_BEGIN: Final = "<!-- coverage -->"
_END: Final = "<!-- /coverage -->"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The counts of one broker."""

    package: str
    title: str
    operations: int
    requests: int
    responses: int

    @classmethod
    def of(cls, api: ir.Api) -> Coverage:
        """Count what an API holds; the sign-in endpoints are not documented operations."""
        return cls(
            api.package,
            api.source,
            sum(not operation.sign_in for operation in api.operations),
            len({sample.file for sample in api.samples if sample.direction == "request"}),
            len({sample.file for sample in api.samples if sample.direction == "response"}),
        )


def coverage(jobs: Iterable[Job]) -> list[Coverage]:
    """Return the counts of every spec."""
    return [Coverage.of(read(job)[0]) for job in jobs]


def rows(counts: Iterable[Coverage]) -> list[tuple[str, ...]]:
    """Return the counts as rows of text, the last of which is the total."""
    listed = list(counts)
    made = [(c.package, c.title, *(str(number) for number in _numbers(c))) for c in listed]
    totals = [sum(column) for column in zip(*(_numbers(c) for c in listed), strict=True)]
    return [*made, ("total", "", *(str(total) for total in totals))]


HEADINGS = ("package", "document", "operations", "request samples", "response samples")


def table(counts: Iterable[Coverage]) -> Table:
    """Return the counts as a table for the terminal."""
    made = Table()
    for index, heading in enumerate(HEADINGS):
        made.add_column(heading, justify="left" if index < 2 else "right", no_wrap=index == 0)
    listed = rows(counts)
    for row in listed[:-1]:
        made.add_row(*row)
    made.add_section()
    made.add_row(*listed[-1])
    return made


def markdown(counts: Iterable[Coverage]) -> str:
    """Return the counts as a Markdown table."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * 2 + "---:|" * (len(HEADINGS) - 2)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows(counts))])


def refreshed(text: str, counts: Iterable[Coverage]) -> str:
    """Return a text with the table between its two coverage marks made anew."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError("the text has no coverage marks")
    return f"{before}{begin}\n{markdown(counts)}\n{end}{after}"


def _numbers(counts: Coverage) -> tuple[int, ...]:
    return counts.operations, counts.requests, counts.responses


def _refresh(path: Path) -> None:
    """Bring the table in a file up to date."""
    old = path.read_text(encoding="utf-8")
    new = refreshed(old, coverage(jobs_of(find_root(Path.cwd()), [])))
    if new != old:
        path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    _refresh(Path(sys.argv[1]))
