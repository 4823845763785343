"""Print a document from a spec, in the layouts that vendors use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from audit.printing import payload
from brokerspec.document import Document, Example, MediaType, Operation, Schema
from brokerspec.findings import alternatives, target
from brokerspec.load import load
from brokerspec.naming import snake
from brokerspec.tree import JSON

LAYOUTS = ("ruled", "stacked", "numbered", "worded", "signed")
_PER_PAGE = 60


@dataclass(frozen=True)
class Line:
    """Hold one row of a table to be printed."""

    name: str
    kind: str
    is_required: bool
    description: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Hold one table to be printed."""

    title: str
    side: str
    rows: tuple[Line, ...]


@dataclass(frozen=True)
class Call:
    """Hold one call to be printed."""

    name: str
    title: str
    method: str
    path: str
    sheets: tuple[Sheet, ...]
    samples: tuple[tuple[str, str, JSON], ...]
    statuses: tuple[str, ...]


def make(document: Document, layout: str) -> str:
    """Print every call of a spec."""
    calls = calls_of(document)
    server = document.servers[0].url if document.servers else ""
    printer = {
        "ruled": _ruled,
        "stacked": _stacked,
        "numbered": _numbered,
        "worded": _worded,
        "signed": _signed,
    }[layout]
    return "\n".join(printer(str(document.info["title"]), server, calls))


def calls_of(document: Document) -> list[Call]:
    """List what a document about a spec prints."""
    return [_call(document, operation) for operation in document.operations]


def _call(document: Document, operation: Operation) -> Call:
    source = operation.extensions.get("x-source")
    section = source.get("section") if isinstance(source, dict) else None
    sheets = [_parameters(document, operation)] if operation.parameters else []
    samples: list[tuple[str, str, JSON]] = []
    seen: set[str] = set()
    for side, media in operation.media_types:
        sheets += _sheets(document, media, side, seen)
        for example in media.examples:
            samples.append((side, example.name, _value(document, example)))
    return Call(
        operation.operation_id,
        str(section or operation.operation_id),
        operation.method.upper(),
        operation.path,
        tuple(sheets),
        tuple(samples),
        tuple(one.status for one in operation.responses if one.status.isdigit()),
    )


def _value(document: Document, example: Example) -> JSON:
    if example.external_value is None:
        return example.value if not isinstance(example.value, Decimal | str | int) else None
    return load(document.source.path.parent / example.external_value).root


def _parameters(document: Document, operation: Operation) -> Sheet:
    rows = [_line(document, one.name, one.schema, one.required) for one in operation.parameters]
    return Sheet("REQUEST IN QUERY PARAMETER", "request", tuple(rows))


def _sheets(document: Document, media: MediaType, side: str, seen: set[str]) -> Iterator[Sheet]:
    """Print each object that a payload is made of as a table, the outermost first."""
    queue = [media.schema] if media.schema else []
    while queue:
        schema = queue.pop(0)
        for one in alternatives(document, schema):
            if one.properties and str(one.pointer) not in seen:
                seen.add(str(one.pointer))
                rows = [
                    _line(document, name, member, name in one.required)
                    for name, member in one.properties.items()
                ]
                yield Sheet(str(one.pointer[-1]), side, tuple(rows))
                queue.extend(one.properties.values())
            if one.items:
                queue.append(one.items)


def _line(document: Document, name: str, schema: Schema, is_required: bool) -> Line:
    kind, values = "", tuple[str, ...]()
    for one in alternatives(document, schema):
        kind = kind or next((word for word in one.types if word != "null"), "")
        listed = [str(value) for value in one.enum or () if isinstance(value, str | int)]
        values = values or tuple(listed)
    if target(document, schema).properties:
        kind = "object"
    words = " ".join(snake(name).split("_"))
    return Line(name, kind or "string", is_required, f"The {words}", values)


def _ruled(title: str, server: str, calls: list[Call]) -> Iterator[str]:
    """Print tables with pipes and a rule, and two-line headers."""
    yield from (title, "PURPOSE", "The calls are described below.")
    for call in calls:
        yield call.title
        yield "The call is described in the tables that follow."
        yield f"Request Method: {call.method}"
        yield f"Request URL: {server}{call.path}"
        for sheet in call.sheets:
            yield f"{sheet.side.upper()} BODY"
            yield sheet.title
            yield "Field Name | Description | Data Type (max length) |"
            yield "List of Values | Sample Value |"
            yield "---|---|---|---|---|"
            for row in sheet.rows:
                name = f"{row.name}(required)" if row.is_required else row.name
                listed = ", ".join(row.values) if len(row.values) > 1 else "-"
                yield f"{name} | {row.description} | {row.kind.title()} | {listed} |"
                yield "x |"
        for side, name, value in call.samples:
            failed = "Failure" if name != "documented" else "Success"
            yield "REQUEST:" if side == "request" else f"{failed} Response"
            yield from payload(value, indent="")


def _stacked(title: str, server: str, calls: list[Call]) -> Iterator[str]:
    """Print one cell to a line, and curly quotes."""
    yield from ("Introduction", f"This is the guide to {title}.", "Each call is described below.")
    for call in calls:
        yield call.title
        yield "The call takes what the tables list and answers at once."
        yield f"Endpoint: - {call.path.removeprefix('/')}"
        yield f"Method: - {call.method}"
        yield "Authorization: - Bearer Token"
        for sheet in call.sheets:
            yield "REQUEST BODY SCHEMA" if sheet.side == "request" else "RESPONSES"
            yield sheet.title
            yield from ("Field Name |", "Data Type |", "Possible Values |", "Description |")
            for row in sheet.rows:
                mark = "required" if row.is_required else "optional"
                yield f"{row.name}({mark}) |"
                yield f"{row.kind} |"
                listed = ", ".join(f"“{value}”" for value in row.values)
                yield f"{listed} |" if len(row.values) > 1 else "|"
                yield row.description
        for side, _, value in call.samples:
            yield f"Sample {side.title()} Body"
            yield from payload(value, indent="", quotes="“”")


def _numbered(title: str, server: str, calls: list[Call]) -> Iterator[str]:
    """Print samples only, with comments, statuses before the brace and numbered pages."""
    lines = [title, f"All calls go to {server}", "Index"]
    lines += [f"{at}. {call.title}{'.' * 40}{at}" for at, call in enumerate(calls, start=1)]
    for at, call in enumerate(calls, start=1):
        lines += [f"{at}. {_bare(call.title)}", "Request", "Method URL"]
        lines.append(f"{call.method} {call.path}")
        comments = _comments(call)
        requests = [value for side, _, value in call.samples if side == "request"]
        answers = [value for side, _, value in call.samples if side == "response"]
        for value in requests:
            lines += payload(value, indent="", comments=comments)
        lines += ["Response", "Status Sample Response"] if answers else []
        for value in answers:
            first, *rest = payload(value, indent="", comments=comments)
            lines += [f"200 {first}", *rest]
    pages = range(0, len(lines), _PER_PAGE)
    for page, start in enumerate(pages, start=1):
        yield from lines[start : start + _PER_PAGE]
        yield f"Page {page} of {len(pages)}"


def _bare(title: str) -> str:
    return title.split(". ", 1)[-1]


def _comments(call: Call) -> dict[str, str]:
    return {
        row.name: ", ".join(row.values)
        for sheet in call.sheets
        for row in sheet.rows
        if len(row.values) > 1
    }


def _worded(title: str, server: str, calls: list[Call]) -> Iterator[str]:
    """Print tables whose columns have run together, curl lines and indented samples."""
    yield from (title, "", f"All calls are described below. The root is {server}", "")
    for call in calls:
        yield from (call.title, "", "", "# Here is a curl example", "curl \\")
        yield f"-X {call.method} {server}{call.path}"
        yield ""
        for side, _, value in call.samples:
            yield from (f"{side.title()} example :", "")
            yield from payload(value, indent="    ")
            yield ""
        for sheet in call.sheets:
            is_request = sheet.side == "request"
            yield from ("QUERY PARAMETERS" if is_request else "RESPONSE ATTRIBUTES", "")
            yield (
                "Request Parameter Description Mandatory"
                if is_request
                else ("Attribute Datatype Description")
            )
            for row in sheet.rows:
                yield from _worded_row(row, is_request=is_request)
            yield ""


def _worded_row(row: Line, *, is_request: bool) -> Iterator[str]:
    mark = "Yes" if row.is_required else "No"
    if not is_request:
        yield f"{row.name} {row.kind} {row.description}"
    elif len(row.values) > 1:
        yield f"{row.name} {row.description} - It can be one of the following"
        yield from (f"{value} - Meaning of it" for value in row.values)
        yield mark
    else:
        yield f"{row.name} {row.description} {mark}"


def _signed(title: str, server: str, calls: list[Call]) -> Iterator[str]:
    """Print the methods of a library with their arguments and statuses."""
    yield f"All URIs are relative to {server}"
    yield from ("Method | Description |", "---|---|")
    for call in calls:
        yield f"{call.name} | The call {_bare(call.title)} |"
    for call in calls:
        names = [
            snake(row.name)
            for sheet in call.sheets[:1]
            for row in sheet.rows
            if sheet.side == "request"
        ]
        yield f"object {call.name}({', '.join(names)})"
        yield f"Does what {_bare(call.title)} does"
        for sheet in call.sheets:
            yield "Name | Type | Description | Notes |"
            yield "---|---|---|---|"
            for row in sheet.rows:
                note = "" if row.is_required else " [optional] "
                listed = f" ({' / '.join(row.values)})" if len(row.values) > 1 else ""
                yield f"{row.name} | {row.kind} | {row.description}{listed} |{note}|"
            yield "object"
        for side, _, value in call.samples:
            yield f"{side.title()} sample:"
            yield from payload(value, indent="  ")
        yield from ("Status code | Description | Response headers |", "---|---|---|")
        yield from (f"{status} | Text of {status} | - |" for status in call.statuses)
        yield "[Back to top] [Back to API list]"
