"""`brokerspec diff` as a program: formats, exit codes and refusals."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from brokerspec.cli import main
from diff.base_spec import BASE

Run = Callable[..., tuple[int, str, str]]
BREAKING = ("required: [symbol]", "required: [symbol, lot]")
WORDS = ("description: Number.", "description: Its number|<b>.")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    for name, edits in {
        "old": (),
        "new": (BREAKING, WORDS, ("default: web", "default: web, x-secret: true")),
        "words": (WORDS,),
    }.items():
        text = BASE
        for before, after in edits:
            text = text.replace(before, after)
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    def runs(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["brokerspec", "diff", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        assert "Traceback" not in written.out + written.err
        return int(ended.value.code or 0), written.out, written.err

    return runs


def test_no_differences(run: Run) -> None:
    assert run("old.yaml", "old.yaml") == (0, "no differences\n", "")


def test_text(run: Run) -> None:
    code, out, err = run("old.yaml", "new.yaml")
    assert (code, err) == (0, "")
    heads = [line.strip() for line in out.splitlines() if line.endswith(("(1)", "(2)"))]
    assert heads == ["Breaking (1)", "Compatible (1)", "Documentation (1)"]
    assert "`Leg.lot` is always there [field-now-required " in out
    lines = [BASE[: BASE.index("        lot:")].count("\n") + 1] * 2
    assert f"old.yaml:{lines[0]}:9 → new.yaml:{lines[1]}:9" in out
    assert "Version 1.2.0 → 2.0.0 (a breaking change asks for a new major version)" in out
    assert "- **Breaking:** `Leg.lot` is always there." in out
    assert out.splitlines()[-1] == "3 changes: 1 breaking, 1 compatible, 1 documentation"


@pytest.mark.parametrize(
    ("fail_on", "new", "code"),
    [
        ("never", "new", 0),
        ("breaking", "new", 1),
        ("breaking", "words", 0),
        ("compatible", "new", 1),
        ("compatible", "words", 0),
        ("compatible", "old", 0),
    ],
)
def test_fail_on(run: Run, fail_on: str, new: str, code: int) -> None:
    assert run("old.yaml", f"{new}.yaml", "--fail-on", fail_on)[0] == code


def test_json(run: Run) -> None:
    found = json.loads(run("old.yaml", "new.yaml", "--format", "json")[1])
    assert found["level"] == "breaking"
    assert found["counts"] == {"breaking": 1, "compatible": 1, "documentation": 1}
    (package,) = found["packages"]
    assert package["old"]["spec"] == "old.yaml"
    assert package["old"]["digest"] != package["new"]["digest"]
    assert package["version"]["version"] == "2.0.0"
    assert package["changelog"].startswith("## [2.0.0] - Unreleased\n")
    first = package["changes"][0]
    assert (first["kind"], first["level"], first["subject"]) == (
        "field-now-required", "breaking", "Leg.lot",
    )  # fmt: skip
    assert first["new"]["file"] == "new.yaml"
    assert len(first["fingerprint"]) == 16
    nothing = json.loads(run("old.yaml", "old.yaml", "--format", "json")[1])
    assert nothing["level"] is None
    assert nothing["packages"][0]["changes"] == []


def test_markdown(run: Run) -> None:
    out = run("old.yaml", "new.yaml", "--format", "markdown")[1]
    assert "### Breaking (1)\n\n| change | old | new |\n| --- | --- | --- |\n| `Leg.lot`" in out
    assert "```markdown\n## [2.0.0] - Unreleased" in out
    assert run("old.yaml", "old.yaml", "--format", "markdown")[1] == "no differences.\n"


def test_github(run: Run) -> None:
    lines = run("old.yaml", "new.yaml", "--format", "github")[1].splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning", "::notice"]
    number = BASE[: BASE.index("        lot:")].count("\n") + 1
    assert lines[0].startswith(
        f"::error file=new.yaml,line={number},col=9,title=Breaking%3A field-now-required (new)::"
    )
    assert run("old.yaml", "old.yaml", "--format", "github")[1] == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.yaml", "old.yaml"), "there is no none.yaml"),
        (("old.yaml", "HEAD:none.yaml"), "git"),
        ((".", "old.yaml"), "holds no openapi.yaml"),
        (("old.yaml",), "Missing argument"),
        (("old.yaml", "new.yaml", "--fail-on", "some"), "some"),
    ],
)
def test_what_is_refused(
    run: Run,
    arguments: tuple[str, ...],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert words in err
