"""Write a report as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from brokerspec.diagnostics import Diagnostic, Where
from brokerspec.reports.report import TOOL, Report, Reported, RuleInfo, relative, tool_version

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_BASE: Final = "%SRCROOT%"
_FINGERPRINT: Final = f"{TOOL}/v1"


def sarif(report: Report) -> str:
    """Return the report as one run; findings that are ignored are suppressed in it."""
    rules = {rule.code: rule for rule in report.rules}
    for item in report.findings:
        found = item.diagnostic
        rules.setdefault(found.code, RuleInfo(found.code, found.severity, found.code))
    index = {code: position for position, code in enumerate(rules)}
    driver: dict[str, Any] = {"name": TOOL, "rules": [_rule(rule) for rule in rules.values()]}
    if installed := tool_version():
        driver["semanticVersion"] = installed
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{TOOL}/{report.command}/"},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the repository."}}},
        "results": [_result(item, index, report) for item in report.findings],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: RuleInfo) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": str(rule.level)},
    }
    if rule.page:
        written["help"] = {"text": rule.page, "markdown": rule.page}
    if rule.url:
        written["helpUri"] = rule.url
    return written


def _result(item: Reported, index: dict[str, int], report: Report) -> dict[str, Any]:
    found = item.diagnostic
    written: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": index[found.code],
        "level": str(found.severity),
        "message": {"text": _message(found)},
        "partialFingerprints": {_FINGERPRINT: item.fingerprint},
    }
    if found.where:
        written["locations"] = [_location(found.where, report.base)]
    if item.ignored:
        written["suppressions"] = [{"kind": "external", "justification": item.ignored}]
    return written


def _message(found: Diagnostic) -> str:
    return f"{found.message} ({found.hint})" if found.hint else found.message


def _location(where: Where, base: Path) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(where.file, base),
            "region": {"startLine": where.line, "startColumn": where.column},
        }
    }
    if where.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": where.pointer}]
    return location


def _artifact(file: str, base: Path) -> dict[str, str]:
    path = relative(file, base)
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path), "uriBaseId": _BASE}
