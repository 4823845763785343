"""Files as they are given to a method, and bodies of several parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias, cast

from .errors import InvalidArgument
from .marks import NULL
from .parameters import Styled

if TYPE_CHECKING:
    from urllib3.fields import RequestField

_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
JSON: Final = "application/json"
OCTETS: Final = "application/octet-stream"
_NONE: Final[Mapping[str, str]] = {}


class File:
    """A file to send: its bytes, what the server is told it is called, and its media type.

    `headers` are further headers of the part that it is sent as. Its repr shows no content.
    """

    __slots__ = ("content", "headers", "media_type", "name")

    def __init__(
        self,
        content: bytes | BinaryIO,
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


FileContent: TypeAlias = bytes | BinaryIO | File
"""Bytes, a file that is open in binary mode, or a `File` that says more."""


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
    if hasattr(content, "read"):
        from pathlib import PurePath

        source = cast("BinaryIO", content)
        path: object = getattr(source, "name", "")
        name = name or (PurePath(path).name if isinstance(path, str) else "")
        try:
            content = source.read()
        except (OSError, ValueError) as error:
            raise InvalidArgument(f"a file cannot be read: {error}") from None
    if isinstance(content, bytearray | memoryview):
        content = bytes(content)
    if not isinstance(content, bytes):
        raise InvalidArgument(
            f"expected bytes or a file open in binary mode, got {type(content).__name__}"
        )
    return Upload(content, name, given.media_type or media_type, given.headers)


def new_boundary() -> str:
    """Return a text that no part of a body contains."""
    import secrets

    return secrets.token_hex(16)


def encode(
    members: Mapping[str, object],
    text: Callable[[object], str],
    json: Callable[[object], str],
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
        for field in _fields(name, item, text, json, show=show)
    ]
    return encode_multipart_formdata(fields, boundary)


def _fields(
    name: str,
    value: object,
    text: Callable[[object], str],
    json: Callable[[object], str],
    *,
    show: bool,
    media_type: str = "",
    headers: Mapping[str, str] = _NONE,
) -> Iterator[RequestField]:
    """Yield the parts of a member; `headers` are those that the document gives each."""
    if value is NULL or (isinstance(value, Styled) and value.value is NULL):
        return
    if isinstance(value, Upload):
        content = f"<{len(value.content)} bytes>".encode() if show else value.content
        stated = value.media_type or OCTETS
        yield _field(name, content, stated, value.name or name, _joined(headers, value.headers))
    elif isinstance(value, bytes):
        yield from _fields(name, file(value), text, json, show=show, headers=headers)
    elif isinstance(value, Styled) and value.style == "json":
        yield _field(name, json(value.value).encode(), value.media_type, None, value.headers)
    elif isinstance(value, Styled):
        items = cast("list[object]", value.value)
        media_type = "" if value.media_type == JSON else value.media_type
        for item in items if isinstance(value.value, list | tuple) else (value.value,):
            part = _fields(
                name, item, text, json, show=show, media_type=media_type, headers=value.headers
            )
            yield from part
    elif isinstance(value, Mapping | list):
        yield _field(name, json(cast("object", value)).encode(), JSON, None, headers)
    else:
        yield _field(name, text(value).encode(), media_type, None, headers)


def _joined(stated: Mapping[str, str], given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers of a document and those of a file, which count more."""
    own = {name.lower() for name in given}
    return {**{name: text for name, text in stated.items() if name.lower() not in own}, **given}


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
