"""Sign in with the authorization code flow of OAuth 2 (RFC 6749, section 4.1).

Nothing here does I/O: `OAuth2App` writes the address to open, `authorization_code` reads
the redirect. The token is fetched like any other call of a client (see `sign_in`). No
error text shows a code, a state or a secret.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from msgspec import Struct

from .errors import BrokerError, InvalidArgument

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_ERROR_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def _parameters() -> Any:
    """Return Authlib's writer and reader of parameters, loaded only when somebody signs in.

    Authlib comes without types; what is taken from it is given one where it is used.
    """
    from authlib.oauth2.rfc6749 import parameters

    return parameters


class OAuthError(BrokerError):
    """Signing in did not succeed.

    `code` is the error code of RFC 6749 or of the server; `description` holds the
    server's own words, which are not part of the text of the error.
    """

    def __init__(self, message: str, *, code: str = "", description: str = "") -> None:
        super().__init__(f"{message} ({code})" if code else message)
        self.code = code
        self.description = description


class AuthorizationRefused(OAuthError):
    """The person or the server said no in the browser, such as `access_denied`."""


class RedirectInvalid(OAuthError):
    """What came back from the browser cannot be used, or nothing came back in time."""


class OAuth2App(Struct, frozen=True):
    """An application that is registered with a server."""

    authorize_url: str
    client_id: str
    redirect_uri: str
    scope: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.authorize_url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise InvalidArgument("signing in needs a server whose address begins with https://")

    def authorization_url(self, state: str | None = None, **extra: str) -> tuple[str, str]:
        """Return the address to open in a browser, and the state that must come back.

        Without a `state` a random one is made. Keep it until the redirect is read.
        """
        state = state or secrets.token_urlsafe(32)
        written: str = _parameters().prepare_grant_uri(
            self.authorize_url,
            self.client_id,
            "code",
            redirect_uri=self.redirect_uri,
            scope=self.scope,
            state=state,
            **extra,
        )
        parts = urlsplit(written)
        # A space as %20: every server reads that, and not every one reads a plus sign.
        return urlunsplit(parts._replace(query=parts.query.replace("+", "%20"))), state


def authorization_code(authorization_response: str, state: str | None) -> str:
    """Return the authorization code that came back from the browser.

    `authorization_response` is the address that the browser was sent to, or its query.
    `state` is what `OAuth2App.authorization_url` returned; None skips that check.
    Raises AuthorizationRefused or RedirectInvalid.
    """
    query = _query(authorization_response)
    if "error" in query:
        raise AuthorizationRefused(
            "the sign-in was refused",
            code=_error_code(query["error"]),
            description=query.get("error_description", ""),
        )
    returned = query.get("state", "")
    if state is not None and not hmac.compare_digest(returned.encode(), state.encode()):
        raise RedirectInvalid("the redirect belongs to another sign-in: its state differs")
    if not query.get("code"):
        raise RedirectInvalid("the redirect has no authorization code")
    answer: dict[str, str] = _parameters().parse_authorization_code_response(authorization_response)
    return answer["code"]


def _query(authorization_response: str) -> dict[str, str]:
    try:
        text = urlsplit(authorization_response).query
    except ValueError:
        raise RedirectInvalid("the redirect is not an address") from None
    pairs = parse_qsl(text, keep_blank_values=True)
    query = dict(pairs)
    if len(query) != len(pairs):
        raise RedirectInvalid("the redirect names a parameter twice")
    return query


def _error_code(value: object) -> str:
    """Return an error code as the server sent it, nothing where it is not a plain word."""
    return value if isinstance(value, str) and _ERROR_CODE.fullmatch(value) else ""
