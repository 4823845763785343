"""Import packages and tell what they did beside: run as a process of its own.

Prints one line for each event that importing a module must not have, and for each package that
cannot be imported.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
import traceback
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
    "os.putenv", "os.unsetenv", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod",
    "os.link", "os.symlink", "os.truncate", "shutil.", "ctypes.", "urllib.", "http.", "ftplib.",
    "smtplib.", "webbrowser.", "tempfile.", "pty.", "code.__new__", "sqlite3.", "builtins.input",
)  # fmt: skip


def main(folder: Path) -> None:
    """Import every package of a folder."""
    for name in ("brokerspec_runtime.client", "brokerspec_runtime.reconcile", "brokerspec_runtime"):
        importlib.import_module(name)
    if any(folder.glob("*/_runtime")):
        # A runtime that is part of a package loads these, which look at the network.
        for name in ("requests", "httpx2", "authlib.oauth2"):
            importlib.import_module(name)
    seen: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            path = os.path.realpath(arguments[0])
            is_writing = arguments[1] is not None and any(c in arguments[1] for c in "wax+")
            if is_writing or not path.startswith((str(folder), sys.prefix, sys.base_prefix, *own)):
                seen.append(f"open {path}")
        elif event.startswith(_FORBIDDEN):
            seen.append(f"{event} {arguments!r}"[:200])

    # A client whose document names a time zone looks it up.
    own = (*(path for path in sys.path if path), *zoneinfo.TZPATH)
    environment = dict(os.environ)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    sys.addaudithook(watch)
    for package in sorted(path.name for path in folder.iterdir()):
        modules = sorted(modules_of(folder, package))
        try:
            for module in modules:
                importlib.import_module(module)
        except BaseException:
            seen.append(traceback.format_exc(limit=-1).replace("\n", " "))
        if hasattr(builtins, "PWNED") or dict(os.environ) != environment:
            seen.append("the canary is gone")
            vars(builtins).pop("PWNED", None)
            os.environ.clear()
            os.environ.update(environment)
        for line in seen:
            print(package, ascii(line))  # noqa: T201
        seen.clear()
        for module in modules:
            sys.modules.pop(module, None)


def modules_of(folder: Path, package: str) -> Iterator[str]:
    """Yield the names of the modules of a package."""
    for path in (folder / package).rglob("*.py"):
        yield ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
