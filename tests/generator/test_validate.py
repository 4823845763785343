"""Validate specs: samples, variants, and specs that are not ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from brokerspec.catalogue import OPENAPI
from brokerspec.diagnostics import Severity
from brokerspec.schema_rules import is_amount_name, is_secret_name
from brokerspec.validate import published, validate
from generator.house_spec import SAMPLE, line, run


def test_a_good_spec_has_no_findings(tmp_path: Path) -> None:
    assert run(tmp_path) == []


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ('{"data": [{"mark": "1", "extra": 1}]}', "undeclared-key"),
        ('{"data": [{"mark": 1}]}', "sample-mismatch"),
        ('{"data": [{}]}', "sample-mismatch"),
        ('{"data": [{"mark": "1", "side": "X"}]}', "unlisted-value"),
    ],
)
def test_samples_against_their_schema(tmp_path: Path, sample: str, expected: str) -> None:
    assert run(tmp_path, sample=sample) == [(expected, line("examples:"))]


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ("{mark: '1'}", []),
        ("{mark: 1}", ["sample-mismatch"]),
        ("{mark: '1', extra: 1}", ["undeclared-key"]),
    ],
)
def test_examples_in_the_spec_against_their_schema(
    tmp_path: Path, example: str, expected: list[str]
) -> None:
    found = run(tmp_path, ("example: {mark: '1'}", f"example: {example}"))
    assert found == [(code, line("example: {mark:")) for code in expected]


@pytest.mark.parametrize("keyword", ["pattern: '('", "maxLength: a"])
def test_a_schema_that_cannot_check_anything(tmp_path: Path, keyword: str) -> None:
    mark = "mark: {type: string, description: Mark.}"
    found = run(tmp_path, (mark, mark.replace("}", f", {keyword}}}")))
    assert found == [("sample-mismatch", line("examples: {doc"))]


def test_a_flag_is_no_secret(tmp_path: Path) -> None:
    old = "session: {type: string, description: Its token.}"
    more = "hasOtp: {type: boolean, description: Whether it needs one.}"
    assert run(tmp_path, (old, f"{old}\n        {more}")) == []


def test_a_list_of_values_may_bring_its_source(tmp_path: Path) -> None:
    lonely = (
        "    Lonely:\n      type: string\n      description: L.\n      enum: [A]\n"
        "      x-source: {document: Test API, section: Lists}\n    Side:\n"
    )
    assert run(tmp_path, ("    Side:\n", lonely)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("price", True),
        ("lastPrice", True),
        ("net_margin", True),
        ("LTP", True),
        ("priceType", False),
        ("margin_call", False),
        ("quantity", False),
    ],
)
def test_names_that_sound_like_money(name: str, expected: bool) -> None:
    assert is_amount_name(name) is expected


def test_the_schema_of_openapi_is_found_without_its_library(tmp_path: Path) -> None:
    run(tmp_path)
    program = (
        "import sys; from pathlib import Path; from brokerspec.validate import validate;"
        f"validate(Path({str(tmp_path / 'spec.yaml')!r}));"
        "sys.exit('openapi_spec_validator' in sys.modules)"
    )
    surroundings = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "generator")}
    subprocess.run([sys.executable, "-c", program], env=surroundings, check=True)


def test_the_schema_of_openapi_is_asked_of_its_library_when_it_lies_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    direct = {version: published(version) for version in ("3.0", "3.1")}
    monkeypatch.setattr("brokerspec.validate.find_spec", lambda _: None)
    assert {version: published(version) for version in direct} == direct


def test_a_sample_may_be_truncated(tmp_path: Path) -> None:
    old = "{externalValue: samples/list_orders.response.json}"
    change = (old, old.replace("}", ", x-truncated: true}"))
    assert run(tmp_path, change, sample='{"data": [{}]}') == []


def test_a_sample_must_be_json(tmp_path: Path) -> None:
    assert run(tmp_path, sample='{"data": [],\n "data": []}') == [("duplicate-key", 2)]


def test_sample_files_are_named_after_operations(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    for name in ("list_orders.response.json", "list_order.response.json", "notes.txt"):
        (tmp_path / "samples" / name).write_text(SAMPLE)
    assert run(tmp_path, sample=None) == [("sample-name", 1), ("sample-name", 1)]


def test_variants_are_checked_like_operations(tmp_path: Path) -> None:
    variant = (
        "x-safety: unsafe\n      x-variants:\n        - operationId: place_two\n"
        "          summary: Place two.\n          x-safety: unsafe\n          tags: 1\n"
        "          x-source: {document: T, section: S}\n"
        "          responses: {'200': {description: Done.}}"
    )
    found = run(tmp_path, ("x-safety: unsafe", variant))
    assert found == [("wrong-shape", line("x-safety: unsafe") + 5)]


def test_foreign_specs_need_not_follow_the_house(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "openapi: 3.0.3\ninfo: {title: T, version: '1', x-logo: a}\n"
        "paths:\n  /a:\n    get:\n      responses: {'200': {description: Done}}\n"
    )
    found = validate(path, OPENAPI)
    assert [(d.severity, d.code) for d in found] == [(Severity.WARNING, "missing-operation-id")]


def test_unreadable_files_are_findings(tmp_path: Path) -> None:
    assert [d.code for d in validate(tmp_path / "none.yaml")] == ["no-such-file"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("password", True),
        ("apiKey", True),
        ("API_KEY", True),
        ("X-Api-Key", True),
        ("appSecret", True),
        ("pan", True),
        ("clientPAN", True),
        ("tokenID", True),
        ("instrument_token", False),
        ("company", False),
        ("expanded", False),
        ("keyword", False),
    ],
)
def test_names_that_sound_like_secrets(name: str, expected: bool) -> None:
    assert is_secret_name(name) is expected
