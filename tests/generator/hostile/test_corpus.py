"""Every payload in every place of a document: refused in a line, or a package without a trace."""

from __future__ import annotations

import socket
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
import yaml

from brokerspec.diagnostics import SpecError
from brokerspec.format import format_packages
from brokerspec.generate import Job, read
from brokerspec.plan import plan
from brokerspec.render import render
from brokerspec.write import write
from generator.hostile import canary
from generator.hostile.judging import assert_plain, judge, rendered
from generator.hostile.payloads import PAYLOADS, SURROGATE, documents, places, saying
from generator.hostile.watching import watching

SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
def test_the_corpus(tmp_path: Path, share: int) -> None:
    made: dict[str, dict[str, str]] = {}
    projects = 0
    for number, said in islice(enumerate(documents()), share, None, SHARES):
        # The package of a project is judged as one of its own; beside it stand other files.
        is_project = number % 32 == share
        with watching(tmp_path):
            files = rendered(tmp_path, number, saying(said), is_project=is_project)
        if files is None:
            continue
        if is_project:
            projects += 1
            judge(files)
        else:
            made[f"made_{number}"] = files
    # To format and to import take longest: they are for a share of what was made.
    chosen = dict(islice(made.items(), share, None, 6))
    assert len(chosen) > 10
    assert projects > 8
    for name, files in format_packages(chosen).items():
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


def test_the_watch_sees(tmp_path: Path) -> None:
    for act in (
        lambda: Path("/etc/passwd").read_bytes(),
        lambda: socket.getaddrinfo("127.0.0.1", 80),
        lambda: (tmp_path.parent / "beside").write_text("x"),
    ):
        with pytest.raises(AssertionError, match=r"open|socket"), watching(tmp_path):
            act()
    (tmp_path.parent / "beside").unlink()
    with watching(tmp_path):
        (tmp_path / "inside").write_text("x", encoding="utf-8")


def test_the_corpus_says_every_payload_in_every_place() -> None:
    wanted = {(*place, payload) for place in places() for payload in PAYLOADS}
    said = [pair for pairs in documents() for pair in pairs]
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
