"""The session of a client: its tokens, where they are kept, and how they are renewed.

Nothing here does I/O. What a store has to do is returned as a `Chore` for the client
to run in its own way of waiting.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from msgspec import Struct

from .credentials import settings_of
from .flow import attribute
from .formats import zone_of
from .operation import Operation
from .secret import Secret
from .token_store import StoredToken, StoredTokens, TokenStore, TokenStoreError, TokenStoreWarning

if TYPE_CHECKING:
    import asyncio

Chore: TypeAlias = Callable[[], None]
R = TypeVar("R")


def do(chore: Chore | None) -> None:
    """Do what a store has to do, if it has."""
    if chore is not None:
        chore()


async def do_aside(chore: Chore | None) -> None:
    """Do the same in a thread, which may wait for a file or keyring."""
    if chore is not None:
        await aside(chore)


async def aside(work: Callable[[], R]) -> R:
    """Let a thread do some work, and return what it gives."""
    import asyncio

    return await asyncio.to_thread(work)


class Mark(Struct, frozen=True):
    """What a call began with: how often the tokens had been renewed, and those to store."""

    turn: int
    tokens: StoredTokens


def ends_at(expires: str, zone: str, now: datetime) -> datetime | None:
    """Return when the clock of a zone next shows a time, None without one."""
    if not expires:
        return None
    local = now.astimezone(zone_of(zone))
    today = datetime.combine(local.date(), time.fromisoformat(expires), local.tzinfo)
    if today > local:
        return today
    return datetime.combine(local.date() + timedelta(days=1), today.time(), local.tzinfo)


def _utc() -> datetime:
    return datetime.now(UTC)


class Session:
    """The tokens of one client and of everything that shares them with it.

    `values` are the settings of the client, `names` those of them that are tokens.
    `turn` counts the times that signing in led to something, good or bad.
    """

    def __init__(
        self,
        values: dict[str, str | Secret | None],
        names: Collection[str],
        *,
        key: str,
        store: TokenStore | None,
        now: Callable[[], datetime] = _utc,
    ) -> None:
        self.lock = threading.Lock()
        self._values = values
        self._names = names
        self._key = key
        self._store = store
        self._now = now
        self._writing = threading.Lock()
        self._ends: dict[str, datetime | None] = {}
        self._turn = 0
        self._failure: Exception | None = None
        self._loop_lock: tuple[object, asyncio.Lock] | None = None
        self._restore()

    def _restore(self) -> None:
        """Take up a stored session, unless a token of another one was given."""
        if self._store is None or any(self._values.get(name) for name in self._names):
            return
        now = self._now()
        for name, token in (self._store.load(self._key) or {}).items():
            if name in self._names and (token.expires_at is None or token.expires_at > now):
                self._values[name] = token.value
                self._ends[name] = token.expires_at

    def async_lock(self) -> asyncio.Lock:
        """Return the lock of the running event loop, under which one task signs in."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self._loop_lock is None or self._loop_lock[0] is not loop:
            self._loop_lock = loop, asyncio.Lock()
        return self._loop_lock[1]

    def mark(self) -> Mark:
        """Return what a call begins with; ask before its request is built."""
        return Mark(self._turn, self._tokens() if self._store else {})

    def _tokens(self) -> StoredTokens:
        held = ((name, self._values.get(name)) for name in self._names)
        return {
            name: StoredToken(Secret.of(value), self._ends.get(name))
            for name, value in held
            if value
        }

    def carries_token(self, operation: Operation[Any]) -> bool:
        """Say whether an operation needs the session, rather than opening it."""
        return not operation.opens_session and any(
            name in self._names for name in (*settings_of(operation), *operation.settings)
        )

    def may_renew(self, operation: Operation[Any]) -> bool:
        """Say whether a new session helps an operation, and nobody is signing in here."""
        return (
            self.carries_token(operation)
            and not operation.closes_session
            and self not in _RENEWING.get()
        )

    def learn(self, operation: Operation[Any], data: object) -> Chore | None:
        """Keep the tokens that an answer gives; forget all of them when the session closes."""
        chore: Chore | None = None
        for grant in operation.grants:
            token = attribute(data, grant.path)
            self._values[grant.setting] = None if token is None else Secret.of(token)
            self._ends[grant.setting] = ends_at(grant.expires, grant.zone, self._now())
        if operation.grants and self not in _OPENING.get():
            self._turn, self._failure = self._turn + 1, None
            chore = self._save
        if operation.closes_session:
            chore = partial(self._drop, self._tokens())
            for name in self._names:
                self._values[name] = None
        return chore if self._store else None

    @contextmanager
    def opening(self) -> Generator[None]:
        """Take the tokens of a chain of calls together: when one fails, none of them is kept."""
        held = {name: (self._values.get(name), self._ends.get(name)) for name in self._names}
        token = _OPENING.set((*_OPENING.get(), self))
        try:
            yield
        except BaseException:
            for name, (value, end) in held.items():
                self._values[name], self._ends[name] = value, end
            raise
        finally:
            _OPENING.reset(token)

    def opened(self) -> Chore | None:
        """Count a finished chain as one sign-in, and return how the store keeps its tokens."""
        self._turn, self._failure = self._turn + 1, None
        return self._save if self._store else None

    def refused(self, operation: Operation[Any], mark: Mark) -> Chore | None:
        """Return how the store forgets the tokens that the server no longer takes."""
        if self._store is None or not self.carries_token(operation):
            return None
        return partial(self._drop, mark.tokens)

    def has_turned(self, mark: Mark) -> bool:
        """Say whether somebody signed in, or tried to, since a call began."""
        return self._turn != mark.turn

    @property
    def failure(self) -> Exception | None:
        """Why the last attempt to sign in again failed."""
        return self._failure

    @contextmanager
    def renewal(self) -> Generator[None]:
        """Remember how signing in again ends, for all calls that wait for it."""
        before = self._turn
        token = _RENEWING.set((*_RENEWING.get(), self))
        try:
            yield
            if self._turn == before:
                raise RuntimeError("reauthenticate came back without a new token")
        except Exception as error:
            self._turn, self._failure = self._turn + 1, error
        finally:
            _RENEWING.reset(token)

    def _save(self) -> None:
        with self._writing, reported():
            tokens = self._tokens()
            if self._store and tokens:
                self._store.save(self._key, tokens)

    def _drop(self, tokens: StoredTokens) -> None:
        with self._writing, reported():
            if self._store and tokens:
                self._store.delete(self._key, tokens)


# Sessions whose `reauthenticate` runs around here: what it calls must not wait for itself.
_RENEWING: Final[ContextVar[tuple[Session, ...]]] = ContextVar("renewing", default=())
# Sessions whose chain of calls runs around here: a token of the middle is not a session yet.
_OPENING: Final[ContextVar[tuple[Session, ...]]] = ContextVar("opening", default=())


@contextmanager
def reported() -> Generator[None]:
    """Warn of a store that fails: the call itself has its answer, which must not be lost."""
    try:
        yield
    except TokenStoreError as error:
        warnings.warn(str(error), TokenStoreWarning, stacklevel=2)
    except Exception as error:
        text = f"the token store failed ({type(error).__name__})"
        warnings.warn(text, TokenStoreWarning, stacklevel=2)
