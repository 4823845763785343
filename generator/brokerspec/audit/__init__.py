"""Hold a broker's document against its spec."""

from __future__ import annotations

from brokerspec.audit.facts import Facts, Text
from brokerspec.audit.read import read
from brokerspec.audit.reading import facts_of

__all__ = ["Facts", "Text", "facts_of", "read"]
