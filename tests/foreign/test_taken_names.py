"""Documents that name things like what generated modules define and import: nothing clashes."""

from __future__ import annotations

import ast
import copy
import importlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from brokerspec.naming import CONSTANTS
from generator.making import HEAD, Broker, files_of, imported, make, sending
from generator.making import write as write_files
from trees import nodes

DOCUMENTS = Path(__file__).parent / "documents"
PLAIN = {"type": "object", "properties": {"a": {"type": "number"}}}
EITHER = {"oneOf": [PLAIN, {"type": "object", "properties": {"b": {"type": "number"}}}]}
DAYS = {"type": "array", "items": {"type": "string", "format": "date"}}
WHEN = {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "integer"}]}
DONE = {"204": {"description": "Done."}}
Raw = dict[str, Any]


def names_of(files: dict[str, str]) -> set[str]:
    """Return every name that the modules of a package bind or use."""
    found = set(CONSTANTS)
    for path, text in files.items():
        if path.endswith(".py"):
            found.add(Path(path).stem)
            for node in nodes(ast.parse(text)):
                if isinstance(node, ast.Name):
                    found.add(node.id)
                elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    found.add(node.name)
                elif isinstance(node, ast.ImportFrom):
                    found.update(alias.asname or alias.name for alias in node.names)
    return {name for name in found if not name.startswith("__")}


def holder(names: list[str]) -> Raw:
    """Return the media types of an object with a member of each of several schemas."""
    members = {f"m{at}": {"$ref": f"#/components/schemas/{name}"} for at, name in enumerate(names)}
    return {"content": {"application/json": {"schema": {"type": "object", "properties": members}}}}


def of_schemas(document: Raw, names: list[str], tags: list[str]) -> None:
    schemas = document["components"]["schemas"]
    new = [name for name in names if name not in schemas]
    schemas |= {name: EITHER if at % 3 == 0 else PLAIN for at, name in enumerate(new)}
    answer = {"200": {"description": "All.", **holder(new)}}
    operation = {"tags": tags, "operationId": "send_twins", "requestBody": holder(new)}
    document["paths"]["/twins"] = {"post": {**operation, "responses": answer}}


def of_operations(document: Raw, names: list[str], tags: list[str]) -> None:
    # More than that many make a client in parts, where modules import less.
    for name in [name for name in names if name.islower() or name in CONSTANTS][:85]:
        operation = {"operationId": name, "tags": tags, "responses": DONE}
        query = [{"name": "days", "in": "query", "schema": DAYS}]
        document["paths"][f"/twins/{name}"] = {"get": {**operation, "parameters": query}}


def of_arguments(document: Raw, names: list[str], tags: list[str]) -> None:
    query = [{"name": name, "in": "query", "schema": DAYS} for name in names]
    when = {"name": "when", "in": "query", "schema": WHEN}
    body = holder(list(document["components"]["schemas"]))
    operation = {"operationId": "ask_twins", "tags": tags, "requestBody": body, "responses": DONE}
    document["paths"]["/twins"] = {"post": {**operation, "parameters": [*query, when]}}


def of_groups(document: Raw, names: list[str], tags: list[str]) -> None:
    for name in names:
        operation = {"operationId": f"get_{name}", "tags": [name], "responses": DONE}
        document["paths"][f"/twins/{name}"] = {"get": operation}


def of_settings(document: Raw, names: list[str], tags: list[str]) -> None:
    schemes = document["components"].setdefault("securitySchemes", {})
    schemes |= {f"{name}": {"type": "apiKey", "in": "query", "name": name} for name in names}
    operation = {"operationId": "ask_twins", "security": [{name: [] for name in names}]}
    document["paths"]["/twins"] = {"get": {**operation, "tags": tags, "responses": DONE}}
    variables = [name for name in names if not name.startswith("_")]
    document["servers"] = [
        {
            "url": "https://api.example.com/" + "/".join(f"{{{name}}}" for name in variables),
            "variables": {name: {"default": "x"} for name in variables},
        }
    ]


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Raw, list[str]]]:
    """Documents, a client in groups and one without, with the names of what is made of them."""
    found: dict[str, tuple[Raw, list[str]]] = {}
    for name in ("feed", "payments"):
        text = (DOCUMENTS / f"{name}.yaml").read_text(encoding="utf-8")
        files = files_of(tmp_path_factory.mktemp(name), text, ours=False)
        found[name] = (yaml.safe_load(text), sorted(names_of(files)))
    return found


@pytest.mark.parametrize("document", ["feed", "payments"])
@pytest.mark.parametrize(
    "add",
    [of_schemas, of_operations, of_arguments, of_groups, of_settings],
    ids=lambda f: f.__name__,
)
def test_nothing_clashes(
    document: str, add: Any, bases: dict[str, tuple[Raw, list[str]]], tmp_path: Path
) -> None:
    base, names = bases[document]
    twin = copy.deepcopy(base)
    add(twin, names, ["tanks"] if document == "feed" else [])
    package = f"twin_{document}_{add.__name__}"
    text = json.dumps(twin, default=str)
    files = files_of(tmp_path, text, package=package, ours=False)
    write_files(tmp_path / package, files)
    module = imported(tmp_path / package)
    for path, source in files.items():
        if path.endswith(".py"):
            place = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            importlib.import_module(f"{package}.{place}" if place != "__init__" else package)
            assert [f"{path}:{one}" for one in clashes(ast.parse(source))] == []
    assert all(getattr(module, name, None) is not None for name in cast("Any", module).__all__)


def clashes(module: ast.Module) -> Iterator[str]:
    """Yield what is bound twice in a module or class, or hidden where it is used."""
    yield from _twice(module)
    for node in nodes(module):
        if isinstance(node, ast.ClassDef):
            yield from _twice(node)
            yield from _hidden_in_class(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
            called = {
                call.func.id
                for call in nodes(node)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            }
            yield from (f"{node.lineno} {name} is an argument" for name in own & called)


def _twice(holder: ast.Module | ast.ClassDef) -> Iterator[str]:
    seen: set[str] = set()
    for node in holder.body:
        for name in _bound(node):
            if name in seen:
                yield f"{node.lineno} {name} twice"
            seen.add(name)


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif isinstance(node, ast.If):
        # What follows `else` is the same for programs as what stands above is for checkers.
        yield from (name for one in node.body for name in _bound(one))


def _hidden_in_class(node: ast.ClassDef) -> Iterator[str]:
    """Yield names of methods that annotations of the same class mean something else by."""
    methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    names = {one.name for one in methods}
    above: set[str] = set()
    for method in methods:
        arguments = (*method.args.args, *method.args.kwonlyargs)
        said = [method.returns, *(one.annotation for one in arguments)]
        used = _names(one for one in said if one is not None)
        # A decorator is looked up when its line is run: only what stands above hides it.
        hidden = (used & names) | (_names(method.decorator_list) & above)
        yield from (f"{method.lineno} {name} is a method" for name in hidden)
        above.add(method.name)


def _names(outer: Iterable[ast.expr]) -> set[str]:
    inside = (inner for node in outer for inner in nodes(node))
    return {inner.id for inner in inside if isinstance(inner, ast.Name)}


def test_the_shared_failures_and_a_schema_of_one_name(tmp_path: Path) -> None:
    schemas = (
        "{FAILURES: {type: object, properties: {a: {type: string}}}, Failures: {type: object}}"
    )
    text = sending("{$ref: '#/components/schemas/FAILURES'}", schemas)
    made = make(tmp_path, text.replace("send_it", "default_rates"), ours=False)
    broker = Broker(b"", status=204)
    made.client(broker).default_rates(a="x")
    assert broker.json == {"a": "x"}


def test_a_method_in_a_group_named_like_a_type_of_python(tmp_path: Path) -> None:
    paths = "".join(
        f"  /p{at}: {{get: {{operationId: {name}, tags: [{tag}], responses:"
        " {'204': {description: Done.}}}}\n"
        for at, (name, tag) in enumerate(
            [("list", "Property"), ("list_properties", "Property"), ("a", "Other")]
        )
    )
    made = make(tmp_path, f"{HEAD}paths:\n{paths}", ours=False)
    broker = Broker(b"", status=204)
    client = made.client(broker)
    client.property_.list()
    client.property_.list_properties()
    assert [request.url[-2:] for request in broker.requests] == ["p0", "p1"]
