"""A large client in modules: groups, the classes of each, and what every module imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from brokerspec import ir
from brokerspec.formats import Format
from brokerspec.naming import BUILTIN_TYPES, pascal
from brokerspec.plan_calls import EncoderView, Method
from brokerspec.plan_operations import Constant
from brokerspec.plan_paging import Pager
from brokerspec.plan_parts import Import, imports_of, names_in, places_of
from brokerspec.text import Source, Words, docstring, identifier, one_line

# From here on a client is split even without groups.
_MANY_OPERATIONS: Final = 100
_MANY_CLASSES: Final = 200


@dataclass(frozen=True, slots=True)
class Own:
    """A method of the client itself; in one that is split it imports what it uses when called."""

    method: Method
    imports: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnPager:
    """The same for a method that goes through pages."""

    pager: Pager
    imports: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupView:
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
    def names(self) -> tuple[Source, ...]:
        """The names of the methods."""
        return tuple(identifier(method.name) for method in self.methods)


@dataclass(frozen=True, slots=True)
class ModelPart:
    """One module of models."""

    name: str
    names: tuple[str, ...]
    classes: str
    formats: tuple[Format, ...]
    imports: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True)
class EncoderPart:
    """One module of encoders."""

    name: str
    encoders: tuple[EncoderView, ...]
    imports: tuple[Import, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """What a package that is split has in place of one module each."""

    groups: tuple[GroupView, ...]
    models: tuple[ModelPart, ...]
    encoders: tuple[EncoderPart, ...]
    own: tuple[Own, ...]
    own_pagers: tuple[OwnPager, ...]
    operations: tuple[Constant, ...]
    operation_imports: tuple[Import, ...]
    annotation_imports: tuple[Import, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that a package has, before it is split."""

    api: ir.Api
    classes: Mapping[str, str]
    formats: tuple[Format, ...]
    encoders: tuple[EncoderView, ...]
    methods: tuple[Method, ...]
    pagers: tuple[Pager, ...]
    operations: tuple[Constant, ...]


def is_large(api: ir.Api) -> bool:
    """Say whether a client is worth splitting."""
    many = len(api.operations) > _MANY_OPERATIONS
    return bool(api.groups) or many or len(api.models) + len(api.enums) > _MANY_CLASSES


def split(whole: Whole) -> Split:
    """Return the modules of a package that is not ours and large, or has groups."""
    unit_of = {operation.name: operation.group for operation in whole.api.operations}
    by_method = {operation.name: operation for operation in whole.api.operations}
    constants = {constant.name: constant for constant in whole.operations}
    methods: dict[str, list[Method]] = {"": [], **{g.name: [] for g in whole.api.groups}}
    for method in whole.methods:
        methods[unit_of[method.name]].append(method)
    sent: dict[str, list[Constant]] = {name: [] for name in methods}
    for operation in whole.api.operations:
        if found := constants.get(operation.constant):
            sent[operation.group].append(found)
    paged: dict[str, list[Pager]] = {name: [] for name in methods}
    for pager in whole.pagers:
        paged[unit_of[pager.method.name]].append(pager)
    texts = {
        unit: [text for method in methods[unit] for text in _source(method)]
        + [text for constant in sent[unit] for text in (constant.annotation, constant.value)]
        + [pager.item for pager in paged[unit]]
        for unit in methods
    }
    models, encoders, places = _parts(whole, texts)
    places["FAILURES"] = "operations"
    groups = tuple(
        _group(
            _Unit(group, type_name, methods[group.name], by_method, sent[group.name]),
            paged[group.name],
            places,
        )
        for group, type_name in _typed(whole.api)
    )
    called = {**places, **{constant.name: "operations" for constant in sent[""]}}
    own = [Own(method, imports_of(_called(method), called)) for method in methods[""]]
    called |= {pager.constant: "operations" for pager in paged[""]}
    own_pagers = [
        OwnPager(pager, imports_of((*_called(pager.method), pager.constant), called))
        for pager in paged[""]
    ]
    shown = [text for method in methods[""] for text in (*method.signature, method.returns)]
    shown += [pager.item for pager in paged[""]]
    known = [text for constant in sent[""] for text in (constant.annotation, constant.value)]
    known += [pager.annotation for pager in paged[""]]
    return Split(
        groups,
        models,
        encoders,
        tuple(own),
        tuple(own_pagers),
        tuple(sent[""]),
        imports_of(known, places, "operations"),
        imports_of(shown, places),
    )


def _source(method: Method) -> tuple[str, ...]:
    return (*method.signature, method.returns, *_called(method))


def _called(method: Method) -> tuple[str, ...]:
    return (method.prelude, method.call)


def _parts(
    whole: Whole, texts: Mapping[str, Sequence[str]]
) -> tuple[tuple[ModelPart, ...], tuple[EncoderPart, ...], dict[str, str]]:
    """Return the modules of models and of encoders, and where every name of them is."""
    sources = dict(whole.classes)
    formats = {made.alias: made for made in whole.formats}
    sources |= {alias: f"{made.python} {made.made_by}" for alias, made in formats.items()}
    encoders = {made.name: made for made in whole.encoders}
    needs = {name: names_in(text, sources.keys()) - {name} for name, text in sources.items()}
    users = {
        unit: {
            # An encoder is beside the model that it encodes.
            encoders[name].model if name in encoders else name
            for name in names_in("\n".join(found), {*sources, *encoders})
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
            imports_of((sources[name] for name in names), places, f"models.{part}"),
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


def _typed(api: ir.Api) -> Iterator[tuple[ir.Group, str]]:
    """Yield the groups with the names of their classes, which no model has."""
    taken = {model.name for model in api.models} | {enum.name for enum in api.enums}
    for group in api.groups:
        name = f"{pascal(group.name)}Group"
        kinds = ("", "WithResponse", "Prepare", "WithStreaming")
        while any(f"{way}{name}{kind}" in taken for way in ("", "Async") for kind in kinds):
            name = f"{name}_"
        taken.add(name)
        yield group, name


@dataclass(frozen=True, slots=True)
class _Unit:
    """What a group is made of."""

    group: ir.Group
    type_name: str
    methods: Sequence[Method]
    operations: Mapping[str, ir.Operation]
    constants: Sequence[Constant]


def _group(unit: _Unit, pagers: Sequence[Pager], places: Mapping[str, str]) -> GroupView:
    operations = [unit.operations[method.name] for method in unit.methods]
    hidden = {operation.member for operation in operations} & BUILTIN_TYPES
    texts = [text for method in unit.methods for text in _source(method)]
    texts += [text for constant in unit.constants for text in (constant.annotation, constant.value)]
    texts += [pager.item for pager in pagers]
    group = unit.group
    return GroupView(
        name=group.name,
        title=group.title,
        type_name=unit.type_name,
        summary=docstring(_first_line(group), indent=8),
        docstring=docstring(group.description or _first_line(group), indent=4),
        methods=tuple(
            _member(method, operation.member, hidden)
            for method, operation in zip(unit.methods, operations, strict=True)
        ),
        pagers=tuple(_paging(pager, hidden) for pager in pagers),
        streams=tuple(operation.member for operation in operations if operation.streams),
        operations=tuple(unit.constants),
        imports=imports_of(texts, places),
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
