"""Hold a request against the spec, without ever repeating a value that was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qs

import msgspec

from brokerspec.content import is_json
from brokerspec.document import Document, MediaType, Operation, Parameter, SecurityScheme
from brokerspec.findings import alternatives
from brokerspec.jsonschemas import deepest, validator_for

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as the sandbox looks at it; header names are in lower case."""

    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request does not fit: a credential is missing, or something else is wrong."""

    kind: Literal["credential", "request"]
    text: str


class Checker:
    """Check the requests of one operation."""

    def __init__(self, document: Document, operation: Operation) -> None:
        self._document = document
        self._operation = operation
        self._parameters = [
            (one, validator_for(document, one.schema)) for one in operation.parameters
        ]
        body = operation.request_body
        self._media = {media.name: media for media in body.content} if body else {}
        self._bodies = {
            name: validator_for(document, media.schema)
            for name, media in self._media.items()
            if media.schema is not None and is_json(name)
        }

    def check(self, received: Received) -> Problem | None:
        """Return the first thing that is wrong with a request."""
        return self._credentials(received) or self._all_parameters(received) or self._body(received)

    def accepts_body(self, body: bytes) -> bool:
        """Say whether a JSON body fits any schema of the operation."""
        return any(_mismatch(validator, body) is None for validator in self._bodies.values())

    def _credentials(self, received: Received) -> Problem | None:
        schemes = self._document.security_schemes
        missing: list[str] = []
        for requirement in self._operation.security:
            lost = [name for name in requirement if not _is_sent(schemes[name], received)]
            if not lost:
                return None
            missing += [_place(schemes[name]) for name in lost]
        return Problem("credential", f"{missing[0]} is missing") if missing else None

    def _all_parameters(self, received: Received) -> Problem | None:
        for parameter, validator in self._parameters:
            values = _sent(parameter, received)
            if not values:
                if parameter.required:
                    return Problem("request", f"{_named(parameter)} is missing")
            elif not any(validator.is_valid(value) for value in _readings(values)):
                return Problem("request", f"{_named(parameter)} does not fit its schema")
        return None

    def _body(self, received: Received) -> Problem | None:
        body = self._operation.request_body
        if body is None:
            return None
        if not received.body:
            return Problem("request", "there is no body") if body.required else None
        sent = received.headers.get("content-type", "").split(";")[0].strip().lower()
        name = next(
            (name for name in self._media if sent in (name.lower(), "") or name == "*/*"), ""
        )
        if not name:
            wanted = " or ".join(self._media)
            return Problem("request", f"the body must be {wanted}")
        if name in self._bodies:
            text = _mismatch(self._bodies[name], received.body)
        else:
            text = self._form_problem(self._media[name], received.body)
        return Problem("request", text) if text else None

    def _form_problem(self, media: MediaType, body: bytes) -> str | None:
        if media.name != _FORM or media.schema is None:
            return None
        sent = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        for schema in alternatives(self._document, media.schema):
            for name in schema.required:
                if name not in sent:
                    return f"the form has no {name}"
        return None


def _mismatch(validator: Validator, body: bytes) -> str | None:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "the body is not JSON"
    error = next(iter(validator.iter_errors(value)), None)
    return None if error is None else _words(deepest(error))


def _words(error: ValidationError) -> str:
    """Say what a body lacks, by names and rules only: its values may be secret."""
    path = "".join(f"/{token}" for token in error.absolute_path) or "the body"
    match error.validator:
        case "required":
            return f"{path}: {error.message.replace('a required property', 'required')}"
        case "type" | "enum" | "const":
            return f"{path}: the {error.validator} must be {error.validator_value}"
        case _:
            return f"{path}: breaks the rule {error.validator}"


def _sent(parameter: Parameter, received: Received) -> Sequence[str]:
    places: Mapping[str, Mapping[str, Any]] = {
        "path": received.path,
        "query": received.query,
        "header": received.headers,
        "cookie": received.cookies,
    }
    name = parameter.name.lower() if parameter.location == "header" else parameter.name
    found = places[parameter.location].get(name)
    if found is None:
        return ()
    return [found] if isinstance(found, str) else found


def _readings(values: Sequence[str]) -> list[Any]:
    """Return what a text of a URL can stand for: the text itself, a number, a list."""
    readings: list[Any] = [values[0], list(values)]
    try:
        readings.append(msgspec.json.decode(values[0]))
    except msgspec.MsgspecError:
        return readings
    return readings


def _is_sent(scheme: SecurityScheme, received: Received) -> bool:
    if scheme.type == "apiKey":
        places: Mapping[str, Mapping[str, Any]] = {
            "header": received.headers,
            "query": received.query,
            "cookie": received.cookies,
        }
        is_header = scheme.location == "header"
        name = scheme.parameter_name.lower() if is_header else scheme.parameter_name
        return bool(places[scheme.location].get(name))
    word = "basic " if scheme.scheme.lower() == "basic" else "bearer "
    return received.headers.get("authorization", "").lower().startswith(word)


def _place(scheme: SecurityScheme) -> str:
    if scheme.type == "apiKey":
        return f"{scheme.location} {scheme.parameter_name}"
    return f"header Authorization ({scheme.scheme or 'bearer'})"


def _named(parameter: Parameter) -> str:
    return f"{parameter.location} {parameter.name}"
