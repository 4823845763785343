"""Templates: one per file, strict, and with text only through filters."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, UndefinedError, meta
from msgspec import Struct
from msgspec.structs import asdict

from brokerspec.generate import Job, read
from brokerspec.page import TEMPLATES
from brokerspec.plan import plan
from brokerspec.plan_client import MANY
from brokerspec.plan_groups import ModelPart
from brokerspec.render import pages, render
from generator.making import answering, asking, sending
from generator.test_pieces import document

ALWAYS = {
    "__init__.py", "async_client.py", "client.py", "errors.py", "models.py", "operations.py",
    "py.typed", "reference.md",
}  # fmt: skip


def rendered(folder: Path, text: str) -> dict[str, str]:
    path = folder / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    return render(plan(read(Job(path, "made", "spec"))[0], "spec"))


def test_which_files_there_are(tmp_path: Path) -> None:
    leg = "{type: array, items: {type: object, properties: {a: {type: string}}}}"
    assert set(rendered(tmp_path, asking("[]"))) == ALWAYS
    assert set(rendered(tmp_path, sending(leg))) == ALWAYS | {"encode.py"}


def test_the_two_clients_differ_only_in_words(tmp_path: Path) -> None:
    files = rendered(tmp_path, answering("{type: string}"))
    other = files["async_client.py"]
    for old, new in (
        ("async def ", "def "),
        ("await ", ""),
        ("asynchronous", "synchronous"),
        ("AsyncBase", "SyncBase"),
        ("AsyncTransportChoice", "TransportChoice"),
        ("AsyncClient", "Client"),
        ("AsyncWithResponse", "WithResponse"),
        ("AsyncPrepare", "Prepare"),
        ("AsyncSignInBase", "SignInBase"),
        ("AsyncTokenBase", "TokenBase"),
        ("AsyncPersonBase", "PersonBase"),
        ("streaming_async(view", "streaming(view"),
        ("responding_async(view", "responding(view"),
        ("preparing_async(view", "preparing(view"),
        ('"httpx2"', '"requests"'),
    ):
        other = other.replace(old, new)
    assert other == files["client.py"]


def test_modules_are_python_before_they_are_formatted(tmp_path: Path) -> None:
    for name, text in rendered(tmp_path, answering("{type: string}")).items():
        if name.endswith(".py"):
            assert ast.get_docstring(ast.parse(text)), name


def test_templates_name_only_what_a_package_has() -> None:
    environment = Environment(autoescape=False)
    for path in TEMPLATES.glob("*.jinja"):
        source = re.sub(r"\| *[a-z_]+(\([^)]*\))?", "", path.read_text(encoding="utf-8"))
        names = meta.find_undeclared_variables(environment.parse(source))
        assert names <= {"package", "c"}, path.name


def test_a_name_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from brokerspec.page import _environment

    environment = _environment()
    assert isinstance(environment.loader, FileSystemLoader)
    with pytest.raises(UndefinedError):
        environment.from_string("{{ package.nothing }}").render(package=object())


def test_the_reference_lists_methods_models_and_enums(tmp_path: Path) -> None:
    text = rendered(
        tmp_path,
        answering(
            "{$ref: '#/components/schemas/Row'}",
            "{Row: {type: object, description: A row., properties: "
            "{sideCode: {type: string, enum: [B], x-enum-descriptions: [Buy.]}}}}",
        ),
    )["reference.md"]
    for line in (
        "| [`get_it`](#get_it) | `GET /it` | safe | `Row` |",
        "| `side_code` | `sideCode` | `RowSideCode \\| None` |",
        "| `B` | `B` | Buy. |",
    ):
        assert any(line.replace(" \\| None", "") in row or line in row for row in text.splitlines())


@pytest.mark.parametrize("grouped", [False, True])
def test_what_a_page_is_known_by_tells_classes_apart(tmp_path: Path, grouped: bool) -> None:
    # Only the names of members and their values are in it, not which class they are of.
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document(MANY + 4, grouped=grouped)), encoding="utf-8")
    made = plan(read(Job(path, "made", "spec", is_ours=False))[0], "spec", may_split=True)
    known = [page for page in pages(made).values() if page.defines is not None]
    kinds = {kind for page in known for kind in structs_in(dict(page.given))}
    assert ModelPart in kinds
    assert len({kind.__struct_fields__ for kind in kinds}) == len(kinds)


def structs_in(value: object) -> Iterator[type[Struct]]:
    """Yield the classes of everything in a value."""
    if isinstance(value, Struct):
        yield type(value)
        value = asdict(value)
    if isinstance(value, Mapping):
        value = tuple(value.values())
    assert isinstance(value, tuple | str | int | None), "it has an order, and keeps it"
    for item in value if isinstance(value, tuple) else ():
        yield from structs_in(item)
