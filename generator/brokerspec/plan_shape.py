"""What the modules of a package define, as its plan promises it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from brokerspec.modules import Part
from brokerspec.page import Page
from brokerspec.plan import Package
from brokerspec.plan_client import Section
from brokerspec.plan_project import Project
from brokerspec.shape import Promise

_FIXED: Final = frozenset({"FAILURES", "SPEC_DIGEST", "__all__", "__version__"})
_LAZY: Final = frozenset({"_PLACES", "__dir__", "__getattr__"})
_TESTS: Final = frozenset(
    {"test_every_name_can_be_imported"}
    | {f"test_the_{kind}_client_builds_a_request" for kind in ("synchronous", "asynchronous")}
)
_VIEWS: Final = ("WithResponse", "Prepare")


def promise_of(package: Package) -> Promise:
    """Return what the modules of a package may define, by name."""
    return Promise(
        classes=dict(_classes(package)),
        methods=dict(_methods(package)),
        functions=frozenset(encoder.name for encoder in package.encoders)
        | {detail.function for detail in package.details},
        values=_FIXED
        | (_LAZY if package.split else frozenset[str]())
        | {detail.alias for detail in package.details}
        | {constant.name for constant in package.operations}
        | {pager.constant for pager in package.pagers}
        | {made.alias for made in package.formats},
    )


def _methods(package: Package) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    split = package.split
    types = {group.name: group.type_name for group in split.groups} if split else {}
    parts = split.parts if split else ()
    part_of = {one.method.name: part.type_name for part in parts for one in part.section.own}
    for operation in package.api.operations:
        given = frozenset(argument.name for argument in operation.arguments)
        own = part_of.get(operation.name, "Client")
        for prefix in ("", "Async"):
            owner = f"{prefix}{types.get(operation.group, own)}"
            yield (owner, operation.member or operation.name), given


def parts_of(pages: Mapping[str, Page], project: Project) -> tuple[Part, Part]:
    """Return the files of a project with what each may define: the package, and the rest."""
    inside = f"{project.package.name}/"
    package = {name: page for name, page in pages.items() if name.startswith(inside)}
    tests = Promise(classes={}, methods={}, functions=_TESTS, values=frozenset({"CALLS", "Call"}))
    others = {name: page for name, page in pages.items() if name not in package}
    return (
        Part(package, promise_of(project.package)),
        Part(others, tests, frozenset({"pytest", project.package.name})),
    )


def _classes(package: Package) -> Iterator[tuple[str, frozenset[str]]]:
    for model in package.api.models:
        yield model.name, frozenset(field.name for field in model.members)
    for enum in package.api.enums:
        yield enum.name, frozenset(member.name for member in enum.members)
    split = package.split
    groups = split.groups if split else ()
    members = {"prepare", "with_response"} | _own_members(package)
    members |= {group.name for group in groups}
    members |= {"with_streaming"} if package.streams else set()
    members |= {"_oauth"} if package.oauth else set()
    members |= {"_oauth2"} if package.token_base else set()
    members |= {"open_session"} if package.opening else set()
    members |= {"reconcile"} if package.reconciling else set()
    seen = frozenset(group.name for group in groups)
    streaming = frozenset(group.name for group in groups if group.streams)
    for prefix in ("", "Async"):
        yield f"{prefix}Client", frozenset(members)
        for view in _VIEWS:
            yield f"{prefix}{view}", seen
        yield f"{prefix}WithStreaming", streaming
        for part in split.parts if split else ():
            yield f"{prefix}{part.type_name}", _section_members(part.section)
        for group in groups:
            names = {method.name for method in group.methods}
            names |= {pager.name for pager in group.pagers}
            yield f"{prefix}{group.type_name}", frozenset(names)
            for view in (*_VIEWS, "WithStreaming"):
                yield f"{prefix}{group.type_name}{view}", frozenset()


def _own_members(package: Package) -> frozenset[str]:
    """Return the names of the methods in the classes of the clients."""
    if package.split:
        return _section_members(package.split.rest)
    methods = frozenset(method.name for method in package.methods)
    return methods | {pager.name for pager in package.pagers}


def _section_members(section: Section) -> frozenset[str]:
    methods = frozenset(one.method.name for one in section.own)
    return methods | {one.pager.name for one in section.pagers}
