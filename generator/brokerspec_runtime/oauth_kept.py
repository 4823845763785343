"""The tokens of a security scheme in a store, which may outlive the client.

What is returned here reads or writes the store: a client does that in its own way of waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeAlias

from .secret import Secret
from .session import reported
from .token_store import StoredToken, StoredTokens, TokenStore

Values: TypeAlias = dict[str, str | Secret | None]

_REFRESH: Final = "_refresh_token"
# What tells one account from another and is no secret.
_ACCOUNT: Final = ("_client_id", "_redirect_uri", "_user", "_scope")
# A token is renewed this long before it ends, or a tenth of its life where that is less.
_EARLY_SECONDS: Final = 60.0


def early(life: float) -> float:
    """Return how long before its end a token is renewed."""
    return min(_EARLY_SECONDS, life / 10)


class Kept:
    """What the store has of one scheme, and what this client has read of that or written."""

    def __init__(
        self,
        store: TokenStore,
        setting: str,
        values: Values,
        ends: dict[str, float],
        *,
        place: str,
        now: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self._store = store
        self._setting = setting
        self._refresh = f"{setting}{_REFRESH}"
        self._values = values
        self._ends = ends
        self._key = _key(place, setting, values)
        self._now = now
        self._wall = wall
        self._known: StoredTokens = {}
        if not any(values.get(name) for name in (setting, self._refresh)):
            self._take(store.load(self._key) or {})

    def _take(self, tokens: StoredTokens) -> bool:
        """Use stored tokens; say whether one of them can be sent as it is."""
        self._known = tokens
        access, refresh = tokens.get(self._setting), tokens.get(self._refresh)
        if refresh is not None:
            self._values[self._refresh] = refresh.value
        if access is None:
            return False
        self._ends.pop(self._setting, None)
        if access.expires_at is not None:
            left = access.expires_at.timestamp() - self._wall()
            if left <= 0:
                return False
            self._ends[self._setting] = self._now() + left - early(left)
        self._values[self._setting] = access.value
        return True

    def reload(self) -> bool:
        """Take what another process has stored since; say whether that is a valid token."""
        found: StoredTokens = {}
        with reported():
            found = self._store.load(self._key) or {}
        # Tokens that were given to this client are not replaced by those of somebody else.
        is_newer = bool(self._known) and found != self._known
        return is_newer and self._take(found)

    def save(self, life: float | None) -> None:
        """Store the tokens that the client has now; `life` is that of one just fetched."""
        ends = None if life is None else datetime.fromtimestamp(self._wall() + life, UTC)
        access, refresh = self._values.get(self._setting), self._values.get(self._refresh)
        tokens: dict[str, StoredToken] = {}
        if access:
            tokens[self._setting] = StoredToken(Secret.of(access), ends)
        if refresh:
            tokens[self._refresh] = StoredToken(Secret.of(refresh))
        self._known = tokens
        with reported():
            self._store.save(self._key, tokens)

    def drop(self) -> None:
        """Forget in the store what the server no longer takes; what is newer stays."""
        known, self._known = self._known, {}
        if known:
            with reported():
                self._store.delete(self._key, known)


def _key(place: str, setting: str, values: Values) -> str:
    """Return the name of an account's tokens; nothing can be read off it."""
    import hashlib

    digest = hashlib.sha256()
    for part in (place, setting, *(values.get(f"{setting}{ending}") for ending in _ACCOUNT)):
        text = part.reveal() if isinstance(part, Secret) else part or ""
        digest.update(f"{len(text)}:{text}".encode(errors="surrogatepass"))
    return f"{place.partition(' ')[0]} {setting} {digest.hexdigest()}"
