"""No vendor is named in the tool, and hand-written files keep to their measures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from brokerspec.project import brokers_of

ROOT = Path(__file__).parents[2]
# Vendors, their products and the back ends that they are built on.
LONG = [
    "kotak", "sas online", "sasonline", "iifl", "algomojo", "symphony", "noren", "zerodha",
    "upstox", "alphasquare", "interactive gateway", "angelone", "finvasia", "alice blue",
]  # fmt: skip
SHORT = ["xts", "sas", "omnesys", "nest", "neo", "kite", "fyers", "dhan", "5paisa", "groww"]
TEMPLATES = sorted((ROOT / "generator").rglob("*.jinja*"))
SOURCES = sorted((ROOT / "generator").rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "golden" not in path.parts)


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", [*SOURCES, *TEMPLATES], ids=lambda path: path.name)
def test_no_vendor_is_named(path: Path) -> None:
    text = re.sub(r"[_\s]+", " ", path.read_text(encoding="utf-8").casefold())
    brokers = [name.replace("_", " ") for name in brokers_of(ROOT)]
    assert [name for name in [*LONG, *brokers] if name in text] == []
    assert [name for name in SHORT if re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=lambda path: path.name)
def test_files_are_short(path: Path) -> None:
    assert len(lines(path)) <= 400


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_are_short(path: Path) -> None:
    assert len(lines(path)) <= 120


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=lambda path: path.name)
def test_functions_are_short(path: Path) -> None:
    assert [name for name, length in functions(path) if length > 60] == []


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
