"""Writing: each file in one step, only what differs, and nothing that is not ours."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import brokerspec
from brokerspec.diagnostics import SpecError
from brokerspec.write import MARK, check_folder, compare, write

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


@pytest.mark.parametrize(
    "change",
    [MARK.encode() + b"\xff\xfe", b"", FILES["a.py"].replace("\n", "\r\n").encode()],
)
def test_any_other_byte_is_a_difference(folder: Path, change: bytes) -> None:
    (folder / "a.py").write_bytes(change)
    assert kinds(folder, FILES) == [("a.py", "changed")]
    write(folder, FILES)
    assert (folder / "a.py").read_bytes() == FILES["a.py"].encode()


def test_left_over_files_of_ours_are_removed_and_others_kept(folder: Path) -> None:
    (folder / "old.py").write_text(f"# {MARK}spec.\n", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "late.py").write_text("x" * 700 + MARK, encoding="utf-8")
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


def refused(folder: Path, files: dict[str, str] = FILES) -> list[tuple[str, str]]:
    """Return what writing is refused for; nothing may have changed."""
    before = {path: path.lstat() for path in sorted(folder.parent.rglob("*"))}
    with pytest.raises(SpecError) as caught:
        write(folder, files)
    assert {path: path.lstat() for path in sorted(folder.parent.rglob("*"))} == before
    with pytest.raises(SpecError):
        compare(folder, files)
    return [(found.code, found.message) for found in caught.value.diagnostics]


def replaced(path: Path) -> Path:
    path.unlink()
    return path


def test_what_stands_in_the_place_of_a_file(folder: Path) -> None:
    replaced(folder / "a.py").mkdir()
    os.mkfifo(replaced(folder / "b.md"))
    found = refused(folder)
    assert [code for code, _ in found] == ["bad-output", "bad-output"]
    assert all("this is no file" in message for _, message in found)


@pytest.mark.parametrize("target", ["elsewhere.py", "none", "a.py"])
def test_a_link_is_refused(folder: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "elsewhere.py").write_text("mine", encoding="utf-8")
    replaced(folder / "a.py").symlink_to(tmp_path / target)
    assert "this file is a link" in refused(folder)[0][1]


def test_a_link_to_a_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "inner").symlink_to(elsewhere)
    assert "inner: this folder is a link" in refused(folder, {"inner/a.py": "x"})[0][1]
    (tmp_path / "link").symlink_to(elsewhere)
    assert "this folder is a link" in refused(tmp_path / "link")[0][1]
    assert list(elsewhere.iterdir()) == []


def test_a_file_of_somebody_is_not_replaced(folder: Path) -> None:
    (folder / "b.md").write_text("Mine.", encoding="utf-8")
    assert refused(folder)[0][0] == "not-ours"
    assert refused(folder, {"b.md/c.py": "x"})[0][1].endswith("b.md: this is no folder")


def test_left_over_links_are_kept(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text(f"# {MARK}spec.\n", encoding="utf-8")
    (folder / "link.py").symlink_to(tmp_path / "ours.py")
    assert write(folder, FILES) == []
    assert (folder / "link.py").is_symlink()


@pytest.mark.parametrize(
    "names",
    [["../a.py"], ["/a.py"], ["a/../b.py"], ["a//b.py"], ["./a.py"], ["a\\b.py"], ["C:a.py"],
     ["a.py", "A.py"], ["a.py\0"], ["\u202ea.py"], [".a.py"], [""]],
)  # fmt: skip
def test_names_of_files_are_plain(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(ValueError, match="plain"):
        write(tmp_path / "out", dict.fromkeys(names, "x"))
    assert list(tmp_path.iterdir()) == []


def test_files_in_folders(tmp_path: Path) -> None:
    files = {"a/b/c.py": f"# {MARK}x", "a/d.py": f"# {MARK}x", "e.py": f"# {MARK}x"}
    assert len(write(tmp_path, files)) == 3
    assert write(tmp_path, files) == []
    assert [item.name for item in compare(tmp_path, files | {"a/d.py": MARK})] == ["a/d.py"]
    del files["a/d.py"]
    assert [item.path for item in write(tmp_path, files)] == [tmp_path / "a/d.py"]


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {name: text + "more" for name, text in FILES.items()}
    stage, staged = os.fdopen, iter(range(9))
    monkeypatch.setattr(os, "fdopen", lambda *given: full() if next(staged) else stage(*given))
    with pytest.raises(OSError, match=r"No space left on device: .*b\.md"):
        write(folder, wanted)
    monkeypatch.undo()
    assert compare(folder, FILES) == []
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


KILLED = """
import os, sys
from itertools import count
from pathlib import Path
from brokerspec.write import write

steps, after, folder = count(), int(sys.argv[1]), Path(sys.argv[2])
def step(act):
    return lambda *given: os._exit(9) if next(steps) == after else act(*given)
os.chmod, os.replace = step(os.chmod), step(os.replace)
write(folder, {path.name: path.read_text("utf-8") + "more" for path in folder.iterdir()})
"""


@pytest.mark.parametrize("after", range(5))
def test_a_killed_run_leaves_old_or_new_and_is_healed(folder: Path, after: int) -> None:
    wanted = {name: text + "more" for name, text in FILES.items()}
    source = str(Path(brokerspec.__file__).parents[1])
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(after), str(folder)], env={"PYTHONPATH": source}
    )
    assert ended.returncode == (9 if after < 4 else 0)
    for name, text in FILES.items():
        assert (folder / name).read_text(encoding="utf-8") in (text, wanted[name])
    write(folder, wanted)
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == wanted


def test_what_another_run_stages_is_left_alone(folder: Path) -> None:
    staged = folder / f".brokerspec-{os.getppid()}-xa.py"
    staged.write_text(f"# {MARK}x", encoding="utf-8")
    write(folder, FILES)
    assert staged.exists()


def test_folders_that_are_no_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for folder in (
        Path("/"),
        tmp_path,
        tmp_path / "x" / "..",
        tmp_path / "link",
        tmp_path / "file",
    ):
        with pytest.raises(SpecError, match="bad-output"):
            check_folder(folder)
    check_folder(tmp_path / "new")


def test_a_folder_that_may_not_be_written(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("this user may write anywhere")
        with pytest.raises(PermissionError):
            write(folder, FILES | {"a.py": FILES["a.py"] + "more"})
        assert compare(folder, FILES) == []
    finally:
        folder.chmod(0o700)
