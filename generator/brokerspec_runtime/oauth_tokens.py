"""Get access tokens from an OAuth2 server: what is sent there and what comes back.

Nothing here does I/O. A `fetch` yields what is to be sent as `Asked` and is given the
answer; the clients in `oauth_client` send it, one at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import parse_qsl, quote, quote_plus, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from .credentials import first_held, names_of
from .errors import BrokerError, InvalidArgument, NotSent, Rejected, UnexpectedResponse
from .oauth_kept import Kept, early
from .operation import Attach, Call, Context, Failure, Operation, Safety
from .secret import Secret
from .servers import check_server
from .token_store import TokenStore

if TYPE_CHECKING:
    import asyncio

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_PATH: Final = "/%:@!$&'()*+,;=~-._"
# Tokens of these types need a proof beside them; as bearer tokens they are worth nothing.
_NOT_BEARER: Final = frozenset({"mac", "dpop", "pop"})
# RFC 6749, section 5.2.
_REFUSAL: Final = Failure(status=(400, 401, 403), code=("/error",), message=("/error_description",))
_ID: Final = "client id"
_SECRET: Final = "client secret"  # noqa: S105 - the name of a value, not one


class OAuth2(Struct, frozen=True, kw_only=True):
    """A security scheme for which the client gets tokens, and the flows that it offers.

    `setting` holds the token; the settings of the client id, the secret and so on begin
    with its name. Addresses may be relative to the server.
    """

    setting: str
    grants: tuple[str, ...]
    token_url: str = ""
    refresh_url: str = ""
    authorize_url: str = ""
    discovery_url: str = ""
    scope: str = ""


class TokenAnswer(Struct, frozen=True):
    """The answer of a token endpoint (RFC 6749, section 5.1)."""

    access_token: Secret
    token_type: str | None = None
    expires_in: Any = None
    refresh_token: Secret | None = None
    id_token: Secret | None = None
    scope: str | None = None


class Token(Struct, frozen=True):
    """What signing in gave. The client has kept it already.

    `id_token` is the identity token of OpenID Connect as it came. It is not verified: check
    its signature, issuer, audience and times before anything in it is believed.
    """

    access_token: Secret
    refresh_token: Secret | None = None
    id_token: Secret | None = None
    scope: str | None = None
    expires_in: float | None = None


class Discovery(Struct, frozen=True):
    """What is needed of an OpenID provider's configuration."""

    issuer: str
    token_endpoint: str
    authorization_endpoint: str = ""


class Asked(Struct, frozen=True):
    """A call to send to a server of its own, with no other credentials than its own."""

    call: Call[Any]
    context: Context


# What a store has to do is not sent; the client does it in its own way of waiting.
Step: TypeAlias = Asked | Callable[[], object]
Fetching: TypeAlias = Generator[Step, Any, None]


class Tokens:
    """The tokens that one client and everything that shares them with it have fetched.

    `turns` counts the fetches of each that came to an end, good or bad.
    """

    def __init__(
        self,
        schemes: Iterable[OAuth2],
        context: Context,
        values: dict[str, str | Secret | None],
        *,
        allow_plain_http: bool,
        now: Callable[[], float],
        wall: Callable[[], float],
        store: TokenStore | None,
    ) -> None:
        self.lock = threading.Lock()
        self.turns: dict[str, int] = {}
        self._failures: dict[str, BrokerError] = {}
        self.schemes = {scheme.setting: scheme for scheme in schemes}
        self._context = context
        self._values = values
        self._allow_plain_http = allow_plain_http
        self.now = now
        self._ends: dict[str, float] = {}
        self._kept: dict[str, Kept] = {}
        if store is not None:
            place = f"{context.broker} {context.server}"
            for name in self.schemes:
                self._kept[name] = Kept(
                    store, name, values, self._ends, place=place, now=now, wall=wall
                )
        self._found: dict[str, Discovery] = {}
        self._loop_lock: tuple[object, asyncio.Lock] | None = None

    def async_lock(self) -> asyncio.Lock:
        """Return the lock of the running event loop, under which one task fetches."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self._loop_lock is None or self._loop_lock[0] is not loop:
            self._loop_lock = loop, asyncio.Lock()
        return self._loop_lock[1]

    def wanted(self, operation: Operation[Any]) -> list[OAuth2]:
        """Return the schemes whose tokens have to be fetched before an operation is sent."""
        return [scheme for scheme in self._used(operation) if self._is_due(scheme)]

    def replaceable(self, operation: Operation[Any]) -> list[OAuth2]:
        """Return the schemes whose tokens can be fetched again when the server refuses them."""
        return [scheme for scheme in self._used(operation) if self.way(scheme)]

    def _used(self, operation: Operation[Any]) -> list[OAuth2]:
        held = {name for name, value in self._values.items() if value is not None}
        in_reach = held | {s.setting for s in self.schemes.values() if self.way(s)}
        names = {*names_of(operation.attach), *names_of(first_held(operation, in_reach) or ())}
        return [self.schemes[name] for name in sorted(names) if name in self.schemes]

    def _is_due(self, scheme: OAuth2) -> bool:
        if not self.way(scheme):
            return False
        ends = self._ends.get(scheme.setting)
        return self._values.get(scheme.setting) is None or (ends is not None and ends <= self.now())

    def way(self, scheme: OAuth2) -> str:
        """Return the grant by which a token can be had without a person, or nothing.

        An application that names a redirect URI is one that a person signs in to.
        """
        is_application = self.held(scheme, "_client_id") and self.held(scheme, "_client_secret")
        if self.held(scheme, "_refresh_token"):
            return "refresh_token"
        if "password" in scheme.grants and self.held(scheme, "_user"):
            return "password" if self.held(scheme, "_password") else ""
        is_ours = "client_credentials" in scheme.grants and not self.held(scheme, "_redirect_uri")
        return "client_credentials" if is_ours and is_application else ""

    def held(self, scheme: OAuth2, ending: str) -> Secret | None:
        """Return a setting of a scheme by the end of its name."""
        value = self._values.get(f"{scheme.setting}{ending}")
        return Secret.of(value) if value else None

    def fetch(self, scheme: OAuth2) -> Fetching:
        """Fetch a token without a person; an outdated refresh token is forgotten."""
        kept = self._kept.get(scheme.setting)
        if kept is not None and (yield kept.reload):
            return
        way = self.way(scheme)
        form: dict[str, object] = {"grant_type": way}
        if way == "refresh_token":
            form["refresh_token"] = self.held(scheme, "_refresh_token")
        elif way == "password":
            form |= {"username": self.held(scheme, "_user")}
            form |= {"password": self.held(scheme, "_password")}
        if way != "refresh_token" and (scope := self.scope(scheme)):
            form["scope"] = scope
        try:
            yield from self.exchange(scheme, form)
        except Rejected as refused:
            if way != "refresh_token" or refused.code != "invalid_grant":
                raise
            if kept is not None:
                # Another process may have used the refresh token first.
                if (yield kept.reload):
                    return
                yield kept.drop
            self._values[f"{scheme.setting}_refresh_token"] = None
            if not self.way(scheme):
                raise
            yield from self.fetch(scheme)

    def exchange(self, scheme: OAuth2, form: dict[str, object]) -> Generator[Step, Any, Token]:
        """Send a form to the token endpoint, and keep and return the token that it answers."""
        began = self.now()
        is_refresh = form["grant_type"] == "refresh_token"
        url = scheme.refresh_url if is_refresh and scheme.refresh_url else scheme.token_url
        if scheme.discovery_url:
            url = (yield from self.discover(scheme)).token_endpoint
        answer: TokenAnswer
        try:
            answer = yield self._asked(scheme, url, form)
        except Rejected as refused:
            secret = self.held(scheme, "_client_secret")
            if refused.code != "invalid_client" or secret is None:
                raise
            # Some servers read the secret of an application in the body only.
            answer = yield self._asked(scheme, url, {**form, "client_secret": secret})
        if (answer.token_type or "").lower() in _NOT_BEARER:
            raise UnexpectedResponse(f"the server gave a {answer.token_type} token, not a bearer's")
        life = seconds(answer.expires_in)
        self._values[scheme.setting] = answer.access_token
        self._ends.pop(scheme.setting, None)
        if life is not None:
            self._ends[scheme.setting] = began + life - early(life)
        if answer.refresh_token:
            self._values[f"{scheme.setting}_refresh_token"] = answer.refresh_token
        kept = self._kept.get(scheme.setting)
        if kept is not None:
            yield partial(kept.save, life)
        return Token(answer.access_token, answer.refresh_token, answer.id_token, answer.scope, life)

    def refused(self, operation: Operation[Any]) -> Iterator[Callable[[], object]]:
        """Yield how the store forgets tokens that the server does not take."""
        for scheme in self._used(operation):
            if scheme.setting in self._kept:
                yield self._kept[scheme.setting].drop

    def _asked(self, scheme: OAuth2, url: str, form: dict[str, object]) -> Asked:
        """Return the call of a token endpoint; a secret that is in no form goes into its header."""
        client_id, secret = self.held(scheme, "_client_id"), self.held(scheme, "_client_secret")
        values: dict[str, str | Secret | None] = {}
        attach: tuple[Attach, ...] = ()
        if client_id and secret and "client_secret" not in form:
            # RFC 6749, section 2.3.1: both are form-encoded first.
            values = {
                _ID: Secret(quote_plus(client_id.reveal())),
                _SECRET: Secret(quote_plus(secret.reveal())),
            }
            attach = (Attach("basic", "Authorization", f"{_ID}:{_SECRET}"),)
        elif client_id:
            form = {**form, "client_id": client_id.reveal()}
        once = form["grant_type"] in ("authorization_code", "refresh_token")
        operation = Operation[TokenAnswer](
            name="fetch_token",
            method="POST",
            path="",
            answer=TokenAnswer,
            safety=Safety.UNSAFE if once else Safety.IDEMPOTENT,
            attach=attach,
            failures=(_REFUSAL,),
        )
        return self._at(operation, url, values, form)

    def discover(self, scheme: OAuth2) -> Generator[Step, Any, Discovery]:
        """Return the configuration of an OpenID provider, which is fetched once."""
        found = self._found.get(scheme.setting)
        if found is None:
            operation = Operation[Discovery](
                name="discover_sign_in",
                method="GET",
                path="",
                answer=Discovery,
                safety=Safety.SAFE,
            )
            found = yield self._at(operation, scheme.discovery_url, {}, None)
            address = self.absolute(scheme.discovery_url)
            if found.issuer.rstrip("/") + _WELL_KNOWN != address:
                raise UnexpectedResponse("the OpenID configuration is that of another issuer")
            self._found[scheme.setting] = found
        return found

    def scope(self, scheme: OAuth2) -> str:
        """Return the scopes to ask for: those given, else those that operations name."""
        given = self.held(scheme, "_scope")
        return given.reveal() if given else scheme.scope

    def absolute(self, url: str) -> str:
        """Return an address of the document, which may be relative to the server, in full."""
        whole = urljoin(self._context.server.rstrip("/") + "/", url)
        check_server(whole, allow_plain_http=self._allow_plain_http)
        return whole

    def _at(
        self,
        operation: Operation[Any],
        url: str,
        values: dict[str, str | Secret | None],
        form: dict[str, object] | None,
    ) -> Asked:
        """Return a call of an address; its server is given nothing but `values`."""
        parts = urlsplit(self.absolute(url))
        if parts.fragment:
            raise InvalidArgument("the address of a token endpoint has no fragment")
        operation = replace(operation, path=quote(parts.path, safe=_PATH))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        context = Context(self._context.broker, f"{parts.scheme}://{parts.netloc}", values)
        return Asked(operation.call(query=query, form=form), context)

    def mark(self) -> Mapping[str, int]:
        """Return what a call begins with; ask before its request is built."""
        return dict(self.turns)

    def has_turned(self, scheme: OAuth2, mark: Mapping[str, int]) -> bool:
        """Say whether somebody fetched since; raise what went wrong when they failed."""
        name = scheme.setting
        if self.turns.get(name, 0) == mark.get(name, 0):
            return False
        if name in self._failures:
            raise unsent(self._failures[name])
        return True

    @contextmanager
    def turning(self, scheme: OAuth2) -> Generator[None]:
        """Count a fetch, and remember how it ends for all calls that wait for it."""
        name = scheme.setting
        self._failures.pop(name, None)
        try:
            yield
        except BrokerError as error:
            self._failures[name] = error
        self.turns[name] = self.turns.get(name, 0) + 1
        if name in self._failures:
            raise unsent(self._failures[name])


def unsent(error: BrokerError) -> NotSent:
    """Return the error of a call for which there is no token: nothing of it was sent."""
    made = NotSent(f"no access token: {error}")
    made.is_transient = isinstance(error, NotSent) and error.is_transient
    made.retry_after = error.retry_after
    made.__cause__ = error.without_traces()
    return made


def seconds(given: object) -> float | None:
    """Return the life of a token; None where the server gives none, or nothing readable."""
    text = str(given).strip()
    is_number = isinstance(given, int | str) and text.isascii() and text.isdecimal()
    return float(text) if is_number and len(text) < 10 else None
