"""Answers of all kinds, and whether a client makes of them what they say."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from brokerspec_runtime import RawResponse, codec
from foreign import parsing
from foreign.book import Answer, Target

JSON = Any


def response_of(answer: Answer, value: JSON) -> RawResponse:
    """Return what a server sends for a value."""
    if answer.kind == "nothing":
        return RawResponse(answer.status, {}, b"", 0.0)
    media = {"*/*": "application/json"}.get(answer.media, answer.media.replace("/*", "/x-some"))
    if answer.kind == "json":
        body = json.dumps(value).encode()
    else:
        body = str(value).encode()
        media += "; charset=utf-8" if answer.kind == "text" and ";" not in media else ""
    return RawResponse(answer.status, {"content-type": media}, body, 0.0)


def check_answer(target: Target, answer: Answer, value: JSON, result: object) -> None:
    """Hold what a method returned against what was answered."""
    if target.made.method == "HEAD" or answer.kind == "nothing":
        assert result in (None, b"", ""), f"read {result!r} of nothing"
    elif answer.kind == "bytes":
        assert result == value.encode(), f"read {result!r} of {value!r}"
    elif answer.kind == "text":
        assert result == value, f"read {result!r} of {value!r}"
    else:
        place = _lost(codec.to_builtins(result), value, "$")
        assert not place, f"read {result!r} of {value!r}: differs at {place}"


def _lost(found: JSON, wanted: JSON, path: str) -> str:
    """Return where something that was answered is not in what was read; empty when nowhere."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        places = (
            _lost(found.get(name), item, f"{path}.{name}")
            for name, item in wanted.items()
            if item is not None
        )
        return next(filter(None, places), "")
    if isinstance(wanted, list) and isinstance(found, list | tuple):
        if len(found) != len(wanted):
            return path
        pairs = enumerate(zip(found, wanted, strict=True))
        return next(filter(None, (_lost(a, b, f"{path}[{at}]") for at, (a, b) in pairs)), "")
    if isinstance(found, datetime | date | time):
        found = found.isoformat()
    if isinstance(wanted, float):
        wanted = Decimal(repr(wanted))
    same = parsing.words(found) == parsing.words(wanted)
    return "" if same or str(found) == str(wanted) else path
