"""Every code has a page, and its snippets are true: the wrong one gives the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from brokerspec.catalogue import CATALOGUE, HOUSE_ERRORS
from brokerspec.diagnostics import SpecError
from brokerspec.reports.fingerprint import fingerprint
from brokerspec.rules import RULES
from brokerspec.sandbox import read_specs
from generator.commanding import Run
from generator.rule_pages import (
    FOLDER,
    codes_of_commands,
    findings,
    page_of,
    write,
)
from trees import nodes

GENERATOR = Path(__file__).parents[2] / "generator" / "brokerspec"
# No input is known that leads here; the page asks for a report.
UNPROVOKED = {"not-as-planned", "not-python", "format", "no-specs"}
PAGES = {code: page_of(code) for code in CATALOGUE if (FOLDER / f"{code}.md").is_file()}
OF_SPECS = [code for code, page in PAGES.items() if page.wrong and page.wrong[0].language != "sh"]
OF_COMMANDS = [code for code, page in PAGES.items() if page.wrong and code not in OF_SPECS]
# Calls that take a code, and at which position.
EMITTERS = {
    "Diagnostic": 1, "error": 0, "warn": 0, "lapse": 0, "stop": 0, "report": 0, "misuse": 0,
    "_refusal": 0, "_finding": -1,
}  # fmt: skip


def emitted() -> Iterator[str]:
    """List the codes that are written out in the source of the tool."""
    for path in [*GENERATOR.glob("*.py"), *(GENERATOR / "commands").glob("*.py")]:
        for node in nodes(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = EMITTERS.get(name)
            given = node.args if at == -1 else node.args[at : at + 1] if at is not None else []
            for argument in given:
                is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                if is_text and argument.value in CATALOGUE | dict.fromkeys(_likely(argument.value)):
                    yield argument.value


def _likely(text: str) -> list[str]:
    plain = text.replace("-", "").isalpha() and text.islower() and "-" in text
    return [text] if plain and not text.startswith("x-") else []


def test_every_code_that_is_emitted_is_known() -> None:
    # Said with a computed name, or by a rule of the house.
    computed = {"missing-evidence", "missing-provenance", *RULES}
    assert {*emitted()} | computed == set(CATALOGUE)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} - {"README"} == set(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_page_begins_with_what_the_catalogue_says(code: str) -> None:
    rule, page = CATALOGUE[code], PAGES[code]
    head = f"# {code}\n\n{rule.summary}\n\nLevel: {rule.level}. Group: {rule.family}.\n\n"
    assert page.text.startswith(head)
    assert len(page.text) > len(head) + 40
    assert bool(page.wrong and page.right) is (code not in UNPROVOKED)


def test_the_index_lists_every_rule() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for code, rule in CATALOGUE.items():
        assert f"| [{code}]({code}.md) | {rule.level} | {rule.summary} |" in index


@pytest.mark.parametrize("code", OF_SPECS)
def test_wrong_snippets_of_specs(project: Path, run: Run, code: str) -> None:
    write(project, PAGES[code].wrong)
    if CATALOGUE[code].family == "ignore":
        assert f"[{code}]" in run("validate", "specs/alpha").err
        return
    found = findings(project, code)
    levels = {one.severity for one in found if one.code == code}
    assert CATALOGUE[code].level in levels or (levels and code in HOUSE_ERRORS), found
    before = {fingerprint(one, project) for one in found}
    move(project / "specs")
    assert {fingerprint(one, project) for one in findings(project, code)} == before


@pytest.mark.parametrize("code", OF_SPECS)
def test_right_snippets_of_specs(project: Path, run: Run, code: str) -> None:
    right = PAGES[code].right
    write(project, right)
    if CATALOGUE[code].family == "ignore":
        assert f"[{code}]" not in run("validate", "specs/alpha").err
        return
    found = findings(project, code)
    assert code not in {one.code for one in found}
    if not any(one.is_whole for one in right):
        assert found == []


def move(folder: Path) -> None:
    """Move every line of every file down."""
    for path in folder.rglob("*.*"):
        before = {".yaml": "# A line more.\n\n", ".json": "\n\n"}[path.suffix]
        path.write_text(before + path.read_text(encoding="utf-8"), encoding="utf-8")


@pytest.mark.parametrize("code", OF_COMMANDS)
def test_snippets_of_commands(run: Run, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda _server, _sockets: None)
    page = PAGES[code]
    for is_wrong, snippets in ((False, page.right), (True, page.wrong)):
        shown, ended = codes_of_commands(snippets[0], run, monkeypatch)
        assert (code in shown) is is_wrong, shown
        assert ended == (2 if is_wrong else 0)


def test_a_folder_without_specs_cannot_be_replayed(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as refused:
        read_specs(tmp_path)
    assert [one.code for one in refused.value.diagnostics] == ["no-specs"]
