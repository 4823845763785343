"""Watch what generation itself does: which files it opens, and that it asks no network."""

from __future__ import annotations

import os
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[3]
_OUTSIDE: Final = ("socket.", "urllib.", "http.", "os.system", "os.exec", "os.spawn", "os.fork")
_CHANGES: Final = ("os.remove", "os.rename", "os.chmod", "os.link", "os.symlink", "os.truncate")
# Where templates are remembered as Python reads them, once for each state of the generator.
_CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "brokerspec"
_CACHED: Final = os.path.realpath(_CACHE)
_READ: Final = (
    *(str(ROOT), os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)),
    *(*zoneinfo.TZPATH, tempfile.gettempdir()),
)
# Of the context that watches now; a hook stays for as long as the process.
_watched: list[tuple[str, list[str]]] = []
_hooks: list[str] = []


@contextmanager
def watching(folder: Path) -> Iterator[None]:
    """Let nothing be read but the folder and what is installed, and nothing else be touched."""
    if not _hooks:
        _hooks.append("installed")
        sys.addaudithook(_hook)
    seen: list[str] = []
    _watched.append((os.path.realpath(folder), seen))
    try:
        yield
    finally:
        _watched.pop()
    assert not seen, seen


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watched:
        return
    folder, seen = _watched[-1]
    if event == "open" and isinstance(arguments[0], str):
        path, mode = os.path.realpath(arguments[0]), arguments[1]
        is_writing = mode is not None and any(kind in mode for kind in "wax+")
        own = (folder, _CACHED)
        allowed = own if is_writing else (*own, *_READ)
        # Modules that are loaded meanwhile are written down by Python.
        if not path.startswith(allowed) and not path.endswith(".pyc"):
            seen.append(f"open {path}")
    elif event in _CHANGES and str(arguments[0]).startswith(str(_CACHE)):
        return
    elif event.startswith(_OUTSIDE) or event in _CHANGES:
        seen.append(f"{event} {arguments!r}"[:200])
