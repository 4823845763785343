from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from audit.pdfs import pdf, scanned
from audit.reading import DOCUMENTS
from brokerspec.audit import facts_of, read
from brokerspec.audit.read import MOST_BYTES
from brokerspec.diagnostics import Diagnostic, SpecError

ORDER = """Orders

POST /orders

Request
{
    "side": "BUY",
    "price": 10.50
}
"""


def written(path: Path, data: bytes | str, encoding: str = "utf-8") -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def refused(path: Path) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        read(path)
    (found,) = caught.value.diagnostics
    assert found.where is not None
    assert found.where.file == str(path)
    assert found.hint
    assert "\n" not in str(found)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_the_encodings_of_the_world(tmp_path: Path, encoding: str) -> None:
    text = read(written(tmp_path / "a.txt", "Café “x”\nzwei\n", encoding))
    assert text.kind == "text"
    assert text.lines == ("Café “x”", "zwei")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_count_them(tmp_path: Path, end: str) -> None:
    path = written(tmp_path / "a.txt", f"one\u2028still one{end}{end}three{end}")
    assert read(path).lines == ("one\u2028still one", "", "three")
    assert str(read(path).where(3)) == f"{path}:3:1"


def test_a_form_feed_begins_a_page(tmp_path: Path) -> None:
    text = read(written(tmp_path / "a.txt", "one\n\ftwo\nthree\n"))
    assert text.lines == ("one", "two", "three")
    assert text.pages == (1, 2)
    assert str(text.where(3)) == f"{tmp_path / 'a.txt'}:3:1"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.html", "<p>x</p>", "html"),
        ("a.txt", "<!DOCTYPE html><p>x</p>", "html"),
        ("a.asp", "\n<html><p>x</p></html>", "html"),
        ("a.md", "# x", "markdown"),
        ("a", "x", "text"),
        ("a.pdf", "not really a PDF", "text"),
    ],
)
def test_the_kind_of_a_document(tmp_path: Path, name: str, data: str, kind: str) -> None:
    assert read(written(tmp_path / name, data)).kind == kind


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    path = written(tmp_path / "orders.bin", pdf(ORDER.split("\n"), per_page=5))
    text = read(path)
    assert text.kind == "pdf"
    assert len(text.pages) == 2
    facts = facts_of(text)
    (payload,) = facts.payloads
    assert str(payload.value) == "{'side': 'BUY', 'price': Decimal('10.50')}"
    assert str(text.where(payload.line)) == f"{path}#page=2:1:1"
    assert [(one.method, one.path) for one in facts.endpoints] == [("POST", "/orders")]


@pytest.mark.parametrize("name", ["ruled", "stacked", "numbered", "worded", "signed"])
def test_the_facts_of_a_document_survive_its_printing(tmp_path: Path, name: str) -> None:
    plain = read(DOCUMENTS / f"{name}.txt")
    lines = [line.expandtabs(4).rstrip() for line in plain.lines]
    facts = facts_of(read(written(tmp_path / "a.pdf", pdf(lines))))
    wanted = facts_of(plain)
    assert [one.value for one in facts.payloads] == [one.value for one in wanted.payloads]
    assert [one.path for one in facts.endpoints] == [one.path for one in wanted.endpoints]
    assert [[row.name for row in table.rows] for table in facts.tables] == [
        [row.name for row in table.rows] for table in wanted.tables
    ]


def test_running_titles_and_page_numbers_are_no_facts(tmp_path: Path) -> None:
    pages = [["Vendor guide", '{ "a": ['], ["Vendor guide", "1,"], ["Vendor guide", "2 ] }"]]
    lines = [line for number, page in enumerate(pages, start=1) for line in (*page, f"{number}")]
    text = read(written(tmp_path / "a.pdf", pdf(lines, per_page=3)))
    (payload,) = facts_of(text).payloads
    assert payload.value == {"a": [1, 2]}


def test_a_page_of_pictures_is_refused(tmp_path: Path) -> None:
    found = refused(written(tmp_path / "a.pdf", scanned()))
    assert found.code == "scanned-pdf"
    assert "OCR" in found.hint


@pytest.mark.parametrize(("owner", "user"), [("o", "secret"), ("o", "")])
def test_a_pdf_with_a_password(tmp_path: Path, owner: str, user: str) -> None:
    pypdf = pytest.importorskip("pypdf")
    (tmp_path / "plain.pdf").write_bytes(pdf(["Orders"]))
    writer = pypdf.PdfWriter(clone_from=tmp_path / "plain.pdf")
    writer.encrypt(user_password=user, owner_password=owner, algorithm="AES-128")
    path = tmp_path / "closed.pdf"
    writer.write(path)
    if user:
        assert refused(path).code == "encrypted-pdf"
    else:
        assert read(path).lines == ("Orders",)


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.4\n", b"%PDF-1.4\ntrailer << /Root 9 0 R >>\nstartxref\n5\n%%EOF", pdf(["x"])[:200]],
)
def test_a_broken_pdf_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refused(written(tmp_path / "a.pdf", data)).code == "broken-pdf"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "empty-document"),
        ("a.txt", b" \n\t\n", "empty-document"),
        ("a.html", b"<html><script>x</script></html>", "empty-document"),
        ("a.bin", b"\x00\x01\x02\x03", "binary-document"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary-document"),
        ("a.txt", bytes(range(1, 32)) * 50, "binary-document"),
        ("a.txt", b"\xff\xfea", "unreadable-encoding"),
        ("a.txt", b"abc \x81\x8d\x8f", "binary-document"),
        ("a.docx", b"PK\x03\x04\x14\x00\x06\x00", "binary-document"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    assert refused(written(tmp_path / name, data)).code == code


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.txt").code == "no-such-file"
    assert refused(tmp_path).code == "not-a-document"
    assert refused(tmp_path / ("x" * 300)).code == "unreadable-file"


def test_a_document_of_50_mb_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    before = time.perf_counter()
    found = refused(path)
    assert found.code == "document-too-large"
    assert f"{MOST_BYTES // 1024**2} MB" in found.message
    assert time.perf_counter() - before < 1


@pytest.mark.parametrize(
    ("module", "name", "data"),
    [("pypdf", "a.pdf", pdf(["x"])), ("markdown_it", "a.md", b"# x")],
)
def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str, data: bytes
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    found = refused(written(tmp_path / name, data))
    assert found.code == "missing-extra"
    assert "brokerspec[audit]" in found.hint
