"""Text from specs is data: whatever it says, it never becomes a statement of a module."""

from __future__ import annotations

import ast
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerspec.diagnostics import SpecError
from brokerspec.generate import Job, read
from brokerspec.plan import plan
from brokerspec.render import render
from brokerspec.text import clean, code, docstring, is_clean, literal, one_line, table_cell
from generator.making import files_of
from trees import nodes_of

HOSTILE = [
    'plain "quoted" and \'quoted\'',
    '"""; import os; os.system("x"); """',
    "'''; import os #",
    '"',
    '""',
    '"""',
    '""""""""',
    "ends with a quote\"",
    "ends with a backslash\\",
    "ends with both\\\"",
    "\\\"\"\" + boom() + \"\"\"",
    "\\",
    "\\\\\\",
    "\\N{BULLET} \\x41 \\u0041 \\777 \\",
    "first\nsecond\n\nthird\n",
    "first\r\nimport os\rimport os",
    "{{ 7 * 7 }} {% raw %} {# gone #}",
    "{package.name} {0} %s %(x)s ${HOME}",
    "# comment\nimport os  # noqa",
    "nul \0 bell \a escape \x1b[31m delete \x7f",
    "line \u2028 paragraph \u2029 next \x85 end \x0b\x0c",
    "right to left \u202e drow \u2066 isolate \u2069 zero \u200b\u200d\ufeff width",
    "tags \U000e0041\U000e007f, fillers \u3164\u115f, selectors \ufe0f",
    "--> <!-- <script>alert(1)</script> | cell \\| `code` ``",
    "@@DEFAULT Class000000.f0@@",
    "\"@@DEFAULT Class000000.f0@@\"",
    "M0 = 'Class000000.0'",
    "Class000000 Class000001.0",
    "\n    \"\"\"@@DOC Class000000@@\"\"\"\n",
    "x" * 300,
    "word " * 90,
    "\t\tindented\n        more",
    "",
    " ",
]  # fmt: skip
KEYS = ("x\"y'z", "a b", "a\\b", "#", "{{a}}", "é", "__import__('os')", "\u202e", "a\nb", "1", "")


def row_of(text: str, name: str) -> dict[str, Any]:
    """Return a schema with a text in every place that takes one."""
    kind = {
        "type": "string",
        "enum": ["a", f"b{text}"],
        "description": text,
        "x-enum-descriptions": [text, text],
    }
    return {
        "type": "object",
        "title": text,
        "description": text,
        "properties": {
            "kind": kind,
            f"n{name}": {"type": "string", "description": text, "default": text},
            "flag": {"type": "string", "x-type": "boolean", "enum": [f"y{text}", f"n{text}"]},
            "paid": {"type": "string", "x-type": "decimal", "x-empty": [f"e{text}", ""]},
        },
    }


def operation_of(text: str, name: str) -> dict[str, Any]:
    """Return an operation with a text in every place that takes one."""
    content = {"application/json": {"schema": row_of(text, name)}}
    place = {"type": "string", "description": text}
    conditions = [
        {"pointer": "/kind", "equals": [text]},
        {"pointer": "/kind", "contains": [f"c{text}"]},
    ]
    return {
        "operationId": "send_it",
        "summary": text,
        "description": text,
        "tags": [text],
        "x-source": {"document": f"d{text}", "section": f"s{text}"},
        "x-failure": [{"where": conditions, "code": "/kind"}],
        "security": [{"key": []}],
        "parameters": [
            {"name": f"q{name}", "in": "query", "description": text, "schema": place},
            {"name": "v", "in": "query", "schema": {"type": "string", "const": text}},
        ],
        "requestBody": {"content": content},
        "responses": {
            "200": {"description": text, "content": content},
            "400": {"description": text},
        },
    }


def spec_of(text: str, name: str = "wire") -> dict[str, Any]:
    """Return a spec with a text in every place that takes one, and a name of a member."""
    scheme = {"type": "apiKey", "in": "header", "name": f"X{name}", "description": text}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"t{text}",
            "version": text,
            "description": text,
            "x-source": {"document": f"d{text}"},
        },
        "servers": [{"url": f"https://a.example/{text}", "description": text}] * 2,
        "x-client": {"note": {"description": f"n{text}", "default": f"v{text}"}},
        "paths": {"/it": {"post": operation_of(text, name)}},
        "components": {"securitySchemes": {"key": scheme}},
    }


def rendered(folder: Path, spec: dict[str, Any]) -> dict[str, str]:
    """Return the modules of a spec as they are before they are formatted."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(spec), encoding="utf-8")
    api, _ = read(Job(path, "made", "openapi.json", is_ours=False))
    return render(plan(api, "openapi.json"))


def calls(source: str) -> Iterator[str]:
    """Return what a module calls anywhere."""
    for node in nodes_of(source):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def assert_harmless(found: dict[str, str], harmless: dict[str, str]) -> None:
    assert sorted(found) == sorted(harmless)
    for name, source in found.items():
        assert hidden(source) == [], name
        if name.endswith(".py"):
            assert sorted(calls(source)) == sorted(calls(harmless[name])), name
            assert imports(source) == imports(harmless[name]), name
            assert statements(source) == statements(harmless[name]), name


def imports(source: str) -> list[str]:
    """Return the modules that a module imports from."""
    tree = nodes_of(source)
    plain = [alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names]
    found = [f"{node.level}{node.module}" for node in tree if isinstance(node, ast.ImportFrom)]
    return sorted(plain + found)


def statements(source: str) -> list[str]:
    """Return the kinds of all statements but docstrings, which empty text leaves out."""
    return [
        type(node).__name__
        for node in nodes_of(source)
        if isinstance(node, ast.stmt)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def hidden(text: str) -> list[str]:
    """Return the characters that do not show, or show in another order."""
    return [
        ascii(character)
        for character in set(text)
        if character != "\n"
        and (unicodedata.category(character)[0] == "C" or character in "\u2028\u2029\u3164\ufe0f")
    ]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return rendered(tmp_path_factory.mktemp("harmless"), spec_of("harmless"))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_adds_no_statement(tmp_path: Path, harmless: dict[str, str], text: str) -> None:
    assert_harmless(rendered(tmp_path, spec_of(text)), harmless)


@pytest.mark.parametrize("text", HOSTILE)
def test_modules_compile_after_formatting(tmp_path: Path, text: str) -> None:
    files = files_of(tmp_path, json.dumps(spec_of(text)), name="openapi.json", ours=False)
    for name, source in files.items():
        assert hidden(source) == [], name
        if name.endswith(".py"):
            compile(source, name, "exec")


@pytest.mark.parametrize("name", KEYS)
def test_wire_names_add_no_statement(tmp_path: Path, harmless: dict[str, str], name: str) -> None:
    found = rendered(tmp_path, spec_of("harmless", name))
    for module, source in found.items():
        assert hidden(source) == [], module
        if module.endswith(".py"):
            # Answers are made ready for a class whose members have names like these.
            more = {"field", "wire.extended"}
            assert set(calls(source)) <= {*calls(harmless[module]), *more}, module
            assert imports(source) == imports(harmless[module]), module


@given(st.text(), st.text())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_in_any_place(tmp_path: Path, harmless: dict[str, str], a: str, b: str) -> None:
    try:
        found = rendered(tmp_path, spec_of(a + '"' + b))
    except SpecError as error:
        assert error.diagnostics[0].code in {"control-character", "surrogate", "syntax"}  # noqa: PT017
        return
    assert_harmless(found, harmless)


# Names that a document gives on purpose are held to the shape of names.

BOOM = "x: int = __import__('os').system('boom'), y"


@pytest.mark.parametrize(
    "change",
    [
        ("paths", "/it", "post", "x-safety", "SAFE\nboom()"),
        ("paths", "/it", "post", "x-failure", 0, "error", "boom()"),
        ("paths", "/it", "post", "x-rate-limit", BOOM),
        ("paths", "/it", "post", "operationId", BOOM),
        ("paths", "/it", "post", "parameters", 0, "x-python-name", BOOM),
        ("paths", "/it", "post", "parameters", 0, "x-credential", BOOM),
        ("paths", "/it", "post", "parameters", 0, "schema", "x-type", BOOM),
        ("paths", "/it", "post", "requestBody", "content", "application/json", "schema",
         "properties", "kind", "x-enum-varnames", [BOOM, "B"]),
        ("components", "securitySchemes", "key", "x-credential", BOOM),
        ("x-client", {BOOM: {"description": "d"}}),
        ("x-client", {"a": {"description": "d", "role": BOOM}}),
        ("info", "x-time-zone", "Asia/Kolkata'); boom()"),
        ("components", "schemas", {BOOM: {"type": "object", "properties": {"a": {}}}}),
        ("components", "schemas", {"A": {"type": "object", "x-python-name": BOOM}}),
    ],
    ids=lambda change: str(change[-2]),
)  # fmt: skip
def test_names_are_never_code(tmp_path: Path, change: tuple[Any, ...]) -> None:
    spec = spec_of("harmless")
    *path, last, value = change
    node: Any = spec
    for step in path:
        node = node[step]
    node[last] = value
    try:
        found = rendered(tmp_path, spec)
    except SpecError:
        return
    for name, source in found.items():
        if name.endswith(".py"):
            assert not {"boom", "__import__", "__import__('os').system"} & set(calls(source)), name


def test_the_name_of_the_file_is_no_code(tmp_path: Path) -> None:
    path = tmp_path / "a\nimport os\n--> b\u202e.json"
    path.write_text(json.dumps(spec_of("x")), encoding="utf-8")
    api, _ = read(Job(path, "made", path.name, is_ours=False))
    for name, source in render(plan(api, path.name)).items():
        first = source.split("\n", 1)[0]
        assert "import os" in first, name
        assert first.count("-->") == (1 if name.endswith(".md") else 0)
        assert hidden(source) == []


# The filters.


@given(st.text())
def test_a_docstring_says_the_cleaned_text(text: str) -> None:
    read_back = ast.literal_eval(docstring(text, indent=4))
    wanted = clean(text).replace('"""', "'''")
    assert read_back.split() == wanted.split()


@given(st.text(alphabet="\"'\\ \nN{x}", max_size=12))
def test_a_docstring_of_quotes_and_backslashes(text: str) -> None:
    assert ast.literal_eval(docstring(text)).split() == clean(text).replace('"""', "'''").split()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_a_literal_says_the_value(value: object) -> None:
    written = literal(value)
    assert written.isascii()
    assert "\n" not in written
    assert ast.literal_eval(written) == value


@given(st.text())
def test_cells_and_code_stay_on_their_line(text: str) -> None:
    for written in (table_cell(text), code(text), one_line(text)):
        assert hidden(written) == []
        assert "\n" not in written
    assert "--" not in one_line(text)
    assert "<" not in table_cell(text).replace("\\<", "")
    assert table_cell(text).replace("\\|", "").count("|") == 0


@given(st.text())
def test_clean_text_is_clean(text: str) -> None:
    assert hidden(clean(text)) == []
    assert clean(clean(text)) == clean(text)


@given(st.text(st.one_of(st.characters(), st.sampled_from("a ~\n\t\x7f\x85\u2028\u3164\ud800"))))
def test_what_is_clean_has_only_what_shows(text: str) -> None:
    shown = "".join(" " if one != "\n" and clean(f"a{one}a") != f"a{one}a" else one for one in text)
    assert is_clean(text) == (shown == text)
