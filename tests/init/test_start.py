"""A started spec passes the checks, makes a client, and says what is a guess."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from brokerspec.audit.facts import Facts, Text
from brokerspec.diagnostics import SpecError
from brokerspec.extensions import sites
from brokerspec.generate import build
from brokerspec.init import Started, start
from brokerspec.init.lines import in_file
from brokerspec.init.spec import start_of
from brokerspec.load import load
from brokerspec.project import job_for
from brokerspec.tree import JSON
from brokerspec.write import write
from typed import mypy

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).with_name("documents")
DOCUMENTS = sorted(HERE.glob("*.*")) + sorted(
    (ROOT / "tests" / "audit" / "documents").glob("*.txt")
)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Started:
    return start("harbour", HERE / "harbour.txt", tmp_path_factory.mktemp("specs"))


@pytest.fixture(scope="module")
def root(started: Started) -> Any:
    return load(started.folder / "openapi.yaml").root


def operations(root: Any) -> dict[str, Any]:
    return {
        f"{method} {path}": operation
        for path, item in root["paths"].items()
        for method, operation in item.items()
    }


def test_the_calls_are_found(root: Any) -> None:
    assert {key: one["operationId"] for key, one in operations(root).items()} == {
        "post /session/login": "login",
        "post /orders": "place_order",
        "get /orders": "list_orders",
        "delete /orders/{order_id}": "cancel_order",
        "get /get_funds": "get_funds",
    }
    assert [server["url"] for server in root["servers"]] == ["https://api.harbour.example/v2"]


def test_only_a_plain_read_may_be_sent_twice(root: Any) -> None:
    safe = [one["operationId"] for one in operations(root).values() if one["x-safety"] == "safe"]
    assert safe == ["list_orders"]


def test_the_samples_are_what_is_printed(started: Started) -> None:
    files = sorted(path.name for path in (started.folder / "samples").iterdir())
    assert files == [
        "cancel_order.response.json",
        "get_funds.response.json",
        "list_orders.response.json",
        "login.request.json",
        "login.response.json",
        "place_order.request.json",
        "place_order.response.json",
    ]
    order = json.loads((started.folder / "samples" / "place_order.request.json").read_bytes())
    assert order == {
        "exchange": "NSE",
        "instrument_token": 4717,
        "quantity": 1,
        "price": 89,
        "side": "BUY",
        "remarks": "",
    }


def test_a_personal_number_is_not_copied(started: Started) -> None:
    everything = "".join(path.read_text() for path in started.folder.rglob("*.*"))
    assert "ABCDE1234F" not in everything
    assert "a personal number in `login.response.json`" in everything


def test_what_the_table_says_is_used(root: Any) -> None:
    request = root["components"]["schemas"]["PlaceOrderRequest"]
    assert request["required"] == [
        "exchange",
        "instrument_token",
        "quantity",
        "price",
        "side",
    ]
    assert request["properties"]["price"]["x-type"] == "decimal"
    assert request["properties"]["exchange"]["$ref"] == "#/components/schemas/Exchange"
    assert root["components"]["schemas"]["Exchange"]["enum"] == ["NSE", "BSE"]
    # All of this is printed: nothing in it is a guess.
    assert request["properties"]["quantity"] == {
        "type": "integer",
        "description": "How many shares.",
    }


def test_an_order_is_not_placed_without_its_number(root: Any) -> None:
    schemas = root["components"]["schemas"]
    assert schemas["PlaceOrderAnswer"]["required"] == ["data"]
    assert schemas["PlaceOrderAnswerData"]["required"] == ["order_id"]
    assert "required" not in schemas["Order"]


def test_an_answer_that_does_not_say_success_is_none(root: Any) -> None:
    (rule,) = root["x-failure"]
    assert rule["where"] == {"pointer": "/status", "not-equals": ["success"]}
    assert (rule["error"], rule["message"]) == ("OutcomeUnknown", "/message")


def test_the_session_is_that_of_the_login(root: Any) -> None:
    assert root["x-session"]["tokens"]["access_token"] == {
        "operation": "login",
        "pointer": "/access_token",
    }
    assert root["paths"]["/session/login"]["post"]["security"] == []


def test_every_guess_names_its_line(root: Any) -> None:
    marked = [site for site in sites(root) if "x-provenance" in site.members]
    assert len(marked) > 40
    for site in marked:
        assert site.members["x-provenance"] == "inferred"
        if site.pointer not in {("info",), ("servers", 0)}:
            assert str(site.members["x-evidence"]).startswith("line "), site.pointer


def test_the_notes_list_what_is_left(started: Started) -> None:
    notes = (started.folder / "NOTES.md").read_text()
    assert "- line 42, `place_order.request.json`: " in notes
    assert "Find the path of `get_funds`" in notes


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_document_makes_a_valid_spec(document: Path, tmp_path: Path) -> None:
    done = start("some_broker", document, tmp_path)
    assert [str(one) for one in done.findings] == []
    build([job_for(done.folder / "openapi.yaml", "some_broker")], fresh=True)


def test_the_client_is_imported_and_typed(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_for(started.folder / "openapi.yaml", "harbour")
    for name, files in build([job], fresh=True).packages.items():
        write(tmp_path / name, files)
    monkeypatch.syspath_prepend(str(tmp_path))
    client = importlib.import_module("harbour").Client
    assert {"login", "place_order", "list_orders", "cancel_order"} <= set(dir(client))
    done = mypy([tmp_path / "harbour"])
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_document_gives_the_same_spec(started: Started, tmp_path: Path) -> None:
    again = start("harbour", HERE / "harbour.txt", tmp_path)
    for path in sorted(started.folder.rglob("*.*")):
        assert (again.folder / path.relative_to(started.folder)).read_bytes() == path.read_bytes()


def test_lines_of_a_page_are_named_with_the_page() -> None:
    paged = Text("guide.pdf", "pdf", ("one", "two", "three"), pages=(1, 3))
    assert in_file("line 2, name", paged) == "page 1, line 2, name"
    assert in_file("line 3, name", paged) == "page 2, line 1, name"


def test_lines_of_a_text_with_page_breaks_are_those_of_the_file(tmp_path: Path) -> None:
    text = (HERE / "harbour.txt").read_text()
    broken = tmp_path / "harbour.txt"
    broken.write_text(text.replace("2. Place Order", "\f2. Place Order"))
    written = [
        (start("harbour", document, folder).folder / "openapi.yaml").read_text()
        for document, folder in ((HERE / "harbour.txt", tmp_path / "a"), (broken, tmp_path / "b"))
    ]
    assert written[0] == written[1]


def test_calls_that_share_an_address_are_variants(tmp_path: Path) -> None:
    document = tmp_path / "guide.md"
    titles = ("Place Order", "Place Cover Order")
    call = 'POST /orders\n\nRequest\n\n```json\n{"a": 1}\n```\n'
    document.write_text("\n".join(f"# {title}\n\n{call}" for title in titles))
    done = start("harbour", document, tmp_path)
    paths: Any = load(done.folder / "openapi.yaml").root
    post = paths["paths"]["/orders"]["post"]
    assert [one["operationId"] for one in (post, *post["x-variants"])] == [
        "place_order",
        "place_cover_order",
    ]
    assert done.findings == ()


def test_nothing_comes_from_nothing() -> None:
    made = start_of(Facts(Text("guide.txt", "text", ("Nothing.",))), "harbour")
    empty: JSON = {}
    assert (made.drafts, made.samples, made.spec["paths"]) == ((), {}, empty)


def test_a_document_without_calls_is_refused(tmp_path: Path) -> None:
    document = tmp_path / "letter.txt"
    document.write_text("Dear partner,\n\nour interface is described elsewhere.\n")
    with pytest.raises(SpecError, match="describes no call"):
        start("harbour", document, tmp_path / "specs")
    assert not (tmp_path / "specs").exists()
