"""Measure `generate` beside openapi-python-client, `validate`, then the clients at run time.

Prints tables, judges nothing.

Everything happens in a temporary folder with a cache of its own. In every round each
subject runs once, so that a slow moment of the machine strikes all of them alike.
`python tests/bench/run.py 9` takes nine rounds instead of five.
"""

from __future__ import annotations

import compileall
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from documents import write
from measuring import Measured, Run, milliseconds, run
from reduced import reduce
from rich.console import Console
from rich.progress import track
from rich.table import Table

import runtime

ROOT: Final = Path(__file__).parents[2]
ROUNDS: Final = 5
OTHER: Final = "openapi-python-client"
LARGE: Final = 1_000
FRESH: Final = "brokerspec generate, nothing remembered"
UNCHANGED: Final = "brokerspec generate, no change"
CHECK: Final = "brokerspec generate --check, no change"
FRESH_CHECK: Final = "brokerspec generate --check --fresh"
ONE_BY_ONE: Final = "brokerspec generate --fresh BROKER, each alone, summed"
VALIDATE: Final = "brokerspec validate"
SUM: Final = f"{OTHER}, all of them summed"


class Failed(Exception):
    """A command that was expected to work did not."""


@dataclass(slots=True)
class Bench:
    """A copy of the specs, the commands that work on it, and what they took."""

    folder: Path
    took: dict[str, Measured] = field(default_factory=dict[str, Measured])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    left_out: set[str] = field(default_factory=set[str])

    @property
    def specs(self) -> list[Path]:
        """The specs that `brokerspec` reads."""
        return sorted((self.folder / "project" / "specs").glob("*/openapi.yaml"))

    @property
    def environment(self) -> Mapping[str, str]:
        """The least that the commands need: installed commands, a home and a cache of their own."""
        return {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }

    def start(self) -> None:
        """Copy the specs, make a large client, and find out what the other generator refuses."""
        shutil.copytree(ROOT / "specs", self.folder / "project" / "specs")
        given = ("--spec", str(write(self.folder / "large", LARGE)), "--package", "large")
        self._ours(*given, "--output", str(self.folder / "large"))
        for spec in self.specs:
            tried = self._other(spec)
            if tried.code:
                self.refused[spec.parent.name] = tried.said
                reduced = self.folder / "reduced" / spec.parent.name
                reduced.mkdir(parents=True)
                reduce(spec, reduced / spec.name)
                if self._other(reduced / spec.name).code:
                    self.left_out.add(spec.parent.name)

    def round(self) -> None:
        """Run every subject once."""
        shutil.rmtree(self.folder / "project" / "generated", ignore_errors=True)
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        self._count(FRESH, self._ours())
        self._count(UNCHANGED, self._ours())
        self._count(CHECK, self._ours("--check"))
        self._count(FRESH_CHECK, self._ours("--check", "--fresh"))
        names = [spec.parent.name for spec in self.specs]
        self._count(ONE_BY_ONE, *(self._ours("--fresh", name) for name in names))
        for name in names:
            self._count(f"{VALIDATE} {name}", self._ours(f"specs/{name}", command="validate"))
        runs: list[Run] = []
        for spec in self.specs:
            if spec.parent.name in self.left_out:
                continue
            runs.append(_good(self._other(self._accepted(spec))))
            self._count(self._name(spec), runs[-1])
        self._count(SUM, *runs)
        self._imports()

    def size(self, package: Path) -> str:
        """Return how many files and how much Python a package has."""
        files = sorted(package.rglob("*.py"))
        count = sum(file.stat().st_size for file in files)
        return f"{len(files)} files, {count / 1024:,.0f} KiB"

    def _imports(self) -> None:
        folder, large = self.folder / "project" / "generated", self.folder / "large"
        codes = {"start of Python alone": "pass"}
        for package in sorted(path.name for path in folder.iterdir()):
            codes[f"import {package}"] = f"from {package} import Client, AsyncClient"
        codes[f"import a client of {LARGE:,} operations"] = "from large import Client"
        places = {"PYTHONPATH": os.pathsep.join(map(str, (folder, large)))}
        for each in (folder, large):
            compileall.compile_dir(each, quiet=1)
        for name, code in codes.items():
            command, said = [sys.executable, "-c", code], self.folder / "said"
            environment = {**self.environment, **places}
            self._count(name, _good(run(command, self.folder, environment, said)))

    def _ours(self, *options: str, command: str = "generate") -> Run:
        whole = ["brokerspec", command, *options]
        project = self.folder / "project"
        return _good(run(self._found(whole), project, self.environment, self.folder / "said"))

    def _other(self, spec: Path) -> Run:
        target = self.folder / "other" / spec.parent.name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(exist_ok=True)
        command = [OTHER, "generate", "--path", str(spec), "--output-path", str(target)]
        return run(self._found(command), self.folder, self.environment, self.folder / "said")

    def _found(self, command: list[str]) -> list[str]:
        return [str(Path(sys.executable).parent / command[0]), *command[1:]]

    def _accepted(self, spec: Path) -> Path:
        name = spec.parent.name
        return self.folder / "reduced" / name / spec.name if name in self.refused else spec

    def _name(self, spec: Path) -> str:
        name = spec.parent.name
        return f"{OTHER}, {name}{' (reduced)' if name in self.refused else ''}"

    def _count(self, name: str, *runs: Run) -> None:
        self.took.setdefault(name, Measured()).add(*runs)


def _good(done: Run) -> Run:
    if done.code:
        raise Failed(f"a measured command ended with exit code {done.code}:\n{done.said}")
    return done


def report(bench: Bench, rounds: int, console: Console) -> None:
    """Print what was measured."""
    table = Table(title=f"Wall time, median and range of {rounds} rounds; CPU time, median")
    table.add_column("what")
    for heading in ("wall", "range", "CPU"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, measured in bench.took.items():
        table.add_row(name, *measured.cells())
        if name in (ONE_BY_ONE, SUM):
            table.add_section()
    console.print(table)
    sizes = Table(title="What is written (Python only)")
    for heading in ("package", "brokerspec", OTHER):
        sizes.add_column(heading, justify="left" if heading == "package" else "right")
    for spec in bench.specs:
        name = spec.parent.name
        ours = bench.size(bench.folder / "project" / "generated" / name)
        sizes.add_row(name, ours, bench.size(bench.folder / "other" / name))
    console.print(sizes)
    _remarks(bench, console)


def _remarks(bench: Bench, console: Console) -> None:
    console.print(f"Wall time of '{SUM}' divided by that of another row in the same round:")
    for name in (FRESH, UNCHANGED, CHECK, FRESH_CHECK, ONE_BY_ONE):
        pairs = zip(bench.took[SUM].wall, bench.took[name].wall, strict=True)
        ratios = sorted(other / ours for other, ours in pairs)
        middle = statistics.median(ratios)
        console.print(f"  {middle:4.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})  {name}")
    noise = statistics.median(measured.noise() for measured in bench.took.values())
    console.print(f"Noise: the range of a row is {noise:.0%} of its median (median of the rows).")
    start = bench.took["start of Python alone"].median
    console.print(f"An import includes the start of Python, {milliseconds(start)}.")
    for name, said in bench.refused.items():
        console.print(f"\n{OTHER} refuses the spec of {name}:")
        console.print(
            "\n".join(f"  {line}" for line in said.strip().splitlines()[:8]), markup=False
        )
        if name in bench.left_out:
            console.print("It refuses that spec without x- keys too. The sum is without it.")
        else:
            console.print("It was given that spec without x- keys and without `items: false`.")


def main() -> None:
    """Take the rounds and print the tables."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    with tempfile.TemporaryDirectory(prefix="brokerspec-bench-") as folder:
        bench = Bench(Path(folder))
        bench.start()
        for _ in track(range(rounds), "rounds", console=Console(stderr=True), transient=True):
            bench.round()
        today = datetime.now(UTC).date()
        console.print(f"{today}, {platform.machine()}, {os.cpu_count()} cores")
        versions = (f"{name} {version(name)}" for name in ("brokerspec", OTHER))
        console.print(f"Python {platform.python_version()}, {', '.join(versions)}\n")
        report(bench, rounds, console)
    console.print()
    runtime.report(console)


if __name__ == "__main__":
    try:
        main()
    except (Failed, runtime.Failed) as failed:
        sys.exit(str(failed))
