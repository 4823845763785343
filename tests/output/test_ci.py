"""The hooks and the action for other repositories: what they name exists and works."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from brokerspec.cli import app
from generator.commanding import SPEC, make_project

ROOT = Path(__file__).parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "CI.md").read_text(encoding="utf-8")
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
COMMANDS = set(getattr(get_command(app), "commands", {}))
NEEDS_DIFF = pytest.mark.skipif("diff" not in COMMANDS, reason="the command is not there yet")
BROKEN = SPEC.replace("      x-safety: safe\n", "")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with two commits, two brokers and their packages."""
    root = make_project(tmp_path_factory.mktemp("ci"))
    run(root, "brokerspec generate")
    for text in ("# One.\n", "# Two.\n"):
        (root / "README.md").write_text(text, encoding="utf-8")
        run(root, "git init -q && git add -A && git -c user.name=a -c user.email=a@b commit -qm a")
    return root


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> Path:
    """Return a copy of that repository, to be broken, beside what was remembered of it."""
    shutil.copytree(template.parent / "cache", tmp_path / "cache")
    return shutil.copytree(template, tmp_path / "project")


def run(root: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script the way an action does, with the tool on the path."""
    tools = root.parent / "tools"
    tools.mkdir(exist_ok=True)
    program = tools / "brokerspec"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m brokerspec "$@"\n')
    program.chmod(0o755)
    surroundings = os.environ | {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "generator"),
        "XDG_CACHE_HOME": str(root.parent / "cache"),
        "GITHUB_SERVER_URL": "https://example.com",
        **variables,
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=root, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip


def step(root: Path, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action with its inputs filled in."""
    given = {key: value["default"] for key, value in ACTION["inputs"].items()} | inputs
    known = {f"inputs.{key}": value for key, value in given.items()} | {
        "github.action_repository": "owner/tool",
        "github.action_ref": "v1",
    }
    wanted: dict[str, str] = STEPS[name].get("env", {})
    filled = {key: known[text.strip("${ }")] for key, text in wanted.items()}
    return run(root, STEPS[name]["run"], **filled)


def break_one(root: Path) -> None:
    (root / "specs" / "alpha" / "openapi.yaml").write_text(BROKEN, encoding="utf-8")


# The hooks.


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_says_what_it_needs(hook: dict[str, Any]) -> None:
    assert hook["language"] == "python"
    assert hook["additional_dependencies"] == [".[generator]"]
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "specs/alpha/openapi.yaml")
    assert f"- id: {hook['id']}" in GUIDE


@pytest.mark.parametrize(
    "hook",
    [pytest.param(one, marks=NEEDS_DIFF if "diff" in one["id"] else ()) for one in HOOKS],
    ids=lambda hook: hook["id"],
)
def test_a_hook_passes_and_fails(repository: Path, hook: dict[str, Any]) -> None:
    done = run(repository, hook["entry"])
    assert done.returncode == 0, done.stderr
    path = repository / "specs" / "alpha" / "openapi.yaml"
    path.write_text(BROKEN.replace("get_it", "get_all"), encoding="utf-8")
    assert run(repository, hook["entry"]).returncode == 1


# The action.


def test_the_action_is_complete() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for one in STEPS.values():
        assert ("run" in one) is ("shell" in one)
        # Inputs reach a script as variables only: as text they could bring commands along.
        assert "${{" not in one.get("run", "")
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    assert all(isinstance(one["default"], str) for one in ACTION["inputs"].values())


def test_the_guide_uses_inputs_that_there_are() -> None:
    (workflow,) = re.findall(r"```yaml\n(# \.github.*?)```", GUIDE, re.DOTALL)
    _, used = yaml.safe_load(workflow)["jobs"]["specs"]["steps"]
    assert set(used["with"]) <= set(ACTION["inputs"])


def test_the_action_validates(repository: Path) -> None:
    done = step(repository, "Validate")
    assert (done.returncode, done.stdout) == (0, "")
    assert "https://example.com/owner/tool/blob/v1/docs/rules/" in sarif(repository)
    break_one(repository)
    done = step(repository, "Validate", specs="specs/alpha specs/beta")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=specs/alpha/openapi.yaml,line=")
    assert '"ruleId": "operation-safety"' in sarif(repository)
    assert step(repository, "Validate", rules="openapi").returncode == 0


def sarif(root: Path) -> str:
    return (root / "brokerspec.sarif").read_text(encoding="utf-8")


def test_the_action_checks_the_packages(repository: Path) -> None:
    assert step(repository, "Check the generated packages").returncode == 0
    (repository / "generated" / "alpha" / "client.py").unlink()
    assert step(repository, "Check the generated packages").returncode == 1


@NEEDS_DIFF
def test_the_action_compares(repository: Path) -> None:
    given = {"diff-base": "HEAD~1"}
    assert step(repository, "Compare with the base", **given).returncode == 0
    path = repository / "specs" / "alpha" / "openapi.yaml"
    path.write_text(SPEC.replace("get_it", "get_all"), encoding="utf-8")
    assert step(repository, "Compare with the base", **given).returncode == 1
    assert (
        step(repository, "Compare with the base", **given, **{"fail-on": "never"}).returncode == 0
    )


# The guide.


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(--[a-z][a-z-]*)", GUIDE))))
def test_every_option_of_the_guide_is_known(option: str) -> None:
    known = {"--hook-type", "--fail-on", "--check"}
    commands: Any = get_command(app)
    for name in ("validate", "generate"):
        for parameter in commands.get_command(None, name).params:
            known |= set(parameter.opts)
    assert option in known
