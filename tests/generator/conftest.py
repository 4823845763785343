"""Fixtures for tests that make packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.making import Made, make


@pytest.fixture
def making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Made]:
    """Return a function that makes and imports a package from a spec's text."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda text, **given: make(tmp_path, text, **given)
