"""What a person or a script gives the command is held to its shape, and nothing is followed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from brokerspec import write as writing
from generator.commanding import Run
from generator.hostile.payloads import BASE, PAYLOADS

ODD = ("../up", "/abs", "C:x", "con", "nul", "aux", "class", "os", "a.b", "a/b", "", " ", "é", "ﬁx",
       "a\n", "a\u202eb", "_runtime.x", "-x", "a;b", "json", "brokerspec_runtime")  # fmt: skip


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(BASE), encoding="utf-8")
    return path


def generated(run: Run, spec: Path, output: Path, *more: str) -> tuple[int, str]:
    given = ("--spec", str(spec), "--output", str(output), *more)
    done = run("generate", *(given if "--package" in more else (*given, "--package", "made")))
    return done.code, done.out + done.err


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", ODD)
def test_names_of_packages(run: Run, spec: Path, tmp_path: Path, name: str) -> None:
    code, said = generated(run, spec, tmp_path / "out", "--package", name)
    assert code == 2
    assert "package-name" in said
    assert "Traceback" not in said
    assert sorted(path.name for path in tmp_path.iterdir() if path != spec)[-1:] != ["out"]


def test_overlays_say_anything(run: Run, spec: Path, tmp_path: Path) -> None:
    for index, payload in enumerate(PAYLOADS[::8]):
        overlay = tmp_path / "overlay.json"
        actions = [
            {"target": payload, "update": {payload: payload}},
            {"target": "$.info", "update": {"description": payload, payload: payload}},
        ]
        text = json.dumps({"overlay": "1.0.0", "actions": actions[index % 2 :]})
        overlay.write_text(text, encoding="utf-8")
        out = tmp_path / f"out{index}"
        code, said = generated(run, spec, out, "--meta", "none", "--extensions", str(overlay))
        assert code in {0, 2}
        assert "Traceback" not in said
        assert out.exists() is (code == 0)


def test_a_project_keeps_what_is_not_its_own(run: Run, spec: Path, tmp_path: Path) -> None:
    out = tmp_path / "repository"
    own = {"README.md": "Mine.", "notes.txt": "n", "tests/test_own.py": "x = 1\n", ".git/HEAD": "h"}
    for name, text in own.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    code, said = generated(run, spec, out)
    assert code == 0, said
    assert "kept" in said
    found = tree(out)
    assert {name: found[name].decode() for name in own} == own
    (out / "pyproject.toml").write_text("# edited\n", encoding="utf-8")
    assert generated(run, spec, out)[0] == 0
    assert (out / "pyproject.toml").read_text(encoding="utf-8") == "# edited\n"


@pytest.mark.parametrize("place", ["made", "tests", "made/_runtime", "made/client.py",
                                   "reference.md", "tests/test_smoke.py"])  # fmt: skip
def test_links_in_a_project_are_not_followed(
    run: Run, spec: Path, tmp_path: Path, place: str
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("mine", encoding="utf-8")
    (out / place).parent.mkdir(parents=True)
    is_file = "." in place
    (out / place).symlink_to(elsewhere / "file" if is_file else elsewhere)
    code, said = generated(run, spec, out)
    assert code == 2, said
    assert "bad-output" in said
    assert "is a link" in said.replace("\n", " ")
    assert tree(elsewhere) == {"file": b"mine"}


def crashed(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["replace", "chmod"])
def test_a_project_heals_after_a_full_disk(
    run: Run, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    act: Callable[..., object] = getattr(os, step)
    done = iter(range(10_000))
    monkeypatch.setattr(
        writing.os, step, lambda *given: crashed() if next(done) == 20 else act(*given)
    )
    code, said = generated(run, spec, tmp_path / "out")
    monkeypatch.undo()
    assert code != 0
    assert "Traceback" not in said
    assert [name for name in tree(tmp_path / "out") if ".brokerspec-" in name] == []
    assert generated(run, spec, tmp_path / "out")[0] == 0
    assert generated(run, spec, tmp_path / "new")[0] == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "new")


def test_a_report_replaces_only_files(run: Run, spec: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("mine", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(own)
    os.mkfifo(tmp_path / "pipe")
    for name in ("link.txt", "pipe", "."):
        code, said = generated(run, spec, tmp_path / "out", "--report", str(tmp_path / name))
        assert code == 2
        assert "bad-output" in said
    assert own.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "out").exists()
