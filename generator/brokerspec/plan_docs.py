"""Docstrings of clients and methods, from what the spec says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from brokerspec import ir
from brokerspec.expressions import annotation
from brokerspec.text import docstring, plain
from brokerspec.text import sentence as _sentence


def client_doc(api: ir.Api) -> str:
    """Return the docstring of the clients: what they are for and what they are given."""
    lines = [f"Client of {plain(api.title)}.", ""]
    if api.description:
        lines += [plain(api.description), ""]
    lines += ["Args:"]
    for setting in api.settings:
        lines.append(f"    {setting.name}: {_sentence(setting.description)}{doubt(setting.origin)}")
    if not any(setting.role == "server" for setting in api.settings):
        lines.append(f"    server: Base URL.{_open_server(api)}{_known_servers(api)}")
    if not any(setting.role == "proxy-url" for setting in api.settings):
        lines.append(
            "    proxy: Address of the proxy to go through, or a Proxy with user and password."
        )
    lines += [
        "    timeout: Seconds to wait in all, or a Timeout; never without limit.",
        "    retry: How often and how soon a call is repeated. An unsafe call is sent again only",
        "        when nothing can have left this machine.",
        "    rate_limit: Rates for each class of calls, shared by all clients of the account in",
        f"        this process. {_rates(api)}",
        '    on_limit: What to do at a rate limit: "wait", or "raise" LimitReached.',
        "    transport: Name of an HTTP library, or your own session, client or transport.",
        "    on_deviation: What to do when an answer differs from its documentation:",
        '        "ignore", "warn", "raise", or a callable that is given each Deviation.',
        "    allow_plain_http: Accept a base URL that begins with http:// and is not of this",
        "        machine. Tokens and data are then readable on the way.",
    ]
    if any(setting.role == "session" for setting in api.settings):
        lines += [
            "    token_store: Where tokens are kept beyond this client; they are taken up from",
            "        there when none is given here. Without one they end with the client.",
            "    reauthenticate: Signs in again, with the client that it is given, when the server",
            "        says that the session has expired. The refused call is then sent once more.",
        ]
    elif api.oauth2 and api.oauth is None:
        lines += [
            "    token_store: Where fetched tokens are kept beyond this client; they are taken up",
            "        from there when none is given here. Without one they end with the client.",
        ]
    return docstring("\n".join(lines), indent=4)


def _rates(api: ir.Api) -> str:
    """Return which classes of calls there are, when that is not for the caller to know."""
    buckets = {operation.bucket for operation in api.operations}
    if "orders" in buckets:
        return "Without a documented figure: ten orders a second."
    return "" if any(buckets) else 'There is one class, "", for all calls of this API.'


def method_doc(operation: ir.Operation, api: ir.Api) -> str:
    """Return the docstring of a method."""
    lines = [_sentence(operation.summary or operation.name), ""]
    if operation.description:
        lines += [plain(operation.description), ""]
    if operation.body and operation.body.media_type:
        lines += [f"Sends {plain(operation.body.media_type)}.", ""]
    if operation.is_deprecated:
        lines += ["Deprecated: the document advises against it.", ""]
    if operation.arguments:
        own_id = operation.correlation.argument if operation.correlation else ""
        lines += ["Args:", *(_argument(found, own_id) for found in operation.arguments), ""]
    if len(operation.answers) > 1:
        lines += ["Returns:", *listed_bodies(operation.answers, "    "), ""]
    lines += ["Raises:", *_raises(operation, api), ""]
    lines += [f"Source: {source_of(operation, api)}"]
    return docstring("\n".join(lines), indent=8)


def source_of(operation: ir.Operation, api: ir.Api) -> str:
    """Return the document and section that an operation comes from."""
    origin = operation.origin
    document = plain(origin.document or api.source or api.title)
    section = f", section {origin.section!r}" if origin.section else ""
    return f"{document}{section}.{doubt(origin)}"


def raised(operation: ir.Operation, api: ir.Api) -> tuple[str, ...]:
    """Return the names of the errors by which an operation's documented failures end."""
    by_status = {"400": "InvalidRequest", "401": "SessionExpired", "403": "PermissionDenied"}
    by_status |= {"404": "NotFound", "422": "InvalidRequest", "429": "RateLimited"}
    named = [plain(rule.error) for rule in (*operation.failures, *api.failures)]
    named += [by_status.get(note.status, "") for note in operation.statuses]
    return tuple(
        sorted(
            {name for name in named if name and name not in ("empty", "OutcomeUnknown", "Rejected")}
        )
    )


def _raises(operation: ir.Operation, api: ir.Api) -> Iterator[str]:
    named = ", ".join(raised(operation, api))
    yield "    NotSent: Nothing reached the server."
    unknown = "Sent, but there is no trustworthy answer"
    again = "; find out before sending it again." if operation.safety == "unsafe" else "."
    yield f"    OutcomeUnknown: {unknown}{again}"
    yield f"    Rejected: The server answered no{f': {named}' if named else ''}."
    if operation.details:
        yield "        What its body says is in `detail`, also of OutcomeUnknown:"
        yield from listed_bodies(operation.details, "        ")
    yield "    UnexpectedResponse: The answer is not what the document says."


def listed_bodies(bodies: Iterable[ir.Documented], indent: str = "") -> Iterator[str]:
    """Yield what comes with which status and media type."""
    for body in bodies:
        kind = "None" if body.type is None else annotation(body.type)
        media = f", {plain(body.media)}" if body.media else ""
        yield f"{indent}{kind}: {statuses_of(body)}{media}."


def statuses_of(body: ir.Documented | ir.Headers) -> str:
    """Return the statuses of a body, or of headers, in words."""
    named = [plain(status) for status in body.statuses if status != "default"]
    first = [f"HTTP {', '.join(named)}"] if named else []
    return " and ".join([*first, *(["any other status"] if "default" in body.statuses else [])])


def _argument(argument: ir.Argument, own_id: str) -> str:
    is_other = argument.wire not in ("", argument.name)
    wire = f" Wire name: `{plain(argument.wire)}`." if is_other else ""
    text = _sentence(argument.description) if argument.description else ""
    text += " Deprecated." if argument.is_deprecated else ""
    text += f" Default: {plain(argument.default)}." if argument.default else ""
    if argument.name == own_id:
        text += " One is made where none is given; an error carries it to `reconcile`."
    return f"    {argument.name}: {text}{doubt(argument.origin)}{wire}".replace(":  ", ": ")


def doubt(origin: ir.Origin) -> str:
    """Return how a fact is marked that the document does not print."""
    return "" if origin.provenance == "documented" else f" ({plain(origin.provenance)})"


def _open_server(api: ir.Api) -> str:
    """Return what a caller must know of a base URL that the document does not have whole."""
    if not api.servers:
        return " The document names none."
    url = plain(api.servers[0].url)
    if url.startswith("/"):
        return f" The document has only its path, `{url}`."
    is_open = "{" in url and not any(setting.variable for setting in api.settings)
    return f" The document leaves a part of it open: `{url}`." if is_open else ""


def _known_servers(api: ir.Api) -> str:
    named = [server for server in api.servers if not server.is_placeholder]
    if not named or len(api.servers) == 1:
        return ""
    listed = ", ".join(f"{plain(server.url)}{doubt(server.origin)}" for server in named)
    return f" Known: {listed}."
