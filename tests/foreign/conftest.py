"""Fixtures that the tests of the generator have too."""

from __future__ import annotations

from generator.conftest import project, run

__all__ = ["project", "run"]
