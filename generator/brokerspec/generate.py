"""From specs to packages: load, resolve, check, lower, plan, render, format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brokerspec import cache
from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.load import load

if TYPE_CHECKING:
    from brokerspec import ir


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
        return cache.key_of(self.spec.read_bytes(), self.package, self.label)


def read(job: Job) -> ir.Api:
    """Return the IR of a spec; raise SpecError with everything that is wrong in it."""
    from brokerspec.extensions import check_extensions
    from brokerspec.lower import lower
    from brokerspec.resolve import resolve

    source = load(job.spec)
    problems = check_extensions(source) if job.is_ours else []
    document, found = resolve(source)
    errors = [problem for problem in (*problems, *found) if problem.severity is Severity.ERROR]
    if errors:
        raise SpecError(errors)
    return lower(document, job.package)


def build(jobs: Iterable[Job], *, fresh: bool = False) -> dict[str, dict[str, str]]:
    """Return the finished files of every package; `fresh` remembers nothing from before.

    Raises SpecError with the problems of all specs together; nothing is written.
    """
    packages: dict[str, dict[str, str]] = {}
    wanted: list[Job] = []
    for job in jobs:
        known = None if fresh or job.key is None else cache.recall(job.key)
        if known is None:
            wanted.append(job)
        else:
            packages[job.package] = known
    made = _make(wanted) if wanted else {}
    for job in wanted:
        if job.key is not None:
            cache.remember(job.key, made[job.package])
    return dict(sorted((packages | made).items()))


def _make(jobs: Iterable[Job]) -> dict[str, dict[str, str]]:
    from brokerspec.format import format_packages
    from brokerspec.plan import plan
    from brokerspec.render import render

    apis: list[tuple[Job, ir.Api]] = []
    problems: list[Diagnostic] = []
    for job in jobs:
        try:
            apis.append((job, read(job)))
        except SpecError as error:
            problems += error.diagnostics
    if problems:
        raise SpecError(problems)
    rendered: Mapping[str, Mapping[str, str]] = {
        job.package: render(plan(api, job.label)) for job, api in apis
    }
    return format_packages(rendered)
