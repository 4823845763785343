"""References and `allOf` away: one schema that says what all of its parts say together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Final, TypeVar

from msgspec.structs import replace

from brokerspec.document import MISSING, MaybeJSON, Schema

_T = TypeVar("_T")
# So many classes may come of the choices that stand beside one another; more are not told apart.
_MOST_CHOICES: Final = 32


class Merger:
    """Merge the parts of schemas, each once."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components
        # Keyed by identity; the schema is kept with its result so that it stays the only one.
        self._known: dict[int, tuple[Schema, Schema]] = {}
        self._choices: dict[int, tuple[Schema, tuple[Schema, ...]]] = {}
        # What a combination is made of, so that an option of itself is not combined for ever.
        self._through: dict[int, frozenset[int]] = {}
        self._without: dict[int, tuple[Schema, Schema]] = {}
        self._open: set[int] = set()
        self._skipped = 0

    def target(self, schema: Schema) -> Schema:
        """Return the schema that references lead to."""
        name = schema.ref
        if name is None:
            return schema
        seen: set[str] = set()
        while name is not None and name not in seen:
            seen.add(name)
            schema = self._components[name]
            name = schema.ref
        return schema

    def whole(self, schema: Schema) -> Schema:
        """Return a schema without references and parts; its members may have them."""
        target = self.target(schema)
        if not target.all_of:
            return target
        known = self._known.get(id(target))
        if known is not None:
            return known[1]
        # A part that contains the whole adds nothing to it.
        self._open.add(id(target))
        parts = [part for part in target.all_of if id(self.target(part)) not in self._open]
        before = self._skipped
        self._skipped += len(target.all_of) - len(parts)
        made = join([*(self.whole(part) for part in parts), replace(target, all_of=())])
        self._open.discard(id(target))
        made = replace(made, pointer=target.pointer, extensions=target.extensions)
        if self._skipped == before:
            self._known[id(target)] = target, made
        return made

    def choices(self, schema: Schema) -> tuple[Schema, ...]:
        """Return what a whole schema may be: one schema for each combination of its options."""
        if id(schema) not in self._choices:
            self._choices[id(schema)] = schema, self._made_choices(schema)
        return self._choices[id(schema)][1]

    def without_choices(self, schema: Schema) -> Schema:
        """Return a schema without its unions, the same one each time."""
        if id(schema) not in self._without:
            self._without[id(schema)] = schema, replace(schema, any_of=(), one_of=())
        return self._without[id(schema)][1]

    def _made_choices(self, schema: Schema) -> tuple[Schema, ...]:
        unions = [_not_null(union) for union in (schema.any_of, schema.one_of)]
        unions = [union for union in unions if union]
        base = replace(schema, any_of=(), one_of=())
        if not has_shape(base):
            return tuple(option for union in unions for option in union)
        through = self._through.get(id(schema), frozenset({id(schema)}))
        unions = [
            tuple(option for option in union if id(self.target(option)) not in through)
            for union in unions
        ]
        unions = [union for union in unions if any(map(self._adds, union))]
        if not unions:
            return ()
        count = 1
        for union in unions:
            count *= len(union)
        if count > _MOST_CHOICES:
            unions = unions[:1]
        made: list[Schema] = []
        for options in product(*unions):
            made.append(self._combined(base, options))
            self._through[id(made[-1])] = through | {id(self.target(one)) for one in options}
        return tuple(made)

    def _adds(self, option: Schema, seen: frozenset[int] = frozenset()) -> bool:
        """Say whether an option, or one of its own, says what a value looks like."""
        whole, own = self.whole(option), id(self.target(option))
        if own in seen:
            return False
        inner = whole.any_of + whole.one_of
        return has_shape(whole) or any(self._adds(one, seen | {own}) for one in inner)

    def _combined(self, base: Schema, options: tuple[Schema, ...]) -> Schema:
        made = join([base, *(self.whole(option) for option in options)])
        names = [option.ref or option.title for option in options]
        title = " ".join(name for name in names if name)
        own = "".join(option.description for option in options)
        return replace(made, title=title, description=own or base.description)


def has_shape(schema: Schema) -> bool:
    """Say whether a schema, its unions aside, says what a value looks like."""
    has_extra = isinstance(schema.additional_properties, Schema)
    is_listed = schema.enum is not None or schema.const is not MISSING
    kinds = set(schema.types) - {"null", "object"}
    inner = schema.items is not None or schema.prefix_items
    return bool(schema.properties or kinds or is_listed or inner or has_extra or schema.format)


def join(parts: Iterable[Schema]) -> Schema:
    """Return the schema of what all of some whole schemas hold at once; later ones win."""
    found = list(parts)
    properties: dict[str, Schema] = {}
    for part in found:
        for wire, prop in part.properties.items():
            properties[wire] = _narrower(properties[wire], prop) if wire in properties else prop
    last = found[-1]
    unions = [union for part in found for union in (part.any_of, part.one_of) if union]
    unions = [*unions[-2:], (), ()]
    descriptions = [part.description for part in found if part.description]
    prefix_items: tuple[Schema, ...] = _last(found, lambda part: part.prefix_items, ())
    const: MaybeJSON = _last(found, lambda part: part.const, MISSING)
    default: MaybeJSON = _last(found, lambda part: part.default, MISSING)
    return replace(
        last,
        ref=None,
        all_of=(),
        types=_types(found),
        properties=properties,
        required=tuple(dict.fromkeys(name for part in found for name in part.required)),
        items=_last(found, lambda part: part.items, None),
        prefix_items=prefix_items,
        additional_properties=_last(found, lambda part: part.additional_properties, None),
        enum=_last(found, lambda part: part.enum, None),
        const=const,
        any_of=unions[0],
        one_of=unions[1],
        format=_last(found, lambda part: part.format, ""),
        title=last.title,
        description=last.description or (descriptions[0] if len(descriptions) == 1 else ""),
        default=default,
        constraints={key: value for part in found for key, value in part.constraints.items()},
        deprecated=last.deprecated,
        read_only=any(part.read_only for part in found),
        write_only=any(part.write_only for part in found),
    )


def _last(parts: list[Schema], get: Callable[[Schema], _T], nothing: _T) -> _T:
    """Return what the last part says that says anything."""
    return next((got for part in reversed(parts) if (got := get(part)) != nothing), nothing)


def _types(parts: list[Schema]) -> tuple[str, ...]:
    """Return the types that all parts allow; where there is none, those of the last."""
    given = [part.types for part in parts if part.types]
    found = given[0] if given else ()
    for types in given[1:]:
        both = tuple(name for name in found if name in types)
        if {"number", "integer"} <= {*found, *types} and "integer" not in both:
            both = (*both, "integer")
        found = both or types
    return found


def _narrower(first: Schema, second: Schema) -> Schema:
    """Return which of two schemas of one member says more; the later when both do."""
    is_listed = first.enum is not None or first.const is not MISSING
    says_more = is_listed and second.enum is None and second.const is MISSING
    if second.ref is None and not second.all_of + second.any_of + second.one_of:
        is_bare = not has_shape(second) and set(second.types) <= set(first.types)
        if is_bare or (says_more and set(second.types) <= {*first.types, "string"}):
            return replace(
                first,
                description=second.description or first.description,
                read_only=first.read_only or second.read_only,
                write_only=first.write_only or second.write_only,
            )
    return second


def _not_null(union: tuple[Schema, ...]) -> tuple[Schema, ...]:
    return tuple(option for option in union if option.types != ("null",))
