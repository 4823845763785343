"""Show calls, HTTP exchanges and typed answers, without any secret in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final, cast

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from brokerspec_runtime import RawResponse, Request, Secret
from brokerspec_runtime.enums import OpenEnum
from brokerspec_runtime.errors import BrokerError, Rejected
from brokerspec_runtime.secret import MASK

WIDTH: Final = 100
_INDENT: Final = 3
_MOST_ROWS: Final = 3


def new_console() -> Console:
    """Return a console that is at most as wide as the terminal, and plain when piped."""
    console = Console(highlight=False)
    width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return Console(highlight=False, width=width)


def call_text(head: str, arguments: Mapping[str, object], width: int) -> str:
    """Return a call as Python, broken between arguments where it is long."""
    parts = [f"{name}={python(value)}" for name, value in arguments.items()]
    line = f"{head}({', '.join(parts)})"
    if len(line) <= width:
        return line
    inside = filled([f"{part}," for part in parts], width - 4, between=" ")
    return "\n".join([f"{head}(", *(f"    {line}" for line in inside), ")"])


def filled(parts: Iterable[str], width: int, between: str = "") -> list[str]:
    """Return lines of whole parts, each at most so wide where the parts allow it."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(between) + len(part) <= width:
            lines[-1] += between + part
        else:
            lines.append(part)
    return lines


def python(value: object) -> str:
    """Return a value as a person would write it in Python."""
    match value:
        case Secret():
            return MASK
        case OpenEnum():
            return f"{type(value).__name__}.{value.name}" if value.is_known else _unknown(value)
        case Decimal():
            return f'Decimal("{value}")'
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return repr(value)


def show_call(console: Console, head: str, arguments: Mapping[str, object]) -> None:
    """Show a call as Python, its secrets masked."""
    _print(console, Text(call_text(head, arguments, console.width - _INDENT)))


def show_exchange(console: Console, request: Request | None, raw: RawResponse | None) -> None:
    """Show what was sent and what came back, its secrets masked."""
    shown = request.shown if request is not None else None
    if request is None or shown is None:
        _print(console, Text("nothing was sent", style="dim"))
        return
    lines = [f"{request.method} {shown.url}"]
    if shown.body:
        # The body may be broken after each comma; no character of it is left out.
        parts = [part for part in shown.body.replace(",", ",\0").split("\0") if part]
        lines += [f"  {line}" for line in filled(parts, console.width - _INDENT - 2)]
    if raw is not None:
        words = f"{raw.status} {HTTPStatus(raw.status).phrase}"
        lines.append(f"  -> {words}, {len(raw.body)} bytes, {raw.elapsed * 1000:.0f} ms")
        if "sandbox-problem" in raw.headers:
            lines.append(f"  -> the sandbox objects: {raw.headers['sandbox-problem']}")
    _print(console, Text("\n".join(lines), style="dim"))


def show_note(console: Console, text: str) -> None:
    """Show a remark."""
    _print(console, Text(text, style="dim italic"))


def show_failure(console: Console, text: str) -> None:
    """Show that a step did something else than expected."""
    _print(console, Text(text, style="bold red"))


def show_error(console: Console, error: BrokerError) -> None:
    """Show a typed error with what it tells the caller."""
    _print(console, Text(f"raised {type(error).__name__}", style="bold yellow"))
    facts: dict[str, object] = {"retry_safe": error.retry_safe}
    if isinstance(error, Rejected):
        own = {"status": error.status, "code": error.code, "message": error.message}
        facts = {name: value for name, value in own.items() if value != ""} | facts
    else:
        _print(console, Text(str(error)))
    _print(console, _fields(facts.items()))


def show_answer(console: Console, value: object, paths: Sequence[str]) -> None:
    """Show a typed answer; raise LookupError for a path that leads nowhere."""
    if isinstance(value, list):
        rows = cast("list[object]", value)
        kind = type(rows[0]).__name__ if rows else ""
        count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
        words = f"list[{kind}], {count}" if rows else "an empty list"
        _print(console, Text(words, style="bold"))
        if rows:
            _print(console, _rows(rows, paths or _names(rows[0])))
        if len(rows) > _MOST_ROWS:
            _print(console, Text(f"and {len(rows) - _MOST_ROWS} more", style="dim"))
        return
    found = [(path, at(value, path)) for path in paths or _names(value)]
    _print(console, Text(type(value).__name__, style="bold"))
    _print(console, _fields(found or [("value", value)]))


def at(value: object, path: str) -> object:
    """Return what a dotted path of attributes and places leads to."""
    for part in path.split("."):
        try:
            place: Any = value
            value = place[int(part)] if part.isdigit() else getattr(place, part)
        except (AttributeError, IndexError, TypeError):
            raise LookupError(f"the answer has no {path}") from None
    return value


def _rows(rows: Sequence[object], paths: Sequence[str]) -> Table:
    table = _table()
    found = [[at(row, path) for path in paths] for row in rows]
    for index, path in enumerate(paths):
        column = [values[index] for values in found]
        is_number = all(isinstance(value, int | Decimal) for value in column)
        header = Text(f"{path}\n").append(_types(column), style="not bold dim")
        table.add_column(header, justify="right" if is_number else "left", overflow="fold")
    for values in found[:_MOST_ROWS]:
        table.add_row(*(Text(_plain(value)) for value in values))
    return table


def _fields(fields: Iterable[tuple[str, object]]) -> Table:
    table = _table()
    table.show_header = False
    table.add_column("field", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("type", style="dim", no_wrap=True)
    for name, value in fields:
        table.add_row(Text(name), Text(_plain(value)), Text(_types([value])))
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")


def _types(values: Iterable[object]) -> str:
    names = dict.fromkeys(_type(value) for value in values if value is not None)
    return " | ".join(names)


def _type(value: object) -> str:
    if isinstance(value, list):
        kinds = dict.fromkeys(_type(entry) for entry in cast("list[object]", value))
        return f"list[{' | '.join(kinds)}]" if kinds else "list"
    return type(value).__name__


def _plain(value: object) -> str:
    """Return a value as text; its type stands beside it."""
    match value:
        case Secret():
            return MASK
        case OpenEnum():
            return value.name if value.is_known else _unknown(value)
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case str():
            return value or '""'
        case list():
            return f"{len(cast('list[object]', value))} entries"
        case msgspec.Struct():
            pairs = (f"{name}={python(getattr(value, name))}" for name in _names(value))
            return _cut(", ".join(pairs), 60)
        case _:
            return str(value)


def _unknown(value: OpenEnum) -> str:
    return f"{value.value} (not listed)"


def _names(value: Any) -> tuple[str, ...]:
    return tuple(getattr(value, "__struct_fields__", ()))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 4]} ..."


def _print(console: Console, shown: Text | Table) -> None:
    """Print a block with an indent and without spaces at the ends of its lines."""
    lines = console.render_lines(Padding(shown, (0, 0, 0, _INDENT)), pad=False)
    segments: list[Segment] = []
    for line in lines:
        while line and not line[-1].text.strip():
            line.pop()
        if line:
            line[-1] = Segment(line[-1].text.rstrip(), line[-1].style)
        segments += [*line, Segment.line()]
    console.print(Segments(segments), end="")
