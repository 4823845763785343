"""The same specs give the same bytes, whatever the process, folder or hash seed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, sys
from pathlib import Path
from brokerspec.generate import build
from brokerspec.project import jobs_of
packages = build(jobs_of(Path(sys.argv[1]), []), fresh=True).packages
json.dump(packages, sys.stdout)
"""


def built(seed: str, cwd: Path, root: str) -> dict[str, dict[str, str]]:
    surroundings = os.environ | {
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": str(ROOT / "generator"),
        "XDG_CACHE_HOME": str(cwd / "cache"),
        "TZ": "Pacific/Auckland" if seed == "1" else "UTC",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, root],
        cwd=cwd,
        env=surroundings,
        capture_output=True,
        check=True,
    )
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, dict[str, str]]]:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    return [built("1", elsewhere, os.path.relpath(ROOT, elsewhere)), kept()]


def kept() -> dict[str, dict[str, str]]:
    """Return the packages that are kept: another run made them, in this folder."""
    return {
        folder.name: {
            path.relative_to(folder).as_posix(): path.read_bytes().decode()
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        for folder in (ROOT / "generated").iterdir()
        if folder.name != "__pycache__"
    }


def test_two_runs_give_the_same_bytes(runs: list[dict[str, dict[str, str]]]) -> None:
    first, second = (
        {
            f"{package}/{name}": hashlib.sha256(text.encode()).hexdigest()
            for package, files in packages.items()
            for name, text in files.items()
        }
        for packages in runs
    )
    assert first == second
    assert len(first) > 20


def test_nothing_of_this_machine_is_in_the_output(runs: list[dict[str, dict[str, str]]]) -> None:
    here = {str(ROOT), str(Path.home()), os.path.realpath(sys.prefix)} - {"/", ""}
    host = re.compile(rf"\b{re.escape(socket.gethostname())}\b")
    for package, files in runs[0].items():
        for name, text in files.items():
            assert [place for place in here if place in text] == [], (package, name)
            assert not host.search(text), (package, name)
            assert text.endswith("\n"), (package, name)
            assert "\r" not in text, (package, name)
