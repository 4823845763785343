"""Remember finished work, so that an unchanged spec costs next to nothing.

The key covers everything that a result is made from: the spec, how the banner names it, the
generator's own source and the versions of the libraries that write code. What is remembered
is the result, so generated files are still compared byte for byte. An entry counts only when
it is whole, and only from a folder that nobody else can write to. What the generator's source
was is remembered too, by what the file system tells of each of its files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

_LIBRARIES: Final = ("datamodel-code-generator", "jinja2", "msgspec", "pyyaml", "ruff")
_REQUIRES: Final = "Requires-Dist: "
_HERE: Final = Path(__file__).parent
# What has not been used for the longest time is dropped beyond these.
_MOST_BYTES: Final = 256 * 1024 * 1024
_MOST_ENTRIES: Final = 500
# The coarsest time stamp of a file: within it, one that changes again may tell the same.
_TICK: Final = 2_000_000_000


def key_of(*parts: bytes) -> str:
    """Return the name under which something made from these parts is remembered."""
    digest = hashlib.sha256(_generator())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def digest_of(content: bytes) -> str:
    """Return what tells contents from each other."""
    return hashlib.sha256(content).hexdigest()


def recall(key: str) -> dict[str, Any] | None:
    """Return what is remembered under a key, None when there is nothing that can be trusted."""
    content = recall_content(key)
    try:
        found: object = None if content is None else json.loads(content)
    except ValueError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def recall_content(key: str) -> bytes | None:
    """Return the content of an entry, None when there is none that can be trusted."""
    place = _place(key)
    try:
        if not _is_own(place.parent) or not _is_own(place):
            return None
        with place.open("rb") as file:
            seal, content = file.readline(), file.read()
        if seal != _seal(key, content):
            return None
        os.utime(place)
    except OSError:
        return None
    return content


def remember(key: str, value: Mapping[str, Any]) -> None:
    """Keep a value; a folder that cannot be written is no error."""
    remember_content(key, json.dumps(value).encode())


def remember_content(key: str, content: bytes) -> None:
    """Keep the content of an entry in the same way."""
    import tempfile

    place = _place(key)
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(place.parent):
            return
        handle, temporary = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(_seal(key, content))
            file.write(content)
        os.replace(temporary, place)
        _prune(place.parent)
    except OSError:
        return


def _seal(key: str, content: bytes) -> bytes:
    """Return the first line of an entry, by which it is known to be whole and its own."""
    digest = hashlib.sha256(key.encode())
    # Contents are large, and would be copied to be put together.
    digest.update(content)
    return digest.hexdigest().encode() + b"\n"


def version_of(library: str) -> str:
    """Return the version of a library that is installed.

    The names of the folders beside it say it. To ask `importlib.metadata` takes as long as
    the rest of a run in which nothing changed.
    """
    folder = _installed().get(_plain(library))
    return folder.stem.partition("-")[2] if folder else _asked(library)


def requirements_of(library: str) -> list[str]:
    """Return what a library that is installed requires; nothing for one that is not."""
    try:
        text = (_installed()[_plain(library)] / "METADATA").read_text(encoding="utf-8")
    except (KeyError, OSError):
        return _asked_requirements(library)
    head = text.partition("\n\n")[0].splitlines()
    return [line.removeprefix(_REQUIRES) for line in head if line.startswith(_REQUIRES)]


def _asked(library: str) -> str:
    from importlib.metadata import version

    return version(library)


def _asked_requirements(library: str) -> list[str]:
    from importlib.metadata import PackageNotFoundError, requires

    try:
        return requires(library) or []
    except PackageNotFoundError:
        return []


@cache
def _installed() -> Mapping[str, Path]:
    """Return where the metadata of each library is."""
    found: dict[str, Path] = {}
    for folder in reversed(sys.path):
        with contextlib.suppress(OSError):
            for name in sorted(os.listdir(folder or ".")):
                if name.endswith(".dist-info"):
                    found[_plain(name.partition("-")[0])] = Path(folder, name)
    return found


def _plain(library: str) -> str:
    return library.lower().replace("-", "_").replace(".", "_")


def _place(key: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "brokerspec" / f"{key}.json"


def _is_own(path: Path) -> bool:
    """Say whether only this user can have written what is there."""
    if sys.platform == "win32":
        return True
    found = path.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _prune(folder: Path) -> None:
    entries: list[tuple[float, int, str]] = []
    with os.scandir(folder) as listed:
        for entry in listed:
            # Another run may have dropped it meanwhile.
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                entries.append((found.st_mtime, found.st_size, entry.path))
    total = 0
    for count, (_, size, path) in enumerate(sorted(entries, reverse=True)):
        total += size
        if count and (total > _MOST_BYTES or count >= _MOST_ENTRIES):
            with contextlib.suppress(OSError):
                os.unlink(path)


def source_digest(root: Path, now: int) -> bytes:
    """Return the digest of all files of the generator and the runtime in a folder.

    To read them takes a tenth of a run in which nothing changed, so the digest is remembered,
    unless a file changed so shortly before `now` that its times need not tell.
    """
    files = sorted(_sources(root))
    told = digest_of(repr((str(root), files)).encode())
    known = recall_content(told)
    if known is not None:
        return known
    digest = hashlib.sha256()
    for name, *_ in files:
        digest.update(name.encode() + b"\n" + (root / name).read_bytes())
    if all(max(times) < now - _TICK for *_, times in files):
        remember_content(told, digest.digest())
    return digest.digest()


def _sources(root: Path) -> Iterator[tuple[str, int, int, tuple[int, int]]]:
    """Yield the name of every file, and all that changes when its content does."""
    folders = ["brokerspec", "brokerspec_runtime"]
    for folder in folders:
        with os.scandir(root / folder) as listed:
            for entry in listed:
                name = f"{folder}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    folders.append(name)
                elif entry.is_file() and not name.endswith(".pyc"):
                    found = entry.stat()
                    times = found.st_mtime_ns, found.st_ctime_ns
                    yield name, found.st_ino, found.st_size, times


@cache
def _generator() -> bytes:
    """Return what tells this generator and its libraries from others."""
    digest = hashlib.sha256(source_digest(_HERE.parent, time.time_ns()))
    for name in _LIBRARIES:
        digest.update(f"{name} {version_of(name)}\n".encode())
    return digest.digest()
