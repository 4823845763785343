"""What is made of a foreign document passes ruff, whatever the names in it are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from brokerspec.generate import Job, build
from brokerspec.write import write

DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("*.yaml"))


@pytest.mark.parametrize("tags", ["many", "one"])
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_modules_of_every_document_pass_ruff(path: Path, tags: str, tmp_path: Path) -> None:
    document = tmp_path / "made.yaml"
    text = path.read_text(encoding="utf-8")
    document.write_text(re.sub(r" tags: \[.*?\]", "", text) if tags == "one" else text, "utf-8")
    job = Job(document, "made", document.name, is_ours=False)
    write(tmp_path / "made", build([job]).packages["made"])
    rules = ("--isolated", "--no-cache", "--line-length=100")
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *rules, "made"],
        cwd=tmp_path,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not checked.returncode, checked.stdout
