"""How a client opens its session: the documented chain of operations as one method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from brokerspec import ir
from brokerspec.text import docstring, literal, plain


class Link(Protocol):
    """What is asked of the method of one operation of the chain."""

    @property
    def signature(self) -> tuple[str, ...]:
        """The arguments as they are declared."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """The arguments that are secret."""
        ...

    @property
    def returns(self) -> str:
        """The annotation of the result."""
        ...


class Opening(Struct, frozen=True):
    """The method `open_session`: its calls in order, of which the last gives the result."""

    signature: tuple[str, ...]
    secrets: tuple[str, ...]
    returns: str
    docstring: str
    calls: tuple[str, ...]


def opening(api: ir.Api, links: Mapping[str, Link]) -> Opening | None:
    """Return the chain, None where a person signs in or the document has no session."""
    if not api.opening or "open_session" in links or any(name not in links for name in api.opening):
        return None
    chain = [links[name] for name in api.opening]
    declared = dict.fromkeys(text for link in chain for text in link.signature)
    return Opening(
        signature=tuple(sorted(declared, key=lambda text: "=" in text)),
        secrets=tuple(dict.fromkeys(name for link in chain for name in link.secrets)),
        returns=chain[-1].returns,
        docstring=_doc(api),
        calls=tuple(
            f"self.{name}({_passed(link.signature)})"
            for name, link in zip(api.opening, chain, strict=True)
        ),
    )


def _passed(signature: Sequence[str]) -> str:
    names = (text.partition(":")[0] for text in signature)
    return ", ".join(f"{name}={name}" for name in names)


def _doc(api: ir.Api) -> str:
    operations = {operation.name: operation for operation in api.operations}
    chain = " → ".join(f"`{name}`" for name in api.opening)
    lines = [
        "Open a session with everything that the document asks for.",
        "",
        f"Calls {chain} and returns what the last one gives. The client keeps the tokens; when"
        " a call fails it holds those of before.",
        "",
    ]
    found = {
        argument.name: f"    {argument.name}: {' '.join(plain(argument.description).split())}"
        for name in api.opening
        for argument in operations[name].arguments
    }
    if found:
        lines += ["Args:", *found.values(), ""]
    lines += ["Raises:", "    BrokerError: As the methods named above; the error says which."]
    return docstring("\n".join(lines), indent=8)


def sources(api: ir.Api) -> str:
    """Return which operations give each token."""
    found: dict[str, list[str]] = {s.name: [] for s in api.settings if s.role == "session"}
    for operation in api.operations:
        for grant in operation.grants:
            found.setdefault(grant.setting, []).append(operation.name)
    entries = (
        f"{literal(name)}: ({''.join(f'{literal(o)}, ' for o in given)})"
        for name, given in found.items()
    )
    return "{" + ", ".join(entries) + "}"


def grant(given: ir.Grant, zone: str) -> str:
    """Return the construction of a grant; only one that ends by the clock needs a zone."""
    texts = [given.setting, given.path]
    if given.expires:
        texts += [given.expires, zone]
    return f"Grant({', '.join(literal(text) for text in texts)})"


def token_base(api: ir.Api) -> str:
    """Return what a client that fetches tokens is built on, empty where none is fetched."""
    if not api.oauth2 or api.oauth is not None:
        return ""
    grants = {grant for scheme in api.oauth2 for grant in scheme.grants}
    return "PersonBase" if "authorization_code" in grants else "TokenBase"


def oauth2(api: ir.Api) -> str:
    """Return the constructions of the schemes for which the client fetches tokens."""
    written: list[str] = []
    for scheme in api.oauth2:
        values = {
            "token_url": scheme.token_url,
            "refresh_url": scheme.refresh_url,
            "authorize_url": scheme.authorize_url,
            "discovery_url": scheme.discovery_url,
            "scope": scheme.scope,
        }
        grants = "".join(f"{literal(grant)}, " for grant in scheme.grants).rstrip()
        texts = [f"setting={literal(scheme.setting)}", f"grants=({grants})"]
        texts += [f"{name}={literal(value)}" for name, value in values.items() if value]
        written.append(f"OAuth2({', '.join(texts)}),")
    return f"({' '.join(written)})"


def oauth_flow(api: ir.Api) -> str:
    """Return the construction of the sign-in in the browser, empty without one."""
    oauth = api.oauth
    if oauth is None:
        return ""
    texts = (oauth.authorize_path, oauth.scope, oauth.client_id, oauth.redirect_uri)
    written = ", ".join(literal(text) for text in texts)
    made = next(one.constant for one in api.operations if one.name == oauth.token_operation)
    return f"OAuthFlow({written}, {made})"
