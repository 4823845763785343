"""No vendor is named in the tool, and hand-written files keep to their measures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from brokerspec.project import brokers_of
from trees import nodes

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


def test_no_vendor_is_named() -> None:
    brokers = [name.replace("_", " ") for name in brokers_of(ROOT)]
    word = re.compile(rf"\b(?:{'|'.join(SHORT)})\b")
    for path in (*SOURCES, *TEMPLATES):
        text = re.sub(r"[_\s]+", " ", path.read_text(encoding="utf-8").casefold())
        assert [name for name in [*LONG, *brokers] if name in text] == [], path
        assert word.findall(text) == [], path


def test_files_and_their_functions_are_short() -> None:
    for path in (*SOURCES, *TESTS):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 400, path
        assert [name for name, length in functions(text) if length > 60] == [], path


def test_templates_are_short() -> None:
    for path in TEMPLATES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 120, path


def functions(text: str) -> Iterator[tuple[str, int]]:
    for node in nodes(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
