from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brokerspec_runtime import (
    FileStore,
    InvalidArgument,
    KeyringStore,
    MemoryStore,
    Secret,
    StoredToken,
    TokenStore,
    TokenStoreError,
)

ROOT = Path(__file__).parents[2]
END = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
FIRST = {"token": StoredToken(Secret("c4nary"), END)}
SECOND = {"token": StoredToken(Secret("n3wer"))}


class Ring:
    """A keyring that is a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str, /) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        del self.kept[service, username]


class BrokenRing(Ring):
    def get_password(self, service: str, username: str, /) -> str | None:
        raise OSError("c4nary")

    def set_password(self, service: str, username: str, password: str, /) -> None:
        raise OSError(password)


MAKERS: dict[str, Callable[[Path], TokenStore]] = {
    "memory": lambda folder: MemoryStore(),
    "file": lambda folder: FileStore(folder / "new" / "tokens.json"),
    "keyring": lambda folder: KeyringStore(Ring()),
}


@pytest.fixture(params=sorted(MAKERS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TokenStore:
    return MAKERS[request.param](tmp_path)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


# Every store


def test_what_is_saved_is_loaded(store: TokenStore) -> None:
    assert store.load("a") is None
    store.save("a", FIRST)
    store.save("b", SECOND)
    assert store.load("a") == FIRST
    assert store.load("b") == SECOND


def test_the_last_save_counts(store: TokenStore) -> None:
    store.save("a", FIRST)
    store.save("a", SECOND)
    assert store.load("a") == SECOND


def test_only_the_tokens_that_are_named_are_deleted(store: TokenStore) -> None:
    store.delete("a", FIRST)
    store.save("a", SECOND)
    store.delete("a", FIRST)
    assert store.load("a") == SECOND
    store.delete("a", SECOND)
    assert store.load("a") is None


def test_no_store_shows_what_it_keeps(store: TokenStore) -> None:
    store.save("a", FIRST)
    assert "c4nary" not in repr(store) + str(vars(store)) + repr(FIRST)


def test_the_end_of_a_token_has_a_zone() -> None:
    with pytest.raises(InvalidArgument, match="time zone"):
        StoredToken(Secret("x"), datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused


# Files


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
def test_a_file_is_its_owners_alone(place: Path) -> None:
    FileStore(place).save("a", FIRST)
    assert {stat.S_IMODE(found.stat().st_mode) for found in place.parent.iterdir()} == {0o600}
    assert b"c4nary" in place.read_bytes()
    place.chmod(0o640)
    with pytest.raises(TokenStoreError, match="others can read"):
        FileStore(place).load("a")


def test_a_file_is_replaced_in_one_step(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(place)
    store.save("a", FIRST)
    before = place.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(TokenStoreError, match="No space left on device") as caught:
        store.save("a", SECOND)
    assert caught.value.__cause__ is None
    assert place.read_bytes() == before
    assert {found.name for found in place.parent.iterdir()} <= {place.name, f"{place.name}.lock"}


@pytest.mark.parametrize("path", ["tokens.json", "./tokens.json", "folder/tokens.json"])
def test_a_relative_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidArgument, match="absolute path"):
        FileStore(path)


def test_the_working_folder_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.parent)
    with pytest.raises(InvalidArgument, match="outside the working folder"):
        FileStore(place)


def test_the_home_folder_has_a_short_name(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(place.parent))
    monkeypatch.setenv("USERPROFILE", str(place.parent))
    FileStore("~/tokens.json").save("a", FIRST)
    assert place.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"a": {"token": "c4nary"}}',
        b'{"a": {"token": {"value": 7}}}',
        b'{"a": {"token": {"value": "c4nary", "expires_at": "2026-01-01T00:00:00"}}}',
    ],
)
def test_a_damaged_file_is_named_and_left_alone(place: Path, content: bytes) -> None:
    place.touch(mode=0o600)
    place.write_bytes(content)
    store = FileStore(place)
    for use in (lambda: store.load("a"), lambda: store.save("a", FIRST)):
        with pytest.raises(TokenStoreError, match=r"tokens\.json is damaged") as caught:
            use()
        assert "c4nary" not in str(caught.value)
        assert caught.value.__cause__ is None
    assert place.read_bytes() == content


def test_a_locked_file_is_not_waited_for_without_end(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brokerspec_runtime.token_store._LOCK_SECONDS", 0.01)
    one, other = FileStore(place), FileStore(place)
    with one._lock, pytest.raises(TokenStoreError, match=r"keeps .* locked"):
        other.save("a", FIRST)


def test_processes_do_not_lose_each_others_tokens(place: Path) -> None:
    code = (
        "import sys; from brokerspec_runtime import FileStore, Secret, StoredToken\n"
        "store = FileStore(sys.argv[1])\n"
        "for n in range(20): store.save(f'{sys.argv[2]} {n}', {'t': StoredToken(Secret('x'))})"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(place), name],
            env=os.environ | {"PYTHONPATH": str(ROOT / "generator")},
        )
        for name in ("one", "two", "three")
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    store = FileStore(place)
    assert all(store.load(f"{name} {n}") for name in ("one", "two", "three") for n in range(20))


@pytest.mark.parametrize(
    ("module", "make", "extra"),
    [
        ("filelock", lambda folder: FileStore(folder / "t"), "token-file"),
        ("keyring", lambda folder: KeyringStore(), "keyring"),
    ],
)
def test_what_is_missing_is_named(
    module: str,
    make: Callable[[Path], object],
    extra: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InvalidArgument, match=f"or the extra {extra}"):
        make(tmp_path)


# Keyrings


def test_a_keyring_that_fails_is_named_without_its_text() -> None:
    store = KeyringStore(BrokenRing())
    for use in (lambda: store.load("a"), lambda: store.save("a", FIRST)):
        with pytest.raises(TokenStoreError, match=r"the keyring failed \(OSError\)") as caught:
            use()
        assert "c4nary" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_damaged_entry_is_an_error() -> None:
    ring = Ring()
    ring.set_password("brokerspec", "a", "{")
    with pytest.raises(TokenStoreError, match="entry in the keyring is damaged"):
        KeyringStore(ring).load("a")
