"""Write a report as JUnit XML: one test case per file and rule."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from brokerspec.diagnostics import Severity
from brokerspec.reports.report import TOOL, Checked, Report, Reported, relative

# XML 1.0 has no way to write these.
_IMPOSSIBLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return the report as one suite per file; only errors fail a test case."""
    root = Element("testsuites", name=f"{TOOL} {report.command}")
    for one in report.checked:
        _suite(root, one, report)
    for name in ("tests", "failures"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{declaration}{tostring(root, encoding='unicode')}\n"


def _suite(root: Element, checked: Checked, report: Report) -> None:
    name = relative(checked.file, report.base) if checked.file else report.command
    listed = [rule.code for rule in report.rules] if checked.file else []
    codes = dict.fromkeys([*listed, *(item.diagnostic.code for item in checked.findings)])
    suite = SubElement(root, "testsuite", name=_text(name), errors="0", skipped="0")
    failures = 0
    for code in codes:
        found = [item for item in checked.findings if item.diagnostic.code == code]
        case = SubElement(suite, "testcase", classname=_text(name), name=code, time="0")
        failures += _fill(case, found)
    suite.set("tests", str(len(codes)))
    suite.set("failures", str(failures))


def _fill(case: Element, found: list[Reported]) -> bool:
    """Write what a rule found into its test case; say whether the case fails."""
    grave = [item for item in found if _is_grave(item)]
    if grave:
        first = grave[0].diagnostic
        message = (
            first.message if len(grave) == 1 else f"{first.message} (and {len(grave) - 1} more)"
        )
        failure = SubElement(case, "failure", message=_text(message), type=first.code)
        failure.text = _text("\n".join(_line(item) for item in grave))
    rest = [item for item in found if not _is_grave(item)]
    if rest:
        SubElement(case, "system-out").text = _text("\n".join(_line(item) for item in rest))
    return bool(grave)


def _is_grave(item: Reported) -> bool:
    return item.diagnostic.severity is Severity.ERROR and not item.ignored


def _line(item: Reported) -> str:
    ignored = f" (ignored: {item.ignored})" if item.ignored else ""
    return f"{item.diagnostic}{ignored}"


def _text(text: str) -> str:
    return _IMPOSSIBLE.sub("\N{REPLACEMENT CHARACTER}", text)
