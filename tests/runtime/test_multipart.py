"""Files and bodies of parts, read back by a parser of their own."""

from __future__ import annotations

import io
import json
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec_runtime import InvalidArgument, Request, Secret, multipart, wire
from brokerspec_runtime.build import build
from brokerspec_runtime.multipart import File
from brokerspec_runtime.operation import Context, Operation, Safety


def made(media_type: str = "application/json", **parts: Any) -> Request:
    operation: Operation[Any] = Operation(
        name="op",
        method="POST",
        path="/",
        answer=Any,
        safety=Safety.UNSAFE,
        media_type=media_type,
    )
    return build(operation.call(**parts), Context("demo", "https://api.example.test", {}))


def read(request: Request) -> list[Message]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    message = message_from_bytes(head + (request.body or b""))
    assert message.is_multipart()
    assert not message.defects
    return list(message.walk())[1:]


def content(part: Message) -> object:
    return part.get_payload(decode=True)


def test_texts_files_and_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "new_boundary", lambda: "b0undary")
    request = made(
        multipart={
            "note": "ü",
            "pin": Secret("hush"),
            "file": wire.file(File(b"\x00\r\n", "a.png", "image/png", {"X-Part": "1"})),
            "tags": wire.each(["a", "b"]),
            "more": wire.styled({"a": 1}, "json"),
            "left": wire.ABSENT,
            "null": wire.NULL,
        }
    )
    assert request.headers["Content-Type"] == "multipart/form-data; boundary=b0undary"
    parts = read(request)
    names = [part.get_param("name", header="content-disposition") for part in parts]
    assert names == ["note", "pin", "file", "tags", "tags", "more"]
    assert [content(part) for part in parts] == [
        *("ü".encode(), b"hush", b"\x00\r\n", b"a", b"b", b'{"a":1}')
    ]
    note, _, file, *_, more = parts
    assert note["Content-Type"] is None
    assert (file.get_filename(), file["Content-Type"], file["X-Part"]) == (
        "a.png",
        "image/png",
        "1",
    )
    assert more["Content-Type"] == "application/json"


def test_what_is_shown_has_neither_secrets_nor_files() -> None:
    request = made(multipart={"pin": Secret("hush"), "file": wire.file(b"content of it")})
    assert request.shown
    assert "hush" not in request.shown.body
    assert "content of it" not in request.shown.body
    assert "<13 bytes>" in request.shown.body
    assert request.shown.headers == request.headers
    assert "content of it" not in repr(wire.file(b"content of it"))
    assert "content of it" not in repr(File(b"content of it"))
    body = made("image/png", content=wire.file(b"content of it"))
    assert body.shown
    assert (body.body, body.shown.body) == (b"content of it", "<13 bytes>")


def test_a_file_object_is_read_at_once_and_named_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"pdf")
    with (tmp_path / "scan.pdf").open("rb") as source:
        upload = wire.file(source, "application/pdf")
        assert source.read() == b""
    assert upload
    assert (upload.content, upload.name, upload.media_type) == (
        b"pdf",
        "scan.pdf",
        "application/pdf",
    )


def test_a_call_that_is_built_again_sends_the_file_again() -> None:
    operation: Operation[Any] = Operation(
        name="op", method="POST", path="/", answer=Any, safety=Safety.UNSAFE
    )
    context = Context("demo", "https://api.example.test", {})
    call = operation.call(content=wire.file(io.BytesIO(b"once")))
    assert [build(call, context).body for _ in range(2)] == [b"once", b"once"]


@pytest.mark.parametrize("value", ["text", 1, io.StringIO("text"), File("text"), None])  # type: ignore[arg-type]
def test_only_bytes_are_files(value: Any) -> None:
    if value is None:
        assert wire.file(value) is None
        return
    with pytest.raises(InvalidArgument, match="bytes"):
        wire.file(value)


def test_a_closed_file_is_refused() -> None:
    source = io.BytesIO(b"x")
    source.close()
    with pytest.raises(InvalidArgument, match="cannot be read"):
        wire.file(source)


@pytest.mark.parametrize(
    "file",
    [
        File(b"", "a\x00b"),
        File(b"", "a\r\nX: y"),
        File(b"", "a", "image/png\r\nX: y"),
        File(b"", "a", "", {"X-A\r\nB": "c"}),
        File(b"", "a", "", {"X-A": "c\r\nd: e"}),
        File(b"", "a", "", {"X A": "c"}),
    ],
)
def test_nothing_is_smuggled_into_the_head_of_a_part(file: File) -> None:
    with pytest.raises(InvalidArgument, match="cannot be sent"):
        made(multipart={"file": wire.file(file)})


def test_a_quote_ends_no_file_name() -> None:
    (part,) = read(made(multipart={"file": wire.file(File(b"", 'a"; x="b'))}))
    assert part.get_params(header="content-disposition") == [
        ("form-data", ""),
        ("name", "file"),
        ("filename", "a%22; x=%22b"),
    ]


@given(st.binary(max_size=40), st.text(st.characters(exclude_categories=["C"]), min_size=1))
def test_any_content_is_read_back(data: bytes, name: str) -> None:
    _, part = read(made(multipart={"a": "x", "file": wire.file(File(data, name))}))
    assert content(part) == data


# Bodies that are neither JSON nor a form.


def test_a_text_is_the_body() -> None:
    request = made("text/csv", content="a,ü")
    assert (request.body, request.headers["Content-Type"]) == ("a,ü".encode(), "text/csv")


@pytest.mark.parametrize(
    ("stated", "own", "expected"),
    [
        ("image/*", "", "application/octet-stream"),
        ("image/*", "image/png", "image/png"),
        ("image/png", "", "image/png"),
        ("image/png", "image/jpeg", "image/jpeg"),
    ],
)
def test_a_file_may_say_what_it_is(stated: str, own: str, expected: str) -> None:
    request = made(stated, content=wire.file(File(b"x", media_type=own)))
    assert request.headers["Content-Type"] == expected


def test_a_media_type_is_a_header() -> None:
    with pytest.raises(InvalidArgument, match="header"):
        made("image/*", content=wire.file(File(b"x", media_type="image/png\r\nX: y")))


def test_an_empty_file_is_a_body() -> None:
    assert made("image/png", content=wire.file(b"")).body == b""


# Forms whose members have parts.


def test_members_of_a_form_given_as_a_whole() -> None:
    request = made(form=wire.members({"a": ["x", "y"], "b": {"c": 1}, "d": "z", "e": []}))
    assert request.body == b"a=x&a=y&b=%7B%22c%22%3A1%7D&d=z"
    whole = wire.members({"a": [b"1", "y"], "b": {"c": 1}, "d": b"z"})
    parts = read(made(multipart=whole))
    assert [content(part) for part in parts] == [b"1", b"y", b'{"c":1}', b"z"]
    assert json.loads(str(parts[2].get_payload())) == {"c": 1}
    with pytest.raises(InvalidArgument, match="mapping"):
        wire.members(["a"])


def test_a_body_that_may_be_left_out() -> None:
    assert made(json=wire.any_of({"a": wire.ABSENT})).body is None
    assert made(json=wire.any_of({"a": wire.ABSENT, "b": 1})).body == b'{"b":1}'


@pytest.mark.parametrize("name", ["iso-8859-1", "ISO-8859-1", '"utf-16-le"', "utf-8"])
def test_texts_are_in_the_charset_that_is_stated(name: str) -> None:
    media_type = f"text/plain; Charset={name}"
    wanted = "ü".encode(name.strip('"'))
    request = made(media_type, content="ü")
    assert (request.body, request.headers["Content-Type"]) == (wanted, media_type)
    assert "ü" in repr(request)
    (part,) = read(made(multipart={"note": wire.styled("ü", "plain", media_type=media_type)}))
    assert content(part) == wanted
    assert made("text/csv", content="ü").body == "ü".encode()


@pytest.mark.parametrize("name", ["iso-8859-1", "us-ascii", "x-unknown", "base64", "undefined"])
def test_a_text_that_a_charset_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgument, match=f"cannot be written in the charset '{name}'"):
        made(f"text/plain; charset={name}", content="€")


def test_a_file_may_be_given_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"\x00\r\n")
    assert made("application/octet-stream", content=wire.file(path)).body == b"\x00\r\n"
    for file in (path, File(path), File(path, media_type="image/png")):
        (part,) = read(made(multipart={"file": wire.file(file)}))
        assert part.get_filename() == "a.bin"
        assert content(part) == b"\x00\r\n"
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(InvalidArgument, match="a file cannot be read"):
            wire.file(missing)
    with pytest.raises(InvalidArgument, match="expected bytes, a path or a file"):
        wire.file("a.bin")  # type: ignore[arg-type]


def test_another_body_of_parts_has_its_own_name() -> None:
    request = made("multipart/mixed", multipart={"a": "1", "file": wire.file(b"2")})
    assert request.headers["Content-Type"].startswith("multipart/mixed; boundary=")
    assert [content(part) for part in read(request)] == [b"1", b"2"]
