"""The documented headers of successful answers, as one class for each operation that has some.

Operations with the same headers share a class. No header is required in its class: one that
a proxy dropped must not cost the answer that came with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.content import is_json
from brokerspec.document import Document, Header, Operation, Schema
from brokerspec.lower_responses import shape_of, success_of
from brokerspec.naming import pascal, unique
from brokerspec.schema_types import ANY, Types, field_name, origin_of

_STR: Final = ir.Scalar("str")
_SHARED: Final = "ResponseHeaders"
# What is in it is a session.
_SESSION: Final = "set-cookie"


class _Found(Struct, frozen=True):
    """A header of an operation's successes; `is_certain` says that all of them have it."""

    header: Header
    is_certain: bool

    @property
    def shape(self) -> str:
        """What the headers of two operations have in common that share a class."""
        header = self.header
        is_secret = header.extensions.get("x-secret") is True
        facts = (header.name.lower(), header.explode, header.media_type, is_secret)
        return f"{facts} {shape_of(header.schema)}"


class Heading:
    """Reads the headers of a document's answers."""

    def __init__(self, document: Document, types: Types) -> None:
        self._types = types
        self._found = {node.operation_id: _found(node) for node in document.operations}
        self._shapes = {
            name: "\n".join(one.shape for one in found) for name, found in self._found.items()
        }
        self._uses = Counter(self._shapes.values())
        self._models: dict[str, str] = {}

    def of(self, node: Operation) -> ir.Headers | None:
        """Return the headers that an operation's successes have, None where none is documented."""
        found = self._found[node.operation_id]
        if not found:
            return None
        shape = self._shapes[node.operation_id]
        if shape not in self._models:
            is_shared = self._uses[shape] > 1
            hint = _SHARED if is_shared else f"{pascal(node.operation_id)}Headers"
            self._models[shape] = self._model(hint, [one.header for one in found])
        return ir.Headers(
            self._models[shape],
            tuple(one.header.name for one in found if one.is_certain),
            tuple(one.header.name for one in found if one.header.explode),
            tuple(one.header.name for one in found if is_json(one.header.media_type)),
        )

    def _model(self, hint: str, headers: Sequence[Header]) -> str:
        names = unique(
            {one.name: field_name(one.name, one.schema or Schema(one.pointer)) for one in headers}
        )
        fields = tuple(
            ir.Field(
                one.name,
                names[one.name],
                self._type(one, f"{hint}{pascal(one.name)}"),
                is_required=False,
                description=_described(one, self._types),
                origin=origin_of(one.extensions),
            )
            for one in headers
        )
        return self._types.declare(hint, "Headers of an answer.", fields)

    def _type(self, header: Header, hint: str) -> ir.TypeRef:
        """Return the type of a header; what may be anything is the text that it came as."""
        if header.extensions.get("x-secret") is True or header.name.lower() == _SESSION:
            return ir.Scalar("Secret")
        kind = ANY if header.schema is None else self._types.of(header.schema, hint)
        bare = kind.of if isinstance(kind, ir.Nullable) else kind
        return _STR if bare == ANY and not is_json(header.media_type) else bare


def _described(header: Header, types: Types) -> str:
    said = header.description or (types.description(header.schema) if header.schema else "")
    return f"Deprecated. {said}".strip() if header.deprecated else said


def _found(node: Operation) -> tuple[_Found, ...]:
    """Return the headers of the successes of an operation.

    One that is described in two ways is a text, and one that is not required everywhere is
    not certain.
    """
    successes = success_of(node)
    found: dict[str, Header] = {}
    certain: Counter[str] = Counter()
    for response in successes:
        for header in response.headers:
            name = header.name.lower()
            certain[name] += header.required
            first = found.setdefault(name, header)
            if shape_of(first.schema) != shape_of(header.schema):
                found[name] = replace(first, schema=None, media_type="", explode=False)
    return tuple(_Found(header, certain[name] == len(successes)) for name, header in found.items())
