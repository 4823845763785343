"""Read facts out of lines of text."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from brokerspec.audit import Facts, Text, facts_of, read
from brokerspec.audit.facts import Payload

DOCUMENTS = Path(__file__).parent / "documents"


def facts(source: str) -> Facts:
    return facts_of(Text("document.txt", "text", tuple(dedent(source).strip("\n").split("\n"))))


def extract(name: str) -> Facts:
    return facts_of(read(DOCUMENTS / f"{name}.txt"))


def payload(source: str) -> Payload:
    (found,) = facts(source).payloads
    return found


def repairs(found: Payload) -> list[str]:
    return [repair.what for repair in found.repairs]
