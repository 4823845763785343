"""Make the HTTP request of a call, and the masked form of it that may be shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlencode

from . import wire
from .errors import InvalidArgument, NotSent
from .operation import Attach, Call, Context
from .request import Request, Shown
from .secret import MASK, Secret

_UNSAFE_HEADER: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_AGENT: Final = "brokerspec"


def build(call: Call[Any], context: Context) -> Request:
    """Return the finished request of a call.

    Raises InvalidArgument for a value that must not be sent and NotSent when a setting
    that the call needs is not there yet.
    """
    attached = [(attach, _setting(attach, context)) for attach in call.operation.attach]
    real = _write(call, context.server, attached, _open)
    shown = _write(call, context.server, attached, _mask)
    body = real[2]
    visible = shown[2].decode() if shown[2] is not None else ""
    return Request(
        call.operation.method, real[0], real[1], body, Shown(shown[0], shown[1], visible)
    )


def _write(
    call: Call[Any],
    server: str,
    attached: list[tuple[Attach, Secret | str]],
    view: Callable[[object], str],
) -> tuple[str, dict[str, str], bytes | None]:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "User-Agent": _AGENT,
    }
    query: dict[str, object] = dict(call.query)
    for name, value in call.headers.items():
        if value is not None:
            headers[name] = _header(name, view(value))
    for attach, value in attached:
        _attach(attach, value, view, headers, query)
    body, media_type = _body(call, show=view is _mask)
    if body is not None:
        headers["Content-Type"] = media_type
    url = server.rstrip("/") + _path(call.operation.path, call.path, view)
    pairs = [(name, view(value)) for name, value in query.items() if value is not None]
    return (f"{url}?{urlencode(pairs, quote_via=quote)}" if pairs else url), headers, body


def _setting(attach: Attach, context: Context) -> Secret | str:
    if attach.place == "basic":
        user, _, password = attach.setting.partition(":")
        pair = [context.values.get(user), context.values.get(password)]
        if None not in pair:
            joined = ":".join(_open(part) for part in pair)
            return Secret(base64.b64encode(joined.encode()).decode())
    return setting(attach.setting, context)


def setting(name: str, context: Context) -> Secret | str:
    """Return a setting that a call cannot do without; raise NotSent when it is missing."""
    value = context.values.get(name)
    if value is None:
        source = " or ".join(context.sources.get(name, ()))
        hint = f"call {source} first, or " if source else ""
        raise NotSent(f"{name} is not set: {hint}give it to the client")
    return value


def _attach(
    attach: Attach,
    value: Secret | str,
    view: Callable[[object], str],
    headers: dict[str, str],
    query: dict[str, object],
) -> None:
    match attach.place:
        case "bearer":
            headers["Authorization"] = _header("Authorization", f"Bearer {view(value)}")
        case "basic":
            headers["Authorization"] = f"Basic {view(value)}"
        case "header":
            headers[attach.name] = _header(attach.name, view(value))
        case "cookie":
            crumb = _header("Cookie", f"{attach.name}={view(value)}")
            headers["Cookie"] = f"{headers['Cookie']}; {crumb}" if "Cookie" in headers else crumb
        case "query":
            query[attach.name] = value


def _body(call: Call[Any], *, show: bool) -> tuple[bytes | None, str]:
    if call.json is not None:
        return wire.encode(wire.plain(call.json, show=show)), call.operation.media_type
    if call.form is not None:
        view = _mask if show else _open
        pairs = [(name, view(value)) for name, value in call.form.items() if value is not None]
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    return None, ""


def _path(template: str, values: Mapping[str, object], view: Callable[[object], str]) -> str:
    path = template
    for name, value in values.items():
        text = view(value)
        if text in ("", ".", "..") or "/" in text or "\\" in text or "%2f" in text.casefold():
            raise InvalidArgument(f"{name} cannot be part of a path: empty, dots or a slash")
        path = path.replace("{" + name + "}", quote(text, safe=""))
    return path


def _header(name: str, text: str) -> str:
    if _UNSAFE_HEADER.search(text) or not text.isascii():
        raise InvalidArgument(f"{name} cannot be a header: control or non-ASCII characters")
    return text


def _open(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        raise InvalidArgument("a float cannot carry money exactly: give a Decimal")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _mask(value: object) -> str:
    return MASK if isinstance(value, Secret) else _open(value)
