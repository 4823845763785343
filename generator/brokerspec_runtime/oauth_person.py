"""Sign a person in with OAuth2: the authorization code flow with PKCE (RFC 7636).

The two classes differ in waiting only. Authlib writes the address and reads the redirect;
the token is fetched like those of `oauth_client`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator
from typing import Any, cast

from msgspec import Struct

from .errors import InvalidArgument
from .oauth import OAuth2App
from .oauth_client import AsyncTokenBase, TokenBase
from .oauth_tokens import OAuth2, Step, Token, Tokens
from .secret import Secret
from .sign_in import aside, browser, code_of, paste, receive

# RFC 7636 allows 43 to 128 characters; this makes 64 of them.
_VERIFIER_BYTES = 48


class Started(Struct, frozen=True):
    """A sign-in that has begun: open `url`, and keep the rest until the redirect is there."""

    url: str
    state: str
    verifier: Secret
    setting: str
    redirect_uri: str


def _scheme(schemes: tuple[OAuth2, ...], named: str | None) -> OAuth2:
    found = [s for s in schemes if "authorization_code" in s.grants and named in (None, s.setting)]
    if not found:
        raise InvalidArgument(f"{named!r} is no security scheme that a person signs in with")
    return found[0]


def _begin(tokens: Tokens, scheme: OAuth2) -> Generator[Step, Any, Started]:
    """Return where the browser has to go."""
    client_id = tokens.held(scheme, "_client_id")
    redirect_uri = tokens.held(scheme, "_redirect_uri")
    if client_id is None or redirect_uri is None:
        needed = f"{scheme.setting}_client_id and {scheme.setting}_redirect_uri"
        raise InvalidArgument(f"signing in needs {needed}: give them to the client")
    url = scheme.authorize_url
    if scheme.discovery_url:
        url = (yield from tokens.discover(scheme)).authorization_endpoint
    # An OpenID provider knows the person only when it is asked for that.
    scope = tokens.scope(scheme) or ("openid" if scheme.discovery_url else "")
    app = OAuth2App(tokens.absolute(url), client_id.reveal(), redirect_uri.reveal(), scope)
    verifier = secrets.token_urlsafe(_VERIFIER_BYTES)
    written, state = app.authorization_url(
        code_challenge=_challenge(verifier), code_challenge_method="S256"
    )
    return Started(written, state, Secret(verifier), scheme.setting, redirect_uri.reveal())


def _challenge(verifier: str) -> str:
    # Loaded only when somebody signs in. Authlib comes without types.
    from authlib.oauth2 import rfc7636

    made: str = cast("Any", rfc7636).create_s256_code_challenge(verifier)
    return made


def _end(tokens: Tokens, started: Started, redirect: Secret) -> Generator[Step, Any, Token]:
    """Exchange the code in the redirect for tokens."""
    form: dict[str, object] = {
        "grant_type": "authorization_code",
        "code": code_of(redirect, started.state),
        "redirect_uri": started.redirect_uri,
        "code_verifier": started.verifier,
    }
    return tokens.exchange(tokens.schemes[started.setting], form)


class PersonBase(TokenBase):
    """Sign a person in and wait."""

    def start_sign_in(self, *, scheme: str | None = None) -> Started:
        """Return the address to open in a browser, and what has to be kept until the redirect.

        Args:
            scheme: The setting of the security scheme; the first one if nothing is given.
        """
        return self._drive(_begin(self._tokens, _scheme(self._oauth2, scheme)))

    def finish_sign_in(self, started: Started, *, authorization_response: str) -> Token:
        """Exchange the code in the redirect for tokens, and keep and return them.

        Args:
            started: What `start_sign_in` returned.
            authorization_response: The address that the browser was sent to, or its query.

        Raises:
            AuthorizationRefused: The person or the server said no in the browser.
            RedirectInvalid: The address belongs to another sign-in or has no code.
            Rejected: The server does not accept the code or the application.
        """
        redirect = Secret(authorization_response)
        del authorization_response  # It holds the code, which tracebacks could show.
        with self._tokens.lock:
            return self._drive(_end(self._tokens, started, redirect))

    def sign_in(
        self,
        *,
        open_url: Callable[[str], object] | None = None,
        timeout: float = 300,
        scheme: str | None = None,
    ) -> Token:
        """Open the browser, receive the redirect on this machine and fetch the tokens.

        Args:
            open_url: What opens an address; the system's browser if nothing is given.
            timeout: Seconds to wait for the person.
            scheme: The setting of the security scheme; the first one if nothing is given.
        """
        started = self.start_sign_in(scheme=scheme)
        came = receive(started.redirect_uri, timeout, open_url or browser(), started.url)
        return self.finish_sign_in(started, authorization_response=came)

    def sign_in_by_paste(
        self, *, ask: Callable[[str], str] | None = None, scheme: str | None = None
    ) -> Token:
        """Let a person open the address anywhere and paste where the browser ended.

        Args:
            ask: Shows a text and returns what was typed; the terminal if nothing is given.
            scheme: The setting of the security scheme; the first one if nothing is given.
        """
        started = self.start_sign_in(scheme=scheme)
        return self.finish_sign_in(started, authorization_response=paste(started.url, ask or input))


class AsyncPersonBase(AsyncTokenBase):
    """Sign a person in without blocking the event loop."""

    async def start_sign_in(self, *, scheme: str | None = None) -> Started:
        """Return the address to open in a browser, and what has to be kept until the redirect.

        Args:
            scheme: The setting of the security scheme; the first one if nothing is given.
        """
        return await self._drive(_begin(self._tokens, _scheme(self._oauth2, scheme)))

    async def finish_sign_in(self, started: Started, *, authorization_response: str) -> Token:
        """Exchange the code in the redirect for tokens, and keep and return them.

        Args:
            started: What `start_sign_in` returned.
            authorization_response: The address that the browser was sent to, or its query.

        Raises:
            AuthorizationRefused: The person or the server said no in the browser.
            RedirectInvalid: The address belongs to another sign-in or has no code.
            Rejected: The server does not accept the code or the application.
        """
        redirect = Secret(authorization_response)
        del authorization_response  # It holds the code, which tracebacks could show.
        async with self._tokens.async_lock():
            return await self._drive(_end(self._tokens, started, redirect))

    async def sign_in(
        self,
        *,
        open_url: Callable[[str], object] | None = None,
        timeout: float = 300,  # noqa: ASYNC109 - a person's time, not the event loop's
        scheme: str | None = None,
    ) -> Token:
        """Open the browser, receive the redirect on this machine and fetch the tokens.

        Args:
            open_url: What opens an address; the system's browser if nothing is given.
            timeout: Seconds to wait for the person.
            scheme: The setting of the security scheme; the first one if nothing is given.
        """
        started = await self.start_sign_in(scheme=scheme)
        opener = open_url or browser()
        came = await aside(receive, started.redirect_uri, timeout, opener, started.url)
        return await self.finish_sign_in(started, authorization_response=came)

    async def sign_in_by_paste(
        self, *, ask: Callable[[str], str] | None = None, scheme: str | None = None
    ) -> Token:
        """Let a person open the address anywhere and paste where the browser ended.

        Args:
            ask: Shows a text and returns what was typed; the terminal if nothing is given.
            scheme: The setting of the security scheme; the first one if nothing is given.
        """
        started = await self.start_sign_in(scheme=scheme)
        came = await aside(paste, started.url, ask or input)
        return await self.finish_sign_in(started, authorization_response=came)
