"""What hostile documents say, and a document whose every string says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

PWN: Final = "__import__('builtins').__dict__.__setitem__('PWNED', 1)"
PAYLOADS: Final = (
    '"', "'", '\\"', "\\'", '"""', "'''", '\\"""', '""""', "\\", "\\\\", "ends in \\",
    f'"+{PWN}+"', f"'+{PWN}+'", f'"""\n{PWN}\n"""', f"'''\n{PWN}\n'''", f'"); {PWN} #',
    f"\n{PWN}\n", f"\r{PWN}\r", f"\r\n{PWN}", f"\x85{PWN}\x85", f"\u2028{PWN}\u2029",
    f"# {PWN}", f"\n    {PWN}\n", f"\\\n{PWN}", f"x: int = {PWN}, y", f"x={PWN}", f"[{PWN}]",
    "{" + PWN + "}", "{{ 7 * 7 }}{{ package.api.__class__ }}", "{% import 'os' as o %}{# gone #}",
    "%s %(x)s ${HOME} $(id) `id`", "nul\0nul", "\x1b[31m \x07 \x08 \x7f",
    "\u202eevil\u2066\u2069 \u200b\u200d\ufeff \u00ad", "\U000e0041 \u3164\ufe0f", "\ufffe",
    "--> <script>alert(1)</script> <!--", "| cell | \\| ![x](javascript:1) [a](b)", "``` `` `",
    "]]> */ -- ; DROP TABLE", "@@DOC Class000000@@", 'M0 = "Class000000.0"', "Class000001",
    "../../etc/passwd", "/etc/passwd", "C:\\Windows\\x", "file:///etc/passwd", "con", "nul.py",
    "", " ", "\t\n ", "class", "None", "self", "__init__", "__class__", "__proto__", "mro",
    "__struct_fields__", "import os", "eval", "0", "1e999999", "-", "_", "é", "e\u0301", "ﬁ",
    "Ⅷ", "\U0001f600", "नाम", "a" * 600, "x " * 300, "=cmd()", "true", "null", "~",
    "~~~ x", "- a\n- b", "1. a", "===", "<https://evil.example>", "[a]: https://evil.example",
    "&lt;script&gt; &#60;", "![x][y] [a][b]", '[tool.x]\na = """', "\x00\x01\x02", "<<",
    "&a *a !!python/object:os.system",
)  # fmt: skip
# A lone half of a pair can be written in JSON only.
SURROGATE: Final = "\ud800"

_TEXT: Final[dict[str, Any]] = {"type": "string", "description": "d", "title": "t", "format": "f"}
_KEYED: Final[dict[str, Any]] = {
    "x-credential": "key", "x-python-name": "name", "x-type": "decimal",
    "x-provenance": "inferred", "x-evidence": "seen", "x-constant": "c",
}  # fmt: skip
BASE: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {
        "title": "t", "version": "1", "summary": "s", "description": "d",
        "termsOfService": "https://a.example", "contact": {"name": "n", "url": "u", "email": "e"},
        "license": {"name": "n", "identifier": "i"}, "x-time-zone": "Asia/Kolkata",
        "x-source": {"document": "d", "section": "s"},
    },
    "servers": [
        {"url": "https://{host}.example/v1", "description": "d",
         "variables": {"host": {"default": "a", "enum": ["a", "b"], "description": "d"}}},
        {"url": "https://b.example", "description": "d"},
    ],
    "tags": [{"name": "orders", "description": "d", "externalDocs": {"url": "u"}}, {"name": "b"}],
    "externalDocs": {"url": "https://a.example", "description": "d"},
    "security": [{"key": []}],
    "x-client": {"note": {"description": "d", "default": "v", "role": "credential"}},
    "x-rate-limits": {"orders": {"rate": "1"}},
    "x-failure": [{"where": [{"pointer": "/s", "equals": ["no"]}], "error": "Rejected",
                   "code": "/c", "message": "/m"}],
    "paths": {
        "/orders/{id}": {
            "summary": "s", "description": "d",
            "parameters": [{"name": "id", "in": "path", "required": True, "description": "d",
                            "schema": _TEXT, "x-python-name": "own"}],
            "post": {
                "operationId": "place_order", "tags": ["orders"], "summary": "s",
                "description": "d", "x-safety": "unsafe", "x-rate-limit": "orders",
                "x-source": {"document": "d", "section": "s"},
                "externalDocs": {"url": "u"}, "security": [{"key": []}, {"auth": ["read"]}],
                "parameters": [
                    {"name": "q", "in": "query", "description": "d", "schema": _TEXT,
                     "style": "form", "example": "e"},
                    {"name": "X-H", "in": "header", "schema": {**_TEXT, "default": "v"}},
                    {"name": "c", "in": "cookie", "schema": {"type": "string", "const": "k"}},
                ],
                "requestBody": {"description": "d", "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Order"},
                                         "example": {"price": "1"}},
                    "multipart/form-data": {"schema": {"type": "object", "properties": {
                        "file": {"type": "string", "format": "binary"}}},
                        "encoding": {"file": {"contentType": "image/png",
                                              "headers": {"X-P": {"schema": _TEXT}}}}},
                }},
                "responses": {
                    "200": {"description": "d", "headers": {"X-R": {"schema": _TEXT}},
                            "content": {"application/json": {
                                "schema": {"$ref": "#/components/schemas/Order"}}},
                            "links": {"next": {"operationId": "place_order", "description": "d"}}},
                    "4XX": {"description": "d", "content": {"text/plain": {"schema": _TEXT}}},
                    "default": {"description": "d"},
                },
                "callbacks": {"done": {"{$request.body#/url}": {"post": {"responses": {}}}}},
            },
        },
        "/rows": {
            "get": {
                "operationId": "list_rows", "tags": ["b"], "description": "d",
                "x-pagination": {"kind": "cursor", "items": "/data", "argument": "cursor",
                                 "next": "/next"},
                "parameters": [{"name": "cursor", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "d", "content": {"application/json": {
                    "schema": {"type": "object", "title": "t", "properties": {
                        "data": {"type": "array", "items": {"type": "string"}},
                        "next": {"type": "string", "description": "d"}}}}}}},
            },
            "post": {
                "operationId": "send_row", "tags": ["c"], "x-payload": "/row",
                "requestBody": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Either"}}}},
                "responses": {"200": {"description": "d", "content": {"application/json": {
                    "schema": {"type": "object", "properties": {"row": _TEXT}}}}}},
            },
        },
    },
    "webhooks": {"hook": {"post": {"operationId": "hooked", "responses": {}}}},
    "components": {
        "schemas": {
            "Order": {
                "type": "object", "title": "t", "description": "d", "required": ["price"],
                "discriminator": {"propertyName": "kind", "mapping": {"a": "Other"}},
                "x-python-name": "Order", "x-provenance": "inferred", "x-evidence": "e",
                "properties": {
                    "price": {**_TEXT, "x-type": "decimal", "pattern": "p", "x-empty": ["-", ""]},
                    "kind": {"type": "string", "enum": ["a", "b"], "description": "d",
                             "x-enum-varnames": ["A", "B"],
                             "x-enum-descriptions": ["one", "two"]},
                    "one": {"type": "string", "const": "k", "default": "k", "example": "e"},
                    "flag": {"type": "string", "x-type": "boolean", "enum": ["y", "n"]},
                    "more": {"type": "object", "additionalProperties": _TEXT},
                    "any": {"oneOf": [_TEXT, {"$ref": "#/components/schemas/Other"}]},
                },
            },
            "Other": {"allOf": [{"type": "object", "properties": {"a": _TEXT}}]},
            "Cat": {"type": "object", "required": ["pet"], "properties": {
                "pet": {"type": "string"}, "name": _TEXT}},
            "Dog": {"type": "object", "required": ["pet"], "properties": {
                "pet": {"type": "string"}, "age": {"type": "integer"}}},
            "Either": {
                "description": "d",
                "oneOf": [{"$ref": "#/components/schemas/Cat"},
                          {"$ref": "#/components/schemas/Dog"}],
                "discriminator": {"propertyName": "pet", "mapping": {
                    "cat": "#/components/schemas/Cat", "dog": "Dog"}},
            },
        },
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key", "description": "d",
                    "x-credential": "key"},
            "auth": {"type": "oauth2", "description": "d", "flows": {"clientCredentials": {
                "tokenUrl": "https://a.example/token", "refreshUrl": "https://a.example/r",
                "scopes": {"read": "Read."}}, "authorizationCode": {
                "authorizationUrl": "https://a.example/sign", "tokenUrl": "https://a.example/t",
                "scopes": {"write": "Write."}}}},
            "open": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example/o"},
        },
        "examples": {"one": {"summary": "s", "value": "v"}},
    },
}  # fmt: skip
for _key, _value in _KEYED.items():
    BASE["components"]["schemas"]["Other"]["allOf"][0]["properties"]["a"] = {
        **BASE["components"]["schemas"]["Other"]["allOf"][0]["properties"]["a"],
        _key: _value,
    }

_BASE: Final = json.dumps(BASE)

Place = tuple[str | int, ...]
# Over how many documents the loose places of form are spread, and of how many strict ones
# one is alone.
_TOGETHER: Final = 4
_ALONE: Final = 28


def places(node: Any = BASE, at: Place = ()) -> Iterator[tuple[Place, bool]]:
    """Yield where the texts of the document stand; True stands for a key, False for a value."""
    if isinstance(node, dict):
        for key, value in node.items():
            if at and at[-1] in _NAMED:
                yield (*at, key), True
            yield from places(value, (*at, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from places(value, (*at, index))
    elif isinstance(node, str):
        yield at, False


# The keys of these are names that the author chose.
_NAMED: Final = frozenset(
    {"paths", "schemas", "properties", "securitySchemes", "content", "headers", "responses"}
    | {"variables", "scopes", "mapping", "x-client", "x-rate-limits", "links", "callbacks"}
    | {"webhooks", "examples", "encoding", "flows"}
)
# Texts that say what the document is: a hostile one ends in a clean refusal, or is left out.
_FORM: Final = frozenset(
    {"openapi", "type", "in", "$ref", "style", "role", "x-type", "x-time-zone", "pointer"}
    | {"operationId", "x-python-name", "x-safety", "x-credential", "required", "rate", "error"}
    | {"x-payload", "code", "message", "x-secret", "security", "propertyName", "url", "tokenUrl"}
    | {"x-provenance", "x-evidence", "x-source", "x-client", "document", "section", "default"}
    | {"x-rate-limit", "x-empty", "identifier", "responses", "flows", "content", "paths"}
    | {"kind", "items", "argument", "next", "authorizationUrl"}
)
# Those of them in which hardly any payload is accepted.
_STRICT: Final = frozenset(
    {"openapi", "x-time-zone", "note", "role", "pointer", "error", "code", "message", "$ref", "row"}
    | {"x-python-name", "x-safety", "x-rate-limit", "x-payload", "x-provenance", "x-type"}
    | {"x-credential"}
)


def is_text(place: Place, is_key: bool) -> bool:
    """Say whether any text may stand in a place."""
    names = [part for part in place if isinstance(part, str)]
    if "x-client" in names or (names[-1] == "name" and "parameters" in names):
        return False
    return not is_key and names[-1] not in _FORM and not (names[-2:-1] and names[-2] in _FORM)


def put(document: Any, place: Place, is_key: bool, payload: str) -> None:
    """Put a payload into a document, beside what stands there where that keeps its shape."""
    *outer, last = place
    node = document
    for step in outer:
        node = node[step]
    if not is_key:
        node[last] = payload
        return
    key = f"/{payload}" if outer[-1] == "paths" else payload
    items = [(key if name == last else name, value) for name, value in node.items()]
    node.clear()
    node.update(items)


def documents() -> Iterator[list[tuple[Place, bool, str]]]:
    """Yield what each of the documents says that together say every payload in every place.

    The places for text are all filled at once, each with another payload. Those that say what
    something is are spread over a few documents, since together they may contradict each other;
    the strict ones get most documents refused, so each is also filled alone with some payloads.
    """
    found = list(places())
    texts = [place for place in found if is_text(*place)]
    forms = [place for place in found if not is_text(*place)]
    strict = [place for place in forms if place[0][-1] in _STRICT]
    loose = [place for place in forms if place not in strict]
    for index, payload in enumerate(PAYLOADS):
        said = [
            (*place, PAYLOADS[(index + shift) % len(PAYLOADS)]) for shift, place in enumerate(texts)
        ]
        yield said
        groups = [loose[start::_TOGETHER] for start in range(_TOGETHER)]
        for group in (*groups, strict, strict[index % _ALONE :: _ALONE]):
            yield [(*place, payload) for place in group]


def saying(said: list[tuple[Place, bool, str]]) -> dict[str, Any]:
    """Return a document with payloads in some of its places."""
    document: dict[str, Any] = json.loads(_BASE)
    # Keys last, and deeper places first: a renamed key no longer leads where it did.
    for place, is_key, payload in sorted(said, key=lambda one: (one[1], -len(one[0]))):
        put(document, place, is_key, payload)
    return document
