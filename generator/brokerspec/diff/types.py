"""Whether code that fits one type fits another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.expressions import accepts, annotation

Names: TypeAlias = Mapping[str, str]
Atom: TypeAlias = tuple[Any, ...]
Atoms: TypeAlias = frozenset[Atom]

_NONE: Final[Atom] = ("None",)
_ANY: Final[Atom] = ("Any",)


def renamed(type_: ir.TypeRef, names: Names) -> ir.TypeRef:
    """Return a type in which models and enums have their new names."""
    match type_:
        case ir.Named(name=name):
            return replace(type_, name=names.get(name, name))
        case ir.ListOf(item=item):
            return ir.ListOf(renamed(item, names))
        case ir.TupleOf(items=items):
            return ir.TupleOf(tuple(renamed(item, names) for item in items))
        case ir.MapOf(value=value):
            return ir.MapOf(renamed(value, names))
        case ir.OneOf(options=options, mapping=mapping):
            tags = tuple((text, renamed(option, names)) for text, option in mapping)
            changed = tuple(renamed(option, names) for option in options)
            return replace(type_, options=changed, mapping=tags)
        case ir.Nullable(of=inner):
            return ir.Nullable(renamed(inner, names))
        case ir.Scalar():
            return type_


def read_as(type_: ir.TypeRef | None, *, may_be_none: bool = False) -> Atoms:
    """Return the alternatives of a type as a caller reads it."""
    found = frozenset[Atom]({_NONE}) if type_ is None else _read(type_)
    return found | {_NONE} if may_be_none else found


def given_as(type_: ir.TypeRef, *, may_be_none: bool = False) -> Atoms:
    """Return the alternatives of a type as an argument takes it."""
    found = _given(type_)
    return found | {_NONE} if may_be_none else found


def fits(narrow: Atoms, wide: Atoms) -> bool:
    """Say whether every value of one type may stand where the other is asked for.

    `bool` and `int`, `datetime` and `date` are held apart: type checkers let one pass for
    the other, but the values mean different things.
    """
    return all(_fits_one(atom, wide) for atom in narrow)


def is_secret(type_: ir.TypeRef) -> bool:
    """Say whether a value is hidden when it is shown."""
    inner = type_.of if isinstance(type_, ir.Nullable) else type_
    return isinstance(inner, ir.Scalar) and inner.python == "Secret"


def shown(type_: ir.TypeRef | None, *, may_be_none: bool = False) -> str:
    """Return a type as a caller reads it, as text."""
    text = "None" if type_ is None else annotation(type_)
    return text if not may_be_none or text.endswith("None") else f"{text} | None"


def taken(type_: ir.TypeRef, *, may_be_none: bool = False) -> str:
    """Return a type as an argument takes it, as text."""
    text = accepts(type_)
    return text if not may_be_none or text.endswith("None") else f"{text} | None"


def _read(type_: ir.TypeRef) -> Atoms:
    match type_:
        case ir.Scalar(python=name, empty=empty) | ir.Named(name=name, empty=empty):
            return frozenset({(name,), _NONE} if empty else {(name,)})
        case ir.ListOf(item=item):
            return frozenset({("list", _read(item))})
        case ir.TupleOf(items=items):
            return frozenset({("tuple", *(_read(item) for item in items))})
        case ir.MapOf(value=value):
            return frozenset({("dict", _read(value))})
        case ir.OneOf(options=options):
            return frozenset(atom for option in options for atom in _read(option))
        case ir.Nullable(of=inner):
            return _read(inner) | {_NONE}


def _given(type_: ir.TypeRef) -> Atoms:
    match type_:
        case ir.Scalar(python="Secret"):
            return frozenset({("Secret",), ("str",)})
        case ir.Named(name=name, is_number=True):
            return frozenset({(name,), ("int",)})
        case ir.Scalar(python=name) | ir.Named(name=name):
            return frozenset({(name,)})
        case ir.ListOf(item=item):
            return frozenset({("Sequence", _given(item))})
        case ir.MapOf(value=value):
            return frozenset({("Mapping", _given(value))})
        case ir.Nullable(of=inner):
            return _given(inner) | {_NONE}
        case _:
            return _read(type_)


def _fits_one(atom: Atom, wide: Atoms) -> bool:
    return atom in wide or any(_is_part(atom, other) for other in wide)


def _is_part(atom: Atom, other: Atom) -> bool:
    """Say whether an alternative is part of another; lists that can be changed are not."""
    if atom[0] != other[0] or len(atom) != len(other):
        return False
    if atom[0] in ("Sequence", "Mapping", "tuple"):
        return all(fits(one, two) for one, two in zip(atom[1:], other[1:], strict=True))
    return False


def widens(old: Atoms, new: Atoms) -> bool:
    """Say whether an argument takes everything that it took before."""
    return _ANY in new or fits(old, new)
