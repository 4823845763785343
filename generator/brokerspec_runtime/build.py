"""Make the HTTP request of a call, and the masked form of it that may be shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final, cast
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from msgspec.structs import replace

from . import wire
from .credentials import chosen
from .errors import InvalidArgument, NotSent
from .operation import Attach, Call, Context, FromSetting
from .request import Request, Shown
from .secret import MASK, Secret

_UNSAFE_HEADER: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_UNSAFE_PATH: Final = re.compile(r"[/\\\x00-\x1f\x7f]|\.\.|%[0-9A-Fa-f]{2}")
_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "brokerspec",
}
# A shorter one is part of too many words to be told from them.
_SHORTEST_ECHO: Final = 4


def build(call: Call[Any], context: Context) -> Request:
    """Return the finished request of a call.

    Raises InvalidArgument for a value that must not be sent and NotSent when a setting
    that the call needs is not there yet.
    """
    problem: NotSent
    try:
        return _built(call, context)
    except NotSent as error:
        problem = error
    except UnicodeEncodeError:
        problem = InvalidArgument("an argument holds half of a character pair")
    # Below this frame secrets are open: no traceback may reach there.
    raise problem.without_traces()


def check_server(server: str, *, allow_plain_http: bool) -> None:
    """Refuse a base URL that would carry tokens in the open."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidArgument("the base URL must begin with https:// and name a host")
    if "@" in parts.netloc:
        raise InvalidArgument("the base URL must hold no user and password")
    if parts.scheme == "http" and not (allow_plain_http or _is_this_machine(parts.hostname)):
        raise InvalidArgument(
            f"{server} would carry tokens and orders unencrypted: use https, or allow it with"
            " allow_plain_http=True"
        )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    # Most addresses are names over https and never come here.
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def conceal(text: str, call: Call[Any], context: Context) -> str:
    """Return a broker's words without the secrets of the call that they repeat."""
    held = [*context.values.values(), call.path, call.query, call.headers, call.json, call.form]
    secrets = {secret.reveal() for value in held for secret in _secrets(value)}
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_ECHO:
            text = text.replace(secret, MASK)
    return text


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        yield from _secrets(tuple(cast("Mapping[str, object]", value).values()))
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[object]", value):
            yield from _secrets(item)


def _built(call: Call[Any], context: Context) -> Request:
    call = _filled(call, context) if call.operation.settings else call
    attaches = (*call.operation.attach, *chosen(call.operation, context))
    attached = [(attach, _setting(attach, context)) for attach in attaches]
    url, headers, body = _write(call, context.server, attached, _open)
    mask = partial(_shown, call, context.server, attached)
    return Request(call.operation.method, url, headers, body, mask)


def _shown(call: Call[Any], server: str, attached: list[tuple[Attach, Secret | str]]) -> Shown:
    url, headers, body = _write(call, server, attached, _mask)
    return Shown(url, headers, (body or b"").decode())


def _filled(call: Call[Any], context: Context) -> Call[Any]:
    """Return a call with the present values of the settings that its arguments stand for."""
    return replace(
        call,
        path=_resolved(call.path, context),
        query=_resolved(call.query, context),
        headers=_resolved(call.headers, context),
        json=_resolved(call.json, context),
        form=_resolved(call.form, context),
    )


def _resolved(value: Any, context: Context) -> Any:
    if isinstance(value, FromSetting):
        return setting(value.name, context)
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return {name: _resolved(member, context) for name, member in members.items()}
    return value


def _write(
    call: Call[Any],
    server: str,
    attached: list[tuple[Attach, Secret | str]],
    view: Callable[[object], str],
) -> tuple[str, dict[str, str], bytes | None]:
    headers = _HEADERS.copy()
    query = wire.present(call.query) if call.query else {}
    if call.headers:
        for name, value in wire.present(call.headers).items():
            headers[name] = _header(name, view(value))
    for attach, value in attached:
        _attach(attach, value, view, headers, query)
    body, media_type = _body(call, show=view is _mask)
    if body is not None:
        headers["Content-Type"] = media_type
    url = server.rstrip("/") + _path(call.operation.path, call.path, view)
    return (f"{url}?{_pairs(query, view, quote)}" if query else url), headers, body


def _pairs(
    members: Mapping[str, object],
    view: Callable[[object], str],
    quoting: Callable[..., str],
) -> str:
    """Return members percent-encoded; the asterisks of a mask stay what they are."""
    written = [(name, view(item)) for name, value in members.items() for item in _items(value)]
    return urlencode(written, quote_via=quoting, safe="*" if view is _mask else "")


def _items(value: object) -> tuple[object, ...]:
    """Return what `wire.each` made of a list, else the value alone."""
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)


def _setting(attach: Attach, context: Context) -> Secret | str:
    if attach.place == "basic":
        import base64

        pair = [_open(setting(name, context)) for name in attach.setting.split(":", 1)]
        return Secret(base64.b64encode(":".join(pair).encode()).decode())
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
            if ";" in crumb:
                raise InvalidArgument(f"{attach.setting} cannot be a cookie: it has a semicolon")
            headers["Cookie"] = f"{headers['Cookie']}; {crumb}" if "Cookie" in headers else crumb
        case "query":
            query[attach.name] = value


def _body(call: Call[Any], *, show: bool) -> tuple[bytes | None, str]:
    if call.json is not None:
        return _json(wire.plain(call.json, show=show)), call.operation.media_type
    if call.form is not None:
        pairs = _pairs(wire.present(call.form), _mask if show else _open, quote_plus)
        return pairs.encode(), "application/x-www-form-urlencoded"
    return None, ""


def _json(value: object) -> bytes:
    try:
        return wire.encode(value)
    except (TypeError, OverflowError) as error:
        raise InvalidArgument(f"an argument cannot be sent as JSON: {error}") from None


def _path(template: str, values: Mapping[str, object], view: Callable[[object], str]) -> str:
    path = template
    for name, value in wire.present(values).items():
        text = view(value)
        if text in ("", ".") or _UNSAFE_PATH.search(text):
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
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str | int):
        return str(value)
    raise InvalidArgument(f"expected a text or a number, got {type(value).__name__}")


def _mask(value: object) -> str:
    return MASK if isinstance(value, Secret) else _open(value)
