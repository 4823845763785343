"""Read the facts out of the text of a document."""

from __future__ import annotations

from brokerspec.audit.facts import Facts, Text


def facts_of(text: Text) -> Facts:
    """Find every payload, endpoint, table and list of values."""
    return Facts(text)
