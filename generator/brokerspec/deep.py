"""Room for work that goes as deep as the schemas of a document refer to each other."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
# Enough for some thousands of schemas in a row; the memory is only taken when it is used.
_FRAMES = 60_000
_STACK = 256 * 1024 * 1024


def deeply(work: Callable[[], T]) -> T:
    """Return what `work` returns, which may recurse far deeper here than elsewhere."""
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    sys.setrecursionlimit(_FRAMES)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if failed:
        raise failed[0]
    return found[0]
