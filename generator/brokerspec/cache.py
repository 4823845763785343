"""Remember finished packages, so that an unchanged spec costs next to nothing.

The key covers everything that a package is made from: the spec, how the banner names
it, the generator's own source and the versions of the libraries that write code. What
is remembered is the result, so generated files are still compared byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, cast

_LIBRARIES: Final = ("datamodel-code-generator", "jinja2", "msgspec", "pyyaml", "ruff")
_HERE: Final = Path(__file__).parent


def key_of(spec: bytes, package: str, label: str) -> str:
    """Return the name under which a package is remembered."""
    digest = hashlib.sha256(_generator())
    for part in (spec, package.encode(), label.encode()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def recall(key: str) -> dict[str, str] | None:
    """Return the files remembered under a key, None when there are none."""
    try:
        return cast("dict[str, str]", json.loads(_place(key).read_bytes()))
    except (OSError, ValueError):
        return None


def remember(key: str, files: Mapping[str, str]) -> None:
    """Keep the files of a package; a folder that cannot be written is no error."""
    try:
        _place(key).parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=_place(key).parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(files, file)
        os.replace(temporary, _place(key))
    except OSError:
        return


def _place(key: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "brokerspec" / f"{key}.json"


@cache
def _generator() -> bytes:
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(_HERE.rglob("*")):
        if path.suffix in (".py", ".jinja", ".jinja2"):
            digest.update(path.relative_to(_HERE).as_posix().encode() + b"\n" + path.read_bytes())
    return digest.digest()
