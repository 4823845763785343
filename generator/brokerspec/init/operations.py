"""Write one call down as an operation of OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from brokerspec.audit.facts import Row
from brokerspec.init.attach import Draft
from brokerspec.init.meaning import sounds_secret
from brokerspec.init.names import is_plainly_a_read, summary_of
from brokerspec.init.schemas import Components, argument_names, is_order_number
from brokerspec.init.shapes import Shape
from brokerspec.init.signs import Bearer, at, payload_of
from brokerspec.naming import snake
from brokerspec.tree import JSON

_SCHEMAS: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Common:
    """Hold what all operations of a spec share."""

    document: str
    base: str
    components: Components
    credentials: Mapping[str, int]
    bearer: Bearer | None
    used: set[str] = field(default_factory=set[str])


def operation_of(draft: Draft, common: Common) -> dict[str, JSON]:
    """Return the operation object of a call."""
    call = draft.call
    made: dict[str, JSON] = {"operationId": draft.name, "summary": summary_of(call, draft.name)}
    section = " ".join(call.section.split()) or "without a heading"
    made["x-source"] = {"document": common.document, "section": section}
    made["x-provenance"] = "inferred"
    made["x-evidence"] = f"line {call.line}, {'; '.join(_reasons(draft))}"
    made["x-safety"] = "safe" if is_plainly_a_read(call) else "unsafe"
    payload = payload_of(draft)
    if payload:
        made["x-payload"] = "".join(f"/{part}" for part in payload)
    if common.bearer is not None and common.bearer.opener == draft.name:
        made["security"] = []
    taken: set[str] = set()
    parameters = _parameters(draft, common, taken)
    if parameters:
        made["parameters"] = [*parameters]
    if draft.has_body and not _is_query(draft):
        made["requestBody"] = _request(draft, common, taken)
    made["responses"] = {"200": _answer(draft, common)}
    return made


def path_of(draft: Draft, base: str) -> str:
    """Return the path of a call below the base address."""
    address = draft.call.address
    if address is None or not address.path:
        return "/" + draft.name
    prefix = base.removeprefix(address.host) if address.host and base else ""
    if prefix.startswith("/") and address.path.startswith(prefix + "/"):
        return address.path.removeprefix(prefix)
    return address.path


def sample_names(draft: Draft) -> list[tuple[str, str, int]]:
    """Return side, file name and number of each payload of a call."""
    found: list[tuple[str, str, int]] = []
    for side, payloads in (("request", draft.call.requests), ("response", draft.call.responses)):
        if side == "request" and _is_query(draft):
            continue
        for number in range(len(payloads)):
            case = f".case_{number + 1}" if number else ""
            found.append((side, f"{draft.name}.{side}{case}.json", number))
    return found


def _is_query(draft: Draft) -> bool:
    """Say whether a printed request can only travel in the address."""
    return draft.call.method in {"GET", "HEAD"}


def _reasons(draft: Draft) -> list[str]:
    call = draft.call
    found = ["name, summary and x-safety"]
    if call.address is None:
        found.append("method and path, because no address is printed")
    elif not call.address.path:
        found.append("the path, because none is printed")
    elif call.address.arguments is not None:
        found.append("method and path, because only a signature is printed")
    elif not call.has_printed_method:
        found.append(f"the method, because none is printed beside line {call.address.line}")
    if payload_of(draft):
        found.append("x-payload")
    if not call.responses:
        found.append("the answer, because none is printed")
    return found


def _parameters(draft: Draft, common: Common, taken: set[str]) -> list[dict[str, JSON]]:
    address = draft.call.address
    rows = {row.name: row for table in draft.call.tables for row in table.rows}
    made: list[dict[str, JSON]] = []
    names: set[str] = set()
    for name in address.slots if address else ():
        made.append(_parameter(name, "path", rows.get(name), "", draft, common))
        names.add(name)
    for query in address.query if address else ():
        row = draft.query.get(query.name) or rows.get(query.name)
        made.append(_parameter(query.name, "query", row, query.constant, draft, common))
        names.add(query.name)
    for name, row in draft.query.items():
        if name not in names:
            made.append(_parameter(name, "query", row, "", draft, common))
            names.add(name)
    for name, shape in draft.request.members.items() if _is_query(draft) else ():
        if name not in names and not shape.is_object and shape.entry is None:
            made.append(_parameter(name, "query", shape.row, "", draft, common))
    argument_names({str(one["name"]): one for one in made}, taken)
    return made


def _parameter(
    name: str, place: str, row: Row | None, constant: str, draft: Draft, common: Common
) -> dict[str, JSON]:
    """Return one parameter; in the path and in the printed address it is required."""
    address = draft.call.address
    is_printed = address is not None and name in {*address.slots, *(q.name for q in address.query)}
    line = row.line if row else address.line if address else draft.call.line
    shape = Shape(line=line, row=row)
    schema = common.components.property(name, shape, "request", f"{draft.name}_{name}")
    description, evidence = schema.pop("description"), schema.pop("x-evidence", None)
    secret = schema.pop("x-secret", None)
    schema.pop("x-provenance", None)
    if constant:
        schema.clear()
        schema.update({"type": "string", "const": constant})
        evidence = f"line {line}, no other value is printed"
    said = row.is_required if row else None
    required = place == "path" or (said if said is not None else is_printed)
    made: dict[str, JSON] = {"name": name, "in": place, "required": required}
    made["description"] = description
    made["schema"] = schema
    if secret is not None or sounds_secret(name):
        made["x-secret"] = secret is not False
    if evidence is not None:
        made["x-provenance"], made["x-evidence"] = "inferred", evidence
    return made


def _request(draft: Draft, common: Common, taken: set[str]) -> dict[str, JSON]:
    name = f"{draft.name}_request"
    shape = draft.request
    schema: dict[str, JSON]
    if not shape.is_object or shape.kinds not in ([], ["object"]):
        schema = common.components.value(name, shape, "request", name)
    else:
        reference = common.components.object(name, shape, "request", name, is_shared=False)
        component = common.components.schemas[reference.removeprefix(_SCHEMAS)]
        _fill_in(component, common, taken)
        schema = {"$ref": reference}
    return {
        "required": True,
        "content": {"application/json": _media(schema, draft, "request")},
    }


def _fill_in(component: JSON, common: Common, taken: set[str], *, may_inline: bool = True) -> None:
    """Let settings fill what every request carries, and inline the objects inside the body."""
    properties = component.get("properties") if isinstance(component, dict) else None
    arguments: dict[str, JSON] = {}
    for name, member in properties.items() if isinstance(properties, dict) else ():
        if not isinstance(member, dict):
            continue
        inner = common.components.schemas.get(
            str(member.get("$ref", "")).removeprefix(_SCHEMAS), None
        )
        if name in common.credentials and "$ref" not in member:
            _mark(member, "x-credential", snake(name))
            common.used.add(name)
        elif may_inline and isinstance(inner, dict) and _is_inlined(inner):
            _mark(member, "x-inline", True)
            _fill_in(inner, common, taken, may_inline=False)
        else:
            arguments[name] = member
    argument_names(arguments, taken)


def _mark(member: dict[str, JSON], key: str, value: JSON) -> None:
    """Put a key before those that say where the member comes from."""
    origin: dict[str, JSON] = {
        k: member.pop(k) for k in ("x-provenance", "x-evidence") if k in member
    }
    member[key] = value
    member.update(origin)


def _is_inlined(inner: dict[str, JSON]) -> bool:
    properties = inner.get("properties")
    return isinstance(properties, dict) and inner.get("type") == "object"


def _answer(draft: Draft, common: Common) -> dict[str, JSON]:
    shape = draft.response
    if not shape.seen and not shape.members:
        return {"description": "The document prints no answer."}
    name = f"{draft.name}_answer"
    payload = payload_of(draft)
    schema = _answer_schema(name, draft, common)
    if draft.call.responses:
        is_success = "The answer." if not payload else "The answer, in its envelope."
    else:
        is_success = "The answer, as a table describes it."
    return {
        "description": is_success,
        "content": {"application/json": _media(schema, draft, "response")},
    }


def _answer_schema(name: str, draft: Draft, common: Common) -> dict[str, JSON]:
    """Return the schema of the answer; an order is not placed without its number."""
    shape = draft.response
    if not shape.is_object or shape.kinds not in ([], ["object"]):
        return common.components.value(name, shape, "response", name)
    inner = at(shape, payload_of(draft))
    numbers = {
        key
        for key, member in inner.members.items()
        if is_order_number(key) and member.seen == inner.objects > 0 and not member.is_nullable
    }
    needed = frozenset[str]() if is_plainly_a_read(draft.call) else frozenset(numbers)
    if inner is not shape and needed:
        payload = payload_of(draft)
        common.components.need(inner, needed)
        needed = frozenset(str(part) for part in payload[:1])
    reference = common.components.object(name, shape, "response", name, needed, is_shared=False)
    return {"$ref": reference}


def _media(schema: dict[str, JSON], draft: Draft, side: str) -> dict[str, JSON]:
    made: dict[str, JSON] = {"schema": schema}
    examples: dict[str, JSON] = {}
    payloads = draft.call.requests if side == "request" else draft.call.responses
    for kind, file, number in sample_names(draft):
        if kind == side:
            example: dict[str, JSON] = {"externalValue": f"samples/{file}"}
            if payloads[number].is_truncated:
                example["x-truncated"] = True
            examples["documented" if not number else f"documented_{number + 1}"] = example
    if examples:
        made["examples"] = examples
    return made
