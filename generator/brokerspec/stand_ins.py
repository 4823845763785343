"""Names of members that no class may give them, and what stands for them there.

msgspec writes the names of members as they are, so it takes none that JSON would escape.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from brokerspec.text import plain

# Both are in `brokerspec_runtime.extended` too: the member that holds all other ones, and how
# what stands for a name begins. What is called so itself needs something that stands for it.
OTHERS: Final = "{*}"
STAND_IN: Final = "{=}"
_REFUSED: Final = re.compile(r'[\\"\x00-\x1f]|\A(?:\{=\}|\{\*\}\Z)')


def needs_stand_in(wire: str) -> bool:
    """Say whether the class of a member cannot have it under its wire name."""
    # Hardly any name has one of these characters, and most are asked for.
    return _REFUSED.search(wire) is not None


def held_as(wire: str) -> str:
    """Return the name under which a class has a member: its own, or what stands for it."""
    return f"{STAND_IN}{quote(plain(wire), safe='')}" if needs_stand_in(wire) else wire
