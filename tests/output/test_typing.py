"""The clients are typed as `typing_sample.py` says; pyright reads it in `make check`."""

from __future__ import annotations

from pathlib import Path

from typed import ROOT, mypy


def test_the_sample_of_user_code_is_well_typed() -> None:
    sample = Path(__file__).with_name("typing_sample.py")
    golden = ROOT / "tests" / "generator" / "golden" / "example_exchange"
    done = mypy([sample, golden])
    assert done.stdout.splitlines()[-1].startswith("Success"), done.stdout + done.stderr
