"""A resolved document to the IR: every decision about the client is made here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, Literal, cast

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.deep import deeply
from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.document import Document, MediaType, Operation, Response
from brokerspec.lower_answers import clash_of, correlation_of, failure_rules, payload_of, pointers
from brokerspec.lower_arguments import arguments_of
from brokerspec.lower_groups import Grouping, grouping_of
from brokerspec.lower_headers import Heading
from brokerspec.lower_items import item_of
from brokerspec.lower_paging import PagingProblem, paging_of
from brokerspec.lower_responses import Answering, Answers
from brokerspec.lower_security import Security
from brokerspec.lower_servers import Servers
from brokerspec.naming import Names, constant, method
from brokerspec.paths import wire_path
from brokerspec.schema_types import Types, origin_of
from brokerspec.tree import Pointer

_SAFETY: Mapping[str, Literal["safe", "idempotent"]] = {
    "GET": "safe",
    "HEAD": "safe",
    "OPTIONS": "safe",
    "TRACE": "safe",
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
    try:
        return _lowered(document, package, is_ours=is_ours)
    except RecursionError:
        pass
    try:
        return deeply(lambda: _lowered(document, package, is_ours=is_ours))
    except RecursionError:
        where = document.where(("components", "schemas"))
        message = "the schemas refer to each other too deeply"
        found = Diagnostic(Severity.ERROR, "too-deep", where, message)
        raise SpecError([found]) from None


def _lowered(document: Document, package: str, *, is_ours: bool) -> tuple[ir.Api, list[Diagnostic]]:
    lowering = _Lowering(document, package, is_ours=is_ours)
    api = lowering.api()
    return api, [
        *lowering.types.warnings,
        *lowering.security.warnings,
        *lowering.grouping.warnings,
    ]


class _Lowering:
    """One document on its way to the IR."""

    def __init__(self, document: Document, package: str, *, is_ours: bool) -> None:
        self.is_ours = is_ours
        self.document = document
        self.package = package
        self.types = Types(document)
        self.answering = Answering(document, self.types, is_ours=is_ours)
        self.heading = Heading(document, self.types)
        self.security = Security(document)
        self.servers = Servers(document)
        ids = [node.operation_id for node in document.operations]
        self.names = _method_names(ids)
        self.grouping = Grouping() if is_ours else grouping_of(document, self.names)
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
        settings = tuple(self.security.settings())
        source = cast("dict[str, str]", info.get("x-source", {}))
        return ir.Api(
            package=self.package,
            title=str(info.get("title", self.package)),
            version=str(info.get("version", "")),
            description=str(info.get("description", "")),
            source=source.get("document", ""),
            zone=str(info.get("x-time-zone", "UTC")),
            servers=tuple(self.servers.all()),
            settings=(*settings, *self.servers.settings({setting.name for setting in settings})),
            operations=operations,
            opening=opening,
            models=tuple(self.types.models.values()),
            enums=tuple(self.types.enums.values()),
            failures=failure_rules(document.extensions),
            oauth=self.security.oauth(self.names),
            samples=tuple(self.samples()),
            oauth2=self.security.schemes.oauth2,
            groups=self.grouping.groups,
        )

    def operation(self, node: Operation) -> ir.Operation:
        """Return one method of the client."""
        arguments, problems = arguments_of(node, self.types, self.document, is_ours=self.is_ours)
        self.problems += problems
        answers = self.answering.of(node)
        payload, returns = self.payload(node, answers)
        extensions = node.extensions
        name = self.names[node.operation_id]
        group, member = self.grouping.places.get(node.operation_id, ("", ""))
        made = ir.Operation(
            name=name,
            method=node.method,
            path=wire_path(node.path, {p.name for p in node.parameters if p.location == "path"}),
            summary=node.summary,
            description=node.description,
            path_slots=arguments.path,
            query_slots=arguments.query,
            header_slots=arguments.header,
            body=arguments.body,
            arguments=arguments.all(),
            answer=answers.whole,
            payload=payload,
            returns=returns,
            safety=_safety(node),
            bucket=str(extensions.get("x-rate-limit", "")),
            attachments=tuple(self.security.attachments(node)),
            alternatives=self.security.alternatives(node),
            failures=failure_rules(extensions),
            grants=tuple(self.grants(name, returns)),
            opens_session=name in self.session.get("open", ()),
            closes_session=self.session.get("close") == name,
            correlation=self.correlation(node, {each.name for each in arguments.all()}),
            sign_in=self.sign_in(node),
            statuses=tuple(_status(response) for response in node.responses),
            origin=origin_of(extensions),
            wire_origin=self.wire_origin(node),
            answers=answers.several,
            details=answers.details,
            accept=answers.accept,
            streams=answers.streams,
            stream_accept=answers.stream_accept,
            cookie_slots=arguments.cookie,
            server=self.servers.of(node),
            is_deprecated=node.deprecated,
            group=group,
            member=member,
            headers=self.heading.of(node),
            error_headers=self.heading.of_failures(node),
            item=item_of(node, self.types),
        )
        return replace(made, paging=self.paging(node, made))

    def paging(self, node: Operation, made: ir.Operation) -> ir.Paging | None:
        """Return how the pages of an operation follow each other."""
        try:
            return paging_of(node, made, self.types)
        except PagingProblem as problem:
            at = (*node.pointer, "x-pagination", *([problem.key] if problem.key else []))
            self.misuse("pagination", at, problem.message, problem.hint)
            return None

    def correlation(self, node: Operation, known: Set[str]) -> ir.Correlation | None:
        """Return how the sender of an order recognises it, by one of the known arguments."""
        found = correlation_of(node.extensions)
        if found is None or found.argument in known:
            return found
        at = (*node.pointer, "x-correlate", "argument")
        self.misuse("correlate", at, f"{node.operation_id!r} takes no {found.argument!r}")
        return None

    def sign_in(self, node: Operation) -> Literal["", "authorize", "token"]:
        """Return which end of a sign-in in the browser an operation is."""
        end = node.extensions.get("x-sign-in")
        if end not in ("authorize", "token"):
            return ""
        if not self.security.can_sign_in:
            message = "x-sign-in needs settings that hold the application and where it comes back"
            hint = "give each role that begins with 'oauth-' a setting in x-client"
            self.misuse("bad-extension", (*node.pointer, "x-sign-in"), message, hint)
            return ""
        return cast("Literal['authorize', 'token']", end)

    def misuse(self, code: str, at: Pointer, message: str, hint: str = "") -> None:
        """Note that a key does not fit the rest of the document.

        Others may use the key for something else; what an overlay says is meant for us.
        """
        where = self.document.where_key(at)
        is_told = self.is_ours or where.file != self.document.source.label
        severity = Severity.ERROR if is_told else Severity.WARNING
        found = Diagnostic(severity, code, where, message, hint)
        (self.problems if is_told else self.types.warnings).append(found)

    def wire_origin(self, node: Operation) -> ir.Origin:
        """Return where method and path come from, when that is not the document."""
        paths = cast("dict[str, Any]", cast("dict[str, Any]", self.document.source.root)["paths"])
        return origin_of(cast("dict[str, Any]", paths.get(node.path, {})))

    def payload(
        self, node: Operation, answers: Answers
    ) -> tuple[tuple[str, ...], ir.TypeRef | None]:
        """Return the paths to the payload of an operation, and what it returns."""
        try:
            return payload_of(node, answers, self.types)
        except KeyError as error:
            message = f"the answer has no member at {error.args[0]!r}"
            self.misuse("dangling-pointer", (*node.pointer, "x-payload"), message)
            return (), answers.returns

    def report(self, code: str, pointer: Pointer, message: str, hint: str = "") -> None:
        """Note what makes the document unusable."""
        where = self.document.where_key(pointer)
        self.problems.append(Diagnostic(Severity.ERROR, code, where, message, hint))

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
                    self.misuse("dangling-pointer", at, message)
                else:
                    yield ir.Grant(setting, path, found.get("expires", ""))

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
    names = Names(key=constant)
    return {wire: names.claim(method(wire)) for wire in ids}


def _status(response: Response) -> ir.StatusNote:
    return ir.StatusNote(response.status, response.description, origin_of(response.extensions))
