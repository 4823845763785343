"""The documented headers of an answer, as typed members of it.

A header is written in the style `simple` (RFC 6570). One that is not there, or is not what
the document says, is None and a deviation: the answer that came with it is never lost.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, Final, Generic, ParamSpec, TypeVar, Union, cast, get_args, get_origin

import msgspec

from . import codec, wire
from .errors import Deviation
from .flow import Response
from .operation import HeadersOf

P = ParamSpec("P")
T = TypeVar("T")
H = TypeVar("H")

# How HTTP itself writes a time (RFC 9110, section 5.6.7); documents call that a date-time.
_HTTP_DATE: Final = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)


class HeadedResponse(Response[T], Generic[T, H], frozen=True, kw_only=True):
    """A response whose headers are documented: `documented_headers` has them with their types."""

    documented_headers: H


def headed(method: Callable[P, T], kind: type[H]) -> Callable[P, HeadedResponse[T, H]]:
    """Type a method of a client that answers with the full response and its headers."""
    return cast("Callable[P, HeadedResponse[T, H]]", method)


def headed_async(
    method: Callable[P, Coroutine[Any, Any, T]], kind: type[H]
) -> Callable[P, Coroutine[Any, Any, HeadedResponse[T, H]]]:
    """Type a method of an asynchronous client in the same way."""
    return cast("Callable[P, Coroutine[Any, Any, HeadedResponse[T, H]]]", method)


def with_headers(response: Response[T], wanted: HeadersOf[H]) -> HeadedResponse[T, H]:
    """Return a response with its documented headers, and where these deviate."""
    found, deviations = read(response.headers, wanted)
    return HeadedResponse(
        response.data,
        response.status,
        response.headers,
        response.body,
        response.elapsed,
        response.request,
        (*response.deviations, *deviations),
        documented_headers=found,
    )


def read(headers: Mapping[str, str], wanted: HeadersOf[H]) -> tuple[H, tuple[Deviation, ...]]:
    """Return the documented headers of an answer, and where they deviate."""
    found: dict[str, object] = {}
    deviations: list[Deviation] = []
    for item in msgspec.structs.fields(cast("Any", wanted.type)):
        name = item.encode_name
        text = headers.get(name.lower())
        place = f"the header {name}"
        kind = _without_none(item.type)
        if text is None:
            if name in wanted.required:
                deviations.append(Deviation(place, _word(kind), "nothing", None))
            continue
        raw = _json(text) if name in wanted.json else _plain(text.strip(), kind, name, wanted)
        found[item.name], odd = codec.fit(raw, kind, place)
        deviations += odd
    return wanted.type(**found), tuple(deviations)


def _json(text: str) -> object:
    """Return the value of a JSON text; anything else stays a text, which may not fit."""
    try:
        return wire.loads(text.encode())
    except ValueError:
        return text


def _plain(text: str, kind: Any, name: str, wanted: HeadersOf[Any]) -> object:
    """Return the parts of a header, each as the text that it is."""
    origin = get_origin(kind)
    if kind is datetime and _HTTP_DATE.fullmatch(text):
        # Few headers are times.
        from email.utils import parsedate_to_datetime

        try:
            return parsedate_to_datetime(text).isoformat()
        except ValueError:
            return text
    if origin in (list, tuple):
        return _parts(text)
    if origin is dict or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return _members(_parts(text), is_exploded=name in wanted.exploded) or text
    return text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []


def _members(parts: list[str], *, is_exploded: bool) -> dict[str, str] | None:
    """Return the members of an object, None where what is written is none."""
    if is_exploded:
        pairs = [part.partition("=") for part in parts]
        return {name: value for name, sign, value in pairs if sign} or None
    return dict(zip(parts[::2], parts[1::2], strict=True)) if len(parts) % 2 == 0 else None


def _without_none(kind: Any) -> Any:
    if get_origin(kind) not in (Union, types.UnionType):
        return kind
    rest = [one for one in get_args(kind) if one is not type(None)]
    return rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007


def _word(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)
