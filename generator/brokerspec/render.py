"""A package to texts, one Jinja2 template for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import FileSystemLoader, StrictUndefined

from brokerspec import changelog, ir
from brokerspec.expressions import accepts, annotation
from brokerspec.plan import Package
from brokerspec.plan_docs import doubt, raised, source_of
from brokerspec.source import SourceEnvironment
from brokerspec.text import Source, code, identifier, inline, literal, table_cell

TEMPLATES: Final = Path(__file__).parent / "templates" / "package"
_FILES: Final[Mapping[str, str]] = {
    "__init__.py": "init.py.jinja",
    "async_client.py": "async_client.py.jinja",
    "client.py": "client.py.jinja",
    "encode.py": "encode.py.jinja",
    "errors.py": "errors.py.jinja",
    "models.py": "models.py.jinja",
    "operations.py": "operations.py.jinja",
    "reference.md": "reference.md.jinja",
}


def render(package: Package) -> dict[str, str]:
    """Return the files of a package by name, not yet formatted."""
    files = dict(_FILES)
    if not package.encoders:
        del files["encode.py"]
    texts = {
        name: _environment().get_template(template).render(package=package)
        for name, template in files.items()
    }
    if package.release.text:
        texts[changelog.NAME] = f"<!-- {package.banner} -->\n\n{package.release.text}"
    return texts | {"py.typed": f"# {package.banner}\n"}


@cache
def _environment() -> SourceEnvironment:
    environment = SourceEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "accepted": _accepted,
        "annotated": _annotated,
        "cell": table_cell,
        "code": code,
        "doubt": _doubt,
        "identifier": identifier,
        "inline": inline,
        "listing": _listing,
        "literal": literal,
        "raised": raised,
        "source": source_of,
    }
    environment.filters.update(filters)
    return environment


def _accepted(type_: ir.TypeRef) -> Source:
    return Source(accepts(type_))


def _annotated(type_: ir.TypeRef | None) -> Source:
    return Source("None" if type_ is None else annotation(type_))


def _doubt(origin: ir.Origin) -> Source:
    marked = doubt(origin)
    return Source(f" {table_cell(marked)}" if marked else "")


def _listing(names: Iterable[str]) -> Source:
    return Source("[" + ", ".join(literal(identifier(name)) for name in names) + "]")
