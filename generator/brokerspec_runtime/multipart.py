"""Files as they are given to a method, and bodies of several parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias, cast

from .errors import InvalidArgument
from .marks import ABSENT, NULL
from .parameters import Styled, Writer, header_text

if TYPE_CHECKING:
    from urllib3.fields import RequestField

_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f]")
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:+-]+)", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
JSON: Final = "application/json"
OCTETS: Final = "application/octet-stream"
_NONE: Final[Mapping[str, object]] = {}


class File:
    """A file to send: its bytes, what the server is told it is called, and its media type.

    `headers` are further headers of the part that it is sent as. Its repr shows no content.
    """

    __slots__ = ("content", "headers", "media_type", "name")

    def __init__(
        self,
        content: bytes | BinaryIO | PathLike[str],
        name: str = "",
        media_type: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.content = content
        self.name = name
        self.media_type = media_type
        self.headers = dict(headers or {})

    def __repr__(self) -> str:
        return f"File({self.name!r})"


FileContent: TypeAlias = bytes | BinaryIO | PathLike[str] | File
"""Bytes, a file that is open in binary mode, the path of one, or a `File` that says more."""


class Upload:
    """A file whose content has been read."""

    __slots__ = ("content", "headers", "media_type", "name")

    def __init__(
        self, content: bytes, name: str, media_type: str, headers: Mapping[str, str]
    ) -> None:
        self.content = content
        self.name = name
        self.media_type = media_type
        self.headers = headers

    def __repr__(self) -> str:
        return f"Upload({self.name!r}, {len(self.content)} bytes)"


def file(value: FileContent | None, media_type: str = "") -> Upload | None:
    """Return a file with its content read; `media_type` is that of a file that names none.

    It is read once and at once: a call that is repeated sends the same bytes again.
    """
    if value is None:
        return None
    given = value if isinstance(value, File) else File(value)
    content: object = given.content
    name = given.name
    if isinstance(content, PathLike) or hasattr(content, "read"):
        from pathlib import PurePath

        try:
            content, path = _read(cast("PathLike[str] | BinaryIO", content))
        except (OSError, ValueError) as error:
            raise InvalidArgument(f"a file cannot be read: {error}") from None
        name = name or (PurePath(path).name if isinstance(path, str) else "")
    if isinstance(content, bytearray | memoryview):
        content = bytes(content)
    if not isinstance(content, bytes):
        raise InvalidArgument(
            f"expected bytes, a path or a file open in binary mode, got {type(content).__name__}"
        )
    return Upload(content, name, given.media_type or media_type, given.headers)


def _read(source: PathLike[str] | BinaryIO) -> tuple[bytes, object]:
    """Return the content of a file and its path, if it says one."""
    if isinstance(source, PathLike):
        from pathlib import Path

        return Path(source).read_bytes(), fspath(source)
    return source.read(), getattr(source, "name", "")


def encoded(text: str, media_type: str) -> bytes:
    """Return a text as bytes, in the charset that its media type names or in UTF-8."""
    named = _CHARSET.search(media_type)
    if named is None:
        return text.encode()
    try:
        return text.encode(named[1])
    except (LookupError, UnicodeError):
        raise InvalidArgument(f"a text cannot be written in the charset {named[1]!r}") from None


def new_boundary() -> str:
    """Return a text that no part of a body contains."""
    import secrets

    return secrets.token_hex(16)


def encode(
    members: Mapping[str, object],
    writer: Writer,
    boundary: str,
    *,
    show: bool,
) -> tuple[bytes, str]:
    """Return a body of several parts and its media type; with `show` files are left out."""
    # Few operations have such a body.
    from urllib3.filepost import encode_multipart_formdata

    fields = [
        field
        for name, value in members.items()
        for item in (cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,))
        for field in _fields(name, item, writer, show=show)
    ]
    return encode_multipart_formdata(fields, boundary)


def _fields(
    name: str,
    value: object,
    writer: Writer,
    *,
    show: bool,
    media_type: str = "",
    headers: Mapping[str, object] = _NONE,
) -> Iterator[RequestField]:
    """Yield the parts of a member; `headers` are those that the document gives each."""
    if value is NULL or (isinstance(value, Styled) and value.value is NULL):
        return
    if isinstance(value, Upload):
        content = f"<{len(value.content)} bytes>".encode() if show else value.content
        stated = value.media_type or OCTETS
        joined = _joined(name, headers, value.headers, writer)
        yield _field(name, content, stated, value.name or name, joined)
    elif isinstance(value, bytes):
        yield from _fields(name, file(value), writer, show=show, headers=headers)
    elif isinstance(value, Styled) and value.style == "json":
        joined = _joined(name, value.headers, {}, writer)
        yield _field(name, writer.json(value.value).encode(), value.media_type, None, joined)
    elif isinstance(value, Styled):
        items = cast("list[object]", value.value)
        media_type = "" if value.media_type == JSON else value.media_type
        for item in items if isinstance(value.value, list | tuple) else (value.value,):
            yield from _fields(
                name, item, writer, show=show, media_type=media_type, headers=value.headers
            )
    elif isinstance(value, Mapping | list):
        joined = _joined(name, headers, {}, writer)
        yield _field(name, writer.json(cast("object", value)).encode(), JSON, None, joined)
    else:
        joined = _joined(name, headers, {}, writer)
        # What is shown is text again.
        content = encoded(writer.text(value), "" if show else media_type)
        yield _field(name, content, media_type, None, joined)


def _joined(
    part: str, stated: Mapping[str, object], own: Mapping[str, str], writer: Writer
) -> Mapping[str, str]:
    """Return the headers that a part has by the document and those of a file, which count more.

    One of the document that is None must be there.
    """
    found: dict[str, str] = {}
    has = {name.lower() for name in own}
    for name, value in stated.items():
        if value is ABSENT or value is NULL or name.lower() in has:
            continue
        if value is None:
            raise InvalidArgument(f"the part {part!r} is not sent without its header {name}")
        text = header_text(name, value, writer)
        if text is not None:
            # An empty text would be no header to the library that writes the parts.
            found[name] = text or " "
    return {**found, **own}


def _field(
    name: str, content: bytes, media_type: str, file_name: str | None, headers: Mapping[str, str]
) -> RequestField:
    """Return one part; its headers hold what was given and nothing more."""
    from urllib3.fields import RequestField

    texts = (name, file_name or "", media_type, *headers.values())
    if any(_UNSAFE.search(text) for text in texts) or not all(map(_TOKEN.fullmatch, headers)):
        raise InvalidArgument(f"{name!r} cannot be sent: a name or header has control characters")
    field = RequestField(name, content, file_name, dict(headers))
    field.make_multipart(content_type=media_type or None)
    return field
