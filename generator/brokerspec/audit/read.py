"""Read a document of any kind into lines of text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn

from brokerspec.audit.facts import Kind, Text
from brokerspec.audit.refusing import refuse

MOST_BYTES = 20 * 1024 * 1024
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_KINDS: dict[str, Kind] = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".pdf": "pdf",
}
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")


def read(path: Path) -> Text:
    """Read a document, or refuse it with the reason."""
    label = str(path)
    data = _bytes(path, label)
    kind = _kind(path, data)
    if kind == "pdf":
        from brokerspec.audit.read_pdf import read_pdf

        text = read_pdf(data, label)
    else:
        source = _decoded(data, label)
        if kind == "html":
            from brokerspec.audit.read_html import read_html

            text = read_html(source, label)
        elif kind == "markdown":
            from brokerspec.audit.read_markdown import read_markdown

            text = read_markdown(source, label)
        else:
            text = read_text(source, label)
    if not any(line.strip() for line in text.lines):
        refuse(label, "empty-document", "the document holds no text", "name the right file")
    return text


def read_text(source: str, label: str) -> Text:
    """Split a plain text into lines; a form feed begins a page."""
    lines = split_lines(source)
    pages = [number for number, line in enumerate(lines, start=1) if "\f" in line]
    starts = tuple(dict.fromkeys([1, *pages])) if pages else ()
    return Text(label, "text", tuple(line.replace("\f", "") for line in lines), starts)


def split_lines(source: str) -> list[str]:
    """Split at line ends only, as editors count lines."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines


def _bytes(path: Path, label: str) -> bytes:
    try:
        if path.is_dir():
            refuse(label, "not-a-document", "is a directory", "name a file in it")
        if path.exists() and not path.is_file():
            # To read a pipe or a device may never end.
            refuse(label, "not-a-document", "is no regular file", "save it to a file")
        if path.stat().st_size > MOST_BYTES:
            refuse(
                label,
                "document-too-large",
                f"the document is larger than {MOST_BYTES // 1024**2} MB",
                "cut out the part that describes the API",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        refuse(label, "no-such-file", "no such file", "check the path")
    except (OSError, ValueError) as error:
        refuse(label, "unreadable-file", f"cannot be read: {_reason(error)}", "check the path")
    if not data.strip():
        refuse(label, "empty-document", "the document is empty", "name the right file")
    return data


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _kind(path: Path, data: bytes) -> Kind:
    """Trust what a document begins with more than its name."""
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if _HTML.match(data[:4096]):
        return "html"
    kind = _KINDS.get(path.suffix.lower(), "text")
    return "text" if kind == "pdf" else kind


def _decoded(data: bytes, label: str) -> str:
    encoding = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "")
    if not encoding and b"\x00" in data:
        _refuse_binary(label)
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
        _refuse_binary(label)
    if encoding:
        refuse(
            label,
            "unreadable-encoding",
            f"the document begins like {encoding} but is not",
            "save it as UTF-8",
        )
    return _refuse_binary(label)


def _is_text(text: str) -> bool:
    """Say whether a text is free of the characters that only binary files hold."""
    return len(_CONTROL.findall(text[:200_000])) * 1000 <= min(len(text), 200_000)


def _refuse_binary(label: str) -> NoReturn:
    refuse(
        label,
        "binary-document",
        "the document is neither text, HTML, Markdown nor PDF, or its encoding is unknown",
        "save it as PDF, or as text in UTF-8",
    )
