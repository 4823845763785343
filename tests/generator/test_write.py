"""Writing: each file in one step, only what differs, and nothing that is not ours."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from brokerspec.write import MARK, compare, write

FILES = {
    "a.py": f"# {MARK}spec. Edits are lost.\nA = 1\n",
    "b.md": f"<!-- {MARK}spec. -->\nपाठ\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "deep" / "package"
    write(made, FILES)
    return made


def kinds(folder: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    return [(item.path.name, item.kind) for item in compare(folder, files)]


def test_a_new_folder_gets_every_file(folder: Path) -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == FILES
    assert stat.S_IMODE((folder / "a.py").stat().st_mode) == 0o644
    assert compare(folder, FILES) == []


def test_comparing_changes_nothing(tmp_path: Path) -> None:
    assert kinds(tmp_path / "none", FILES) == [("a.py", "missing"), ("b.md", "missing")]
    assert not (tmp_path / "none").exists()


def test_only_changed_files_are_touched(folder: Path) -> None:
    for name in FILES:
        os.utime(folder / name, (1, 1))
    found = write(folder, FILES | {"a.py": FILES["a.py"] + "B = 2\n"})
    assert [(item.path.name, item.kind) for item in found] == [("a.py", "changed")]
    assert (folder / "b.md").stat().st_mtime == 1
    assert (folder / "a.py").stat().st_mtime > 1


def test_a_difference_shows_the_lines(folder: Path) -> None:
    (found,) = compare(folder, FILES | {"a.py": FILES["a.py"].replace("A = 1", "A = 2")})
    assert "-A = 1\n+A = 2" in found.diff


@pytest.mark.parametrize("change", [b"\xff\xfe", b"", FILES["a.py"].replace("\n", "\r\n").encode()])
def test_any_other_byte_is_a_difference(folder: Path, change: bytes) -> None:
    (folder / "a.py").write_bytes(change)
    assert kinds(folder, FILES) == [("a.py", "changed")]
    write(folder, FILES)
    assert (folder / "a.py").read_bytes() == FILES["a.py"].encode()


def test_left_over_files_of_ours_are_removed_and_others_kept(folder: Path) -> None:
    (folder / "old.py").write_text(f"# {MARK}spec.\n", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "late.py").write_text("x" * 300 + MARK, encoding="utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(MARK.encode())
    assert kinds(folder, FILES) == [("old.py", "left over")]
    write(folder, FILES)
    assert sorted(path.name for path in folder.iterdir()) == [
        "__pycache__", "a.py", "b.md", "late.py", "notes.txt",
    ]  # fmt: skip
    assert (folder / "__pycache__" / "a.pyc").exists()


def test_a_crash_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise OSError("the power went out")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="power"):
        write(folder, FILES | {"a.py": "new"})
    assert (folder / "a.py").read_text(encoding="utf-8") == FILES["a.py"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_a_folder_in_place_of_a_file_is_an_error(folder: Path) -> None:
    (folder / "a.py").unlink()
    (folder / "a.py").mkdir()
    with pytest.raises(OSError, match=r"a\.py"):
        write(folder, FILES)
    assert (folder / "a.py").is_dir()
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_a_link_is_replaced_and_its_target_kept(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text("mine", encoding="utf-8")
    (folder / "a.py").unlink()
    (folder / "a.py").symlink_to(elsewhere)
    write(folder, FILES)
    assert elsewhere.read_text(encoding="utf-8") == "mine"
    assert (folder / "a.py").read_text(encoding="utf-8") == FILES["a.py"]
