"""Files that people wrote or edited: they are kept, and it is said which."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from brokerspec.write import MARK

# What people change in a project of theirs.
EDITABLE: Final = ("README.md", "pyproject.toml")
_SEAL: Final = re.compile(rb"Edits are kept\. sha256:([0-9a-f]{64})")
_HEAD: Final = 600


def sealed(text: str) -> str:
    """Return a text whose first line says by a digest whether it was edited since."""
    digest = _digest(text.encode())
    return text.replace("Edits are lost.", f"Edits are kept. sha256:{digest}", 1)


def without_kept(folder: Path, files: Mapping[str, str]) -> tuple[dict[str, str], list[Path]]:
    """Return the files that may be written into a folder, and those that stay as they are."""
    kept = [folder / name for name in files if is_kept(folder / name)]
    known = set(kept)
    return {name: text for name, text in files.items() if folder / name not in known}, kept


def is_kept(path: Path) -> bool:
    """Say whether a file is a person's: it has no mark of ours, or was edited where it may be."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        # Of most files no more has to be read; with other ends of lines it may be as much again.
        start = file.read(2 * _HEAD)
        head = start.replace(b"\r\n", b"\n")[:_HEAD]
        seal = _SEAL.search(head)
        if MARK.encode() in head and seal is None:
            return False
        content = (start + file.read()).replace(b"\r\n", b"\n")
    if MARK.encode() not in head or seal is None:
        return bool(content.strip())
    return _digest(content.replace(seal[0], b"Edits are lost.", 1)) != seal[1].decode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
