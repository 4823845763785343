"""Read security schemes, and what an operation asks for of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from brokerspec.document import SecurityScheme
from brokerspec.references import Node, Tree

# The alternatives, each the names of schemes, and pairs of a scheme and a scope of it.
Security: TypeAlias = tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, str], ...]]


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
