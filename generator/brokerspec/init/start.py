"""Read a document, infer a spec and put it in its place, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brokerspec.audit import facts_of
from brokerspec.audit.facts import Facts
from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where
from brokerspec.init.lines import evidence_in_file, in_file
from brokerspec.init.notes import notes_of, unread_of
from brokerspec.init.spec import Start, start_of
from brokerspec.init.yaml_text import to_yaml
from brokerspec.project import SPEC, job_for
from brokerspec.validate import validate

_NOTES: Final = "NOTES.md"
_SAMPLES: Final = "samples"


@dataclass(frozen=True, slots=True)
class Started:
    """Hold what was written and what a person has to look at."""

    folder: Path
    operations: int
    schemas: int
    samples: int
    unread: tuple[str, ...]
    contradictions: tuple[str, ...]
    findings: tuple[Diagnostic, ...]


def start(
    name: str, document: Path, folder: Path, *, time_zone: str = "", force: bool = False
) -> Started:
    """Write `folder/name` from a document. Raises SpecError, and then writes nothing."""
    from brokerspec.audit.read import read

    job_for(document, name)
    _check_zone(time_zone)
    target = folder / name
    if (target / SPEC).exists() and not force:
        hint = "take another name, or give --force to replace spec, samples and notes"
        raise _refusal("spec-exists", Where(str(target / SPEC), 1, 1), "there is a spec", hint)
    facts = facts_of(read(document))
    made = start_of(facts, name, time_zone)
    if not made.drafts:
        message = "the document describes no call that could be read"
        hint = "it needs addresses, such as 'POST /orders', or JSON payloads in plain text"
        raise _refusal("nothing-found", Where(str(document), 1, 1), message, hint)
    return _written(made, facts, target)


def _written(made: Start, facts: Facts, target: Path) -> Started:
    """Write beside the target first, so that nothing half-written ever stands there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        fresh = Path(scratch) / target.name
        if target.exists():
            shutil.copytree(target, fresh)
            shutil.rmtree(fresh / _SAMPLES, ignore_errors=True)
        _fill(fresh, made, facts)
        findings = [_moved(one, fresh, target) for one in validate(fresh / SPEC)]
        _exchange(fresh, target, Path(scratch) / "before")
    components = made.spec.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return Started(
        folder=target,
        operations=len(made.drafts),
        schemas=len(schemas) if isinstance(schemas, dict) else 0,
        samples=len(made.samples),
        unread=tuple(in_file(one, facts.text) for one in unread_of(made, facts)),
        contradictions=tuple(in_file(one, facts.text) for one in made.contradictions),
        findings=tuple(findings),
    )


def _moved(found: Diagnostic, fresh: Path, target: Path) -> Diagnostic:
    """Return a finding at the place where its file ends up."""
    if found.where is None:
        return found
    file = found.where.file.replace(str(fresh), str(target))
    return replace(found, where=replace(found.where, file=file))


def _fill(folder: Path, made: Start, facts: Facts) -> None:
    (folder / _SAMPLES).mkdir(parents=True)
    info = made.spec["info"]
    title = str(info["title"]) if isinstance(info, dict) else folder.name
    spec = evidence_in_file(made.spec, facts.text)
    notes = in_file(notes_of(made, facts, title), facts.text)
    files = {SPEC: to_yaml(spec, made.comments), _NOTES: notes}
    files |= {f"{_SAMPLES}/{file}": text for file, text in made.samples.items()}
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")


def _exchange(fresh: Path, target: Path, before: Path) -> None:
    """Put a folder in the place of another; when that fails, the old one is back."""
    if not target.exists():
        fresh.rename(target)
        return
    target.rename(before)
    try:
        fresh.rename(target)
    except OSError:
        before.rename(target)
        raise


def _check_zone(name: str) -> None:
    try:
        if name:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"{name!r} is no IANA time zone"
        raise _refusal("missing-time-zone", None, message, "such as Asia/Kolkata") from None


def _refusal(code: str, where: Where | None, message: str, hint: str) -> SpecError:
    return SpecError([Diagnostic(Severity.ERROR, code, where, message, hint)])
