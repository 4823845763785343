"""How parameters and the members of forms are written where they have parts."""

from __future__ import annotations

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.content import is_json
from brokerspec.document import Encoding, Parameter, Schema

_DEFAULTS = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


def of_parameter(
    parameter: Parameter, filling: ir.Filling, kind: ir.TypeRef | None
) -> ir.Style | None:
    """Return the style of a parameter, None where values are written as they are."""
    if parameter.media_type:
        return ir.Style("json") if is_json(parameter.media_type) else None
    is_plain = kind is None or _is_plain(kind)
    if isinstance(filling, ir.Constant):
        is_plain = not isinstance(filling.value, list | dict)
    is_default = parameter.style == _DEFAULTS[parameter.location]
    is_marked = parameter.location == "path" and not is_default
    if is_plain and not parameter.reserved and not is_marked:
        return None
    is_list = isinstance(kind, ir.ListOf)
    if is_list and parameter.location == "query" and parameter.explode and is_default:
        return ir.Style("form", explode=True, reserved=True) if parameter.reserved else None
    return ir.Style(parameter.style, parameter.explode, parameter.reserved)


def of_member(
    kind: ir.TypeRef, encoding: Encoding | None, *, is_multipart: bool
) -> ir.Style | None:
    """Return the style of a form's member, None where values are written as they are.

    A list is sent item by item and an object as JSON unless the document says otherwise.
    """
    is_plain = _is_plain(kind)
    if encoding is not None and is_multipart and encoding.media_type:
        media_type = encoding.media_type.partition(",")[0].strip()
        if is_json(media_type):
            return ir.Style("json", media_type=media_type)
        is_list = isinstance(kind, ir.ListOf) and _is_plain(kind.item)
        if (is_plain or is_list) and "*" not in media_type:
            return ir.Style("plain", media_type=media_type)
    if encoding is not None and not is_multipart:
        if encoding.is_styled and not is_plain:
            style = encoding.style or "form"
            return ir.Style(style, encoding.explode, encoding.reserved)
        if encoding.reserved:
            return ir.Style("plain", reserved=True)
        if is_json(encoding.media_type) and encoding.media_type and not is_plain:
            return ir.Style("json")
    if is_plain or isinstance(kind, ir.ListOf):
        return None
    return ir.Style("json" if isinstance(kind, ir.MapOf | ir.Named) else "plain")


def misnamed(kind: ir.TypeRef, encoding: Encoding | None, style: ir.Style | None) -> str:
    """Return the media type that a part should have and the client cannot write, or nothing."""
    media_type = "" if encoding is None else encoding.media_type.partition(",")[0].strip()
    is_written = is_json(media_type) or (style is not None and style.media_type == media_type)
    is_open = not media_type or "*" in media_type or _is_plain(kind)
    return "" if is_open or is_written else media_type


def takes_file(
    argument: ir.Argument, schema: Schema, item: Schema | None, encoding: Encoding | None
) -> ir.Argument:
    """Return a member of a body of parts, as a file where it is one."""
    media_type = "" if encoding is None else encoding.media_type.partition(",")[0].strip()
    one = ir.Scalar("File", "" if "*" in media_type else media_type)
    if _is_binary(schema, media_type):
        return replace(argument, type=one)
    if item is not None and _is_binary(item, media_type):
        return replace(argument, type=ir.ListOf(one))
    return argument


def takes_files(argument: ir.Argument, schema: Schema) -> ir.Argument:
    """Return a mapping of parts, as one of files where the parts are files."""
    is_one = _is_binary(schema, "")
    return replace(argument, type=ir.MapOf(ir.Scalar("File"))) if is_one else argument


def is_file(type_: ir.TypeRef) -> bool:
    """Say whether a value is a file, or a list or mapping of them."""
    kind = without_null(type_)
    if isinstance(kind, ir.ListOf | ir.MapOf):
        kind = kind.item if isinstance(kind, ir.ListOf) else kind.value
    return isinstance(kind, ir.Scalar) and kind.python == "File"


def without_null(type_: ir.TypeRef) -> ir.TypeRef:
    """Return what a type is when it is not null."""
    return type_.of if isinstance(type_, ir.Nullable) else type_


def _is_plain(type_: ir.TypeRef) -> bool:
    """Say whether a value has no parts, whichever of its options it is."""
    kind = without_null(type_)
    if isinstance(kind, ir.OneOf):
        return all(_is_plain(option) for option in kind.options)
    return isinstance(kind, ir.Scalar) and kind.python != "Any"


def _is_binary(schema: Schema, media_type: str) -> bool:
    """Say whether a part is a file: bytes, or a text whose media type is none of texts."""
    if "array" in schema.types or "object" in schema.types:
        return False
    if schema.format in ("binary", "byte"):
        return True
    stated = media_type or str(schema.constraints.get("contentMediaType", ""))
    is_encoded = "contentEncoding" in schema.constraints
    is_text = stated.startswith("text/") or is_json(stated)
    is_string = "string" in schema.types or not schema.types
    return bool(stated) and is_string and not is_encoded and not is_text
