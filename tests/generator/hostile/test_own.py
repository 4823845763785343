"""Every key of the dialect says hostile things, in a spec of ours and in one of somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from brokerspec.format import format_packages
from brokerspec.write import write
from generator.hostile.judging import judge
from generator.hostile.own import PLACES, Said, tried
from generator.hostile.payloads import PAYLOADS
from generator.hostile.test_corpus import imported
from generator.hostile.watching import watching

# With every so many-th payload a document begins; its places say that one and those after it.
STEP = 9
KEYS = re.compile(r"x-[a-z-]+")


def documents() -> Iterator[list[Said]]:
    """Yield what documents say, each place something else; names of one kind are together."""
    values = [place for place in PLACES if not place[1]]
    names = [place for place in PLACES if place[1]]
    kinds = [
        [one for one in names if one[0][-2] == kind]
        for kind in sorted({str(at[-2]) for at, _ in names})
    ]
    for start in range(0, len(PAYLOADS), STEP):
        for chosen in (values, *(kinds[start // STEP :: 3])):
            yield [
                (*place, PAYLOADS[(start + number) % len(PAYLOADS)])
                for number, place in enumerate(chosen)
            ]


@pytest.mark.parametrize("is_ours", [True, False], ids=["ours", "foreign"])
def test_every_key_of_the_dialect(tmp_path: Path, is_ours: bool) -> None:
    made: dict[str, dict[str, str]] = {}
    accepted: set[Said] = set()
    refused: set[Said] = set()
    for said in documents():
        with watching(tmp_path):
            results = tuple(tried(tmp_path / "api.json", "made", said, is_ours=is_ours))
        for one in results:
            if one.files is None:
                refused.update(one.said)
                continue
            accepted.update(one.said)
            judge(one.files)
            made[f"made_{len(made)}"] = one.files
    assert len(made) > 10
    assert len(accepted) > 1_000
    keys = {step for place, *_ in accepted | refused for step in place if is_extension(step)}
    assert len(keys) >= 20
    chosen = dict(islice(made.items(), 0, None, 3))
    for name, files in format_packages(chosen).items():
        write(tmp_path / "made" / name, files)
    assert imported(tmp_path / "made") == ""


def is_extension(step: str | int) -> bool:
    return isinstance(step, str) and KEYS.fullmatch(step) is not None
