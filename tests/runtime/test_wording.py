"""What the runtime says fits any API, not only that of a broker."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import brokerspec_runtime
from trees import nodes

ROOT = Path(brokerspec_runtime.__file__).parent
TRADE = re.compile(r"\b(brokers?|orders?|trad(e|es|ing)|exchanges?|money)\b", re.IGNORECASE)


def said(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the texts of more than one word that are no docstrings."""
    stated = {id(node.value) for node in nodes(tree) if isinstance(node, ast.Expr)}
    for node in nodes(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in stated and " " in str(node.value).strip():
            assert isinstance(node, ast.Constant)
            yield node


def test_no_message_is_about_trading() -> None:
    found = [
        f"{path.name}:{text.lineno}: {text.value}"
        for path in sorted(ROOT.glob("*.py"))
        for text in said(ast.parse(path.read_text(encoding="utf-8")))
        if TRADE.search(str(text.value))
    ]
    # The words between two machines have always been called an exchange.
    assert [text for text in found if "the exchange with" not in text] == []
