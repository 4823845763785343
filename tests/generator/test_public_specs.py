"""Documents of other people, when a folder of them is given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from brokerspec.generate import Job, build
from brokerspec.write import write
from generator.foreign import decoders
from generator.making import imported

FOLDER = os.environ.get("BROKERSPEC_PUBLIC_SPECS")
SPECS = sorted(Path(FOLDER).glob("*.yaml")) if FOLDER else []


@pytest.mark.skipif(not FOLDER, reason="BROKERSPEC_PUBLIC_SPECS names no folder")
@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_every_answer_of_a_public_document_has_a_decoder(spec: Path, tmp_path: Path) -> None:
    package = f"public_{spec.stem.replace('-', '_')}"
    built = build([Job(spec, package, spec.name, is_ours=False)], fresh=True)
    write(tmp_path / package, built.packages[package])
    imported(tmp_path / package)
    assert decoders(package) == []
