"""The methods of a client's views: the same ones, with another kind of answer."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from brokerspec.text import Source, identifier

if TYPE_CHECKING:
    from brokerspec.plan_calls import Method
    from brokerspec.plan_paging import Pager

_NOTHING: Final = Source("")


class Viewed(Struct, frozen=True):
    """A method of a view: what it is wrapped in, and what that is given beside it."""

    name: Source
    wrapper: Source
    given: Source = _NOTHING


def responding(
    methods: Iterable[Method], pagers: Iterable[Pager], more: Iterable[Source] = ()
) -> tuple[Viewed, ...]:
    """Return the methods that answer with the response; those of pages give each page's."""
    found = [
        Viewed(identifier(one.name), Source("headed"), Source(f", {identifier(one.headers)}"))
        if one.headers
        else Viewed(identifier(one.name), Source("responding"))
        for one in methods
    ]
    found += [Viewed(name, Source("responding")) for name in more]
    found += [
        Viewed(identifier(one.name), Source("paged"), Source(f", self.{identifier(one.page)}"))
        for one in pagers
    ]
    return tuple(found)


def preparing(methods: Iterable[Method]) -> tuple[Viewed, ...]:
    """Return the methods that build their requests."""
    return tuple(Viewed(identifier(one.name), Source("preparing")) for one in methods)


def streaming(methods: Iterable[Method], streams: Container[str]) -> tuple[Viewed, ...]:
    """Return the methods whose answers are read piece by piece."""
    return tuple(
        Viewed(name, Source("streaming_items"), Source(f", {identifier(one.items)}"))
        if one.items
        else Viewed(name, Source("streaming"))
        for one in methods
        if one.name in streams
        for name in (identifier(one.name),)
    )
