"""Every verdict is true of the generated clients: by type-checking and by calling them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from brokerspec.diff.change import KINDS
from brokerspec.diff.read import editions
from brokerspec.diff.report import compare_all
from brokerspec.generate import Job, build
from brokerspec.write import write
from diff.base_spec import Case
from diff.cases_classes import ENUMS, MODELS
from diff.cases_client import SESSIONS, SETTINGS, WORDS
from diff.cases_headers import HEADERS, PARTS
from diff.cases_methods import ARGUMENTS, FAILURES, METHODS, ORDER_IDS
from generator.making import Made, imported
from typed import mypy

ROOT = Path(__file__).parents[2]
CASES = [
    *METHODS, *ARGUMENTS, *FAILURES, *ORDER_IDS, *MODELS, *ENUMS, *SETTINGS, *SESSIONS, *WORDS,
    *HEADERS, *PARTS,
]  # fmt: skip
# These are about whole packages and about files, and have tests of their own.
ELSEWHERE = {
    ("package-added", "compatible"),
    ("package-removed", "breaking"),
    ("samples-changed", "documentation"),
}
# What the calls below never see need not be type-checked a hundred times.
UNTYPED = "from typing import Any\n\ndef __getattr__(name: str) -> Any: ...\n"
HEADER = """\
from datetime import date, datetime
from decimal import Decimal
from brokerspec_runtime import Secret
import {package} as PKG

def use(client: PKG.Client) -> None:
"""


def identity(case: Case) -> str:
    return f"{case.kind}: {case.name}"


def test_every_kind_and_level_has_a_case() -> None:
    known = {(kind, str(level)) for kind, levels in KINDS.items() for level in levels}
    assert {(case.kind, case.level) for case in CASES} | ELSEWHERE == known


@pytest.mark.parametrize("case", CASES, ids=identity)
def test_a_change_is_found_and_nothing_else(case: Case, tmp_path: Path) -> None:
    for name, text in zip(("old.yaml", "new.yaml"), case.specs, strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    old, new = (editions(str(tmp_path / name)) for name in ("old.yaml", "new.yaml"))
    (found,) = compare_all(old, new)
    expected = Counter([(case.kind, case.level), *case.also])
    listed = [change.message for change in found.changes]
    assert Counter((change.kind, str(change.level)) for change in found.changes) == expected, listed
    for change in found.changes:
        assert change.old
        assert change.new


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Made]:
    """Return the client of every spec, by the name of its package."""
    folder = tmp_path_factory.mktemp("clients")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        jobs = []
        for number, (text, is_ours) in enumerate(texts()):
            spec = folder / f"diff_{number}.yaml"
            spec.write_text(text, encoding="utf-8")
            jobs.append(Job(spec, spec.stem, spec.name, is_ours=is_ours))
        made = build(jobs, fresh=True).packages
    for name, files in made.items():
        write(folder / name, files)
        for module in ("async_client", "encode", "operations"):
            (folder / name / f"{module}.pyi").write_text(UNTYPED, encoding="utf-8")
    return {name: Made(imported(folder / name), files) for name, files in made.items()}


def texts() -> list[tuple[str, bool]]:
    """Return every spec of every case once, and whether it is one of ours."""
    return list(dict.fromkeys((text, case.is_ours) for case in CASES for text in case.specs))


def names(case: Case) -> tuple[str, str]:
    """Return the packages of the old and the new spec of a case."""
    known = texts()
    old, new = (f"diff_{known.index((text, case.is_ours))}" for text in case.specs)
    return old, new


def test_old_calls_type_check_unless_a_change_is_breaking(
    packages: Mapping[str, Made], tmp_path: Path
) -> None:
    uses: dict[str, tuple[Case, bool]] = {}
    for number, case in enumerate(CASES):
        both = ("old", case.calls, True), ("new", case.calls, not case.fails)
        news = (("old", case.news, False), ("new", case.news, True)) if case.news else ()
        for index, (side, code, passes) in enumerate((*both, *news)):
            name = f"use_{number}_{index}"
            package = names(case)[side == "new"]
            lines = "".join(f"    {line}\n" for line in code.splitlines())
            text = HEADER.format(package=package) + lines
            (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
            uses[name] = case, passes
    clients = Path(next(iter(packages.values())).module.__file__ or "").parents[1]
    done = mypy([tmp_path / f"{name}.py" for name in uses], [clients])
    assert not done.stderr
    lines = done.stdout.splitlines()
    wrong = {Path(line.partition(":")[0]).stem for line in lines if ": error: " in line}
    for name, (case, passes) in uses.items():
        said = [line for line in lines if f"{name}.py:" in line]
        assert (name not in wrong) == passes, (identity(case), name, said)


def test_what_changes_only_in_conduct_is_seen_in_a_call(packages: Mapping[str, Made]) -> None:
    for case in CASES:
        if case.shows is not None:
            old, new = names(case)
            seen = case.shows(packages[old]), case.shows(packages[new])
            assert seen == case.seen, identity(case)
