"""The list of known findings: what it hides, what it reports, and how it is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from audit.small import PRINTED, found_in, write_spec
from brokerspec.audit.known import Sorted, read_known, sort_out
from brokerspec.diagnostics import SpecError

TODAY = date(2030, 6, 1)


def sorted_by(place: Path, text: str, listed: str) -> Sorted:
    (place / "known.yaml").write_text(listed)
    return sort_out(found_in(place, text), read_known(place / "known.yaml"), TODAY)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return write_spec(tmp_path)


@pytest.fixture
def changed() -> str:
    return PRINTED.replace("// BUY, SELL", "// BUY, SELL, LEND")


@pytest.fixture
def fingerprint(place: Path, changed: str) -> str:
    (found,) = found_in(place, changed)
    return found.fingerprint


def test_what_is_known_does_not_fail(place: Path, changed: str, fingerprint: str) -> None:
    found = sorted_by(place, changed, f"- fingerprint: '{fingerprint}'\n  reason: Agreed.\n")
    assert (found.new, found.stale) == ((), ())
    assert [known.reason for _, known in found.known] == ["Agreed."]


@pytest.mark.parametrize(("expires", "is_over"), [("2030-06-01", False), ("2030-05-31", True)])
def test_an_entry_holds_to_the_end_of_its_last_day(
    place: Path, changed: str, fingerprint: str, expires: str, is_over: bool
) -> None:
    entry = f"- fingerprint: '{fingerprint}'\n  reason: Agreed.\n  expires: {expires}\n"
    found = sorted_by(place, changed, entry)
    assert [one.code for one in found.stale] == ["audit-known-expired"] * is_over
    assert len(found.known) == (not is_over)


def test_an_entry_that_nothing_matches_is_reported_with_its_line(place: Path) -> None:
    entry = "# ours\n- fingerprint: '0123456789ab'\n  reason: Old.\n  about: a list\n"
    found = sorted_by(place, PRINTED, entry)
    (stale,) = found.stale
    assert stale.code == "audit-known-gone"
    assert "a list" in stale.message
    assert stale.where is not None
    assert stale.where.line == 2


WRONG = {
    "a mapping": ("a: 1\n", "not a list"),
    "an entry without a reason": ("- fingerprint: 'x'\n", "'reason'"),
    "a number as fingerprint": ("- {fingerprint: 123456789012, reason: x}\n", "quote"),
    "an unknown member": ("- {fingerprint: 'x', reason: y, expire: '2030-01-01'}\n", "expires"),
    "no date": ("- {fingerprint: 'x', reason: y, expires: soon}\n", "2030-12-31"),
    "one twice": (
        "- {fingerprint: 'x', reason: y}\n- {fingerprint: 'x', reason: y}\n",
        "line 1 already",
    ),
    "broken": ("- {", "YAML"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_list_that_is_wrong_is_refused_with_a_place(place: Path, name: str) -> None:
    text, expected = WRONG[name]
    (place / "known.yaml").write_text(text)
    with pytest.raises(SpecError) as caught:
        read_known(place / "known.yaml")
    (first, *_) = caught.value.diagnostics
    assert first.where is not None
    assert expected in str(caught.value)


def test_an_empty_list_is_a_list(place: Path) -> None:
    (place / "known.yaml").write_text("[]\n")
    assert read_known(place / "known.yaml") == []
