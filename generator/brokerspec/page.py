"""A file to be: its template and what that is given, by which it is known before it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import FileSystemLoader, StrictUndefined
from msgspec import Struct
from msgspec.msgpack import Encoder

from brokerspec import ir
from brokerspec.compiled import CompiledTemplates
from brokerspec.expressions import accepts, annotation
from brokerspec.plan_docs import doubt, raised, source_of, statuses_of
from brokerspec.source import SourceEnvironment
from brokerspec.text import (
    Source,
    code,
    identifier,
    inline,
    literal,
    path_part,
    plain,
    sentence,
    table_cell,
    toml,
)

# What an encoder made is a text of a class of its own.
_facts: Final = Encoder(enc_hook=plain).encode
TEMPLATES: Final = Path(__file__).parent / "templates"


class Page(Struct, frozen=True):
    """A file to be: a template and everything that it is given.

    `defines` are the names that the text may define. A page that says so is known by what it
    is given, before there is a text; only its text tells another one.
    """

    template: str
    given: Mapping[str, object]
    defines: frozenset[str] | None = None

    @property
    def facts(self) -> bytes:
        """All that the text is made of."""
        return _facts((self.template, self.given))

    def text(self) -> str:
        """Return the text, not yet formatted."""
        return _environment().get_template(f"{self.template}.jinja").render(**self.given)


@cache
def _environment() -> SourceEnvironment:
    environment = SourceEnvironment(
        loader=FileSystemLoader([TEMPLATES / "package", TEMPLATES / "project"]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        bytecode_cache=CompiledTemplates(),
    )
    filters: dict[str, Callable[..., object]] = {
        "accepted": _accepted,
        "anchor": _anchor,
        "annotated": _annotated,
        "called": _called,
        "cell": table_cell,
        "code": code,
        "doubt": _doubt,
        "identifier": identifier,
        "inline": inline,
        "listing": _listing,
        "literal": literal,
        "meaning": _meaning,
        "path_part": path_part,
        "raised": raised,
        "source": source_of,
        "statuses": statuses_of,
        "toml": toml,
    }
    environment.filters.update(filters)
    return environment


def _called(operation: ir.Operation) -> Source:
    return Source(".".join(identifier(part) for part in operation.called.split(".")))


def _anchor(operation: ir.Operation) -> Source:
    """Return the way to the heading of an operation."""
    return Source(_called(operation).replace(".", ""))


def _accepted(type_: ir.TypeRef) -> Source:
    return Source(accepts(type_))


def _annotated(type_: ir.TypeRef | None) -> Source:
    return Source("None" if type_ is None else annotation(type_))


def _meaning(one: ir.Argument | ir.Field) -> Source:
    """Return what an argument or field means, as a cell, with what it is by default."""
    if not one.default:
        return table_cell(one.description)
    said = table_cell(sentence(one.description))
    return Source(f"{said} Default: {code(one.default)}.".strip())


def _doubt(origin: ir.Origin) -> Source:
    marked = doubt(origin)
    return Source(f" {table_cell(marked)}" if marked else "")


def _listing(names: Iterable[str]) -> Source:
    return Source("[" + ", ".join(literal(identifier(name)) for name in names) + "]")
