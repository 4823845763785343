"""Measure generators beside each other: the same documents, cold, in turns. Judges nothing.

The documents are made here, with 10, 100 and 1,000 operations; those of a folder join them
when `BROKERSPEC_PUBLIC_SPECS` names it. Every other generator gets an environment of its own,
with the Python that `BROKERSPEC_BENCH_PYTHON` names, or else with this one. What cannot run
is named with the reason. `python tests/bench/generators.py 5` takes five rounds.
"""

from __future__ import annotations

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
from measuring import Measured, Run, milliseconds, run
from rich.console import Console
from rich.progress import track
from rich.table import Table

GENERATOR: Final = Path(__file__).parents[2] / "generator"
ROUNDS: Final = 3
OURS: Final = "brokerspec"
SAME: Final = "brokerspec, no change"
CHANGED: Final = "brokerspec, one operation changed"
SIZES: Final = (10, 100, 1_000)
GROWTH: Final = (125, 250, 500, 1_000, 2_000)


@dataclass(frozen=True, slots=True)
class Peer:
    """Another generator: what is installed, and the words of its command."""

    package: str
    words: tuple[str, ...]
    needs: str = ""

    @property
    def name(self) -> str:
        """Its name without extras."""
        return self.package.partition("[")[0]


PEERS: Final = (
    Peer(
        "openapi-python-client",
        (
            "openapi-python-client",
            "generate",
            "--overwrite",
            "--path",
            "{spec}",
            "--output-path",
            "{out}",
        ),
    ),
    Peer(
        "openapi-generator-cli",
        ("openapi-generator-cli", "generate", "-g", "python", "-i", "{spec}", "-o", "{out}"),
        needs="java",
    ),
    Peer(
        "datamodel-code-generator[all]",
        (
            *("datamodel-codegen", "--generate-client", "httpx2", "--input", "{spec}"),
            *("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel"),
            *("--output", "{out}/models.py", "--client-output", "{out}/client"),
            *("--client-package", "made.client", "--client-model-package", "made.models"),
        ),
    ),
    Peer(
        "unihttp-openapi-generator",
        (
            *("unihttp-openapi-generator", "generate", "{spec}", "--output-dir", "{out}"),
            *("--package-name", "made"),
        ),
    ),
    Peer(
        "pyopenapi-gen",
        (
            *("pyopenapi-gen", "gen", "{spec}", "--project-root", "{out}"),
            *("--output-package", "made", "--force", "--no-postprocess"),
        ),
    ),
)


@dataclass(slots=True)
class Bench:
    """A folder to work in, the documents, and what each generator took for each of them."""

    folder: Path
    documents: list[Path] = field(default_factory=list[Path])
    took: dict[tuple[str, str], Measured] = field(default_factory=dict[tuple[str, str], Measured])
    reasons: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def start(self, peers: Iterable[Peer]) -> None:
        """Make the documents and the environments."""
        # The others are installed with their bytecode too.
        compileall.compile_dir(GENERATOR, quiet=1)
        self.documents = [write(self.folder, size) for size in SIZES]
        public = os.environ.get("BROKERSPEC_PUBLIC_SPECS")
        if public:
            found = sorted(Path(public).glob("*.yaml"), key=lambda path: path.stat().st_size)
            self.documents += [Path(shutil.copyfile(one, self.folder / one.name)) for one in found]
        for peer in peers:
            reason = self._install(peer)
            if reason:
                self.reasons[peer.name, ""] = reason

    def round(self, document: Path, peers: Iterable[Peer]) -> None:
        """Run every generator once for a document."""
        self._ours(document)
        for peer in peers:
            name = (peer.name, document.stem)
            if (peer.name, "") in self.reasons or name in self.reasons:
                continue
            target = self._emptied("other")
            target.mkdir()
            words = [word.format(spec=document, out=target) for word in peer.words]
            self._count(name, self._run(words, self.folder / peer.name / "bin"))

    def grow(self, rounds: int) -> list[tuple[int, Measured]]:
        """Measure ours for documents that double in size."""
        grown = [(size, write(self.folder, size), Measured()) for size in GROWTH]
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
        return self._run(["python", "-m", OURS, *words], Path(sys.executable).parent)

    def _run(self, words: list[str], binaries: Path) -> Run:
        environment = {
            "PATH": os.pathsep.join([str(binaries), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": str(GENERATOR) if words[1:3] == ["-m", OURS] else "",
        }
        command = [str(binaries / words[0]), *words[1:]]
        return run(command, self.folder, environment, self.folder / "said")

    def _count(self, name: tuple[str, str], done: Run) -> None:
        if done.code:
            lines = [line.strip() for line in done.said.splitlines() if line.strip(" ╰─╯")]
            self.reasons[name] = f"exit code {done.code}: {lines[-1][:120] if lines else ''}"
            self.took.pop(name, None)
        else:
            self.took.setdefault(name, Measured()).add(done)

    def _install(self, peer: Peer) -> str:
        """Make the environment of a generator; return why there is none."""
        if peer.needs and not shutil.which(peer.needs):
            return f"needs {peer.needs}, which is not installed"
        uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
        python = os.environ.get("BROKERSPEC_BENCH_PYTHON") or sys.executable
        home = self.folder / peer.name
        target = ("--python", str(home / "bin" / "python"))
        for words in (
            (uv, "venv", "--quiet", "--python", python, str(home)),
            (uv, "pip", "install", "--quiet", "--compile-bytecode", *target, peer.package),
        ):
            done = run(words, self.folder, os.environ, self.folder / "said")
            if done.code:
                return " ".join(done.said.split())[:160]
        return ""

    def _emptied(self, name: str) -> Path:
        shutil.rmtree(self.folder / name, ignore_errors=True)
        return self.folder / name


def table(bench: Bench, document: Path, rounds: int) -> Table:
    """Return what each generator took for a document, and its ratio to ours."""
    size = f"{document.stat().st_size / 1024:,.0f} KiB"
    made = Table(title=f"{document.stem}, {size}: medians of {rounds} cold runs")
    made.add_column("generator")
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


def main() -> None:
    """Take the rounds and print the tables."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    with tempfile.TemporaryDirectory(prefix="brokerspec-bench-") as folder:
        bench = Bench(Path(folder))
        bench.start(PEERS)
        turns = [document for document in bench.documents for _ in range(rounds)]
        for document in track(turns, "rounds", console=Console(stderr=True), transient=True):
            bench.round(document, PEERS)
        today = datetime.now(UTC).date()
        cores = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        console.print(f"{today}, {platform.machine()}, {cores}\n")
        for document in bench.documents:
            console.print(table(bench, document, rounds))
        for (name, document), reason in bench.reasons.items():
            console.print(f"{name}{f', {document}' if document else ''}: {reason}", markup=False)
        noise = statistics.median(measured.noise() for measured in bench.took.values())
        console.print(f"Noise: half of the rows have a range above {noise:.0%} of their median.\n")
        console.print(growth(bench.grow(rounds)))


if __name__ == "__main__":
    main()
