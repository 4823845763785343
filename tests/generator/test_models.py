"""Models and enums: classes as the IR describes them, and text that is only text."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from brokerspec import ir
from brokerspec.models import describe, formats_of, parts, write_classes

TEXT = ir.Scalar("str")


def api_of(*models: ir.Model, enums: tuple[ir.Enum, ...] = ()) -> ir.Api:
    empty: dict[str, Any] = dict.fromkeys(
        ("servers", "settings", "operations", "failures", "samples"), ()
    )
    words = dict.fromkeys(("package", "title", "version", "description", "source"), "x")
    return ir.Api(zone="UTC", models=models, enums=enums, oauth=None, **words, **empty)


def written(*models: ir.Model, enums: tuple[ir.Enum, ...] = ()) -> str:
    api = api_of(*models, enums=enums)
    return "\n\n".join(write_classes(api, formats_of(api)).values())


def field(wire: str, name: str, type_: ir.TypeRef = TEXT, **given: Any) -> ir.Field:
    return ir.Field(wire, name, type_, given.get("required", False), given.get("text", ""))


def test_no_classes_give_no_text() -> None:
    assert written() == ""


def test_a_class() -> None:
    text = written(
        ir.Model(
            "Order",
            "An order.",
            (
                field("orderId", "order_id", required=True, text="Number."),
                field("note", "note"),
                field("tags", "tags", ir.ListOf(TEXT)),
                field("kind", "kind", ir.Nullable(TEXT), required=True),
            ),
        )
    )
    assert text.split("\n") == [
        "class Order(Struct, frozen=True, kw_only=True):",
        '    """An order."""',
        "",
        "    order_id: str = field(name='orderId')",
        '    """Number. Wire name: `orderId`."""',
        "    kind: str | None",
        "    note: str | None = None",
        "    tags: list[str] | None = None",
        "",
    ]


def test_an_enum() -> None:
    members = (ir.Member("BUY", "B", "Buy it."), ir.Member("QUOTE", '"', ""))
    text = written(enums=(ir.Enum("Side", "A side.", members),))
    assert "class Side(OpenEnum):" in text
    assert '    BUY = \'B\'\n    """Buy it."""\n    QUOTE = \'"\'' in text


def test_classes_come_in_the_order_of_their_names() -> None:
    models = [ir.Model(name, "", (field("a", "a"),)) for name in ("B", "C", "A")]
    tree = ast.parse(written(*models))
    assert [node.name for node in tree.body if isinstance(node, ast.ClassDef)] == ["A", "B", "C"]


def test_names_that_a_library_would_change_stay() -> None:
    names = ["class_", "schema", "json", "copy", "model_config", "date_", "mro", "Any", "x1"]
    text = written(ir.Model("Model", "", tuple(field(name, name) for name in names)))
    (made,) = ast.parse(text).body
    assert isinstance(made, ast.ClassDef)
    assert [n.target.id for n in made.body if isinstance(n, ast.AnnAssign)] == names  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        '"Class000000.0"',
        "M0 = 'Class000000.0'",
        '\n"""@@DOC Class000000@@"""\n',
        ' = "@@DEFAULT Class000000.f0@@"',
        "Class000000",
    ],
)
def test_text_that_looks_like_a_mark_is_only_text(text: str) -> None:
    evil = ir.Enum("Evil", text, (ir.Member("A", '"""; boom(); """', text),))
    model = ir.Model("Row", text, (field(text.strip(), "a", ir.Named("Evil"), text=text),))
    found = ast.parse(written(model, enums=(evil,)))
    calls = [ast.unparse(node.func) for node in ast.walk(found) if isinstance(node, ast.Call)]
    assert calls == ["field"]
    docs = [ast.get_docstring(node) or "" for node in found.body if isinstance(node, ast.ClassDef)]
    assert len(docs) == 2
    for found_text in docs:
        assert found_text.split() == text.replace('"""', "'''").split()


def test_describe_shows_the_wire_name_only_where_it_differs() -> None:
    assert describe(field("a", "a", text="Text.")) == "Text."
    assert describe(field("A", "a", text="Text.")) == "Text. Wire name: `A`."
    assert describe(field("A", "a")) == "Wire name: `A`."


def test_parts_are_everything_inside() -> None:
    inner = ir.Nullable(ir.Named("A"))
    whole = ir.ListOf(ir.MapOf(ir.OneOf((ir.TupleOf((inner,)), TEXT))))
    assert {ir.Named("A"), inner, TEXT, whole} <= set(parts(whole))
