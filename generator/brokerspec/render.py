"""A package to texts, one Jinja2 template for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from jinja2 import FileSystemLoader, StrictUndefined

from brokerspec import changelog, ir
from brokerspec.compiled import CompiledTemplates
from brokerspec.expressions import accepts, annotation
from brokerspec.plan import Package
from brokerspec.plan_client import Own, OwnPager, Section
from brokerspec.plan_docs import doubt, raised, source_of, statuses_of
from brokerspec.plan_groups import EncoderPart, ModelPart
from brokerspec.plan_parts import Import
from brokerspec.plan_project import Project, operations_of
from brokerspec.plan_views import preparing, responding, streaming
from brokerspec.source import SourceEnvironment
from brokerspec.text import (
    Source,
    code,
    identifier,
    inline,
    literal,
    path_part,
    sentence,
    table_cell,
    toml,
)

TEMPLATES: Final = Path(__file__).parent / "templates"


def _words(given: Mapping[str, str]) -> dict[str, Source]:
    return {name: Source(text) for name, text in given.items()}


_SYNC: Final = _words(
    {
        "kind": "synchronous",
        "prefix": "",
        "base": "SyncBase",
        "def": "def",
        "done": "object",
        "await": "",
        "views": "",
        "transport": "TransportChoice",
        "default": '"requests"',
    }
)
_ASYNC: Final = _words(
    {
        "kind": "asynchronous",
        "prefix": "Async",
        "base": "AsyncBase",
        "def": "async def",
        "done": "Awaitable[object]",
        "await": "await ",
        "views": "_async",
        "transport": "AsyncTransportChoice",
        "default": '"httpx2"',
    }
)

_ENCODING: Final = Source("How models are put on the wire.")
_PROJECT: Final[Mapping[str, str]] = {
    "README.md": "README.md",
    "pyproject.toml": "pyproject.toml",
    "tests/test_smoke.py": "test_smoke.py",
}


def render(package: Package) -> dict[str, str]:
    """Return the files of a package by name, not yet formatted."""
    texts = {
        name: _render(package, name, template, given)
        for name, template, given in (*_common(package), *_modules(package))
    }
    if package.release.text:
        texts[changelog.NAME] = f"<!-- {package.banner} -->\n\n{package.release.text}"
    return texts | {"py.typed": f"# {package.banner}\n"}


def render_project(project: Project) -> dict[str, str]:
    """Return the files of a project, the package among them, not yet formatted."""
    package = project.package
    texts = {f"{package.name}/{name}": text for name, text in render(package).items()}
    texts["reference.md"] = texts.pop(f"{package.name}/reference.md")
    groups = [(group, operations_of(package.api, group)) for group in package.api.groups]
    given = {"project": project, "groups": groups, "kinds": (_SYNC, _ASYNC)}
    for name, template in _PROJECT.items():
        texts[name] = _render(package, name, template, given)
    return texts


_File: TypeAlias = tuple[str, str, Mapping[str, object]]


def _render(package: Package, name: str, template: str, given: Mapping[str, object]) -> str:
    dots = Source("." * (name.count("/") + 1))
    runtime = Source(f"{dots}_runtime" if package.is_bundled else "brokerspec_runtime")
    wanted = _environment().get_template(f"{template}.jinja")
    return wanted.render(package=package, dots=dots, runtime=runtime, **given)


def _common(package: Package) -> Iterator[_File]:
    """Yield the files that every package has: name, template and what it is given."""
    split = package.split
    own = split.rest.own if split else tuple(Own(method) for method in package.methods)
    pagers = split.rest.pagers if split else tuple(OwnPager(one) for one in package.pagers)
    methods = package.own_methods
    opening = [Source("open_session")] if package.opening else []
    given = {
        "own": own,
        "pagers": pagers,
        "groups": split.groups if split else (),
        "parts": split.parts if split else (),
        "seen": responding(methods, package.own_pagers, opening),
        "built": preparing(methods),
        "streams": streaming(methods, package.streams),
        "header_imports": split.header_imports if split else (),
        "item_imports": split.item_imports if split else (),
    }
    yield "client.py", "clients", {"c": _SYNC, **given}
    yield "async_client.py", "clients", {"c": _ASYNC, **given}
    yield "errors.py", "errors.py", {}
    # By name: to look for those of each operation among all would cost the square of them.
    yield "reference.md", "reference.md", {"paged": {p.method.name: (p,) for p in package.pagers}}


def _modules(package: Package) -> Iterator[_File]:
    """Yield the files that a package has once or, when it is split, in parts."""
    split = package.split
    if split is None:
        part = ModelPart("", package.model_names, package.classes, package.formats)
        needs = (Import("models", package.type_names),) if package.type_names else ()
        yield "__init__.py", "init.py", {}
        yield "models.py", "models.py", {"part": part}
        whole = {
            "failures": Source(package.failures),
            "operations": package.operations,
            "imports": needs,
            "pagers": package.pagers,
        }
        yield "operations.py", "operations.py", whole
        if package.encoders:
            models = (Import("models", package.model_names),)
            yield "encode.py", "encode.py", {"part": EncoderPart("", package.encoders, models)}
        return
    yield "__init__.py", "init_split.py", {}
    if split.rest.operations or package.failures or not split.parts:
        constants = {"failures": Source(package.failures), **_constants(split.rest)}
        yield f"{split.rest_module.replace('.', '/')}.py", "operations.py", constants
    yield "models/__init__.py", "models_init.py", {}
    for part in split.models:
        yield f"models/{part.name}.py", "models.py", {"part": part}
    if split.encoders:
        yield (
            "encode/__init__.py",
            "folder.py",
            {"about": _ENCODING},
        )
    for encoders in split.encoders:
        yield f"encode/{encoders.name}.py", "encode.py", {"part": encoders}
    if split.groups:
        about = Source("The operations, one module for each group of them.")
        yield "groups/__init__.py", "folder.py", {"about": about}
    for group in split.groups:
        yield f"groups/{group.name}.py", "group.py", {"group": group, "kinds": (_SYNC, _ASYNC)}
    if split.parts:
        about = Source("The methods of the clients, one module for each part of the API.")
        yield "parts/__init__.py", "folder.py", {"about": about}
        about = Source("Where the operations are sent and how their answers are read.")
        yield "operations/__init__.py", "folder.py", {"about": about}
    for one in split.parts:
        yield f"parts/{one.name}.py", "part.py", {"part": one, "kinds": (_SYNC, _ASYNC)}
        constants = {"failures": Source(), **_constants(one.section)}
        yield f"operations/{one.name}.py", "operations.py", constants


def _constants(section: Section) -> dict[str, object]:
    return {
        "operations": section.operations,
        "imports": section.operation_imports,
        "pagers": tuple(one.pager for one in section.pagers),
    }


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
