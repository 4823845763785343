"""Hold a document against the house rules, which ask for more than OpenAPI does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from brokerspec import operation_rules, schema_rules
from brokerspec.diagnostics import Diagnostic, Severity
from brokerspec.document import Document
from brokerspec.findings import Rule

RULES: Final[Mapping[str, Rule]] = {**operation_rules.RULES, **schema_rules.RULES}


def run_rules(document: Document) -> list[Diagnostic]:
    """Report everything that breaks a rule, under the code of that rule."""
    return [
        Diagnostic(
            Severity.ERROR, code, document.where_key(found.pointer), found.message, found.hint
        )
        for code, rule in RULES.items()
        for found in rule(document)
    ]
