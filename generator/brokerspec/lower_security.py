"""What a client is set up with: its settings and servers, and how credentials travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from brokerspec import ir
from brokerspec.document import Document, Operation
from brokerspec.naming import given, safe
from brokerspec.naming import setting as setting_name
from brokerspec.schema_types import origin_of


class Security:
    """The settings and security schemes of one document on their way to the IR."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def attachments(self, node: Operation) -> Iterator[ir.Attachment]:
        """Return what of the settings travels with every call of an operation."""
        for name in next((group for group in node.security if group), ()):
            yield self.scheme(name)
        if node.extensions.get("x-sign-in") == "token":
            yield ir.Attachment("basic", "Authorization", ":".join(self.application()))
        for parameter in node.parameters:
            setting = parameter.extensions.get("x-credential")
            if isinstance(setting, str) and parameter.location in ("header", "query", "cookie"):
                yield ir.Attachment(cast("Any", parameter.location), parameter.name, setting)

    def application(self) -> tuple[str, str]:
        """Return the settings that hold the id and the secret of the OAuth2 application."""
        roles = {setting.role: setting.name for setting in self.settings()}
        return roles["oauth-client-id"], roles["oauth-client-secret"]

    def scheme(self, name: str) -> ir.Attachment:
        """Return how a security scheme's credential travels."""
        scheme = self.document.security_schemes[name]
        setting = given(scheme.extensions.get("x-credential")) or setting_name(name)
        if scheme.type == "apiKey":
            return ir.Attachment(cast("Any", scheme.location), scheme.parameter_name, setting)
        if scheme.type == "http" and scheme.scheme.lower() == "basic":
            return ir.Attachment("basic", "Authorization", setting)
        return ir.Attachment("bearer", "Authorization", setting)

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
        yield from self.implied_settings({safe(name) for name in declared})

    def implied_settings(self, declared: set[str]) -> Iterator[ir.Setting]:
        """Return a setting for every security scheme that names none."""
        used = {
            name for node in self.document.operations for group in node.security for name in group
        }
        for name in sorted(used):
            scheme = self.document.security_schemes[name]
            setting = given(scheme.extensions.get("x-credential")) or setting_name(name)
            if setting not in declared and ":" not in setting:
                yield ir.Setting(
                    setting,
                    "credential",
                    scheme.description,
                    is_required=True,
                    is_secret=True,
                    default=None,
                )

    def servers(self) -> Iterator[ir.Server]:
        """Return the base URLs with their variables filled in."""
        for server in self.document.servers:
            url = server.url
            for name, default in server.variables.items():
                url = url.replace("{" + name + "}", default)
            placeholder = server.extensions.get("x-placeholder") is True
            yield ir.Server(url, server.description, placeholder, origin_of(server.extensions))

    def oauth(self, names: Mapping[str, str]) -> ir.OAuth | None:
        """Return the sign-in of a document; `names` are the methods of its operations."""
        roles = {setting.role: setting.name for setting in self.settings()}
        ends = {
            str(node.extensions.get("x-sign-in", "")): node for node in self.document.operations
        }
        if "authorize" not in ends or "token" not in ends:
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
