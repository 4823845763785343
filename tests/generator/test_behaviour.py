"""What generated clients do: from an inline spec to the bytes on the wire and back."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from brokerspec_runtime import Response, Secret
from brokerspec_runtime.errors import (
    BrokerError,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    SessionExpired,
    UnexpectedResponse,
)
from brokerspec_runtime.operation import Correlate, Safety
from generator.making import HEAD, AsyncBroker, Broker, Made, make

INDIA = ZoneInfo("Asia/Kolkata")

Making = Callable[..., Made]


@pytest.fixture
def making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Making:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda text, **given: make(tmp_path, text, **given)


def answering(schema: str, components: str = "{}", *, extra: str = "", root: str = "") -> str:
    """Return a spec with one operation, `get_it`, whose answer has a schema."""
    return f"""{HEAD}{root}
paths:
  /it:
    get:
      operationId: get_it
      {extra}
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {schema}}}}}}}
components: {{schemas: {components}}}
"""


def sending(schema: str, components: str = "{}", *, media: str = "json", root: str = "") -> str:
    """Return a spec with one operation, `send_it`, whose body has a schema."""
    return f"""{HEAD}{root}
paths:
  /it:
    post:
      operationId: send_it
      requestBody: {{required: true, content: {{application/{media}: {{schema: {schema}}}}}}}
      responses: {{'204': {{description: Done.}}}}
components: {{schemas: {components}}}
"""


def asking(parameters: str, path: str = "/it", root: str = "") -> str:
    """Return a spec with one operation, `ask_it`, that has parameters and no body."""
    return f"""{HEAD}{root}
paths:
  {path}:
    get:
      operationId: ask_it
      parameters: {parameters}
      responses: {{'204': {{description: Done.}}}}
"""


def read(made: Made, answer: object, **settings: Any) -> Any:
    return made.client(Broker(answer), **settings).get_it()


def sent(made: Made, **arguments: Any) -> Any:
    """Return the body that `send_it` sends."""
    broker = Broker(b"", status=204)
    made.client(broker).send_it(**arguments)
    return broker.json


# Parameters.


def test_parameters_in_path_query_and_header(making: Making) -> None:
    made = making(
        asking(
            """
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: fromDate, in: query, required: true, schema: {type: string}}
        - {name: maxRows, in: query, schema: {type: integer}}
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: isOpen, in: query, schema: {type: boolean}}
        - {name: price, in: query, schema: {type: number}}""",
            path="/orders/{id}/rows",
        )
    )
    broker = Broker(b"", status=204)
    client = made.client(broker)
    client.ask_it(
        id="a b&c", from_date="1 2", max_rows=5, x_trace="t", is_open=True, price=Decimal("1E+2")
    )
    assert broker.last.method == "GET"
    assert broker.last.url == (
        "https://api.example.com/orders/a%20b%26c/rows"
        "?fromDate=1%202&maxRows=5&isOpen=true&price=100"
    )
    assert broker.last.headers["X-Trace"] == "t"
    client.ask_it(id="1", from_date="2")
    assert broker.last.url == "https://api.example.com/orders/1/rows?fromDate=2"
    assert "X-Trace" not in broker.last.headers
    assert broker.last.body is None


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a\\b", "%2F"])
def test_a_path_parameter_cannot_lead_elsewhere(making: Making, value: str) -> None:
    made = making(asking("[{name: id, in: path, required: true, schema: {type: string}}]", "/{id}"))
    with pytest.raises(InvalidArgument, match="path"):
        made.client().ask_it(id=value)


def test_required_arguments_come_first_and_all_are_keywords(making: Making) -> None:
    made = making(
        asking(
            """
        - {name: a, in: query, schema: {type: string}}
        - {name: b, in: query, required: true, schema: {type: string}}
        - {name: c, in: query, schema: {type: string}}
        - {name: d, in: query, required: true, schema: {type: string}}"""
        )
    )
    parameters = inspect.signature(made.module.Client.ask_it).parameters
    assert list(parameters) == ["self", "b", "d", "a", "c"]
    assert {parameters[name].kind for name in "abcd"} == {inspect.Parameter.KEYWORD_ONLY}
    assert [parameters[name].default for name in "ac"] == [None, None]
    with pytest.raises(TypeError, match="required keyword-only"):
        made.client().ask_it(b="1")


def test_parameters_of_a_path_item_are_shared(making: Making) -> None:
    made = making(
        f"""{HEAD}
paths:
  /it:
    parameters: [{{name: account, in: query, required: true, schema: {{type: string}}}}]
    get: {{operationId: get_it, responses: {{'204': {{description: Done.}}}}}}
    delete: {{operationId: delete_it, responses: {{'204': {{description: Done.}}}}}}
"""
    )
    broker = Broker(b"", status=204)
    made.client(broker).delete_it(account="x")
    assert (broker.last.method, broker.query) == ("DELETE", "account=x")


def test_constant_parameters_are_no_arguments(making: Making) -> None:
    made = making(
        asking(
            """
        - {name: source, in: query, required: true, schema: {type: string, const: API}}
        - {name: X-Version, in: header, schema: {type: string, const: '3'}}"""
        )
    )
    broker = Broker(b"", status=204)
    made.client(broker).ask_it()
    assert (broker.query, broker.last.headers["X-Version"]) == ("source=API", "3")


# Request bodies.


def test_a_json_body_is_flattened_and_keeps_wire_names(making: Making) -> None:
    made = making(
        sending(
            "{$ref: '#/components/schemas/New'}",
            """
    New:
      type: object
      required: [exchangeSegment, price, Qty]
      properties:
        exchangeSegment: {type: string}
        price: {type: number}
        Qty: {type: integer}
        prctyp: {type: string, x-python-name: price_type}
        isAmo: {type: boolean}
        source: {type: string, const: API}
        retries: {type: integer, const: 0}""".replace("\n", "\n  "),
        ).replace("components: {schemas: ", "components:\n  schemas:").replace("const: 0}}", "const: 0}")
    )
    assert sent(made, exchange_segment="NSE", price=Decimal("94.05"), qty=5) == {
        "exchangeSegment": "NSE",
        "price": 94.05,
        "Qty": 5,
        "source": "API",
        "retries": 0,
    }
    broker = Broker(b"", status=204)
    made.client(broker).send_it(
        exchange_segment="NSE", price=Decimal("94.10"), qty=5, price_type="L", is_amo=False
    )
    assert broker.last.body == (
        b'{"exchangeSegment":"NSE","price":94.10,"Qty":5,"prctyp":"L","isAmo":false,'
        b'"source":"API","retries":0}'
    )
    assert broker.last.headers["Content-Type"] == "application/json"
