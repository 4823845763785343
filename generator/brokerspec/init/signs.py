"""Guess how answers say success, where their content is, and how a caller is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from brokerspec.audit.facts import Text
from brokerspec.init.attach import Draft
from brokerspec.init.meaning import is_sent_secret
from brokerspec.init.shapes import Shape
from brokerspec.naming import words
from brokerspec.tree import JSON, Pointer

_ENVELOPES: Final = ("data", "result", "results", "payload", "response", "success", "body")
_STATUS: Final = frozenset({"stat", "status", "success", "type", "s"})
_GOOD: Final = re.compile(r"suc+ess(ful)?|ok|s", re.IGNORECASE)
_MESSAGES: Final = ("message", "msg", "emsg", "errormessage", "statusdescription", "description")
_BEARER: Final = re.compile(r"\bauthori[sz]ation\b\W{0,6}\bbearer\b", re.IGNORECASE)
_TOKENS: Final = frozenset({"token", "accesstoken", "sessiontoken", "jwttoken", "authtoken"})


@dataclass(frozen=True, slots=True)
class Sign:
    """Hold where an answer says that it is a success, and with which values."""

    pointer: str
    values: tuple[JSON, ...]
    message: str
    line: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """Hold how a bearer token is sent, and which answer gives it."""

    line: int
    opener: str = ""
    pointer: str = ""


def payload_of(draft: Draft) -> Pointer:
    """Return where in the answer the content stands; empty when it is the whole answer."""
    root = draft.response
    if root.kinds != ["object"]:
        return ()
    for name, member in root.members.items():
        others = [one for key, one in root.members.items() if key != name]
        if name.lower() not in _ENVELOPES or member.seen < root.objects or not member.seen:
            continue
        if not _holds_content(member) or any(_holds_content(one) for one in others):
            continue
        if len(member.members) == 1 and member.kinds == ["object"]:
            inner, only = next(iter(member.members.items()))
            if only.kinds == ["array"] and only.seen == member.objects:
                return (name, inner)
        return (name,)
    return ()


def at(shape: Shape, pointer: Pointer) -> Shape:
    """Return the shape that a pointer leads to."""
    for token in pointer:
        shape = shape.members[str(token)]
    return shape


def signs_of(drafts: Iterable[Draft]) -> list[Sign]:
    """Return each way in which answers say success, over all calls."""
    found: dict[str, Sign] = {}
    for draft in drafts:
        for sign in _signs(draft.response):
            known = found.get(sign.pointer, sign)
            values = _distinct([*known.values, *sign.values])
            found[sign.pointer] = replace(
                known, values=tuple(values), message=known.message or sign.message
            )
    return list(found.values())


def credentials_of(drafts: Iterable[Draft]) -> dict[str, int]:
    """Return the secrets that every request carries, with a line of each."""
    requests = [draft.request for draft in drafts if draft.has_body and draft.request.members]
    if not requests:
        return {}
    every = [_secrets(request) for request in requests]
    return {
        name: line for name, line in every[0].items() if all(name in other for other in every[1:])
    }


def bearer_of(text: Text, drafts: Iterable[Draft]) -> Bearer | None:
    """Return how the document asks for a bearer token, or None when it does not."""
    line = next((n for n, line in enumerate(text.lines, 1) if _BEARER.search(line)), 0)
    if not line:
        return None
    for draft in drafts:
        if set(words(draft.name)) & {"login", "session", "token"} and draft.has_body:
            payload = payload_of(draft)
            for name, member in at(draft.response, payload).members.items():
                if "".join(words(name)) in _TOKENS and member.kinds == ["string"]:
                    return Bearer(line, draft.name, f"/{name}")
    return Bearer(line)


def _signs(root: Shape) -> Iterable[Sign]:
    """List the members of an answer, or of an object in it, that print a word of success."""
    places = [((), root), *(((key,), one) for key, one in root.members.items() if one.is_object)]
    for above, shape in places:
        if above and above[0].lower() in _ENVELOPES and len(shape.members) < 2:
            continue
        for name, member in shape.members.items():
            good = [value for value in member.values if _is_good(name, value)]
            if name.lower() in _STATUS and good and member.entry is None:
                message = _message(name, shape)
                pointer = "".join(f"/{part}" for part in (*above, name))
                below = "".join(f"/{part}" for part in (*above, message)) if message else ""
                yield Sign(pointer, tuple(good), below, member.line)


def _message(status: str, shape: Shape) -> str:
    """Return the member that says the same in words, in the letters of the status."""
    found = [key for one in _MESSAGES for key in shape.members if "".join(words(key)) == one]
    alike = [key for key in found if key[:1].islower() == status[:1].islower()]
    return next(iter(alike or found), "")


def _is_good(name: str, value: JSON) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        is_zero = value == "0" and name.lower() in {"stat", "status"}
        return is_zero or bool(_GOOD.fullmatch(value))
    return value == 0 and name.lower() in {"stat", "status"}


def _distinct(values: Iterable[JSON]) -> list[JSON]:
    """Return values without repetitions; 1 and true are no repetition."""
    kept: list[JSON] = []
    for value in values:
        if not any(_same(value, one) for one in kept):
            kept.append(value)
    return kept


def _same(one: JSON, other: JSON) -> bool:
    return type(one) is type(other) and one == other


def _holds_content(shape: Shape) -> bool:
    return shape.is_object or shape.entry is not None


def _secrets(request: Shape) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, member in request.members.items():
        if _is_secret(name, member):
            found[name] = member.line
        for inner, below in member.members.items():
            if _is_secret(inner, below):
                found.setdefault(inner, below.line)
    return found


def _is_secret(name: str, shape: Shape) -> bool:
    return is_sent_secret(name) and set(shape.kinds) <= {"string"}
