"""Check types as a user's own mypy would, with what earlier checks found out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
# What every check reads (Python's own types, the libraries, the runtime) is read once: the
# folder is shared by all workers and stays for the next run.
_CACHE = ROOT / ".mypy_cache" / "tests"


def mypy(paths: Iterable[Path], over: Iterable[Path] = ()) -> subprocess.CompletedProcess[str]:
    """Run mypy strictly over paths, which may import from the tool and from more folders.

    It has a process of its own, because it raises the recursion limit of the one it runs in.
    """
    search = [*over, ROOT / "generator", ROOT / "generated"]
    return subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-version=3.11"),
            *("--no-sqlite-cache", "--cache-dir", str(_CACHE), *map(str, paths)),
        ],
        env=os.environ | {"MYPYPATH": os.pathsep.join(map(str, search))},
        capture_output=True,
        text=True,
        check=False,
    )
