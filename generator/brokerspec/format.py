"""Formatting: ruff, in one call for all files of all packages."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from brokerspec.diagnostics import Diagnostic, Severity, SpecError


def format_packages(
    packages: Mapping[str, Mapping[str, str]], *, is_ours: bool = True
) -> dict[str, dict[str, str]]:
    """Return the same files with unused imports gone, imports sorted and lines broken.

    Our packages are beside the runtime, for others it is one more library. Raises SpecError
    when a module cannot be read as Python.
    """
    if not packages:
        return {}
    with tempfile.TemporaryDirectory(prefix="brokerspec-") as folder:
        root = Path(folder)
        for package, files in packages.items():
            (root / package).mkdir()
            for name, text in files.items():
                (root / package / name).parent.mkdir(parents=True, exist_ok=True)
                (root / package / name).write_text(text, encoding="utf-8", newline="\n")
        beside = ("brokerspec_runtime",) if is_ours else ()
        known = ", ".join(f"'{name}'" for name in (*beside, *packages))
        first_party = ("--config", f"lint.isort.known-first-party = [{known}]")
        rules = ("--select", "F401,I,UP037,RUF022")
        _ruff("check", "--fix", "--quiet", *rules, *first_party, folder)
        _ruff("format", "--quiet", folder)
        return {
            package: {
                name: (root / package / name).read_text(encoding="utf-8") for name in sorted(files)
            }
            for package, files in packages.items()
        }


def _ruff(*arguments: str) -> None:
    settings = ["--isolated", "--no-cache", "--target-version", "py311", "--line-length", "100"]
    command = [_executable(), arguments[0], *settings, *arguments[1:]]
    # The program is the ruff of this environment, the arguments are ours.
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        message = f"ruff failed: {(done.stderr or done.stdout).strip()}"
        raise SpecError([Diagnostic(Severity.ERROR, "format", None, message)])


@cache
def _executable() -> str:
    from ruff import find_ruff_bin  # type: ignore[import-untyped]

    return str(find_ruff_bin())
