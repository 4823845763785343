"""Fixtures for tests that make packages and run commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commanding import Run, make_project, runner
from generator.making import Made, make


@pytest.fixture
def making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Made]:
    """Return a function that makes and imports a package from a spec's text."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda text, **given: make(tmp_path, text, **given)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with two brokers, which is the working folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = make_project(tmp_path)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command in that project."""
    return runner(monkeypatch, capsys)
