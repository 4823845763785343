"""What a method is given: its arguments, and everything else of its request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.diff.change import BREAKING, COMPATIBLE, Log
from brokerspec.diff.pairs import closest, renames
from brokerspec.diff.types import Names, given_as, is_secret, renamed, taken, widens


@dataclass(frozen=True, slots=True)
class Given:
    """An argument, the place of the request that it fills and whether it may be left out.

    One that `part` names is a header which that part of the body is not sent without.
    """

    argument: ir.Argument
    place: str
    may_be_none: bool
    part: str = ""

    @property
    def text(self) -> str:
        """The argument's type as it is declared."""
        return taken(self.argument.type, may_be_none=self.may_be_none)


@dataclass(frozen=True, slots=True)
class Filled:
    """Everything that a request is filled with, by its place."""

    arguments: Mapping[str, Given]
    constants: Mapping[str, str]
    settings: Mapping[str, str]


def filled(operation: ir.Operation) -> Filled:
    """Return what fills the request of an operation."""
    own_id = operation.correlation.argument if operation.correlation else ""
    arguments: dict[str, Given] = {}
    constants: dict[str, str] = {}
    settings = {f"{a.place} {a.name}": a.setting for a in operation.attachments}
    for number, group in enumerate(operation.alternatives, 1):
        names = " and ".join(f"{a.place} {a.name} {a.setting}" for a in group)
        settings[f"alternative {number}"] = names or "nothing"
    parts = _needing(operation)
    for place, filling in _fillings(operation):
        match filling:
            case ir.Constant(value=value):
                constants[place] = repr(value)
            case ir.FromSetting(setting=setting):
                settings[place] = setting
            case ir.Argument(name=name, is_required=is_required):
                may_be_none = not is_required or name == own_id
                arguments[name] = Given(filling, place, may_be_none, parts.get(place, ""))
    return Filled(arguments, constants, settings)


def signature(operation: ir.Operation) -> tuple[object, ...]:
    """Return what calling code sees of a method."""
    given = filled(operation).arguments
    parameters = sorted((name, one.text) for name, one in given.items())
    return (*parameters, operation.returns)


def compare_arguments(old: ir.Operation, new: ir.Operation, names: Names, log: Log) -> None:
    """Note how the arguments of a method changed."""
    before, after = filled(old).arguments, filled(new).arguments
    removed = {name: one for name, one in before.items() if name not in after}
    added = {name: one for name, one in after.items() if name not in before}
    moved = renames(removed, added, [lambda one: one.place])

    def is_same(one: Given, two: Given) -> bool:
        return renamed(one.argument.type, names) == two.argument.type

    moved |= closest(
        {name: one for name, one in removed.items() if name not in moved},
        {name: one for name, one in added.items() if name not in moved.values()},
        is_same,
    )
    for name, one in removed.items():
        _gone(old.name, new.name, name, one, moved.get(name, ""), log)
    for name, one in added.items():
        if name not in moved.values():
            sent = any(given.place == f"body {one.part}" for given in before.values())
            _come(new.name, name, one, log, is_asked=bool(one.part) and sent)
    for name, one in before.items():
        other = after.get(moved.get(name, name))
        if other is not None:
            _compare(old.name, new.name, one, other, names, log)


def compare_request(old: ir.Operation, new: ir.Operation, log: Log) -> None:
    """Note what else a request is made of: its form, constants and credentials."""
    before, after = filled(old), filled(new)
    forms = [operation.body.kind if operation.body else "none" for operation in (old, new)]
    if forms[0] != forms[1]:
        message = f"`{new.name}` sends its body as {forms[1]} instead of {forms[0]}"
        log.add(
            "request-format-changed",
            COMPATIBLE,
            new.name,
            message,
            before=forms[0],
            after=forms[1],
            old_place=old.name,
        )
    written = _written(old), _written(new)
    if written[0] != written[1]:
        texts = _differing(written[0], written[1]), _differing(written[1], written[0])
        log.add(
            "request-format-changed",
            COMPATIBLE,
            new.name,
            f"`{new.name}` writes {texts[1]} instead of {texts[0]}",
            before=texts[0],
            after=texts[1],
            old_place=old.name,
        )
    for kind, what, one, two in (
        ("request-constant-changed", "constant", before.constants, after.constants),
        ("credential-use-changed", "setting", before.settings, after.settings),
    ):
        if one != two:
            texts = _differing(one, two), _differing(two, one)
            log.add(
                kind,
                COMPATIBLE,
                new.name,
                f"`{new.name}` sends the {what} {texts[1]} instead of {texts[0]}",
                before=texts[0],
                after=texts[1],
                old_place=old.name,
            )


def _differing(one: Mapping[str, str], two: Mapping[str, str]) -> str:
    """Return what fills places that the other request fills with something else."""
    listed = [f"{value} as {place}" for place, value in one.items() if two.get(place) != value]
    return ", ".join(listed) or "none"


def _written(operation: ir.Operation) -> dict[str, str]:
    """Return how each place of a request is written, and where it is sent."""
    found = {"server": operation.server} if operation.server else {}
    if operation.body is not None:
        # The kind of a body is compared on its own.
        need = "required" if operation.body.is_required else "optional"
        found["body"] = ", ".join(part for part in (operation.body.media_type, need) if part)
        if isinstance(operation.body.body, ir.Body):
            found |= _styles("body", operation.body.body.slots)
    for name, slots in _parameters(operation):
        found |= _styles(name, slots)
    return found


def _styles(place: str, slots: Iterable[ir.Slot | ir.PartHeader]) -> dict[str, str]:
    found: dict[str, str] = {}
    for slot in slots:
        if slot.style is not None:
            own, bare = f"{place} {slot.wire}", replace(slot.style, headers=())
            # One that has headers is written as it would be without a style.
            if not slot.style.headers or bare != ir.Style("plain"):
                found[own] = _shown(slot.style)
            found |= _styles(f"{own} header", slot.style.headers)
    return found


def _shown(style: ir.Style) -> str:
    """Return how a value is written, but for the headers of its part."""
    marks = [style.name, "exploded" if style.explode else "", "reserved" if style.reserved else ""]
    marks += ["" if style.media_type == "application/json" else style.media_type]
    return " ".join(mark for mark in marks if mark)


def _needing(operation: ir.Operation) -> dict[str, str]:
    """Return the parts of a body that are not sent without a header, by the place of that."""
    body = operation.body.body if operation.body else None
    return {
        f"body {slot.wire} header {header.wire}": slot.wire
        for slot in (body.slots if isinstance(body, ir.Body) else ())
        for header in (slot.style.headers if slot.style else ())
        if header.is_required
    }


def _parameters(operation: ir.Operation) -> Iterator[tuple[str, tuple[ir.Slot, ...]]]:
    yield "path", operation.path_slots
    yield "query", operation.query_slots
    yield "header", operation.header_slots
    yield "cookie", operation.cookie_slots


def _fillings(operation: ir.Operation) -> Iterator[tuple[str, ir.Filling]]:
    """Yield what fills each place of a request; a body is one place below another."""
    for name, slots in _parameters(operation):
        yield from _inside(name, ir.Body(slots))
    if operation.body is not None:
        yield from _inside("body", operation.body.body)


def _inside(place: str, part: ir.Filling | ir.Body) -> Iterator[tuple[str, ir.Filling]]:
    if not isinstance(part, ir.Body):
        yield place, part
        return
    for slot in part.slots:
        yield from _inside(f"{place} {slot.wire}", slot.filling)
        for header in slot.style.headers if slot.style else ():
            yield f"{place} {slot.wire} header {header.wire}", header.filling
    if part.others is not None:
        yield f"{place} *", part.others


def _gone(before: str, after: str, name: str, one: Given, now: str, log: Log) -> None:
    subject = f"{after}({name})"
    place = f"{before}({name})"
    if not now:
        message = f"`{after}` no longer takes `{name}`"
        log.add("argument-removed", BREAKING, subject, message, before=one.text, old_place=place)
        return
    message = f"`{after}` takes `{now}` instead of `{name}`"
    log.add(
        "argument-renamed",
        BREAKING,
        subject,
        message,
        before=name,
        after=now,
        old_place=place,
        new_place=f"{after}({now})",
        hint=f"write `{now}=` where calls say `{name}=`",
    )


def _come(method: str, name: str, one: Given, log: Log, *, is_asked: bool) -> None:
    """Note a new argument; one that `is_asked` goes with a part that could be sent without."""
    level = COMPATIBLE if one.may_be_none and not is_asked else BREAKING
    message = f"`{method}` takes `{name}: {one.text}`"
    hint = "" if one.may_be_none else f"every call of `{method}` has to give it"
    if is_asked and one.may_be_none:
        hint = f"every call of `{method}` that sends the part {one.part!r} has to give it"
    if hint:
        message = f"`{method}` needs `{name}: {one.text}`"
    subject = f"{method}({name})"
    log.add("argument-added", level, subject, message, after=one.text, hint=hint)


def _compare(before: str, after: str, one: Given, two: Given, names: Names, log: Log) -> None:
    """Note how one argument changed that both methods have."""
    subject = f"{after}({two.argument.name})"
    place = f"{before}({one.argument.name})"
    if one.may_be_none != two.may_be_none:
        is_easier = two.may_be_none
        log.add(
            "argument-now-optional" if is_easier else "argument-now-required",
            COMPATIBLE if is_easier else BREAKING,
            subject,
            f"`{after}` {'no longer needs' if is_easier else 'now needs'} `{two.argument.name}`",
            before=one.text,
            after=two.text,
            old_place=place,
        )
    elif one.part != two.part:
        _needed(after, subject, place, one, two, log)
    _compare_types(subject, place, one, two, names, log)
    log.document(
        subject,
        "the description",
        _documented(one.argument),
        _documented(two.argument),
        old_place=place,
    )


def _needed(method: str, subject: str, place: str, one: Given, two: Given, log: Log) -> None:
    """Note that a part of a body is sent only with a header that may be left out otherwise."""
    part = two.part or one.part
    verb = "now needs" if two.part else "no longer needs"
    log.add(
        "argument-now-required" if two.part else "argument-now-optional",
        BREAKING if two.part else COMPATIBLE,
        subject,
        f"`{method}` {verb} `{two.argument.name}` where it sends the part {part!r}",
        before=f"{one.text} {one.part}".strip(),
        after=f"{two.text} {two.part}".strip(),
        old_place=place,
    )


def _compare_types(
    subject: str, place: str, one: Given, two: Given, names: Names, log: Log
) -> None:
    first, second = renamed(one.argument.type, names), two.argument.type
    before, after = given_as(first), given_as(second)
    texts = {"before": taken(first), "after": taken(second), "old_place": place}
    secrets = is_secret(first), is_secret(second)
    if secrets == (False, True) and widens(before, after):
        message = f"`{subject}` is secret now; a `str` is still taken"
        log.add("argument-now-secret", COMPATIBLE, subject, message, **texts)
    elif secrets == (True, False) and before - {("Secret",)} <= after:
        message = f"`{subject}` is no longer secret; only a `str` is taken"
        log.add("argument-no-longer-secret", BREAKING, subject, message, **texts)
    elif before != after:
        # A value that may be left out may also be None, whatever its type says.
        narrow = given_as(first, may_be_none=one.may_be_none and two.may_be_none)
        wide = given_as(second, may_be_none=one.may_be_none and two.may_be_none)
        if narrow == wide:
            _encoded(subject, place, one, two, names, log)
            return
        level = COMPATIBLE if widens(narrow, wide) else BREAKING
        message = f"`{subject}` is `{taken(second)}` instead of `{taken(first)}`"
        log.add("argument-type-changed", level, subject, message, **texts)
    else:
        _encoded(subject, place, one, two, names, log)


def _encoded(subject: str, place: str, one: Given, two: Given, names: Names, log: Log) -> None:
    first, second = renamed(one.argument.type, names), two.argument.type
    if (one.place, first) == (two.place, second):
        return
    before, after = f"{one.place}: {written(first)}", f"{two.place}: {written(second)}"
    message = f"`{subject}` is sent as {after} instead of {before}"
    log.add(
        "argument-encoding-changed",
        COMPATIBLE,
        subject,
        message,
        before=before,
        after=after,
        old_place=place,
    )


def _documented(one: ir.Argument) -> tuple[object, ...]:
    return one.description, one.origin, one.is_deprecated, one.default


def written(type_: ir.TypeRef) -> str:
    """Return how a value stands on the wire."""
    match type_:
        case ir.Scalar(format=format_, python=python, is_text=is_text, empty=empty, words=words):
            text = f"{format_ or python}{' in a text' if is_text else ''}"
            extra = f", {words[0]} or {words[1]}" if any(words) else ""
            return f"{text}{extra}{f', none is {list(empty)}' if empty else ''}"
        case ir.Named(name=name, empty=empty):
            return f"{name}{f', none is {list(empty)}' if empty else ''}"
        case ir.ListOf(item=item):
            return f"list of {written(item)}"
        case ir.TupleOf(items=items):
            return f"tuple of {', '.join(written(item) for item in items)}"
        case ir.MapOf(value=value):
            return f"map of {written(value)}"
        case ir.OneOf(options=options):
            return " or ".join(written(option) for option in options)
        case ir.Nullable(of=inner):
            return f"{written(inner)} or null"
