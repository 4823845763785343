"""How Python writes and reads addresses, loaded with the first of them and not before.

What it needs for that takes a tenth of the time of importing a package.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType
    from urllib.parse import SplitResult


@cache
def _parse() -> ModuleType:
    """Return the module; to import it again for each name would take longer than its work."""
    import urllib.parse

    return urllib.parse


def quote(text: str, safe: str = "/") -> str:
    """Return text as it may stand in a path."""
    made: str = _parse().quote(text, safe)
    return made


def quote_plus(text: str, safe: str = "") -> str:
    """Return text as it may stand in a form."""
    made: str = _parse().quote_plus(text, safe)
    return made


def unquote(text: str) -> str:
    """Return what was written as it may stand in an address."""
    found: str = _parse().unquote(text)
    return found


def parse_qs(query: str) -> dict[str, list[str]]:
    """Return the arguments of a query, also those without a value."""
    found: dict[str, list[str]] = _parse().parse_qs(query, keep_blank_values=True)
    return found


def urljoin(base: str, url: str) -> str:
    """Return the address that one means beside another."""
    made: str = _parse().urljoin(base, url)
    return made


def urlsplit(url: str) -> SplitResult:
    """Return the parts of an address."""
    parts: SplitResult = _parse().urlsplit(url)
    return parts
