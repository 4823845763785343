"""A security scheme to what the client does about it: where it travels, who gets the token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from msgspec import Struct

from brokerspec import ir
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.document import Document, SecurityScheme
from brokerspec.naming import given
from brokerspec.naming import setting as setting_name

# RFC 9110: what may name a header, and RFC 6265: a cookie.
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# The transport writes these itself; another value would break the request.
_TRANSPORT: Final = frozenset(
    {"connection", "content-length", "content-type", "host", "transfer-encoding"}
)
_GRANTS: Final[Mapping[str, str]] = {
    "authorizationCode": "authorization_code",
    "clientCredentials": "client_credentials",
    "password": "password",
}
_OAUTH: Final = frozenset({"oauth2", "openIdConnect"})


class Part(Struct, frozen=True):
    """A setting that a scheme brings along: the end of its name, what it is, whether secret."""

    ending: str
    description: str
    is_secret: bool = False


_APPLICATION: Final = (
    Part("_client_id", "The id of the application that is registered with the server."),
    Part("_client_secret", "The secret of that application.", is_secret=True),
    Part("_scope", "The scopes to ask for, with spaces between them."),
)
_PERSON: Final = (
    Part("_redirect_uri", "Where the browser is sent after signing in."),
    Part("_refresh_token", "A token that fetches access tokens.", is_secret=True),
)
_ACCOUNT: Final = (
    Part("_user", "The name of the user."),
    Part("_password", "The password of the user.", is_secret=True),
)


class Scheme(Struct, frozen=True):
    """A scheme as the client sees it: what travels, with which settings, and who signs in."""

    attachments: tuple[ir.Attachment, ...]
    settings: tuple[ir.Setting, ...]
    oauth2: ir.OAuth2 | None = None


class Schemes:
    """The schemes of one document, each under a setting of its own."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.warnings: list[Diagnostic] = []
        self._taken = set(cast("dict[str, Any]", document.extensions.get("x-client", {})))
        # How far the numbers of a name have come.
        self._numbers: dict[tuple[str, ...], int] = {}
        used = dict.fromkeys(
            name for node in document.operations for group in node.security for name in group
        )
        self._scopes: dict[str, list[str]] = {}
        # Operations that ask for the same share what they ask for.
        asked = {id(node.scopes): node.scopes for node in document.operations}
        for name, scope in sorted({pair for scopes in asked.values() for pair in scopes}):
            self._scopes.setdefault(name, []).append(scope)
        # Sorted, so that the order of operations changes no name.
        self._made = {name: self._scheme(document.security_schemes[name]) for name in sorted(used)}

    def __getitem__(self, name: str) -> Scheme:
        return self._made[name]

    @property
    def oauth2(self) -> tuple[ir.OAuth2, ...]:
        """The schemes for which the client gets tokens."""
        return tuple(made.oauth2 for made in self._made.values() if made.oauth2)

    def settings(self, required: Iterable[str]) -> dict[str, ir.Setting]:
        """Return the settings of all schemes; those of `required` ones must be given."""
        names = set(required)
        found: dict[str, ir.Setting] = {}
        for name, made in self._made.items():
            for setting in made.settings:
                is_required = name in names and not made.oauth2
                found[setting.name] = ir.Setting(
                    setting.name,
                    setting.role,
                    setting.description,
                    is_required,
                    setting.is_secret,
                    default=None,
                )
        return found

    def _scheme(self, scheme: SecurityScheme) -> Scheme:
        named = given(scheme.extensions.get("x-credential"))
        kind = scheme.scheme.lower()
        if scheme.type == "apiKey":
            return self._api_key(scheme, named)
        if scheme.type == "http" and kind == "basic" and not named:
            return self._basic(scheme)
        if scheme.type in _OAUTH and not named:
            return self._oauth2(scheme)
        if scheme.type == "http" and kind not in ("basic", "bearer"):
            return self._other_http(scheme, named)
        if scheme.type == "mutualTLS":
            self._warn(scheme, "a client certificate is given to the transport, not to the client")
            return Scheme((), ())
        if scheme.type not in ("http", *_OAUTH):
            self._warn(scheme, f"{scheme.type!r} is no type of scheme; calls are sent without it")
            return Scheme((), ())
        place = "basic" if kind == "basic" else "bearer"
        return self._single(scheme, named, cast("Any", place), "Authorization", "The token.")

    def _api_key(self, scheme: SecurityScheme, named: str) -> Scheme:
        place, name = scheme.location, scheme.parameter_name
        is_fit = place == "query" or bool(_TOKEN.fullmatch(name))
        if place == "header" and name.lower() in _TRANSPORT:
            is_fit = False
        if place not in ("header", "query", "cookie") or not name or not is_fit:
            self._warn(scheme, f"no key can travel in {place!r} as {name!r}: it is not sent")
            return Scheme((), ())
        return self._single(
            scheme, named, cast("Any", place), name, f"The key that is sent as {place} {name!r}."
        )

    def _basic(self, scheme: SecurityScheme) -> Scheme:
        base = self._base(scheme, [part.ending for part in _ACCOUNT])
        pair = ":".join(f"{base}{part.ending}" for part in _ACCOUNT)
        attachment = ir.Attachment("basic", "Authorization", pair)
        return Scheme((attachment,), tuple(_part(base, part, scheme) for part in _ACCOUNT))

    def _other_http(self, scheme: SecurityScheme, named: str) -> Scheme:
        self._warn(
            scheme,
            f"the client does not work out the HTTP scheme {scheme.scheme!r}",
            "give it the whole value of the Authorization header",
        )
        text = "The whole value of the Authorization header."
        return self._single(scheme, named, "header", "Authorization", text)

    def _single(
        self, scheme: SecurityScheme, named: str, place: Any, name: str, text: str
    ) -> Scheme:
        """Return a scheme with one setting; one that the document declares is not made again."""
        declared = self.document.extensions.get("x-client", {})
        wanted = named or setting_name(scheme.name)
        setting = wanted if named or wanted in cast("Any", declared) else self._base(scheme, [""])
        own = _setting(setting, scheme.description or text, is_secret=True)
        return Scheme((ir.Attachment(place, name, setting),), (own,))

    def _oauth2(self, scheme: SecurityScheme) -> Scheme:
        grants, urls = self._flows(scheme)
        parts = [Part("", scheme.description or "An access token.", is_secret=True)]
        if grants:
            parts += _APPLICATION
        if "authorization_code" in grants:
            parts += _PERSON
        if "password" in grants:
            parts += _ACCOUNT
        base = self._base(scheme, [part.ending for part in parts])
        oauth2 = None
        if grants:
            scope = " ".join(self._scopes.get(scheme.name, ()))
            oauth2 = ir.OAuth2(base, grants, **urls, scope=scope)
        return Scheme(
            (ir.Attachment("bearer", "Authorization", base),),
            tuple(_part(base, part, scheme) for part in parts),
            oauth2,
        )

    def _flows(self, scheme: SecurityScheme) -> tuple[tuple[str, ...], dict[str, str]]:
        """Return the flows that the client can do, and the addresses for them."""
        if scheme.type == "openIdConnect":
            discovery = _text(scheme.flows, "openIdConnectUrl")
            if not discovery:
                self._warn(scheme, "there is no 'openIdConnectUrl': tokens have to be given")
                return (), {}
            return ("authorization_code", "client_credentials"), {"discovery_url": discovery}
        grants: list[str] = []
        urls: dict[str, str] = {}
        for name, flow in scheme.flows.items():
            grant, token_url = _GRANTS.get(name), _text(flow, "tokenUrl")
            authorize_url = _text(flow, "authorizationUrl")
            if grant is None and not name.startswith("x-"):
                self._warn(scheme, f"the flow {name!r} is not supported: tokens have to be given")
            elif grant and not (token_url and (authorize_url or grant != "authorization_code")):
                self._warn(scheme, f"the flow {name!r} lacks an address: tokens have to be given")
            elif grant and urls.get("token_url", token_url) != token_url:
                self._warn(scheme, f"the flow {name!r} has a token address of its own: not used")
            elif grant:
                grants.append(grant)
                found = {
                    "token_url": token_url,
                    "refresh_url": _text(flow, "refreshUrl"),
                    "authorize_url": authorize_url,
                }
                urls |= {key: url for key, url in found.items() if url}
        return tuple(grants), urls

    def _base(self, scheme: SecurityScheme, endings: list[str]) -> str:
        """Return a name such that it is free with each of the endings."""
        wanted = setting_name(scheme.name)
        key = (wanted, *endings)
        base, number = wanted, self._numbers.get(key, 2)
        while not self._taken.isdisjoint([f"{base}{ending}" for ending in endings]):
            base, number = f"{wanted}_{number}", number + 1
        self._numbers[key] = number
        self._taken |= {f"{base}{ending}" for ending in endings}
        return base

    def _warn(self, scheme: SecurityScheme, message: str, hint: str = "") -> None:
        where = self.document.where_key(scheme.pointer)
        self.warnings.append(Diagnostic(Severity.WARNING, "security-scheme", where, message, hint))


def _part(base: str, part: Part, scheme: SecurityScheme) -> ir.Setting:
    text = part.description if not part.ending else f"{part.description} For {scheme.name!r}."
    return _setting(f"{base}{part.ending}", text, is_secret=part.is_secret)


def _setting(name: str, description: str, *, is_secret: bool) -> ir.Setting:
    return ir.Setting(name, "credential", description, False, is_secret, default=None)


def _text(node: object, key: str) -> str:
    """Return a member that is a text, or an empty text."""
    value = cast("dict[str, object]", node).get(key) if isinstance(node, Mapping) else None
    return value if isinstance(value, str) else ""
