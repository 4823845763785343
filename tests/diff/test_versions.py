"""Which version changes ask for, and the entry of the changelog."""

from __future__ import annotations

import pytest

from brokerspec.changelog import Entry, entries_of, version_of
from brokerspec.diagnostics import SpecError
from brokerspec.diff.change import BREAKING, COMPATIBLE, DOCUMENTATION, Change, Level
from brokerspec.diff.compare import Edition
from brokerspec.diff.versions import entry, level_of, propose
from brokerspec.ir import Api


def edition(version: str, *entries: tuple[str, bool]) -> Edition:
    api = Api(
        "p", "P", version, "", "", "UTC", (), (), (), (), (), (), None, ()
    )  # fmt: skip
    listed = tuple(Entry(found, is_released, "", 1) for found, is_released in entries)
    return Edition(api, entries=listed)


def change(level: Level, kind: str = "field-type-changed", message: str = "it") -> Change:
    return Change("f", kind, level, "p", "Order.price", message)


@pytest.mark.parametrize(
    ("version", "level", "expected"),
    [
        ("1.2.3", BREAKING, "2.0.0"),
        ("1.2.3", COMPATIBLE, "1.3.0"),
        ("1.2.3", DOCUMENTATION, "1.2.4"),
        ("0.2.3", BREAKING, "0.3.0"),
        ("0.2.3", COMPATIBLE, "0.2.4"),
        ("0.2.3", DOCUMENTATION, "0.2.4"),
        ("1.0", BREAKING, "2.0.0"),
        ("v2", COMPATIBLE, "2.1.0"),
        ("July", BREAKING, "0.1.0"),
        ("", BREAKING, "0.1.0"),
    ],
)
def test_a_step_without_a_changelog(version: str, level: Level, expected: str) -> None:
    proposal = propose(edition(version), [change(level)])
    assert proposal
    assert proposal.version == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([("1.4.0", True)], "1.5.0"),
        ([("0.1.0", False)], "0.1.0"),
        ([("1.4.1", False), ("1.4.0", True)], "1.5.0"),
        ([("2.0.0", False), ("1.4.0", True)], "2.0.0"),
    ],
)
def test_a_step_from_the_changelog(entries: list[tuple[str, bool]], expected: str) -> None:
    proposal = propose(edition("9.9.9", *entries), [change(COMPATIBLE), change(DOCUMENTATION)])
    assert proposal
    assert proposal.version == expected


def test_nothing_asks_for_nothing() -> None:
    assert propose(edition("1.0.0"), []) is None
    assert level_of([]) is None


def test_the_entry_of_the_changelog() -> None:
    changes = [
        change(BREAKING, "method-removed", "there is no method `a` any more"),
        change(BREAKING, message="`Order.price` is `int` instead of `Decimal`"),
        change(COMPATIBLE, "method-added", "there is a method `b`"),
        change(DOCUMENTATION, "documentation-changed"),
    ]
    proposal = propose(edition("1.0.0"), changes)
    assert proposal
    assert entry(proposal, changes) == (
        "## [2.0.0] - Unreleased\n\n"
        "### Added\n\n- There is a method `b`.\n\n"
        "### Changed\n\n- **Breaking:** `Order.price` is `int` instead of `Decimal`.\n"
        "- Documentation: `Order.price`.\n\n"
        "### Removed\n\n- **Breaking:** There is no method `a` any more.\n"
    )
    assert entries_of(entry(proposal, changes), "x")[0].version == "2.0.0"


def test_an_entry_of_words_only() -> None:
    changes = [change(DOCUMENTATION, "documentation-changed")]
    proposal = propose(edition("1.0.0"), changes)
    assert proposal
    assert entry(proposal, changes) == (
        "## [1.0.1] - Unreleased\n\n### Changed\n\n- Documentation: `Order.price`.\n"
    )


DIGEST = f"sha256:{'0' * 64}"


def test_a_changelog_is_read() -> None:
    text = (
        "# Changes\n\n## [1.1.0] - Unreleased\n\n## [1.0.0] - 2026-01-02\n\n"
        f"Spec digest: `{DIGEST}`\n"
    )
    assert entries_of(text, "c") == (
        Entry("1.1.0", is_released=False, digest="", line=3),
        Entry("1.0.0", is_released=True, digest=DIGEST, line=5),
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "c:1:1"),
        ("# Changes\n", "c:1:1"),
        ("\n## [Unreleased]\n", "c:2:1"),
        ("## [1.0] - 2026-01-02\n", "c:1:1"),
        ("## [1.0.0] - soon\n", "c:1:1"),
        ("## 1.0.0 - 2026-01-02\n", "c:1:1"),
    ],
)
def test_a_heading_that_says_nothing_is_refused(text: str, place: str) -> None:
    with pytest.raises(SpecError) as caught:
        entries_of(text, "c")
    assert str(caught.value).startswith(f"{place}: error[changelog]")
    assert "Unreleased" in str(caught.value)


@pytest.mark.parametrize(("edition_", "expected"), [("1.0", "1.0"), ("July 2021", "0.0.0")])
def test_without_a_changelog_the_document_says_the_version(edition_: str, expected: str) -> None:
    assert version_of((), edition_) == expected
