"""Read files of others: regular ones only, and no more of them than is wanted."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import Final

MOST: Final = 32 * 1024 * 1024


def content_of(path: Path, most: int = MOST) -> bytes:
    """Return what a regular file holds; of one that holds more than `most`, a byte more.

    Raises OSError, also for a pipe or a device: to read one may never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    with path.open("rb") as file:
        return file.read(most + 1)


def is_inside(path: Path, folder: Path) -> bool:
    """Say whether a path stays in a folder, links followed."""
    return path.resolve().is_relative_to(folder.resolve())
