"""A body is unpacked to the last byte or not at all."""

from __future__ import annotations

import gzip
import zlib

import pytest

from brokerspec_runtime.body import PIECE, Body

TEXT = bytes(range(256)) * 1000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def unpacked(encoding: str, data: bytes, step: int) -> bytes:
    body = Body(200, {"content-encoding": encoding}, 10**6, 0.0)
    for start in range(0, len(data), step):
        body.add(data[start : start + step])
    return body.finish().body


PACKED = {
    "plain": ("", TEXT),
    "identity": ("identity", TEXT),
    "gzip": ("gzip", gzip.compress(TEXT)),
    "x-gzip": ("X-GZIP", gzip.compress(TEXT)),
    "parts": ("gzip", gzip.compress(TEXT[:999]) + gzip.compress(TEXT[999:])),
    "padded": ("gzip", gzip.compress(TEXT) + bytes(8)),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "raw_deflate": ("deflate", raw_deflate(TEXT)),
    "both": ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
    "unknown": ("br", TEXT),
}


@pytest.mark.parametrize("step", [1, 7, PIECE, 10**6])
@pytest.mark.parametrize(("encoding", "data"), PACKED.values(), ids=PACKED.keys())
def test_pieces_of_any_size_make_the_whole(encoding: str, data: bytes, step: int) -> None:
    assert unpacked(encoding, data, step) == TEXT


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_sizes_around_a_piece_lose_nothing(size: int) -> None:
    for text in (bytes(size), (TEXT * 2)[:size]):
        assert unpacked("gzip", gzip.compress(text), 10**6) == text


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_body_may_be_empty(encoding: str) -> None:
    assert unpacked(encoding, b"", 1) == b""


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw_deflate", "both"])
def test_a_packed_body_that_is_cut_off_is_refused(name: str) -> None:
    encoding, data = PACKED[name]
    with pytest.raises(ValueError, match="cut off"):
        unpacked(encoding, data[:-5], 100)


def test_a_body_that_is_not_packed_as_announced_is_refused() -> None:
    with pytest.raises(ValueError, match="not packed"):
        unpacked("gzip", b"[1]", 1)
