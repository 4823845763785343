"""Change a document the way vendors do, one fact at a time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from brokerspec.audit.facts import Endpoint, Facts, Payload, Row, Table, ValueList

NEW_FIELD = "zqNewField"
NEW_VALUE = "ZQNEW"


@dataclass(frozen=True, slots=True)
class Mutation:
    """Replace the lines from `first` to `last`; `words` are what a finding has to name."""

    kind: str
    first: int
    last: int
    lines: tuple[str, ...]
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind} at {self.first}: {', '.join(self.words)}"


def mutations(facts: Facts) -> list[Mutation]:
    """List every change that can be made to the facts of a document."""
    lines = facts.text.lines
    found: list[Mutation] = []
    for payload in facts.payloads:
        found += _of_payload(payload, lines)
    for table in facts.tables:
        found += _of_table(table, lines)
    for endpoint in facts.endpoints:
        found += _of_endpoint(endpoint, lines)
    for listed in facts.value_lists:
        found += _of_list(listed, lines)
    return found


def applied(lines: Sequence[str], chosen: Sequence[Mutation]) -> tuple[str, ...]:
    """Return the lines of a document with some changes made."""
    changed = list(lines)
    for one in sorted(chosen, key=lambda m: m.first, reverse=True):
        changed[one.first - 1 : one.last] = one.lines
    return tuple(changed)


def some_of(found: list[Mutation], count: int, seed: int) -> list[Mutation]:
    """Choose changes of all kinds that do not touch each other."""
    chooser = random.Random(seed)
    kinds: dict[str, list[Mutation]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    chosen: list[Mutation] = []
    for turn in range(count * 4):
        names = sorted(kinds)
        one = chooser.choice(kinds[names[turn % len(names)]])
        if all(one.last < other.first - 1 or one.first > other.last + 1 for other in chosen):
            chosen.append(one)
        if len(chosen) == count:
            break
    return chosen


def _of_payload(payload: Payload, lines: Sequence[str]) -> Iterator[Mutation]:
    for pointer, line in payload.lines.items():
        key = pointer[-1] if pointer else 0
        if not isinstance(key, str):
            continue
        text = lines[line - 1]
        names = _in_quotes(key)
        if len(names.findall(text)) != 1:
            continue
        renamed = names.sub(rf"\g<open>{key}Zq\g<close>", text)
        yield Mutation("payload field renamed", line, line, (renamed,), (key, f"{key}Zq"))
        match = names.search(text)
        if match is None:
            continue
        quotes = match["open"], match["close"]
        added = f"{quotes[0]}{NEW_FIELD}{quotes[1]}: {quotes[0]}x{quotes[1]},"
        before = text[: match.start()]
        if not before.strip():
            yield Mutation("payload field added", line, line, (before + added, text), (NEW_FIELD,))
        member = re.fullmatch(
            r"""(?P<before>\s*["“'][^"“”']*["”']\s*:\s*)(?P<value>"[^"]*"|“[^”]*”|-?[\d.]+|true|false)"""
            r"""(?P<after>\s*,?\s*(?://.*)?)""",
            text,
        )
        if member is None:
            continue
        yield Mutation("payload field removed", line, line, (), (key,))
        value = member["value"]
        other = "4711" if value[0] in '"“' else f"{quotes[0]}{value}{quotes[1]}"
        retyped = member["before"] + other + member["after"]
        yield Mutation("payload field retyped", line, line, (retyped,), (key,))


@cache
def _in_quotes(key: str) -> re.Pattern[str]:
    return re.compile(rf"""(?P<open>["“'])\s*{re.escape(key)}\s*(?P<close>["”'])(?=\s*:)""")


def _of_table(table: Table, lines: Sequence[str]) -> Iterator[Mutation]:
    rows = sorted(table.rows, key=lambda row: row.line)
    pipes = [
        sum(line.count("|") for line in lines[one.line - 1 : other.line - 1])
        for one, other in pairwise(rows)
    ]
    for index, row in enumerate(rows):
        if index + 1 < len(rows):
            last = rows[index + 1].line - 1
        else:
            # The last row ends where it has as many cells as the others.
            last, left = row.line, max(pipes, default=0) - lines[row.line - 1].count("|")
            while left > 0 and last < len(lines) and "|" in lines[last]:
                last, left = last + 1, left - lines[last].count("|")
        block = tuple(lines[row.line - 1 : last])
        yield from _of_row(row, last, block, is_only=len(rows) == 1)


def _of_row(row: Row, last: int, block: tuple[str, ...], *, is_only: bool) -> Iterator[Mutation]:
    name = re.compile(rf"(?<![\w]){re.escape(row.name)}(?![\w])")
    if not name.search(block[0]):
        return
    renamed = name.sub(f"{row.name}Zq", block[0], count=1)
    words = (row.name, f"{row.name}Zq")
    yield Mutation("row renamed", row.line, last, (renamed, *block[1:]), words)
    new = (name.sub(NEW_FIELD, block[0], count=1), *block[1:])
    yield Mutation("row added", row.line, last, (*block, *new), (NEW_FIELD,))
    if not is_only:
        yield Mutation("row removed", row.line, last, (), (row.name,))
    if not row.type:
        return
    other = "integer" if "bool" in row.type.lower() else "boolean"
    cell = re.compile(rf"(?:^|(?<=[|\s])){re.escape(row.type)}(?=\s*\||\s*$)")
    word = re.compile(rf"(?<=\s){re.escape(row.type)}(?!\w)")
    for index, text in enumerate(block):
        at = (cell if any("|" in line for line in block) else word).search(text)
        if at is not None:
            changed = text[: at.start()] + other + text[at.end() :]
            lines = (*block[:index], changed, *block[index + 1 :])
            yield Mutation("row retyped", row.line, last, lines, (row.name,))
            return


def _of_endpoint(endpoint: Endpoint, lines: Sequence[str]) -> Iterator[Mutation]:
    text = lines[endpoint.line - 1]
    path = endpoint.path.partition("?")[0].partition("(")[0].rstrip("/")
    # A segment in capitals or digits may be the value of a parameter.
    parts = [one for one in path.split("/") if re.fullmatch(r"[A-Za-z][\w.-]*", one)]
    part = next((one for one in reversed(parts) if not one.isupper()), "")
    if not part or text.count(part) != 1:
        return
    moved = text.replace(part, f"{part}zq")
    yield Mutation("path changed", endpoint.line, endpoint.line, (moved,), (f"{part}zq",))
    if endpoint.method and re.search(rf"\b{endpoint.method}\b", text):
        other = "PATCH"
        changed = re.sub(rf"\b{endpoint.method}\b", other, text, count=1)
        yield Mutation("method changed", endpoint.line, endpoint.line, (changed,), (other,))


def _of_list(listed: ValueList, lines: Sequence[str]) -> Iterator[Mutation]:
    last = listed.values[-1] if listed.values else None
    if last is None:
        return
    text = lines[last.line - 1]
    new = "418" if last.value.isdecimal() else NEW_VALUE
    found = list(re.finditer(rf"(?<!\w){re.escape(last.value)}(?!\w)", text))
    if not found:
        return
    is_alone = all(one.line != last.line for one in listed.values[:-1])
    if is_alone and found[0].start() == len(text) - len(text.lstrip()):
        line = text.replace(last.value, new, 1)
        yield Mutation("value added", last.line, last.line, (text, line), (new,))
        return
    if is_alone:
        return
    previous = listed.values[-2].value
    between = re.search(
        rf"(?<!\w){re.escape(previous)}(?P<gap>\W+){re.escape(last.value)}(?!\w)", text
    )
    if between is None:
        return
    end = between.end()
    gap = between["gap"]
    changed = text[:end] + gap + new + text[end:]
    yield Mutation("value added", last.line, last.line, (changed,), (new,))
