"""Write the golden package again from its spec: `make golden`."""

from __future__ import annotations

import sys
from pathlib import Path

from brokerspec.generate import Job, build
from brokerspec.write import write

HERE = Path(__file__).parent / "golden"
PACKAGE = "example_exchange"


def made() -> dict[str, str]:
    """Return the files that the spec gives now."""
    job = Job(HERE / "openapi.yaml", PACKAGE, "tests/generator/golden/openapi.yaml")
    return build([job], fresh=True).packages[PACKAGE]


if __name__ == "__main__":
    for difference in write(HERE / PACKAGE, made()):
        sys.stdout.write(f"{difference.kind}: {difference.path}\n")
