"""How a parameter with parts is written: the styles of OpenAPI, by RFC 6570 and RFC 3986.

Whatever stands between the parts is written as it is, and each part is percent-encoded, so
that a server finds the parts again. OpenAPI leaves some cases open. Here null and empty lists
are left out, a part that has parts itself is written as JSON, and a list in a `deepObject` is
numbered: `items[0][price]=1`. "plain" is how forms have what may be anything: a list item by
item, an object as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias, cast

from .errors import InvalidArgument
from .marks import ABSENT, NULL, present, untyped
from .urls import quote, quote_plus

Style: TypeAlias = Literal[
    "simple",
    "label",
    "matrix",
    "form",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
    "json",
    "plain",
]
Write: TypeAlias = Callable[[object], str]

# RFC 6265 allows these in the value of a cookie; "%" is the sign of our own encoding.
_COOKIE: Final = "!#$&'()*+-./:<=>?@[]^_`{|}~"
# Of the reserved characters, those that end neither a value nor the query; an apostrophe is
# one that not every HTTP library leaves as it is.
_RESERVED: Final = ":/?@!$()*,;="
_NONE: Final[Mapping[str, str]] = {}
# What stands for a value that is not given.
_NOTHING: Final = (None, ABSENT, NULL)
_UNSAFE_HEADER: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SEPARATORS: Final = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


class Styled:
    """A value and how it is written where it is sent."""

    __slots__ = ("explode", "headers", "media_type", "reserved", "style", "value")

    def __init__(
        self,
        value: object,
        style: Style,
        explode: bool,
        reserved: bool,
        media_type: str,
        headers: Mapping[str, object] = _NONE,
    ) -> None:
        self.value = value
        self.style: Style = style
        self.explode = explode
        self.reserved = reserved
        self.media_type = media_type
        self.headers = headers

    def resolved(self, resolve: Callable[[object], object]) -> Styled:
        """Return the same with what the settings of a client stand for."""
        headers = {name: resolve(text) for name, text in self.headers.items()}
        value = resolve(self.value)
        return Styled(value, self.style, self.explode, self.reserved, self.media_type, headers)


def styled(
    value: object,
    style: Style,
    *,
    explode: bool = False,
    reserved: bool = False,
    media_type: str = "application/json",
    headers: Mapping[str, str] = _NONE,
    given: Mapping[str, object] = _NONE,
) -> Styled | None:
    """Return a value with its style; `reserved` keeps the characters that URLs give a meaning.

    `headers` are those that the part of a body that it is always has, `given` those of the
    caller; one of them without the part is refused.
    """
    if value is None or value is NULL:
        lost = next((name for name, text in given.items() if text not in _NOTHING), None)
        if lost is not None:
            raise InvalidArgument(f"the header {lost} is given, but not the part that it is of")
    if value is None:
        return None
    whole = {**headers, **given} if given else headers
    return Styled(value, style, explode, reserved, media_type, whole)


def members(value: object) -> dict[str, object] | None:
    """Return the members of a form that is given as a whole."""
    if value is None:
        return None
    if not _is_object(value):
        raise InvalidArgument(f"expected a mapping, got {type(value).__name__}")
    found = cast("Mapping[str, object]", untyped(value))
    return {
        name: styled(member, "plain") if _is_list(member) or _is_object(member) else member
        for name, member in found.items()
    }


class Writer:
    """Writes values for people or for the server, as `view` says."""

    def __init__(self, view: Write, json: Write, *, keep: str = "") -> None:
        self.view = view
        self.json = json
        self._keep = keep

    def text(self, value: object) -> str:
        """Return a value as text; one with parts as JSON."""
        if value is NULL:
            return ""
        has_parts = _is_object(value) or _is_list(value)
        return self.json(value) if has_parts else self.view(value)

    def quoted(self, value: object, *, reserved: bool = False) -> str:
        """Return a value percent-encoded."""
        return quote(self.text(value), safe=_RESERVED if reserved else self._keep)

    def of_form(self, value: object, *, reserved: bool = False) -> str:
        """Return a value as forms have it, with "+" for a space."""
        return quote_plus(self.text(value), safe=_RESERVED if reserved else self._keep)


def query(name: str, value: Styled, writer: Writer, *, is_form: bool = False) -> Iterator[str]:
    """Yield the `name=value` that a parameter is in a query, or a member in a form."""
    encode = writer.of_form if is_form else writer.quoted

    def written(part: object) -> str:
        return encode(part, reserved=value.reserved)

    key = encode(name)
    if value.style == "json":
        yield f"{key}={encode(writer.json(value.value))}"
    elif value.style == "deepObject":
        yield from (f"{encode(path)}={written(part)}" for path, part in _deep(name, value.value))
    elif _is_object(value.value) and value.style != "plain":
        members = _members(cast("Mapping[str, object]", value.value))
        if value.explode:
            yield from (f"{encode(member)}={written(part)}" for member, part in members)
        elif members:
            parts = [text for member, part in members for text in (encode(member), written(part))]
            yield f"{key}={_delimited(name, value.style, parts)}"
    elif _is_list(value.value):
        items = [written(item) for item in _items(value.value)]
        if value.explode or value.style == "plain":
            yield from (f"{key}={item}" for item in items)
        elif items:
            yield f"{key}={_delimited(name, value.style, items)}"
    elif value.value is not NULL:
        yield f"{key}={written(value.value)}"


def _delimited(name: str, style: str, parts: list[str]) -> str:
    """Return parts with what separates them; refuse one that a server would take for several."""
    separator = _SEPARATORS.get(style, ",")
    # In a form a space is a plus.
    lost = ("%20", "+") if separator == "%20" else (separator,)
    if any(mark in part for mark in lost for part in parts):
        raise InvalidArgument(f"{name} cannot be sent: a part of it has the separator in it")
    return separator.join(parts)


def path(name: str, value: Styled, write: Write) -> str:
    """Return what stands for a parameter in a path; `write` encodes one part of it."""
    lead, separator = {"label": (".", "."), "matrix": (";", ";")}.get(value.style, ("", ","))
    if not value.explode:
        separator = ","
    texts = _texts(value, write)
    if texts is None:
        text = "" if value.value is NULL else write(value.value)
        if value.style == "matrix":
            return f";{quote(name)}={text}" if text else f";{quote(name)}"
        return lead + text
    if not texts:
        raise InvalidArgument(f"{name} cannot be part of a path: it has no parts")
    if value.style != "matrix":
        return lead + separator.join(texts)
    if not value.explode:
        return f";{quote(name)}={','.join(texts)}"
    is_object = _is_object(value.value)
    return "".join(f";{text}" if is_object else f";{quote(name)}={text}" for text in texts)


def header(name: str, value: Styled, writer: Writer) -> str | None:
    """Return the text of a header, None when there is nothing to say.

    Nothing is encoded in a header, so a part that holds the separator is refused.
    """
    if value.style == "json":
        return writer.json(value.value)

    def write(part: object) -> str:
        text = writer.text(part)
        if "," in text:
            raise InvalidArgument(f"{name} cannot be a header: a part of it has a comma")
        return text

    texts = _texts(value, write)
    if texts is None:
        return None if value.value is NULL else writer.text(value.value)
    return ",".join(texts) if texts else None


def header_text(name: str, value: object, writer: Writer) -> str | None:
    """Return a value as the text of a header, None when there is nothing to say.

    What would end the header or begin another one is refused.
    """
    text = header(name, value, writer) if isinstance(value, Styled) else writer.view(value)
    return None if text is None else safe_header(name, text)


def safe_header(name: str, text: str) -> str:
    """Return the text of a header, or refuse one that no header can have."""
    # Most are printable, which is quicker to see; a tab is not, but may be sent.
    if not text.isascii() or not (text.isprintable() or not _UNSAFE_HEADER.search(text)):
        raise InvalidArgument(f"{name} cannot be a header: control or non-ASCII characters")
    return text


def cookies(name: str, value: object, writer: Writer) -> Iterator[str]:
    """Yield the `name=value` that a parameter is in the Cookie header."""

    def write(part: object) -> str:
        return quote(writer.text(part), safe=_COOKIE)

    styled_ = value if isinstance(value, Styled) else Styled(value, "form", True, False, "")
    if styled_.style == "json":
        yield f"{name}={write(writer.json(styled_.value))}"
        return
    texts = _texts(styled_, write)
    if texts is None:
        if styled_.value is not NULL:
            yield f"{name}={write(styled_.value)}"
    elif not styled_.explode:
        yield from (f"{name}={','.join(texts)}",) if texts else ()
    elif _is_object(styled_.value):
        yield from texts
    else:
        yield from (f"{name}={text}" for text in texts)


def _texts(value: Styled, write: Write) -> list[str] | None:
    """Return the parts of a list or object one after the other, None for what has no parts."""
    if _is_object(value.value):
        members = _members(cast("Mapping[str, object]", value.value))
        if value.explode:
            return [f"{write(name)}={write(part)}" for name, part in members]
        return [text for name, part in members for text in (write(name), write(part))]
    return [write(item) for item in _items(value.value)] if _is_list(value.value) else None


def _deep(path_: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield the path and value of everything inside a value that has no parts itself."""
    if _is_object(value):
        for name, part in _members(cast("Mapping[str, object]", value)):
            yield from _deep(f"{path_}[{name}]", part)
    elif _is_list(value):
        for index, part in enumerate(_items(value)):
            yield from _deep(f"{path_}[{index}]", part)
    elif value is not NULL:
        yield path_, value


def _members(value: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(name, part) for name, part in present(value).items() if part is not NULL]


def _items(value: object) -> list[object]:
    return [item for item in cast("Sequence[object]", value) if item is not NULL]


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
