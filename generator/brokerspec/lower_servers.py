"""Where a client sends: base URLs, what is open in them, and operations that go elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from brokerspec import ir
from brokerspec.document import Document, Operation, Server
from brokerspec.naming import first_free
from brokerspec.naming import setting as setting_name
from brokerspec.schema_types import origin_of

# What begins like this is a host, not a path below where the document is.
_HOST: Final = re.compile(r"[A-Za-z0-9{}-]+(\.[A-Za-z0-9{}-]+)+(:\d+)?(/|$)")


class Servers:
    """The servers of one document on their way to the IR."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._own: dict[str, str] = {}
        taken = {"server"}
        for node in document.operations:
            url = self._of_its_own(node)
            if url and not url.startswith("/") and url not in self._own:
                host = host_of(url)
                label = re.sub(r"[^a-z0-9]+", "_", host.partition(".")[0].lower()).strip("_")
                name = first_free(setting_name(f"{label or 'other'}_server"), taken)
                taken.add(name)
                self._own[url] = name

    def all(self) -> Iterator[ir.Server]:
        """Return the base URLs; the first keeps the variables that the client is given."""
        for index, server in enumerate(self._document.servers):
            placeholder = server.extensions.get("x-placeholder") is True
            is_open = index == 0 and not placeholder
            url = _absolute(server.url) if is_open else filled(server)
            yield ir.Server(url, server.description, placeholder, origin_of(server.extensions))

    def settings(self, taken: set[str]) -> Iterator[ir.Setting]:
        """Return the settings for what the first server leaves open and for other servers."""
        used = {"server", *taken}
        for server in self._open():
            for variable in server.notes:
                if "{" + variable + "}" not in server.url:
                    continue
                name = first_free(setting_name(variable), used)
                used.add(name)
                choices = server.choices.get(variable, ())
                default = server.variables.get(variable)
                if default is not None and choices and default not in choices:
                    choices = (default, *choices)
                note = server.notes.get(variable) or f"Stands for {{{variable}}} in the server."
                yield ir.Setting(
                    name,
                    "server-variable",
                    note,
                    is_required=default is None,
                    is_secret=False,
                    default=default,
                    variable=variable,
                    choices=choices,
                )
        for url, name in self._own.items():
            note = "Base URL of the operations that the document sends there."
            is_whole = bool(host_of(url)) and "{" not in url
            if not is_whole:
                note = f"Base URL of operations for which the document has only `{url}`."
            yield ir.Setting(
                name,
                "other-server",
                note,
                is_required=False,
                is_secret=False,
                default=url if is_whole else None,
            )

    def _open(self) -> Iterator[Server]:
        """Yield the server whose variables are settings; a placeholder is given whole."""
        for server in self._document.servers[:1]:
            if server.extensions.get("x-placeholder") is not True:
                yield server

    def of(self, node: Operation) -> str:
        """Return the setting or path by which an operation says where it goes, or nothing."""
        url = self._of_its_own(node)
        return self._own.get(url, url)

    def _of_its_own(self, node: Operation) -> str:
        """Return the server of an operation when it is none of the document's."""
        if not node.servers:
            return ""
        url = filled(node.servers[0])
        known = [filled(server) for server in self._document.servers[:1]]
        is_usable = url.lower().startswith(("/", "http://", "https://"))
        return url.rstrip("/") if is_usable and url.rstrip("/") and url not in known else ""


def host_of(url: str) -> str:
    """Return the host that a URL names, or nothing."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def filled(server: Server) -> str:
    """Return the URL of a server with the defaults of its variables."""
    url = _absolute(server.url)
    for name, default in server.variables.items():
        url = url.replace("{" + name + "}", default)
    return url


def _absolute(url: str) -> str:
    """Return a URL with the scheme that careless documents leave out."""
    bare = url.strip().partition("#")[0].partition("?")[0]
    if bare.startswith("//"):
        return f"https:{bare}"
    return f"https://{bare}" if _HOST.match(bare) else bare
