"""A large client without groups: its methods in parts, which its users do not see."""

from __future__ import annotations

import ast
import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from brokerspec.plan_client import MANY, parts_of_paths, typed_parts
from generator.making import AsyncBroker, Broker, Made, files_of, make

HEAD = """\
openapi: 3.1.0
info: {title: Harbour, version: '1'}
servers: [{url: 'https://api.example.com'}]
"""
SHIPS = "{type: array, items: {type: object, required: [name], properties: {name: {type: string}}}}"
KINDS = ("ships", "berths", "cargo")


def operation(name: str, path: str, *, more: str = "") -> str:
    return f"""\
  {path}:
    get:
      operationId: {name}
      parameters: [{{name: skip, in: query, schema: {{type: integer}}}}]
      {more}
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {SHIPS}}}}}}}
"""


def document(*extra: str) -> str:
    paths = [operation(f"get_{i}", f"/v1/{KINDS[i % 3]}/kind_{i}") for i in range(MANY)]
    return f"{HEAD}paths:\n{''.join([*paths, *extra])}"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Made:
    paged = "x-pagination: {kind: offset, argument: skip}"
    folder = tmp_path_factory.mktemp("harbour")
    return make(folder, document(operation("list_tugs", "/v1/tugs", more=paged)), ours=False)


def placed(*paths: str, taken: tuple[str, ...] = ()) -> list[str]:
    """Return the parts of operations with these paths, of which all others are in two parts."""
    others = [f"/{part}/{at}" for part in ("sea", "land") for at in range(len(paths) + 2)]
    made = parts_of_paths({path: path for path in (*paths, *others)}, taken)
    return [made[path] for path in paths]


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/ships", "ships"),
        ("/ships/{id}/berths", "ships"),
        ("/{id}/ships", "ships"),
        ("/api/v1/ships", "ships"),
        ("/v1.2-beta/REST/2024-10-01/shipBerths/", "ship_berths"),
        ("/ships.list", "ships"),
        ("/Ships.json", "ships"),
        ("/class/it", "class_"),
        ("/3d/it", "value_3d"),
        ("/con/it", "con_"),
        ("/client.close", "client"),
        ("/{id}", "other"),
        ("/", "other"),
        ("/v1/船", "other"),
        (f"/{'ship_' * 20}", "ship_ship_ship_ship_ship_ship_ship_ship"),
    ],
)
def test_a_part_is_named_by_where_paths_lead(path: str, part: str) -> None:
    assert placed(path) == [part]


def test_no_part_has_the_name_of_a_group() -> None:
    assert placed("/ships/{id}", taken=("ships", "ships_2")) == ["ships_3"]


def test_words_with_which_all_paths_begin_do_not_count() -> None:
    paths = ["/acme/fleet/ships/1", "/acme/fleet/ships/2", "/acme/fleet/berths", "/acme/fleet"]
    made = parts_of_paths({path: path for path in [*paths, "/acme/fleet/berths/{id}"]}, ())
    assert list(made.values()) == ["ships", "ships", "berths", "fleet", "berths"]


def test_paths_that_name_operations_make_no_module_of_each() -> None:
    paths = ["/sendMessage", "/sendPhoto", "/getMe", "/getChat", "/close"]
    made = parts_of_paths({path: path for path in paths}, ())
    assert list(made.values()) == ["send", "send", "get", "get", "close_"]


def test_a_new_operation_moves_no_other_one() -> None:
    before = {f"/v1/{KINDS[at % 3]}/{at}": f"/v1/{KINDS[at % 3]}/{at}" for at in range(30)}
    for path in ("/v1/ships/new", "/v1/harbours", "/health", "/", "/v2/acme/ships"):
        assert (
            parts_of_paths(before | {path: path}, ()).items() > parts_of_paths(before, ()).items()
        )


def test_the_classes_of_parts_have_names_of_their_own() -> None:
    made = typed_parts(["ships", "async_ships", "cargo"], {"CargoPart", "AsyncShipsPart"})
    names = [*made.values(), *(f"Async{name}" for name in made.values())]
    assert len({*names, "CargoPart", "AsyncShipsPart"}) == len(names) + 2


def test_the_client_has_every_method(harbour: Made) -> None:
    broker = Broker([{"name": "Ada"}])
    client = harbour.client(broker)
    assert [ship.name for ship in client.get_4(skip=2)] == ["Ada"]
    assert broker.last.url == "https://api.example.com/v1/berths/kind_4?skip=2"
    assert client.with_response.get_5().status == 200
    assert client.prepare.list_tugs().url == "https://api.example.com/v1/tugs"
    pages = harbour.client(Broker([{"name": "Ada"}])).iter_list_tugs(max_items=1)
    assert [ship.name for ship in pages] == ["Ada"]
    assert {f"get_{at}" for at in range(MANY)} <= set(dir(client))


def test_the_asynchronous_client_has_every_method(harbour: Made) -> None:
    client = harbour.async_client(AsyncBroker([{"name": "Ada"}]))
    assert [ship.name for ship in asyncio.run(client.get_4())] == ["Ada"]
    assert asyncio.run(client.with_response.list_tugs()).status == 200
    assert client.prepare.get_0().method == "GET"


def test_what_a_part_has_stands_in_its_modules(harbour: Made) -> None:
    folders = ("parts", "async_parts", "operations")
    parts = {f"{folder}/{name}.py" for folder in folders for name in ("ships", "tugs")}
    assert parts <= harbour.files.keys()
    client = ast.parse(harbour.files["client.py"])
    (made,) = (one for one in client.body if getattr(one, "name", "") == "Client")
    bases = [ast.unparse(base) for base in made.bases]  # type: ignore[attr-defined]
    assert bases == ["BerthsPart", "CargoPart", "ShipsPart", "TugsPart", "SyncBase"]
    assert "def get_3(" in harbour.files["parts/ships.py"]
    assert "async def get_3(" in harbour.files["async_parts/ships.py"]
    assert "async def" not in harbour.files["parts/ships.py"]
    assert "def get_3(" not in harbour.files["client.py"]


LOADED = """
import sys
import harbour
harbour.Client
print(*sorted(name for name in sys.modules if name.startswith("harbour.")))
print(*sys.modules.keys() & {"dataclasses", "pathlib", "urllib.parse", "zoneinfo"})
"""


def test_a_client_loads_its_own_parts_and_no_models(harbour: Made, tmp_path: Path) -> None:
    (tmp_path / "harbour").symlink_to(Path(str(harbour.module.__file__)).parent)
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2] / "generator")])
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, others = done.stdout.split("\n", 1)
    names = ("client", "errors", "parts", *(f"parts.{part}" for part in (*KINDS, "tugs")))
    assert loaded.split() == sorted(f"harbour.{name}" for name in names)
    assert not others.strip()


def test_a_changed_operation_changes_its_part_only(tmp_path: Path) -> None:
    text = document(operation("list_tugs", "/v1/tugs", more="summary: Count the tugs."))
    files = files_of(tmp_path, text, ours=False)
    again = files_of(tmp_path, text.replace("Count", "Name"), ours=False)
    changed = {name for name, content in files.items() if content != again[name]}
    assert changed == {"__init__.py", "async_parts/tugs.py", "parts/tugs.py", "reference.md"}


def test_parts_are_never_too_many_to_be_read() -> None:
    by_word = parts_of_paths({f"m{n}": f"/k{n % 400}_{n}/x" for n in range(1_000)}, ())
    assert set(by_word.values()) == {"k"}
    few = parts_of_paths({f"m{n}": f"/kind_{n % 200}/x" for n in range(1_000)}, ())
    assert len(set(few.values())) == 200


def test_no_part_is_made_of_a_few_operations(tmp_path: Path) -> None:
    text = f"{HEAD}paths:\n{operation('get_it', '/v1/ships')}"
    files = files_of(tmp_path, text, ours=False)
    assert not any(name.startswith(("parts/", "async_parts/", "operations/")) for name in files)
