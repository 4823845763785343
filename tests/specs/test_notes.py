"""The decisions about every known contradiction of a document are written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SPECS = Path(__file__).parents[2] / "specs"
TRAPS = {
    "kotak_securities": ("K", 13),
    "interactive_gateway": ("X", 34),
    "sas_online": ("S", 34),
    "iifl_markets": ("I", 17),
    "algomojo_bridge": ("A", 32),
}


@pytest.mark.parametrize("broker", sorted(TRAPS))
def test_every_decision_is_written_under_its_number(broker: str) -> None:
    letter, last = TRAPS[broker]
    notes = (SPECS / broker / "NOTES.md").read_text(encoding="utf-8")
    decided = re.findall(rf"^[-*] \*\*{letter}(\d+)\*\* \S", notes, re.MULTILINE)
    assert sorted(int(number) for number in decided) == list(range(1, last + 1))


def test_every_broker_has_notes_about_its_repairs_and_sources() -> None:
    assert set(TRAPS) == {path.parent.name for path in SPECS.glob("*/openapi.yaml")}
    for broker in TRAPS:
        notes = (SPECS / broker / "NOTES.md").read_text(encoding="utf-8")
        for heading in ("The document", "Decisions", "Still unknown"):
            assert f"## {heading}" in notes, broker
