"""What an operation can answer: its bodies by status and media type, success and failure.

A success is what is documented for 2xx; without one for 3xx; without that, `default`. All
else that is documented from 400 on, and `default` then, is a failure. Among the media types
of one status JSON comes first, and another notation of the same thing is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.document import Document, MediaType, Operation, Response, Schema
from brokerspec.media_types import (
    essence,
    is_any,
    is_binary,
    is_json,
    is_lines,
    is_markup,
    is_name,
    is_text,
    may_be_json,
)
from brokerspec.naming import pascal
from brokerspec.schema_types import ANY, Types
from brokerspec.tree import Pointer

# The members of a schema that make its shape, each with what says nothing.
_SHAPE: Final = tuple(
    (name, getattr(Schema(()), name))
    for name in Schema.__struct_fields__
    if name not in ("pointer", "description", "title")
)
# Answers that cannot have a body, whatever is documented.
_BODILESS: Final = frozenset({"204", "205"})
_BYTES: Final = ir.Scalar("bytes", "binary")
_STR: Final = ir.Scalar("str")
_MESSAGES: Final = (
    *("message", "error_description", "errormessage", "error_message", "detail", "title"),
    *("description", "msg", "reason", "error"),
)
_CODES: Final = ("code", "error_code", "errorcode", "error")
_INSIDE: Final = ("error", "errors", "fault")


class Answers(Struct, frozen=True):
    """What is read of the answers of an operation; `whole` is the type of all of them alike."""

    whole: ir.TypeRef | None
    returns: ir.TypeRef | None
    several: tuple[ir.Documented, ...] = ()
    details: tuple[ir.Documented, ...] = ()
    accept: str = ""
    streams: bool = False
    stream_accept: str = ""


class Answering:
    """Reads what the operations of a document answer; failures of one shape are one type."""

    def __init__(self, document: Document, types: Types, *, is_ours: bool) -> None:
        self.document = document
        self.types = types
        self.is_ours = is_ours
        self.failures: dict[str, ir.TypeRef] = {}
        self.shapes: dict[Pointer, str] = {}
        self.words: dict[ir.TypeRef | None, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def of(self, node: Operation) -> Answers:
        """Return how the answers of an operation are read.

        In a document of ours the rules of `x-failure` say what a failure is and tells.
        """
        if node.method == "HEAD":
            return Answers(None, None)
        reader = _Reader(node, self)
        success = success_of(node)
        good = reader.documented(success)
        bad = [] if self.is_ours else reader.failures(failures_of(node, success))
        made = _answers(node, good, [self.worded(body) for body in bad])
        lines = tuple(dict.fromkeys(_lines(success)))
        if not lines or made.returns is None:
            return made
        return replace(made, streams=True, stream_accept=_accept_of_stream(lines, good, made))

    def worded(self, body: ir.Documented) -> ir.Documented:
        """Return the body of a failure with the places of its code and message."""
        if body.type not in self.words:
            messages = tuple(_places(body.type, _MESSAGES, self.types))
            codes = _places(body.type, _CODES, self.types)
            told = tuple(place for place in codes if place not in messages[:1])
            self.words[body.type] = told, messages
        code, message = self.words[body.type]
        return replace(body, code=code, message=message)

    def shape(self, schema: Schema) -> str:
        """Return a text that equal schemas share."""
        if schema.pointer not in self.shapes:
            self.shapes[schema.pointer] = shape_of(schema)
        return self.shapes[schema.pointer]


def _answers(node: Operation, good: list[ir.Documented], bad: list[ir.Documented]) -> Answers:
    details = _grouped(bad)
    returns = together(body.type for body in good)
    accept = _accept(good, details)
    streams = any(body.type == _BYTES or _is_text(body) for body in good)
    if not good or returns is None:
        # Only a redirect must be known as what is documented: any success is one without a body.
        moved = any(status.startswith("3") for body in good for status in body.statuses)
        return Answers(None, None, _grouped(good) if moved else (), details, accept)
    if _are_alike(good) or "x-payload" in node.extensions:
        return Answers(good[0].type, returns, details=details, accept=accept)
    return Answers(None, returns, _grouped(good), details, accept, streams)


def _lines(success: Iterable[Response]) -> Iterator[str]:
    """Yield the media types of events and lines; the plain method may do without them."""
    for response in success:
        for media in response.content:
            if is_lines(media.name) and is_name(essence(media.name)):
                yield essence(media.name)


def _accept_of_stream(lines: tuple[str, ...], good: list[ir.Documented], made: Answers) -> str:
    """Return the `Accept` header of a stream, empty where it is that of the plain method."""
    others = [body.media for body in good if is_name(body.media) and body.media not in lines]
    if not others or not all(map(is_json, others)):
        # A download is read piece by piece too, and nobody says which is meant.
        return ""
    told = [body.media for body in made.details if is_name(body.media)]
    rest = dict.fromkeys(f"{name};q=0.9" for name in others)
    failures = (f"{name};q=0.5" for name in dict.fromkeys(told) if name not in (*lines, *others))
    return ", ".join([*lines, *rest, *failures])


def _are_alike(good: list[ir.Documented]) -> bool:
    """Say whether one decoder reads every success."""
    first = good[0].type
    same = all(body.type == first and body.media for body in good)
    is_range = any(is_any(body.media) for body in good)
    return (
        same
        and not any(_is_text(body) or body.type == _BYTES for body in good)
        and not (is_range and first == _STR)
    )


def _is_text(body: ir.Documented) -> bool:
    return body.type == _STR and not is_json(body.media) and bool(body.media)


class _Reader:
    """Reads the bodies of one operation; equal schemas are one type."""

    def __init__(self, node: Operation, shared: Answering) -> None:
        self._node = node
        self._shared = shared
        self._types = shared.types
        self._known: dict[str, ir.TypeRef] = {}

    def documented(self, responses: Iterable[Response]) -> list[ir.Documented]:
        """Return the bodies of some answers, and which have none."""
        hint = f"{pascal(self._node.operation_id)}Answer"
        found: list[ir.Documented] = []
        for response in responses:
            if response.status in _BODILESS:
                self._note_bodiless(response)
                found.append(ir.Documented((response.status,)))
                continue
            bodies = list(self._bodies(response, hint, self._known))
            found += bodies or [ir.Documented((response.status.upper(),))]
        return found

    def failures(self, responses: Iterable[Response]) -> list[ir.Documented]:
        """Return the bodies of some failures that say more than their bytes."""
        known = self._shared.failures
        bodies = (body for one in responses for body in self._bodies(one, "ErrorBody", known))
        return [body for body in bodies if body.type not in (_BYTES, ANY)]

    def _bodies(
        self, response: Response, hint: str, known: dict[str, ir.TypeRef]
    ) -> Iterator[ir.Documented]:
        for media in self._wanted(response):
            kind = self._type(media, hint, known)
            yield ir.Documented((response.status.upper(),), essence(media.name), kind)

    def _wanted(self, response: Response) -> Iterator[MediaType]:
        """Yield the media types that are asked for, JSON first."""
        content = sorted(response.content, key=lambda media: not is_json(media.name))
        json = [media for media in content if is_json(media.name)]
        shapes = {self._shared.shape(media.schema) for media in json if media.schema}
        for media in content:
            is_other = bool(json) and media not in json
            if is_other and (is_markup(media.name) or self._says(media, shapes)):
                continue
            yield media

    def _says(self, media: MediaType, shapes: set[str]) -> bool:
        """Say whether a media type holds the same as a JSON one."""
        if media.schema is None:
            return is_text(media.name)
        return self._shared.shape(media.schema) in shapes

    def _type(self, media: MediaType, hint: str, known: dict[str, ir.TypeRef]) -> ir.TypeRef:
        """Return the type of a body."""
        if is_binary(media):
            return _BYTES
        if is_json(media.name):
            return self._json(media, hint, known)
        if may_be_json(media) and not self._is_plain(media):
            if not is_any(media.name):
                self._note(media, f"{media.name} is read as JSON: its schema has members")
            return self._json(media, hint, known)
        if is_text(media.name) or (is_any(media.name) and self._is_plain(media)):
            if is_markup(media.name):
                self._note(media, f"{media.name} is given as text: it is not parsed")
            return _STR
        return _BYTES

    def _is_plain(self, media: MediaType) -> bool:
        """Say whether a schema has no members, so that a text can be one."""
        if media.schema is None:
            return True
        kinds = set(self._types.target(media.schema).types) - {"null"}
        is_composed = any(self._types.target(media.schema).children)
        return not is_composed and not kinds & {"object", "array"}

    def _json(self, media: MediaType, hint: str, known: dict[str, ir.TypeRef]) -> ir.TypeRef:
        if media.schema is None:
            return ANY
        shape = self._shared.shape(media.schema)
        if shape not in known:
            known[shape] = self._types.of(media.schema, hint)
        return known[shape]

    def _note_bodiless(self, response: Response) -> None:
        for media in response.content[:1]:
            self._note(media, f"HTTP {response.status} has no body: nothing is read")

    def _note(self, media: MediaType, message: str) -> None:
        where = self._shared.document.where_key(media.pointer)
        self._types.warnings.append(
            Diagnostic(Severity.WARNING, "unsupported-node", where, message)
        )


def success_of(node: Operation) -> list[Response]:
    """Return the answers that are successes."""
    for pattern in (r"2(\d\d|XX)", r"3(\d\d|XX)", "DEFAULT"):
        found = [one for one in node.responses if re.fullmatch(pattern, one.status.upper())]
        if found:
            return found
    return []


def failures_of(node: Operation, success: list[Response]) -> list[Response]:
    """Return the answers that are failures."""
    pattern = r"[45](\d\d|XX)|DEFAULT"
    return [
        one
        for one in node.responses
        if re.fullmatch(pattern, one.status.upper()) and one not in success
    ]


def together(kinds: Iterable[ir.TypeRef | None]) -> ir.TypeRef | None:
    """Return the type of a value that has one of several types; None is no value."""
    options: dict[ir.TypeRef, None] = {}
    may_be_none = False
    for kind in kinds:
        may_be_none = may_be_none or kind is None or isinstance(kind, ir.Nullable)
        bare = kind.of if isinstance(kind, ir.Nullable) else kind
        inside = bare.options if isinstance(bare, ir.OneOf) else (bare,)
        options |= {one: None for one in inside if one is not None}
    if not options:
        return None
    if ANY in options:
        return ANY
    whole = next(iter(options)) if len(options) == 1 else ir.OneOf(tuple(options))
    return ir.Nullable(whole) if may_be_none else whole


def _grouped(bodies: Iterable[ir.Documented]) -> tuple[ir.Documented, ...]:
    """Return bodies that are read alike as one with several statuses."""
    found: dict[ir.Documented, tuple[str, ...]] = {}
    for body in bodies:
        key = replace(body, statuses=())
        found[key] = (*found.get(key, ()), *spelled(body.statuses))
    return tuple(replace(body, statuses=statuses) for body, statuses in found.items())


def spelled(statuses: tuple[str, ...]) -> tuple[str, ...]:
    """Return statuses as the runtime compares them."""
    return tuple("default" if status == "DEFAULT" else status for status in statuses)


def _accept(good: Iterable[ir.Documented], details: Iterable[ir.Documented]) -> str:
    """Return the `Accept` header, empty where it is plain JSON."""
    wanted = list(dict.fromkeys(body.media for body in good if body.media))
    is_json_only = all(name == "application/json" or is_any(name) for name in wanted)
    if is_json_only and all(
        body.type not in (_STR, _BYTES) or is_json(body.media) for body in good
    ):
        # Who says that anything may come is asked for what can be read best.
        return ""
    sendable = [name for name in wanted if is_name(name)]
    if not sendable:
        return "*/*"
    first, *others = sendable
    asked = [first, *(f"{name};q=0.9" for name in others)]
    told = dict.fromkeys(
        body.media for body in details if is_name(body.media) and body.media not in wanted
    )
    return ", ".join([*asked, *(f"{name};q=0.5" for name in told)])


def _places(kind: ir.TypeRef | None, names: Iterable[str], types: Types) -> Iterator[str]:
    """Yield the pointers to the first members of some names, then those one level down."""
    members = _members(kind, types)
    for name in names:
        field = members.get(name)
        if field is not None and _is_word(field.type, types):
            yield f"/{_escaped(field.wire)}"
    for name in _INSIDE:
        field = members.get(name)
        if field is None:
            continue
        inner = field.type.of if isinstance(field.type, ir.Nullable) else field.type
        step = "/0" if isinstance(inner, ir.ListOf) else ""
        below = _members(inner.item if isinstance(inner, ir.ListOf) else inner, types)
        for other in names:
            found = below.get(other)
            if found is not None and _is_word(found.type, types):
                yield f"/{_escaped(field.wire)}{step}/{_escaped(found.wire)}"


def _members(kind: ir.TypeRef | None, types: Types) -> Mapping[str, ir.Field]:
    bare = kind.of if isinstance(kind, ir.Nullable) else kind
    if isinstance(bare, ir.OneOf):
        found: dict[str, ir.Field] = {}
        for option in reversed(bare.options):
            found |= _members(option, types)
        return found
    model = types.models.get(bare.name) if isinstance(bare, ir.Named) else None
    return {field.wire.lower(): field for field in reversed(model.fields)} if model else {}


def _is_word(kind: ir.TypeRef, types: Types) -> bool:
    bare = kind.of if isinstance(kind, ir.Nullable) else kind
    if isinstance(bare, ir.OneOf):
        return any(_is_word(option, types) for option in bare.options)
    if isinstance(bare, ir.Named):
        return bare.name in types.enums
    return isinstance(bare, ir.Scalar) and bare.python in ("str", "int", "Any")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def shape_of(value: object) -> str:
    """Return a text that equal schemas share, wherever they stand."""
    if isinstance(value, Schema):
        if value.ref is not None and not value.extensions:
            return f"ref {value.ref}"
        # Most members say nothing, and are not written out.
        parts = [
            f"{name}={shape_of(member)}"
            for name, nothing in _SHAPE
            if (member := getattr(value, name)) is not nothing and member != nothing
        ]
        return f"({', '.join(parts)})"
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)
        return f"{{{', '.join(f'{key!r}: {shape_of(one)}' for key, one in members.items())}}}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(shape_of(one) for one in cast('list[Any]', value))}]"
    return repr(value)
