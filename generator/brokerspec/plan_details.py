"""What a document says of failures, their bodies and their headers, as types of the package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from brokerspec import ir
from brokerspec.expressions import annotation
from brokerspec.models import parts
from brokerspec.naming import Names
from brokerspec.text import Source, docstring, identifier

# Nobody tells more of them apart, and a program that reads Python may give up on them.
_MOST: Final = 500
_BODY = """\
Return what the body of a failure says, as the document describes it.

None where no body came, where none is documented for its status, or where it does not
fit: then `error.response` still has its bytes.
"""
_HEADERS = """\
Return the headers of a failure with the types that the document gives them.

None where no answer came, or none of its headers is documented; a header that is not
there or does not fit is None. `error.response.headers` has all of them as text.
"""


class Detail(Struct, frozen=True):
    """The alias of errors.py, what it stands for, and the models that are named there.

    The function gives callers the `attribute` of an error with this type.
    """

    alias: str
    union: str
    models: tuple[str, ...]
    function: str
    attribute: str
    docstring: str

    @property
    def names(self) -> tuple[Source, ...]:
        """The names that a package gives to its callers."""
        return (identifier(self.alias), identifier(self.function))


def details_of(api: ir.Api) -> tuple[Detail, ...]:
    """Return the types of what failures say, as far as any is documented."""
    taken = Names({*(model.name for model in api.models), *(enum.name for enum in api.enums)})
    return tuple(_details(api, taken))


def _details(api: ir.Api, taken: Names) -> Iterator[Detail]:
    bodies = [
        body.type
        for operation in api.operations
        for body in operation.details
        if body.type is not None
    ]
    headers = (one.model for operation in api.operations for one in operation.error_headers)
    if bodies:
        yield _detail(taken.claim("Detail"), bodies, "detail_of", "detail", _BODY)
    if named := [ir.Named(name) for name in dict.fromkeys(headers)]:
        alias = taken.claim("FailureHeaders")
        yield _detail(alias, named, "headers_of", "documented_headers", _HEADERS)


def _detail(
    alias: str, kinds: list[ir.TypeRef] | list[ir.Named], function: str, attribute: str, said: str
) -> Detail:
    different = tuple(dict.fromkeys(kinds))
    if len(different) > _MOST:
        return Detail(alias, "Any", (), function, attribute, docstring(said, indent=4))
    inside = [part for kind in different for part in parts(kind)]
    named = {part.name for part in inside if isinstance(part, ir.Named)}
    union = annotation(ir.OneOf(different))
    about = docstring(said, indent=4)
    return Detail(alias, union, tuple(sorted(named)), function, attribute, about)
