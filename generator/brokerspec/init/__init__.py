"""Start the spec of a broker from its document."""

from __future__ import annotations

from brokerspec.init.start import Started, start

__all__ = ["Started", "start"]
