"""Write small PDF files for the tests."""

from __future__ import annotations

from collections.abc import Sequence

_LINES = 60


def pdf(lines: Sequence[str], *, per_page: int = _LINES) -> bytes:
    """Print lines in a fixed-width font, so many to a page."""
    pages = [lines[start : start + per_page] for start in range(0, len(lines), per_page)] or [[]]
    return _file([_content(page) for page in pages])


def scanned() -> bytes:
    """Make a page that holds a picture of text only."""
    return _file([b"0 0 600 800 re f"])


def _content(lines: Sequence[str]) -> bytes:
    parts = ["BT", "/F1 9 Tf", "12 TL", "40 780 Td"]
    for line in lines:
        text = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        parts.append(f"({text}) Tj T*")
    return "\n".join([*parts, "ET"]).encode("cp1252", "replace")


def _file(contents: Sequence[bytes]) -> bytes:
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for index, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * index} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    data = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (size, table, trailer)
