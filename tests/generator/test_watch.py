"""`generate --watch`: it writes again after each change, outlives errors and ends cleanly."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from brokerspec.watch import changes_in
from generator.commanding import SPEC, Run, edit

ALPHA = "specs/alpha/openapi.yaml"


def after(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> list[tuple[Any, ...]]:
    """Let each step be followed by the news of a change; note what is watched."""
    watched: list[tuple[Any, ...]] = []

    def watch(*folders: Path, **_settings: Any) -> Iterator[set[Any]]:
        watched.append(folders)
        for step in steps:
            step()
            yield set()

    monkeypatch.setattr(watchfiles, "watch", watch)
    return watched


def summary_of(project: Path) -> bool:
    client = project / "generated" / "alpha" / "client.py"
    return "Read all." in client.read_text(encoding="utf-8")


def test_it_writes_again_after_a_change(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = after(monkeypatch, lambda: edit(project / ALPHA, "Read it.", "Read all."))
    ended = run("generate", "--watch")
    assert ended.code == 0
    assert watched == [(project / "specs",)]
    assert summary_of(project)
    said = ended.err.splitlines()
    first, second = [line.split(", ") for line in said if "packages" in line]
    assert first[2] == f"{first[1].split()[0]} written"
    assert second[:2] == first[:2]
    assert second[2] not in ("0 written", first[2])
    assert said[-1] == "stopped"


def test_it_looks_for_cycles_as_it_runs_long(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    after(monkeypatch, lambda: seen.append(gc.isenabled()))
    gc.disable()
    try:
        run("generate", "alpha", "--watch")
    finally:
        gc.enable()
    assert seen == [True]


def test_an_error_is_shown_and_does_not_end_it(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / ALPHA
    good = SPEC.replace("Read it.", "Read all.")
    after(
        monkeypatch,
        lambda: path.write_text("openapi: [", encoding="utf-8"),
        path.unlink,
        lambda: path.write_text(good, encoding="utf-8"),
    )
    ended = run("generate", "alpha", "--watch")
    assert ended.code == 0
    assert "specs/alpha/openapi.yaml:2:1: error: not valid YAML" in ended.err
    assert "there is no spec named 'alpha'" in ended.err
    assert summary_of(project)


def test_an_interrupt_ends_it_cleanly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    after(monkeypatch, interrupt)
    ended = run("generate", "--watch")
    assert ended.code == 0
    assert ended.err.splitlines()[-1] == "stopped"


def test_a_spec_of_ones_own_is_watched_with_what_lies_beside_it(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = after(monkeypatch)
    given = ("--spec", ALPHA, "--output", "out", "--package", "mine")
    assert run("generate", "--watch", *given).code == 0
    assert watched == [(project / "specs" / "alpha",)]


OVERLAY = """\
overlay: 1.0.0
info: {title: Words, version: '1'}
actions: [{target: $.info, update: {description: First words.}}]
"""


def test_an_overlay_is_watched_where_it_lies(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlay = project / "overlays" / "words.yaml"
    overlay.parent.mkdir()
    overlay.write_text(OVERLAY, encoding="utf-8")
    watched = after(monkeypatch, lambda: edit(overlay, "First", "Other"))
    given = ("--spec", ALPHA, "--output", "out", "--package", "mine", "--meta", "none")
    ended = run("generate", "--watch", *given, "--extensions", "overlays/words.yaml")
    assert ended.code == 0
    assert watched == [(project / "specs" / "alpha", project / "overlays")]
    client = (project / "out" / "mine" / "client.py").read_text(encoding="utf-8")
    assert "Other words." in client


def test_watching_and_checking_exclude_each_other(run: Run) -> None:
    ended = run("generate", "--watch", "--check")
    assert ended.code == 2
    assert "--watch" in ended.err


def test_an_unknown_broker_is_refused_at_once(run: Run) -> None:
    assert run("generate", "--watch", "gamma").code == 2


def test_only_specs_and_samples_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(watchfiles, "watch", lambda *_, **settings: kept.update(settings) or [])
    assert list(changes_in([tmp_path])) == []
    names = ("openapi.yaml", "a.response.json", "b.YML", "NOTES.md", ".openapi.yaml.swp", "x~")
    assert [kept["watch_filter"](None, name) for name in names] == [True] * 3 + [False] * 3
