"""Name what a document does not name: operations, schemas, descriptions."""

from __future__ import annotations

import re
from typing import Final

from brokerspec.init.calls import Call, is_generic
from brokerspec.naming import first_free, words
from brokerspec.operation_rules import VERBS

_READS: Final = frozenset(
    words(
        """account balance balances book chain details fetch find funds get history hist holding
        holdings info information limit limits list ltp margin margins message orderbook position
        positions positionbook profile quote quotes read search show status symbols trades
        tradebook view watchlist"""
    )
)
_CHANGES: Final = frozenset(
    words(
        """add authorize buy cancel close convert create delete execute exit login logout modify
        open place remove sell send set square subscribe unsubscribe update validate verify"""
    )
)
_FILLER: Final = frozenset({"a", "an", "the", "of", "for", "to", "and", "api", "apis"})


def operation_names(calls: list[Call]) -> list[str]:
    """Return a name for each call: a verb, then what it is about."""
    names: list[str] = []
    for call in calls:
        names.append(first_free(_operation_name(call), names))
    return names


def is_plainly_a_read(call: Call) -> bool:
    """Say whether a call cannot change anything, as far as method and name tell."""
    found = set(_title_words(call)) | set(_path_words(call))
    return call.method in {"GET", "HEAD"} and call.has_printed_method and not found & _CHANGES


def summary_of(call: Call, name: str) -> str:
    """Return a sentence that can open a docstring."""
    title = re.sub(r"^[\d.\s)]+", "", call.section)
    if is_generic(title) or not re.search(r"[A-Za-z]", title) or "(" in title:
        title = name.replace("_", " ")
    if " " not in title.strip():
        title = " ".join(words(title))
    plain = re.sub(r"[^\w\s/&'-]+", " ", title)
    plain = " ".join(plain.split()).strip("-/&' ")
    return f"{plain[:1].upper()}{plain[1:]}." if len(plain) > 1 else f"Call {name}."


def class_name(name: str) -> str:
    """Return a wire or operation name in PascalCase, beginning with a letter."""
    made = "".join(part.capitalize() for part in words(name))
    return made if made[:1].isalpha() else f"Value{made}"


def singular(name: str) -> str:
    """Return the name of one entry of a list, or an empty text when it cannot be told."""
    for plural, single in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if name.lower().endswith(plural) and len(name) > len(plural) + 2:
            return name if plural == "ss" else name[: -len(plural)] + single
    return name


def spoken(name: str) -> str:
    """Return a wire name as a sentence, for want of a description."""
    text = " ".join(words(name)) or "value"
    return f"{text[:1].upper()}{text[1:]}."


def _operation_name(call: Call) -> str:
    found = [word for word in _title_words(call) if word.isascii()]
    if not found:
        found = _path_words(call)[-2:] or ["document"]
    verbs = [word for word in found if word in VERBS]
    if found[0] in VERBS:
        return "_".join(found)
    if verbs:
        return "_".join([verbs[0], *(word for word in found if word != verbs[0])])
    if call.answers_many and found[-1] not in {"details", "history"}:
        return "_".join(["list", *_many(found)])
    is_read = call.method in {"GET", "HEAD"} or bool(set(found) & _READS)
    verb = "get" if is_read else {"DELETE": "delete", "PUT": "update"}.get(call.method, "send")
    return "_".join([verb, *found])


def _many(found: list[str]) -> list[str]:
    """Return the words of a name in the plural: the order book lists orders."""
    *rest, last = found
    last = last.removesuffix("book") or last
    if last == "book" and rest:
        *rest, last = rest
    return [*rest, last if last.endswith("s") else f"{last}s"]


def _title_words(call: Call) -> list[str]:
    if is_generic(call.section):
        return []
    if call.address is not None and call.address.arguments is not None:
        name = call.address.path.strip("/")
        return name.split("_") if re.fullmatch(r"[a-z0-9_]+", name) else words(name)
    title = re.sub(r"\([^()]*\)?", " ", call.section)
    found = [word for word in words(title) if word not in _FILLER]
    while found and found[0].isdigit():
        found.pop(0)
    return found[:6]


def _path_words(call: Call) -> list[str]:
    path = call.address.path if call.address else ""
    return words(re.sub(r"\{[^{}]*\}", " ", path))
