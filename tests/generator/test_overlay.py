"""An overlay adds to somebody else's spec, and what is wrong with it is reported there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brokerspec.diagnostics import Severity, SpecError
from brokerspec.generate import Job, build, read
from brokerspec.load import load_text
from brokerspec.overlay import lay_over
from brokerspec.tree import Source
from generator.commanding import SPEC, Run

TREE = """\
info: {title: T, tags: [a, b, c]}
paths:
  /a:
    get: {id: one, list: [1]}
    post: {id: two}
  /b: {get: {id: three}}
"""


def source(text: str, name: str = "spec.yaml") -> Source:
    return load_text(text, Path(name))


def laid(actions: str, tree: str = TREE) -> Source:
    made = source(tree)
    lay_over(made, source(f"overlay: 1.0.0\nactions:\n{actions}", "over.yaml"))
    return made


def at(tree: Any, *way: str | int) -> Any:
    for token in way:
        tree = tree[token]
    return tree


def refusal(actions: str) -> str:
    with pytest.raises(SpecError) as refused:
        laid(actions)
    (found,) = refused.value.diagnostics
    assert found.code == "bad-overlay"
    return str(found)


def test_mappings_are_merged_and_lists_grow() -> None:
    made = laid("""
  - target: $.paths['/a'].get
    update: {id: new, list: [2, {x: y}], more: {deep: 1}}
  - {target: $.info.tags, update: d}
  - {target: $.info.title, update: U}
""").root
    assert at(made, "paths", "/a", "get") == {
        "id": "new",
        "list": [1, 2, {"x": "y"}],
        "more": {"deep": 1},
    }
    assert at(made, "info") == {"title": "U", "tags": ["a", "b", "c", "d"]}


def test_wildcards_and_filters_find_every_node() -> None:
    made = laid("""
  - {target: '$.paths.*.get', update: {seen: {by: star}}}
  - {target: "$.paths.*[?@.id == 'two']", update: {seen: filter}}
""").root
    found = [at(made, "paths", *way)["seen"] for way in (("/a", "get"), ("/b", "get"))]
    assert found == [{"by": "star"}] * 2
    assert found[0] is not found[1]
    assert at(made, "paths", "/a", "post", "seen") == "filter"


def test_nodes_are_removed() -> None:
    made = laid("""
  - {target: "$.info.tags[0, 2]", remove: true}
  - {target: $.paths.*.get, remove: true}
""")
    assert at(made.root, "info", "tags") == ["b"]
    assert at(made.root, "paths") == {"/a": {"post": {"id": "two"}}, "/b": {}}
    assert made.where(("info", "tags", 0)).column == 28


def test_every_node_knows_the_file_that_it_came_from() -> None:
    made = laid("""
  - target: $.paths['/a'].get
    update:
      list:
        - {x: 1}
      more:
        deep: 1
""")
    way = ("paths", "/a", "get")
    assert str(made.where((*way, "id"))) == "spec.yaml:4:15"
    assert str(made.where_key((*way, "more", "deep"))) == "over.yaml:9:9"
    assert str(made.where((*way, "list", 1, "x"))) == "over.yaml:7:15"
    assert str(made.where_key((*way, "more", "missing"))) == "over.yaml:8:7"
    assert str(made.where((*way, "list", 0))) == "spec.yaml:4:27"


@pytest.mark.parametrize(
    ("actions", "text"),
    [
        ("  []", "over.yaml:2:1: error[bad-overlay] 'actions' must be a list"),
        ("  - 7", "over.yaml:3:5: error[bad-overlay] an action must be a mapping"),
        ("  - {update: {}}", "an action needs a 'target'"),
        ("  - {target: $.info}", "an action needs 'update' or `remove: true`"),
        ("  - {target: $.info, remove: false}", "an action needs 'update'"),
        ("  - {target: $.info, update: 7}", "a mapping is updated by a mapping"),
        ("  - {target: $, update: 7}", "a mapping is updated by a mapping"),
        ("  - {target: $, remove: true}", "the whole spec cannot be removed"),
        ("  - {target: $.nowhere, update: {}}", "over.yaml:3:6: error[bad-overlay] the target"),
        ("  - {target: '$.[', update: {}}", "the target is no JSONPath"),
        ("  - {target: 'paths', update: {}}", "the target is no JSONPath"),
        ("  - {target: '', update: {}}", "the target is no JSONPath"),
    ],
)
def test_a_wrong_action_is_refused_with_its_line(actions: str, text: str) -> None:
    assert text in refusal(actions)


@pytest.mark.parametrize(
    "text", ["7", "[]", "{}", "overlay: 2.0.0", "openapi: 3.1.0", "overlay: 1.0.0"]
)
def test_what_is_no_overlay_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match=r"over\.yaml:1:1: error\[bad-overlay\]"):
        lay_over(source(TREE), source(text, "over.yaml"))


PAGED = """\
overlay: 1.0.0
info: {title: Pages, version: '1'}
actions:
  - target: $.paths['/it'].get
    update:
      parameters: [{name: page, in: query, schema: {type: integer}}]
      x-pagination: {kind: page, argument: page}
"""


def job(folder: Path, overlay: str) -> Job:
    spec, over = folder / "their.yaml", folder / "over.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    over.write_text(overlay, encoding="utf-8")
    return Job(spec, "their", "their.yaml", is_ours=False, extensions=over)


def test_pages_are_declared_without_touching_the_spec(tmp_path: Path) -> None:
    files = build([job(tmp_path, PAGED)], fresh=True).packages["their"]
    assert "def iter_get_it(" in files["client.py"]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("argument: page}", "argument: pag}", "over.yaml:7:34: error[pagination]"),
        ("kind: page", "kind: pages", "over.yaml:7:22: error[bad-extension]"),
        ("x-pagination:", "x-paginated:", "over.yaml:7:7: error[unknown-extension]"),
        ("['/it'].get", "['/it']", "over.yaml:7:7: error[misplaced-extension]"),
    ],
)
def test_what_is_wrong_in_an_overlay_is_an_error_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as refused:
        read(job(tmp_path, PAGED.replace(before, after)))
    assert text in str(refused.value)


def test_the_command_takes_an_overlay(project: Path, run: Run) -> None:
    (project / "over.yaml").write_text(PAGED, encoding="utf-8")
    given = ["--spec", "specs/alpha/openapi.yaml", "--output", "out", "--package", "their"]
    assert run("generate", *given, "--extensions", "over.yaml").code == 0
    found = list((project / "out").rglob("client.py"))
    assert "def iter_get_it(" in found[0].read_text(encoding="utf-8")
    assert "belongs to --spec" in run("generate", "--extensions", "over.yaml").err
    assert run("generate", *given, "--extensions", "none.yaml").code == 2


FOREIGN = """\
openapi: 3.1.0
info: {title: T, version: '1', x-source: https://example.com/spec, x-time-zone: utc+1}
x-session: 30m
x-client: [a, b]
x-failure: none
servers: [{url: 'https://api.example.com', x-placeholder: 'no'}]
paths:
  /it:
    get:
      operationId: get_it
      x-source: generated
      x-provenance: {team: core}
      x-variants: {a: 1}
      x-safety: very
      x-correlate: trace
      x-payload: 7
      parameters: [{name: a, in: query, x-credential: 1, schema: {type: string, x-type: uuid}}]
      responses:
        '200': {description: D, content: {application/json: {schema: {$ref: 'other.yaml#/It'}}}}
"""
OTHER = "It: {type: object, x-source: [1], properties: {a: {type: string, x-secret: maybe}}}\n"


def test_what_others_mean_by_a_key_of_ours_is_read_over(tmp_path: Path) -> None:
    (tmp_path / "their.yaml").write_text(FOREIGN, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(OTHER, encoding="utf-8")
    made = build([Job(tmp_path / "their.yaml", "their", "t", is_ours=False)], fresh=True)
    assert "def get_it(self, *, a: str | None = None)" in made.packages["their"]["client.py"]
    warned = [one for one in made.warnings if one.code == "bad-extension"]
    assert len(warned) == 16
    assert all(one.severity is Severity.WARNING for one in warned)
