"""Do something again whenever a spec or a sample changes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from brokerspec.console import people
from brokerspec.diagnostics import SpecError
from brokerspec.reports.text import show

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})


def changes_in(folders: Iterable[Path]) -> Iterable[object]:
    """Yield whenever a YAML or JSON file in the folders changes, until interrupted."""
    from watchfiles import watch

    return watch(*folders, watch_filter=lambda _, path: Path(path).suffix.lower() in _SUFFIXES)


def repeat(work: Callable[[], object], changes: Iterable[object]) -> None:
    """Do the work now and after each change; what is wrong is shown and stops nothing."""
    console = people()
    gc.enable()
    try:
        _attempt(work)
        console.print("waiting for changes, Ctrl-C ends")
        for _ in changes:
            _attempt(work)
    except KeyboardInterrupt:
        pass
    console.print("stopped")


def _attempt(work: Callable[[], object]) -> None:
    try:
        work()
    except SpecError as error:
        show(error.diagnostics)
    except OSError as error:
        # An editor may replace a file just while it is read.
        people().print(f"error: {error}", style="red", markup=False)
