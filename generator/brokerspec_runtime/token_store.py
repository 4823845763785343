"""Where tokens are kept between one client and the next.

A store holds what can move money: whoever reads it can trade until the tokens end.
`FileStore` writes them as they are, into a file that only its owner can read.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, cast

import msgspec
from msgspec import Struct

from .errors import InvalidArgument
from .secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

_OWNER_ONLY: Final = 0o600
_LOCK_SECONDS: Final = 10


class TokenStoreError(Exception):
    """A store cannot be read or written. The text names no token."""


class TokenStoreWarning(UserWarning):
    """Tokens could not be written to their store; the client itself goes on with them."""


class StoredToken(Struct, frozen=True):
    """A token, and when it ends if the server says so."""

    value: Secret
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.expires_at is not None and self.expires_at.tzinfo is None:
            raise InvalidArgument("the end of a token needs a time zone")


StoredTokens: TypeAlias = Mapping[str, StoredToken]
"""The tokens of one account, by the names that the client's constructor gives them."""


class TokenStore(Protocol):
    """Keeps the tokens of accounts. A key names broker, server and account."""

    def load(self, key: str) -> StoredTokens | None:
        """Return what was saved last, None when there is nothing."""
        ...

    def save(self, key: str, tokens: StoredTokens) -> None:
        """Keep tokens in place of those that were there."""
        ...

    def delete(self, key: str, tokens: StoredTokens) -> None:
        """Forget what is kept if it has one of these tokens; newer ones stay."""
        ...


def shares_token(kept: StoredTokens | None, tokens: StoredTokens) -> bool:
    """Say whether two sets of tokens have one in common."""
    return any(name in tokens and tokens[name].value == one.value for name, one in _items(kept))


def _items(tokens: StoredTokens | None) -> Iterator[tuple[str, StoredToken]]:
    return iter((tokens or {}).items())


class MemoryStore:
    """Keeps tokens as long as the process lives, for several clients of one account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, StoredTokens] = {}

    def load(self, key: str) -> StoredTokens | None:
        """Return what was saved last, None when there is nothing."""
        return self._kept.get(key)

    def save(self, key: str, tokens: StoredTokens) -> None:
        """Keep tokens in place of those that were there."""
        with self._lock:
            self._kept[key] = dict(tokens)

    def delete(self, key: str, tokens: StoredTokens) -> None:
        """Forget what is kept if it has one of these tokens; newer ones stay."""
        with self._lock:
            if shares_token(self._kept.get(key), tokens):
                del self._kept[key]


class AccountStore:
    """One person's part of a store that several use, each with clients of their own.

    An application that acts for many people needs it: the tokens of one must never be taken
    up by the client of another.
    """

    def __init__(self, store: TokenStore, account: str) -> None:
        self._store = store
        self._account = account

    def load(self, key: str) -> StoredTokens | None:
        """Return what was saved last, None when there is nothing."""
        return self._store.load(self._of(key))

    def save(self, key: str, tokens: StoredTokens) -> None:
        """Keep tokens in place of those that were there."""
        self._store.save(self._of(key), tokens)

    def delete(self, key: str, tokens: StoredTokens) -> None:
        """Forget what is kept if it has one of these tokens; newer ones stay."""
        self._store.delete(self._of(key), tokens)

    def _of(self, key: str) -> str:
        return f"{key} {self._account}"


class FileStore:
    """Keeps tokens in a file that only its owner can read; needs the extra `token-file`.

    Several processes may use one file. `path` must be absolute (`~` is the home folder)
    and not in the working directory, where a file is easily shared or committed.
    """

    def __init__(self, path: str | Path) -> None:
        from pathlib import Path

        place = Path(path).expanduser()
        if not place.is_absolute() or place.resolve().parent == Path.cwd().resolve():
            raise InvalidArgument("a token file needs an absolute path outside the working folder")
        try:
            import filelock
        except ImportError:
            message = "a token file needs filelock: install it, or the extra token-file"
            raise InvalidArgument(message) from None
        self._path = place
        self._timeout = filelock.Timeout
        self._lock = filelock.FileLock(f"{place}.lock", timeout=_LOCK_SECONDS, mode=_OWNER_ONLY)

    def __repr__(self) -> str:
        return f"FileStore({str(self._path)!r})"

    def load(self, key: str) -> StoredTokens | None:
        """Return what was saved last, None when there is nothing."""
        try:
            return self._read().get(key)
        except OSError as error:
            raise self._failed(error) from None

    def save(self, key: str, tokens: StoredTokens) -> None:
        """Keep tokens in place of those that were there."""
        with self._changing() as kept:
            kept[key] = tokens

    def delete(self, key: str, tokens: StoredTokens) -> None:
        """Forget what is kept if it has one of these tokens; newer ones stay."""
        if not self._path.exists():
            return
        with self._changing() as kept:
            if shares_token(kept.get(key), tokens):
                del kept[key]

    @contextmanager
    def _changing(self) -> Generator[dict[str, StoredTokens]]:
        """Read the file, let it be changed and write it, while no other process does."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._lock:
                kept = self._read()
                before = dict(kept)
                yield kept
                if kept != before:
                    self._write(kept)
        except self._timeout:
            raise TokenStoreError(f"another process keeps {self._path} locked") from None
        except OSError as error:
            raise self._failed(error) from None

    def _read(self) -> dict[str, StoredTokens]:
        try:
            with self._path.open("rb") as file:
                if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                    raise TokenStoreError(f"others can read {self._path}: chmod it to 600")
                content = file.read()
        except FileNotFoundError:
            return {}
        kept = decoded(content, dict[str, StoredTokens], str(self._path))
        return cast("dict[str, StoredTokens]", kept)

    def _write(self, kept: Mapping[str, StoredTokens]) -> None:
        """Replace the file in one step, so that no reader ever sees half of it."""
        import tempfile

        # mkstemp makes a file that only its owner can read.
        handle, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(encoded(kept))
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise

    def _failed(self, error: OSError) -> TokenStoreError:
        return TokenStoreError(f"{self._path} cannot be used: {error.strerror}")


def encoded(tokens: object) -> bytes:
    """Return tokens as JSON, in the clear."""
    return msgspec.json.encode(tokens, enc_hook=_reveal)


def decoded(content: bytes | str, kind: Any, place: str) -> Any:
    """Return tokens from JSON; raise TokenStoreError when it is not what was written."""
    try:
        return msgspec.json.decode(content, type=kind, dec_hook=_hide)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise TokenStoreError(f"{place} is damaged: remove it and sign in again") from None


def _reveal(value: Any) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"a {type(value).__name__} is no token")


def _hide(kind: type, value: Any) -> Secret:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise TypeError("a token is a text")
