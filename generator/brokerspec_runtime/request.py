"""What goes to a transport and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import force_setattr


class Discreet(Struct, frozen=True):
    """Show pretty printers what the repr says: a Struct alone shows them all of its members."""

    def __rich_repr__(self) -> None:  # type: ignore[override]
        """Leave it to the repr."""


class Shown(Struct, frozen=True):
    """A request as it may be seen by people: every secret is masked."""

    url: str
    headers: Mapping[str, str]
    body: str


class Request(Discreet, frozen=True, eq=False):
    """A finished HTTP request. Its repr shows no secret; its fields are what is sent.

    `mask` is its masked form, or what makes it: most requests are never shown.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    mask: Shown | Callable[[], Shown] | None = None

    @property
    def shown(self) -> Shown | None:
        """The masked form, made when it is first asked for."""
        if callable(self.mask):
            force_setattr(self, "mask", self.mask())
        return cast("Shown | None", self.mask)

    def __eq__(self, other: object) -> bool:
        """Compare what is sent: the masked form follows from it."""
        if not isinstance(other, Request):
            return NotImplemented
        mine, theirs = ((one.method, one.url, one.headers, one.body) for one in (self, other))
        return mine == theirs

    def __repr__(self) -> str:
        shown = self.shown
        if shown is None:
            return f"Request({self.method!r}, <no masked form>)"
        return f"Request({self.method} {shown.url} {dict(shown.headers)} {shown.body})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the masked form only: what was sent stays in this process."""
        return Request, (self.method, "", {}, None, self.shown)


class RawResponse(Discreet, frozen=True):
    """An HTTP answer before anything is made of it; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float

    def __repr__(self) -> str:
        return f"RawResponse({self.status}, {len(self.body)} bytes)"
