"""What a shell offers after the Tab key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from brokerspec.commands.arguments import complete_brokers, complete_codes, complete_rules


def test_brokers_of_the_project(project: Path) -> None:
    assert complete_brokers("") == ["alpha", "beta"]
    assert complete_brokers("be") == ["beta"]


def test_no_brokers_outside_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert complete_brokers("") == []


def test_codes_with_what_they_ask() -> None:
    found = dict(complete_codes("operation-sa"))
    assert set(found) == {"operation-sample", "operation-safety"}
    assert found["operation-safety"].endswith(".")


def test_rules_go_on_after_a_comma() -> None:
    assert [word for word, _ in complete_rules("ho")] == ["house"]
    assert [word for word, _ in complete_rules("openapi,operation-na")] == [
        "openapi,operation-name"
    ]


def test_the_program_answers_a_shell(project: Path) -> None:
    asked = {
        "_BROKERSPEC_COMPLETE": "complete_bash",
        "_TYPER_COMPLETE_ARGS": "brokerspec generate al",
        "COMP_WORDS": "brokerspec generate al",
        "COMP_CWORD": "2",
        "PYTHONPATH": str(Path(__file__).parents[2] / "generator"),
    }
    program = "import sys; sys.argv = ['brokerspec']; from brokerspec.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["alpha"]
