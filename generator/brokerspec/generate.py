"""From specs to packages: load, resolve, check, lower, plan, render, format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brokerspec import cache, changelog
from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where
from brokerspec.load import label_of, load

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
    def key(self) -> str | None:
        """The name under which its package is remembered; None when it is not.

        A spec of the caller's own may refer to other files, so it is always read.
        """
        if not self.is_ours or not self.spec.is_file():
            return None
        history = self.changelog.read_bytes() if self.changelog.is_file() else b""
        return cache.key_of(self.spec.read_bytes() + history, self.package, self.label)

    @property
    def changelog(self) -> Path:
        """The changelog of the package, which stands beside the spec."""
        return self.spec.with_name(changelog.NAME)


def read(job: Job) -> tuple[ir.Api, list[Diagnostic]]:
    """Return the IR of a spec and the warnings about it.

    Raises SpecError with everything that is wrong in it.
    """
    from brokerspec.lower import lower

    document, found = read_document(job)
    api, untyped = lower(document, job.package, is_ours=job.is_ours)
    return api, found + untyped


def read_document(job: Job) -> tuple[Document, list[Diagnostic]]:
    """Return the resolved document of a spec and the warnings about it.

    Raises SpecError with everything that is wrong in it.
    """
    from brokerspec.extensions import check_extensions
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
    document, unresolved = resolve(source)
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
    known: dict[str, dict[str, str]] = {}
    wanted: list[Job] = []
    for job in jobs:
        files = None if fresh or job.key is None else cache.recall(job.key)
        if files is None:
            wanted.append(job)
        else:
            known[job.package] = files
    made = _make(wanted) if wanted else Built({})
    for job in wanted:
        if job.key is not None:
            cache.remember(job.key, made.packages[job.package])
    return Built(dict(sorted((known | made.packages).items())), made.warnings)


def _make(jobs: Iterable[Job]) -> Built:
    from brokerspec.format import format_packages
    from brokerspec.plan import Package, plan
    from brokerspec.plan_shape import promise_of
    from brokerspec.render import render
    from brokerspec.shape import check

    packages: dict[str, Package] = {}
    problems: list[Diagnostic] = []
    warnings: list[Diagnostic] = []
    for job in jobs:
        try:
            api, found = read(job)
            packages[job.package] = plan(api, job.label, _release(job, api))
        except SpecError as error:
            problems += error.diagnostics
        except (RecursionError, MemoryError):
            problems.append(_too_deep(job))
        else:
            warnings += found
    if problems:
        raise SpecError(problems)
    rendered = {name: render(package) for name, package in packages.items()}
    for name, package in packages.items():
        check(rendered[name], promise_of(package))
    return Built(format_packages(rendered), tuple(sorted(warnings)))


def _too_deep(job: Job) -> Diagnostic:
    message = "the references lead deeper than can be followed"
    hint = "shorten the chains of references, and end those that lead back to themselves"
    where = Where(label_of(job.spec), 1, 1)
    return Diagnostic(Severity.ERROR, "too-tangled", where, message, hint)


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
