"""Generate from documents within bounds of time and memory: run as a process of its own.

Prints for each document of a folder its name and the codes of its refusal, `made`, or how it died.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from brokerspec.diagnostics import SpecError
from brokerspec.generate import Job, read
from brokerspec.plan import plan
from brokerspec.render import render

_SECONDS = 5
_MEMORY = 1 << 30


def answers_of(folder: Path) -> dict[str, str]:
    """Return the answer to each document of a folder, by its name, as a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, str(folder)],
        env={"PYTHONPATH": str(Path(sys.modules["brokerspec"].__file__ or "").parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


def main(folder: Path) -> None:
    """Take the documents of a folder one by one, each in a copy of this process."""
    # What the copies would each load is loaded once.
    print(_answer(folder / "plain.yaml"), flush=True)  # noqa: T201
    for spec in sorted(folder.glob("*.*")):
        if copy := os.fork():
            _, status = os.waitpid(copy, 0)
            if status:
                print(f"{spec.stem} died {status}", flush=True)  # noqa: T201
            continue
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        print(_answer(spec), flush=True)  # noqa: T201
        os._exit(0)


def _answer(spec: Path) -> str:
    try:
        api, _ = read(Job(spec, "made", spec.name, is_ours=False))
        render(plan(api, spec.name, may_split=True))
    except SpecError as error:
        codes = sorted({item.code for item in error.diagnostics})
        return f"{spec.stem} {' '.join(codes)}"
    return f"{spec.stem} made"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
