"""What a package offers: its names, its two clients, and what importing it costs."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
METHODS = {
    "kotak_securities": ["init_session", "login", "session_2fa", "logout"],
    "interactive_gateway": [
        "login", "logout", "get_balance", "place_order", "modify_order", "cancel_order",
        "list_orders", "list_trades", "list_positions",
    ],
    "sas_online": [
        "get_profile", "place_order", "modify_order", "cancel_order", "get_scrip_info",
        "search_scrips", "list_orders", "list_trades", "get_order_history", "list_positions",
        "list_holdings", "get_funds", "place_cover_order", "place_bracket_order",
        "exit_bracket_order", "exit_cover_order",
    ],
    "iifl_markets": ["list_dp_holdings"],
    "algomojo_bridge": [
        "place_order", "place_multi_order", "place_fo_options_order", "modify_order",
        "cancel_order", "get_user_details", "get_limits", "list_holdings", "list_orders",
        "get_order_history", "list_positions", "list_trades", "get_quotes",
    ],
}  # fmt: skip
SIGN_IN = {"authorization_url", "fetch_token", "sign_in", "sign_in_by_paste"}
VIEWS = {"with_response", "prepare"}
# What clients do beyond single operations.
MADE = {"open_session", "reconcile"}
BROKERS = sorted(METHODS)
HEAVY = ["requests", "httpx2", "datamodel_code_generator", "jinja2", "yaml", "typer", "brokerspec"]


def methods(client: type) -> dict[str, Any]:
    """Return the methods that a client class itself defines, in their order."""
    return {
        name: member
        for name, member in vars(client).items()
        if not name.startswith("_") and name not in VIEWS
    }


@pytest.mark.parametrize("broker", BROKERS)
def test_methods_are_the_documented_operations(broker: str) -> None:
    package = import_module(broker)
    assert sorted(methods(package.Client).keys() - MADE) == sorted(METHODS[broker])


def test_only_a_documented_chain_opens_a_session() -> None:
    found = {b for b in BROKERS if hasattr(import_module(b).Client, "open_session")}
    assert found == {"interactive_gateway", "kotak_securities"}


@pytest.mark.parametrize("broker", BROKERS)
def test_both_clients_have_the_same_methods(broker: str) -> None:
    package = import_module(broker)
    one, two = methods(package.Client), methods(package.AsyncClient)
    assert list(one) == list(two)
    for name, method in one.items():
        assert inspect.signature(method) == inspect.signature(two[name]), name
        assert inspect.getdoc(method) == inspect.getdoc(two[name]), name
        assert inspect.iscoroutinefunction(two[name]), name
        assert not inspect.iscoroutinefunction(method), name
    settings = [
        list(inspect.signature(c).parameters) for c in (package.Client, package.AsyncClient)
    ]
    assert settings[0] == settings[1]


@pytest.mark.parametrize("broker", BROKERS)
def test_arguments_are_keywords_with_the_required_first(broker: str) -> None:
    for name, method in methods(import_module(broker).Client).items():
        if name == "reconcile":  # Its one argument is what it is about.
            continue
        given = list(inspect.signature(method).parameters.values())[1:]
        assert {one.kind for one in given} <= {inspect.Parameter.KEYWORD_ONLY}, name
        optional = [one.default is not inspect.Parameter.empty for one in given]
        assert optional == sorted(optional), name


def test_only_an_oauth_client_signs_in() -> None:
    found = {b for b in BROKERS if SIGN_IN & set(dir(import_module(b).Client))}
    assert found == {"sas_online"}
    assert set(dir(import_module("sas_online").AsyncClient)) >= SIGN_IN


@pytest.mark.parametrize("broker", BROKERS)
def test_every_operation_has_a_constant(broker: str) -> None:
    operations = import_module(f"{broker}.operations")
    known = {
        value.name: name
        for name, value in vars(operations).items()
        if name.isupper() and name != "FAILURES"
    }
    assert set(known) - {"fetch_token"} == set(METHODS[broker])
    for operation, name in known.items():
        assert name.replace("_", "") == operation.upper().replace("_", "")


@pytest.mark.parametrize("broker", BROKERS)
def test_all_is_sorted_and_importable(broker: str) -> None:
    for module in (broker, f"{broker}.errors", f"{broker}.models"):
        loaded = import_module(module)
        assert loaded.__all__ == sorted(loaded.__all__), module
        assert [name for name in loaded.__all__ if not hasattr(loaded, name)] == [], module
    package = import_module(broker)
    assert {"Client", "AsyncClient", "BrokerError", "Secret", "Response"} <= set(package.__all__)
    assert set(import_module(f"{broker}.models").__all__) <= set(package.__all__)


@pytest.mark.parametrize("broker", BROKERS)
def test_every_file_says_where_it_comes_from(broker: str) -> None:
    folder = ROOT / "generated" / broker
    assert (folder / "py.typed").is_file()
    for path in folder.iterdir():
        if path.is_file():
            first = path.read_text(encoding="utf-8").split("\n", 1)[0]
            said = f"Generated by brokerspec from specs/{broker}/openapi.yaml. Edits are lost."
            assert said in first, path.name


@pytest.mark.parametrize("broker", BROKERS)
def test_every_method_says_what_it_does_and_where_it_is_documented(broker: str) -> None:
    for name, method in methods(import_module(broker).Client).items():
        text = inspect.getdoc(method) or ""
        assert text.split("\n", 1)[0].endswith("."), name
        if name in MADE:
            continue
        for word in ("Raises:", "OutcomeUnknown:", "Source: "):
            assert word in text, name


def test_importing_a_package_loads_no_http_library_and_no_generator() -> None:
    code = f"""
import sys
for name in {BROKERS!r}:
    __import__(name)
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    paths = os.pathsep.join(str(ROOT / name) for name in ("generator", "generated"))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
