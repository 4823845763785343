"""Fixtures that the tests of the generator have too."""

from __future__ import annotations

from generator.conftest import making, project, run

__all__ = ["making", "project", "run"]
