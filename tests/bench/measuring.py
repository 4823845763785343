"""Run commands as their users run them, each as a process of its own, and time them."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took, its children included, and what it said; `peak` is in KiB."""

    wall: float
    cpu: float
    code: int
    said: str
    peak: int = 0
    is_stopped: bool = False


@dataclass(slots=True)
class Measured:
    """The runs of one thing."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)

    def add(self, *runs: Run) -> None:
        """Count some runs as one: their sum."""
        self.wall.append(sum(run.wall for run in runs))
        self.cpu.append(sum(run.cpu for run in runs))
        self.peak.append(max((run.peak for run in runs), default=0))

    @property
    def median(self) -> float:
        """The median of the wall time."""
        return statistics.median(self.wall)

    def cells(self) -> tuple[str, str, str]:
        """Return median and range of the wall time, and the median of the CPU time."""
        spread = f"{milliseconds(min(self.wall))} to {milliseconds(max(self.wall))}"
        return milliseconds(self.median), spread, milliseconds(statistics.median(self.cpu))

    def noise(self) -> float:
        """Return how far the slowest run is above the fastest, in parts of the median."""
        return (max(self.wall) - min(self.wall)) / self.median


def milliseconds(seconds: float) -> str:
    """Return a time for people."""
    return f"{seconds * 1000:,.0f} ms"


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    limit: float = 0.0,
) -> Run:
    """Run a command to its end, or for `limit` seconds. What it says goes through `output`."""
    with output.open("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=bool(limit),
        )
        # A generator may start others: they are stopped with it.
        timer = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
        if limit:
            timer.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        timer.cancel()
        # Popen must learn that the process was waited for.
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        cpu = used.ru_utime + used.ru_stime
        peak = used.ru_maxrss // 1024 if sys.platform == "darwin" else used.ru_maxrss
        is_stopped = bool(limit) and process.returncode == -signal.SIGKILL and wall >= limit
        return Run(wall, cpu, process.returncode, said.read(), peak, is_stopped)
