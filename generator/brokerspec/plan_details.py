"""The documented bodies of failures as one type of the package."""

from __future__ import annotations

from msgspec import Struct

from brokerspec import ir
from brokerspec.expressions import annotation
from brokerspec.models import parts
from brokerspec.naming import first_free
from brokerspec.text import Source, identifier


class Detail(Struct, frozen=True):
    """The alias of errors.py, what it stands for, and the models that are named there."""

    alias: str
    union: str
    models: tuple[str, ...]

    @property
    def names(self) -> tuple[Source, ...]:
        """The names that a package gives to its callers."""
        return (identifier(self.alias), Source("detail_of"))


def detail_of(api: ir.Api) -> Detail | None:
    """Return the type of what failures say, None where no body of one is documented."""
    kinds = [
        body.type
        for operation in api.operations
        for body in operation.details
        if body.type is not None
    ]
    if not kinds:
        return None
    taken = {*(model.name for model in api.models), *(enum.name for enum in api.enums)}
    inside = [part for kind in kinds for part in parts(kind)]
    named = {part.name for part in inside if isinstance(part, ir.Named)}
    union = annotation(ir.OneOf(tuple(dict.fromkeys(kinds))))
    return Detail(first_free("Detail", taken), union, tuple(sorted(named)))
