"""What an earlier run planned of single operations and classes, for those that are the same.

A piece is known by all that its text is made from. That is the operation or class itself and
what is handed over with it, which are in its key, and its surroundings: the rest of the API, of
which a piece is given no more than is compared here, what kind of class each name stands for,
and the alias of each format. What a piece names was there when it was made, so names that came
or went since do not matter to it, only those that now stand for something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.json import Encoder

from brokerspec import ir
from brokerspec.cache import digest_of
from brokerspec.digest import digest_of_piece
from brokerspec.expressions import Surroundings
from brokerspec.formats import Formats
from brokerspec.plan_calls import Method, method
from brokerspec.plan_parts import words_in
from brokerspec.text import plain

# What no piece is given of an API: each would have to be made anew with every edition.
_APART: Final[dict[str, Any]] = {
    "operations": (),
    "models": (),
    "enums": (),
    "samples": (),
    "version": "",
    "description": "",
}
_T = TypeVar("_T")
_encoded: Final = Encoder(enc_hook=plain, decimal_format="number").encode


class Keys(Struct, frozen=True):
    """What tells the operations and the classes of an API from any other, by their names."""

    operations: dict[str, str]
    classes: dict[str, str]


def keys_of(api: ir.Api) -> Keys:
    """Return the keys of an API as it was lowered."""
    classes: tuple[ir.Model | ir.Enum, ...] = (*api.models, *api.enums)
    return Keys(
        {made.name: _digest(made) for made in api.operations},
        {made.name: _digest(made) for made in classes},
    )


class Digests:
    """The digests of the pieces of an API; those that an earlier run made are known."""

    def __init__(self, keys: Keys, known: Mapping[str, str]) -> None:
        self._keys = keys
        self._known = known
        self.made: dict[str, str] = {}

    def of(self, piece: ir.Operation | ir.Model | ir.Enum) -> str:
        """Return the digest of a piece."""
        of_kind = self._keys.operations if isinstance(piece, ir.Operation) else self._keys.classes
        return _take(self.made, self._known, of_kind[piece.name], lambda: digest_of_piece(piece))


class ClassText(Struct, frozen=True):
    """The source of a class, and the words in it outside its docstrings."""

    source: str
    words: tuple[str, ...]


class Pieces(Struct, frozen=True):
    """Everything that a run made piece by piece, under keys, and its surroundings.

    `digests` are those of the pieces themselves, which depend on nothing else.
    """

    digests: dict[str, str] = {}
    surroundings: str = ""
    kinds: dict[str, str] = {}
    formats: dict[str, str] = {}
    methods: dict[str, Method] = {}
    classes: dict[str, ClassText] = {}
    sections: dict[str, str] = {}

    def fits(self, other: Pieces) -> bool:
        """Say whether pieces made in the other surroundings are what they would be here."""
        return (
            self.surroundings == other.surroundings
            and _agree(self.kinds, other.kinds)
            and _agree(self.formats, other.formats)
        )


def _agree(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(other.get(name, value) == value for name, value in one.items())


class Planning:
    """The pieces of one API: those that are known are taken, the others made and kept."""

    def __init__(self, api: ir.Api, formats: Formats, earlier: Pieces, keys: Keys) -> None:
        members: dict[str, Any] = {name: getattr(api, name) for name in ir.Api.__match_args__}
        self.api = ir.Api(**(members | _APART))
        classes: tuple[ir.Model | ir.Enum, ...] = (*api.models, *api.enums)
        self.around = Surroundings(api.zone, frozenset(model.name for model in api.models))
        self.made = Pieces(
            surroundings=_digest(self.api),
            kinds={made.name: _kind(made, formats) for made in classes},
            formats={made.made_by: made.alias for made in formats.all},
        )
        self._known = earlier if earlier.fits(self.made) else Pieces()
        self._keys = keys

    def method(self, operation: ir.Operation, items: str = "") -> Method:
        """Return the method of an operation; `items` is the constant of what it streams."""
        make = lambda: method(operation, self.api, self.around, items)  # noqa: E731
        return _take(self.made.methods, self._known.methods, self._key(operation, items), make)

    def known_class(self, made: ir.Model | ir.Enum) -> str | None:
        """Return the source of a class where it is known."""
        found = self._known.classes.get(self._key(made))
        return found.source if found else None

    def words(self, made: ir.Model | ir.Enum, source: str) -> tuple[str, ...]:
        """Return the words in the source of a class, outside its docstrings."""
        make = lambda: ClassText(source, words_in(source))  # noqa: E731
        return _take(self.made.classes, self._known.classes, self._key(made), make).words

    def section(self, made: object, more: object, make: Callable[[], str]) -> str:
        """Return the section of the reference that is made of a part of the API and some more."""
        key = self._key(made, more)
        return _take(self.made.sections, self._known.sections, key, make)

    def _key(self, made: object, *more: object) -> str:
        if isinstance(made, ir.Operation):
            # A class of the name of its constant may have come since the key was made.
            facts, more = self._keys.operations[made.name], (made.other_constant, *more)
        elif isinstance(made, ir.Model | ir.Enum):
            facts = self._keys.classes[made.name]
        else:
            facts = _digest(made)
        # Most pieces are made of nothing else.
        return _digest((facts, more)) if any(more) else facts


def _take(made: dict[str, _T], known: Mapping[str, _T], key: str, make: Callable[[], _T]) -> _T:
    found = known.get(key)
    made[key] = make() if found is None else found
    return made[key]


def _kind(made: ir.Model | ir.Enum, formats: Formats) -> str:
    """Return what the text of other pieces depends on about a class."""
    if isinstance(made, ir.Model):
        return "model that is extended" if made.is_extended else "model"
    return "enum of texts" if made.name in formats.enums else "enum of numbers"


def _digest(facts: object) -> str:
    # The names of members tell the classes of the IR apart wherever one of several can stand.
    return digest_of(_encoded(facts))
