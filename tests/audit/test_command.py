"""The command: what it prints, what it writes and with which code it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from audit.small import PRINTED, SPEC, write_spec
from brokerspec.commands.audit import audit
from brokerspec.diagnostics import SpecError

app = typer.Typer()
app.command()(audit)
LEND = PRINTED.replace("// BUY, SELL", "// BUY, SELL, LEND")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_spec(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(text: str, *options: str) -> Result:
    Path("document.txt").write_text(text)
    return CliRunner().invoke(app, ["small", "--document", "document.txt", *options])


def test_nothing_new_is_success(project: Path) -> None:
    result = run(PRINTED)
    assert result.exit_code == 0
    assert "0 new findings, 0 known" in result.stderr


def test_findings_fail(project: Path) -> None:
    result = run(LEND)
    assert result.exit_code == 1
    assert "document.txt:8:1: error: Place Order side: 'LEND'" in result.stderr
    assert "specs/small/openapi.yaml:" in result.stderr


def test_json_is_for_programs(project: Path) -> None:
    shown = json.loads(run(LEND, "--format", "json").stdout)
    (new,) = shown["new"]
    assert (new["code"], new["line"], new["document"]) == ("audit-new-value", 8, "LEND")
    assert shown["read"]["payloads"] == 2
    assert [repair["line"] for repair in shown["repairs"]] == [8]


def test_github_gets_annotations(project: Path) -> None:
    result = run(LEND, "--format", "github")
    assert result.stdout.startswith(
        "::error file=document.txt,line=8,col=1,title=audit-new-value::"
    )
    assert len(result.stdout.splitlines()) == 1


def test_what_is_known_is_listed_apart(project: Path) -> None:
    (new,) = json.loads(run(LEND, "--format", "json").stdout)["new"]
    entry = f"- fingerprint: '{new['fingerprint']}'\n  reason: They told us.\n"
    Path("specs/small/known.yaml").write_text(entry)
    result = run(LEND, "--show-known")
    assert result.exit_code == 0
    assert "0 new findings, 1 known" in result.stderr
    assert "They told us." in result.stderr
    other = run(LEND, "--known", "specs/small/known.yaml", "--format", "json")
    assert json.loads(other.stdout)["known"][0]["reason"] == "They told us."
    assert run(PRINTED).exit_code == 1


def test_nothing_is_written_without_being_asked(project: Path) -> None:
    result = run(LEND, "--propose")
    assert "+++ b/specs/small/openapi.yaml" in result.stdout
    assert "+      enum: [BUY, SELL, LEND]   # as printed" in result.stdout
    assert Path("specs/small/openapi.yaml").read_text() == SPEC


def test_write_writes(project: Path) -> None:
    assert run(LEND, "--write").exit_code == 1
    assert run(LEND).exit_code == 0


def test_a_patch_is_not_mixed_with_other_formats(project: Path) -> None:
    assert run(LEND, "--propose", "--format", "json").exit_code == 2
    written = run(LEND, "--write", "--format", "json")
    assert json.loads(written.stdout)["new"]
    assert run(LEND).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nobody", "--document", "document.txt"], "unknown-broker"),
        (["small", "--document", "nothing.txt"], "no-such-file"),
        (["small", "--document", "document.txt", "--known", "nothing.yaml"], "no-such-file"),
    ],
)
def test_wrong_input_is_one_clear_finding(project: Path, arguments: list[str], code: str) -> None:
    Path("document.txt").write_text(PRINTED)
    caught = CliRunner().invoke(app, arguments).exception
    assert isinstance(caught, SpecError)
    (only,) = caught.diagnostics
    assert only.code == code
    assert only.hint
