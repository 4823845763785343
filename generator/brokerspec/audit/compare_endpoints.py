"""Hold the addresses of a document against the operations of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from brokerspec.audit.facts import Endpoint, Facts
from brokerspec.audit.finding import Finding
from brokerspec.audit.places import Places, is_printed
from brokerspec.audit.shapes import plain, section_of
from brokerspec.document import Document, Operation

_HOST = re.compile(
    r"^\s*(?:[a-zA-Z][a-zA-Z+.-]*://[^/?#]*|<base_?url>|\{base_?url\})", re.IGNORECASE
)
_HOLE = re.compile(r"<[^<>/]*>|\{[^{}/]*\}|(?<=/):[A-Za-z_]\w*")
_CALL = re.compile(r"/?(\w[\w.]*)\s*\([^()]*\)")
_REAL = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?")
_KEY = re.compile(r"(?:^|&)([^=&]+)")


def compare_endpoints(document: Document, facts: Facts, places: Places) -> Iterator[Finding]:
    """Report addresses that are new, that moved or that are gone."""
    yield from _Addresses(document, facts, places).findings()


class _Addresses:
    def __init__(self, document: Document, facts: Facts, places: Places) -> None:
        self._document = document
        self._facts = facts
        self._places = places
        self._operations = {one.operation_id: one for one in document.operations}
        self._bases = [urlsplit(server.url).path.rstrip("/") for server in document.servers]
        self._queries: dict[str, set[str]] = {}

    def findings(self) -> Iterator[Finding]:
        """Report every difference of the addresses."""
        for server in self._facts.servers:
            yield from self._host(server)
        met: set[str] = set()
        for endpoint in self._facts.endpoints:
            path, query = self._parts(endpoint.path)
            if path == "/" and not endpoint.method:
                yield from self._host(endpoint)
                continue
            names = self._places.named(endpoint.section)
            around = names or self._places.around(endpoint.line)
            if self._is_call(endpoint, met):
                continue
            yield from self._host(endpoint)
            fitting = [o for o in self._operations.values() if self._fits(endpoint, path, o)]
            own = [one for one in fitting if one.operation_id in around]
            if own or (fitting and not (names and endpoint.method)):
                chosen = own or fitting
                met |= {one.operation_id for one in chosen}
                yield from self._new_parameters(endpoint, query, chosen)
            elif around and not _is_socket(endpoint) and self._is_like(path, around):
                met |= {*around}
                yield self._moved(endpoint, path, self._operations[around[0]])
            else:
                yield self._new(endpoint, path)
        for operation in self._operations.values():
            if operation.operation_id not in met and is_printed(self._document, operation):
                yield self._missing(operation)
        yield from self._missing_parameters(met)

    def _parts(self, address: str) -> tuple[str, set[str]]:
        path, _, query = _HOST.sub("", address.strip()).partition("?")
        path = "/" + _HOLE.sub("{}", path).strip("/ ")
        for base in self._bases:
            if base and (path == base or path.startswith(f"{base}/")):
                path = path.removeprefix(base) or "/"
        return path, {key.strip() for key in _KEY.findall(query) if key.strip()}

    def _fits(self, endpoint: Endpoint, path: str, operation: Operation) -> bool:
        if endpoint.method and endpoint.method.upper() != operation.method:
            return False
        if path == "/":
            # The document prints the method alone.
            return operation.operation_id in self._places.of(endpoint.section, endpoint.line)
        return _is_same_path(path, operation.path)

    def _is_call(self, endpoint: Endpoint, met: set[str]) -> bool:
        """Note a call that is printed as a function; its arguments stand in a table."""
        call = _CALL.fullmatch(endpoint.path.strip())
        if call is None or endpoint.method:
            return False
        name = plain(call[1])
        fitting = [
            one.operation_id
            for one in self._operations.values()
            if name in (plain(one.operation_id), plain(section_of(one)))
        ]
        met |= {*fitting}
        return bool(fitting)

    def _host(self, endpoint: Endpoint) -> Iterator[Finding]:
        """Report a host that is no server of the spec; a placeholder is none."""
        parts = urlsplit(endpoint.path.strip())
        known = {urlsplit(server.url).netloc.lower() for server in self._document.servers}
        host = parts.netloc.lower()
        is_real = parts.scheme in ("http", "https") and _REAL.fullmatch(host) is not None
        if is_real and known and host not in known:
            message = f"the address has the host {host}, the spec has {', '.join(sorted(known))}"
            where = self._document.where_key(("servers",))
            yield Finding("audit-changed-host", endpoint.line, message, "", "", host, where=where)

    def _is_like(self, path: str, around: Sequence[str]) -> bool:
        """Say whether an address can be another edition of those of its section."""
        operations = [self._operations[name] for name in around]
        words = set(re.findall(r"[a-z0-9]+", path.lower()))
        return any(
            words & set(re.findall(r"[a-z0-9]+", one.path.lower())) for one in operations
        ) or all(is_printed(self._document, one) for one in operations)

    def _new_parameters(
        self, endpoint: Endpoint, query: set[str], operations: Sequence[Operation]
    ) -> Iterator[Finding]:
        declared = {one.name for operation in operations for one in operation.parameters}
        for operation in operations:
            self._queries.setdefault(operation.operation_id, set()).update(query)
        owner = operations[0]
        for name in sorted(query - declared):
            yield Finding(
                "audit-new-parameter",
                endpoint.line,
                f"{owner.operation_id}: the address has {name!r}, which the spec does not declare",
                owner.operation_id,
                "/parameters",
                name,
                "",
                self._document.where_key(owner.pointer),
            )

    def _missing_parameters(self, met: set[str]) -> Iterator[Finding]:
        rows = {row.name for table in self._facts.tables for row in table.rows}
        for name in met:
            operation, seen = self._operations[name], self._queries.get(name)
            if seen is None:
                continue
            for one in operation.parameters:
                is_expected = one.location == "query" and "x-provenance" not in one.extensions
                if is_expected and one.required and one.name not in seen | rows:
                    message = f"{name}: the address in the document has no {one.name!r}"
                    where = self._document.where(one.pointer)
                    yield Finding(
                        "audit-missing-parameter",
                        self._line_of(name),
                        message,
                        name,
                        "/parameters",
                        "",
                        one.name,
                        where,
                    )

    def _moved(self, endpoint: Endpoint, path: str, operation: Operation) -> Finding:
        now = f"{endpoint.method} {path}".strip()
        was = f"{operation.method} {operation.path}"
        message = f"{operation.operation_id}: the document has {now}, the spec has {was}"
        where = self._document.where_key(operation.pointer)
        name = operation.operation_id
        return Finding("audit-moved-endpoint", endpoint.line, message, name, "", now, was, where)

    def _new(self, endpoint: Endpoint, path: str) -> Finding:
        now = f"{endpoint.method} {path}".strip()
        message = f"no operation of the spec has the address {now}"
        return Finding("audit-new-endpoint", endpoint.line, message, "", "", now)

    def _missing(self, operation: Operation) -> Finding:
        was = f"{operation.method} {operation.path}"
        message = f"{operation.operation_id}: the document does not print {was}"
        where = self._document.where_key(operation.pointer)
        name = operation.operation_id
        line = self._line_of(name)
        return Finding("audit-missing-endpoint", line, message, name, "", "", was, where)

    def _line_of(self, operation: str) -> int:
        pairs = zip(self._places.starts, self._places.owners, strict=True)
        return next((line for line, owners in pairs if operation in owners), 1)


def _is_same_path(printed: str, template: str) -> bool:
    ours = template.strip("/").split("/")
    theirs = printed.strip("/").split("/")
    if len(ours) != len(theirs):
        return False
    return all(
        one == other or (one.startswith("{") and other != "")
        for one, other in zip(ours, theirs, strict=True)
    )


def _is_socket(endpoint: Endpoint) -> bool:
    return endpoint.path.strip().lower().startswith(("ws://", "wss://"))
