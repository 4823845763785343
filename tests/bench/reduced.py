"""Specs as openapi-python-client accepts them."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import yaml


def reduce(spec: Path, target: Path) -> None:
    """Write a spec without extension keys and without schemas that are only true or false."""
    document = yaml.load(spec.read_text(encoding="utf-8"), yaml.CSafeLoader)
    target.write_text(yaml.safe_dump(_reduced(document), sort_keys=False), encoding="utf-8")


def _reduced(node: object) -> object:
    if isinstance(node, list):
        return [_reduced(item) for item in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    members = cast("dict[str, object]", node)
    return {
        key: _reduced(value)
        for key, value in members.items()
        if not str(key).startswith("x-") and not (key == "items" and isinstance(value, bool))
    }
