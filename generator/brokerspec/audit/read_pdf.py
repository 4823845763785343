"""Read the text of a PDF, page by page."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

from brokerspec.audit.facts import Text
from brokerspec.audit.refusing import refuse, refuse_without

if TYPE_CHECKING:
    from pypdf import PdfReader

_MOST_PAGES = 2000


def read_pdf(data: bytes, label: str) -> Text:
    """Read the lines of every page, or refuse a PDF that holds none."""
    try:
        import pypdf
    except ImportError:
        refuse_without(label, "pypdf")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        is_closed = reader.is_encrypted and not reader.decrypt("")
    except Exception as error:  # A broken file makes this library raise anything.
        refuse(label, "broken-pdf", f"not a readable PDF: {_first_line(error)}", "print it anew")
    if is_closed:
        refuse(label, "encrypted-pdf", "the PDF needs a password", "save it without one")
    return _text(reader, label)


def _text(reader: PdfReader, label: str) -> Text:
    lines: list[str] = []
    starts: list[int] = []
    try:
        if len(reader.pages) > _MOST_PAGES:
            refuse(
                label,
                "document-too-large",
                f"the PDF has more than {_MOST_PAGES} pages",
                "cut out the part that describes the API",
            )
        pages = [page.extract_text(extraction_mode="layout") for page in reader.pages]
    except Exception as error:
        refuse(label, "broken-pdf", f"not a readable PDF: {_first_line(error)}", "print it anew")
    if not any(page.strip() for page in pages):
        refuse(
            label,
            "scanned-pdf",
            "the PDF holds pictures of pages but no text",
            "run text recognition (OCR) over it first",
        )
    for page in pages:
        starts.append(len(lines) + 1)
        lines.extend(line.rstrip() for line in page.split("\n"))
    return Text(label, "pdf", tuple(lines), tuple(starts))


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0] or type(error).__name__
