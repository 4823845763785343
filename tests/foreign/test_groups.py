"""A client in groups: what it offers, what it loads, and what it sends."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from generator.making import AT_ONCE, AsyncBroker, Broker, Made, make

DOCUMENT = (Path(__file__).parent / "documents" / "berths.yaml").read_text(encoding="utf-8")
GENERATOR = Path(__file__).parents[2] / "generator"
SHIP = {"id": 1, "kind": "ferry", "length": 12.50, "crates": [{"weight": 0.1, "inside": [{}]}]}


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("harbour"), DOCUMENT, ours=False)


def settings(**more: Any) -> dict[str, Any]:
    return {**AT_ONCE, "key": "k", **more}


def test_the_client_has_groups_and_what_has_no_tag(harbour: Made) -> None:
    client = harbour.client(Broker({"open": True}), key="k")
    assert client.get_status().open is True
    assert {"ships", "cargo", "get_status"} <= set(dir(client))
    assert not hasattr(client, "ships_list")


def test_a_method_of_a_group_sends_and_decodes(harbour: Made) -> None:
    broker = Broker([SHIP])
    (ship,) = harbour.client(broker, key="k").ships.list(
        kind=harbour.models.Kind.FERRY, names=["a"]
    )
    assert broker.query == "kind=ferry&names=a"
    assert broker.last.headers["X-Key"] == "k"
    assert (ship.kind, ship.length) == (harbour.models.Kind.FERRY, Decimal("12.5"))
    assert ship.crates[0].inside[0].ship is None


def test_a_body_is_encoded_by_the_modules_of_its_models(harbour: Made) -> None:
    broker = Broker(SHIP, status=201)
    models = harbour.models
    new = {"kind": models.Kind.TANKER, "owner": models.Owner(name="Ann")}
    harbour.client(broker, key="k").ships.create(**new)
    assert broker.json == {"kind": "tanker", "owner": {"name": "Ann"}}


def test_the_asynchronous_client_has_the_same(harbour: Made) -> None:
    broker = AsyncBroker([SHIP])
    client = harbour.async_client(broker, key="k")
    assert asyncio.run(client.ships.list())[0].id == 1
    assert asyncio.run(client.with_response.ships.list()).status == 200
    assert client.prepare.ships.get(id=7).url.endswith("/ships/7")


def test_views_go_through_groups(harbour: Made) -> None:
    broker = Broker(SHIP)
    client = harbour.client(broker, key="k")
    answer = client.with_response.ships.get(id=1)
    assert (answer.status, answer.data.id) == (200, 1)
    assert client.ships.get(id=1).id == 1
    count = len(broker.requests)
    assert client.prepare.cargo.list(ship=3).url == "https://harbour.example.com/api/cargo/3"
    assert client.prepare.get_status().method == "GET"
    assert len(broker.requests) == count


def test_a_client_with_other_options_has_groups_of_its_own(harbour: Made) -> None:
    client = harbour.client(Broker([]), key="k")
    assert client.with_options(timeout=1).ships.list() == []


def test_errors_name_the_operation_of_the_document(harbour: Made) -> None:
    client = harbour.client(Broker({}, status=404), key="k")
    with pytest.raises(harbour.module.NotFound) as caught:
        client.ships.get(id=1)
    assert "ships_list" not in str(caught.value)
    assert "get_ship" in str(caught.value)


def test_a_method_named_like_a_type_hides_no_annotation(harbour: Made) -> None:
    group = import_module(f"{harbour.module.__name__}.groups.ships")
    hints = get_type_hints(group.ShipsGroup_.list)
    assert hints["return"] == list[harbour.models.Ship]
    assert "builtins.list[Ship]" in harbour.files["groups/ships.py"]


def test_tags_describe_their_groups(harbour: Made) -> None:
    group = import_module(f"{harbour.module.__name__}.groups.ships").ShipsGroup_
    assert group.__doc__ == "Ships that are in the harbour or expected."
    assert type(harbour.client(key="k")).ships.__doc__ == "The operations of Ships."


def test_every_model_can_be_had_from_the_package(harbour: Made) -> None:
    package = harbour.module
    wanted = {"Ship", "Crate", "Kind", "Owner", "Status", "ShipsGroup"}
    assert wanted <= set(package.__all__)
    assert wanted == set(package.models.__all__)
    assert wanted <= set(dir(package)) & set(dir(package.models))
    for name in package.__all__:
        assert getattr(package, name) is not None
    for name in wanted:
        assert getattr(package, name) is getattr(package.models, name)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = package.Nothing
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = package.models.Nothing


def test_models_are_with_who_uses_them(harbour: Made) -> None:
    places = {
        name: getattr(harbour.models, name).__module__.rpartition(".")[2]
        for name in harbour.models.__all__
    }
    assert {name for name, place in places.items() if place == "ships"} == {"Owner"}
    assert places["Crate"] == places["Ship"] == "shared"


LOADED = """
import sys
import harbour
first = {name for name in sys.modules if name.startswith("harbour.")}
client = harbour.Client(key="k")
second = {name for name in sys.modules if name.startswith("harbour.")}
client.prepare.cargo.list(ship=1)
third = {name for name in sys.modules if name.startswith("harbour.")}
print(sorted(first), sorted(second - first), sorted(third - second), sep="\\n")
"""


def test_only_what_is_used_is_loaded(harbour: Made, tmp_path: Path) -> None:
    folder = Path(str(harbour.module.__file__)).parent
    (tmp_path / "harbour").symlink_to(folder)
    paths = os.pathsep.join([str(tmp_path), str(GENERATOR)])
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    first, second, third = done.stdout.splitlines()
    assert first == "['harbour.errors']"
    assert second == "['harbour.client']"
    assert "ships" not in third
    assert "'harbour.groups.cargo'" in third


def many(count: int) -> str:
    """Return a document without tags that is worth splitting."""
    paths = "".join(
        f"  /p{index}:\n    get:\n      operationId: get_{index}\n      responses:\n        '200':"
        " {description: Done., content: {application/json: {schema: {$ref:"
        f" '#/components/schemas/Row{index}'}}}}}}}}\n"
        for index in range(count)
    )
    schemas = "".join(
        f"    Row{index}: {{type: object, properties: {{next: {{$ref:"
        f" '#/components/schemas/Row{index + 1 if index % 7 and index < count else index}'}}}}}}\n"
        for index in range(count + 1)
    )
    head = "openapi: 3.1.0\ninfo: {title: Many, version: '1'}\n"
    servers = "servers: [{url: 'https://api.example.com'}]\n"
    return f"{head}{servers}paths:\n{paths}components:\n  schemas:\n{schemas}"


def test_a_large_client_without_tags_loads_models_when_they_are_used(tmp_path: Path) -> None:
    made = make(tmp_path, many(160), ours=False)
    client = made.client(Broker({"next": {"next": None}}))
    assert client.get_3().next.next is None
    assert client.with_response.get_7().data is not None
    assert {"models/p.py", "operations/p.py", "parts/p.py"} <= set(made.files)
    assert "groups/__init__.py" not in made.files
