"""What a client is set up with: its settings and servers, and how credentials travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from brokerspec import ir
from brokerspec.diagnostics import Diagnostic
from brokerspec.document import Document, Operation
from brokerspec.lower_schemes import Schemes
from brokerspec.naming import safe
from brokerspec.schema_types import origin_of

_SIGN_IN: Final = frozenset({"oauth-client-id", "oauth-client-secret", "oauth-redirect-uri"})


class Security:
    """The settings and security schemes of one document on their way to the IR."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.schemes = Schemes(document)

    @property
    def warnings(self) -> list[Diagnostic]:
        """What of the security schemes the client does not do."""
        return self.schemes.warnings

    def attachments(self, node: Operation) -> Iterator[ir.Attachment]:
        """Return what of the settings travels with every call of an operation."""
        if len(node.security) == 1:
            yield from self._group(node.security[0])
        if node.extensions.get("x-sign-in") == "token" and self.can_sign_in:
            yield ir.Attachment("basic", "Authorization", ":".join(self.application()))
        for parameter in node.parameters:
            setting = parameter.extensions.get("x-credential")
            if isinstance(setting, str) and parameter.location in ("header", "query", "cookie"):
                yield ir.Attachment(cast("Any", parameter.location), parameter.name, setting)

    def alternatives(self, node: Operation) -> tuple[tuple[ir.Attachment, ...], ...]:
        """Return the ways to be let in, of which the client takes the first that it can.

        Going without is the last one, wherever it stands: what was given is meant to be used.
        """
        if len(node.security) < 2:
            return ()
        groups = dict.fromkeys(self._group(group) for group in node.security)
        return tuple(sorted(groups, key=lambda group: not group))

    @property
    def can_sign_in(self) -> bool:
        """Say whether there is a setting for all that a sign-in in the browser needs."""
        return {setting.role for setting in self.settings()} >= _SIGN_IN

    def application(self) -> tuple[str, str]:
        """Return the settings that hold the id and the secret of the OAuth2 application."""
        roles = {setting.role: setting.name for setting in self.settings()}
        return roles["oauth-client-id"], roles["oauth-client-secret"]

    def _group(self, names: tuple[str, ...]) -> tuple[ir.Attachment, ...]:
        return tuple(made for name in names for made in self.schemes[name].attachments)

    def required(self) -> Iterator[str]:
        """Return the schemes without which nothing of the document can be called."""
        groups = [set(group) for node in self.document.operations for group in node.security]
        if groups and all(node.security for node in self.document.operations):
            yield from groups[0].intersection(*groups[1:])

    def settings(self) -> Iterator[ir.Setting]:
        """Return the settings of the client, in the document's order."""
        declared = cast("dict[str, dict[str, Any]]", self.document.extensions.get("x-client", {}))
        for name, entry in declared.items():
            role = str(entry.get("role", "credential"))
            yield ir.Setting(
                safe(name),
                role,
                str(entry.get("description", "")),
                bool(entry.get("required", role == "credential")),
                entry.get("x-secret") is True,
                entry.get("default"),
                origin_of(entry),
            )
        implied = self.schemes.settings(self.required())
        known = {safe(name) for name in declared}
        yield from (setting for name, setting in implied.items() if name not in known)

    def oauth(self, names: Mapping[str, str]) -> ir.OAuth | None:
        """Return the sign-in of a document; `names` are the methods of its operations."""
        roles = {setting.role: setting.name for setting in self.settings()}
        ends = {
            str(node.extensions.get("x-sign-in", "")): node for node in self.document.operations
        }
        if not self.can_sign_in or "authorize" not in ends or "token" not in ends:
            return None
        flows = [
            cast("dict[str, Any]", scheme.flows["authorizationCode"])
            for scheme in self.document.security_schemes.values()
            if "authorizationCode" in scheme.flows
        ]
        scope = " ".join(flows[0].get("scopes", {})) if flows else ""
        return ir.OAuth(
            authorize_path=ends["authorize"].path,
            scope=scope,
            client_id=self.application()[0],
            redirect_uri=roles["oauth-redirect-uri"],
            token_operation=names[ends["token"].operation_id],
        )
