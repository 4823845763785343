"""The socket of the interactive gateway is described, and its description holds together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from brokerspec.load import load

SPEC = Path(__file__).parents[2] / "specs" / "interactive_gateway" / "asyncapi.yaml"


def root() -> dict[str, Any]:
    return cast("dict[str, Any]", load(SPEC).root)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_it_is_asyncapi_3_with_the_documented_events() -> None:
    document = root()
    assert document["asyncapi"] == "3.0.0"
    named = {message["name"] for message in document["components"]["messages"].values()}
    assert {"joined", "error", "success", "order", "trade", "logout"} <= named


def test_every_reference_leads_somewhere() -> None:
    document = root()
    found = list(references(document))
    assert found
    for reference in found:
        file, _, pointer = reference.partition("#")
        node: Any = document if not file else load(SPEC.parent / file).root
        for part in pointer.strip("/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]


def test_its_tokens_travel_in_the_address_as_documented() -> None:
    (channel,) = root()["channels"].values()
    assert "token=" in channel["address"]
