"""Take a folder out of a git revision."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from posixpath import normpath

from brokerspec.diagnostics import Diagnostic, Severity, SpecError


def is_revision(target: str) -> bool:
    """Say whether a target is meant as `REVISION:path`."""
    return ":" in target and not Path(target).exists()


def take_out(target: str, folder: Path) -> tuple[Path, str]:
    """Write what `REVISION:path` names into a folder, and what stands beside a file.

    Returns where it is now, and the name of the folder that it was taken from.
    """
    revision, _, path = target.partition(":")
    if not revision or revision.startswith("-"):
        message = f"{target!r} names no git revision"
        raise _refusal("no-revision", message, "write it as REVISION:path, such as HEAD~1:specs")
    place = _git(
        "rev-parse", "--absolute-git-dir",
        message=f"there is no file {target!r}, and no git repository here that could have it",
        hint="run this in the repository, or name a file or folder",
    )  # fmt: skip
    commit = _git(
        "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}",
        message=f"there is no git revision {revision!r}",
        hint="`git log --oneline` lists some; a shallow copy holds only the last ones",
    )  # fmt: skip
    path = _from_root(path)
    kind = _git(
        "cat-file", "-t", f"{commit}:{path}",
        message=f"there is no {path!r} in {revision!r}",
        hint="name it from the root of the repository, or from here with ./ before it",
    )  # fmt: skip
    parent, _, name = path.rpartition("/") if kind == "blob" else (path, "", "")
    into = folder / "files" / (parent.rpartition("/")[2] or "client")
    into.mkdir(parents=True)
    index = os.environ | {"GIT_INDEX_FILE": str(folder / "index")}
    _git("read-tree", f"{commit}:{parent}", env=index)
    within = (f"--git-dir={place}", f"--work-tree={into}")
    _git(*within, "checkout-index", "--all", "--quiet", cwd=into, env=index)
    return into / name, f"{revision}:{parent}"


def _from_root(path: str) -> str:
    """Return a path from the root of the repository."""
    if path in (".", "..") or path.startswith(("./", "../")):
        prefix = _git("rev-parse", "--show-prefix")
        path = normpath(f"{prefix}{path}")
    path = path.strip("/")
    return "" if path == "." else path


def _git(
    *arguments: str,
    message: str = "",
    hint: str = "",
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> str:
    """Return what git says; raise SpecError when it cannot."""
    program = shutil.which("git")
    if program is None:
        raise _refusal("no-git", "git is not installed", "compare files or folders instead")
    done = subprocess.run(  # noqa: S603 - a list without a shell; revisions are checked before
        [program, *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise _refusal("git", message or (said[-1] if said else "git failed"), hint)
    return done.stdout.strip()


def _refusal(code: str, message: str, hint: str) -> SpecError:
    return SpecError([Diagnostic(Severity.ERROR, code, None, message, hint)])
