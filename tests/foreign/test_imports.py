"""Imports stand in the order in which ruff wants them, whatever project a package stands in."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from ruff import find_ruff_bin  # type: ignore[import-untyped]

from brokerspec.format import format_packages
from brokerspec.generate import Job, build
from brokerspec.write import write

DOCUMENTS = Path(__file__).parent / "documents"


@pytest.mark.parametrize("name", ["berths", "payments"])
def test_a_package_inside_a_project_is_sorted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    job = Job(DOCUMENTS / f"{name}.yaml", name, f"{name}.yaml", is_ours=False)
    write(tmp_path / name, build([job], fresh=True).packages[name])
    command = [find_ruff_bin(), "check", "--isolated", "--no-cache", "--extend-select", "I"]
    # The program is the ruff of this environment, the arguments are ours.
    done = subprocess.run(
        [*command, str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_package_of_ours_stands_beside_the_runtime(tmp_path: Path) -> None:
    text = "from brokerspec_runtime import wire\nfrom msgspec import Struct\nprint(wire, Struct)\n"
    for has_runtime, blank in ((True, "\n\n"), (False, "\n")):
        made = format_packages({"p": {"m.py": text}}, has_runtime=has_runtime)["p"]["m.py"]
        first, second = ("msgspec", "brokerspec") if has_runtime else ("brokerspec", "msgspec")
        assert made.startswith(f"from {first}")
        assert f"{blank}from {second}" in made
