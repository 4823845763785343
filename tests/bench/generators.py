"""Measure generators beside each other: the same documents, cold, in turns. Judges nothing.

The documents are made here, with 10, 100 and 1,000 operations; those of a folder join them
when `BROKERSPEC_PUBLIC_SPECS` names it. Every other generator gets an environment of its own,
with the first Python that it runs on: `BROKERSPEC_BENCH_PYTHON` names some, as a PATH has them.
What cannot run, or takes longer than the limit, is named with the reason.
`python tests/bench/generators.py 5` takes five rounds; `--help` tells the rest.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from documents import change_one_operation, write
from installing import PEERS, Peer, Workshop, reason
from measuring import Measured, Run, milliseconds, run
from rich.console import Console
from rich.progress import track
from rich.table import Table

GENERATOR: Final = Path(__file__).parents[2] / "generator"
ROUNDS: Final = 3
# One run of another generator that takes longer is stopped.
LIMIT: Final = 300.0
# Where there is no terminal, a table has room for whole names.
WIDTH: Final = 140
OURS: Final = "brokerspec"
SAME: Final = "brokerspec, no change"
CHANGED: Final = "brokerspec, one operation changed"
SIZES: Final = (10, 100, 1_000)
GROWTH: Final = (125, 250, 500, 1_000, 2_000)


@dataclass(slots=True)
class Bench:
    """A folder to work in, the documents, and what each generator took for each of them."""

    folder: Path
    workshop: Workshop
    documents: list[Path] = field(default_factory=list[Path])
    took: dict[tuple[str, str], Measured] = field(default_factory=dict[tuple[str, str], Measured])
    reasons: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def start(self, peers: Iterable[Peer], sizes: Iterable[int]) -> None:
        """Make the documents and the environments."""
        # The others are installed with their bytecode too.
        compileall.compile_dir(GENERATOR, quiet=1)
        self.documents = [write(self.folder, size) for size in sizes]
        public = os.environ.get("BROKERSPEC_PUBLIC_SPECS")
        if public:
            found = sorted(Path(public).glob("*.yaml"), key=lambda path: path.stat().st_size)
            self.documents += [Path(shutil.copyfile(one, self.folder / one.name)) for one in found]
        for peer in peers:
            why = self.workshop.install(peer, write(self.folder / "trial", SIZES[0]))
            if why:
                self.reasons[peer.name, ""] = why

    def round(self, document: Path, peers: Iterable[Peer]) -> None:
        """Run every generator once for a document."""
        self._ours(document)
        for peer in peers:
            name = (peer.name, document.stem)
            if (peer.name, "") not in self.reasons and name not in self.reasons:
                self._count(name, self.workshop.run(peer, document))

    def grow(self, sizes: Iterable[int], rounds: int) -> list[tuple[int, Measured]]:
        """Measure ours for documents that double in size."""
        grown = [(size, write(self.folder, size), Measured()) for size in sizes]
        for _ in range(rounds):
            for _, document, measured in grown:
                self._emptied("cache")
                self._emptied("ours")
                measured.add(self._generate(document))
        return [(size, measured) for size, _, measured in grown]

    def _ours(self, document: Path) -> None:
        self._emptied("cache")
        self._emptied("ours")
        before = document.read_bytes()
        for name in (OURS, SAME, CHANGED):
            if name != CHANGED or change_one_operation(document):
                self._count((name, document.stem), self._generate(document))
        document.write_bytes(before)

    def _generate(self, document: Path) -> Run:
        out = str(self.folder / "ours")
        words = ["generate", "--spec", str(document), "--output", out, "--package", "made"]
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": str(GENERATOR),
        }
        command = [sys.executable, "-m", OURS, *words]
        return run(command, self.folder, environment, self.folder / "said")

    def _count(self, name: tuple[str, str], done: Run) -> None:
        if done.code:
            self.reasons[name] = reason(done, self.workshop.limit)
            self.took.pop(name, None)
        else:
            self.took.setdefault(name, Measured()).add(done)

    def _emptied(self, name: str) -> Path:
        shutil.rmtree(self.folder / name, ignore_errors=True)
        return self.folder / name


def table(bench: Bench, document: Path, rounds: int) -> Table:
    """Return what each generator took for a document, and its ratio to ours."""
    size = f"{document.stat().st_size / 1024:,.0f} KiB"
    made = Table(title=f"{document.stem}, {size}: medians of {rounds} cold runs")
    made.add_column("generator", no_wrap=True)
    for heading in ("CPU", "wall", "range of the wall time", "peak memory", "CPU : ours"):
        made.add_column(heading, justify="right", no_wrap=True)
    ours = bench.took.get((OURS, document.stem))
    for name in (OURS, SAME, CHANGED, *(peer.name for peer in PEERS)):
        measured = bench.took.get((name, document.stem))
        if measured is None:
            made.add_row(name, "-", "-", "-", "-", "-")
            continue
        wall, spread, cpu = measured.cells()
        peak = f"{statistics.median(measured.peak) / 1024:,.0f} MiB"
        ratio = (
            f"{statistics.median(measured.cpu) / statistics.median(ours.cpu):.2f}" if ours else "-"
        )
        made.add_row(name, cpu, wall, spread, peak, ratio)
    return made


def growth(grown: Iterable[tuple[int, Measured]]) -> Table:
    """Return how the cost of ours grows with the document."""
    made = Table(title="Cost of brokerspec by size: documents made alike, nothing remembered")
    for heading in ("operations", "CPU", "CPU for each operation", "peak memory"):
        made.add_column(heading, justify="right", no_wrap=True)
    for size, measured in grown:
        cpu = statistics.median(measured.cpu)
        peak = f"{statistics.median(measured.peak) / 1024:,.0f} MiB"
        made.add_row(f"{size:,}", milliseconds(cpu), f"{cpu / size * 1000:.2f} ms", peak)
    return made


def wanted() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition(".")[0] if __doc__ else "")
    parser.add_argument("rounds", type=int, nargs="?", default=ROUNDS)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, metavar="OPERATIONS")
    parser.add_argument("--growth", type=int, nargs="*", default=GROWTH, metavar="OPERATIONS")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS")
    parser.add_argument("--environments", type=Path, help="a folder that keeps what is installed")
    return parser.parse_args()


def measure(asked: argparse.Namespace, folder: Path, console: Console) -> None:
    """Take the rounds and print the tables."""
    kept = asked.environments or folder / "environments"
    kept.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder, Workshop(kept.resolve(), folder, asked.limit))
    bench.start(PEERS, asked.sizes)
    cores = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    load = f"load {os.getloadavg()[0]:.1f} at the start"
    console.print(f"{datetime.now(UTC).date()}, {platform.machine()}, {cores}, {load}")
    for peer in PEERS:
        if (peer.name, "") not in bench.reasons:
            console.print(f"{peer.name}: {bench.workshop.python_of(peer)}")
    console.print(f"A run of another generator is stopped after {asked.limit:g} s.\n")
    turns = [document for document in bench.documents for _ in range(asked.rounds)]
    for document in track(turns, "rounds", console=Console(stderr=True), transient=True):
        bench.round(document, PEERS)
    for document in bench.documents:
        console.print(table(bench, document, asked.rounds))
    for (name, stem), why in bench.reasons.items():
        console.print(f"{name}{f', {stem}' if stem else ''}: {why}", markup=False)
    console.print(f"{noise(bench.took.values(), asked.rounds)}\n")
    console.print(growth(bench.grow(asked.growth, asked.rounds)))


def noise(took: Iterable[Measured], rounds: int) -> str:
    """Say how far equal runs lay apart."""
    if rounds == 1:
        return "Noise: one round does not show it."
    half = statistics.median(measured.noise() for measured in took)
    return f"Noise: half of the rows have a range above {half:.0%} of their median."


def main() -> None:
    """Measure in a temporary folder."""
    asked = wanted()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    with tempfile.TemporaryDirectory(prefix="brokerspec-bench-") as folder:
        measure(asked, Path(folder), console)


if __name__ == "__main__":
    main()
