"""What goes to a transport and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as it may be seen by people: every secret is masked."""

    url: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Request:
    """A finished HTTP request. Its repr shows no secret; its fields are what is sent.

    `mask` is its masked form, or what makes it: most requests are never shown.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    mask: Shown | Callable[[], Shown] | None = field(default=None, compare=False)

    @property
    def shown(self) -> Shown | None:
        """The masked form, made when it is first asked for."""
        if callable(self.mask):
            object.__setattr__(self, "mask", self.mask())
        return cast("Shown | None", self.mask)

    def __repr__(self) -> str:
        shown = self.shown
        if shown is None:
            return f"Request({self.method!r}, <no masked form>)"
        return f"Request({self.method} {shown.url} {dict(shown.headers)} {shown.body})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the masked form only: what was sent stays in this process."""
        return Request, (self.method, "", {}, None, self.shown)


@dataclass(frozen=True, slots=True)
class RawResponse:
    """An HTTP answer before anything is made of it; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float

    def __repr__(self) -> str:
        return f"RawResponse({self.status}, {len(self.body)} bytes)"
