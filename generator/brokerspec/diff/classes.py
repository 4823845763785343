"""How the models and enums of a client changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from brokerspec import ir
from brokerspec.diff.arguments import written
from brokerspec.diff.change import BREAKING, COMPATIBLE, Level, Log
from brokerspec.diff.pairs import closest, renames
from brokerspec.diff.types import Names, fits, is_secret, read_as, renamed, shown
from brokerspec.models import parts


@dataclass(frozen=True, slots=True)
class Uses:
    """Which models callers make and which they are given."""

    sent: frozenset[str]
    received: frozenset[str]


def uses_of(api: ir.Api) -> Uses:
    """Return the models that arguments and those that answers are made of."""
    models = {model.name: model for model in api.models}
    given = [one.type for operation in api.operations for one in operation.arguments]
    answers = [kind for operation in api.operations for kind in operation.received]
    headed = [ir.Named(one.model) for operation in api.operations for one in operation.headed]
    return Uses(_reached(given, models), _reached([*answers, *headed], models))


def class_renames(old: ir.Api, new: ir.Api) -> dict[str, str]:
    """Return the new names of models and enums."""
    models = _missing(old.models, new.models), _missing(new.models, old.models)
    enums = _missing_enums(old.enums, new.enums), _missing_enums(new.enums, old.enums)
    return renames(*models, (_shape, _wires)) | renames(*enums, (_values,))


def compare_classes(old: ir.Api, new: ir.Api, names: Names, log: Log) -> None:
    """Note how models and enums changed, and their fields and values."""
    _come_and_go("model", [m.name for m in old.models], [m.name for m in new.models], names, log)
    _come_and_go("enum", [e.name for e in old.enums], [e.name for e in new.enums], names, log)
    uses = uses_of(new)
    models = {model.name: model for model in new.models}
    for model in old.models:
        other = models.get(names.get(model.name, model.name))
        if other is not None:
            _Fields(model, other, names, uses, log).compare()
    enums = {enum.name: enum for enum in new.enums}
    for enum in old.enums:
        twin = enums.get(names.get(enum.name, enum.name))
        if twin is not None:
            _compare_enum(enum, twin, log)


def _reached(types: Iterable[ir.TypeRef], models: Mapping[str, ir.Model]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [part for type_ in types for part in parts(type_)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ir.Named) and part.name in models and part.name not in found:
            found.add(part.name)
            waiting += [inner for field in models[part.name].members for inner in parts(field.type)]
    return frozenset(found)


def _missing(one: Iterable[ir.Model], other: Iterable[ir.Model]) -> dict[str, ir.Model]:
    known = {model.name for model in other}
    return {model.name: model for model in one if model.name not in known}


def _missing_enums(one: Iterable[ir.Enum], other: Iterable[ir.Enum]) -> dict[str, ir.Enum]:
    known = {enum.name for enum in other}
    return {enum.name: enum for enum in one if enum.name not in known}


def _shape(model: ir.Model) -> Hashable:
    """Return the fields of a model; one that refers to itself does so under any name."""
    own = {model.name: "Self"}
    return tuple((f.wire, f.name, renamed(f.type, own), f.is_required) for f in model.members)


def _wires(model: ir.Model) -> Hashable | None:
    return frozenset(field.wire for field in model.fields) or None


def _values(enum: ir.Enum) -> Hashable:
    return frozenset(member.value for member in enum.members)


def _come_and_go(
    what: str, before: Iterable[str], after: Iterable[str], names: Names, log: Log
) -> None:
    old, new = list(before), list(after)
    for name in old:
        if name in names:
            now = names[name]
            message = f"the {what} `{name}` is called `{now}`"
            log.add(
                f"{what}-renamed",
                BREAKING,
                name,
                message,
                before=name,
                after=now,
                new_place=now,
                hint=f"import `{now}` instead of `{name}`",
            )
        elif name not in new:
            message = f"there is no {what} `{name}` any more"
            log.add(f"{what}-removed", BREAKING, name, message, before=name)
    for name in new:
        if name not in old and name not in names.values():
            message = f"there is {'an' if what[0] == 'e' else 'a'} {what} `{name}`"
            log.add(f"{what}-added", COMPATIBLE, name, message, after=name)


class _Fields:
    """The fields of one model, old and new."""

    def __init__(self, old: ir.Model, new: ir.Model, names: Names, uses: Uses, log: Log) -> None:
        self.old, self.new, self.names, self.log = old, new, names, log
        self.is_sent = new.name in uses.sent
        self.is_received = new.name in uses.received or not self.is_sent

    def compare(self) -> None:
        """Note how the model changed."""
        before = {field.name: field for field in self.old.members}
        after = {field.name: field for field in self.new.members}
        moved = self.renames(before, after)
        for name in before:
            if name in moved:
                self.renamed(name, moved[name])
            elif name not in after:
                message = f"`{self.new.name}` has no field `{name}` any more"
                self.add("field-removed", BREAKING, name, name, message, before=name)
        for name, field in after.items():
            if name not in before and name not in moved.values():
                self.added(field)
        for name, field in before.items():
            other = after.get(moved.get(name, name))
            if other is not None:
                self.field(field, other)
        self.log.document(
            self.new.name,
            "the documentation",
            (self.old.description, self.old.origin),
            (self.new.description, self.new.origin),
            old_place=self.old.name,
        )

    def renames(
        self, before: Mapping[str, ir.Field], after: Mapping[str, ir.Field]
    ) -> dict[str, str]:
        """Return the new names of fields: the same wire name, or alike and of one type."""
        removed = {name: field for name, field in before.items() if name not in after}
        added = {name: field for name, field in after.items() if name not in before}
        found = renames(removed, added, [lambda field: field.wire])
        left = {name: field for name, field in removed.items() if name not in found}
        free = {name: field for name, field in added.items() if name not in found.values()}
        return found | closest(left, free, lambda a, b: renamed(a.type, self.names) == b.type)

    def add(
        self,
        kind: str,
        level: Level,
        old: str,
        new: str,
        message: str,
        *,
        before: str = "",
        after: str = "",
        hint: str = "",
    ) -> None:
        """Note a change of one field."""
        self.log.add(
            kind,
            level,
            f"{self.new.name}.{new}",
            message,
            before=before,
            after=after,
            hint=hint,
            old_place=f"{self.old.name}.{old}",
        )

    def renamed(self, name: str, now: str) -> None:
        """Note that a field has another name."""
        model = self.new.name
        message = f"the field `{model}.{name}` is called `{now}`"
        hint = f"read `.{now}` instead of `.{name}`"
        self.add("field-renamed", BREAKING, name, now, message, before=name, after=now, hint=hint)

    def added(self, field: ir.Field) -> None:
        """Note a new field: who makes such models must give it when it is required."""
        text = shown(field.type, may_be_none=not field.is_required)
        is_breaking = self.is_sent and field.is_required
        message = f"`{self.new.name}` has a field `{field.name}: {text}`"
        hint = f"every `{self.new.name}` that is sent has to be given it" if is_breaking else ""
        level = BREAKING if is_breaking else COMPATIBLE
        self.add("field-added", level, field.name, field.name, message, after=text, hint=hint)

    def field(self, old: ir.Field, new: ir.Field) -> None:
        """Note how one field changed that both models have."""
        first = renamed(old.type, self.names)
        subject = f"{self.new.name}.{new.name}"
        if old.is_required != new.is_required:
            self.requirement(old, new)
        may_be_none = not (old.is_required and new.is_required)
        before = read_as(first, may_be_none=may_be_none)
        after = read_as(new.type, may_be_none=may_be_none)
        texts = shown(first), shown(new.type)
        secrets = is_secret(first), is_secret(new.type)
        if secrets[0] != secrets[1] and before != after:
            kind = "field-now-secret" if secrets[1] else "field-no-longer-secret"
            message = f"`{subject}` is `{texts[1]}` instead of `{texts[0]}`"
            hint = "`.reveal()` gives its text" if secrets[1] else "it is plain text now"
            self.add(
                kind, BREAKING, old.name, new.name, message,
                before=texts[0], after=texts[1], hint=hint,
            )  # fmt: skip
        elif before != after:
            is_good = (not self.is_received or fits(after, before)) and (
                not self.is_sent or fits(before, after)
            )
            message = f"`{subject}` is `{texts[1]}` instead of `{texts[0]}`"
            self.add(
                "field-type-changed", COMPATIBLE if is_good else BREAKING, old.name, new.name,
                message, before=texts[0], after=texts[1],
            )  # fmt: skip
        elif (old.wire, first) != (new.wire, new.type):
            ways = [
                f"`{wire}`: {written(kind)}"
                for wire, kind in ((old.wire, first), (new.wire, new.type))
            ]
            message = f"`{subject}` stands in JSON as {ways[1]} instead of {ways[0]}"
            self.add(
                "field-encoding-changed", COMPATIBLE, old.name, new.name, message,
                before=ways[0], after=ways[1],
            )  # fmt: skip
        self.log.document(
            subject,
            "the description",
            (old.description, old.origin, old.default),
            (new.description, new.origin, new.default),
            old_place=f"{self.old.name}.{old.name}",
        )

    def requirement(self, old: ir.Field, new: ir.Field) -> None:
        """Note that a field must or need no longer be there."""
        texts = [shown(f.type, may_be_none=not f.is_required) for f in (old, new)]
        subject = f"{self.new.name}.{new.name}"
        if new.is_required:
            kind, message = "field-now-required", f"`{subject}` is always there"
            is_breaking = self.is_sent
        else:
            kind, message = "field-now-optional", f"`{subject}` may be absent, which is `None`"
            # Where null was allowed before, whoever reads it had to think of None already.
            is_breaking = self.is_received and ("None",) not in read_as(old.type)
        level = BREAKING if is_breaking else COMPATIBLE
        self.add(kind, level, old.name, new.name, message, before=texts[0], after=texts[1])


def _compare_enum(old: ir.Enum, new: ir.Enum, log: Log) -> None:
    before = {member.name: member for member in old.members}
    after = {member.name: member for member in new.members}
    moved = renames(
        {name: member for name, member in before.items() if name not in after},
        {name: member for name, member in after.items() if name not in before},
        [lambda member: member.value],
    )
    for kind, level, name, other in _enum_changes(before, after, moved):
        was, now = before.get(name), after.get(other)
        texts = [f"{m.name} = {m.value!r}" if m else "" for m in (was, now)]
        said = {
            "enum-value-added": f"`{new.name}` lists {texts[1]}",
            "enum-value-removed": f"`{new.name}` no longer lists {texts[0]}",
            "enum-value-renamed": f"`{new.name}.{name}` is called `{other}`",
            "enum-value-changed": f"`{new.name}.{name}` stands for {now.value if now else ''!r}"
            f" instead of {was.value if was else ''!r}",
        }
        log.add(
            kind, level, f"{new.name}.{other}", said[kind], before=texts[0], after=texts[1],
            old_place=f"{old.name}.{name}",
        )  # fmt: skip
    for name, member in before.items():
        twin = after.get(moved.get(name, name))
        if twin is not None:
            subject = f"{new.name}.{twin.name}"
            log.document(subject, "the description", member.description, twin.description)
    log.document(
        new.name,
        "the documentation",
        (old.description, old.origin),
        (new.description, new.origin),
        old_place=old.name,
    )


def _enum_changes(
    before: Mapping[str, ir.Member], after: Mapping[str, ir.Member], moved: Names
) -> Iterator[tuple[str, Level, str, str]]:
    """Yield kind, level, old name and new name of every change of the values."""
    for name, member in before.items():
        if name in moved:
            yield "enum-value-renamed", BREAKING, name, moved[name]
        elif name not in after:
            yield "enum-value-removed", BREAKING, name, name
        elif after[name].value != member.value:
            yield "enum-value-changed", BREAKING, name, name
    for name in after:
        if name not in before and name not in moved.values():
            yield "enum-value-added", COMPATIBLE, name, name
