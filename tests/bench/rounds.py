"""Time functions by turns in one process, and hand the figures to the process that asked."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Figures:
    """CPU seconds of each subject, one for each round, and why others are left out."""

    took: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    left_out: dict[str, str] = field(default_factory=dict[str, str])

    def measure(self, subjects: Mapping[str, Callable[[], object]], rounds: int) -> None:
        """Run each subject once to warm it up, then once in every round."""
        for work in subjects.values():
            work()
        for _ in range(rounds):
            for name, work in subjects.items():
                gc.collect()
                began = time.process_time()
                work()
                self.took.setdefault(name, []).append(time.process_time() - began)

    def hand_over(self) -> None:
        """Print everything as one line."""
        sys.stdout.write(json.dumps(asdict(self)) + "\n")

    @classmethod
    def read(cls, said: str) -> Figures:
        """Return what another process printed last."""
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        return cls(found["took"], found["left_out"])
