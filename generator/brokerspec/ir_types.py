"""The types of the IR: what values are, and the models and enums that they are made of.

`ir` has all of them beside what is made of them.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from msgspec import Struct

from brokerspec.text import Words

JSON: TypeAlias = object


class Origin(Struct, frozen=True):
    """Where a fact stands in the vendor document, and how sure it is."""

    document: Words = ""
    section: Words = ""
    provenance: Words = "documented"
    evidence: Words = ""


NO_ORIGIN: Final = Origin()


class Scalar(Struct, frozen=True):
    """A value without parts. `format` is the `x-type` it is written in, or a JSON type.

    That of a file is the media type which it has when it names none itself.
    """

    python: Literal[
        "str",
        "int",
        "bool",
        "Decimal",
        "datetime",
        "date",
        "time",
        "Secret",
        "Any",
        "bytes",
        "File",
    ]
    format: Words = ""
    is_text: bool = False
    empty: tuple[JSON, ...] = ()
    words: tuple[Words, Words] = ("", "")


class Named(Struct, frozen=True):
    """A model or enum of the package; `is_number` says that it is an enum of integers.

    `empty` lists wire values that mean none.
    """

    name: str
    empty: tuple[JSON, ...] = ()
    is_number: bool = False


class ListOf(Struct, frozen=True):
    """A JSON array of one type."""

    item: TypeRef


class TupleOf(Struct, frozen=True):
    """A JSON array whose positions have types of their own."""

    items: tuple[TypeRef, ...]


class MapOf(Struct, frozen=True):
    """A JSON object whose keys are data."""

    value: TypeRef


class OneOf(Struct, frozen=True, eq=False):
    """A value of one of several types.

    `tag` is the member whose text tells objects apart, `mapping` which option each text
    means. `name` is what the union is called; it does not make two unions different.
    """

    options: tuple[TypeRef, ...]
    tag: Words = ""
    mapping: tuple[tuple[Words, TypeRef], ...] = ()
    name: str = ""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, OneOf)
            and self.options == other.options
            and self.tag == other.tag
            and self.mapping == other.mapping
        )

    def __hash__(self) -> int:
        return hash((self.options, self.tag, self.mapping))


class Nullable(Struct, frozen=True):
    """A type that may be null."""

    of: TypeRef


TypeRef: TypeAlias = Scalar | Named | ListOf | TupleOf | MapOf | OneOf | Nullable


class Field(Struct, frozen=True):
    """A member of a model. `default` is what the server assumes where it is not there."""

    wire: Words
    name: str
    type: TypeRef
    is_required: bool
    description: Words
    origin: Origin = NO_ORIGIN
    default: Words = ""


class Model(Struct, frozen=True):
    """An object that answers or requests are made of.

    `others` holds the members that the document lets stand beside those it names, but for
    `unseen` ones, which it names for the other direction. `has_stand_ins` says that the class
    cannot have all members under their wire names.
    """

    name: str
    description: Words
    fields: tuple[Field, ...]
    origin: Origin = NO_ORIGIN
    others: Field | None = None
    unseen: tuple[Words, ...] = ()
    has_stand_ins: bool = False

    @property
    def is_extended(self) -> bool:
        """Whether an answer is made ready for the class of this model before it is decoded."""
        return self.others is not None or self.has_stand_ins

    @property
    def members(self) -> tuple[Field, ...]:
        """Everything that the class of this model has."""
        return self.fields if self.others is None else (*self.fields, self.others)


class Member(Struct, frozen=True):
    """A listed value of an enum."""

    name: str
    value: Words | int
    description: Words = ""


class Enum(Struct, frozen=True):
    """A documented list of values: texts, or integers."""

    name: str
    description: Words
    members: tuple[Member, ...]
    origin: Origin = NO_ORIGIN
    is_number: bool = False
