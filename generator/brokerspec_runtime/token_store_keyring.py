"""Tokens in the system's keyring, by way of the `keyring` library (the extra `keyring`)."""

from __future__ import annotations

from importlib import import_module
from typing import Final, Protocol, cast

from .errors import InvalidArgument
from .token_store import StoredTokens, TokenStoreError, decoded, encoded, shares_token

_SERVICE: Final = "brokerspec"


class Keyring(Protocol):
    """What is used of the `keyring` module; a backend of it will do too."""

    def get_password(self, service: str, username: str, /) -> str | None:
        """Return what is kept, None when there is nothing."""
        ...

    def set_password(self, service: str, username: str, password: str, /) -> None:
        """Keep a text."""
        ...

    def delete_password(self, service: str, username: str, /) -> None:
        """Forget a text."""
        ...


class KeyringStore:
    """Keeps tokens in the system's keyring, or in a backend of the `keyring` library.

    A keyring has no lock over processes: of two that save at once the last one wins.
    """

    def __init__(self, keyring: Keyring | None = None) -> None:
        try:
            self._keyring = keyring or cast("Keyring", import_module("keyring"))
        except ImportError:
            message = "this store needs keyring: install it, or the extra keyring"
            raise InvalidArgument(message) from None

    def load(self, key: str) -> StoredTokens | None:
        """Return what was saved last, None when there is nothing."""
        try:
            text = self._keyring.get_password(_SERVICE, key)
        except Exception as error:
            raise _failed(error) from None
        if text is None:
            return None
        return cast("StoredTokens", decoded(text, StoredTokens, "the entry in the keyring"))

    def save(self, key: str, tokens: StoredTokens) -> None:
        """Keep tokens in place of those that were there."""
        try:
            self._keyring.set_password(_SERVICE, key, encoded(tokens).decode())
        except Exception as error:
            raise _failed(error) from None

    def delete(self, key: str, tokens: StoredTokens) -> None:
        """Forget what is kept if it has one of these tokens; newer ones stay."""
        if not shares_token(self.load(key), tokens):
            return
        try:
            self._keyring.delete_password(_SERVICE, key)
        except Exception as error:
            raise _failed(error) from None


def _failed(error: Exception) -> TokenStoreError:
    """Name a keyring's error by its class; its text might show what was kept."""
    return TokenStoreError(f"the keyring failed ({type(error).__name__})")
