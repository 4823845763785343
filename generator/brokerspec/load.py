"""Load a YAML or JSON file into a tree that keeps the line of every node."""

from __future__ import annotations

import gc
import stat
from pathlib import Path
from typing import Final

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where
from brokerspec.parts import Parts
from brokerspec.quick_json import read_quickly
from brokerspec.read_json import read_json
from brokerspec.read_yaml import read_yaml
from brokerspec.text import is_clean, one_line
from brokerspec.tree import DEFAULT, JSON, Builder, Limits, Pointer, Source

__all__ = ["DEFAULT", "JSON", "Limits", "Pointer", "Source", "load", "load_text"]

# To read less part by part gains nothing.
_LARGE: Final = 100_000
_KINDS: Final = {
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "compressed by gzip",
    b"\x89PNG": "an image",
}


def load(path: Path, limits: Limits = DEFAULT, parts: Parts | None = None) -> Source:
    """Read one file; raise `SpecError` with everything that is wrong with it.

    `parts` has those of a large file that an earlier run read, and takes those of this one.
    """
    return load_text(_read(path, limits), path, limits, parts)


def load_text(
    text: str, path: Path, limits: Limits = DEFAULT, parts: Parts | None = None
) -> Source:
    """Read a text as if it were the content of the file at `path`."""
    is_json = path.suffix.lower() == ".json"
    known = None if is_json or len(text) < _LARGE else parts
    builder = Builder(path, label_of(path), limits)
    was_collecting = gc.isenabled()
    # A tree has no cycles, and to look for some while it grows takes a third of the time.
    gc.disable()
    try:
        if known and (source := known.read(text, builder)):
            return source
        if is_json:
            if len(text) >= _LARGE and (source := read_quickly(text, builder)):
                return source
            read_json(text, builder)
        else:
            read_yaml(text, builder)
        source = builder.finish()
        if known and not builder.has_anchors:
            known.keep(text, source)
    finally:
        if was_collecting:
            gc.enable()
    return source


def _read(path: Path, limits: Limits) -> str:
    label = label_of(path)
    try:
        if path.is_dir():
            raise _refusal("not-a-file", label, "this is a folder", "name a file in it")
        if not stat.S_ISREG(path.stat().st_mode):
            # To read a pipe or a device may never end.
            raise _refusal("not-a-file", label, "this is no regular file", "save it to a file")
        with path.open("rb") as file:
            # One byte more than allowed tells a large file from a full one.
            content = file.read(limits.bytes + 1)
    except FileNotFoundError:
        raise _refusal("no-such-file", label, "there is no such file", "check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refusal("unreadable-file", label, f"cannot read it: {reason}") from None
    if len(content) > limits.bytes:
        message = f"the file is larger than {limits.bytes:,} bytes"
        raise _refusal("too-large", label, message, "split it, or name the spec itself")
    if found := _kind(content):
        hint = "save it as UTF-8" if found == "UTF-16 text" else "name a YAML or JSON file"
        raise _refusal("not-text", label, f"the file is {found}, not UTF-8 text", hint)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - before.rfind(b"\n")
        where = Where(label, before.count(b"\n") + 1, column)
        message = "the file is not UTF-8 text"
        raise _refusal("not-utf-8", where, message, "save it as UTF-8") from None


def _kind(content: bytes) -> str:
    """Name what a file is that is plainly no UTF-8 text."""
    for beginning, kind in _KINDS.items():
        if content.startswith(beginning):
            return kind
    return "binary" if b"\0" in content else ""


def _refusal(code: str, where: str | Where, message: str, hint: str = "") -> SpecError:
    place = where if isinstance(where, Where) else Where(where, 1, 1)
    return SpecError([Diagnostic(Severity.ERROR, code, place, message, hint)])


def label_of(path: Path) -> str:
    try:
        shown = path.absolute().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        shown = path.as_posix()
    return shown_name(shown)


def shown_name(name: str) -> str:
    """Return the name of a file without what moves a cursor or turns a line around."""
    return name if is_clean(name) and "\n" not in name else one_line(name)
