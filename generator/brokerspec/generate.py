"""From specs to packages: load, resolve, check, lower, plan, render, format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brokerspec import changelog, memory
from brokerspec.diagnostics import Diagnostic, Severity, SpecError

if TYPE_CHECKING:
    from brokerspec import ir
    from brokerspec.document import Document


@dataclass(frozen=True, slots=True)
class Job:
    """A spec, the name of its package and how the package's banner names the spec."""

    spec: Path
    package: str
    label: str
    is_ours: bool = True

    @property
    def changelog(self) -> Path:
        """The changelog of the package, which stands beside the spec."""
        return self.spec.with_name(changelog.NAME)


def read(job: Job, opened: set[Path] | None = None) -> tuple[ir.Api, list[Diagnostic]]:
    """Return the IR of a spec and the warnings about it.

    `opened` gets the other files that it refers to.

    Raises SpecError with everything that is wrong in it.
    """
    from brokerspec.lower import lower

    document, found = read_document(job, opened)
    api, untyped = lower(document, job.package, is_ours=job.is_ours)
    return api, found + untyped


def read_document(job: Job, opened: set[Path] | None = None) -> tuple[Document, list[Diagnostic]]:
    """Return the resolved document of a spec and the warnings about it.

    `opened` gets the other files that it refers to.

    Raises SpecError with everything that is wrong in it.
    """
    from brokerspec.extensions import check_extensions
    from brokerspec.load import load
    from brokerspec.resolve import resolve

    source = load(job.spec)
    found = check_extensions(source)
    if not job.is_ours:
        # Other people's keys are none of our business; ours must have their shape, except
        # those for enums, which others write in their own way: names are made safe anyway.
        found = [
            item
            for item in found
            if item.code == "bad-extension" and not item.message.startswith("x-enum-")
        ]
    document, unresolved = resolve(source, opened)
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
        for (job, key), made in zip(wanted, _make([job for job, _ in wanted]), strict=True):
            # A spec that changed meanwhile is not what was known by this key.
            if memory.key_of(job) == key:
                memory.remember(key, made)
            finished[job.package] = made.files
            warnings += made.warnings
    return Built(dict(sorted(finished.items())), tuple(sorted(warnings)))


def _make(jobs: Iterable[Job]) -> list[memory.Finished]:
    from brokerspec.format import format_packages
    from brokerspec.plan import Package, plan
    from brokerspec.render import render

    packages: dict[str, Package] = {}
    problems: list[Diagnostic] = []
    rest: list[tuple[str, list[Diagnostic], dict[str, str]]] = []
    for job in jobs:
        opened: set[Path] = set()
        try:
            api, found = read(job, opened)
            packages[job.package] = plan(api, job.label, _release(job, api))
        except SpecError as error:
            problems += error.diagnostics
        else:
            rest.append((job.package, found, memory.digests(opened, job.spec.parent)))
    if problems:
        raise SpecError(problems)
    texts = format_packages({name: render(package) for name, package in packages.items()})
    return [memory.Finished(texts[name], found, read_) for name, found, read_ in rest]


def _release(job: Job, api: ir.Api) -> changelog.Release:
    """Return the version of a package; one that came out keeps the spec that it had.

    Other people keep their changelogs in other forms, so those are not looked at.
    """
    from brokerspec.digest import digest_of

    label = Path(job.label).with_name(changelog.NAME).as_posix()
    text, entries = changelog.read(job.changelog, label) if job.is_ours else ("", ())
    digest = digest_of(api)
    changelog.check_release(entries, digest, label)
    return changelog.Release(changelog.version_of(entries, api.version), digest, text)
