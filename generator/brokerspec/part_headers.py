"""Headers of the parts of a body, as arguments or as texts that never change."""

from __future__ import annotations

from decimal import Decimal

from brokerspec import ir
from brokerspec.document import MISSING, Header, Parameter, Schema

# The client writes it itself, as it writes the media type.
_OWN = "content-disposition"


def as_parameter(header: Header) -> Parameter | None:
    """Return a header of a part as a header of a request would be, None where it is no choice."""
    if header.name.lower() == _OWN:
        return None
    return Parameter(
        name=header.name,
        location="header",
        required=header.required,
        schema=header.schema or Schema(header.pointer, types=("string",)),
        style="simple",
        explode=header.explode,
        description=header.description,
        extensions=header.extensions,
        pointer=header.pointer,
        media_type=header.media_type,
        deprecated=header.deprecated,
    )


def only_text(schema: Schema) -> str | None:
    """Return the one value that a schema allows as a header has it, None where it allows more.

    It is empty where no header can have it.
    """
    values = schema.enum or ()
    if schema.const is not MISSING:
        values = (schema.const,)
    if len(values) != 1:
        return None
    (value,) = values
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if isinstance(value, str | int | Decimal) else ""
    return text if text.isprintable() and text.isascii() else ""


def goes_with_every(slot: ir.Slot) -> bool:
    """Say whether each request has a part, and none that brings its headers itself.

    Each file of a list may carry a header of its own.
    """
    match slot.filling:
        case ir.Argument(type=ir.ListOf(item=ir.Scalar(python="File"))):
            return False
        case ir.Argument(type=type_, is_required=is_required):
            return is_required and not isinstance(type_, ir.Nullable)
        case _:
            return True


def described(part: str, said: str, *, is_needed: bool) -> str:
    """Return what a caller must know of a header that belongs to a part."""
    needed = " The part is not sent without it." if is_needed else ""
    return f"Header of the part {part!r}.{needed} {said}".rstrip()
