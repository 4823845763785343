"""A foreign document as a project: what is in it, what is kept, and that it works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest

from brokerspec.bundle import HEAD, sources
from brokerspec.plan_project import release_of
from generator.commanding import Ended, runner

DOCUMENT = Path(__file__).parent / "documents" / "berths.yaml"
Generating = Callable[..., Ended]


@pytest.fixture
def generating(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generating:
    """Return a function that generates the project `client` in the working folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harbour.yaml").write_bytes(DOCUMENT.read_bytes())
    run = runner(monkeypatch, capsys)
    given = ("--spec", "harbour.yaml", "--output", "client", "--package", "harbour_api")
    return lambda *more: run("generate", *given, *more)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_project_is_whole_and_checks(generating: Generating, tmp_path: Path) -> None:
    assert generating().code == 0
    made = files(tmp_path / "client")
    wanted = {"pyproject.toml", "README.md", "reference.md", "tests/test_smoke.py"}
    assert wanted | {"harbour_api/py.typed", "harbour_api/groups/ships.py"} <= set(made)
    assert "harbour_api/reference.md" not in made
    assert not any(b"brokerspec_runtime" in text for name, text in made.items())
    assert generating("--check").code == 0
    again = generating()
    assert (again.code, again.out) == (0, "")
    assert files(tmp_path / "client") == made


def test_its_metadata_is_what_an_installer_reads(generating: Generating, tmp_path: Path) -> None:
    generating()
    told = tomllib.loads((tmp_path / "client" / "pyproject.toml").read_text(encoding="utf-8"))
    project = told["project"]
    assert (project["name"], project["version"]) == ("harbour-api", "2.1.0b3")
    assert project["description"] == "Python client of Harbour"
    assert "Typing :: Typed" in project["classifiers"]
    ours = [text for text in requires("brokerspec") or [] if "extra ==" not in text]
    assert project["dependencies"] == ours
    assert set(project["optional-dependencies"]) >= {"httpx", "keyring", "test"}


def test_the_bundled_runtime_is_the_runtime(generating: Generating, tmp_path: Path) -> None:
    generating()
    folder = tmp_path / "client" / "harbour_api" / "_runtime"
    assert {path.name for path in folder.glob("*.py")} == {path.name for path in sources()}
    for path in sources():
        copied = (folder / path.name).read_text(encoding="utf-8")
        assert copied == HEAD + path.read_text(encoding="utf-8"), path.name


def test_its_tests_pass_without_anything_of_ours(generating: Generating, tmp_path: Path) -> None:
    generating()
    clean = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path / "client",
        env=clean | {"PYTHONPATH": str(tmp_path / "client")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    # One for the names, and two clients with five methods each.
    assert "11 passed" in done.stdout


README_RUN = """
import sys, textwrap
from harbour_api._runtime import RawResponse
from harbour_api._runtime import client as base

class Server:
    def send(self, request, timeout): return RawResponse(200, {}, b'{"open": true}', 0.0)
    def close(self): pass

class AsyncServer(Server):
    async def send(self, request, timeout): return Server.send(self, request, timeout)
    async def aclose(self): pass

base.sync_transport = lambda *_: Server()
base.async_transport = lambda *_: AsyncServer()
for block in sys.stdin.read().split("@@@"):
    exec(compile(block, "README", "exec"), {"__name__": "__main__"})
"""


def test_what_its_readme_shows_runs(generating: Generating, tmp_path: Path) -> None:
    generating()
    text = (tmp_path / "client" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 4
    done = subprocess.run(
        [sys.executable, "-c", README_RUN],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "client")},
        input="@@@".join(blocks),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Status(open=True") == 2


@pytest.mark.parametrize("name", ["README.md", "pyproject.toml"])
def test_what_a_person_edited_is_kept(generating: Generating, tmp_path: Path, name: str) -> None:
    generating()
    path = tmp_path / "client" / name
    path.write_text(path.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    edited = path.read_bytes()
    for ended in (generating(), generating("--check")):
        assert ended.code == 0
        assert f"kept: client/{name}" in ended.err
        assert path.read_bytes() == edited


def test_what_nobody_edited_is_made_anew(generating: Generating, tmp_path: Path) -> None:
    generating()
    spec = tmp_path / "harbour.yaml"
    spec.write_text(
        spec.read_text(encoding="utf-8").replace("title: Harbour", "title: Port"), encoding="utf-8"
    )
    readme = tmp_path / "client" / "README.md"
    # Lines may end in another way after a checkout.
    readme.write_bytes(readme.read_bytes().replace(b"\n", b"\r\n"))
    assert generating("--check").code == 1
    assert "kept" not in generating().err
    assert "# Port" in readme.read_text(encoding="utf-8")


def test_what_a_person_wrote_is_never_touched(generating: Generating, tmp_path: Path) -> None:
    own = {
        "client/README.md": "My own words.\n",
        "client/harbour_api/errors.py": "class Mine(Exception): ...\n",
        "client/harbour_api/extra.py": "x = 1\n",
        "client/harbour_api/models/extra.py": "x = 1\n",
        "client/tests/test_mine.py": "def test_it(): ...\n",
    }
    for name, text in own.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    ended = generating()
    assert ended.code == 0
    assert "kept: client/README.md" in ended.err
    assert "kept: client/harbour_api/errors.py" in ended.err
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in own} == own


def test_an_empty_file_is_nobodys(generating: Generating, tmp_path: Path) -> None:
    (tmp_path / "client" / "harbour_api").mkdir(parents=True)
    (tmp_path / "client" / "harbour_api" / "__init__.py").touch()
    assert "kept" not in generating().err
    assert (tmp_path / "client" / "harbour_api" / "__init__.py").stat().st_size > 0


def test_in_tree_there_is_the_package_alone(generating: Generating, tmp_path: Path) -> None:
    generating()
    ended = generating("--meta", "none")
    assert ended.code == 0
    made = files(tmp_path / "client" / "harbour_api")
    assert "reference.md" in made
    assert not any(name.startswith("_runtime/") for name in made)
    assert b"from brokerspec_runtime.client import" in made["client.py"]
    assert generating("--meta", "none", "--check").code == 0


def test_a_file_that_is_no_longer_made_is_deleted(generating: Generating, tmp_path: Path) -> None:
    generating()
    spec = tmp_path / "harbour.yaml"
    text = spec.read_text(encoding="utf-8").replace("tags: [Cargo]", "tags: [Loads]")
    spec.write_text(text, encoding="utf-8")
    assert "deleted: client/harbour_api/groups/cargo.py" in generating().out
    assert not (tmp_path / "client" / "harbour_api" / "groups" / "cargo.py").exists()


@pytest.mark.parametrize(
    ("edition", "version"),
    [
        ("1", "1"), ("1.2.3", "1.2.3"), ("v2.0", "2.0"), ("1.0.0-beta.2", "1.0.0b2"),
        ("2.0.0-rc1", "2.0.0rc1"), ("1.0.0-oas3.1", "1.0.0"), ("2024-06-30", "2024.6.30"),
        ("2024-06-30.basil", "2024.6.30"), ("", "0.0.0"), ("latest", "0.0.0"),
        ("3.0.0-alpha", "3.0.0a0"), ("1.0+build", "1.0"),
        ("\N{ARABIC-INDIC DIGIT ONE}.2", "0.0.0"), ("1.0\n2", "1.0"),
    ],
)  # fmt: skip
def test_editions_become_versions(edition: str, version: str) -> None:
    assert release_of(edition) == version


def test_meta_belongs_to_a_spec_of_ones_own(project: Any, run: Any) -> None:
    ended = run("generate", "--meta", "none")
    assert ended.code == 2
    assert "belong to --spec" in ended.err
