"""Make a client of a hostile document, and judge what came of it."""

from __future__ import annotations

import ast
import json
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from msgspec.structs import replace

from brokerspec.diagnostics import SpecError
from brokerspec.generate import Job, read
from brokerspec.plan import plan
from brokerspec.plan_project import plan_project
from brokerspec.plan_shape import promise_of
from brokerspec.render import render
from brokerspec.shape import check
from generator.checking import check_project, render_project
from trees import nodes

CODES: Final = re.compile(r"[a-z0-9-]+")
_MARKDOWN: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# The headings of a README, all of the template itself.
_SECTIONS: Final = 7
_DANGEROUS: Final = frozenset({"__import__", "builtins", "eval", "exec", "os"})


def made_of(spec: Path, package: str, *, is_project: bool = False) -> dict[str, str] | None:
    """Return the files made of a document; None when it is refused, which is in plain words."""
    try:
        api, _ = read(Job(spec, package, spec.name, is_ours=False))
        made = plan(api, spec.name, may_split=True)
    except SpecError as error:
        assert_plain(error)
        return None
    if not is_project:
        files = render(made)
        check(files, promise_of(made))
        return files
    project = plan_project(replace(made, is_bundled=True))
    files = render_project(project)
    check_project(files, project)
    metadata = tomllib.loads(files["pyproject.toml"])["project"]
    assert metadata["name"] == project.distribution
    assert metadata["version"] == project.version
    assert metadata["description"] == " ".join(project.description.split())
    assert tuple(metadata["dependencies"]) == project.dependencies
    assert {*metadata["optional-dependencies"]} == {*project.extras, "test"}
    return files


def rendered(
    folder: Path, number: int, document: dict[str, Any], *, is_project: bool = False
) -> dict[str, str] | None:
    """Return the files made of a document that stands in a file of its own."""
    spec = folder / f"spec_{number}.json"
    spec.write_text(json.dumps(document, ensure_ascii=number % 2 == 0), encoding="utf-8")
    return made_of(spec, f"made_{number}", is_project=is_project)


def assert_plain(error: SpecError, *, has_place: bool = True) -> None:
    """Hold a refusal against what a person can use: a place, and a message of one line."""
    assert error.diagnostics
    for found in error.diagnostics:
        assert CODES.fullmatch(found.code)
        assert not has_place or found.where is not None, found
        assert hidden(str(found)) == []
        assert "\n" not in str(found)


def hidden(text: str) -> list[str]:
    """Return what does not show; the judge does not ask the generator about it."""
    return [
        ascii(character)
        for character in set(text)
        if character != "\n"
        and (unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    ]


def judge(files: dict[str, str]) -> None:
    """Hold files against what no file may hold."""
    for name, text in files.items():
        assert hidden(text) == [], name
        if name.endswith(".py"):
            _judge_module(name, text)
        elif name.endswith(".toml"):
            tomllib.loads(text)
        elif name.endswith(".md"):
            judge_markdown(name, text)


@cache
def _judge_module(name: str, text: str) -> None:
    found = nodes(ast.parse(text))
    # An argument or a member may be called like a function of Python; none is ever called.
    own = {node.arg for node in found if isinstance(node, ast.arg)}
    own |= {
        node.target.id
        for node in found
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    for node in found:
        if isinstance(node, ast.Name):
            assert node.id not in _DANGEROUS - own, name
        elif isinstance(node, ast.Call):
            assert getattr(node.func, "id", "") not in _DANGEROUS, name
            for part in nodes(node.func):
                used = getattr(part, "attr", getattr(part, "id", ""))
                assert "__" not in used.replace("__init__", ""), name


def judge_markdown(name: str, text: str) -> None:
    """Let a page hold no HTML, image or way out, and no code or heading that swallows others."""
    tokens = _MARKDOWN.parse(text)
    assert tokens[0].type == "html_block", name
    assert re.fullmatch(r"<!-- (?!>)(?:(?!--).)* -->\n", tokens[0].content), name
    every = [*tokens[1:], *(inner for token in tokens for inner in token.children or ())]
    kinds = {token.type for token in every}
    assert not kinds & {"html_block", "html_inline", "image", "code_block", "hr"}, name
    assert not kinds & {"ordered_list_open", "s_open", "em_open"}, name
    for token in every:
        if token.type == "link_open":
            assert re.fullmatch(r"#[\w%.-]+|reference\.md", str(token.attrs["href"])), name
        elif token.type == "fence":
            assert token.info in {"python", "sh"}, name
        elif token.type == "heading_open":
            assert token.markup.startswith("#"), name
    if name == "README.md":
        headings = [token for token in tokens if token.type == "heading_open"]
        assert len(headings) == _SECTIONS, name
