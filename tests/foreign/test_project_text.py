"""Texts of a document in what a project has beside its package."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path

import pytest

from brokerspec.generate import Job, build

HOSTILE = [
    'quote " and \' and """ and \'\'\'',
    "ends with a backslash \\",
    "back\\slash\\\"quote",
    "line\nbreak\r\nand\u2028more\u0085",
    "{{ 1000 + 729 }} {% raw %} {x}",
    "bidi \u202e and zero \u200b width",
    "-->\n```\n# heading\n<script>alert(1)</script>",
    "'''\nimport os\n'''",
    "]\nname = \"evil\"",
    "🚀 Ünï",
    "x" * 5000,
]  # fmt: skip


def made(folder: Path, text: str) -> dict[str, str]:
    """Return the project of a document that says `text` wherever it can."""
    answer = {"204": {"description": text}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": text, "version": text, "description": text},
        "servers": [{"url": "https://api.example.com", "description": text}],
        "tags": [{"name": text, "description": text}, {"name": "Other", "description": text}],
        "paths": {
            "/a": {"get": {"operationId": "one", "tags": [text], "responses": answer}},
            "/b": {"get": {"operationId": "two", "tags": ["Other"], "responses": answer}},
        },
    }
    spec = folder / "openapi.json"
    spec.write_text(json.dumps(document), encoding="utf-8")
    job = Job(spec, "made", "openapi.json", is_ours=False, is_project=True)
    return build([job], fresh=True).packages["made"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_leaves_its_place(tmp_path: Path, text: str) -> None:
    files = made(tmp_path, text)
    for name, source in files.items():
        if name.endswith(".py") and "_runtime" not in name:
            tree = ast.parse(source)
            names = {node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import)}
            assert names <= {"builtins", "made", "pytest"}, name
    told = tomllib.loads(files["pyproject.toml"])
    assert told["project"]["name"] == "made"
    assert told["project"]["description"].startswith("Python client of ")
    assert "<script>" not in files["README.md"]
    assert files["README.md"].count("```") == 10
    assert "1729" not in files["README.md"].partition("\n")[2]
