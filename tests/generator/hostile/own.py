"""Documents of our own kind that say hostile things with every key of the dialect."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from brokerspec.diagnostics import SpecError
from brokerspec.generate import Job, read
from brokerspec.load import load
from brokerspec.plan import plan
from brokerspec.plan_shape import promise_of
from brokerspec.render import render
from brokerspec.shape import check
from generator.hostile.judging import assert_plain
from generator.hostile.payloads import Place, places, put
from generator.remake_golden import HERE

# The golden spec has every key; only this one belongs to samples.
OWN: Final[Any] = load(HERE / "openapi.yaml").root
OWN["paths"]["/orders"]["get"]["responses"]["200"]["content"]["application/json"]["examples"] = {
    "documented": {"externalValue": "samples/list_orders.response.json", "x-truncated": True}
}
_OWN: Final = json.dumps(OWN)
PLACES: Final = tuple(places(OWN))
Said = tuple[Place, bool, str]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a document: the files, and what of it was said, or none when refused."""

    files: dict[str, str] | None
    said: tuple[Said, ...]


def tried(spec: Path, package: str, said: Sequence[Said], *, is_ours: bool) -> Iterator[Tried]:
    """Say all at once; what is refused is taken back until the rest is accepted."""
    while said:
        spec.write_text(json.dumps(saying(said)), encoding="utf-8")
        try:
            api, _ = read(Job(spec, package, spec.name, is_ours=is_ours))
            made = plan(api, spec.name, may_split=not is_ours)
        except SpecError as error:
            assert_plain(error)
            wrong = {item.where.pointer for item in error.diagnostics if item.where}
            left = [one for one in said if not _is_in(one, wrong)]
            if len(left) == len(said):
                # What is wrong is somewhere else, so it cannot be told which place made it so.
                left = []
            yield Tried(None, tuple(one for one in said if one not in left))
            said = left
            continue
        files = render(made)
        check(files, promise_of(made))
        yield Tried(files, tuple(said))
        return


def saying(said: Sequence[Said]) -> dict[str, Any]:
    """Return the document with payloads in some of its places."""
    document: dict[str, Any] = json.loads(_OWN)
    # Keys last, and deeper places first: a renamed key no longer leads where it did.
    for place, is_key, payload in sorted(said, key=lambda one: (one[1], -len(one[0]))):
        put(document, place, is_key, payload)
        if is_key and place[-2] == "schemas":
            old, new = (
                f"#/components/schemas/{_token(str(name))}" for name in (place[-1], payload)
            )
            _refer(document, old, new)
    return document


def _refer(node: Any, old: str, new: str) -> None:
    """Let references lead to a schema that has another name now."""
    if isinstance(node, dict):
        if node.get("$ref") == old:
            node["$ref"] = new
        node = [*node.values()]
    if isinstance(node, list):
        for inner in node:
            _refer(inner, old, new)


def _token(name: str) -> str:
    return _pointed(name).replace("%", "%25")


def _pointed(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _is_in(said: Said, pointers: set[str]) -> bool:
    """Say whether a finding is about a place, or about what holds it directly."""
    place, is_key, payload = said
    steps = [*place[:-1], payload] if is_key else list(place)
    at = "".join(f"/{_pointed(str(step))}" for step in steps)
    return at in pointers or at.rpartition("/")[0] in pointers
