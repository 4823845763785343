"""A large client in modules: groups, the classes of each, and what every module imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.formats import Format
from brokerspec.naming import BUILTIN_TYPES, first_free, pascal
from brokerspec.plan_calls import EncoderView, Method
from brokerspec.plan_client import (
    MANY,
    ClientPart,
    Section,
    Unit,
    parts_of_paths,
    section,
    typed_parts,
)
from brokerspec.plan_operations import Constant
from brokerspec.plan_paging import Pager
from brokerspec.plan_parts import (
    Import,
    imports_from,
    imports_of,
    names_in,
    places_of,
    words_in,
)
from brokerspec.plan_views import Viewed, preparing, responding, streaming
from brokerspec.text import Words, docstring, one_line

_MANY_CLASSES: Final = 200
# What the classes of other kinds of answers end in.
VIEWS: Final = ("WithResponse", "Prepare", "WithStreaming")


class GroupView(Struct, frozen=True):
    """The module of one group."""

    name: str
    title: Words
    type_name: str
    summary: str
    docstring: str
    methods: tuple[Method, ...]
    pagers: tuple[Pager, ...]
    streams: tuple[str, ...]
    operations: tuple[Constant, ...]
    imports: tuple[Import, ...]

    @property
    def responding(self) -> tuple[Viewed, ...]:
        """The methods that answer with the response."""
        return responding(self.methods, self.pagers)

    @property
    def preparing(self) -> tuple[Viewed, ...]:
        """The methods that build their requests."""
        return preparing(self.methods)

    @property
    def streaming(self) -> tuple[Viewed, ...]:
        """The methods whose answers are read piece by piece."""
        return streaming(self.methods, self.streams)


class ModelPart(Struct, frozen=True):
    """One module of models."""

    name: str
    names: tuple[str, ...]
    classes: str
    formats: tuple[Format, ...]
    imports: tuple[Import, ...] = ()


class EncoderPart(Struct, frozen=True):
    """One module of encoders."""

    name: str
    encoders: tuple[EncoderView, ...]
    imports: tuple[Import, ...]


class Split(Struct, frozen=True):
    """What a package that is split has in place of one module each.

    `rest` is what stands on the client and is in none of its `parts`; `rest_module` has the
    constants of that.
    """

    groups: tuple[GroupView, ...]
    parts: tuple[ClientPart, ...]
    rest: Section
    rest_module: str
    models: tuple[ModelPart, ...]
    encoders: tuple[EncoderPart, ...]
    header_imports: tuple[Import, ...]
    item_imports: tuple[Import, ...]


class Whole(Struct, frozen=True):
    """Everything that a package has, before it is split; `words` are those of its classes."""

    api: ir.Api
    classes: Mapping[str, str]
    words: Mapping[str, Iterable[str]]
    formats: tuple[Format, ...]
    encoders: tuple[EncoderView, ...]
    methods: tuple[Method, ...]
    pagers: tuple[Pager, ...]
    operations: tuple[Constant, ...]


def is_large(api: ir.Api) -> bool:
    """Say whether a client is worth splitting."""
    many = len(api.operations) > MANY
    return bool(api.groups) or many or len(api.models) + len(api.enums) > _MANY_CLASSES


def split(whole: Whole) -> Split:
    """Return the modules of a package that is not ours and large, or has groups."""
    api = whole.api
    unit_of = _units_of(api)
    units = _units(whole, unit_of)
    models, encoders, places = _parts(whole, {name: unit.texts for name, unit in units.items()})
    types = dict(_typed(api, {*whole.classes, *(made.alias for made in whole.formats)}))
    listed = [name for name in units if name and name not in types]
    rest = f"operations.{first_free('shared', listed)}" if listed else "operations"
    if api.failures:
        places["FAILURES"] = rest
    by_method = {operation.name: operation for operation in api.operations}
    groups = tuple(
        _group(group, types[group.name], units[group.name], by_method, places)
        for group in api.groups
    )
    named = {*whole.classes, *(made.alias for made in whole.formats), *types.values()}
    part_types = typed_parts(listed, named)
    parts = tuple(
        ClientPart(name, part_types[name], section(units[name], places, f"operations.{name}"))
        for name in sorted(listed)
    )
    items = {made.name: f"operations.{name}" for name in listed for made in units[name].constants}
    items |= {made.name: rest for made in units[""].constants}
    own = [method for name in ("", *listed) for method in units[name].methods]
    return Split(
        groups,
        parts,
        section(units[""], places, rest),
        rest,
        models,
        encoders,
        imports_of((method.headers for method in own), places),
        imports_of((method.items for method in own), items),
    )


def _units_of(api: ir.Api) -> dict[str, str]:
    """Return the group or part of every operation, empty when the client itself has it."""
    own = {one.name: one.path for one in api.operations if not one.group and not one.sign_in}
    parts = parts_of_paths(own, {group.name for group in api.groups}) if len(own) > MANY else {}
    return {one.name: one.group or parts.get(one.name, "") for one in api.operations}


def _units(whole: Whole, unit_of: Mapping[str, str]) -> dict[str, Unit]:
    names = ["", *(group.name for group in whole.api.groups), *unit_of.values()]
    methods: dict[str, list[Method]] = {name: [] for name in names}
    sent: dict[str, list[Constant]] = {name: [] for name in methods}
    paged: dict[str, list[Pager]] = {name: [] for name in methods}
    for method in whole.methods:
        methods[unit_of[method.name]].append(method)
    for constant in whole.operations:
        sent[unit_of[constant.operation]].append(constant)
    for pager in whole.pagers:
        paged[unit_of[pager.method.name]].append(pager)
    return {name: Unit(methods[name], sent[name], paged[name]) for name in methods}


def _parts(
    whole: Whole, texts: Mapping[str, Sequence[str]]
) -> tuple[tuple[ModelPart, ...], tuple[EncoderPart, ...], dict[str, str]]:
    """Return the modules of models and of encoders, and where every name of them is."""
    sources = dict(whole.classes)
    formats = {made.alias: made for made in whole.formats}
    sources |= {alias: f"{made.python} {made.made_by}" for alias, made in formats.items()}
    encoders = {made.name: made for made in whole.encoders}
    words = {**whole.words, **{alias: words_in(sources[alias]) for alias in formats}}
    needs = {name: sources.keys() & set(words[name]) - {name} for name in sources}
    known = {*sources, *encoders}
    users = {
        unit: {
            # An encoder is beside the model that it encodes.
            encoders[name].model if name in encoders else name
            for text in found
            for name in names_in(text, known)
        }
        for unit, found in texts.items()
    }
    where = places_of(needs, users)
    places = {name: f"models.{where[name]}" for name in sources}
    places |= {name: f"encode.{where[made.model]}" for name, made in encoders.items()}
    by_part: dict[str, list[str]] = {}
    for name in sources:
        by_part.setdefault(where[name], []).append(name)
    models = tuple(
        ModelPart(
            part,
            tuple(sorted(name for name in names if name not in formats)),
            "\n\n".join(sources[name].rstrip() + "\n" for name in names if name not in formats),
            tuple(formats[name] for name in names if name in formats),
            imports_from(
                (used for name in names for used in needs[name]), places, f"models.{part}"
            ),
        )
        for part, names in sorted(by_part.items())
    )
    return models, tuple(_encoder_parts(encoders.values(), where, places)), places


def _encoder_parts(
    encoders: Iterable[EncoderView], where: Mapping[str, str], places: Mapping[str, str]
) -> Iterator[EncoderPart]:
    parts: dict[str, list[EncoderView]] = {}
    for made in encoders:
        parts.setdefault(where[made.model], []).append(made)
    for part, found in sorted(parts.items()):
        texts = [f"{made.model} {made.body}" for made in found]
        yield EncoderPart(part, tuple(found), imports_of(texts, places, f"encode.{part}"))


def _typed(api: ir.Api, taken: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the groups with the names of their classes, which no other type has."""
    for group in api.groups:
        name = f"{pascal(group.name)}Group"
        kinds = ("", *VIEWS)
        while any(f"{way}{name}{kind}" in taken for way in ("", "Async") for kind in kinds):
            name = f"{name}_"
        taken.add(name)
        yield group.name, name


def _group(
    group: ir.Group,
    type_name: str,
    unit: Unit,
    by_method: Mapping[str, ir.Operation],
    places: Mapping[str, str],
) -> GroupView:
    operations = [by_method[method.name] for method in unit.methods]
    hidden = {operation.member for operation in operations} & BUILTIN_TYPES
    return GroupView(
        name=group.name,
        title=group.title,
        type_name=type_name,
        summary=docstring(_first_line(group), indent=8),
        docstring=docstring(group.description or _first_line(group), indent=4),
        methods=tuple(
            _member(method, operation.member, hidden)
            for method, operation in zip(unit.methods, operations, strict=True)
        ),
        pagers=tuple(_paging(pager, hidden) for pager in unit.pagers),
        streams=tuple(operation.member for operation in operations if operation.streams),
        operations=tuple(unit.constants),
        imports=imports_of(unit.texts, places),
    )


def _first_line(group: ir.Group) -> str:
    return f"The operations of {one_line(group.title)}."


def _member(method: Method, name: str, hidden: Iterable[str]) -> Method:
    """Return a method under its name in a group; its annotations still mean the built-in types."""
    return replace(
        method,
        name=name,
        signature=tuple(_parameter(text, hidden) for text in method.signature),
        returns=_seen(method.returns, hidden),
    )


def _paging(pager: Pager, hidden: Iterable[str]) -> Pager:
    """Return the method that goes through pages as a group has it."""
    return replace(
        pager,
        signature=tuple(_parameter(text, hidden) for text in pager.signature),
        item=_seen(pager.item, hidden),
    )


def _parameter(text: str, hidden: Iterable[str]) -> str:
    argument, colon, kind = text.partition(":")
    return f"{argument}{colon}{_seen(kind, hidden)}"


def _seen(text: str, hidden: Iterable[str]) -> str:
    for word in hidden:
        text = re.sub(rf"(?<![\w.'\"]){word}(?![\w'\"])", f"builtins.{word}", text)
    return text
