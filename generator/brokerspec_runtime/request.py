"""What goes to a transport and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as it may be seen by people: every secret is masked."""

    url: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Request:
    """A finished HTTP request. Its repr shows no secret; its fields are what is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    shown: Shown | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        if self.shown is None:
            return f"Request({self.method!r}, <no masked form>)"
        shown = self.shown
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
