"""A package to texts, one Jinja2 template for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from brokerspec import changelog
from brokerspec.page import Page
from brokerspec.plan import Brief, Head, Package
from brokerspec.plan_client import ClientPart, Own, OwnPager, Section
from brokerspec.plan_groups import VIEWS, EncoderPart, GroupView, ModelPart, Split
from brokerspec.plan_operations import Constant
from brokerspec.plan_paging import Pager
from brokerspec.plan_parts import Import
from brokerspec.plan_project import Project, counted
from brokerspec.plan_views import preparing, responding, streaming
from brokerspec.text import Source


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
        "parts": "parts",
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
        "parts": "async_parts",
    }
)

_ABOUT: Final = {
    "async_parts": Source("What `parts` has, for the asynchronous client."),
    "encode": Source("How models are put on the wire."),
    "groups": Source("The operations, one module for each group of them."),
    "operations": Source("Where the operations are sent and how their answers are read."),
    "parts": Source("The methods of the client, one module for each part of the API."),
}
_PROJECT: Final[Mapping[str, str]] = {
    "README.md": "README.md",
    "pyproject.toml": "pyproject.toml",
    "tests/test_smoke.py": "test_smoke.py",
}


def render(package: Package) -> dict[str, str]:
    """Return the files of a package by name, not yet formatted."""
    return {name: page.text() for name, page in pages(package).items()}


def pages(package: Package) -> dict[str, Page]:
    """Return the files to be of a package by name."""
    listed = (*_common(package), *_modules(package), *_verbatim(package))
    return {name: _page(package, name, page) for name, page in listed}


def project_pages(project: Project) -> dict[str, Page]:
    """Return the files to be of a project, the package among them."""
    package = project.package
    found = {f"{package.name}/{name}": page for name, page in pages(package).items()}
    found["reference.md"] = found.pop(f"{package.name}/reference.md")
    groups = counted(package.api)
    given = {"project": project, "groups": groups, "kinds": (_SYNC, _ASYNC), "package": package}
    for name, template in _PROJECT.items():
        found[name] = _page(package, name, Page(template, given))
    return found


def _page(package: Package, name: str, page: Page) -> Page:
    dots = Source("." * (name.count("/") + 1))
    runtime = Source(f"{dots}_runtime" if package.is_bundled else "brokerspec_runtime")
    return replace(page, given={"dots": dots, "runtime": runtime, **page.given})


def _common(package: Package) -> Iterator[tuple[str, Page]]:
    """Yield the files that every package has."""
    split = package.split
    own = split.rest.own if split else tuple(Own(method) for method in package.methods)
    pagers = split.rest.pagers if split else tuple(OwnPager(one) for one in package.pagers)
    methods = package.own_methods
    opening = [Source("open_session")] if package.opening else []
    given = {
        "package": package,
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
    yield "client.py", Page("clients", {"c": _SYNC, **given})
    yield "async_client.py", Page("clients", {"c": _ASYNC, **given})
    yield "errors.py", Page("errors.py", {"package": package})
    yield "reference.md", Page("reference.md", {"package": package, "section": _sections(package)})


def _sections(package: Package) -> Callable[[Any, Callable[..., str]], Source]:
    """Return what gives a section of the reference: one that is known, or what a macro makes.

    The macro is given no more than the section is known by.
    """
    # By name: to look for those of each operation among all would cost the square of them.
    paged = {pager.method.name: (pager,) for pager in package.pagers}
    brief = Brief(package.pieces.api)

    def section(made: Any, macro: Callable[..., str]) -> Source:
        own = {made.name: paged[made.name]} if made.name in paged else {}
        return Source(package.pieces.section(made, own, lambda: macro(made, brief, own)))

    return section


def _verbatim(package: Package) -> Iterator[tuple[str, Page]]:
    if package.release.text:
        text = Source(f"<!-- {package.banner} -->\n\n{package.release.text}")
        yield changelog.NAME, Page("verbatim", {"text": text})
    yield "py.typed", Page("verbatim", {"text": Source(f"# {package.banner}\n")})


def _modules(package: Package) -> Iterator[tuple[str, Page]]:
    """Yield the modules that a package has once or, when it is split, in parts."""
    head = Head(package.banner, package.title)
    if package.split is not None:
        yield from _split_modules(package, package.split, head)
        return
    part = ModelPart("", package.model_names, package.classes, package.formats)
    needs = (Import("models", package.type_names),) if package.type_names else ()
    yield "__init__.py", Page("init.py", {"package": package})
    yield "models.py", _models(part, head)
    yield (
        "operations.py",
        _operations(head, package.operations, needs, package.pagers, package.failures),
    )
    if package.encoders:
        models = (Import("models", package.model_names),)
        yield "encode.py", _encoders(EncoderPart("", package.encoders, models), head)


def _split_modules(package: Package, split: Split, head: Head) -> Iterator[tuple[str, Page]]:
    """Yield the modules of a package that is split."""
    yield "__init__.py", Page("init_split.py", {"package": package})
    rest = split.rest
    if rest.operations or package.failures or not split.parts:
        name = f"{split.rest_module.replace('.', '/')}.py"
        yield name, _constants(head, rest, package.failures)
    yield "models/__init__.py", _model_places(package, split, head)
    for part in split.models:
        yield f"models/{part.name}.py", _models(part, head)
    for encoders in split.encoders:
        yield f"encode/{encoders.name}.py", _encoders(encoders, head)
    for group in split.groups:
        yield f"groups/{group.name}.py", _group(group, head)
    for one in split.parts:
        for kind in (_SYNC, _ASYNC):
            yield f"{kind['parts']}/{one.name}.py", _part(one, head, kind)
        yield f"operations/{one.name}.py", _constants(head, one.section)
    folders = {
        "async_parts": split.parts,
        "encode": split.encoders,
        "groups": split.groups,
        "operations": split.parts,
        "parts": split.parts,
    }
    for folder, inside in folders.items():
        if inside:
            given = {"package": head, "about": _ABOUT[folder]}
            yield f"{folder}/__init__.py", Page("folder.py", given, frozenset())


def _model_places(package: Package, split: Split, head: Head) -> Page:
    """Return the module that knows in which other one each model is."""
    # What the classes are made of does not matter here.
    parts = tuple(ModelPart(part.name, part.names, "", ()) for part in split.models)
    given = {"package": head, "names": package.model_names, "parts": parts}
    names = frozenset({"_PLACES", "__all__", "__dir__", "__getattr__"})
    return Page("models_init.py", given, names)


def _models(part: ModelPart, head: Head) -> Page:
    names = {*part.names, *(made.alias for made in part.formats), "__all__"}
    return Page("models.py", {"package": head, "part": part}, frozenset(names))


def _encoders(part: EncoderPart, head: Head) -> Page:
    names = frozenset(encoder.name for encoder in part.encoders)
    return Page("encode.py", {"package": head, "part": part}, names)


def _group(group: GroupView, head: Head) -> Page:
    kinds = (group.type_name, *(f"{group.type_name}{view}" for view in VIEWS))
    names = {f"{c['prefix']}{kind}" for c in (_SYNC, _ASYNC) for kind in kinds}
    names |= {made.name for made in group.operations} | {one.constant for one in group.pagers}
    given = {"package": head, "group": group, "kinds": (_SYNC, _ASYNC)}
    return Page("group.py", given, frozenset(names))


def _part(part: ClientPart, head: Head, kind: Mapping[str, Source]) -> Page:
    names = frozenset({f"{kind['prefix']}{part.type_name}"})
    return Page("part.py", {"package": head, "part": part, "c": kind}, names)


def _constants(head: Head, section: Section, failures: str = "") -> Page:
    pagers = tuple(one.pager for one in section.pagers)
    return _operations(head, section.operations, section.operation_imports, pagers, failures)


def _operations(
    head: Head,
    operations: tuple[Constant, ...],
    imports: tuple[Import, ...],
    pagers: tuple[Pager, ...],
    failures: str,
) -> Page:
    """Return a module of constants; `failures` is what all operations share of them."""
    given = {
        "package": head,
        "operations": operations,
        "imports": imports,
        "pagers": pagers,
        "failures": Source(failures),
    }
    names = {made.name for made in operations} | {one.constant for one in pagers}
    return Page("operations.py", given, frozenset({*names, "FAILURES"}))
