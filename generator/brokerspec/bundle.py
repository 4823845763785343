"""The runtime as a part of a package, so that it is installed without anything of ours."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from brokerspec.write import MARK

FOLDER: Final = "_runtime"
# Whoever checks the project with rules of their own has no business in here.
HEAD: Final = f"# {MARK}its runtime. Edits are lost.\n# ruff: noqa\n"


@cache
def sources() -> tuple[Path, ...]:
    """Return the modules of the runtime."""
    found = find_spec("brokerspec_runtime")
    folders = found.submodule_search_locations if found else None
    return tuple(sorted(path for folder in folders or () for path in Path(folder).glob("*.py")))


def runtime_files(package: str) -> dict[str, str]:
    """Return the modules of the runtime by their names in a project."""
    return {
        f"{package}/{FOLDER}/{path.name}": HEAD + path.read_text(encoding="utf-8")
        for path in sources()
    }
