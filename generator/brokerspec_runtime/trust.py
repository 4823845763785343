"""What a fast JSON parser passes over in silence: repeated keys, odd texts, rounded integers.

The checks run on every answer that decoded at once, so they read bytes instead of values.
They may doubt a good answer, which is then read again with care; they never trust a bad one.
"""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase
from typing import Final

import msgspec

from . import wire

# Capitals become small, digits become 0 and white space goes: one pass serves every check.
_FOLD: Final = bytes.maketrans(
    (ascii_uppercase + "123456789").encode(), (ascii_lowercase + "0" * 9).encode()
)
_SPACE: Final = b" \t\r\n"
_NO_NUMBER: Final = re.compile(rb"(?:(?<![a-rt-z])|(?<=\\[bfnrt]))(?:nan0*|inf(?:inity)?)(?![a-z])")
_ESCAPED_LETTERS: Final = (b"\\u004", b"\\u005", b"\\u006", b"\\u007")
# An integer that is written with a fraction goes through float, which holds 15 digits.
_LONG_FRACTION: Final = b"0" * 16 + b"."
# Texts that are read as nothing, or as a number, where a number is expected.
_ODD_TEXTS: Final = (b'"null"', b"0_0")
_DEPTH: Final = 4

_rows: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def is_plain(body: bytes) -> bool:
    """Say whether a body that is JSON means what a fast parser made of it."""
    folded = body.translate(_FOLD, _SPACE)
    if _has_odd_number(body, folded):
        return False
    # Each member has one `":`, so as many distinct keys as that leave room for no second one.
    if _distinct_keys(body, _DEPTH) == folded.count(b'":'):
        return True
    try:
        wire.loads(body)
    except ValueError:
        return False
    return True


def _has_odd_number(body: bytes, folded: bytes) -> bool:
    if _LONG_FRACTION in folded or any(text in folded for text in _ODD_TEXTS):
        return True
    if _has_word(folded, b"nan") or _has_word(folded, b"inf"):
        return True
    return b"\\u00" in folded and any(letter in body for letter in _ESCAPED_LETTERS)


def _has_word(folded: bytes, word: bytes) -> bool:
    at = folded.find(word)
    while at >= 0:
        if _NO_NUMBER.match(folded, at):
            return True
        at = folded.find(word, at + 1)
    return False


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
