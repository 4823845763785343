"""What is remembered between runs, and when it is not used."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec import cache
from brokerspec.generate import Job, build
from generator.making import answering

FILES = {"a.py": "A = 'ü'\n"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "brokerspec"


def test_what_is_remembered_is_recalled(home: Path) -> None:
    assert cache.recall("key") is None
    cache.remember("key", FILES)
    assert cache.recall("key") == FILES
    assert [path.name for path in home.iterdir()] == ["key.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a.py": '])
def test_a_damaged_memory_is_none(home: Path, content: bytes) -> None:
    home.mkdir(parents=True)
    (home / "key.json").write_bytes(content)
    assert cache.recall("key") is None


def test_a_folder_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache.remember("key", FILES)
    assert cache.recall("key") is None


def test_the_key_covers_spec_package_and_label() -> None:
    keys = {
        cache.key_of(b"a", "b", "c"),
        cache.key_of(b"ab", "", "c"),
        cache.key_of(b"a", "bc", ""),
        cache.key_of(b"a", "b", "d"),
    }
    assert len(keys) == 4
    assert cache.key_of(b"a", "b", "c") in keys


def test_an_unchanged_spec_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(answering("{type: string}"), encoding="utf-8")
    job = Job(spec, "made", "spec")
    first = build([job]).packages

    def refuse(_: object) -> None:
        raise AssertionError("made again")

    with monkeypatch.context() as patch:
        patch.setattr("brokerspec.generate._make", refuse)
        assert build([job]).packages == first
        with pytest.raises(AssertionError, match="made again"):
            build([job], fresh=True)
    spec.write_text(answering("{type: integer}"), encoding="utf-8")
    assert build([job]).packages["made"]["client.py"] != first["made"]["client.py"]


def test_a_spec_of_other_people_is_always_read(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.touch()
    assert Job(spec, "made", "spec", is_ours=False).key is None
    assert Job(tmp_path / "none.yaml", "made", "spec").key is None
