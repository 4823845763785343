"""Refuse documents that cannot be used."""

from __future__ import annotations

from typing import NoReturn

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where


def refuse(label: str, code: str, message: str, hint: str) -> NoReturn:
    """Raise the one diagnostic that says why a document cannot be used."""
    raise SpecError([Diagnostic(Severity.ERROR, code, Where(label, 1, 1), message, hint)])


def refuse_without(label: str, module: str) -> NoReturn:
    """Raise the diagnostic for a reader that is not installed."""
    refuse(
        label,
        "missing-extra",
        f"reading this kind of document needs {module}, which is not installed",
        'pip install "brokerspec[audit]"',
    )
