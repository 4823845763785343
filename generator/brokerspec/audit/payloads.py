"""Find the JSON payloads of a document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from brokerspec.audit.facts import Payload, Repair, Unread
from brokerspec.audit.repair import Comment, Reading, closers_only, read_loose
from brokerspec.tree import JSON

_START = re.compile(r"[{\[]")
_NUMBERED = re.compile(r"\s{0,8}(\d{1,5})[.:|)]?(?=\s|$)")
_OPENS = re.compile(r"\s*[{\[]\s*$")
_STATUS = re.compile(r"(?:^|[^\w.])([1-5]\d\d)\s*$")
_INSIDE = re.compile(
    r"""\s*(?:["“”'\u2018\u2019}\]{\[]|\\"|//|/\*|\#|$|\d+\s*(?:$|["“”'\u2018\u2019])|[A-Za-z_$][\w$.-]*\s*:(?!//))"""
)
_MEMBER = re.compile(r"""\s*["“][^"“”]{1,80}["”]\s*:\s*(?:["“{\[\d-]|true|false|null)""")


@dataclass(frozen=True, slots=True)
class Found:
    """Hold a payload with the comments that stand in it."""

    payload: Payload
    column: int
    end_column: int
    comments: tuple[Comment, ...]


def find_payloads(lines: Sequence[str]) -> tuple[list[Found], list[Unread]]:
    """Find every payload, however broken, and the places that could not be read."""
    lines, numbered = _without_numbers(lines)
    found: list[Found] = []
    unread: list[Unread] = []
    line, column = 1, 0
    while line <= len(lines):
        start = _next_start(lines, line, column)
        if start is None:
            line, column = line + 1, 0
            continue
        reading = read_loose(lines, line, start)
        if _is_payload(reading, lines[line - 1]):
            item = _payload(reading, lines, line, start, is_numbered=line in numbered)
            found.append(item)
            line, column = max(item.payload.end_line, reading.end_line), reading.end_column
            if item.payload.end_line > reading.end_line:
                line, column = line + 1, 0
        else:
            if not lines[line - 1][:start].strip() and reading.quoted_keys:
                unread.append(Unread(line, reading.end_line, "looks like JSON but cannot be read"))
            column = start + 1
    return found, unread


def _without_numbers(lines: Sequence[str]) -> tuple[list[str], frozenset[int]]:
    """Blank the numbers that a listing prints before each of its lines."""
    result = list(lines)
    numbered: set[int] = set()
    run: list[tuple[int, re.Match[str]]] = []
    for number in range(1, len(lines) + 2):
        match = _NUMBERED.match(lines[number - 1]) if number <= len(lines) else None
        is_next = match is not None and run and int(match[1]) == int(run[-1][1][1]) + 1
        if match is not None and (is_next or not run):
            run.append((number, match))
            continue
        if len(run) >= 3 and any(_OPENS.match(found.string[found.end() :]) for _, found in run[:2]):
            for at, found in run:
                result[at - 1] = " " * found.end() + found.string[found.end() :]
                numbered.add(at)
        run = [(number, match)] if match is not None else []
    return result, frozenset(numbered)


def _next_start(lines: Sequence[str], line: int, column: int) -> int | None:
    text = lines[line - 1]
    if column == 0 and _MEMBER.match(text):
        return len(text) - len(text.lstrip())
    for match in _START.finditer(text, column):
        after = text[match.end() :]
        if _INSIDE.match(after):
            return match.start()
    return None


def _is_payload(reading: Reading, text: str) -> bool:
    value = reading.value
    if not isinstance(value, dict | list) or not value:
        return not reading.is_truncated and text.strip() in ("{}", "[]")
    if isinstance(value, list):
        is_nested = any(isinstance(item, dict | list) for item in value)
        has_text = all(isinstance(item, str) for item in value)
        is_alone = text.lstrip().startswith("[")
        is_bare = any("without quotes" in repair.what for repair in reading.repairs)
        if is_nested:
            return not reading.is_truncated or _has_leaf(value)
        return has_text and is_alone and not is_bare
    if reading.quoted_keys:
        return _has_value(value) or not reading.is_truncated
    is_tall = reading.end_line > reading.line
    if reading.bare_keys < (1 if is_tall and not reading.is_truncated else 2):
        return False
    return not _is_prose(reading) or (is_tall and not reading.is_truncated)


def _has_leaf(value: JSON) -> bool:
    """Say whether anything but brackets was read."""
    pending = [value]
    while pending:
        node = pending.pop()
        if not isinstance(node, dict | list):
            return True
        pending.extend(node.values() if isinstance(node, dict) else node)
    return False


def _has_value(value: dict[str, JSON]) -> bool:
    return any(item is not None for item in value.values())


def _is_prose(reading: Reading) -> bool:
    """Say whether what looks like keys and values may be words with colons."""
    return any("value without quotes" in repair.what for repair in reading.repairs)


def _payload(
    reading: Reading, lines: Sequence[str], line: int, column: int, *, is_numbered: bool
) -> Found:
    repairs = list(reading.repairs)
    if is_numbered:
        repairs.append(Repair(line, "line numbers were left out"))
    before = _STATUS.search(lines[line - 1][:column])
    if before is not None:
        repairs.append(Repair(line, f"the number {before[1]} before the brace was left out"))
    end = reading.end_line
    while not reading.is_truncated and end < len(lines) and closers_only(lines[end]):
        end += 1
        repairs.append(Repair(end, "a closing mark too many was left out"))
    payload = Payload(
        line,
        end,
        reading.value,
        tuple(sorted(repairs, key=lambda repair: repair.line)),
        reading.is_truncated,
        lines=reading.lines,
    )
    is_answer = before is not None or any(
        repair.what.startswith("the number ") for repair in reading.repairs
    )
    if is_answer:
        payload = replace(payload, direction="response")
    end_column = reading.end_column if end == reading.end_line else len(lines[end - 1])
    return Found(payload, column, end_column, reading.comments)
