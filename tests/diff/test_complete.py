"""No fact of a client can change without being reported."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.diff.change import KINDS
from brokerspec.diff.compare import Edition, compare
from brokerspec.digest import digest_of
from brokerspec.generate import Job, read

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "generator" / "golden" / "openapi.yaml"
# What clients of a broker's own spec do not have.
ELSEWHERE = """\
openapi: 3.1.0
info: {title: Files, version: '1'}
servers: [{url: 'https://{zone}.example.com', variables: {zone: {default: a, enum: [a, b]}}}]
paths:
  /files:
    get:
      tags: [files]
      operationId: list_files
      servers: [{url: 'https://other.example.com'}]
      responses:
        '200':
          description: Done.
          headers:
            X-Left: {required: true, schema: {type: integer}}
            X-Map: {explode: true, schema: {$ref: '#/components/schemas/Pair'}}
            X-Json: {content: {application/json: {schema: {$ref: '#/components/schemas/Pair'}}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Pair'}}}
        '404': {description: None., headers: {X-Again: {schema: {type: integer}}}}
        4XX:
          description: Refused.
          headers: {X-Why: {explode: true, schema: {$ref: '#/components/schemas/Pair'}}}
    post:
      tags: [sent]
      operationId: send_file
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties:
                file: {type: string, format: binary}
                note: {type: string}
                pair: {$ref: '#/components/schemas/Pair'}
            encoding:
              file:
                contentType: image/png
                headers:
                  X-Sum: {required: true, schema: {type: string, default: none}}
                  X-Fixed: {schema: {const: 7}}
              note:
                headers: {X-List: {required: true, schema: {type: array, items: {type: integer}}}}
              pair: {contentType: application/pair+json}
      responses:
        '200': {description: Done., content: {text/event-stream: {itemSchema:
          {$ref: '#/components/schemas/Pair'}}}}
components:
  schemas:
    Pair:
      type: object
      additionalProperties: {type: integer}
      properties: {a: {type: string}, side: {type: string, enum: [B, S]}}
"""
CHOICES = {
    "error": ("NotFound", "Rejected"),
    "method": ("GET", "POST"),
    "python": ("str", "int"),
    "safety": ("safe", "unsafe"),
    "test": ("equals", "contains"),
    "place": ("header", "query"),
    "sign_in": ("", ""),
}


@pytest.fixture(scope="module")
def api() -> ir.Api:
    return read(Job(GOLDEN, "golden", "openapi.yaml"))[0]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> ir.Api:
    path = tmp_path_factory.mktemp("elsewhere") / "openapi.yaml"
    path.write_text(ELSEWHERE, encoding="utf-8")
    return read(Job(path, "elsewhere", "openapi.yaml", is_ours=False))[0]


def variants(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value that differs in one fact, with the way to that fact."""
    if isinstance(value, Struct):
        for field in value.__struct_fields__:
            for way, other in variants(getattr(value, field), field):
                yield f"{type(value).__name__}.{way}", replace(value, **{field: other})
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            for way, other in variants(item, name):
                yield f"{name}[{index}] {way}", (*value[:index], other, *value[index + 1 :])
    elif isinstance(value, bool):
        yield name, not value
    elif isinstance(value, str):
        choice = next((one for one in CHOICES.get(name, ()) if one != value), None)
        if name not in CHOICES:
            yield name, f"{value}x"
        elif choice is not None:
            yield name, choice


# What a fact of the spec says here has no effect on the client, or is said elsewhere too.
WITHOUT_EFFECT = (
    r"Api\.(package|samples)\b",
    # Arguments are listed a second time, and know the name of their place.
    r".* Operation\.arguments\b",
    r".*\bArgument\.wire$",
    # Nobody outside a package reads its constants.
    r".* Operation\.other_constant$",
    # The names of its members say it.
    r".*\bModel\.has_stand_ins$",
    # Only a method of a group has a second name.
    r".* Operation\.member$",
    # The values of an enum say it too.
    r".*\b(Enum|Named)\.is_number$",
    # A union is called something only where it is decoded.
    r".*\bOneOf\.name$",
    # Every operation says which group it is in.
    r".*\bGroup\.name$",
    # A header that never changes always goes with its part.
    r".*\[1\] PartHeader\.is_required$",
    # A host is never secret and never a part of one, and what has a default is never required.
    r"Api\.settings\[3\] Setting\.(is_(required|secret)|variable)$",
    r"Api\.settings\[9\] Setting\.is_required$",
    # An order's own id may always be left out.
    r"Api\.operations\[4\] .*slots\[7\] Slot\.Argument\.is_required$",
)


def test_every_fact_of_a_client_is_looked_at(api: ir.Api) -> None:
    seen, unseen = unseen_in(api)
    assert seen > 100
    assert unseen == []


def test_so_is_every_fact_of_a_client_from_elsewhere(elsewhere: ir.Api) -> None:
    seen, unseen = unseen_in(elsewhere)
    assert seen > 100
    # What has a default is never required.
    assert [way for way in unseen if not way.endswith(" Setting.is_required")] == []


def unseen_in(api: ir.Api) -> tuple[int, list[str]]:
    """Return how many kinds of facts a client has, and which can change without a report."""
    seen: Counter[str] = Counter()
    unseen: list[str] = []
    for way, other in variants(api):
        pattern = re.sub(r"\[\d+\]", "", way)
        seen[pattern] += 1
        if seen[pattern] > 4 or any(re.match(known, way) for known in WITHOUT_EFFECT):
            continue
        if not _is_found(api, other):
            unseen.append(way)
    return len(seen), unseen


def _is_found(api: ir.Api, other: ir.Api) -> bool:
    try:
        changes = compare(Edition(api), Edition(other))
    except (KeyError, StopIteration):
        # The variant is one that no spec gives: a name that leads nowhere.
        return True
    assert all(change.level in KINDS[change.kind] for change in changes)
    assert len({change.fingerprint for change in changes}) == len(changes)
    return bool(changes)


def test_the_digest_is_of_what_shapes_the_client(api: ir.Api) -> None:
    digest = digest_of(api)
    assert digest_of(replace(api, package="other", samples=())) == digest
    for field in api.__struct_fields__:
        if field not in ("package", "samples"):
            fetched = (ir.OAuth2("token", ("password",)),)
            changes = variants(getattr(api, field), field)
            _, other = next(changes, ("", fetched))
            assert digest_of(replace(api, **{field: other})) != digest, field


def test_a_client_does_not_differ_from_itself(api: ir.Api) -> None:
    assert compare(Edition(api), Edition(api)) == []
