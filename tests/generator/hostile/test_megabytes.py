"""A megabyte in a place of a document: an answer in the same time and memory as for any other."""

from __future__ import annotations

import json
import re
from pathlib import Path

from generator.hostile.limited import answers_of
from generator.hostile.payloads import BASE, places, saying

MEGABYTES = (
    '"""' * 349_526,
    "\\" * 1_048_576,
    "a" * 1_048_576,
    "\n- a" * 262_144,
    "é\u202e{{" * 262_144,
)
# Of all places: each costs as much as a plain document ten times.
STEP = 9


def test_a_megabyte_in_a_place(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(json.dumps(BASE), encoding="utf-8")
    chosen = list(places())[::STEP]
    for number, place in enumerate(chosen):
        document = saying([(*place, MEGABYTES[number % len(MEGABYTES)])])
        spec = tmp_path / f"spec_{number}.json"
        spec.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    answers = answers_of(tmp_path)
    assert set(answers) == {"plain", *(f"spec_{number}" for number in range(len(chosen)))}
    for number, place in enumerate(chosen):
        answer = answers[f"spec_{number}"]
        assert "died" not in answer, place
        assert re.fullmatch(r"[a-z -]+", answer), place
    assert [*answers.values()].count("made") > len(chosen) // 2
