"""Compare two editions of one package, or of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from brokerspec import ir
from brokerspec.changelog import Entry
from brokerspec.diagnostics import Where
from brokerspec.diff.change import (
    BREAKING,
    CLIENT,
    COMPATIBLE,
    DOCUMENTATION,
    Change,
    Level,
    Log,
    fingerprint,
)
from brokerspec.diff.classes import class_renames, compare_classes
from brokerspec.diff.client import compare_client
from brokerspec.diff.methods import compare_methods

_ORDER = (BREAKING, COMPATIBLE, DOCUMENTATION)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a spec: its client, where the parts of it stand, samples and versions."""

    api: ir.Api
    label: str = ""
    places: Mapping[str, Where] = field(default_factory=dict[str, Where])
    samples: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    entries: tuple[Entry, ...] = ()


def compare(old: Edition, new: Edition) -> list[Change]:
    """Return what changed between two editions, the worst first."""
    log = Log(new.api.package, old.places, new.places)
    names = class_renames(old.api, new.api)
    compare_client(old.api, new.api, names, log)
    compare_methods(old.api, new.api, names, log)
    compare_classes(old.api, new.api, names, log)
    _compare_samples(old, new, log)
    return in_order(log.changes)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Return changes by package and level, and within these in the order they were found."""
    return sorted(changes, key=lambda change: (change.package, _ORDER.index(change.level)))


def come(edition: Edition) -> Change:
    """Return the change that a whole package is new."""
    return _whole("package-added", COMPATIBLE, edition, "there is a client")


def gone(edition: Edition) -> Change:
    """Return the change that a whole package is no more."""
    return _whole("package-removed", BREAKING, edition, "there is no client any more")


def _whole(kind: str, level: Level, edition: Edition, message: str) -> Change:
    package, place = edition.api.package, edition.places.get(CLIENT)
    is_new = kind == "package-added"
    return Change(
        fingerprint(kind, package),
        kind,
        level,
        package,
        CLIENT,
        f"{message} `{package}`",
        old=None if is_new else place,
        new=place if is_new else None,
    )


def _compare_samples(old: Edition, new: Edition, log: Log) -> None:
    """Note which printed payloads came, went or changed."""
    owners = {sample.file: sample.operation for sample in (*old.api.samples, *new.api.samples)}
    for file in sorted(owners):
        before, after = _digest(old, file), _digest(new, file)
        if before == after:
            continue
        verb = "changed" if before and after else "is new" if after else "is gone"
        log.add(
            "samples-changed",
            DOCUMENTATION,
            owners[file],
            f"the sample {file} {verb}",
            before=f"{file} {before}",
            after=f"{file} {after}",
        )


def _digest(edition: Edition, file: str) -> str:
    """Return what tells a sample from others, empty where the spec does not name it."""
    if all(sample.file != file for sample in edition.api.samples):
        return ""
    return fingerprint(repr(edition.samples.get(file, b"")))
