"""A resolved document to the IR: every decision about the client is made here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, cast

from brokerspec import ir
from brokerspec.content import is_form
from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.document import MISSING, Document, MediaType, Operation, Parameter, Response, Schema
from brokerspec.lower_answers import answer_of, clash_of, correlation_of, failure_rules, pointers
from brokerspec.naming import constant, first_free, given, method, pascal
from brokerspec.naming import setting as setting_name
from brokerspec.schema_types import Types, field_name, is_model, origin_of
from brokerspec.tree import Pointer

_SAFETY: Mapping[str, Literal["safe", "idempotent"]] = {
    "GET": "safe",
    "HEAD": "safe",
    "OPTIONS": "safe",
    "PUT": "idempotent",
    "DELETE": "idempotent",
}


def lower(
    document: Document, package: str, *, is_ours: bool = True
) -> tuple[ir.Api, list[Diagnostic]]:
    """Return the IR of a document, and what of it is typed less well than it could be.

    Raises SpecError when two arguments of a method have one name, which in a document
    that is not ours is solved by a number.
    """
    lowering = _Lowering(document, package, is_ours=is_ours)
    return lowering.api(), lowering.types.warnings


class _Lowering:
    """One document on its way to the IR."""

    def __init__(self, document: Document, package: str, *, is_ours: bool) -> None:
        self.is_ours = is_ours
        self.taken: set[str] = set()
        self.document = document
        self.package = package
        self.types = Types(document)
        ids = [node.operation_id for node in document.operations]
        self.names = _method_names(ids)
        self.session = cast("dict[str, Any]", document.extensions.get("x-session", {}))
        self.problems: list[Diagnostic] = []

    def api(self) -> ir.Api:
        """Return the whole IR."""
        document = self.document
        operations = tuple(self.operation(node) for node in document.operations)
        opening = tuple(self.session.get("open", ()))
        if clash := clash_of(opening, operations):
            message = f"the operations take {clash!r} in two ways"
            self.report("argument-collision", ("x-session", "open"), message)
        if self.problems:
            raise SpecError(self.problems)
        info = document.info
        source = cast("dict[str, str]", info.get("x-source", {}))
        return ir.Api(
            package=self.package,
            title=str(info.get("title", self.package)),
            version=str(info.get("version", "")),
            description=str(info.get("description", "")),
            source=source.get("document", ""),
            zone=str(info.get("x-time-zone", "UTC")),
            servers=tuple(self.servers()),
            settings=tuple(self.settings()),
            operations=operations,
            opening=opening,
            models=tuple(self.types.models.values()),
            enums=tuple(self.types.enums.values()),
            failures=failure_rules(document.extensions),
            oauth=self.oauth(),
            samples=tuple(self.samples()),
        )

    def operation(self, node: Operation) -> ir.Operation:
        """Return one method of the client."""
        self.taken = set()
        slots = {place: self.parameters(node, place) for place in ("path", "query", "header")}
        body = self.request_body(node)
        arguments = _arguments(slots, body)
        answer, payload, returns = self.answer(node)
        extensions = node.extensions
        name = self.names[node.operation_id]
        return ir.Operation(
            name=name,
            method=node.method,
            path=node.path,
            summary=node.summary,
            description=node.description,
            path_slots=slots["path"],
            query_slots=slots["query"],
            header_slots=slots["header"],
            body=body,
            arguments=arguments,
            answer=answer,
            payload=payload,
            returns=returns,
            safety=_safety(node),
            bucket=str(extensions.get("x-rate-limit", "")),
            attachments=tuple(self.attachments(node)),
            failures=failure_rules(extensions),
            grants=tuple(self.grants(name, returns)),
            opens_session=name in self.session.get("open", ()),
            closes_session=self.session.get("close") == name,
            correlation=correlation_of(extensions),
            sign_in=cast("Any", extensions.get("x-sign-in", "")),
            statuses=tuple(_status(response) for response in node.responses),
            origin=origin_of(extensions),
            wire_origin=self.wire_origin(node),
        )

    def wire_origin(self, node: Operation) -> ir.Origin:
        """Return where method and path come from, when that is not the document."""
        paths = cast("dict[str, Any]", cast("dict[str, Any]", self.document.source.root)["paths"])
        return origin_of(cast("dict[str, Any]", paths.get(node.path, {})))

    def parameters(self, node: Operation, place: str) -> tuple[ir.Slot, ...]:
        """Return the parameters of one place that are not attached as credentials."""
        return tuple(
            ir.Slot(parameter.name, self.parameter(parameter))
            for parameter in node.parameters
            if parameter.location == place
            and (place == "path" or "x-credential" not in parameter.extensions)
        )

    def parameter(self, parameter: Parameter) -> ir.Filling:
        """Return what fills a parameter."""
        setting = parameter.extensions.get("x-credential")
        if isinstance(setting, str):
            return ir.FromSetting(setting)
        if self.types.target(parameter.schema).const is not MISSING:
            return ir.Constant(self.types.target(parameter.schema).const)
        kind = self.types.of(parameter.schema, pascal(parameter.name))
        return ir.Argument(
            parameter.name,
            self.claim(
                given(parameter.extensions.get("x-python-name"))
                or field_name(parameter.name, parameter.schema),
                parameter.pointer,
            ),
            ir.Scalar("Secret") if parameter.extensions.get("x-secret") is True else kind,
            parameter.required,
            parameter.description or self.types.description(parameter.schema),
            origin_of(parameter.extensions),
        )

    def request_body(self, node: Operation) -> ir.RequestBody | None:
        """Return the request body, its object members flattened into arguments."""
        if node.request_body is None or not node.request_body.content:
            return None
        media = node.request_body.content[0]
        kind: Literal["json", "form"] = "form" if is_form(media.name) else "json"
        schema = media.schema
        if schema is None:
            return None
        target = self.types.target(schema)
        if is_model(target):
            return ir.RequestBody(kind, self.members(target))
        whole = ir.Argument(
            "",
            "body",
            self.types.of(schema, "Body"),
            node.request_body.required,
            schema.description,
        )
        return ir.RequestBody(kind, whole)

    def members(self, schema: Schema) -> ir.Body:
        """Return the members of an object and what fills each."""
        properties, required = self.types.members(schema)
        return ir.Body(
            tuple(
                ir.Slot(wire, self.filling(wire, prop, is_required=wire in required))
                for wire, prop in properties.items()
            )
        )

    def filling(self, wire: str, prop: Schema, *, is_required: bool) -> ir.Filling | ir.Body:
        """Return what fills a member of a request body."""
        setting = prop.extensions.get("x-credential")
        if isinstance(setting, str):
            return ir.FromSetting(setting)
        target = self.types.target(prop)
        if target.const is not MISSING:
            return ir.Constant(target.const)
        if prop.extensions.get("x-inline") is True:
            return self.members(target)
        return ir.Argument(
            wire,
            self.claim(field_name(wire, prop), prop.pointer),
            self.types.of(prop, pascal(wire)),
            is_required,
            self.types.description(prop),
            origin_of(prop.extensions),
        )

    def answer(
        self, node: Operation
    ) -> tuple[ir.TypeRef | None, tuple[str, ...], ir.TypeRef | None]:
        """Return the answer of an operation, its payload's paths and what it returns."""
        try:
            return answer_of(node, self.types)
        except KeyError as error:
            message = f"the answer has no member at {error.args[0]!r}"
            self.report("dangling-pointer", (*node.pointer, "x-payload"), message)
            return None, (), None

    def report(self, code: str, pointer: Pointer, message: str, hint: str = "") -> None:
        """Note what makes the document unusable."""
        where = self.document.where_key(pointer)
        self.problems.append(Diagnostic(Severity.ERROR, code, where, message, hint))

    def claim(self, name: str, pointer: Pointer) -> str:
        """Return the name of an argument, which no other of the same method has."""
        free = first_free(name, self.taken)
        self.taken.add(free)
        if free != name and self.is_ours:
            message = f"the method has another argument named {name!r}"
            hint = "give one of them an x-python-name"
            self.report("argument-collision", pointer, message, hint)
        return free

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

    def grants(self, operation: str, returns: ir.TypeRef | None) -> Iterator[ir.Grant]:
        """Return the tokens that an operation gives."""
        for setting, found in cast(
            "dict[str, dict[str, str]]", self.session.get("tokens", {})
        ).items():
            if found["operation"] == operation:
                try:
                    path, _ = pointers(found["pointer"], returns, self.types)
                except KeyError:
                    message = f"the result of {operation!r} has no {found['pointer']!r}"
                    at = ("x-session", "tokens", setting, "pointer")
                    self.report("dangling-pointer", at, message)
                else:
                    yield ir.Grant(setting, path, found.get("expires", ""))

    def settings(self) -> Iterator[ir.Setting]:
        """Return the settings of the client, in the document's order."""
        declared = cast("dict[str, dict[str, Any]]", self.document.extensions.get("x-client", {}))
        for name, entry in declared.items():
            role = str(entry.get("role", "credential"))
            yield ir.Setting(
                name,
                role,
                str(entry.get("description", "")),
                bool(entry.get("required", role == "credential")),
                entry.get("x-secret") is True,
                entry.get("default"),
                origin_of(entry),
            )
        yield from self.implied_settings(set(declared))

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

    def oauth(self) -> ir.OAuth | None:
        """Return the sign-in of a document that has an authorization code flow."""
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
            token_operation=self.names[ends["token"].operation_id],
        )

    def samples(self) -> Iterator[ir.Sample]:
        """Return the payload files that the document's examples refer to."""
        for node in self.document.operations:
            for direction, media in node.media_types:
                for file in _files(media):
                    yield ir.Sample(self.names[node.operation_id], cast("Any", direction), file)


def _files(media: MediaType) -> Iterator[str]:
    for example in media.examples:
        if example.external_value is not None:
            yield example.external_value.rpartition("/")[2]


def _safety(node: Operation) -> Literal["safe", "idempotent", "unsafe"]:
    stated = node.extensions.get("x-safety")
    if stated in ("safe", "idempotent", "unsafe"):
        return cast("Literal['safe', 'idempotent', 'unsafe']", stated)
    return _SAFETY.get(node.method, "unsafe")


def _method_names(ids: Iterable[str]) -> dict[str, str]:
    """Return the methods of operations; no two of them share the name of a constant."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for wire in ids:
        free, number = method(wire), 2
        while constant(free) in taken:
            free, number = f"{method(wire)}_{number}", number + 1
        taken.add(constant(free))
        names[wire] = free
    return names


def _arguments(
    slots: Mapping[str, tuple[ir.Slot, ...]], body: ir.RequestBody | None
) -> tuple[ir.Argument, ...]:
    """Return the arguments of a method: required first, then in document order."""
    found = [slot.filling for place in slots.values() for slot in place]
    if body is not None:
        found += list(_fillings(body.body))
    arguments = [filling for filling in found if isinstance(filling, ir.Argument)]
    return tuple(sorted(arguments, key=lambda argument: not argument.is_required))


def _fillings(body: ir.Body | ir.Argument) -> Iterator[ir.Filling]:
    if isinstance(body, ir.Argument):
        yield body
        return
    for slot in body.slots:
        if isinstance(slot.filling, ir.Body):
            yield from _fillings(slot.filling)
        else:
            yield slot.filling


def _status(response: Response) -> ir.StatusNote:
    return ir.StatusNote(response.status, response.description, origin_of(response.extensions))
