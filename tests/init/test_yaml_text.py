"""What is printed is read back as the same, and looks the way the specs do."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerspec.init.yaml_text import scalar, to_yaml
from brokerspec.load import load
from brokerspec.tree import JSON

TEXTS = st.text(max_size=150) | st.sampled_from(
    ["", "no", "Null", "1.0", "1.2.3", "a: b", "a:b", "#x", "- x", "'", '"', "é", "x #y", "~", "<<"]
)
SCALARS = TEXTS | st.integers(-(10**9), 10**9) | st.booleans() | st.none()
KEYS = TEXTS.filter(lambda text: text != "<<")
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=12,
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tree=TREES)
def test_a_tree_is_read_back(tree: dict[str, JSON], tmp_path: Path) -> None:
    path = tmp_path / "tree.yaml"
    path.write_text(to_yaml(tree, {}), encoding="utf-8", newline="\n")
    assert load(path).root == tree


def test_a_number_keeps_its_digits(tmp_path: Path) -> None:
    path = tmp_path / "tree.yaml"
    path.write_text(to_yaml({"price": Decimal("90.50")}, {}), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "price: 90.50\n"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain words", "plain words"),
        ("yes", "'yes'"),
        ("007", "'007'"),
        ("it's", "it's"),
        ("a, b", "'a, b'"),
        ("#/components/schemas/Order", "'#/components/schemas/Order'"),
        ("a\tb", '"a\\u0009b"'),
    ],
)
def test_a_text_is_quoted_only_where_it_must_be(text: str, printed: str) -> None:
    assert scalar(text) == printed


def test_long_things_are_set_out_and_short_ones_are_not() -> None:
    tree: dict[str, JSON] = {
        "paths": {"/a": {"get": {"x-source": {"document": "guide.txt"}}}, "/b": {"get": {}}},
        "note": "word " * 40 + "end",
    }
    comments = {("paths",): "Look at these first."}
    assert to_yaml(tree, comments) == (
        "# Look at these first.\n"
        "paths:\n"
        "  /a:\n"
        "    get:\n"
        "      x-source: {document: guide.txt}\n"
        "\n"
        "  /b:\n"
        "    get: {}\n"
        "note: >-\n"
        + "  "
        + " ".join(["word"] * 19)
        + "\n  "
        + " ".join(["word"] * 19)
        + "\n  word word end\n"
    )
