"""Read the pages of the rules and put their snippets to the proof."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from brokerspec.catalogue import CATALOGUE
from brokerspec.diagnostics import Diagnostic, SpecError
from brokerspec.generate import Job, read
from brokerspec.validate import validate
from generator.commanding import Run
from generator.house_spec import SAMPLE, SPEC

FOLDER = Path(__file__).parents[2] / "docs" / "rules"
SPEC_FILE = "specs/alpha/openapi.yaml"
SAMPLE_FILE = "specs/alpha/samples/list_orders.response.json"
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"\[([a-z0-9-]+)\]$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """A fenced block: its language, the file that it names and its text."""

    language: str
    file: str
    text: str

    @property
    def is_whole(self) -> bool:
        return re.search(r"^(openapi|swagger):", self.text, re.MULTILINE) is not None


@dataclass(frozen=True)
class Page:
    """One page, taken apart."""

    code: str
    text: str
    wrong: tuple[Snippet, ...]
    right: tuple[Snippet, ...]


def page_of(code: str) -> Page:
    text = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("\n## Wrong\n")
    wrong, _, right = rest.partition("\n## Right\n")
    return Page(code, text, _snippets(wrong), _snippets(right))


def _snippets(text: str) -> tuple[Snippet, ...]:
    return tuple(Snippet(*(part or "" for part in found)) for found in _FENCE.findall(text))


def laid_over(base: Any, more: Any) -> Any:
    """Merge mappings; anything else in the upper one replaces what is below."""
    if not (isinstance(base, dict) and isinstance(more, dict)):
        return more
    return base | {key: laid_over(base.get(key), value) for key, value in more.items()}


def write(root: Path, snippets: tuple[Snippet, ...]) -> None:
    """Write a broker that follows every rule, changed by the snippets."""
    (root / SAMPLE_FILE).parent.mkdir(exist_ok=True)
    (root / SAMPLE_FILE).write_text(SAMPLE, encoding="utf-8")
    tree, whole = yaml.load(SPEC, yaml.CSafeLoader), ""
    for one in snippets:
        if one.file:
            folder = root if one.file.startswith(".") else (root / SPEC_FILE).parent
            (folder / one.file).write_text(one.text, encoding="utf-8")
        elif one.language == "json":
            (root / SAMPLE_FILE).write_text(one.text, encoding="utf-8")
        elif one.is_whole:
            whole = one.text
        else:
            tree = laid_over(tree, yaml.load(one.text, yaml.CSafeLoader))
    text = whole or yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, width=1000)
    (root / SPEC_FILE).write_text(text, encoding="utf-8")


def findings(root: Path, code: str) -> list[Diagnostic]:
    """Return what is found in the changed spec, by `generate` where that reports the rule."""
    found = validate(root / SPEC_FILE)
    if CATALOGUE[code].family == "client":
        try:
            found += read(Job(root / SPEC_FILE, "alpha", SPEC_FILE))[1]
        except SpecError as error:
            found += error.diagnostics
    return found


def codes_of_commands(
    snippet: Snippet, run: Run, monkeypatch: pytest.MonkeyPatch
) -> tuple[set[str], int]:
    """Run the lines of a snippet; return the codes shown and how the last one ended."""
    code = 0
    shown: set[str] = set()
    for line in snippet.text.splitlines():
        program, *arguments = line.split()
        if program == "brokerspec":
            ended = run(*arguments)
            code = ended.code
            shown |= set(_CODE.findall(ended.err))
        elif program == "cd":
            monkeypatch.chdir(arguments[0])
        else:
            subprocess.run(["/bin/sh", "-c", line], check=True)
    return shown, code
