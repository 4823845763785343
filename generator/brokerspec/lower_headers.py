"""The documented headers of answers: a class for the successes of an operation, and for a failure.

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
from brokerspec.document import Document, Header, Operation, Response, Schema
from brokerspec.lower_responses import failures_of, shape_of, spelled, success_of
from brokerspec.naming import pascal, unique
from brokerspec.schema_types import ANY, Types, field_name, origin_of
from brokerspec.tree import Pointer

_STR: Final = ir.Scalar("str")
_SHARED: Final = "ResponseHeaders"
_SHARED_BY_FAILURES: Final = "ErrorHeaders"
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


class _Headed(Struct, frozen=True):
    """The headers of one answer or of several, and what they have in common with equal ones."""

    found: tuple[_Found, ...]
    shape: str

    @classmethod
    def of(cls, responses: Sequence[Response]) -> _Headed:
        """Return the headers of some answers."""
        found = _found(responses)
        return cls(found, "\n".join(one.shape for one in found))


class Heading:
    """Reads the headers of a document's answers."""

    def __init__(self, document: Document, types: Types) -> None:
        self._types = types
        self._known: dict[Pointer, _Headed] = {}
        self._good: dict[str, _Headed] = {}
        self._bad: dict[str, dict[str, tuple[_Headed, tuple[str, ...]]]] = {}
        for node in document.operations:
            success = success_of(node)
            self._good[node.operation_id] = _Headed.of(success)
            self._bad[node.operation_id] = self._failures(failures_of(node, success))
        self._of_successes = {one.shape for one in self._good.values()}
        # How many operations have some headers.
        self._uses = Counter(
            shape for name, one in self._good.items() for shape in {one.shape, *self._bad[name]}
        )
        self._models: dict[str, str] = {}

    def of(self, node: Operation) -> ir.Headers | None:
        """Return the headers that an operation's successes have, None where none is documented."""
        headed = self._good[node.operation_id]
        if not headed.found:
            return None
        return self._made(headed, node, tuple(o.header.name for o in headed.found if o.is_certain))

    def of_failures(self, node: Operation) -> tuple[ir.Headers, ...]:
        """Return the headers that the failures of an operation have, by status."""
        return tuple(
            replace(self._made(headed, node, ()), statuses=spelled(statuses))
            for headed, statuses in self._bad[node.operation_id].values()
        )

    def _failures(
        self, responses: Sequence[Response]
    ) -> dict[str, tuple[_Headed, tuple[str, ...]]]:
        """Return the headers of failures with the statuses that have them, by what they are."""
        found: dict[str, tuple[_Headed, tuple[str, ...]]] = {}
        for response in responses:
            if not response.headers:
                continue
            # Many operations refer to one response.
            headed = self._known.get(response.pointer) or _Headed.of([response])
            self._known[response.pointer] = headed
            _, statuses = found.get(headed.shape, (headed, ()))
            found[headed.shape] = headed, (*statuses, response.status.upper())
        return found

    def _made(self, headed: _Headed, node: Operation, certain: tuple[str, ...]) -> ir.Headers:
        shape, found = headed.shape, headed.found
        if shape not in self._models:
            of_failures = shape not in self._of_successes
            own = f"{pascal(node.operation_id)}{'Error' if of_failures else ''}Headers"
            shared = _SHARED_BY_FAILURES if of_failures else _SHARED
            hint = shared if self._uses[shape] > 1 else own
            said = "Headers of a failure." if of_failures else "Headers of an answer."
            self._models[shape] = self._model(hint, said, [one.header for one in found])
        return ir.Headers(
            self._models[shape],
            certain,
            tuple(one.header.name for one in found if one.header.explode),
            tuple(one.header.name for one in found if is_json(one.header.media_type)),
        )

    def _model(self, hint: str, said: str, headers: Sequence[Header]) -> str:
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
        return self._types.declare(hint, said, fields)

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


def _found(responses: Sequence[Response]) -> tuple[_Found, ...]:
    """Return the headers of some answers.

    One that is described in two ways is a text, and one that is not required everywhere is
    not certain.
    """
    found: dict[str, Header] = {}
    certain: Counter[str] = Counter()
    for response in responses:
        for header in response.headers:
            name = header.name.lower()
            certain[name] += header.required
            first = found.setdefault(name, header)
            if shape_of(first.schema) != shape_of(header.schema):
                found[name] = replace(first, schema=None, media_type="", explode=False)
    return tuple(_Found(header, certain[name] == len(responses)) for name, header in found.items())
