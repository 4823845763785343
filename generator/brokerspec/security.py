"""Read security schemes, and what an operation asks for of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from brokerspec.document import Parameter, SecurityScheme
from brokerspec.naming import first_free
from brokerspec.references import Node, Tree

# The alternatives, each the names of schemes, and pairs of a scheme and a scope of it.
Security: TypeAlias = tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, str], ...]]


# The header that credentials travel in, in lower case.
HEADER: Final = "authorization"
_IN_HEADER: Final = frozenset({"http", "oauth2", "openIdConnect"})


class SecurityReader:
    """Read what each operation of a document asks for; `schemes` are those it can ask for."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.schemes = read_schemes(tree)
        self._of_document: Security | None = None
        self._offered = () if tree.is_ours else self._offers()
        self._header = ""

    def of(self, node: Node, header: Parameter | None) -> Security:
        """Return what an operation asks for; `header` is its parameter `Authorization`."""
        if self._offered:
            is_needed = header is not None and header.required
            found: Security = (self._offered if is_needed else (*self._offered, ())), ()
        elif "security" in node.members:
            found = read_security(self._tree, node, self.schemes)
        else:
            # What the document asks for is read once for all operations.
            if self._of_document is None:
                self._of_document = read_security(self._tree, self._tree.root, self.schemes)
            found = self._of_document
        groups, scopes = found
        if header is None or any(self._is_header(name) for group in groups for name in group):
            return found
        name = self._scheme_of(header)
        with_header = tuple((*group, name) for group in groups or ((),))
        return (with_header if header.required else (*with_header, *(groups or ((),)))), scopes

    def report_unused(self, used: set[str]) -> None:
        """Report the schemes that no operation asks for, where others are asked for."""
        unused = [] if self._tree.is_ours else [name for name in self.schemes if name not in used]
        if unused and used:
            more = f" and {len(unused) - 1} more" if len(unused) > 1 else ""
            message = f"no operation asks for the scheme {unused[0]!r}{more}: it is not sent"
            at = self.schemes[unused[0]].pointer
            self._tree.warn("security-scheme", at, message, "name it under 'security'")

    def _offers(self) -> tuple[tuple[str, ...], ...]:
        """Return the schemes of a document in which nothing says what they are for.

        All of them are sent together when they can be and are given, else the first one.
        """
        if not self.schemes or self._asks_anywhere():
            return ()
        message = "nothing says which operations ask for these schemes: each may be given"
        hint = "say it under 'security'"
        at = ("components", "securitySchemes")
        self._tree.warn("security-scheme", at, f"{message}, and is sent with every call", hint)
        places = {self._place(name) for name in self.schemes}
        together = (tuple(self.schemes),) if 1 < len(places) == len(self.schemes) else ()
        return (*together, *((name,) for name in self.schemes))

    def _asks_anywhere(self) -> bool:
        root = self._tree.root
        if "security" in root.members:
            return True
        items = map(self._tree.follow, self._tree.mapping(root, "paths").values())
        return any(
            "security" in item.child(name).members
            for item in items
            if item is not None
            for name in item.members
        )

    def _place(self, name: str) -> tuple[str, str]:
        """Return where a scheme travels."""
        scheme = self.schemes[name]
        if scheme.type == "apiKey":
            return scheme.location, scheme.parameter_name.lower()
        return ("header", HEADER) if scheme.type in _IN_HEADER else ("", name)

    def _is_header(self, name: str) -> bool:
        return self._place(name) == ("header", HEADER)

    def _scheme_of(self, header: Parameter) -> str:
        """Return the scheme that stands for a parameter, which OpenAPI says to ignore."""
        if not self._header:
            self._header = name = first_free("Authorization", self.schemes)
            text = header.description or "The whole value of the Authorization header."
            self.schemes[name] = SecurityScheme(
                name, "apiKey", "", "header", header.name, {}, text, {}, header.pointer
            )
            self._tree.warn(
                "ignored-header",
                header.pointer,
                "OpenAPI ignores a parameter named 'Authorization': what it is for is an argument"
                " of the client, for all operations that have it",
                "use a security scheme",
            )
        return self._header


def read_schemes(tree: Tree) -> dict[str, SecurityScheme]:
    """Return the security schemes of a document by name."""
    schemes: dict[str, SecurityScheme] = {}
    for name, raw in tree.mapping(tree.root, "components", "securitySchemes").items():
        node = tree.follow(raw)
        if node is None:
            continue
        discovery = node.text("openIdConnectUrl")
        flows = {"openIdConnectUrl": discovery} if discovery else node.child("flows").members
        schemes[name] = SecurityScheme(
            name=name,
            type=node.text("type"),
            scheme=node.text("scheme"),
            location=node.text("in"),
            parameter_name=node.text("name"),
            flows=flows,
            description=node.text("description"),
            extensions=tree.extensions(node),
            pointer=node.pointer,
        )
    return schemes


def read_security(tree: Tree, node: Node, schemes: Mapping[str, SecurityScheme]) -> Security:
    """Return the alternatives of an operation or a document, and the scopes they ask for.

    An alternative with a scheme that is declared nowhere is left out, unless there is no
    other: then the rest of it is what the client can send.
    """
    whole: list[tuple[str, ...]] = []
    partial: list[tuple[str, ...]] = []
    scopes: dict[tuple[str, str], None] = {}
    for requirement in _requirements(tree, node):
        members = requirement.members
        known = tuple(name for name in members if name in schemes)
        (whole if len(known) == len(members) else partial).append(known)
        for name, wanted in members.items():
            if name not in schemes:
                message = f"no security scheme is named {name!r}; calls are sent without it"
                hint = tree.similar(name, schemes)
                tree.warn("undeclared-scheme", (*requirement.pointer, name), message, hint)
            elif isinstance(wanted, list):
                named = ((name, scope) for scope in wanted if isinstance(scope, str))
                scopes |= dict.fromkeys(named)
    return tuple(dict.fromkeys(whole or [group for group in partial if group])), tuple(scopes)


def _requirements(tree: Tree, owner: Node) -> Iterator[Node]:
    """Yield the requirements; a single one, and a bare name, are what they seem to be."""
    given = owner.child("security")
    if isinstance(given.value, dict):
        _misshapen(tree, given)
        yield given
        return
    for entry in tree.sequence(owner, "security"):
        if isinstance(entry.value, str):
            _misshapen(tree, entry)
            yield Node(entry.pointer, {entry.value: []})
        elif isinstance(entry.value, dict):
            yield entry
        else:
            _misshapen(tree, entry)


def _misshapen(tree: Tree, node: Node) -> None:
    message = "security must be a list of mappings from the name of a scheme to scopes"
    tree.warn("security-scheme", node.pointer, message, "write `security: [{name: []}]`")
