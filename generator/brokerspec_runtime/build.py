"""Make the HTTP request of a call, and the masked form of it that may be shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final, cast

from msgspec.structs import replace

from . import multipart, parameters, wire
from .credentials import chosen
from .errors import InvalidArgument, NotSent
from .multipart import OCTETS, Upload
from .operation import Attach, Call, Context, FromSetting
from .parameters import Styled, Writer, safe_header
from .request import Request, Shown
from .secret import MASK, Secret
from .servers import of_operation
from .urls import quote

_UNSAFE_PATH: Final = re.compile(r"[/\\\x00-\x1f\x7f]|\.\.|%[0-9A-Fa-f]{2}")
# Where the document lets a value lead on: it may go down, but neither up nor to a query.
_UNSAFE_TAIL: Final = re.compile(r"[\\\x00-\x1f\x7f]|\.\.|//|(^|/)\.(/|$)|%[0-9A-Fa-f]{2}")
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


def conceal(text: str, call: Call[Any], context: Context) -> str:
    """Return a server's words without the secrets of the call that they repeat."""
    held = [*context.values.values(), call.path, call.query, call.headers, call.json, call.form]
    held += [call.cookies, call.multipart, call.content]
    secrets = {secret.reveal() for value in held for secret in _secrets(value)}
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_ECHO:
            text = text.replace(secret, MASK)
    return text


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Styled):
        yield from _secrets(value.value)
        yield from _secrets(value.headers)
    elif isinstance(value, Mapping):
        yield from _secrets(tuple(cast("Mapping[str, object]", value).values()))
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[object]", value):
            yield from _secrets(item)


def _built(call: Call[Any], context: Context) -> Request:
    call = _filled(call, context) if call.operation.settings else call
    attaches = (*call.operation.attach, *chosen(call.operation, context))
    attached = [(attach, _setting(attach, context)) for attach in attaches]
    own = call.operation.server
    server = of_operation(own, context.server, context.values) if own else context.server
    boundary = "" if call.multipart is None else multipart.new_boundary()
    url, headers, body = _write(call, server, attached, boundary, _OPEN)
    mask = partial(_shown, call, server, attached, boundary)
    return Request(call.operation.method, url, headers, body, mask)


def _shown(
    call: Call[Any], server: str, attached: list[tuple[Attach, Secret | str]], boundary: str
) -> Shown:
    url, headers, body = _write(call, server, attached, boundary, _MASKED)
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
        cookies=_resolved(call.cookies, context),
        multipart=_resolved(call.multipart, context),
    )


def _resolved(value: Any, context: Context) -> Any:
    if isinstance(value, FromSetting):
        return setting(value.name, context)
    if isinstance(value, Styled):
        return value.resolved(lambda part: _resolved(part, context))
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return {name: _resolved(member, context) for name, member in members.items()}
    return value


def _write(
    call: Call[Any],
    server: str,
    attached: list[tuple[Attach, Secret | str]],
    boundary: str,
    writer: Writer,
) -> tuple[str, dict[str, str], bytes | None]:
    headers = _HEADERS.copy()
    if call.operation.accept:
        headers["Accept"] = call.operation.accept
    query = wire.present(call.query) if call.query else {}
    if call.headers:
        _add_headers(headers, call.headers, writer)
    if call.cookies:
        _add_cookies(headers, call.cookies, writer)
    for attach, value in attached:
        if not _is_given(attach, call):
            _attach(attach, value, writer.view, headers, query)
    body, media_type = _body(call, boundary, writer)
    if body is not None:
        headers["Content-Type"] = media_type
    path = call.operation.path
    url = server.rstrip("/") + (_path(path, call.path, writer) if call.path else path)
    pairs = "&".join(_pairs(query, writer)) if query else ""
    if pairs:
        url += f"{'&' if '?' in url else '?'}{pairs}"
    return url, headers, body


def _pairs(
    members: Mapping[str, object], writer: Writer, *, is_form: bool = False
) -> Iterator[str]:
    """Yield members percent-encoded; null is nothing to send."""
    encode = writer.of_form if is_form else writer.quoted
    for name, value in members.items():
        if isinstance(value, Styled):
            yield from parameters.query(name, value, writer, is_form=is_form)
        elif isinstance(value, tuple):
            yield from (
                f"{encode(name)}={encode(item)}" for item in cast("Sequence[object]", value)
            )
        elif value is not wire.NULL:
            yield f"{encode(name)}={encode(_single(value))}"


def _single(value: object) -> object:
    """Refuse a value with parts where the document has one without."""
    kind = type(value)
    if issubclass(kind, Mapping | list):
        raise InvalidArgument(f"expected a text or a number, got {kind.__name__}")
    return value


def _add_headers(headers: dict[str, str], given: Mapping[str, object], writer: Writer) -> None:
    for name, value in wire.present(given).items():
        if value is wire.NULL:
            continue
        text = parameters.header_text(name, value, writer)
        if text is not None:
            # Names are the same in every letter case, and two of one name are never sent.
            for own in [own for own in headers if own.lower() == name.lower()]:
                del headers[own]
            headers[name] = text


def _add_cookies(headers: dict[str, str], given: Mapping[str, object], writer: Writer) -> None:
    crumbs = [
        crumb
        for name, value in wire.present(given).items()
        for crumb in parameters.cookies(name, value, writer)
    ]
    if crumbs:
        headers["Cookie"] = safe_header("Cookie", "; ".join(crumbs))


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


def _is_given(attach: Attach, call: Call[Any]) -> bool:
    """Say whether an argument of the call is sent where this credential would be."""
    place = attach.place
    given = call.headers if place == "header" else call.query if place == "query" else call.cookies
    if not given or place in ("bearer", "basic"):
        return False
    sent = [name for name, value in wire.present(given).items() if value is not wire.NULL]
    if place == "header":
        return attach.name.lower() in map(str.lower, sent)
    return attach.name in sent


def _attach(
    attach: Attach,
    value: Secret | str,
    view: Callable[[object], str],
    headers: dict[str, str],
    query: dict[str, object],
) -> None:
    match attach.place:
        case "bearer":
            headers["Authorization"] = safe_header("Authorization", f"Bearer {view(value)}")
        case "basic":
            headers["Authorization"] = f"Basic {view(value)}"
        case "header":
            headers[attach.name] = safe_header(attach.name, view(value))
        case "cookie":
            crumb = safe_header("Cookie", f"{attach.name}={view(value)}")
            if ";" in crumb:
                raise InvalidArgument(f"{attach.setting} cannot be a cookie: it has a semicolon")
            headers["Cookie"] = f"{headers['Cookie']}; {crumb}" if "Cookie" in headers else crumb
        case "query":
            query[attach.name] = value


def _body(call: Call[Any], boundary: str, writer: Writer) -> tuple[bytes | None, str]:
    if call.json is not None:
        show = writer is _MASKED
        return _json(wire.plain(call.json, show=show)), call.operation.media_type
    if call.form is not None:
        pairs = _pairs(wire.present(call.form), writer, is_form=True)
        return "&".join(pairs).encode(), "application/x-www-form-urlencoded"
    if call.multipart is not None:
        members = wire.present(call.multipart)
        members = {name: value for name, value in members.items() if value is not wire.NULL}
        body, usual = multipart.encode(members, writer, boundary, show=writer is _MASKED)
        stated = call.operation.media_type
        is_other = stated.startswith("multipart/")
        return body, f"{stated}; boundary={boundary}" if is_other else usual
    if call.content is not None:
        return _content(call, writer)
    return None, ""


def _content(call: Call[Any], writer: Writer) -> tuple[bytes, str]:
    """Return a body that is no form and no JSON; a file may say what it is itself."""
    content, media_type = call.content, call.operation.media_type
    if isinstance(content, Upload):
        media_type = content.media_type or (OCTETS if "*" in media_type else media_type)
        content = content.content
    if isinstance(content, bytes):
        body = f"<{len(content)} bytes>".encode() if writer is _MASKED else content
        return body, safe_header("Content-Type", media_type)
    stated = "" if writer is _MASKED else media_type
    return multipart.encoded(writer.text(content), stated), media_type


def _json(value: object) -> bytes:
    try:
        return wire.encode(value)
    except (TypeError, OverflowError) as error:
        raise InvalidArgument(f"an argument cannot be sent as JSON: {error}") from None


def _path(template: str, values: Mapping[str, object], writer: Writer) -> str:
    path = template
    for name, value in wire.present(values).items():
        path = path.replace("{" + name + "}", _segment(name, value, writer))
    return path


def _segment(name: str, value: object, writer: Writer) -> str:
    """Return what stands for a value in a path; refuse what would lead elsewhere."""
    is_tail = isinstance(value, Styled) and value.reserved
    unsafe = _UNSAFE_TAIL if is_tail else _UNSAFE_PATH

    def write(part: object) -> str:
        text = writer.text(part)
        if unsafe.search(text):
            raise _leads_elsewhere(name)
        return quote(text, safe="/" if is_tail else "")

    if isinstance(value, Styled):
        text = value.value if value.style != "json" else writer.json(value.value)
        written = parameters.path(name, value, write) if text is value.value else write(text)
    else:
        written = write(_single(value))
    if written in ("", ".", ".."):
        raise _leads_elsewhere(name)
    return written


def _leads_elsewhere(name: str) -> InvalidArgument:
    return InvalidArgument(f"{name} cannot be part of a path: empty, dots or a slash")


def _open(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        raise InvalidArgument("a float cannot carry a number exactly: give a Decimal")
    if isinstance(value, Decimal):
        return wire.spelled(value)
    if isinstance(value, str | int):
        return str(value)
    raise InvalidArgument(f"expected a text or a number, got {type(value).__name__}")


def _mask(value: object) -> str:
    return MASK if isinstance(value, Secret) else _open(value)


_OPEN: Final = Writer(_open, lambda value: _json(wire.plain(value)).decode())
# The asterisks of a mask stay what they are.
_MASKED: Final = Writer(_mask, lambda value: _json(wire.plain(value, show=True)).decode(), keep="*")
