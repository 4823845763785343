"""What the tests read from a spec by themselves, so that they do not trust the generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml

from contract.case import ROOT

METHODS = ("get", "put", "post", "delete", "patch")
ABSENT = object()


@cache
def spec(broker: str) -> dict[str, Any]:
    """Return the spec of a broker as plain data."""
    path = ROOT / "specs" / broker / "openapi.yaml"
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return found


@cache
def operations(broker: str) -> Mapping[str, dict[str, Any]]:
    """Return the operations of a spec by name, variants and sign-in included."""
    return {node["operationId"]: node for node in _nodes(spec(broker))}


def _nodes(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        for method in METHODS:
            if method in item:
                yield item[method]
                yield from item[method].get("x-variants", ())


def payload(broker: str, operation: str, body: Any) -> Any:
    """Return the part of a body that the method returns, ABSENT when it is not there."""
    pointers = operations(broker)[operation].get("x-payload", "")
    for pointer in [pointers] if isinstance(pointers, str) else pointers:
        part = follow(body, pointer)
        if part is not ABSENT:
            return part
    return ABSENT


def follow(body: Any, pointer: str) -> Any:
    """Return what a JSON Pointer leads to, or ABSENT."""
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(body, dict) and name in body:
            body = body[name]
        elif isinstance(body, list) and name.isdecimal() and int(name) < len(body):
            body = body[int(name)]
        else:
            return ABSENT
    return body
