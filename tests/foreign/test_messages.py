"""What a person reads who gives a document that is not ours."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from brokerspec.diagnostics import Diagnostic, Severity, Where
from brokerspec.reports.text import show_grouped
from generator.commanding import Run

GIVEN = ("generate", "--output", "o", "--package", "p", "--spec")
OTHERS = {
    "swagger 2": ("swagger: '2.0'\n", "Swagger 2.0", "swagger2openapi"),
    "swagger 2 as a number": ("swagger: 2.0\n", "Swagger 2.0", "swagger2openapi"),
    "swagger 1": ("swaggerVersion: '1.2'\n", "Swagger 1", "api-spec-converter"),
    "swagger 1, misnamed": ("swagger: '1.2'\n", "Swagger 1.2", "convert it first"),
    "asyncapi": ("asyncapi: 3.0.0\n", "AsyncAPI", "the OpenAPI document of the HTTP API"),
    "postman": (
        "info: {_postman_id: x, name: Mine}\nitem: []\n", "Postman", "postman-to-openapi"
    ),
    "postman by its schema": (
        "info: {schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'}\n",
        "Postman", "postman-to-openapi",
    ),
    "discovery": ("discoveryVersion: v1\n", "Google", "convert it"),
    "json schema": ("$schema: 'https://json-schema.org/draft/2020-12/schema'\n", "JSON Schema", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_other_kinds_are_named_with_what_helps(run: Run, project: Path, name: str) -> None:
    text, kind, hint = OTHERS[name]
    (project / "other.yaml").write_text(text, encoding="utf-8")
    ended = run(*GIVEN, "other.yaml")
    assert ended.code == 2
    assert "other.yaml:1:1: error: this is " in ended.err
    assert f"{kind}" in ended.err
    assert hint in ended.err
    assert not (project / "o").exists()


def test_a_json_document_is_recognised_too(run: Run, project: Path) -> None:
    (project / "other.json").write_text('{"swagger": "2.0", "paths": {}}', encoding="utf-8")
    ended = run(*GIVEN, "other.json")
    assert (ended.code, "Swagger 2.0" in ended.err) == (2, True)


@pytest.mark.parametrize(
    "address", ["https://api.example.com/v1/openapi.yaml?a=b&c=d", "http://api.example.com/o.json"]
)
def test_an_address_is_answered_with_how_to_download(run: Run, address: str) -> None:
    ended = run(*GIVEN, address)
    assert ended.code == 2
    assert "never from the network" in ended.err
    assert "curl -fsSL -o api.yaml" in ended.err
    assert address in ended.err


def test_the_version(run: Run) -> None:
    ended = run("--version")
    assert (ended.code, ended.out) == (0, f"brokerspec {version('brokerspec')}\n")


def found(code: str, count: int) -> list[Diagnostic]:
    return [
        Diagnostic(Severity.WARNING, code, Where("a.yaml", line, 1), f"number {line} of {code}")
        for line in range(1, count + 1)
    ]


def test_many_warnings_of_a_kind_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    show_grouped([*found("many", 40), *found("few", 4), *found("one", 1)])
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "a.yaml:1:1: warning: number 1 of one [one]"
    assert [line for line in lines if "of few" in line] == lines[1:5]
    assert [line for line in lines if "of many" in line] == lines[5:8]
    assert lines[8] == "  … and 37 more [many]"
    assert lines[9] == "45 warnings in all: --verbose shows them, --report FILE keeps them"


def test_no_warnings_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    show_grouped([])
    assert capsys.readouterr().err == ""


MANY = """\
openapi: 3.1.0
info: {title: Many, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
"""


def test_warnings_are_grouped_shown_or_kept_in_a_file(run: Run, project: Path) -> None:
    paths = "".join(
        f"  /p{i}:\n    get:\n      responses: {{'204': {{description: Done.}}}}\n"
        for i in range(9)
    )
    (project / "many.yaml").write_text(MANY + paths, encoding="utf-8")
    short = run(*GIVEN, "many.yaml", "--report", "warnings.txt")
    assert short.code == 0
    assert "… and 6 more [missing-operation-id]" in short.err
    kept = (project / "warnings.txt").read_text(encoding="utf-8").splitlines()
    assert len(kept) == 9
    assert kept[8].startswith("many.yaml:")
    full = run(*GIVEN, "many.yaml", "--verbose")
    assert full.err.count("[missing-operation-id]") == 9
