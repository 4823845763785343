"""The sign-in of a person with OAuth2: in the browser, then one call for the token.

The two mixins differ in waiting only. The token is fetched through the client's own
transport and error tree; Authlib writes the address and reads the redirect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

from msgspec import Struct

from .build import setting
from .client import AsyncBase, Core, SyncBase
from .oauth import OAuth2App, OAuthError, authorization_code
from .operation import Call, Operation
from .secret import Secret

T = TypeVar("T")
P = ParamSpec("P")


def browser() -> Callable[[str], object]:
    """Return what opens the system's browser; loaded only when somebody signs in."""
    import webbrowser

    return webbrowser.open


def receive(redirect_uri: str, timeout: float, open_url: Callable[[str], object], url: str) -> str:
    """Listen for the redirect; the listener is loaded only when somebody signs in."""
    from .oauth_redirect import receive_redirect

    return receive_redirect(redirect_uri, timeout, open_url, url)


def paste(url: str, ask: Callable[[str], str]) -> str:
    """Let a person paste the redirect; see `oauth_redirect`."""
    from .oauth_redirect import paste_redirect

    return paste_redirect(url, ask)


async def aside(work: Callable[P, str], *args: P.args, **kwargs: P.kwargs) -> str:
    """Do in a thread what waits for a person."""
    import asyncio

    return await asyncio.to_thread(work, *args, **kwargs)


def code_of(redirect: Secret, state: str | None) -> Secret:
    """Return the code in a redirect; no traceback reaches it."""
    problem: OAuthError
    try:
        return Secret(authorization_code(redirect.reveal(), state))
    except OAuthError as error:
        problem = error
    raise problem.without_traces()


class OAuthFlow(Struct, Generic[T], frozen=True):
    """How a document describes its authorization code flow; ids and URI name settings."""

    authorize_path: str
    scope: str
    client_id: str
    redirect_uri: str
    token: Operation[T]


class _SignIn(Core, Generic[T]):
    """What both ways of waiting share."""

    _oauth: OAuthFlow[T]

    def _app(self) -> OAuth2App:
        context = self._context
        return OAuth2App(
            authorize_url=context.server.rstrip("/") + self._oauth.authorize_path,
            client_id=str(setting(self._oauth.client_id, context)),
            redirect_uri=str(setting(self._oauth.redirect_uri, context)),
            scope=self._oauth.scope,
        )

    def authorization_url(self, *, state: str | None = None) -> tuple[str, str]:
        """Return the address to open in a browser, and the state that must come back.

        Args:
            state: Text that ties the answer to this sign-in; a random one if none is given.
        """
        return self._app().authorization_url(state)

    def _token_call(self, redirect: Secret, state: str | None) -> Call[T]:
        form = {
            "grant_type": "authorization_code",
            "code": code_of(redirect, state),
            "redirect_uri": self._app().redirect_uri,
        }
        return self._oauth.token.call(form=form)


class SignInBase(_SignIn[T], SyncBase):
    """Sign in and wait."""

    def fetch_token(self, *, authorization_response: str, state: str | None) -> T:
        """Exchange the code in the redirect for an access token, and keep the token.

        Args:
            authorization_response: The address that the browser was sent to, or its query.
            state: What `authorization_url` returned; None skips that check.

        Raises:
            AuthorizationRefused: The person or the server said no in the browser.
            RedirectInvalid: The address belongs to another sign-in or has no code.
            Rejected: The server does not accept the code or the application.
        """
        redirect = Secret(authorization_response)
        del authorization_response  # It holds the code, which tracebacks could show.
        return self._send(self._token_call(redirect, state))

    def sign_in(
        self, *, open_url: Callable[[str], object] | None = None, timeout: float = 300
    ) -> T:
        """Open the browser, receive the redirect on this machine and fetch the token.

        Args:
            open_url: What opens an address; the system's browser if nothing is given.
            timeout: Seconds to wait for the person.
        """
        url, state = self.authorization_url()
        opener = open_url or browser()
        uri = self._app().redirect_uri
        return self.fetch_token(
            authorization_response=receive(uri, timeout, opener, url), state=state
        )

    def sign_in_by_paste(self, *, ask: Callable[[str], str] | None = None) -> T:
        """Let a person open the address anywhere and paste where the browser ended.

        Args:
            ask: Shows a text and returns what was typed; the terminal if nothing is given.
        """
        url, state = self.authorization_url()
        return self.fetch_token(authorization_response=paste(url, ask or input), state=state)


class AsyncSignInBase(_SignIn[T], AsyncBase):
    """Sign in without blocking the event loop."""

    async def fetch_token(self, *, authorization_response: str, state: str | None) -> T:
        """Exchange the code in the redirect for an access token, and keep the token.

        Args:
            authorization_response: The address that the browser was sent to, or its query.
            state: What `authorization_url` returned; None skips that check.

        Raises:
            AuthorizationRefused: The person or the server said no in the browser.
            RedirectInvalid: The address belongs to another sign-in or has no code.
            Rejected: The server does not accept the code or the application.
        """
        redirect = Secret(authorization_response)
        del authorization_response  # It holds the code, which tracebacks could show.
        return await self._send(self._token_call(redirect, state))

    async def sign_in(
        self,
        *,
        open_url: Callable[[str], object] | None = None,
        timeout: float = 300,  # noqa: ASYNC109 - a person's time, not the event loop's
    ) -> T:
        """Open the browser, receive the redirect on this machine and fetch the token.

        Args:
            open_url: What opens an address; the system's browser if nothing is given.
            timeout: Seconds to wait for the person.
        """
        url, state = self.authorization_url()
        opener = open_url or browser()
        uri = self._app().redirect_uri
        return await self.fetch_token(
            authorization_response=await aside(receive, uri, timeout, opener, url), state=state
        )

    async def sign_in_by_paste(self, *, ask: Callable[[str], str] | None = None) -> T:
        """Let a person open the address anywhere and paste where the browser ended.

        Args:
            ask: Shows a text and returns what was typed; the terminal if nothing is given.
        """
        url, state = self.authorization_url()
        return await self.fetch_token(
            authorization_response=await aside(paste, url, ask or input), state=state
        )
