"""A run that takes over what an earlier one made writes what a fresh one writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any, Final, get_args

import pytest
import yaml
from msgspec import msgpack

from brokerspec import cache, ir, memory
from brokerspec.generate import Job, build
from brokerspec.pieces import Pieces
from brokerspec.plan_client import MANY
from brokerspec.read_yaml import read_yaml

Document = dict[str, Any]
_REF: Final = "#/components/schemas/"
KINDS: Final[tuple[Document, ...]] = (
    {"type": "string", "enum": ["buy", "sell", "hold"]},
    {"type": "object", "properties": {"a": {"type": "string", "format": "date"}}},
    {"type": "integer", "enum": [1, 2], "x-enum-varnames": ["ONE", "TWO"]},
    {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": {"type": "string"},
    },
    {"type": "object", "additionalProperties": True},
    {"type": "string", "enum": ["buy", "sell"]},
)


class Dumper(yaml.SafeDumper):
    """Writes what stands in several places out each time."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # Small documents are read part by part as well.
    monkeypatch.setattr("brokerspec.load._LARGE", 0)


def schemas() -> Document:
    return {
        "Side": {"type": "string", "enum": ["buy", "sell"]},
        "Price": {"type": "object", "properties": {"value": {"type": "number"}}},
        "Other": {"type": "object", "required": ["side"], "properties": {"side": ref("Side")}},
        "Order": {
            "type": "object",
            "description": "An order.",
            "properties": {
                "price": ref("Price"),
                "side": ref("Side"),
                "either": {"oneOf": [ref("Price"), ref("Other")]},
                "mixed": {"anyOf": [ref("Side"), {"type": "integer"}]},
            },
        },
    }


def ref(name: str) -> Document:
    return {"$ref": f"{_REF}{name}"}


def operation(name: str, *, tag: str = "", schema: str = "Order") -> Document:
    query = [{"name": "side", "in": "query", "schema": ref("Side")}]
    body = {"content": {"application/json": {"schema": ref("Order")}}}
    made: Document = {
        "operationId": name,
        "summary": f"Do {name}.",
        "parameters": query,
        "requestBody": body,
        "responses": {"200": answer(schema)},
    }
    return {**made, "tags": [tag]} if tag else made


def answer(schema: str) -> Document:
    return {"description": "Done.", "content": {"application/json": {"schema": ref(schema)}}}


def document(count: int, *, grouped: bool) -> Document:
    kinds = ("ships", "berths", "cargo")
    paths = {
        f"/v1/{kinds[i % 3]}/{i}": {
            "post": operation(
                f"do_{i}",
                tag=kinds[i % 3] if grouped else "",
                schema=("Order", "Price", "Side")[i % 3],
            )
        }
        for i in range(count)
    }
    info = {"title": "Harbour", "version": "1"}
    servers = [{"url": "https://api.example.com"}]
    components = {"schemas": schemas()}
    head = {"openapi": "3.1.0", "info": info, "servers": servers}
    return {**head, "paths": paths, "components": components}


def one(made: Document, random: Random) -> Document:
    """Return an operation of a document."""
    path = made["paths"][random.choice(list(made["paths"]))]
    found: Document = path["post"]
    return found


def summary(made: Document, random: Random) -> None:
    one(made, random)["summary"] = f"Do it {random.random()}."


def more_parameters(made: Document, random: Random) -> None:
    wanted = [{"type": "integer"}, ref("Side"), {"type": "string", "enum": ["a", "b"]}]
    given = {"name": f"p{random.randrange(99)}", "in": "query", "schema": random.choice(wanted)}
    one(made, random)["parameters"].append(given)


def fewer_parameters(made: Document, random: Random) -> None:
    one(made, random)["parameters"] = []


def another_answer(made: Document, random: Random) -> None:
    schema = random.choice(list(made["components"]["schemas"]))
    one(made, random)["responses"]["200"] = answer(schema)


def failures(made: Document, random: Random) -> None:
    one(made, random)["responses"][random.choice(["404", "429", "default"])] = answer("Other")


def new_name(made: Document, random: Random) -> None:
    old = random.choice(list(made["components"]["schemas"]))
    text = json.dumps(made).replace(f'{_REF}{old}"', f'{_REF}{old}New"')
    made.clear()
    made.update(json.loads(text))
    listed = made["components"]["schemas"]
    made["components"]["schemas"] = {k + "New" if k == old else k: v for k, v in listed.items()}


def new_schema(made: Document, random: Random) -> None:
    name = f"New{random.randrange(99)}"
    made["components"]["schemas"][name] = {"type": "object", "properties": {"s": ref("Side")}}
    one(made, random)["responses"]["200"] = answer(name)


def new_operation(made: Document, random: Random) -> None:
    number = random.randrange(1000, 9999)
    path = f"/v1/{random.choice(['ships', 'tugs'])}/{number}"
    made["paths"][path] = {
        "post": operation(f"more_{number}", tag=one(made, random).get("tags", [""])[0])
    }


def no_operation(made: Document, random: Random) -> None:
    del made["paths"][random.choice(list(made["paths"]))]


def moved(made: Document, random: Random) -> None:
    paths = list(made["paths"].items())
    random.shuffle(paths)
    made["paths"] = dict(paths)


def new_path(made: Document, random: Random) -> None:
    path = random.choice(list(made["paths"]))
    made["paths"][f"/v1/quays/{random.randrange(99)}{path}"] = made["paths"].pop(path)


def another_tag(made: Document, random: Random) -> None:
    if "tags" in (found := one(made, random)):
        found["tags"] = [random.choice(["ships", "cargo", "tugs"])]


def another_title(made: Document, random: Random) -> None:
    made["info"]["title"] = f"Harbour {random.randrange(99)}"


def unknown_keyword(made: Document, random: Random) -> None:
    name = random.choice(list(made["components"]["schemas"]))
    made["components"]["schemas"][name][f"odd{random.randrange(99)}"] = {"since": 1.50}


def another_edition(made: Document, random: Random) -> None:
    made["info"] |= {"version": f"{random.randrange(99)}.1", "description": f"{random.random()}"}


def another_kind(made: Document, random: Random) -> None:
    """A name that operations and unions mention stands for something else."""
    name = random.choice(list(made["components"]["schemas"]))
    made["components"]["schemas"][name] = random.choice(KINDS)


EDITS: Final[tuple[Callable[[Document, Random], None], ...]] = (
    summary,
    more_parameters,
    fewer_parameters,
    another_answer,
    failures,
    new_name,
    new_schema,
    new_operation,
    no_operation,
    moved,
    new_path,
    another_tag,
    another_title,
    unknown_keyword,
    another_edition,
    another_kind,
)


def job_of(folder: Path, made: Document) -> Job:
    path = folder / "openapi.yaml"
    path.write_text(yaml.dump(made, Dumper=Dumper, sort_keys=False), encoding="utf-8")
    return Job(path, "harbour", "openapi.yaml", is_ours=False, is_project=True)


def files_of(job: Job, *, fresh: bool) -> Mapping[str, str]:
    """Return the files of a package, and what is said about its document."""
    made = build([job], fresh=fresh)
    files = made.packages["harbour"].items()
    found = {name: text for name, text in files if "/_runtime/" not in name}
    return {**found, "warnings": "\n".join(map(str, made.warnings))}


@pytest.mark.parametrize("grouped", [False, True])
def test_one_edit_after_another(tmp_path: Path, grouped: bool) -> None:
    random = Random(int(grouped))
    made = document(MANY // 10, grouped=grouped)
    files_of(job_of(tmp_path, made), fresh=False)
    for edit in random.sample(EDITS, len(EDITS)):
        edit(made, random)
        same(job_of(tmp_path, made), edit.__name__)


@pytest.mark.parametrize("name", ["Price", "Side"])
def test_a_name_that_stands_for_something_else(tmp_path: Path, name: str) -> None:
    made = document(4, grouped=False)
    listed = made["components"]["schemas"]
    for kind in KINDS:
        listed[name] = kind
        same(job_of(tmp_path, made), str(kind))


def test_edits_of_a_client_in_parts(tmp_path: Path) -> None:
    random = Random(2)
    made = document(MANY + 4, grouped=False)
    files_of(job_of(tmp_path, made), fresh=False)
    for _ in range(2):
        for edit in random.choices(EDITS, k=3):
            edit(made, random)
        same(job_of(tmp_path, made))


def same(job: Job, edit: str = "") -> None:
    """Hold a run against a fresh one, and what it leaves to the next."""
    kept = files_of(job, fresh=False)
    left = memory.recall_pieces(job), memory.recall_modules(job)
    assert kept == files_of(job, fresh=True), edit
    assert left == (memory.recall_pieces(job), memory.recall_modules(job)), edit


def test_what_is_the_same_is_not_planned_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = document(6, grouped=False)
    files_of(job_of(tmp_path, made), fresh=False)
    before = memory.recall_pieces(job_of(tmp_path, made))
    one(made, Random(1))["summary"] = "Do something else."
    files_of(job_of(tmp_path, made), fresh=False)
    after = memory.recall_pieces(job_of(tmp_path, made))
    for name in ("methods", "sections"):
        assert len(getattr(after, name).keys() - getattr(before, name).keys()) == 1
    assert after.classes == before.classes


def test_of_a_text_only_what_changed_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = document(6, grouped=False)
    files_of(job_of(tmp_path, made), fresh=False)
    read: list[str] = []
    monkeypatch.setattr(
        "brokerspec.parts.read_yaml",
        lambda text, builder: (read.append(text), read_yaml(text, builder)),
    )
    one(made, Random(1))["summary"] = "Do something else."
    files_of(job_of(tmp_path, made), fresh=False)
    (text,) = read
    assert text.startswith("  /v1/")
    assert "Do something else." in text


@pytest.mark.parametrize("union", [ir.TypeRef, ir.Filling | ir.Body, ir.Body | ir.Argument])
def test_the_names_of_members_tell_the_options_of_a_union_apart(union: Any) -> None:
    options = get_args(union)
    assert len(options) > 1
    assert len({option.__struct_fields__ for option in options}) == len(options)


def test_a_memory_that_is_none_is_no_pieces(tmp_path: Path) -> None:
    job = job_of(tmp_path, document(1, grouped=False))
    assert memory.recall_pieces(job) == Pieces()
    files_of(job, fresh=False)
    assert memory.recall_pieces(job).methods
    (place,) = (
        p for p in (tmp_path / "cache").rglob("*.json") if b"surroundings" in p.read_bytes()
    )
    whole = place.read_bytes()
    place.write_bytes(whole.replace(b"Do do_0.", b"Undo it."))
    assert memory.recall_pieces(job) == Pieces()
    for content in ([], {"methods": 1}, {"methods": {"a": {"name": 1}}}):
        cache.remember_content(place.stem, msgpack.encode(content))
        assert memory.recall_pieces(job) == Pieces()
    for odd in (b"", b"\x81", b"\xc1", b"{}"):
        cache.remember_content(place.stem, odd)
        assert memory.recall_pieces(job) == Pieces()
