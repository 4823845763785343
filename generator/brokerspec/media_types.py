"""What the media types of answers are: JSON, text, or bytes that are not decoded."""

from __future__ import annotations

import re
from typing import Final

from brokerspec.document import MediaType

_JSON: Final = re.compile(r"[^;]*[/+]json(5)?")
# Several JSON values one after another are no JSON text.
_LINES: Final = re.compile(
    r"text/event-stream|application/(x-)?(nd-?json|json-?lines|jsonl|json-seq|stream\+json)(\+\w+)?"
)
_MARKUP: Final = re.compile(
    r"(application|text)/(xml|x-xml|ya?ml|x-ya?ml|vnd\.yaml|x-www-form-urlencoded)|.*\+(xml|ya?ml)"
)
_TEXT: Final = re.compile(
    r"text/.*|application/(.*javascript|ecmascript|graphql|sql|toml|x-sh|rtf|x-pem-file|pgp-.*|jwt)"
)
_OPAQUE: Final = re.compile(r"(image|audio|video|font|model|multipart)/.*")


_NAME: Final = re.compile(r"[a-z0-9!#$&^_.+*-]+/[a-z0-9!#$&^_.+*-]+")


def is_name(name: str) -> bool:
    """Say whether a media type has the form of one, so that a header can name it."""
    return _NAME.fullmatch(essence(name)) is not None


def essence(name: str) -> str:
    """Return a media type without its parameters."""
    return name.partition(";")[0].strip().lower()


def is_json(name: str) -> bool:
    """Say whether an answer of this media type is one JSON text."""
    return _JSON.fullmatch(essence(name)) is not None and not is_lines(name)


def is_lines(name: str) -> bool:
    """Say whether an answer of this media type is a stream of events or values."""
    return _LINES.fullmatch(essence(name)) is not None


def is_markup(name: str) -> bool:
    """Say whether a media type is another notation of what JSON could say."""
    return _MARKUP.fullmatch(essence(name)) is not None


def is_text(name: str) -> bool:
    """Say whether an answer of this media type is text."""
    bare = essence(name)
    return is_lines(bare) or is_markup(bare) or _TEXT.fullmatch(bare) is not None


def is_any(name: str) -> bool:
    """Say whether a media type is a range that JSON may fall into."""
    return essence(name) in ("*/*", "application/*")


def is_binary(media: MediaType) -> bool:
    """Say whether a body is bytes by its schema, or has no other sense."""
    schema = media.schema
    return is_any(media.name) if schema is None else schema.format == "binary"


def may_be_json(media: MediaType) -> bool:
    """Say whether a body of a private or plain media type can only be JSON: it has members."""
    schema = media.schema
    bare = essence(media.name)
    if schema is None or _OPAQUE.fullmatch(bare) or is_markup(bare) or is_lines(bare):
        return False
    is_private = bare.startswith(("application/vnd.", "application/x-")) or "/" not in bare
    return is_any(bare) or is_private or bare == "text/plain"
