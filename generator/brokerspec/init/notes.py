"""Write down what a person has to know before going on with a started spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from brokerspec.audit.facts import Facts
from brokerspec.init.spec import Start, payloads_of


def notes_of(start: Start, facts: Facts, title: str) -> str:
    """Return the notes in Markdown."""
    name = PurePath(facts.text.label).name
    counts = (
        f"{len(facts.payloads)} payloads, {len(facts.endpoints)} addresses, "
        f"{len(facts.tables)} tables and {len(facts.value_lists)} lists of values"
    )
    parts = [
        f"# {title}: notes\n",
        "## The document\n",
        f"`{name}`, {len(facts.text.lines)} lines: {counts} were read.\n",
        "Everything marked `x-provenance: inferred` is a guess; `x-evidence` names its line. "
        "Take the mark away once the guess is checked.\n",
        "## Repairs\n",
        *_listed(_repairs(start), "None. Every sample is stored as printed."),
        "## Not read\n",
        *_listed(unread_of(start, facts), "Everything that looks like a fact has been used."),
        "## Contradictions\n",
        *_listed(start.contradictions, "None was found."),
        "## To do by hand\n",
        *_listed(_tasks(start), ""),
    ]
    return "\n".join(parts).rstrip() + "\n"


def unread_of(start: Start, facts: Facts) -> list[str]:
    """Return what stands in the document and not in the spec, in the order of the document."""
    found = [(one.line, f"{one.why} (to line {one.end_line})") for one in facts.unread]
    used = {payload.line for _, payload in payloads_of(start)}
    found += [
        (one.line, "a payload that belongs to no call")
        for one in facts.payloads
        if one.line not in used
    ]
    found += [
        (one.line, f"the table {_quoted(one.title or one.section)} fits no payload")
        for one in start.unplaced_tables
    ]
    found += [
        (one.line, f"the address {_quoted(one.path)} stands without a method and a payload")
        for one in start.loose_endpoints
        if one.path.rstrip("/") != start.base
    ]
    found += [
        (one.line, f"the list of values {_quoted(one.name)} fits no member")
        for one in start.unused_lists
    ]
    return [f"line {line}: {text}" for line, text in sorted(set(found))]


def _repairs(start: Start) -> Iterator[str]:
    for file, payload in payloads_of(start):
        for repair in payload.repairs:
            yield f"line {repair.line}, `{file}`: {repair.what}"
        if payload.is_truncated:
            yield f"line {payload.end_line}, `{file}`: the document breaks off here"
    yield from start.masked


def _tasks(start: Start) -> Iterator[str]:
    names = [draft.name for draft in start.drafts if not draft.call.has_printed_path]
    if names:
        yield f"Find the path of {_enumerated(names)}: the document does not print it."
    silent = [draft.name for draft in start.drafts if not draft.call.responses]
    if silent:
        yield f"Find out what {_enumerated(silent)} answers: the document prints no answer."
    info = start.spec["info"]
    if isinstance(info, dict) and "x-time-zone" not in info:
        yield "Name the time zone (`x-time-zone`); until then dates and times are plain texts."
    yield "Name the errors (`x-failure`), the rate limits and the session of the client."
    yield "Say how an order whose outcome is unknown is found again (`x-correlate`)."
    yield "Replace the descriptions that only repeat a name."


def _listed(entries: Iterable[str], otherwise: str) -> list[str]:
    lines = [f"- {entry}" for entry in entries]
    return ["\n".join(lines) + "\n"] if lines else [otherwise + "\n"]


def _quoted(text: str) -> str:
    plain = " ".join(text.replace("`", "'").split())
    return f"`{plain[:60] or 'without a name'}`"


def _enumerated(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
