"""From specs to packages: load, resolve, check, lower, plan, render, format."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brokerspec import changelog, memory
from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where

if TYPE_CHECKING:
    from brokerspec import ir
    from brokerspec.document import Document
    from brokerspec.modules import Checked


@dataclass(frozen=True, slots=True)
class Job:
    """A spec, the name of its package and how the package's banner names the spec.

    `extensions` is an overlay that adds our extension keys to a spec of somebody else. A
    project holds the package in a folder of its own, and the runtime in the package.
    """

    spec: Path
    package: str
    label: str
    is_ours: bool = True
    extensions: Path | None = None
    is_project: bool = False

    @property
    def changelog(self) -> Path:
        """The changelog of the package, which stands beside the spec."""
        return self.spec.with_name(changelog.NAME)


def read(
    job: Job, opened: set[Path] | None = None, *, fresh: bool = True
) -> tuple[ir.Api, list[Diagnostic]]:
    """Return the IR of a spec and the warnings about it.

    `opened` gets the other files that it refers to; `fresh` remembers nothing from before.

    Raises SpecError with everything that is wrong in it.
    """
    from brokerspec.lower import lower

    document, found = read_document(job, opened, fresh=fresh)
    api, untyped = lower(document, job.package, is_ours=job.is_ours)
    return api, found + untyped


def read_document(
    job: Job, opened: set[Path] | None = None, *, fresh: bool = True
) -> tuple[Document, list[Diagnostic]]:
    """Return the resolved document of a spec and the warnings about it.

    `opened` gets the other files that it refers to; `fresh` remembers nothing from before.

    Raises SpecError with everything that is wrong in it.
    """
    from brokerspec.extensions import check_extensions
    from brokerspec.load import load
    from brokerspec.resolve import resolve

    # What an overlay changes is no longer what a part of the text says.
    parts = None if fresh or job.extensions else memory.recall_parts(job)
    source = load(job.spec, parts=parts)
    if parts:
        memory.remember_parts(job, parts)
    if job.extensions is not None:
        from brokerspec.overlay import lay_over

        lay_over(source, load(job.extensions))
    # Other people's keys are none of our business, and what they mean by one of ours is read
    # over with a warning. What an overlay adds is meant for us.
    found = check_extensions(source) if job.is_ours or source.labels else []
    if not job.is_ours:
        found = [item for item in found if item.where and item.where.file != source.label]
    document, unresolved = resolve(source, opened, is_ours=job.is_ours)
    found += unresolved
    if any(item.severity is Severity.ERROR for item in found):
        raise SpecError(found)
    return document, found


@dataclass(frozen=True, slots=True)
class Built:
    """The finished files of every package by name, and the warnings about their specs."""

    packages: dict[str, dict[str, str]]
    warnings: tuple[Diagnostic, ...] = ()


def build(jobs: Iterable[Job], *, fresh: bool = False) -> Built:
    """Return the finished files of every package; `fresh` remembers nothing from before.

    Raises SpecError with the problems of all specs together; nothing is written.
    """
    finished: dict[str, dict[str, str]] = {}
    warnings: list[Diagnostic] = []
    wanted: list[tuple[Job, str]] = []
    for job in jobs:
        key = memory.key_of(job)
        known = None if fresh else memory.recall(key, job.spec.parent)
        if known is None:
            wanted.append((job, key))
        else:
            finished[job.package] = known.files
            warnings += known.warnings
    if wanted:
        with _uncollected():
            results = _make([job for job, _ in wanted], fresh=fresh)
        for (job, key), made in zip(wanted, results, strict=True):
            # A spec that changed meanwhile is not what was known by this key.
            if memory.key_of(job) == key:
                memory.remember(job, key, made)
            finished[job.package] = made.files
            warnings += made.warnings
    return Built(dict(sorted(finished.items())), tuple(sorted(warnings)))


@contextmanager
def _uncollected() -> Generator[None, None, None]:
    """Look for no cycles meanwhile: trees have none, and looking takes a tenth of the time."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def _make(jobs: Iterable[Job], *, fresh: bool) -> list[memory.Finished]:
    from brokerspec.kept import EDITABLE, sealed
    from brokerspec.modules import finish

    problems: list[Diagnostic] = []
    rest: list[tuple[Job, list[Diagnostic], dict[str, str], Checked]] = []
    for job in jobs:
        opened: set[Path] = set()
        try:
            api, found = read(job, opened, fresh=fresh)
            made = _rendered(job, api, fresh=fresh)
        except SpecError as error:
            problems += error.diagnostics
        except (RecursionError, MemoryError):
            problems.append(_too_deep(job))
        else:
            rest.append((job, found, memory.digests(opened, job.spec.parent), made))
    if problems:
        raise SpecError(problems)
    is_ours = all(job.is_ours for job, *_ in rest)
    finished = finish((made for *_, made in rest), has_runtime=is_ours)
    results: list[memory.Finished] = []
    for job, found, read_, made in rest:
        files = finished[job.package]
        keys = {name: key for name, key in made.keys.items() if name not in EDITABLE}
        if job.is_project:
            from brokerspec.bundle import runtime_files

            sealed_ = {name: sealed(files[name]) for name in EDITABLE}
            files = files | runtime_files(job.package) | sealed_
        results.append(memory.Finished(files, found, read_, keys))
    return results


def _rendered(job: Job, api: ir.Api, *, fresh: bool) -> Checked:
    """Return the files of a package as its plan says; each is checked, none is formatted."""
    from msgspec.structs import replace

    from brokerspec.digest import digest_of
    from brokerspec.modules import Part, checked
    from brokerspec.pieces import Digests, Pieces, keys_of
    from brokerspec.plan import plan
    from brokerspec.plan_project import plan_project
    from brokerspec.plan_shape import parts_of, promise_of
    from brokerspec.render import pages, project_pages

    earlier = Pieces() if fresh else memory.recall_pieces(job)
    keys = keys_of(api)
    digests = Digests(keys, earlier.digests)
    release = _release(job, api, digest_of(api, digests.of))
    may_split = not job.is_ours
    package = plan(api, job.label, release, may_split=may_split, earlier=earlier, keys=keys)
    if job.is_project:
        project = plan_project(replace(package, is_bundled=True))
        parts: tuple[Part, ...] = parts_of(project_pages(project), project)
    else:
        parts = (Part(pages(package), promise_of(package)),)
    made = checked(job.package, parts, {} if fresh else memory.recall_modules(job))
    memory.remember_pieces(job, replace(package.pieces.made, digests=digests.made))
    return made


def _too_deep(job: Job) -> Diagnostic:
    from brokerspec.load import label_of

    message = "the references lead deeper than can be followed"
    hint = "shorten the chains of references, and end those that lead back to themselves"
    where = Where(label_of(job.spec), 1, 1)
    return Diagnostic(Severity.ERROR, "too-tangled", where, message, hint)


def _release(job: Job, api: ir.Api, digest: str) -> changelog.Release:
    """Return the version of a package; one that came out keeps the spec that it had.

    Other people keep their changelogs in other forms, so those are not looked at.
    """
    from brokerspec.plan_project import release_of

    if not job.is_ours:
        return changelog.Release(release_of(api.version), digest)
    label = Path(job.label).with_name(changelog.NAME).as_posix()
    text, entries = changelog.read(job.changelog, label)
    changelog.check_release(entries, digest, label)
    return changelog.Release(changelog.version_of(entries, api.version), digest, text)
