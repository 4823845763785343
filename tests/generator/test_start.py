"""What a start of the command line loads and reads: no more than its command needs."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from brokerspec.__main__ import main
from brokerspec.cache import source_digest
from brokerspec.cli import app
from generator.making import answering

GENERATOR = Path(__file__).parents[2] / "generator"
# What reads a spec, makes a package or shows something: each takes as long as the rest of a start.
HEAVY = (
    "datamodel_code_generator",
    "jinja2",
    "msgspec",
    "rich",
    "tempfile",
    "yaml",
    "brokerspec.catalogue",
    "brokerspec.commands.validate",
    "brokerspec.load",
    "brokerspec.lower",
    "brokerspec.modules",
    "brokerspec.reports",
)
PROGRAM = f"""
import sys
sys.argv = ["brokerspec", *sys.argv[1:]]
from brokerspec.__main__ import main
try:
    main()
finally:
    print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""


def start(*arguments: str) -> tuple[str, list[str]]:
    """Return what a start of the command line said, and what it loaded of what is heavy."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=os.environ | {"PYTHONPATH": str(GENERATOR)},
        capture_output=True,
        text=True,
        check=True,
    )
    *said, loaded = done.stderr.splitlines()
    return done.stdout + "\n".join(said), loaded.split()


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_run_without_a_change_loads_nothing_heavy(is_ours: bool, project: Path) -> None:
    given = ["generate"]
    if not is_ours:
        (project / "api.yaml").write_text(answering("{type: string}"), encoding="utf-8")
        given += ["--spec", "api.yaml", "--output", "out", "--package", "thing"]
    assert "jinja2" in start(*given)[1]
    assert start(*given)[1] == []
    said, loaded = start(*given, "--check")
    assert "0 differ" in said
    assert loaded == []


def test_every_command_is_found_in_the_module_of_its_name() -> None:
    group: Any = get_command(app)
    folder = GENERATOR / "brokerspec" / "commands"
    modules = {path.stem for path in folder.glob("[a-z]*.py")} - {"arguments"}
    assert set(group.list_commands(None)) == modules
    for name in modules:
        command = group.get_command(None, name)
        assert command.name == name
        assert command.help
        assert f"brokerspec {name}" in command.epilog
    assert group.get_command(None, "other") is None


DAY = 86_400_000_000_000


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a generator of two files."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "source"
    (folder / "brokerspec" / "templates").mkdir(parents=True)
    (folder / "brokerspec_runtime").mkdir()
    (folder / "brokerspec" / "a.py").write_text("A = 1\n", encoding="utf-8")
    (folder / "brokerspec" / "templates" / "a.jinja").write_text("a\n", encoding="utf-8")
    return folder


def test_a_source_that_is_known_is_not_read_again(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time_ns() + DAY
    first = source_digest(source, later)
    (source / "brokerspec" / "__pycache__").mkdir()
    (source / "brokerspec" / "__pycache__" / "a.pyc").write_bytes(b"a")

    def refuse(path: Path) -> bytes:
        if path.is_relative_to(source):
            raise AssertionError(f"{path} is read again")
        return read(path)

    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert source_digest(source, later) == first


@pytest.mark.parametrize("name", ["a.py", "templates/a.jinja", "templates/b.jinja"])
def test_a_source_that_changed_is_another_even_with_size_and_time_as_they_were(
    name: str, source: Path
) -> None:
    later = time.time_ns() + DAY
    path = source / "brokerspec" / name
    first = source_digest(source, later)
    before = (source / "brokerspec" / "a.py").stat()
    now = before.st_ctime_ns
    # Clocks of file systems go in steps.
    while now == before.st_ctime_ns:
        path.write_text("A = 2\n" if name == "a.py" else "b\n", encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        now = path.stat().st_ctime_ns
    assert source_digest(source, later) != first


def test_a_run_looks_for_no_cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr("brokerspec.cli.main", lambda: seen.append(gc.isenabled()))
    try:
        main()
    finally:
        gc.enable()
    assert seen == [False]


def test_a_source_that_just_changed_is_not_remembered(source: Path) -> None:
    source_digest(source, time.time_ns())
    assert not (source.parent / "cache").exists()


def test_the_same_source_elsewhere_is_the_same(source: Path) -> None:
    later = time.time_ns() + DAY
    copy = shutil.copytree(source, source.with_name("copy"))
    assert source_digest(copy, later) == source_digest(source, later)
