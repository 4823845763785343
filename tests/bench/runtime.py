"""Measure the clients at run time: starting, calling, decoding; print tables, judge nothing.

Every figure is compared with others of the same round, so that a slow moment of the
machine strikes all of them alike. `python tests/bench/runtime.py 9` takes nine rounds
instead of seven.
"""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import answers
import starts
from calls import base_of, safe_of
from measuring import Run, run
from peers import OPENAPI_GENERATOR, OPENAPI_PYTHON_CLIENT, Peers, package_of
from rich.console import Console
from rich.table import Table
from rounds import Figures

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
ROUNDS: Final = 7
CALLED: Final = "interactive_gateway"
GENERATORS: Final = (OPENAPI_PYTHON_CLIENT, OPENAPI_GENERATOR)
BROKERS: Final = tuple(sorted(path.parent.name for path in ROOT.glob("generated/*/client.py")))


class Failed(Exception):
    """A measurement that was expected to work did not."""


class Runtime:
    """The packages under test and what was measured of them, all in one folder."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self._folder = folder
        self._rounds = rounds
        self.peers = Peers(folder)

    def prepare(self) -> None:
        """Make the packages of the other generators and compile what will be imported."""
        for book in answers.BOOKS:
            self.peers.make(ROOT / "specs" / book.broker / "openapi.yaml")
        for folder in (ROOT / "generated", ROOT / "generator" / "brokerspec_runtime", self._folder):
            compileall.compile_dir(folder, quiet=1)

    def starting(self) -> tuple[Figures, dict[str, str]]:
        """Time fresh processes; return also which HTTP libraries each of them loads."""
        packages = {
            generator: package_of(generator, CALLED)
            for generator in GENERATORS
            if self.peers.has(generator, CALLED)
        }
        figures, loaded = Figures(), dict[str, str]()
        subjects = starts.subjects(BROKERS, packages, self.peers.modules(CALLED))
        for name, code in list(subjects.items()):
            done = self._python("-c", code + starts.TELL)
            if done.code:
                figures.left_out[name] = f"{name}: {done.said.strip().splitlines()[-1]}"
                del subjects[name]
            else:
                loaded[name] = done.said.strip()
        for _ in range(self._rounds):
            for name, code in subjects.items():
                figures.took.setdefault(name, []).append(_good(self._python("-c", code)).cpu)
        return figures, loaded

    def calling(self) -> Figures:
        """Time one small call, the server being another process."""
        chosen = [peer for peer in GENERATORS if self.peers.has(peer, CALLED)]
        given = [text for peer in chosen for text in (peer, package_of(peer, CALLED))]
        sample = ROOT / "specs" / CALLED / "samples" / "get_balance.response.json"
        with _serving(sample) as port:
            rounds = str(self._rounds * 2)
            done = self._python(str(HERE / "calls.py"), port, rounds, *given)
        return Figures.read(_good(done).said)

    def decoding(self) -> Figures:
        """Time the decoding of large books."""
        given: list[str] = []
        for book in answers.BOOKS:
            for peer in GENERATORS:
                if self.peers.has(peer, book.broker):
                    given += [peer, book.broker, package_of(peer, book.broker)]
        rounds = str(self._rounds)
        done = self._python(str(HERE / "answers.py"), str(ROOT / "specs"), rounds, *given)
        return Figures.read(_good(done).said)

    def _python(self, *arguments: str) -> Run:
        paths = (ROOT / "generator", ROOT / "generated", HERE, self._folder)
        environment = {
            "PATH": os.defpath,
            "HOME": str(self._folder),
            "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
        }
        command = [sys.executable, *arguments]
        return run(command, self._folder, environment, self._folder / "said")


@contextmanager
def _serving(body: Path) -> Iterator[str]:
    command = [sys.executable, str(HERE / "server.py"), str(body)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def _good(done: Run) -> Run:
    if done.code:
        raise Failed(f"a measurement ended with exit code {done.code}:\n{done.said}")
    return done


def _ratio(took: Sequence[float], base: Sequence[float]) -> str:
    ratios = sorted(one / other for one, other in zip(took, base, strict=True))
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def _above(took: Sequence[float], base: Sequence[float]) -> str:
    return _show(statistics.median(one - two for one, two in zip(took, base, strict=True)))


def _show(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs" if abs(seconds) < 0.002 else f"{seconds * 1e3:,.1f} ms"


def _noise(figures: Figures) -> str:
    """Describe how far the rounds of a row lie apart: the middle half, by the median."""
    spreads: list[float] = []
    for took in figures.took.values():
        first, _, third = statistics.quantiles(took, n=4)
        spreads.append((third - first) / statistics.median(took))
    middle = statistics.median(spreads)
    return f"Noise: the middle half of a row's rounds spans {middle:.1%} of its median."


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title)
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index else "left", no_wrap=index > 0)
    return table


def _starting(console: Console, figures: Figures, loaded: Mapping[str, str]) -> None:
    headings = ("what", "median", "above\nPython", "above the\nlibrary", "HTTP\nlibraries")
    table = _table("CPU time of import and construction in a fresh process", *headings)
    took = figures.took
    for name, rounds in took.items():
        base = starts.library_of(name)
        above = _above(rounds, took[base]) if base in took else ""
        alone = _above(rounds, took[starts.PYTHON])
        table.add_row(name, _show(statistics.median(rounds)), alone, above, loaded[name])
    console.print(table)
    console.print("Targets: an import 80 ms with no HTTP library; 50 ms above the library alone.")
    console.print(_noise(figures))


def _calling(console: Console, figures: Figures) -> None:
    headings = ("what", "median", "beside the same by hand", "by hand with care")
    table = _table("CPU time of one small call", *headings)
    for name, rounds in figures.took.items():
        ratios: list[str] = []
        for base_name in (base_of(name), safe_of(name)):
            base = figures.took.get(base_name, rounds)
            ratios.append("" if base is rounds else _ratio(rounds, base))
        table.add_row(name, _show(statistics.median(rounds)), *ratios)
    console.print(table)
    console.print(
        "By hand: the library's own request, and the bytes of the answer. With care: within a"
        " time and a size, with the status looked at and the same types decoded. Our client also"
        " masks secrets, keeps limits, and finds repeated keys, odd numbers and failures.\n"
        "Targets: 1.00 with requests, 1.15 with the others."
    )
    console.print(_noise(figures))


def _decoding(console: Console, figures: Figures) -> None:
    title = f"CPU time of decoding {answers.ROWS:,} rows of an order book"
    table = _table(title, "what", "median", "beside msgspec", "beside json.loads")
    for name, rounds in figures.took.items():
        broker = name.split(":")[0]
        bases = [figures.took[f"{broker}: {base}"] for base in (answers.MSGSPEC, answers.PLAIN)]
        ratios = [_ratio(rounds, base) for base in bases]
        table.add_row(name, _show(statistics.median(rounds)), *ratios)
    console.print(table)
    console.print(
        "Every round decodes the same book, as a program does that polls it: our client has read"
        " its times before, except where a row says so.\n"
        "Targets: 1.2 times msgspec with the same types; half of either generator."
    )
    for peer in GENERATORS:
        for book in answers.BOOKS:
            took = figures.took.get(f"{book.broker}: {peer}")
            if took is None:
                continue
            for ours in (answers.OURS, answers.FIRST):
                ratio = _ratio(took, figures.took[f"{book.broker}: {ours}"])
                console.print(f"  {ratio} times {ours}: {peer}, {book.broker}")
    console.print(_noise(figures))


def report(console: Console, rounds: int = ROUNDS) -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="brokerspec-bench-") as folder:
        runtime = Runtime(Path(folder), rounds)
        runtime.prepare()
        started, loaded = runtime.starting()
        _starting(console, started, loaded)
        called = runtime.calling()
        _calling(console, called)
        _decoding(console, runtime.decoding())
    left_out = [*started.left_out.values(), *called.left_out.values()]
    for remark in [*runtime.peers.remarks, *(f"Left out: {text}." for text in left_out)]:
        console.print(remark, markup=False)


if __name__ == "__main__":
    try:
        report(
            Console(highlight=False, soft_wrap=not sys.stdout.isatty()),
            int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS,
        )
    except Failed as failed:
        sys.exit(str(failed))
