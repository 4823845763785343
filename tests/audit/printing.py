"""Print payloads the way documents print them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from brokerspec.tree import JSON


def payload(
    value: JSON,
    *,
    indent: str,
    quotes: str = '""',
    comments: Mapping[str, str] | None = None,
) -> list[str]:
    """Print a payload with every digit as it is, one member to a line."""
    lines = list(_printed(value, "", indent, quotes))
    if not comments:
        return lines
    return [_commented(line, comments) for line in lines]


def _printed(value: JSON, margin: str, indent: str, quotes: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        members = [(_text(key, quotes) + ": ", item) for key, item in value.items()]
        opens, closes = "{", "}"
    elif isinstance(value, list) and value:
        members = [("", item) for item in value]
        opens, closes = "[", "]"
    else:
        yield _scalar(value, quotes)
        return
    yield opens
    for index, (key, item) in enumerate(members):
        inner = list(_printed(item, margin, indent, quotes))
        inner[0] = key + inner[0]
        inner[-1] += "," if index + 1 < len(members) else ""
        yield from (indent + line for line in inner)
    yield closes


def _scalar(value: JSON, quotes: str) -> str:
    if isinstance(value, str):
        return _text(value, quotes)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(value)


def _text(text: str, quotes: str) -> str:
    return quotes[0] + json.dumps(text, ensure_ascii=False)[1:-1] + quotes[1]


def _commented(line: str, comments: Mapping[str, str]) -> str:
    name = line.strip().split('"')[1] if line.strip().startswith('"') else ""
    is_scalar = not line.rstrip().endswith(("{", "["))
    return f"{line} // {comments[name]}" if name in comments and is_scalar else line
