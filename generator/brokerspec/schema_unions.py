"""Unions: what stands in them, and which member tells their objects apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from brokerspec import ir
from brokerspec.document import MISSING, Schema
from brokerspec.schema_merge import Merger
from brokerspec.schema_values import ANY, PLAIN


def one_of(
    kinds: Iterable[ir.TypeRef],
    name: str,
    tag: str = "",
    mapping: tuple[tuple[str, ir.TypeRef], ...] = (),
) -> ir.TypeRef:
    """Return the type of a value that has one of some types; unions in unions are spread out."""
    options: dict[ir.TypeRef, None] = {}
    tags = dict(mapping)
    is_nullable = False
    for kind in kinds:
        is_nullable = is_nullable or isinstance(kind, ir.Nullable)
        bare = kind.of if isinstance(kind, ir.Nullable) else kind
        if isinstance(bare, ir.OneOf):
            options |= dict.fromkeys(bare.options)
            if bare.tag and tag in ("", bare.tag):
                tag = bare.tag
                tags = {**dict(bare.mapping), **tags}
        else:
            options[bare] = None
    if PLAIN["number"] in options:
        # Every integer is a number.
        options.pop(PLAIN["integer"], None)
    tags = {text: option for text, option in tags.items() if option in options}
    if ANY in options or not options:
        return ANY
    if len(options) == 1:
        made = next(iter(options))
    else:
        made = ir.OneOf(tuple(options), tag if tags else "", tuple(tags.items()), name)
    return ir.Nullable(made) if is_nullable else made


class Children:
    """The discriminators of a document: what each text means, who extends whom."""

    def __init__(self, components: Mapping[str, Schema], merger: Merger) -> None:
        self._components = components
        self._merger = merger
        self._extending: defaultdict[str, list[str]] = defaultdict(list)
        for name, schema in components.items():
            for part in schema.all_of:
                if part.ref is not None:
                    self._extending[part.ref].append(name)

    def of(self, name: str) -> tuple[str, ...] | None:
        """Return the components that a base class with a discriminator stands for."""
        schema = self._components[name]
        tag, _ = _discriminator(schema)
        if not tag or schema.any_of or schema.one_of or schema.ref is not None:
            return None
        found = dict.fromkeys([*self._mapped(schema), *self._below(name)])
        found.pop(name, None)
        return tuple(found) or None

    def directly_of(self, name: str) -> tuple[str, ...]:
        """Return those that a base class names itself, or that extend it and nothing between."""
        schema = self._components.get(name)
        if schema is None or schema.any_of or schema.one_of or not _discriminator(schema)[0]:
            return ()
        found = (*self._mapped(schema), *self._extending.get(name, ()))
        return tuple(each for each in found if each != name)

    def _mapped(self, schema: Schema) -> list[str]:
        """Return the components that a discriminator names."""
        named = [self._named(text) for text in _discriminator(schema)[1].values()]
        return [each for each in named if each]

    def _below(self, name: str) -> list[str]:
        found: dict[str, None] = {}
        pending = [name]
        while pending:
            for child in self._extending[pending.pop()]:
                if child not in found:
                    found[child] = None
                    pending.append(child)
        return list(found)

    def mapping(
        self, schema: Schema, options: Mapping[str, ir.TypeRef]
    ) -> tuple[str, tuple[tuple[str, ir.TypeRef], ...]]:
        """Return the member that tells the options of a union apart, and what its texts mean."""
        tag, given = _discriminator(schema)
        if not tag:
            return "", ()
        texts = {name: name for name in options}
        for name in options:
            texts |= dict.fromkeys(self._constants(name, tag), name)
        for text, reference in given.items():
            named = self._named(reference)
            if named is not None and named in options:
                texts[text] = named
        return tag, tuple((text, options[name]) for text, name in texts.items())

    def _constants(self, name: str, tag: str) -> list[str]:
        """Return the texts that a component itself allows for the member."""
        whole = self._merger.whole(self._components[name])
        member = whole.properties.get(tag)
        if member is None:
            return []
        member = self._merger.whole(member)
        values = [member.const] if member.const is not MISSING else list(member.enum or ())
        return [value for value in values if isinstance(value, str)] if len(values) == 1 else []

    def _named(self, reference: object) -> str | None:
        """Return the component that a mapping means, by its name or by a reference."""
        if not isinstance(reference, str):
            return None
        last = reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        for name in (reference, last, PurePosixPath(last).stem):
            if name in self._components:
                return name
        return None


def _discriminator(schema: Schema) -> tuple[str, Mapping[str, Any]]:
    found = schema.constraints.get("discriminator")
    given = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    tag, mapping = given.get("propertyName"), given.get("mapping")
    return (
        tag if isinstance(tag, str) else "",
        cast("dict[str, Any]", mapping) if isinstance(mapping, dict) else {},
    )
