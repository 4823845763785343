"""Run the commands of the story in a copy of the repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "STORY.md"
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
_COPIED = ("docs/story", "generated", "specs", "tests/contract", "tests/runtime")
_MODULES = ("brokerspec", "pytest")


def copy_to(folder: Path) -> Path:
    """Copy what the commands read and write."""
    copy = folder / "copy"
    ignored = shutil.ignore_patterns("__pycache__")
    for part in _COPIED:
        shutil.copytree(ROOT / part, copy / part, ignore=ignored)
    for file in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / file, copy / file)
    return copy


def told(page: str, copy: Path) -> str:
    """Return the page with what its commands print now."""

    def block(found: re.Match[str]) -> str:
        commands = [line for line in found[0].splitlines() if line.startswith("$ ")]
        return "".join(f"{command}\n{_printed(command[2:], copy)}" for command in commands)

    return _BLOCK.sub(block, page)


def _printed(command: str, copy: Path) -> str:
    """Run a command and return what it prints, without what differs from run to run."""
    program, *arguments = shlex.split(command)
    start = [sys.executable, "-m", program] if program in _MODULES else [program]
    paths = os.pathsep.join([str(ROOT / "generator"), str(copy / "generated")])
    done = subprocess.run(
        [*start, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": paths, "NO_COLOR": "1", "GIT_CEILING_DIRECTORIES": "/"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    text = done.stdout.replace(f"{copy}{os.sep}", "…/")
    text = re.sub(r"\b\d+\.\d+s\b", "…s", text)
    # How many tests there are of other brokers is no part of the story.
    text = re.sub(r", \d+ deselected", "", text)
    return text if done.returncode == 0 else f"{text}[exit code {done.returncode}]\n"


def main() -> None:
    """Write the page anew; `python tests/output/story.py`."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        page = told(PAGE.read_text(encoding="utf-8"), copy_to(Path(folder).resolve()))
    PAGE.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
