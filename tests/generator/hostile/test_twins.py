"""Names that are one and the same in another case, or after Python has read them."""

from __future__ import annotations

import ast
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from brokerspec.format import format_packages
from brokerspec.write import write
from generator.hostile.judging import judge, rendered
from generator.hostile.test_corpus import imported

TWINS = (
    "Order", "order", "ORDER", "\uff4frder", "oRDER", "file", "\ufb01le", "k", "\u212a", "K",
    "stra\u00dfe", "strasse", "\u00e9", "e\u0301", "or-der", "or der", "or_der", "I", "\u0131", "i",
)  # fmt: skip


def document() -> dict[str, Any]:
    text = {"type": "string"}
    row = {"type": "object", "properties": dict.fromkeys(TWINS, text)}
    asked = [{"name": name, "in": "query", "schema": text} for name in TWINS]
    more: dict[str, Any] = {"parameters": asked}
    done = {"200": {"description": "d", "content": {"application/json": {"schema": row}}}}
    shown = {name: {**row, "description": name} for name in TWINS}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            f"/{number}": {
                "get": {**more, "operationId": name, "tags": [name], "responses": done},
                "put": {
                    "operationId": f"put {name}",
                    "tags": [name],
                    "requestBody": {"content": {"application/json": {
                        "schema": {"$ref": f"#/components/schemas/{name}"}}}},
                    "responses": {"204": {"description": "d"}},
                },
            }
            for number, name in enumerate(TWINS)
        },
        "components": {"schemas": shown},
    }  # fmt: skip


@pytest.mark.parametrize("number", [0, 1])
def test_twins_get_names_of_their_own(tmp_path: Path, number: int) -> None:
    files = rendered(tmp_path, number, document())
    assert files is not None
    judge(files)
    folded = [unicodedata.normalize("NFKC", name).casefold() for name in files]
    assert len({*folded}) == len(files)
    for text in files.values():
        for node in ast.walk(ast.parse(text)) if text.startswith("#") else ():
            if isinstance(node, ast.ClassDef):
                own = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
                own += [
                    ast.unparse(one.target) for one in node.body if isinstance(one, ast.AnnAssign)
                ]
                assert len(own) == len({unicodedata.normalize("NFKC", name) for name in own})
    client = files["client.py"] + "".join(text for name, text in files.items() if "groups" in name)
    assert client.count("def put_") + client.count("def put(") >= len(TWINS)
    for name, made in format_packages({f"made_{number}": files}).items():
        write(tmp_path / "made" / name, made)
    assert imported(tmp_path / "made") == ""
