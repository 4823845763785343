"""Resolve a loaded file into a `Document`, and report what cannot be carried over."""

from __future__ import annotations

import re
from pathlib import Path

from brokerspec.content import BodyReader
from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where, did_you_mean
from brokerspec.document import Document, Operation, Parameter, SecurityScheme, Server
from brokerspec.parameters import ParameterReader
from brokerspec.references import Node, Tree
from brokerspec.schemas import SchemaReader
from brokerspec.tree import Source

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TEMPLATE = re.compile(r"\{([^{}]*)\}")


def resolve(source: Source, opened: set[Path] | None = None) -> tuple[Document, list[Diagnostic]]:
    """Return the document and everything that is wrong with it or left out of it.

    `opened` gets the other files that it refers to, those that could not be read included.
    """
    version = _version(source)
    tree = Tree(source)
    document = _Resolver(tree).document(version)
    if opened is not None:
        opened.update(tree.opened)
    return document, tree.diagnostics


def _version(source: Source) -> str:
    root = source.root if isinstance(source.root, dict) else {}
    if "swagger" in root:
        raise SpecError(
            [
                Diagnostic(
                    Severity.ERROR,
                    "swagger-2",
                    source.where_key(("swagger",)),
                    "this is Swagger 2.0, not OpenAPI 3",
                    "convert it first, for example with `npx swagger2openapi old.yaml -o new.yaml`",
                )
            ]
        )
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
        self._parameters = ParameterReader(tree, self._schemas)
        self._operations: list[Operation] = []
        self._ids: dict[str, Operation] = {}
        self._schemes: dict[str, SecurityScheme] = {}

    def _position(self, operation: Operation) -> Where:
        """Return where an operation stands, so that they keep the document's order."""
        return self._tree.source.where_key(operation.pointer)

    def document(self, version: str) -> Document:
        root = self._tree.root
        components = self._schemas.components()
        self._schemes = self._security_schemes()
        if "webhooks" in root.members:
            self._tree.warn(
                "unsupported-node", ("webhooks",), "webhooks are not part of the client"
            )
        self._paths()
        components |= self._schemas.adopted()
        return Document(
            source=self._tree.source,
            version=version,
            info=root.child("info").members,
            servers=tuple(self._server(node) for node in self._tree.sequence(root, "servers")),
            operations=tuple(sorted(self._operations, key=self._position)),
            schemas=components,
            security_schemes=self._schemes,
            extensions=root.extensions,
            files=self._tree.files,
        )

    def _server(self, node: Node) -> Server:
        variables = self._tree.mapping(node, "variables")
        return Server(
            url=node.text("url"),
            description=node.text("description"),
            variables={name: variable.text("default") for name, variable in variables.items()},
            extensions=node.extensions,
            pointer=node.pointer,
        )

    def _security_schemes(self) -> dict[str, SecurityScheme]:
        schemes: dict[str, SecurityScheme] = {}
        nodes = self._tree.mapping(self._tree.root, "components", "securitySchemes")
        for name, raw in nodes.items():
            node = self._tree.follow(raw)
            if node is None:
                continue
            schemes[name] = SecurityScheme(
                name=name,
                type=node.text("type"),
                scheme=node.text("scheme"),
                location=node.text("in"),
                parameter_name=node.text("name"),
                flows=node.child("flows").members,
                description=node.text("description"),
                extensions=node.extensions,
                pointer=node.pointer,
            )
        return schemes

    def _paths(self) -> None:
        for path, raw in self._tree.mapping(self._tree.root, "paths").items():
            item = None if path.startswith("x-") else self._tree.follow(raw)
            if item is None:
                continue
            for method in _METHODS:
                if method in item.members:
                    self._hosted(item, item.child(method), method, path)

    def _hosted(self, item: Node, node: Node, method: str, path: str) -> None:
        self._operation(item, node, method, path)
        for variant in self._tree.sequence(node, "x-variants"):
            self._operation(item, variant, method, path)

    def _operation(self, item: Node, node: Node, method: str, path: str) -> None:
        if not isinstance(node.value, dict):
            self._tree.error("wrong-shape", node.pointer, "an operation must be a mapping")
            return
        name = self._name(node, method, path)
        self._note_unsupported(node)
        if "servers" in node.members or "servers" in item.members:
            owner = node if "servers" in node.members else item
            self._leave_out(owner, node, name, "it has servers of its own")
            return
        parameters = self._parameters.read(item, node)
        body = self._bodies.request(node)
        if parameters is None or (body is None and self._bodies.is_required(node)):
            self._leave_out(node, node, name, "the client could not send it correctly")
            return
        self._check_template(node, path, parameters)
        operation = Operation(
            operation_id=name,
            method=method.upper(),
            path=path,
            summary=node.text("summary"),
            description=node.text("description"),
            tags=tuple(
                tag.value for tag in self._tree.sequence(node, "tags") if isinstance(tag.value, str)
            ),
            parameters=parameters,
            request_body=body,
            responses=self._bodies.responses(node),
            security=self._security(node),
            deprecated=node.flag("deprecated"),
            extensions={k: v for k, v in node.extensions.items() if k != "x-variants"},
            pointer=node.pointer,
        )
        self._ids[name] = operation
        self._operations.append(operation)

    def _leave_out(self, at: Node, node: Node, name: str, reason: str) -> None:
        pointer = (*at.pointer, "servers") if "servers" in at.members else node.pointer
        self._tree.warn("left-out", pointer, f"the client has no {name!r}: {reason}")

    def _name(self, node: Node, method: str, path: str) -> str:
        given = node.members.get("operationId")
        if isinstance(given, str) and given:
            if given in self._ids:
                first = self._tree.where(self._ids[given].pointer, on_key=True)
                self._tree.error(
                    "duplicate-operation-id",
                    (*node.pointer, "operationId"),
                    f"{given!r} already names the operation on line {first.line}",
                )
            return given
        name = derived = "_".join(re.findall(r"[a-z0-9]+", _snake(f"{method} {path}")))
        count = 2
        while derived in self._ids:
            derived, count = f"{name}_{count}", count + 1
        self._tree.warn(
            "missing-operation-id",
            node.pointer,
            f"the operation has no operationId; it is called {derived!r}",
            "add an operationId",
        )
        return derived

    def _note_unsupported(self, node: Node) -> None:
        if node.child("callbacks").members:
            self._tree.warn(
                "unsupported-node",
                (*node.pointer, "callbacks"),
                "callbacks are not part of the client",
            )

    def _check_template(self, node: Node, path: str, parameters: tuple[Parameter, ...]) -> None:
        declared = {item.name: item for item in parameters if item.location == "path"}
        used = _TEMPLATE.findall(path)
        for name in used:
            if name not in declared:
                self._tree.error(
                    "undeclared-path-parameter",
                    node.pointer,
                    f"the path has {{{name}}}, but no parameter describes it",
                    did_you_mean(name, declared),
                )
        for name, parameter in declared.items():
            if name not in used:
                self._tree.error(
                    "unused-path-parameter",
                    parameter.pointer,
                    f"the path {path!r} has no {{{name}}}",
                    did_you_mean(name, used),
                )

    def _security(self, node: Node) -> tuple[tuple[str, ...], ...]:
        owner = node if "security" in node.members else self._tree.root
        found: list[tuple[str, ...]] = []
        for requirement in self._tree.sequence(owner, "security"):
            for name in requirement.members:
                if name not in self._schemes:
                    self._tree.error(
                        "dangling-reference",
                        (*requirement.pointer, name),
                        f"no security scheme is named {name!r}",
                        did_you_mean(name, self._schemes),
                    )
            found.append(tuple(requirement.members))
        return tuple(found)


def _snake(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.replace("{", "by ")).lower()
