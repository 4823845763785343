"""Schemas to types: what a value is in Python."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Final, cast

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.document import MISSING, Document, Schema
from brokerspec.formats import annotation
from brokerspec.naming import (
    RESERVED_CLASSES,
    Names,
    class_name,
    first_free,
    pascal,
    snake,
    unique,
)
from brokerspec.schema_defaults import short
from brokerspec.schema_defaults import written as written_default
from brokerspec.schema_directions import Directions, in_component
from brokerspec.schema_merge import Merger, has_shape
from brokerspec.schema_unions import Children, one_of
from brokerspec.schema_values import (
    ANY,
    PLAIN,
    field_name,
    is_listing,
    is_model,
    kinds_of,
    listed,
    listing,
    nullable,
    of_string,
    origin_of,
    plain,
    titled,
    with_empty,
    written,
)
from brokerspec.stand_ins import OTHERS, needs_stand_in
from brokerspec.tree import Pointer

_OTHERS_ARE: Final = "Members that the document does not name, by their names."
# Lists of lists and names of names; what is deeper is no one's document.
_DEEPEST = 40


class Types:
    """Turn schemas into types, collecting the models and enums that they name."""

    def __init__(self, document: Document) -> None:
        self._document = document
        wanted = {
            wire: class_name(wire, schema.extensions.get("x-python-name"))
            for wire, schema in document.schemas.items()
        }
        # Functions are named after classes in lower case, so that must differ too.
        self._taken = Names(RESERVED_CLASSES, key=snake)
        self._names = {wire: self._taken.claim(name) for wire, name in wanted.items()}
        self._merger = Merger(document.schemas)
        self._children = Children(document.schemas, self._merger)
        self._is_sent = False
        self._owner = ""
        self._sent: Types | None = None
        self._sent_names: dict[str, str] = {}
        self._directions = Directions(document.schemas, self._children)
        self._inline: dict[tuple[object, ...], str] = {}
        self._expanding: set[str] = set()
        self._making: dict[int, str] = {}
        self._recursive: set[str] = set()
        self.models: dict[str, ir.Model] = {}
        self.enums: dict[str, ir.Enum] = {}
        self.warnings: list[Diagnostic] = []
        self._warned: set[Diagnostic] = set()

    def encoded(self) -> Names:
        """Return the names of classes, which the functions that write them are named after."""
        return self._taken

    def as_sent(self) -> Types:
        """Return these types as requests have them: without members that only answers have."""
        if self._sent is None:
            self._sent = copy.copy(self)
            self._sent._is_sent = True
        return self._sent

    def taken_by(self, owner: str) -> None:
        """Say whose arguments come next: of two kinds of one name, the second has its too."""
        self._owner = owner

    def of(self, schema: Schema, hint: str) -> ir.TypeRef:
        """Return the type of a schema; `hint` names it when it has no name of its own."""
        if (scalar := plain(schema)) is not None:
            return scalar
        only = self._only_part(schema)
        if only is not None:
            made = self.of(only, hint)
            return nullable(made, is_nullable=schema.is_nullable)
        if schema.ref is not None:
            kind = self._of_reference(schema, hint)
            is_nullable = False
        else:
            whole = self._merger.whole(schema)
            kind = self._bare(whole, hint)
            is_nullable = whole.is_nullable or None in (whole.enum or ())
        bare = kind.of if isinstance(kind, ir.Nullable) else kind
        empty = with_empty(bare, tuple(self.extension(schema, "x-empty", [])))
        return nullable(empty, is_nullable=is_nullable or isinstance(kind, ir.Nullable))

    def _only_part(self, schema: Schema) -> Schema | None:
        """Return the part of a schema that says all there is to say; the others are notes."""
        if not schema.all_of or has_shape(schema) or schema.any_of or schema.one_of:
            return None
        parts = [part for part in schema.all_of if part.ref or part.children or has_shape(part)]
        shaped = [part for part in parts if part.ref is None or self._says_something(part)]
        adds = any(part.required for part in (schema, *schema.all_of) if part.ref is None)
        return shaped[0] if len(shaped) == 1 and (not adds or shaped[0].ref is None) else None

    def _says_something(self, schema: Schema) -> bool:
        whole = self._merger.whole(schema)
        return has_shape(whole) or bool(whole.children or whole.types)

    def target(self, schema: Schema) -> Schema:
        """Return the schema that references lead to, its parts merged into one.

        One whose members are not all that there is to it keeps its choices.
        """
        whole = self._merger.whole(schema)
        if whole.properties and (whole.any_of or whole.one_of):
            return whole if self._merger.choices(whole) else self._merger.without_choices(whole)
        return whole

    def extension(self, schema: Schema, key: str, default: list[object]) -> list[object]:
        """Return a list-valued extension, from the reference or what it refers to."""
        found = schema.extensions.get(key)
        if found is None:
            found = self._merger.target(schema).extensions.get(key)
        return default if found is None else cast("list[object]", found)

    def description(self, schema: Schema) -> str:
        """Return the description beside a reference, or that of what it refers to."""
        said = schema.description or self._merger.whole(schema).description
        return f"Deprecated. {said}".strip() if schema.deprecated else said

    def class_of(self, schema: Schema) -> str:
        """Return what the class of a component is called, nothing for any other schema."""
        return "" if schema.ref is None else self._names[schema.ref]

    def members(self, schema: Schema) -> tuple[dict[str, Schema], set[str]]:
        """Return the properties of an object, and which must be there.

        A request has no members that only answers have, an answer none that only
        requests have.
        """
        whole = self._merger.whole(schema)
        kept = {
            wire: prop for wire, prop in whole.properties.items() if not self._is_elsewhere(prop)
        }
        return kept, {name for name in whole.required if name in kept}

    def _is_elsewhere(self, prop: Schema) -> bool:
        target = self._merger.target(prop)
        if self._is_sent:
            return prop.read_only or target.read_only
        return prop.write_only or target.write_only

    def _of_reference(self, schema: Schema, hint: str) -> ir.TypeRef:
        name = cast("str", schema.ref)
        target = self._document.schemas[name]
        children = self._children.of(name)
        if children is not None and name not in self._expanding:
            return self._guarded(name, schema, lambda: self._polymorphic(name, children))
        whole = self.target(target)
        has_class = target.ref is None and self._only_part(target) is None
        if has_class and (is_model(whole) or is_listing(whole)):
            own = self._own_name(name, whole)
            self._declare(own, self._names[name], whole)
            secret = schema.extensions.get("x-secret") is True
            made = ir.Scalar("Secret") if secret else self._named(own)
            return nullable(made, is_nullable=whole.is_nullable or None in (whole.enum or ()))
        return self._guarded(name, schema, lambda: self.of(target, self._names[name]))

    def _guarded(self, name: str, schema: Schema, make: Callable[[], ir.TypeRef]) -> ir.TypeRef:
        """Return the type that is made of a component, Any where it is made of itself."""
        if name in self._expanding or len(self._expanding) > _DEEPEST:
            message = f"{name!r} is made of itself with no object between: it is typed Any there"
            if name not in self._expanding:
                message = f"{name!r} stands too deep in other schemas: it is typed Any there"
            self.report("untyped-recursion", schema.pointer, message)
            return ANY
        self._expanding.add(name)
        made = make()
        self._expanding.discard(name)
        return made

    def _own_name(self, wire: str, schema: Schema) -> str:
        """Return the class of a component; what is sent has another when it is not the same."""
        if not self._is_sent or is_listing(schema) or not self._directions.differs(wire):
            return self._names[wire]
        if wire not in self._sent_names:
            self._sent_names[wire] = self._taken.claim(f"{self._names[wire]}Input")
        return self._sent_names[wire]

    def _declare(self, name: str, hint: str, schema: Schema) -> None:
        if name in self.models or name in self.enums:
            return
        if is_listing(schema):
            self.enums[name] = listing(name, schema)
            return
        # What stands in a component belongs to no one who takes it.
        owner, self._owner = self._owner, ""
        self._fill(name, hint, schema)
        self._owner = owner

    def _directed(self, hint: str, schema: Schema) -> str:
        """Return a name for what is made of a schema, for requests another where they differ."""
        is_same = not self._is_sent or not in_component(schema)
        return hint if is_same or not self._directions.differs_inside(schema) else f"{hint}Input"

    def _named(self, name: str) -> ir.Named:
        return ir.Named(name, is_number=name in self.enums and self.enums[name].is_number)

    def _fill(self, name: str, hint: str, schema: Schema) -> ir.Model:
        # A class may contain itself, so what was made of itself outside of it begins anew.
        self.models[name] = ir.Model(name, schema.description, ())
        outside, self._expanding = self._expanding, set()
        fields = self._fields(hint, schema)
        others = self.others(hint, schema, [field.name for field in fields])
        self._expanding = outside
        wires = {field.wire for field in fields} if others else schema.properties
        unseen = tuple(wire for wire in schema.properties if wire not in wires)
        origin = origin_of(schema.extensions)
        is_apart = any(needs_stand_in(field.wire) for field in fields)
        made = ir.Model(name, schema.description, fields, origin, others, unseen, is_apart)
        self.models[name] = made
        return made

    def _bare(self, schema: Schema, hint: str) -> ir.TypeRef:
        """Return the type of a whole schema, leaving out whether it may be null."""
        if schema.extensions.get("x-secret") is True:
            return ir.Scalar("Secret")
        if isinstance(schema.extensions.get("x-type"), str):
            return written(schema, cast("str", schema.extensions["x-type"]))
        if schema.any_of or schema.one_of:
            choices = self._merger.choices(schema)
            if choices:
                return self._union(choices, schema, hint)
            schema = self._merger.without_choices(schema)
        if is_model(schema) or is_listing(schema):
            name = "EmptyText" if listed(schema) == ("",) else titled(schema, hint) or hint
            return self._named(self._of_inline(name, schema))
        kinds = kinds_of(schema)
        made = [self._of_kind(kind, schema, hint) for kind in kinds]
        if len(made) == 1:
            return made[0]
        return one_of(made, self._directed(hint, schema)) if made else ANY

    def _of_inline(self, hint: str, schema: Schema) -> str:
        """Return the class of a schema without a name; equal ones of one hint share theirs."""
        if id(schema) in self._making:
            self._recursive.add(self._making[id(schema)])
            return self._making[id(schema)]
        if is_listing(schema):
            return self._of_listing(hint, schema)
        own = self._directed(hint, schema)
        wanted = self._wanted(own)
        name = self._taken.claim(wanted)
        self._making[id(schema)] = name
        model = self._fill(name, hint, schema)
        del self._making[id(schema)]
        if name in self._recursive:
            return name
        facts = (own, model.description, model.members, model.unseen)
        known = self._inline.setdefault(facts, name)
        if known != name:
            del self.models[name]
            self._taken.release(name, wanted)
        return known

    def _of_listing(self, hint: str, schema: Schema) -> str:
        enum = listing(hint, schema)
        facts = (hint, enum.description, enum.members)
        if facts not in self._inline:
            name = self._inline[facts] = self._taken.claim(self._wanted(hint))
            self.enums[name] = replace(enum, name=name)
        return self._inline[facts]

    def _wanted(self, hint: str) -> str:
        return f"{self._owner}{hint}" if self._owner and self._taken.has(hint) else hint

    def _of_kind(self, kind: str, schema: Schema, hint: str) -> ir.TypeRef:
        if kind == "array":
            if schema.prefix_items:
                return ir.TupleOf(
                    tuple(self.of(item, f"{hint}Item") for item in schema.prefix_items)
                )
            return ir.ListOf(self.of(schema.items, f"{hint}Item") if schema.items else ANY)
        if kind == "object":
            extra = schema.additional_properties
            return ir.MapOf(self.of(extra, f"{hint}Value") if isinstance(extra, Schema) else ANY)
        return of_string(schema) if kind == "string" else PLAIN[kind]

    def _union(self, choices: tuple[Schema, ...], schema: Schema, hint: str) -> ir.TypeRef:
        made: list[ir.TypeRef] = []
        by_name: dict[str, ir.TypeRef] = {}
        classes = [choice for choice in choices if self._needs_class(choice)]
        for index, choice in enumerate(choices, start=1):
            is_only = len(choices) == 1 or (len(classes) == 1 and classes[0] is choice)
            kind = self.of(choice, hint if is_only else f"{hint}{index}")
            made.append(kind)
            if choice.ref is not None:
                by_name[choice.ref] = kind.of if isinstance(kind, ir.Nullable) else kind
        tag, mapping = self._children.mapping(schema, by_name)
        return one_of(made, self._directed(hint, schema), tag, mapping)

    def _needs_class(self, choice: Schema) -> bool:
        """Say whether an option of a union becomes a class that is named after the union."""
        if choice.ref is not None:
            return False
        whole = self._merger.whole(choice)
        return is_model(whole) or (is_listing(whole) and listed(whole) != ("",))

    def _polymorphic(self, name: str, children: tuple[str, ...]) -> ir.TypeRef:
        """Return what a base class with a discriminator stands for: one of its children."""
        made = {child: self._of_reference(_reference(child), child) for child in children}
        made[name] = self._of_reference(_reference(name), name)
        base = self._merger.whole(self._document.schemas[name])
        tag, mapping = self._children.mapping(base, made)
        union = self._directed(self._names[name], _reference(name))
        return one_of(list(made.values()), union, tag, mapping)

    def _fields(self, owner: str, schema: Schema) -> tuple[ir.Field, ...]:
        properties, required = self.members(schema)
        names = unique({wire: field_name(wire, prop) for wire, prop in properties.items()})
        types = {wire: self.of(prop, f"{owner}{pascal(wire)}") for wire, prop in properties.items()}
        return tuple(
            ir.Field(
                wire,
                names[wire],
                types[wire],
                wire in required,
                self.description(prop),
                origin_of(prop.extensions),
                "" if wire in required else self.default(prop, types[wire]),
            )
            for wire, prop in properties.items()
        )

    def default(self, schema: Schema, type_: ir.TypeRef) -> str:
        """Return what the server assumes where a value is left out; report a wrong one."""
        found = schema.default
        if found is MISSING and (schema.ref is not None or schema.all_of):
            found = self._merger.whole(schema).default
        if found is MISSING:
            return ""
        made = written_default(type_, found, self.enums)
        if made is None:
            kind = annotation(type_)
            message = f"the default {short(found)} is not shown: it is no {kind}"
            self.report("unsupported-node", (*schema.pointer, "default"), message)
        return made or ""

    def others(self, owner: str, schema: Schema, taken: Iterable[str]) -> ir.Field | None:
        """Return what holds the members that a document lets stand beside those it names."""
        extra = schema.additional_properties
        if extra is None or extra is False:
            return None
        kind = self.of(extra, f"{owner}Value") if isinstance(extra, Schema) else ANY
        said = self.description(extra) if isinstance(extra, Schema) else ""
        name = first_free("additional_properties", taken)
        return ir.Field(OTHERS, name, ir.MapOf(kind), False, f"{_OTHERS_ARE} {said}".strip())

    def declare(self, hint: str, description: str, fields: tuple[ir.Field, ...]) -> str:
        """Make a class of members that no schema lists, and return its name."""
        name = self._taken.claim(hint)
        self.models[name] = ir.Model(name, description, fields)
        return name

    def report(self, code: str, pointer: Pointer, message: str) -> None:
        """Note what is typed less well than the document says."""
        where = self._document.where(pointer)
        found = Diagnostic(Severity.WARNING, code, where, message)
        if found not in self._warned:
            self._warned.add(found)
            self.warnings.append(found)


def _reference(name: str) -> Schema:
    return Schema(("components", "schemas", name), ref=name)


__all__ = ["ANY", "MISSING", "Types", "field_name", "is_listing", "is_model", "origin_of"]
