"""What a client of somebody else's API says of itself fits any API."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import brokerspec_runtime
from brokerspec_runtime import LimitReached, Rate
from generator.making import Broker, Made, Making, asking
from trees import nodes

RUNTIME = Path(brokerspec_runtime.__file__).parent
# The names of the package, of the base of all errors, and of a member that it has.
NAMES = ("brokerspec", "BrokerError", "broker,")


@pytest.fixture
def made(making: Making) -> Made:
    return making(asking("[{name: a, in: query, schema: {type: string}}]"), ours=False)


def docstrings(text: str) -> Iterator[str]:
    for node in nodes(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def named(text: str) -> list[str]:
    for name in NAMES:
        text = text.replace(name, "")
    return [line for line in text.splitlines() if "broker" in line.lower()]


def test_no_docstring_takes_the_server_for_a_broker(made: Made) -> None:
    modules = {name: text for name, text in made.files.items() if name.endswith(".py")}
    for path in RUNTIME.glob("*.py"):
        modules[path.name] = path.read_text(encoding="utf-8")
    found = {
        name: [one for text in docstrings(t) for one in named(text)] for name, t in modules.items()
    }
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert [line for line in named(made.files["reference.md"]) if line] == []


def test_rates_are_those_of_the_document(made: Made) -> None:
    doc = made.module.Client.__doc__
    assert "ten orders" not in doc
    assert 'There is one class, "", for all calls of this API.' in doc
    client = made.client(Broker(b"", status=204), rate_limit={"": (Rate(1),)}, on_limit="raise")
    client.ask_it()
    with pytest.raises(LimitReached, match="for all calls"):
        client.ask_it()
