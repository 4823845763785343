"""Where a project keeps its specs and packages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, did_you_mean
from brokerspec.generate import Job
from brokerspec.naming import is_package_name

SPEC: Final = "openapi.yaml"


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that has specs in `specs/<broker>/`."""
    for folder in (start, *start.parents):
        if any((folder / "specs").glob(f"*/{SPEC}")):
            return folder
    raise _refusal(
        "no-project",
        f"no folder specs/<broker>/{SPEC} here or above",
        "run this in a project, or give --spec, --output and --package",
    )


def brokers_of(root: Path) -> list[str]:
    """Return the names of all specs of a project, sorted."""
    return sorted(path.parent.name for path in (root / "specs").glob(f"*/{SPEC}"))


def jobs_of(root: Path, brokers: list[str]) -> list[Job]:
    """Return what is to be generated for some brokers, or for all when none is named."""
    known = brokers_of(root)
    unknown = [broker for broker in brokers if broker not in known]
    if unknown:
        hint = did_you_mean(unknown[0], known) or f"there are: {', '.join(known)}"
        raise _refusal("unknown-broker", f"there is no spec named {unknown[0]!r}", hint)
    chosen = list(dict.fromkeys(brokers or known))
    for broker in chosen:
        _check_package(broker)
    return [
        Job(root / "specs" / broker / SPEC, broker, f"specs/{broker}/{SPEC}") for broker in chosen
    ]


def job_for(
    spec: Path, package: str, extensions: Path | None = None, *, is_project: bool = False
) -> Job:
    """Return what is to be generated for a spec of the caller's own."""
    _check_package(package)
    if found := re.match(r"(https?):[/\\]+(.+)", str(spec)):
        import shlex

        address = f"{found[1]}://{found[2]}".replace("\\", "/")
        raise _refusal(
            "not-a-file",
            "a document is read from a file, never from the network",
            f"download it first: curl -fsSL -o api.yaml {shlex.quote(address)}",
        )
    return Job(
        spec, package, spec.name, is_ours=False, extensions=extensions, is_project=is_project
    )


def _check_package(name: str) -> None:
    if not is_package_name(name):
        message = f"{name!r} cannot be the name of a Python package"
        hint = "use letters, digits and underscores, and no word or module of Python"
        raise _refusal("package-name", message, hint)


def _refusal(code: str, message: str, hint: str) -> SpecError:
    return SpecError([Diagnostic(Severity.ERROR, code, None, message, hint)])


def specs_in(path: Path) -> list[Path]:
    """Return a spec itself, the spec of a folder, or all those of the folders in it."""
    if not path.exists():
        raise _refusal("no-such-file", f"there is no {path}", "check the path")
    if not path.is_dir():
        return [path]
    own = path / SPEC
    found = [own] if own.is_file() else sorted(path.glob(f"*/{SPEC}"))
    if not found:
        raise _refusal("no-spec", f"{path} holds no {SPEC}", "name a spec file instead")
    return found
