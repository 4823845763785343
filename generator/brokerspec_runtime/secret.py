"""A text that cannot be shown by accident."""

from __future__ import annotations

from typing import Final, NoReturn, cast, final

MASK: Final = "***"


@final
class Secret:
    """Hold a password, token, key or personal number; only `reveal` gives it back.

    Its repr, str and format are `***`. It refuses to be pickled, so that it cannot
    reach a cache, a queue or another process unnoticed.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not isinstance(cast(object, text), str):
            raise TypeError(f"a Secret holds a text, not {type(text).__name__}")
        self._text = text

    @classmethod
    def of(cls, text: str | Secret) -> Secret:
        """Return `text` as a secret, whichever of the two it is."""
        return text if isinstance(text, Secret) else cls(text)

    def reveal(self) -> str:
        """Return the hidden text."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        # Rarely compared, and slow to load.
        import hmac

        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled; reveal() it where that is meant")
