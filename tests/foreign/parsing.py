"""Read a request as a server does that knows the document: independent of the runtime."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from email import message_from_bytes
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, unquote

JSON = Any
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:")
_CLOCK = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")
_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


def words(value: JSON) -> JSON:
    """Return a value with every scalar as the text that a URL shows for it."""
    if isinstance(value, dict):
        return {name: words(item) for name, item in value.items()}
    if isinstance(value, list):
        return [words(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _number(repr(value) if isinstance(value, float) else value)
    if isinstance(value, str) and _TIME.match(value):
        return _moment(value)
    if isinstance(value, str) and _CLOCK.match(value):
        return _clock(value)
    return value


def _number(value: str | int | Decimal) -> Decimal:
    number = Decimal(value)
    return number.normalize() if number else Decimal(0)


def _clock(text: str) -> str:
    try:
        return time.fromisoformat(text.upper()).isoformat()
    except ValueError:
        return text


def _moment(text: str) -> str:
    """Return a time in one spelling; what is no time stays as it is."""
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return text


def as_numbers(found: JSON, wanted: JSON) -> JSON:
    """Return texts as numbers where numbers are wanted."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {name: as_numbers(item, wanted.get(name)) for name, item in found.items()}
    if isinstance(wanted, list) and isinstance(found, list):
        paired = [*wanted, *[None] * (len(found) - len(wanted))]
        return [as_numbers(item, other) for item, other in zip(found, paired, strict=False)]
    if isinstance(wanted, Decimal) and isinstance(found, str):
        return _number(found)
    return words(found)


def split_path(template: str, path: str) -> dict[str, str] | None:
    """Return the raw segments that fill a path template; None when it does not fit."""
    wanted, found = template.strip("/").split("/"), path.strip("/").split("/")
    if len(found) < len(wanted):
        return None
    values: dict[str, str] = {}
    # A server may have a path of its own before that of the operation.
    for mark, raw in zip(wanted, found[-len(wanted) :], strict=True):
        if mark.startswith("{") and mark.endswith("}") and mark.count("{") == 1:
            values[mark[1:-1]] = raw
        elif unquote(mark) != unquote(raw) and "{" not in mark:
            return None
    return values


def path_value(parameter: Mapping[str, JSON], raw: str, kind: str) -> JSON:
    """Return the value of a path parameter: text, list of texts or texts by name."""
    name, style = parameter["name"], parameter.get("style", "simple")
    explode = parameter.get("explode", False)
    separator = ","
    if style == "label":
        raw, separator = raw.removeprefix("."), "." if explode else ","
    elif style == "matrix":
        raw = raw.removeprefix(";")
        if not (explode and kind in ("array", "object")):
            raw = raw.removeprefix(f"{name}").removeprefix("=")
        else:
            separator = ";"
            if kind == "array":
                return [unquote(part.partition("=")[2]) for part in raw.split(";")]
    return _split(raw, kind, separator, explode=explode)


def _split(raw: str, kind: str, separator: str, *, explode: bool) -> JSON:
    if kind == "array":
        return [unquote(part) for part in raw.split(separator)] if raw else []
    if kind == "object":
        parts = raw.split(separator) if raw else []
        if explode:
            pairs = [part.partition("=")[::2] for part in parts]
        else:
            pairs = list(zip(parts[::2], parts[1::2], strict=True))
        return {unquote(name): unquote(value) for name, value in pairs}
    return unquote(raw)


def query_value(
    parameter: Mapping[str, JSON], query: str, kind: str, members: Mapping[str, str]
) -> JSON:
    """Return the value of a query parameter; `members` are the kinds of an object's members."""
    name, style = parameter["name"], parameter.get("style", "form")
    explode = parameter.get("explode", style == "form")
    raw = [part.partition("=")[::2] for part in query.split("&") if part]
    mine = [value for key, value in raw if unquote(key) == name]
    if kind and style == "deepObject":
        return deep(parse_qsl(query, keep_blank_values=True)).get(name)
    if kind == "object" and explode:
        pairs = parse_qsl(query, keep_blank_values=True)
        return {
            member: [value for key, value in pairs if key == member]
            if members[member] == "array"
            else next(value for key, value in pairs if key == member)
            for member in members
            if any(key == member for key, _ in pairs)
        } or None
    if not mine:
        return None
    if kind == "array" and explode:
        return [unquote(value.replace("+", " ")) for value in mine]
    text = mine[0]
    if style in _SEPARATORS:
        separator = _SEPARATORS[style]
        for escaped in ("%20", "+") if separator == " " else ("%7C", "%7c"):
            text = text.replace(escaped, separator)
        return _split(text, kind, separator, explode=False)
    return _split(text, kind, ",", explode=False)


def deep(pairs: list[tuple[str, str]]) -> dict[str, JSON]:
    """Return names with brackets as the tree that they spell."""
    tree: dict[str, JSON] = {}
    for key, value in pairs:
        head, *rest = key.replace("]", "").split("[")
        node: JSON = tree
        steps = [head, *rest]
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            if after is None:
                if isinstance(node, list):
                    node.append(value)
                elif step in node:
                    node[step] = [
                        *([node[step]] if isinstance(node[step], str) else node[step]),
                        value,
                    ]
                else:
                    node[step] = value
            else:
                node = node.setdefault(step, {})
    return _lists(tree)


def _lists(node: JSON) -> JSON:
    """Return a tree whose objects with the keys 0, 1, 2 … (or none) are lists."""
    if not isinstance(node, dict):
        return node
    made = {name: _lists(item) for name, item in node.items()}
    if made and all(name == str(index) for index, name in enumerate(made)):
        return list(made.values())
    if set(made) == {""}:
        return made[""] if isinstance(made[""], list) else [made[""]]
    return made


def header_value(parameter: Mapping[str, JSON], raw: str, kind: str) -> JSON:
    """Return the value of a header parameter."""
    return _split(raw, kind, ",", explode=bool(parameter.get("explode", False)))


def cookies(raw: str) -> dict[str, str]:
    """Return the cookies of a request."""
    jar: SimpleCookie = SimpleCookie(raw)
    return {name: unquote(crumb.value) for name, crumb in jar.items()}


def json_body(body: bytes) -> JSON:
    """Return a JSON body whose fractions are Decimals."""
    return json.loads(body, parse_float=Decimal)


def form_value(body: bytes, name: str, wanted: JSON, encoding: Mapping[str, JSON]) -> JSON:
    """Return a member of a form: as its encoding says, else lists by item and objects as JSON."""
    has_parts = isinstance(wanted, dict | list)
    if has_parts and {"style", "explode"} & set(encoding):
        kind = "array" if isinstance(wanted, list) else "object"
        members = {
            key: "array" if isinstance(item, list) else ""
            for key, item in (wanted.items() if isinstance(wanted, dict) else ())
        }
        text = body.decode().replace("+", "%20")
        return query_value({"name": name, **encoding}, text, kind, members)
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    return _items([value for key, value in pairs if key == name], wanted)


def part_value(parts: list[bytes], wanted: JSON) -> JSON:
    """Return what the parts of one name say: lists by item and objects as JSON."""
    return _items([part.decode() for part in parts], wanted)


def _items(texts: list[str], wanted: JSON) -> JSON:
    if isinstance(wanted, list):
        wholes = [*(item for item in wanted if item is not None), *[None] * len(texts)]
        return [_item(text, item) for text, item in zip(texts, wholes, strict=False)]
    return _item(texts[0], wanted) if texts else None


def _item(text: str, wanted: JSON) -> JSON:
    return json_body(text.encode()) if isinstance(wanted, dict | list) else text


def multipart_body(
    body: bytes, media_type: str
) -> dict[str, list[tuple[bytes, Mapping[str, str]]]]:
    """Return the parts of a multipart form by name, each with its headers in lower case."""
    message = message_from_bytes(b"Content-Type: " + media_type.encode() + b"\r\n\r\n" + body)
    found: dict[str, list[tuple[bytes, Mapping[str, str]]]] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            payload = part.get_payload(decode=True)
            content = payload if isinstance(payload, bytes) else b""
            headers = {key.lower(): str(text) for key, text in part.items()}
            found.setdefault(name, []).append((content, headers))
    return found
