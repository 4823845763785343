"""Every payload in every place of a document: refused in a line, or a package without a trace."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import unicodedata
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml

from brokerspec.diagnostics import SpecError
from brokerspec.format import format_packages
from brokerspec.generate import Job, read
from brokerspec.plan import plan
from brokerspec.plan_shape import promise_of
from brokerspec.render import render
from brokerspec.shape import check
from brokerspec.write import write
from generator.hostile import canary
from generator.hostile.payloads import PAYLOADS, SURROGATE, documents, places

SHARES = 4
CODES = re.compile(r"[a-z0-9-]+")


def rendered(folder: Path, number: int, document: dict[str, Any]) -> dict[str, str] | None:
    """Return the files made of a document; None when it is refused, which is in plain words."""
    spec = folder / f"spec_{number}.json"
    spec.write_text(json.dumps(document, ensure_ascii=number % 2 == 0), encoding="utf-8")
    try:
        api, _ = read(Job(spec, f"made_{number}", spec.name, is_ours=False))
        package = plan(api, spec.name)
    except SpecError as error:
        assert_plain(error)
        return None
    files = render(package)
    check(files, promise_of(package))
    return files


def assert_plain(error: SpecError) -> None:
    """Hold a refusal against what a person can use: a place, and a message of one line."""
    assert error.diagnostics
    for found in error.diagnostics:
        assert CODES.fullmatch(found.code)
        assert found.where is not None, found
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
            for node in ast.walk(ast.parse(text)):
                match node:
                    case ast.Name(id=used, ctx=ast.Load()):
                        assert used not in {"__import__", "builtins", "eval", "exec", "os"}, name
                    case ast.Call(func=function):
                        assert "__" not in ast.unparse(function).replace("__init__", ""), name
                    case _:
                        pass
        elif name.endswith(".toml"):
            tomllib.loads(text)


@pytest.mark.parametrize("share", range(SHARES))
def test_the_corpus(tmp_path: Path, share: int) -> None:
    made = {}
    for number, (document, _) in islice(enumerate(documents()), share, None, SHARES):
        files = rendered(tmp_path, number, document)
        if files is not None:
            made[f"made_{number}"] = files
    # To judge and to import take longest: they are for every second package that was made.
    chosen = dict(islice(made.items(), share % 2, None, 2))
    assert len(chosen) > 20
    packages = format_packages(chosen)
    for name, files in packages.items():
        judge(files)
        write(tmp_path / "made" / name, files)
    assert imported(tmp_path / "made") == ""
    assert not (tmp_path / "PWNED").exists()


def imported(folder: Path) -> str:
    """Import the packages of a folder in a process of its own; return what that did beside."""
    runtime = str(Path(sys.modules["brokerspec"].__file__ or "").parents[1])
    done = subprocess.run(
        [sys.executable, "-B", str(Path(canary.__file__)), str(folder)],
        env={"PYTHONPATH": runtime},
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_canary_sings(tmp_path: Path) -> None:
    for name, text in (
        ("one", "import builtins; builtins.PWNED = 1"),
        ("two", "import socket; socket.socket()"),
        ("three", "open('/tmp/x.txt')"),
        ("four", "import os; os.environ['A'] = 'b'"),
        ("five", "1 / 0"),
        ("six", "import subprocess; subprocess.run(['true'])"),
        ("seven", "X = 1"),
    ):
        (tmp_path / "made" / name).mkdir(parents=True)
        (tmp_path / "made" / name / "__init__.py").write_text(text, encoding="utf-8")
    said = imported(tmp_path / "made")
    assert {line.split()[0] for line in said.splitlines()} == {
        "one", "two", "three", "four", "five", "six",
    }  # fmt: skip


def test_the_corpus_says_every_payload_in_every_place() -> None:
    wanted = {(*place, payload) for place in places() for payload in PAYLOADS}
    said = [pair for _, pairs in documents() for pair in pairs]
    assert {*said} == wanted
    assert len(wanted) > 15_000
    assert sum(1 for _ in documents()) > 500


@pytest.mark.parametrize("payload", [*PAYLOADS, SURROGATE])
def test_the_same_in_yaml(tmp_path: Path, payload: str) -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": f"t{payload}", "version": "1", "description": payload},
        "paths": {},
        "components": {"schemas": {"A": {"type": "object", "properties": {payload: {}}}}},
    }
    spec = tmp_path / "spec.yaml"
    plain = yaml.safe_dump(document, width=100_000)
    spec.write_text(plain, encoding="utf-8", errors="surrogatepass")
    try:
        api, _ = read(Job(spec, "made", spec.name, is_ours=False))
    except SpecError as error:
        assert_plain(error)
        return
    assert api.title == f"t{payload}"
    judge(render(plan(api, spec.name)))
