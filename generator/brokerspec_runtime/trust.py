"""What a fast JSON parser passes over in silence: repeated keys, odd texts, rounded integers.

The checks run on every answer that decoded at once, so they read bytes instead of values.
They may doubt a good answer, which is then read again with care; they never trust a bad one.

Most of a large answer is rows that are written alike. One expression, made from the first
of them, says of a row that it has these members, each once, and no number that could be
misread. Such rows are taken out; the slower checks read what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, cast, get_args, get_origin

import msgspec

from . import wire
from .enums import OpenEnum
from .secret import Secret

# Capitals become small and digits 0; white space goes, and what Decimal skips: one pass for all.
_FOLD: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789", b"abcdefghijklmnopqrstuvwxyz" + b"0" * 9
)
_SKIPPED: Final = b" \t\r\n_"
_NO_NUMBER: Final = re.compile(rb"(?:(?<![a-rt-z])|(?<=\\[bfnrt]))(?:nan0*|inf(?:inity)?)(?![a-z])")
# Texts that are read as nothing, or as a number, where a number is expected.
_ODD_NULL: Final = b'"null"'
_GROUPED: Final = re.compile(rb"[0-9]_[0-9]")
_ESCAPED: Final = re.compile(rb"\\u00(?:[4-7]|3[0-9]|2[bdeBDE])")

# An integer with a fraction or an exponent goes through float, which holds 15 digits.
_ROUNDED: Final = re.compile(rb'(?<![^:\[,"])-?(?:0[0.]*e[-+]?0+|(?=[0.]{17})0+\.0+)(?![^"\],}])')
_ENDLESS: Final = b"0" * 65
# What follows a value in a row can be no part of a number, so neither choice stops inside one.
_NUMBER: Final = rb"-?+(?:[0-9]{1,64}+|[0-9.]{1,16}+)"
_LITERAL: Final = rb"null|true|false|\[\]|\{\}"
# The same without a choice, which takes longer: what is no JSON never comes here.
_BARE: Final = {ord("0"): rb"[-0-9.]{1,16}+", ord("a"): rb"[a-z]{4,5}+"}

# A key begins with a letter or digit: after the end of a text no such byte can follow, so
# an expression that begins with a brace and a key never begins inside a text.
_FLAT: Final = re.compile(
    rb'\{\s*+(?:"[A-Za-z0-9][^"\\]*+"\s*+:\s*+(?:"[^"\\]*+"|[^"{}\[\],]++|\[\]|\{\})[\s,]*+)++\}'
)
_MEMBER: Final = re.compile(
    rb'"([A-Za-z0-9][^"\\]*+)"(\s*+:\s*+)(?=(.))(?:"[^"]*+"|[^",]++)(,?\s*+)'
)
_DIGITS: Final = b"-0123456789"
_SHAPES: Final = 6
_WIDEST: Final = 200
_WORTHWHILE: Final = 4096
_DEPTH: Final = 4
_HOLDERS: Final = (dict, list)

_rows: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_anything: Final = msgspec.json.Decoder()
_written: Final = msgspec.json.Encoder().encode
_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def is_plain(body: bytes, answer: Any = dict[str, int]) -> bool:
    """Say whether a body means what a fast parser made of it when it read an `answer`."""
    if not _is_unicode(body):
        return False
    rest = body if len(body) < _WORTHWHILE else _without_plain_rows(body, _numbers(answer))
    folded = rest.translate(_FOLD, _SKIPPED)
    if _has_odd_number(rest, folded):
        return False
    # Each member has one `":`, so as many distinct keys as that leave room for no second one.
    keys = _all_keys(rest) if len(rest) < _WORTHWHILE else _distinct_keys(rest, _DEPTH)
    if keys == folded.count(b'":'):
        return True
    try:
        wire.loads(rest)
    except ValueError:
        return False
    return True


def _is_unicode(body: bytes) -> bool:
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _without_plain_rows(body: bytes, numbers: frozenset[str] | None) -> bytes:
    """Return a body with one `{}` for rows in a row that are written alike, and plainly."""
    text = rb'[^"\\]*+' if b"\\" in body else b'[^"]*+'
    at = 0
    known: set[tuple[bytes, ...]] = set()
    for _ in range(_SHAPES):
        found = _FLAT.search(body, at)
        if found is None:
            break
        at = found.start() + 1
        members = _MEMBER.findall(found[0])
        keys = tuple(member[0] for member in members)
        is_repeated = body.find(b'{"%b"' % keys[0], found.end()) >= 0
        if is_repeated and len(set(keys)) == len(keys) <= _WIDEST:
            _, colon, _, comma = members[0]
            # Most rows have texts where the first one has: that is quicker to match.
            kinds = None if keys in known else bytes(map(_kind, members))
            known.add(keys)
            body = _shape(keys, kinds, colon, comma, text, numbers).sub(b"{},", body)
    # The last rows have no comma. In a text, which this is none of, it could be left out too.
    return body.replace(b"{},]", b"{}]").replace(b"{},}", b"{}}") if known else body


def _kind(member: tuple[bytes, ...]) -> int:
    """Return the first byte of a value, the same for all numbers and for all words."""
    first = member[2]
    return ord("0" if first in _DIGITS else "a" if first.islower() else first)


@lru_cache(maxsize=256)
def _shape(
    keys: tuple[bytes, ...],
    kinds: bytes | None,
    colon: bytes,
    comma: bytes,
    text: bytes,
    numbers: frozenset[str] | None,
) -> re.Pattern[bytes]:
    """Return what matches rows of these members in this order, if none of them is doubtful.

    `kinds` has the first byte of each value, or one like it; None is for any values.
    """
    written: list[bytes] = []
    for index, key in enumerate(keys):
        is_number = numbers is None or key.decode() in numbers
        if kinds is None:
            quoted = b'"%b"' % (_NUMBER if is_number else text)
            value = b"(?:%b|%b|%b)" % (quoted, _NUMBER, _LITERAL)
        elif kinds[index] == ord('"'):
            value = b'"%b"' % (_BARE[ord("0")] if is_number else text)
        else:
            value = _BARE.get(kinds[index], b"(?:%b)" % _LITERAL)
        written.append(b'"%b"%b%b' % (re.escape(key), re.escape(colon), value))
    return re.compile(rb"(?:\{\s*+" + re.escape(comma).join(written) + rb"\s*+\}[\s,]*+)++")


@lru_cache(maxsize=1024)
def _numbers(answer: Any) -> frozenset[str] | None:
    """Return the keys whose values an answer may read as numbers, None when any key may be one."""
    found: set[str] = set()
    seen: set[Any] = set()
    pending = [answer]
    while pending:
        kind = pending.pop()
        if kind in seen:
            continue
        seen.add(kind)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            for item in msgspec.structs.fields(kind):
                pending.append(item.type)
                if not _is_text(item.type):
                    found.add(item.encode_name)
        elif get_origin(kind) is dict and not _is_text(get_args(kind)[1]):
            return None
        else:
            is_choice = isinstance(kind, wire.Choice)
            pending.extend(kind.options if is_choice else get_args(kind))
            if isinstance(kind, wire.Extended):
                pending.append(kind.model)
    return frozenset(found)


def _is_text(kind: Any) -> bool:
    """Say whether a value of this type is never read as a number by the parser itself."""
    if kind in (str, bool, None, type(None), Any) or isinstance(kind, wire.Format):
        return True
    if isinstance(kind, type) and not get_args(kind):
        return issubclass(kind, OpenEnum | Secret | msgspec.Struct)
    return get_origin(kind) is list or all(map(_is_text, get_args(kind) or (int,)))


def _has_odd_number(body: bytes, folded: bytes) -> bool:
    if b"nan" in folded and _has_word(folded, b"nan"):
        return True
    if b"inf" in folded and _has_word(folded, b"inf"):
        return True
    # Without as many digits in a row none is too long, or rounded for want of an exponent.
    has_many = b"00000000" in folded
    if has_many and _ENDLESS in folded:
        return True
    has_long = has_many and (b"00000000." in folded or b".00000000" in folded)
    if (has_long or b"0e" in folded) and _ROUNDED.search(folded):
        return True
    if _ODD_NULL in folded or (b"_" in body and _GROUPED.search(body)):
        return True
    return b"\\" in body and _ESCAPED.search(body) is not None


def _has_word(folded: bytes, word: bytes) -> bool:
    at = folded.find(word)
    while at >= 0:
        if _NO_NUMBER.match(folded, at):
            return True
        at = folded.find(word, at + 1)
    return False


def _all_keys(body: bytes) -> int:
    """Count the keys of a small body at every depth, each once in its object."""
    try:
        found: Any = _anything.decode(body)
        if b"\\" not in body:
            # No text holds a quotation mark, and one that begins with a colon counts as it does
            # where the keys of the body are counted.
            return _written(found).count(b'":')
    except (msgspec.MsgspecError, OverflowError, RecursionError):
        return 0
    count = 0
    pending: list[Any] = [[found]]
    for holder in pending:
        values: Iterable[Any] = holder
        if isinstance(holder, dict):
            members = cast("dict[str, Any]", holder)
            count += len(members)
            values = members.values()
        pending += [value for value in values if type(value) in _HOLDERS]
    return count


def _distinct_keys(part: bytes | msgspec.Raw, depth: int) -> int:
    """Count keys in the outer objects and in lists of flat rows; deeper ones are left out."""
    opening = bytes(memoryview(part)[:1]) if depth else b""
    try:
        if opening == b"[":
            return sum(map(len, _rows.decode(part)))
        if opening == b"{":
            found = _members.decode(part)
            return len(found) + sum(_distinct_keys(below, depth - 1) for below in found.values())
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    return 0
