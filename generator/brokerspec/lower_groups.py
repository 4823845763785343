"""Operations to groups: which belong together, and what each is called among its own.

A document whose operations have two or more different first tags is laid out by them:
`client.orders.place()`. Tags that are one name in Python are one group; operations without
a tag stay on the client.

In its group a method drops the words of the group where they stand at an end of its name:
`orders_list` in Orders is `list`, `get_an_order` is `get`. It keeps its whole name when what is
left says nothing (`by_id`), when another operation of the group has that name from the document,
or when another one drops to it too and comes first: one without a plural at the end, then by its
whole name. So names depend on the names of the group alone, never on the order of the document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, cast

from msgspec import Struct

from brokerspec import ir
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.document import Document, Operation
from brokerspec.naming import RESERVED_GROUPS, as_one_word, first_free, safe, safe_member

# Words of people, not of programs: `VPCs` and `IPv6` are one word each, `OrderBook` is two.
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
# More groups than that hold two operations each on the average, or they help nobody.
_SOME: Final = 200
_MOST: Final = 1_000
# A group is a file too, and its classes have longer names.
_LONGEST: Final = 60
# By how much the plural of a word is longer, at most.
_PLURAL: Final = 2
_ARTICLES: Final = frozenset({"a", "an", "the"})
_LEADING: Final = frozenset(
    {"and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "per", "s", "to"}
    | {"via", "with", "without"}
)


class Grouping(Struct, frozen=True):
    """The groups of a client, and where each operation id belongs: group and method."""

    groups: tuple[ir.Group, ...] = ()
    places: Mapping[str, tuple[str, str]] = {}
    warnings: tuple[Diagnostic, ...] = ()


def grouping_of(document: Document, names: Mapping[str, str]) -> Grouping:
    """Return the groups of a document; none when its operations have no or one first tag."""
    tags = {node.operation_id: _tag(node) for node in document.operations}
    described = _described(document)
    first = dict.fromkeys([*described, *tags.values()])
    used = set(tags.values())
    keys = {tag: _key(tag) for tag in first if tag and tag in used}
    distinct = dict.fromkeys(keys.values())
    if len(distinct) < 2 or _has_a_chain(document):
        return Grouping()
    if len(distinct) > _SOME and len(distinct) > min(len(tags) // 2, _MOST):
        return Grouping(warnings=(_too_many(document, len(distinct)),))
    outside = {names[wire] for wire, tag in tags.items() if not tag}
    groups = _named(keys, described, outside)
    by_name: dict[str, list[str]] = {}
    for wire, tag in tags.items():
        if tag:
            by_name.setdefault(groups[keys[tag]].name, []).append(wire)
    places: dict[str, tuple[str, str]] = {}
    unnamed = {node.operation_id for node in document.operations if not node.is_named}
    for name, wires in by_name.items():
        made_up = {names[wire] for wire in wires if wire in unnamed}
        members = member_names(name, [names[wire] for wire in wires], made_up)
        places |= {wire: (name, members[names[wire]]) for wire in wires}
    return Grouping(tuple(groups.values()), places)


def _too_many(document: Document, count: int) -> Diagnostic:
    where = document.where_key(("paths",))
    message = f"{count:,} tags are too many for groups: the methods stand on the client itself"
    hint = f"give operations that belong together one first tag, at most {_MOST:,} in all"
    return Diagnostic(Severity.WARNING, "unsupported-node", where, message, hint)


def member_names(group: str, names: Sequence[str], made_up: Container[str] = ()) -> dict[str, str]:
    """Return what the methods of a group are called, by their whole names.

    Those that are `made_up` begin with a method of HTTP, then the path.
    """
    # A word that Python has is another one in a group: `list_` is `list` again.
    whole = {name: safe_member(name) for name in names}
    shorten = {name: _of_path if name in made_up else _short for name in names}
    shortened = {name: safe_member(short(name, group)) for name, short in shorten.items()}
    made: dict[str, str] = {}
    taken = {name for wire, name in whole.items() if shortened[wire] == name}
    for name in sorted(names, key=lambda name: (name.endswith("s"), name)):
        short = shortened[name]
        made[name] = whole[name] if short in taken else short
        taken.add(made[name])
    return made


def _short(name: str, group: str) -> str:
    """Return a name without the words of its group at an end, when the rest says something."""
    parts = name.strip("_").split("_")
    wanted = _root("".join(group.strip("_").split("_")))
    start = _after_version(parts)
    for count in range(start + 1, start + _reach(parts[start:], wanted)):
        if _root("".join(parts[start:count])) == wanted:
            rest = parts[count:]
            # What some frameworks put behind the name: `orders_controller_list`.
            rest = rest[1:] if rest[0] == "controller" else rest
            return "_".join(rest) if _says_something(rest) else name
    for count in range(len(parts) - _reach(parts[::-1], wanted) + 1, len(parts)):
        if _root("".join(parts[count:])) == wanted:
            rest = parts[:count]
            while rest and rest[-1] in _ARTICLES:
                rest = rest[:-1]
            return "_".join(rest) if rest and rest[-1] not in _LEADING else name
    return name


def _of_path(name: str, group: str) -> str:
    """Return a name made of a path without the words of its group and versions before them."""
    method, *parts = name.strip("_").split("_")
    wanted = _root("".join(group.strip("_").split("_")))
    start = _after_version(parts)
    for end in range(start + 1, start + _reach(parts[start:], wanted) + 1):
        if _root("".join(parts[start:end])) == wanted:
            return "_".join([method, *parts[end:]])
    return name


def _after_version(parts: Sequence[str]) -> int:
    """Return where a name goes on after a version, of which `v1` is one word and `v_1` two."""
    if len(parts) > 1 and parts[0] == "v" and parts[1].isdigit():
        return 2
    return 1 if parts and parts[0][0] == "v" and parts[0][1:].isdigit() else 0


def _reach(parts: Sequence[str], wanted: str) -> int:
    """Return from which number of parts on they are longer than any plural, or all of them."""
    ends = enumerate(accumulate(map(len, parts)), 1)
    return next((count for count, end in ends if end > len(wanted) + _PLURAL), len(parts))


def _says_something(rest: Sequence[str]) -> bool:
    return bool(rest) and rest[0].isidentifier() and rest[0] not in _LEADING | _ARTICLES


def _root(word: str) -> str:
    """Return a word without its plural ending, well enough to compare two words."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _tag(node: Operation) -> str:
    """Return the first tag of an operation, empty when it stays on the client."""
    if node.extensions.get("x-sign-in"):
        return ""
    return next((tag.strip() for tag in node.tags if tag.strip()), "")


def _key(tag: str) -> str:
    """Return a tag as a name; letters with accents lose them, other scripts have no name."""
    plain = unicodedata.normalize("NFKD", as_one_word(tag)).encode("ascii", "ignore").decode()
    parts = [part for word in re.findall(r"[A-Za-z0-9]+", plain) for part in _HUMP.split(word)]
    # Two tags in another script are two groups, so their key is the tag itself.
    name = "_".join(parts).lower()
    return safe(f"group_{name}" if name[:1].isdigit() else name) if name else f"\0{tag}"


def _named(
    keys: Mapping[str, str], described: Mapping[str, str], outside: set[str]
) -> dict[str, ir.Group]:
    groups: dict[str, ir.Group] = {}
    taken = set(RESERVED_GROUPS | outside)
    texts: dict[str, str] = {}
    for tag, key in keys.items():
        if text := described.get(tag):
            texts.setdefault(key, text)
    for tag, key in keys.items():
        if key in groups:
            continue
        short = key if len(key) <= _LONGEST else key[:_LONGEST].rstrip("_")
        name = "group" if key.startswith("\0") else short
        name = f"{name}_" if name in taken and name == key else name
        name = first_free(name, taken)
        taken.add(name)
        groups[key] = ir.Group(name, tag, texts.get(key, ""))
    return groups


def _described(document: Document) -> dict[str, str]:
    """Return the descriptions of the declared tags, in the order of the document."""
    return dict(_declared(document.source.root))


def _declared(root: object) -> Iterator[tuple[str, str]]:
    listed = cast("dict[str, object]", root).get("tags") if isinstance(root, dict) else None
    for tag in cast("Sequence[object]", listed) if isinstance(listed, list) else ():
        if isinstance(tag, dict):
            given = cast("dict[str, object]", tag)
            name, text = given.get("name"), given.get("description")
            if isinstance(name, str):
                yield name.strip(), text if isinstance(text, str) else ""


def _has_a_chain(document: Document) -> bool:
    """Say whether methods call each other by name, which keeps all of them on the client."""
    session = document.extensions.get("x-session")
    opens = isinstance(session, dict) and "open" in session
    return opens or any("x-correlate" in node.extensions for node in document.operations)
