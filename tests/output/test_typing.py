"""The clients are typed as `typing_sample.py` says; pyright reads it in `make check`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_sample_of_user_code_is_well_typed(tmp_path: Path) -> None:
    sample = Path(__file__).with_name("typing_sample.py")
    golden = ROOT / "tests" / "generator" / "golden" / "example_exchange"
    paths = os.pathsep.join(str(ROOT / name) for name in ("generator", "generated"))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file="),
            *("--cache-dir", str(tmp_path), "--python-version", "3.11", str(sample), str(golden)),
        ],
        env=os.environ | {"MYPYPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1].startswith("Success"), done.stdout + done.stderr
