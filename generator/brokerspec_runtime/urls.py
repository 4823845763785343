"""How Python writes and reads addresses, loaded with the first of them and not before.

What it needs for that takes a tenth of the time of importing a package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from urllib.parse import SplitResult


def quote(text: str, safe: str = "/") -> str:
    """Return text as it may stand in a path."""
    from urllib.parse import quote

    return quote(text, safe)


def quote_plus(text: str, safe: str = "") -> str:
    """Return text as it may stand in a form."""
    from urllib.parse import quote_plus

    return quote_plus(text, safe)


def unquote(text: str) -> str:
    """Return what was written as it may stand in an address."""
    from urllib.parse import unquote

    return unquote(text)


def parse_qs(query: str) -> dict[str, list[str]]:
    """Return the arguments of a query, also those without a value."""
    from urllib.parse import parse_qs

    return parse_qs(query, keep_blank_values=True)


def urljoin(base: str, url: str) -> str:
    """Return the address that one means beside another."""
    from urllib.parse import urljoin

    return urljoin(base, url)


def urlsplit(url: str) -> SplitResult:
    """Return the parts of an address."""
    from urllib.parse import urlsplit

    return urlsplit(url)
