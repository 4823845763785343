"""A spec is written whole or not at all, and never over another one unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from brokerspec.commands.init import init
from brokerspec.diagnostics import SpecError
from brokerspec.init import start

GUIDE = Path(__file__).with_name("documents") / "harbour.txt"

app = typer.Typer()
app.command()(init)


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.*")}


def test_a_spec_is_not_replaced_unasked(tmp_path: Path) -> None:
    folder = start("harbour", GUIDE, tmp_path).folder
    (folder / "openapi.yaml").write_text("openapi: 3.1.0 # by hand\n")
    before = files(tmp_path)
    with pytest.raises(SpecError) as caught:
        start("harbour", GUIDE, tmp_path)
    (found,) = caught.value.diagnostics
    assert (found.code, "--force" in found.hint) == ("spec-exists", True)
    assert files(tmp_path) == before


def test_force_replaces_what_was_started_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = start("harbour", GUIDE, tmp_path).folder
    before = files(tmp_path)
    (folder / "openapi.yaml").write_text("openapi: 3.1.0 # by hand\n")
    (folder / "samples" / "old.response.json").write_text("{}")
    (folder / "demo.yaml").write_text("steps: []\n")
    start("harbour", GUIDE, tmp_path, force=True)
    assert files(tmp_path) == before | {"harbour/demo.yaml": "steps: []\n"}


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start("harbour", GUIDE, tmp_path)
    before = files(tmp_path)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.parent.name.startswith(".harbour-") and self.name == "harbour":
            raise OSError("the disk is full")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="full"):
        start("harbour", GUIDE, tmp_path, force=True)
    assert files(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["harbour"]


@pytest.mark.parametrize("name", ["two words", "class", "../up", "", "1st"])
def test_a_name_has_to_be_that_of_a_package(name: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="package-name"):
        start(name, GUIDE, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_time_zone_has_to_exist(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="Asia/Kolkata"):
        start("harbour", GUIDE, tmp_path, time_zone="Mars/Olympus")


def test_a_time_zone_can_be_given(tmp_path: Path) -> None:
    folder = start("harbour", GUIDE, tmp_path, time_zone="Europe/Berlin").folder
    assert "  x-time-zone: Europe/Berlin\n" in (folder / "openapi.yaml").read_text()


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "no-such-file"), (b"", ""), (b"\x00\x01\x02\x03" * 50, "")],
    ids=["missing", "empty", "binary"],
)
def test_what_is_no_document_is_refused(content: bytes | None, code: str, tmp_path: Path) -> None:
    document = tmp_path / "document.txt"
    if content is not None:
        document.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        start("harbour", document, tmp_path / "specs")
    (found,) = caught.value.diagnostics
    assert found.hint
    assert code in found.code
    assert not (tmp_path / "specs").exists()


def test_the_command_says_what_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["harbour", "--document", str(GUIDE)])
    assert done.exit_code == 0, done.output
    assert f"{Path('specs', 'harbour')}: 5 operations, 14 schemas, 7 samples" in done.output
    assert (tmp_path / "specs" / "harbour" / "openapi.yaml").is_file()
