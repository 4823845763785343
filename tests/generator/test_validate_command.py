"""The command `validate`: forms, rules, accepted findings and how it ends."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from brokerspec.diagnostics import SpecError
from brokerspec.ignores import read_ignores
from generator.commanding import SPEC, Run

ALPHA = "specs/alpha/openapi.yaml"


def broken(project: Path) -> None:
    """Take the safety of one operation away."""
    path = project / ALPHA
    path.write_text(SPEC.replace("      x-safety: safe\n", ""), encoding="utf-8")


def found(run: Run, *arguments: str) -> list[dict[str, Any]]:
    ended = run("validate", "--format", "json", *arguments)
    listed: list[dict[str, Any]] = json.loads(ended.out)["findings"]
    return listed


def accept(project: Path, run: Run, extra: str = "", reason: str = "Asked.") -> str:
    (finding,) = found(run)
    known = str(finding["fingerprint"])
    entry = f"- fingerprint: {known}\n  reason: {reason}\n{extra}"
    (project / ".brokerspec-ignore.yaml").write_text(entry, encoding="utf-8")
    return known


# Forms.


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_machine_forms_go_to_standard_output(run: Run, project: Path, form: str) -> None:
    broken(project)
    ended = run("validate", "--format", form)
    assert ended.code == 1
    assert "operation-safety" in ended.out
    assert ended.err.splitlines() == ["2 specs, 1 error, 0 warnings"]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_a_report_goes_into_a_file(run: Run, project: Path, form: str) -> None:
    broken(project)
    ended = run("validate", "--format", form, "--output", "report")
    assert (ended.code, ended.out) == (1, "")
    assert "operation-safety" in (project / "report").read_text(encoding="utf-8")


def test_sarif_describes_the_rules_that_were_asked_for(run: Run) -> None:
    log = json.loads(run("validate", "--format", "sarif", "--rules", "openapi").out)
    ids = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert {"openapi", "syntax"} <= ids
    assert not {"operation-safety", "argument-collision", "no-project"} & ids


def test_sarif_links_to_the_pages_where_they_are_published(run: Run) -> None:
    address = "https://example.com/docs/"
    log = json.loads(run("validate", "--format", "sarif", "--docs-url", address).out)
    for rule in log["runs"][0]["tool"]["driver"]["rules"]:
        assert rule["helpUri"] == f"https://example.com/docs/rules/{rule['id']}.md"
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}\n")


def test_an_unknown_form(run: Run) -> None:
    ended = run("validate", "--format", "xml")
    assert (ended.code, ended.out) == (2, "")
    assert "sarif" in ended.err


# Rules.


def test_only_the_rules_of_openapi(run: Run, project: Path) -> None:
    broken(project)
    assert run("validate", "--rules", "openapi").code == 0


def test_some_rules_by_code(run: Run, project: Path) -> None:
    broken(project)
    assert run("validate", "--rules", "operation-name,operation-source").code == 0
    assert run("validate", "--rules", "openapi,operation-safety").code == 1


def test_what_cannot_be_read_is_told_whatever_the_rules(run: Run, project: Path) -> None:
    (project / ALPHA).write_text("openapi: [", encoding="utf-8")
    ended = run("validate", "--rules", "operation-name")
    assert ended.code == 1
    assert "[syntax]" in ended.err


def test_rules_lists_and_explains(run: Run) -> None:
    listed = run("rules")
    assert listed.code == 0
    line = next(one for one in listed.out.splitlines() if one.startswith("operation-safety "))
    assert "error" in line
    shown = run("rules", "operation-safety")
    assert shown.out.startswith("# operation-safety\n")
    assert "## Wrong" in shown.out
    unknown = run("rules", "operation-saftey")
    assert (unknown.code, unknown.out) == (2, "")
    assert "did you mean 'operation-safety'?" in unknown.err


# Accepted findings.


def test_an_accepted_finding_does_not_count(run: Run, project: Path) -> None:
    broken(project)
    known = accept(project, run)
    ended = run("validate", "--show-fingerprints")
    assert ended.code == 0
    assert ended.err.splitlines() == ["2 specs, 0 errors, 0 warnings, 1 ignored"]
    (finding,) = found(run)
    assert (finding["fingerprint"], finding["ignored"]) == (known, "Asked.")
    sarif = json.loads(run("validate", "--format", "sarif").out)
    (result,) = sarif["runs"][0]["results"]
    assert result["suppressions"][0]["justification"] == "Asked."


def test_fingerprints_are_shown(run: Run, project: Path) -> None:
    broken(project)
    (finding,) = found(run)
    assert finding["fingerprint"] in run("validate", "--show-fingerprints").err
    assert finding["fingerprint"] not in run("validate").err


def test_the_file_is_found_from_a_folder_below_or_named(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".git").mkdir()
    broken(project)
    accept(project, run)
    monkeypatch.chdir(project / "specs" / "alpha")
    assert run("validate").code == 0
    monkeypatch.chdir(project)
    (project / ".brokerspec-ignore.yaml").rename(project / "known.yaml")
    assert run("validate").code == 1
    assert run("validate", "--ignore", "known.yaml").code == 0


def test_an_expired_entry_accepts_nothing(run: Run, project: Path) -> None:
    broken(project)
    accept(project, run, "  expires: 2020-02-29\n")
    ended = run("validate")
    assert ended.code == 1
    assert "[operation-safety]" in ended.err
    assert ".brokerspec-ignore.yaml:1:3: warning: the entry for operation-safety-" in ended.err
    assert "expired on 2020-02-29" in ended.err


def test_an_entry_holds_through_its_last_day(run: Run, project: Path) -> None:
    broken(project)
    accept(project, run, "  expires: 2024-02-29\n")
    (entry,) = read_ignores(project / ".brokerspec-ignore.yaml")
    assert not entry.has_expired(date(2024, 2, 29))
    assert entry.has_expired(date(2024, 3, 1))


def test_an_entry_that_accepts_nothing_is_reported(run: Run, project: Path) -> None:
    broken(project)
    accept(project, run)
    (project / ALPHA).write_text(SPEC, encoding="utf-8")
    ended = run("validate")
    assert ended.code == 0
    assert "[unused-ignore]" in ended.err
    assert "[unused-ignore]" not in run("validate", "--rules", "openapi").err


def test_an_entry_with_a_file_is_only_missed_when_that_was_checked(run: Run, project: Path) -> None:
    broken(project)
    accept(project, run, f"  file: {ALPHA}\n")
    (project / ALPHA).write_text(SPEC, encoding="utf-8")
    assert "[unused-ignore]" not in run("validate", "specs/beta").err
    assert "[unused-ignore]" in run("validate", "specs/alpha").err


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\n", 1, "a list of entries"),
        ("- operation-safety\n", 1, "must be a mapping"),
        ("- fingerprint: a\n", 1, "'reason' is missing"),
        ("- reason: a\n", 1, "'fingerprint' is missing"),
        ("- fingerprint: a\n  reason: ''\n", 2, "'reason' must be a text"),
        ("- fingerprint: 12\n  reason: a\n", 1, "'fingerprint' must be a text"),
        ("- fingerprint: a\n  reason: a\n  expires: soon\n", 3, "'soon' is no date"),
        ("- fingerprint: a\n  reason: a\n  expire: 2020-01-01\n", 3, "did you mean 'expires'?"),
    ],
)
def test_an_ignore_file_that_cannot_be_used(
    run: Run, project: Path, text: str, line: int, message: str
) -> None:
    (project / ".brokerspec-ignore.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError):
        read_ignores(project / ".brokerspec-ignore.yaml")
    ended = run("validate")
    assert (ended.code, ended.out) == (2, "")
    assert f".brokerspec-ignore.yaml:{line}:" in ended.err
    assert message in ended.err


def test_an_ignore_file_that_is_not_there(run: Run) -> None:
    ended = run("validate", "--ignore", "none.yaml")
    assert ended.code == 2
    assert "none.yaml" in ended.err
