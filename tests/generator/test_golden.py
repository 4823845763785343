"""The golden package is what its spec gives; `make golden` writes it again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from brokerspec.write import compare
from generator.making import Broker, imported
from generator.remake_golden import HERE, PACKAGE, made

ROOT = Path(__file__).parents[2]
SPEC = (HERE / "openapi.yaml").read_text(encoding="utf-8")


def test_the_golden_package_is_fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    differences = compare(HERE / PACKAGE, made())
    assert [f"{found.kind}: {found.path.name}\n{found.diff}" for found in differences] == []


def test_the_golden_spec_uses_every_key_of_the_dialect() -> None:
    keys = json.loads((ROOT / "specs" / "extensions.schema.json").read_text(encoding="utf-8"))
    known = {key for key in keys["$defs"] if key.startswith("x-")}
    # It carries no samples, and no example that broke off.
    assert known - set(re.findall(r"\bx-[a-z-]+", SPEC)) == {"x-truncated"}


def test_the_golden_spec_uses_every_type_and_role() -> None:
    keys = json.loads((ROOT / "specs" / "extensions.schema.json").read_text(encoding="utf-8"))
    types = keys["$defs"]["x-type"]["enum"]
    roles = keys["$defs"]["setting"]["properties"]["role"]["enum"]
    assert [name for name in types if f"x-type: {name}" not in SPEC.replace("'", "")] == []
    assert [role for role in roles[1:] if f"role: {role}" not in SPEC] == []


def test_the_golden_package_works() -> None:
    package = imported(HERE / PACKAGE)
    broker = Broker({"orderNumber": "7", "status": "queued"})
    client = package.Client(
        client_id="c", api_key="k", token="t", app_id="a", app_secret="s", transport=broker
    )
    placed = client.place_order(side="B", qty=5, price=2, is_amo=False, tag="42")
    assert placed.order_number == "7"
    assert broker.json == {
        "side": "B",
        "qty": "5",
        "prc": "2",
        "isAmo": "NO",
        "tag": "42",
        "detail": {},
    }
    assert broker.last.url == "https://west.example.com/v2/orders"
    assert broker.last.headers["Authorization"] == "Bearer t"
