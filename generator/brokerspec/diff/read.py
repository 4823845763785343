"""Read what is to be compared: a file, a folder or a git revision."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory

from brokerspec import changelog
from brokerspec.diagnostics import Diagnostic, SpecError, Where
from brokerspec.diff.compare import Edition
from brokerspec.diff.git import is_revision, take_out
from brokerspec.diff.places import places_of
from brokerspec.files import content_of
from brokerspec.generate import Job, read_document
from brokerspec.lower import lower
from brokerspec.project import SPEC, specs_in

Show = Callable[[Where], Where]


def editions(target: str) -> dict[str, Edition]:
    """Return the edition of every package that a target holds.

    Raises SpecError with everything that is wrong with it.
    """
    if not is_revision(target):
        return _read_all(Path(target), lambda where: where)
    with TemporaryDirectory(prefix="brokerspec-") as folder:
        path, name = take_out(target, Path(folder).resolve())
        root = path if path.is_dir() else path.parent
        separator = "" if name.endswith(":") else "/"

        def show(where: Where) -> Where:
            file = Path(where.file).absolute()
            if not file.is_relative_to(root):
                return where
            return replace(where, file=f"{name}{separator}{file.relative_to(root).as_posix()}")

        try:
            return _read_all(path, show)
        except SpecError as error:
            raise SpecError(_shown(error, show, str(root), name)) from None


def _shown(error: SpecError, show: Show, root: str, name: str) -> list[Diagnostic]:
    """Return problems as those of the revision, not of the folder that it was written to."""
    return [
        replace(
            item,
            where=item.where and show(item.where),
            message=item.message.replace(root, name),
        )
        for item in error.diagnostics
    ]


def _read_all(path: Path, show: Show) -> dict[str, Edition]:
    found: dict[str, Edition] = {}
    problems: list[Diagnostic] = []
    for spec in specs_in(path):
        try:
            edition = _read(spec, show)
        except SpecError as error:
            problems += error.diagnostics
        else:
            found[edition.api.package] = edition
    if problems:
        raise SpecError(problems)
    return found


def _read(spec: Path, show: Show) -> Edition:
    # Other people's specs can be compared too, so keys that are not ours are let pass.
    job = Job(spec, _package(spec), spec.name, is_ours=False)
    document, _ = read_document(job)
    api, _ = lower(document, job.package, is_ours=False)
    samples = {sample.file: spec.parent / "samples" / sample.file for sample in api.samples}
    return Edition(
        api,
        show(Where(document.source.label, 1, 1)).file,
        {subject: show(where) for subject, where in places_of(document, api).items()},
        {name: content_of(path) for name, path in samples.items() if path.is_file()},
        _entries(spec.parent / changelog.NAME),
    )


def _entries(path: Path) -> tuple[changelog.Entry, ...]:
    """Return the entries of a changelog; one of another form tells nothing about the client."""
    try:
        return changelog.read(path, path.name)[1]
    except SpecError:
        return ()


def _package(spec: Path) -> str:
    """Return the name of the package that a spec stands for."""
    name = spec.absolute().parent.name if spec.name == SPEC else spec.stem
    name = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_").lower()
    return name if name.isidentifier() and not iskeyword(name) else f"client_{name}".rstrip("_")
