"""Wrong input at every command: one clear line with a hint, exit 2, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commanding import Run

ALPHA = Path("specs/alpha/openapi.yaml")
# How each command is told of the spec of alpha.
COMMANDS = {
    "validate a file": ("validate", str(ALPHA)),
    "validate a folder": ("validate", "specs/alpha"),
    "validate for a machine": ("validate", "--format", "json", "--output", "out.json"),
    "generate": ("generate",),
    "generate one": ("generate", "alpha"),
    "generate a file": ("generate", "--spec", str(ALPHA), "--output", "o", "--package", "p"),
    "check": ("generate", "--check"),
    "list": ("list",),
    "sandbox": ("sandbox",),
    "demo": ("demo", "alpha"),
}


def binary(path: Path) -> None:
    path.write_bytes(b"\x7fELF\x02\x01\x01\x00\x00\x00" * 10)


def pdf(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)


def utf_16(path: Path) -> None:
    path.write_text("openapi: 3.1.0\n", encoding="utf-16")


def latin_1(path: Path) -> None:
    path.write_bytes(b"openapi: 3.1.0 # caf\xe9\n")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CONTENTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "binary": (binary, "not-text"),
    "pdf": (pdf, "not-text"),
    "empty": (empty, "empty-file"),
    "huge": (huge, "too-large"),
    "utf-16": (utf_16, "not-text"),
    "latin-1": (latin_1, "not-utf-8"),
    "folder": (folder, ""),
}


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_spec_that_cannot_be_read(run: Run, project: Path, command: str, content: str) -> None:
    spoil, code = CONTENTS[content]
    spoil(project / ALPHA)
    ended = run(*COMMANDS[command])
    assert (ended.code, ended.out) == (2, "")
    said = ended.err + (
        Path("out.json").read_text("utf-8") if "out.json" in COMMANDS[command] else ""
    )
    assert f"{code}" in said
    assert "specs/alpha" in said
    assert "hint" in said
    assert len(ended.err.splitlines()) <= 3
    assert not (project / "generated").exists()
    assert not (project / "o").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "none.yaml"),
        ("validate", "none/"),
        ("validate", "none.yaml", "--format", "sarif"),
        ("validate", "--ignore", "none.yaml"),
        ("generate", "--spec", "none.yaml", "--output", "o", "--package", "p"),
        ("generate", "none"),
        ("generate", "--check", "none"),
        ("sandbox", "none"),
        ("demo", "none"),
        ("rules", "none"),
        ("validate", "--rules", "none"),
    ],
    ids=" ".join,
)
def test_what_is_not_there(run: Run, arguments: tuple[str, ...]) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    first, hint = ended.err.splitlines()
    assert "error: " in first
    assert "none" in first
    assert hint.startswith("  hint: ")


@pytest.mark.parametrize("command", ["list", "validate", "generate", "sandbox", "demo"])
def test_outside_a_project(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run(command)
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 2


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_there_is_not(run: Run, port: str) -> None:
    assert run("sandbox", "--port", port).code == 2


def test_a_demo_without_its_script(run: Run) -> None:
    ended = run("demo", "alpha")
    assert ended.code == 2
    assert "specs/alpha/demo.yaml:1:1: error: there is no such file" in ended.err


@pytest.mark.parametrize("output", ["specs", "none/report.json"])
def test_a_report_that_cannot_be_written(run: Run, output: str) -> None:
    ended = run("validate", "--output", output)
    assert ended.code == 2
    assert output in ended.err
    assert "hint: " in ended.err
