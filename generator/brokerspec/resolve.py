"""Resolve a loaded file into a `Document`, and report what cannot be carried over."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace

from brokerspec.bounds import MOST_OPERATIONS, MOST_PARTS, MOST_PLACEHOLDERS, Components, too_many
from brokerspec.content import BodyReader
from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.document import Document, Operation, Parameter, RequestBody, Server
from brokerspec.operation_ids import METHODS, OperationIds
from brokerspec.other_kinds import other_kind
from brokerspec.parameters import ParameterReader
from brokerspec.references import Node, Tree
from brokerspec.request_bodies import RequestReader
from brokerspec.schema_exclusions import EXCLUDED
from brokerspec.schemas import SchemaReader
from brokerspec.security import HEADER, SecurityReader
from brokerspec.tree import JSON, Source

_COUNTED = {
    "headers": "they are text, by `client.with_response` or in `error.response.headers`",
    "links": "they are not followed, and what they lead to is called by its own method",
    "callbacks": "what the other side sends is not received",
    "webhooks": "what the other side sends is not received",
    **EXCLUDED,
}


def resolve(
    source: Source, opened: set[Path] | None = None, *, is_ours: bool = True
) -> tuple[Document, list[Diagnostic]]:
    """Return the document and everything that is wrong with it or left out of it.

    A document that is not ours may be careless where the client has a way out. `opened` gets
    the other files that it refers to, those that could not be read included.
    """
    version = _version(source)
    tree = Tree(source, is_ours=is_ours)
    document = _Resolver(tree).document(version)
    if opened is not None:
        opened.update(tree.opened)
    return document, tree.diagnostics


def _version(source: Source) -> str:
    root = source.root if isinstance(source.root, dict) else {}
    if (other := other_kind(source)) is not None:
        raise SpecError([other])
    version = root.get("openapi")
    if isinstance(version, str) and re.fullmatch(r"3\.[01](\.\d+)?(-.+)?", version):
        return version
    found = "there is no 'openapi' key" if version is None else f"'openapi' is {version!s}"
    hint = "this tool reads OpenAPI 3.0 and 3.1"
    where = source.where(("openapi",))
    raise SpecError([Diagnostic(Severity.ERROR, "not-openapi", where, found, hint)])


class _Resolver:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._schemas = SchemaReader(tree)
        self._bodies = BodyReader(tree, self._schemas)
        self._requests = RequestReader(tree, self._bodies)
        self._parameters = ParameterReader(tree, self._schemas)
        self._operations: list[Operation] = []
        self._ids = OperationIds(tree)
        self._security = SecurityReader(tree)
        self._parts = 0

    def document(self, version: str) -> Document:
        root = self._tree.root
        components = self._schemas.components()
        for name in root.child("webhooks").members:
            self._tree.count("webhooks", ("webhooks", name))
        self._paths()
        asked = (node.security for node in self._operations)
        self._security.report_unused({name for groups in asked for one in groups for name in one})
        components |= self._schemas.adopted()
        self._report_counted()
        return Document(
            source=self._tree.source,
            version=version,
            info=self._tree.members(root.child("info")),
            servers=tuple(self._server(node) for node in self._tree.sequence(root, "servers")),
            operations=tuple(self._operations),
            schemas=Components(components, self._tree.source.where(("components", "schemas"))),
            security_schemes=self._security.schemes,
            extensions=self._tree.extensions(root),
            files=self._tree.files,
        )

    def _server(self, node: Node) -> Server:
        variables = self._tree.mapping(node, "variables")
        choices = {
            name: tuple(
                dict.fromkeys(_word(entry.value) for entry in self._tree.sequence(variable, "enum"))
            )
            for name, variable in variables.items()
        }
        return Server(
            url=node.text("url"),
            description=node.text("description"),
            variables={
                name: _word(variable.members["default"])
                for name, variable in variables.items()
                if "default" in variable.members
            },
            extensions=self._tree.extensions(node),
            pointer=node.pointer,
            choices={name: listed for name, listed in choices.items() if listed},
            notes={name: variable.text("description") for name, variable in variables.items()},
        )

    def _paths(self) -> None:
        for path, raw in self._tree.mapping(self._tree.root, "paths").items():
            if path.count("{") > MOST_PLACEHOLDERS:
                where = self._tree.where(raw.pointer, on_key=True)
                raise too_many(where, "placeholders in a path", MOST_PLACEHOLDERS)
            item = None if path.startswith("x-") else self._tree.follow(raw)
            if item is None:
                continue
            for method in item.members:
                if method in METHODS:
                    self._hosted(item, item.child(method), method, path)

    def _hosted(self, item: Node, node: Node, method: str, path: str) -> None:
        self._operation(item, node, method, path)
        for variant in self._variants(node):
            self._operation(item, variant, method, path)

    def _variants(self, node: Node) -> list[Node]:
        stated = "x-variants" in self._tree.extensions(node)
        return self._tree.sequence(node, "x-variants") if stated else []

    def _operation(self, item: Node, node: Node, method: str, path: str) -> None:
        if not isinstance(node.value, dict):
            self._tree.error("wrong-shape", node.pointer, "an operation must be a mapping")
            return
        if len(self._operations) >= MOST_OPERATIONS:
            where = self._tree.where(node.pointer, on_key=True)
            raise too_many(where, "operations", MOST_OPERATIONS)
        name, is_named = self._ids.of(node, method, path)
        self._count_unsupported(node)
        parameters = self._parameters.read(item, node, path)
        if parameters is None:
            self._leave_out(node, name, "the client could not send it correctly")
            return
        bodies = self._requests.read(node, method)
        if not bodies:
            self._leave_out(node, name, "the client could not send its body")
            return
        owner = next((one for one in (node, item) if "servers" in one.members), None)
        servers = self._tree.sequence(owner, "servers") if owner else []
        header = next((one for one in parameters if _is_credential(one)), None)
        security, scopes = self._security.of(node, header)
        operation = Operation(
            operation_id=name,
            method=method.upper(),
            path=path,
            summary=node.text("summary"),
            description=node.text("description"),
            tags=tuple(
                tag.value for tag in self._tree.sequence(node, "tags") if isinstance(tag.value, str)
            ),
            parameters=tuple(one for one in parameters if one is not header),
            request_body=bodies[0][1],
            responses=self._bodies.responses(node),
            security=security,
            deprecated=node.flag("deprecated"),
            extensions={k: v for k, v in self._tree.extensions(node).items() if k != "x-variants"},
            pointer=node.pointer,
            servers=tuple(self._server(server) for server in servers),
            scopes=scopes,
            is_named=is_named,
        )
        self._bound_parts(operation)
        self._ids.known[name] = operation
        self._operations.append(operation)
        for word, body in bodies[1:]:
            self._sibling(operation, word, body)

    def _bound_parts(self, operation: Operation) -> None:
        """Refuse a document in which what operations share becomes too much in all of them."""
        self._parts += len(operation.parameters) + len(operation.responses)
        self._parts += sum(1 + len(names) for names in operation.security)
        if self._parts > MOST_PARTS:
            where = self._tree.where(operation.pointer, on_key=True)
            what = "parameters, answers and security requirements of operations"
            raise too_many(where, what, MOST_PARTS)

    def _sibling(self, operation: Operation, word: str, body: RequestBody | None) -> None:
        """Add the same operation with a body of another shape, under a name of its own."""
        name = self._ids.free(f"{operation.operation_id}_{word}")
        self._ids.known[name] = replace(operation, operation_id=name, request_body=body)
        self._operations.append(self._ids.known[name])

    def _leave_out(self, node: Node, name: str, reason: str) -> None:
        self._tree.warn("left-out", node.pointer, f"the client has no {name!r}: {reason}")

    def _count_unsupported(self, node: Node) -> None:
        for name in node.child("callbacks").members:
            self._tree.count("callbacks", (*node.pointer, "callbacks", name))

    def _report_counted(self) -> None:
        """Say once of each kind of node what the client lacks, where the first one stands."""
        for kind, lack in _COUNTED.items():
            found = self._tree.counted(kind)
            if found:
                self._tree.warn("unsupported-node", found[0], f"{kind} ({len(found)}): {lack}")


def _is_credential(parameter: Parameter) -> bool:
    """Say whether a parameter is the header that security schemes are there for."""
    return parameter.location == "header" and parameter.name.lower() == HEADER


def _word(value: JSON) -> str:
    """Return a value of a server variable as text, which careless documents write as a number."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
