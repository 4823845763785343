"""The command line: what it says, what it writes and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from brokerspec.cli import main

SPEC = """\
openapi: 3.1.0
info: {title: Example, version: '1', x-source: {document: Example API}}
servers: [{url: 'https://api.example.com'}]
paths:
  /it:
    get:
      operationId: get_it
      summary: Read it.
      x-safety: safe
      x-source: {document: Example API, section: It}
      responses:
        '200':
          description: Done.
          content:
            application/json:
              schema: {type: array, items: {type: string}}
"""


@dataclass(frozen=True)
class Ended:
    """How a run ended and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    for broker in ("alpha", "beta"):
        folder = root / "specs" / broker
        folder.mkdir(parents=True)
        (folder / "openapi.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def runs(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["brokerspec", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        both = written.out + written.err
        assert "Traceback" not in both
        assert "\x1b" not in both
        return Ended(int(ended.value.code or 0), written.out, written.err)

    return runs


def spec(project: Path, broker: str = "alpha") -> Path:
    return project / "specs" / broker / "openapi.yaml"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# list and validate.


def test_list_shows_every_broker_and_the_total(run: Run) -> None:
    ended = run("list")
    assert ended.code == 0
    for word in ("alpha", "beta", "Example API", "total"):
        assert word in ended.out


def test_validate_a_good_spec(run: Run) -> None:
    ended = run("validate")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.splitlines()[-1] == "2 specs, 0 errors, 0 warnings"


def test_validate_shows_every_problem_with_place_and_hint(run: Run, project: Path) -> None:
    edit(spec(project), "x-source: {document: Example API, section: It}", "x-sorce: {}")
    edit(spec(project, "beta"), "type: string", "type: strin")
    ended = run("validate", "specs")
    assert ended.code == 1
    assert "specs/alpha/openapi.yaml:10:7: error: there is no extension key 'x-sorce'" in ended.err
    assert "hint: did you mean 'x-source'?" in ended.err
    assert "specs/beta/openapi.yaml:16:45: error: 'strin' is no JSON type" in ended.err
    assert "did you mean 'string'?" in ended.err


def test_validate_one_file_and_a_folder(run: Run) -> None:
    assert run("validate", "specs/alpha/openapi.yaml").code == 0
    assert run("validate", "specs/alpha").code == 0
    assert "1 spec," in run("validate", "specs/alpha").err


@pytest.mark.parametrize("path", ["none.yaml", "specs/none", "empty"])
def test_validate_what_is_not_there(run: Run, project: Path, path: str) -> None:
    (project / "empty").mkdir()
    ended = run("validate", path)
    assert ended.code in (1, 2)
    assert path in ended.err


# generate.


def test_generate_writes_once(run: Run, project: Path) -> None:
    first = run("generate")
    assert first.code == 0
    assert "2 packages" in first.err
    assert {name.split("/")[0] for name in tree(project / "generated")} == {"alpha", "beta"}
    assert sorted(first.out.splitlines())[0].startswith("new: ")
    again = run("generate")
    assert (again.code, again.out) == (0, "")


def test_generate_one_broker(run: Run, project: Path) -> None:
    assert run("generate", "beta").code == 0
    assert [path.name for path in (project / "generated").iterdir()] == ["beta"]


def test_generate_from_a_folder_below(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "specs" / "alpha")
    assert run("generate").code == 0
    assert (project / "generated" / "alpha" / "client.py").is_file()


def test_check_passes_after_generate(run: Run) -> None:
    run("generate")
    ended = run("generate", "--check")
    assert (ended.code, ended.out) == (0, "")


def test_check_says_exactly_what_differs_and_writes_nothing(run: Run, project: Path) -> None:
    run("generate")
    alpha, beta = project / "generated" / "alpha", project / "generated" / "beta"
    edit(alpha / "client.py", "Read it.", "Read them.")
    (alpha / "models.py").unlink()
    (beta / "extra.py").write_text("# Generated by brokerspec from x.\n", encoding="utf-8")
    (beta / "own.py").write_text("# mine\n", encoding="utf-8")
    before = tree(project / "generated")
    ended = run("generate", "--check")
    assert ended.code == 1
    heads = [line for line in ended.out.splitlines() if line.endswith(".py") and ": " in line]
    assert heads == [
        f"changed: {alpha / 'client.py'}",
        f"missing: {alpha / 'models.py'}",
        f"left over: {beta / 'extra.py'}",
    ]
    assert "Read them." in ended.out
    assert tree(project / "generated") == before
    run("generate")
    assert run("generate", "--check").code == 0
    assert (beta / "own.py").is_file()


BROKEN = {
    "syntax": ("openapi: 3.1.0", "openapi: [3.1.0", "syntax"),
    "duplicate key": ("summary: Read it.", "summary: A.\n      summary: B.", "summary"),
    "dangling reference": (
        "items: {type: string}", "items: {$ref: '#/components/schemas/No'}", "No"
    ),
    "unknown extension": ("x-source: {document: Example API, section", "x-s: {a", "x-s"),
    "bad extension": ("x-safety: safe", "x-safety: maybe", "x-safety"),
    "unsupported": ("items: {type: string}", "patternProperties: {a: {}}", "patternProperties"),
    "swagger": ("openapi: 3.1.0", "swagger: '2.0'", "Swagger"),
    "version": ("openapi: 3.1.0", "openapi: 4.0.0", "4.0.0"),
    "payload": ("summary: Read it.", "x-payload: /nowhere", "nowhere"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_spec_is_explained_and_nothing_is_written(
    run: Run, project: Path, name: str
) -> None:
    old, new, word = BROKEN[name]
    edit(spec(project), old, new)
    ended = run("generate")
    assert ended.code == 2
    assert word in ended.err
    assert "specs/alpha/openapi.yaml:" in ended.err
    assert ended.out == ""
    assert not (project / "generated").exists()


def test_all_problems_of_all_specs_at_once(run: Run, project: Path) -> None:
    edit(spec(project), "x-source: {document: Example API, section", "x-s: {a")
    edit(spec(project, "beta"), "type: string", "type: strin")
    err = run("generate").err
    assert "specs/alpha/openapi.yaml:10" in err
    assert "specs/beta/openapi.yaml:16" in err


def test_an_unknown_broker(run: Run) -> None:
    ended = run("generate", "alhpa")
    assert ended.code == 2
    assert "no spec named 'alhpa'" in ended.err
    assert "did you mean 'alpha'?" in ended.err


def test_outside_a_project(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("list", "generate", "validate"):
        ended = run(command)
        assert ended.code == 2
        assert "no folder specs/" in ended.err


# A spec of one's own.


def test_generate_from_a_spec_of_ones_own(run: Run, project: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(SPEC, encoding="utf-8")
    given = ("generate", "--spec", str(own), "--output", str(tmp_path / "o"), "--package", "mine")
    assert run(*given).code == 0
    client = (tmp_path / "o" / "mine" / "client.py").read_text(encoding="utf-8")
    assert client.startswith("# Generated by brokerspec from own.yaml. Edits are lost.\n")
    assert run(*given, "--check").code == 0
    edit(own, "Read it.", "Read all.")
    assert run(*given, "--check").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--output", "o"),
        ("--package", "p"),
        ("--spec", "s.yaml"),
        ("--spec", "s.yaml", "--output", "o"),
        ("--spec", "s.yaml", "--output", "o", "--package", "p", "alpha"),
        ("--unknown",),
    ],
)
def test_options_that_do_not_fit_together(run: Run, arguments: tuple[str, ...]) -> None:
    ended = run("generate", *arguments)
    assert ended.code == 2
    assert "--" in ended.err


@pytest.mark.parametrize("name", ["not-a-name", "class", "", "a.b", "../up", "1st", "None"])
def test_a_package_name_that_cannot_be_imported(run: Run, project: Path, name: str) -> None:
    ended = run(
        "generate", "--spec", str(spec(project)), "--output", "o", "--package", name
    )  # fmt: skip
    assert ended.code == 2
    assert repr(name) in ended.err
    assert not (project / "o").exists()


@pytest.mark.parametrize("path", ["none.yaml", "specs"])
def test_a_spec_that_is_no_file(run: Run, project: Path, path: str) -> None:
    ended = run("generate", "--spec", path, "--output", "o", "--package", "p")
    assert ended.code == 2
    assert path in ended.err
    assert not (project / "o").exists()


def test_an_output_that_cannot_be_written(run: Run, project: Path) -> None:
    (project / "file").touch()
    ended = run("generate", "--spec", str(spec(project)), "--output", "file", "--package", "p")
    assert ended.code == 2
    assert "error" in ended.err


def test_no_command_shows_the_help(run: Run) -> None:
    ended = run()
    assert ended.code in (0, 2)
    assert "generate" in ended.out + ended.err


def test_the_real_program_in_a_pipe(project: Path) -> None:
    long = project / "specs" / ("a" * 90)
    long.mkdir()
    (long / "openapi.yaml").write_text(SPEC.replace("x-source", "x-sorce", 1), encoding="utf-8")
    program = [sys.executable, "-c", "from brokerspec.cli import main; main()"]
    root = Path(__file__).parents[2] / "generator"
    surroundings = os.environ | {"PYTHONPATH": str(root), "COLUMNS": "40", "TERM": "xterm-256color"}
    done = subprocess.run(
        [*program, "generate"], env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "\x1b" not in done.stderr
    first = next(line for line in done.stderr.splitlines() if "x-sorce" in line)
    assert first.startswith(f"specs/{long.name}/openapi.yaml:2:")
    assert first.endswith("[unknown-extension]")
