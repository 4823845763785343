"""Run the command line in this process and hold what it wrote."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from brokerspec.cli import main

SPEC = """\
openapi: 3.1.0
info: {title: Example, version: '1', x-source: {document: Example API}}
servers: [{url: 'https://api.example.com'}]
paths:
  /it:
    get:
      operationId: get_it
      summary: Read it.
      x-safety: safe
      x-source: {document: Example API, section: It}
      responses:
        '200':
          description: Done.
          content:
            application/json:
              schema: {type: array, items: {type: string}}
              example: [a]
"""


@dataclass(frozen=True)
class Ended:
    """How a run ended and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def make_project(folder: Path, spec: str = SPEC) -> Path:
    """Write a project with two brokers."""
    root = folder / "project"
    for broker in ("alpha", "beta"):
        (root / "specs" / broker).mkdir(parents=True)
        (root / "specs" / broker / "openapi.yaml").write_text(spec, encoding="utf-8")
    return root


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs one command and never lets a traceback through."""

    def runs(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["brokerspec", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        both = written.out + written.err
        assert "Traceback" not in both
        assert "\x1b" not in both
        return Ended(int(ended.value.code or 0), written.out, written.err)

    return runs


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
