"""Put the whole spec together, with its samples and what is left for a person to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from brokerspec.audit.facts import Endpoint, Facts, Payload, Table, Text, ValueList
from brokerspec.audit.propose import written
from brokerspec.init.addresses import base_of
from brokerspec.init.attach import Draft, Lists, Tables, drafts_of
from brokerspec.init.calls import sort
from brokerspec.init.examples import make_up_examples
from brokerspec.init.meaning import Setting
from brokerspec.init.names import operation_names
from brokerspec.init.operations import Common, operation_of, path_of, sample_names
from brokerspec.init.schemas import Components
from brokerspec.init.signs import Bearer, Sign, bearer_of, credentials_of, signs_of
from brokerspec.naming import snake, words
from brokerspec.tree import JSON, Pointer

# Where the document itself says which clock it means.
_ZONE: Final = re.compile(r"\b(Africa|America|Asia|Australia|Europe|Pacific)/[A-Z][A-Za-z_]+\b")
_INDIA: Final = re.compile(r"\bIST\b|\bNSE|\bBSE\b|\bIndia\b")
_PERSONAL: Final = re.compile(r"[A-Z]{5}\d{4}[A-Z]")
_MASK: Final = "XXXXX0000X"


@dataclass(frozen=True, slots=True)
class Zone:
    """Hold a time zone, and the line that it was taken from."""

    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """Hold a spec that a person can go on with."""

    spec: dict[str, JSON]
    comments: dict[Pointer, str]
    samples: dict[str, str]
    drafts: tuple[Draft, ...]
    contradictions: tuple[str, ...]
    unplaced_tables: tuple[Table, ...]
    loose_endpoints: tuple[Endpoint, ...]
    base: str
    masked: tuple[str, ...]
    unused_lists: tuple[ValueList, ...]


def start_of(facts: Facts, name: str, time_zone: str = "") -> Start:
    """Return the spec that can be inferred from the facts of a document."""
    found = sort(facts)
    calls = list(found.calls)
    drafts = drafts_of(calls, operation_names(calls))
    tables = Tables(facts, found.tables)
    for draft in drafts:
        tables.place(draft)
    tables.place_loose(drafts)
    addresses = [draft.call.address for draft in drafts if draft.call.address is not None]
    zone = Zone(time_zone) if time_zone else _zone_of(facts.text)
    lists = Lists(facts.value_lists)
    common = Common(
        document=PurePath(facts.text.label).name or "document",
        base=base_of(addresses, facts.text),
        components=Components(lists, Setting(bool(zone.name), _is_textual(drafts))),
        credentials=credentials_of(drafts),
        bearer=bearer_of(facts.text, drafts),
    )
    spec, comments = _spec(drafts, common, name, zone)
    samples, masked = _samples(drafts)
    return Start(
        spec=spec,
        comments=comments,
        samples=samples,
        drafts=tuple(drafts),
        contradictions=tuple(
            dict.fromkeys([*tables.contradictions, *common.components.contradictions])
        ),
        unplaced_tables=tuple(tables.unplaced),
        loose_endpoints=found.endpoints,
        base=common.base,
        masked=tuple(masked),
        unused_lists=tuple(lists.unused),
    )


def _spec(
    drafts: list[Draft], common: Common, name: str, zone: Zone
) -> tuple[dict[str, JSON], dict[Pointer, str]]:
    paths = _paths(drafts, common)
    title = " ".join(word.capitalize() for word in words(name))
    info: dict[str, JSON] = {"title": title, "version": "0.1.0"}
    info["description"] = f"The calls that {common.document} describes."
    info["x-source"] = {"document": common.document}
    if zone.name:
        info["x-time-zone"] = zone.name
    info["x-provenance"] = "inferred"
    guessed = f"; the time zone, from line {zone.line}" if zone.line else ""
    info["x-evidence"] = f"title and version{guessed}"
    spec: dict[str, JSON] = {"openapi": "3.1.0", "info": info, "servers": [_server(common.base)]}
    if client := _client(common):
        spec["x-client"] = client
    if common.bearer is not None and common.bearer.opener:
        token: JSON = {"operation": common.bearer.opener, "pointer": common.bearer.pointer}
        spec["x-session"] = {"open": [common.bearer.opener], "tokens": {"access_token": token}}
    if signs := signs_of(drafts):
        spec["x-failure"] = [_rule(sign) for sign in signs]
    spec["security"] = [{"bearer": []}] if common.bearer else []
    spec["paths"] = paths
    components: dict[str, JSON] = {}
    if common.bearer is not None:
        components["securitySchemes"] = {"bearer": _scheme(common.bearer)}
    components["schemas"] = common.components.schemas
    if common.components.schemas or common.bearer:
        spec["components"] = components
    make_up_examples(spec)
    comments: dict[Pointer, str] = {
        ("servers",): "Check the host. Nothing has been sent to it.",
        (
            "paths",
        ): "Check the safety of every operation first: what is unsafe is never sent twice.",
    }
    if "x-session" in spec:
        comments[("x-session",)] = "A guess: that this answer gives the token of all other calls."
    if "x-failure" in spec:
        comments[("x-failure",)] = (
            "Name the errors that the vendor documents. Until then an answer that does not say "
            "success leaves the outcome open."
        )
    return spec, {key: text for key, text in comments.items() if paths}


def _paths(drafts: list[Draft], common: Common) -> dict[str, JSON]:
    """Return the paths; calls that share path and method become variants of the first."""
    paths: dict[str, JSON] = {}
    for draft in drafts:
        item = paths.setdefault(path_of(draft, common.base), {})
        operation = operation_of(draft, common)
        if not isinstance(item, dict):
            continue
        method = draft.call.method.lower()
        first = item.get(method)
        if not isinstance(first, dict):
            item[method] = operation
            continue
        variants = first.setdefault("x-variants", [])
        if isinstance(variants, list):
            variants.append(operation)
    return paths


def _server(base: str) -> dict[str, JSON]:
    if base:
        return {
            "url": base,
            "description": "Taken from the addresses in the document.",
            "x-provenance": "inferred",
            "x-evidence": "what the printed addresses have in common",
        }
    return {
        "url": "<base_url>",
        "description": "The document prints no host that all calls share.",
        "x-placeholder": True,
    }


def _client(common: Common) -> dict[str, JSON]:
    made: dict[str, JSON] = {}
    for wire, line in common.credentials.items():
        if wire not in common.used:
            continue
        made[snake(wire)] = {
            "description": f"The member {wire} of every request.",
            "x-secret": True,
            "x-provenance": "inferred",
            "x-evidence": f"line {line}, every printed request carries it",
        }
    if common.bearer is not None:
        token: dict[str, JSON] = {}
        if common.bearer.opener:
            token["role"] = "session"
        token["description"] = "The bearer token."
        token["x-secret"] = True
        token["x-provenance"] = "inferred"
        token["x-evidence"] = f"line {common.bearer.line}, the header Authorization"
        made["access_token"] = token
    return made


def _scheme(bearer: Bearer) -> dict[str, JSON]:
    return {
        "type": "http",
        "scheme": "bearer",
        "description": "The bearer token in the header Authorization.",
        "x-credential": "access_token",
        "x-provenance": "inferred",
        "x-evidence": f"line {bearer.line}",
    }


def _rule(sign: Sign) -> dict[str, JSON]:
    made: dict[str, JSON] = {
        "where": {"pointer": sign.pointer, "not-equals": [*sign.values]},
        "status": [200],
        "error": "OutcomeUnknown",
    }
    if sign.message:
        made["message"] = sign.message
    made["x-provenance"] = "inferred"
    made["x-evidence"] = f"line {sign.line}, the only value of success that is printed"
    return made


def _zone_of(text: Text) -> Zone:
    """Return the time zone that a document names, and the line that names it."""
    for pattern in (_ZONE, _INDIA):
        for number, line in enumerate(text.lines, start=1):
            found = pattern.search(line)
            if found is not None:
                return Zone(found[0] if pattern is _ZONE else "Asia/Kolkata", number)
    return Zone()


def _is_textual(drafts: list[Draft]) -> bool:
    """Say whether every value that the document prints is a text."""
    shapes = [
        shape
        for draft in drafts
        for whole in (draft.request, draft.response)
        for _, shape in whole.objects_below()
    ]
    kinds = {kind for shape in shapes for one in shape.members.values() for kind in one.kinds}
    return bool(shapes) and not kinds & {"boolean", "integer", "number"}


def _samples(drafts: list[Draft]) -> tuple[dict[str, str], list[str]]:
    """Return the sample files, and the notes on what was masked in them."""
    files: dict[str, str] = {}
    masked: list[str] = []
    for draft in drafts:
        for side, file, number in sample_names(draft):
            payload = (draft.call.requests if side == "request" else draft.call.responses)[number]
            value = _masked(payload.value)
            if value != payload.value:
                masked.append(f"line {payload.line}: a personal number in `{file}` is `{_MASK}`")
            files[file] = written(value)
    return files, masked


def _masked(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {key: _masked(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_masked(entry) for entry in value]
    return _MASK if isinstance(value, str) and _PERSONAL.fullmatch(value) else value


def payloads_of(start: Start) -> Iterator[tuple[str, Payload]]:
    """List the payloads that became samples, with the name of each file."""
    for draft in start.drafts:
        for side, file, number in sample_names(draft):
            yield file, (draft.call.requests if side == "request" else draft.call.responses)[number]
