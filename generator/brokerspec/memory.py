"""The packages that earlier runs made: under which key, and until which file changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brokerspec import cache
from brokerspec.diagnostics import Diagnostic, Severity, Where
from brokerspec.files import content_of

if TYPE_CHECKING:
    from brokerspec.generate import Job
    from brokerspec.parts import Parts
    from brokerspec.pieces import Pieces


@dataclass(frozen=True, slots=True)
class Finished:
    """A package: its files, the warnings about its spec, and the other files that were read.

    Those have their digest, an empty one where no file was found. `keys` are those of its
    modules, by which the next run knows them.
    """

    files: dict[str, str]
    warnings: Sequence[Diagnostic] = ()
    opened: Mapping[str, str] = field(default_factory=dict[str, str])
    keys: Mapping[str, str] = field(default_factory=dict[str, str])


def key_of(job: Job) -> str:
    """Return the name under which the package of a job is remembered."""
    # Warnings name files as they are seen from the folder in which the command runs.
    names = (
        job.package,
        job.label,
        str(job.spec),
        str(Path.cwd()),
        str(job.is_ours),
        str(job.is_project),
    )
    files = (job.spec, job.changelog, *((job.extensions,) if job.extensions else ()))
    content = (_content(path) or b"" for path in files)
    return cache.key_of(*content, *map(_name, names))


def digests(opened: Iterable[Path], folder: Path) -> dict[str, str]:
    """Return the digests of files by their path from a folder."""
    return {path.relative_to(folder).as_posix(): _digest(path) for path in sorted(opened)}


def recall(key: str, folder: Path) -> Finished | None:
    """Return a package, None when it is not known or a file that it was made from changed."""
    known = _finished(key)
    try:
        same = known and all(_digest(folder / n) == found for n, found in known.opened.items())
    except (AttributeError, TypeError, ValueError):
        return None
    return known if same else None


def _finished(key: str) -> Finished | None:
    """Return a package that is known, whatever became of what it was made from."""
    content = cache.recall_content(key)
    if content is None:
        return None
    try:
        start = content.index(b"\n") + 1
        found = json.loads(content[:start])
        files: dict[str, str] = {}
        for name, size in found["sizes"].items():
            files[name] = content[start : start + size].decode()
            start += size
        warnings = [_warning(each) for each in found["warnings"]]
        return Finished(files, warnings, dict(found["opened"]), dict(found["keys"]))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def remember(job: Job, key: str, made: Finished) -> None:
    """Keep a package, whose modules are what the next run of the job knows."""
    # The texts stand as they are: they are most of it, and JSON takes its time over them.
    texts = {name: text.encode() for name, text in made.files.items()}
    head = {
        "sizes": {name: len(text) for name, text in texts.items()},
        "warnings": [asdict(warning) for warning in made.warnings],
        "opened": dict(made.opened),
        "keys": dict(made.keys),
    }
    cache.remember_content(key, b"\n".join((json.dumps(head).encode(), b"".join(texts.values()))))
    cache.remember(_kept_key(job, "modules"), {"of": key})


def recall_modules(job: Job) -> dict[str, str]:
    """Return the modules that the run before made of a job, under their keys."""
    of = (cache.recall(_kept_key(job, "modules")) or {}).get("of")
    known = _finished(of) if isinstance(of, str) else None
    if known is None:
        return {}
    return {key: known.files[name] for name, key in known.keys.items() if name in known.files}


def recall_parts(job: Job) -> Parts:
    """Return the parts of a spec's text as the run before read them."""
    import msgspec

    from brokerspec.parts import Parts

    content = cache.recall_content(_kept_key(job, "parts"))
    try:
        return Parts(msgspec.json.decode(content or b"{}", type=dict[str, msgspec.Raw]))
    except msgspec.MsgspecError:
        return Parts()


def remember_parts(job: Job, parts: Parts) -> None:
    """Keep the parts of a spec's text, where there are any, in place of those of the run before."""
    import msgspec

    if parts.made:
        cache.remember_content(_kept_key(job, "parts"), msgspec.json.encode(parts.made))


def recall_pieces(job: Job) -> Pieces:
    """Return the pieces of the plan that the run before made of a job."""
    import msgspec

    from brokerspec.pieces import Pieces

    content = cache.recall_content(_kept_key(job, "pieces"))
    try:
        return msgspec.msgpack.decode(content or b"\x80", type=Pieces)
    except msgspec.MsgspecError:
        return Pieces()


def remember_pieces(job: Job, pieces: Pieces) -> None:
    """Keep the pieces of a job's plan in place of those of the run before."""
    import msgspec

    from brokerspec.text import plain

    # What an encoder made is a text of a class of its own.
    content = msgspec.msgpack.encode(pieces, enc_hook=plain)
    cache.remember_content(_kept_key(job, "pieces"), content)


def _kept_key(job: Job, kind: str) -> str:
    place = str(job.spec.absolute())
    names = (kind, job.package, place, str(job.is_ours), str(job.is_project))
    return cache.key_of(*map(_name, names))


def _name(name: str) -> bytes:
    """Return the bytes of a name, which a system may have put together from any bytes."""
    return name.encode(errors="surrogatepass")


def _warning(found: Mapping[str, Any]) -> Diagnostic:
    where = Where(**found["where"]) if found["where"] else None
    return Diagnostic(
        Severity(found["severity"]), found["code"], where, found["message"], found["hint"]
    )


def _digest(path: Path) -> str:
    content = _content(path)
    return "" if content is None else cache.digest_of(content)


def _content(path: Path) -> bytes | None:
    try:
        return content_of(path)
    except (OSError, ValueError):
        return None
