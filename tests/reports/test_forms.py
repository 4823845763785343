"""The other forms of a report, and what identifies a finding."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from brokerspec.diagnostics import Diagnostic, Severity, Where
from brokerspec.reports import Format, Report, render
from brokerspec.reports.fingerprint import base_of, fingerprint
from reports.sample_report import ERROR, report


def test_json_holds_every_finding() -> None:
    made = json.loads(render(report(), Format.JSON))
    assert (made["errors"], made["warnings"], made["ignored"]) == (1, 2, 1)
    assert len(made["checked"]) == 3
    assert made["findings"][0] == {
        "code": "first-rule",
        "level": "error",
        "file": "specs/a b,c:d/openapi.yaml",
        "line": 3,
        "column": 5,
        "pointer": "/paths/~1a",
        "message": "100%, done: 'a' next::line <b>&amp;[red] [31m 📈",
        "hint": "try, it",
        "fingerprint": "first-rule-1",
        "ignored": None,
    }
    assert made["findings"][2]["ignored"] == "The vendor knows, & waits."
    assert made["findings"][3]["file"] is None


def test_junit_has_a_case_per_file_and_rule() -> None:
    root = fromstring(render(report(), Format.JUNIT))
    assert (root.get("tests"), root.get("failures")) == ("7", "1")
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == [
        "specs/a b,c:d/openapi.yaml",
        "specs/other/openapi.yaml",
        "specs/good/openapi.yaml",
        "validate",
    ]
    first = suites["specs/a b,c:d/openapi.yaml"]
    assert [case.get("name") for case in first] == ["first-rule", "second-rule"]
    failure = first.find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "first-rule"
    message = failure.get("message") or ""
    assert message.startswith("100%, done: 'a'")
    assert "\x00" not in message
    other = suites["specs/other/openapi.yaml"]
    assert other.find("testcase/failure") is None
    said = [case.findtext("system-out", "") for case in other]
    assert said[0].endswith("known (ignored: The vendor knows, & waits.)")
    assert said[1].endswith("small")
    assert [len(case) for case in suites["specs/good/openapi.yaml"]] == [0, 0]


def test_github_escapes_what_would_end_a_command() -> None:
    first, second, third = render(report(), Format.GITHUB).splitlines()
    head, _, message = first.removeprefix("::").partition("::")
    assert head == "error file=specs/a b%2Cc%3Ad/openapi.yaml,line=3,col=5,title=first-rule"
    assert message.startswith("100%25, done: 'a' next::line <b>&amp;[red]")
    assert message.endswith("%0AHint: try, it")
    assert second == (
        "::warning file=specs/other/openapi.yaml,line=1,col=1,title=second-rule::small"
    )
    assert third == "::warning title=third-rule::nowhere"


def test_text_shows_what_counts() -> None:
    made = render(report(), Format.TEXT)
    assert "specs/a b,c:d/openapi.yaml:3:5: error: 100%, done: 'a'" in made
    assert "[red]" in made
    assert "hint: try, it" in made
    assert "known" not in made
    assert made.splitlines()[-1] == "3 specs, 1 error, 2 warnings, 1 ignored"
    assert "second-rule-2" not in made


def test_text_shows_fingerprints_when_asked() -> None:
    shown = Report("validate", report().checked, shows_fingerprints=True)
    assert "second-rule-2" in render(shown, Format.TEXT)


@pytest.mark.parametrize("form", Format)
def test_a_report_without_findings(form: Format) -> None:
    made = render(Report("validate", ()), form)
    assert made == "" or made.endswith("\n")


def at(
    line: int, message: str = "wrong", pointer: str = "/info", file: str = "a.yaml"
) -> Diagnostic:
    return Diagnostic(Severity.ERROR, "some-rule", Where(file, line, 1, pointer), message)


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (at(9), True),
        (at(1, "different"), False),
        (at(1, pointer="/paths"), False),
        (at(1, file="b.yaml"), False),
    ],
)
def test_what_makes_a_fingerprint(other: Diagnostic, is_same: bool) -> None:
    base = Path.cwd()
    assert (fingerprint(at(1), base) == fingerprint(other, base)) is is_same
    assert fingerprint(at(1), base).startswith("some-rule-")


def test_a_fingerprint_knows_no_place_in_another_file() -> None:
    base = Path.cwd()
    one = at(1, "samples/a.json:3:4, /x: 1 is no text; lines 3 and 5")
    two = at(2, "specs/b/samples/a.json:8:1, /x: 1 is no text; lines 4 and 9")
    assert fingerprint(one, base) == fingerprint(two, base)
    assert fingerprint(one, base) != fingerprint(at(1, "samples/b.json:3:4, /x"), base)


def test_a_fingerprint_does_not_depend_on_the_folder_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "specs").mkdir()
    assert base_of(tmp_path / "specs") == tmp_path
    monkeypatch.chdir(tmp_path)
    above = fingerprint(at(1, file="specs/a.yaml"), tmp_path)
    monkeypatch.chdir(tmp_path / "specs")
    assert fingerprint(at(1, file="a.yaml"), tmp_path) == above


def test_a_finding_without_a_place_has_a_fingerprint() -> None:
    assert fingerprint(Diagnostic(Severity.ERROR, "some-rule", None, "m"), Path.cwd())
    assert ERROR.where
