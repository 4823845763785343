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

from brokerspec.generate import Job, build
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
            """{New: {type: object, required: [exchangeSegment, price, Qty], properties: {
                exchangeSegment: {type: string},
                price: {type: number},
                Qty: {type: integer},
                prctyp: {type: string, x-python-name: price_type},
                isAmo: {type: boolean},
                source: {type: string, const: API},
                retries: {type: integer, const: 0}}}}""",
        )
    )
    required = {"exchangeSegment": "NSE", "price": 94.05, "Qty": 5}
    assert sent(made, exchange_segment="NSE", price=Decimal("94.05"), qty=5) == {
        **required,
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


def test_a_form_body(making: Making) -> None:
    made = making(
        sending(
            "{type: object, required: [qty], properties: "
            "{qty: {type: integer}, isOn: {type: boolean}, note: {type: string}}}",
            media="x-www-form-urlencoded",
        )
    )
    broker = Broker(b"", status=204)
    made.client(broker).send_it(qty=5, is_on=True, note="a&b")
    assert broker.last.body == b"qty=5&isOn=true&note=a%26b"
    assert broker.last.headers["Content-Type"] == "application/x-www-form-urlencoded"
    made.client(broker).send_it(qty=5)
    assert broker.last.body == b"qty=5"


def test_inline_members_are_arguments_too(making: Making) -> None:
    made = making(
        sending(
            "{$ref: '#/components/schemas/Envelope'}",
            """{Envelope: {type: object, required: [data], properties: {
                  key: {type: string, const: k},
                  data: {$ref: '#/components/schemas/Inner', x-inline: true}}},
                Inner: {type: object, required: [orderQty], properties: {
                  orderQty: {type: integer}, note: {type: string}}}}""",
        )
    )
    assert sent(made, order_qty=2) == {"key": "k", "data": {"orderQty": 2}}


def test_required_null_is_sent_and_optional_none_is_left_out(making: Making) -> None:
    made = making(
        sending(
            """{type: object, required: [a, b], properties: {
                a: {type: [string, 'null']}, b: {const: null}, c: {type: [integer, 'null']}}}"""
        )
    )
    assert sent(made, a=None) == {"a": None, "b": None}
    assert sent(made, a="x", c=1) == {"a": "x", "b": None, "c": 1}


def test_a_body_that_is_no_object_is_one_argument(making: Making) -> None:
    made = making(sending("{type: array, items: {type: number}}"))
    broker = Broker(b"", status=204)
    made.client(broker).send_it(body=[Decimal("1.10"), 2])
    assert broker.last.body == b"[1.10,2]"


def test_floats_and_wrong_types_are_never_sent(making: Making) -> None:
    made = making(
        sending(
            """{type: object, properties: {
                price: {type: number}, qty: {type: integer}, text: {type: string},
                rows: {type: array, items: {type: number}}}}"""
        )
    )
    client = made.client()
    for wrong in (
        {"price": 1.5},
        {"price": Decimal("NaN")},
        {"price": True},
        {"qty": 1.0},
        {"qty": "1"},
        {"text": 1.5},
        {"rows": [1.5]},
    ):
        with pytest.raises(InvalidArgument):
            client.send_it(**wrong)


# Credentials.

CREDENTIALS = f"""{HEAD}
x-client:
  api_key: {{description: Key., x-secret: true}}
  user: {{description: User.}}
  token: {{description: Token., role: session, x-secret: true}}
paths:
  /body:
    post:
      operationId: by_body
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties: {{
        key: {{type: string, x-credential: api_key}}, usr: {{type: string, x-credential: user}},
        n: {{type: integer}}}}}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
  /places:
    get:
      operationId: by_parameter
      parameters:
        - {{name: X-Key, in: header, schema: {{type: string}}, x-credential: api_key}}
        - {{name: uid, in: query, schema: {{type: string}}, x-credential: user}}
        - {{name: sid, in: cookie, schema: {{type: string}}, x-credential: api_key}}
      responses: {{'204': {{description: Done.}}}}
  /users/{{uid}}:
    get:
      operationId: by_path
      parameters:
        - {{name: uid, in: path, required: true, schema: {{type: string}}, x-credential: user}}
      responses: {{'204': {{description: Done.}}}}
  /bearer:
    get:
      operationId: by_bearer
      security: [{{bearer: []}}]
      responses: {{'204': {{description: Done.}}}}
  /basic:
    get:
      operationId: by_basic
      security: [{{basic: []}}]
      responses: {{'204': {{description: Done.}}}}
components:
  securitySchemes:
    bearer: {{type: http, scheme: bearer, x-credential: token}}
    basic: {{type: http, scheme: basic, x-credential: api_key}}
"""


def test_credentials_travel_where_the_spec_says(making: Making) -> None:
    made = making(CREDENTIALS)
    broker = Broker(b"", status=204)
    client = made.client(broker, api_key="k1", user="u1", token="t1")
    client.by_body(n=1)
    assert broker.json == {"key": "k1", "usr": "u1", "n": 1}
    client.by_parameter()
    headers = broker.last.headers
    assert (headers["X-Key"], headers["Cookie"], broker.query) == ("k1", "sid=k1", "uid=u1")
    client.by_path()
    assert broker.last.url == "https://api.example.com/users/u1"
    client.by_bearer()
    assert broker.last.headers["Authorization"] == "Bearer t1"
    client.by_basic()
    assert broker.last.headers["Authorization"] == "Basic azE="
    for method in (client.by_parameter, client.by_path, client.by_bearer, client.by_basic):
        assert not inspect.signature(method).parameters


def test_secrets_are_masked_when_shown(making: Making) -> None:
    made = making(CREDENTIALS)
    client = made.client(api_key="k1", user="u1", token=Secret("t1"))
    prepared = [
        client.prepare.by_body(n=1),
        client.prepare.by_parameter(),
        client.prepare.by_bearer(),
        client.prepare.by_basic(),
    ]
    for request in prepared:
        assert not {"k1", "t1"} & set(repr(request).replace("'", " ").split())
        assert "k1" not in repr(request)
        assert "t1" not in repr(request)
    assert b"k1" in (prepared[0].body or b"")
    assert "k1" not in repr(client)


def test_a_missing_session_token_is_explained(making: Making) -> None:
    client = making(CREDENTIALS).client(api_key="k", user="u")
    with pytest.raises(NotSent, match="token is not set"):
        client.by_bearer()


def test_a_security_scheme_without_a_setting_makes_one(making: Making) -> None:
    made = making(
        f"""{HEAD}
security: [{{apiKeyAuth: []}}]
paths:
  /it: {{get: {{operationId: get_it, responses: {{'204': {{description: Done.}}}}}}}}
components: {{securitySchemes: {{apiKeyAuth: {{type: apiKey, in: query, name: k}}}}}}
"""
    )
    broker = Broker(b"", status=204)
    made.client(broker, api_key_auth="s3").get_it()
    assert broker.query == "k=s3"


# Answers.


def test_required_optional_and_null_fields(making: Making) -> None:
    made = making(
        answering(
            "{$ref: '#/components/schemas/Row'}",
            """{Row: {type: object, required: [id, note], properties: {
                id: {type: string}, note: {type: [string, 'null']}, qty: {type: integer}}}}""",
        )
    )
    row = read(made, {"id": "1", "note": None, "unknown": 5})
    assert row == made.models.Row(id="1", note=None, qty=None)
    with pytest.raises(UnexpectedResponse):
        read(made, {"note": None})
    with pytest.raises(AttributeError):
        row.qty = 5


def test_an_optional_field_that_does_not_fit_is_reported(making: Making) -> None:
    made = making(
        answering("{type: object, properties: {qty: {type: integer}, id: {type: string}}}")
    )
    found: list[Any] = []
    row = read(made, {"qty": "many", "id": "1"}, on_deviation=found.append)
    assert (row.qty, row.id) == (None, "1")
    assert [(item.path, item.raw) for item in found] == [("$.qty", "many")]
    with pytest.raises(UnexpectedResponse):
        read(made, {"qty": "many"}, on_deviation="raise")


def test_openapi_3_0_nullable(making: Making) -> None:
    spec = answering(
        "{$ref: '#/components/schemas/Row'}",
        """{Row: {type: object, required: [a, b], properties: {
            a: {type: string, nullable: true},
            b: {nullable: true, allOf: [{$ref: '#/components/schemas/Inner'}]}}},
            Inner: {type: object, properties: {x: {type: integer}}}}""",
    ).replace("openapi: 3.1.0", "openapi: 3.0.3")
    made = making(spec)
    row = read(made, {"a": None, "b": None})
    assert (row.a, row.b) == (None, None)
    assert read(made, {"a": "", "b": {"x": 1}}).b.x == 1


ENUMS = """{Side: {type: string, enum: [BUY, SELL, '', 'not-ok', 5x, class, Buy],
      x-enum-varnames: [BUY, SELL, NONE, NOT_OK, FIVE, CLASS, BUY_LOW],
      x-enum-descriptions: [Buy it., Sell it., '', '', '', '', '']},
    Row: {type: object, properties: {side: {$ref: '#/components/schemas/Side'}}}}"""


def test_enums_are_open_in_answers(making: Making) -> None:
    made = making(answering("{$ref: '#/components/schemas/Row'}", ENUMS))
    known, unknown = read(made, {"side": "SELL"}).side, read(made, {"side": "SHORT"}).side
    assert known is made.models.Side.SELL
    assert (unknown, unknown.is_known, type(unknown)) == ("SHORT", False, made.models.Side)
    assert [member.value for member in made.models.Side] == [
        "BUY", "SELL", "", "not-ok", "5x", "class", "Buy",
    ]  # fmt: skip
    assert '"""Buy it."""' in made.files["models.py"]


def test_enums_are_closed_as_arguments(making: Making) -> None:
    made = making(sending("{$ref: '#/components/schemas/Row'}", ENUMS))
    assert sent(made, side=made.models.Side.SELL) == {"side": "SELL"}
    assert sent(made, side="SELL") == {"side": "SELL"}
    with pytest.raises(InvalidArgument, match="SHORT"):
        made.client().send_it(side="SHORT")
    with pytest.raises(InvalidArgument):
        made.client().send_it(side=made.models.Side("SHORT"))


def test_enum_members_get_names_of_their_own(making: Making) -> None:
    listed = "[a, A, 'a b', 1st, None, class, '+', '-', '', mro, name, 'नाम', stop-loss, SL-M]"
    made = making(answering(f"{{type: object, properties: {{x: {{type: string, enum: {listed}}}}}}}"))
    enum = type(read(made, {"x": "a"}).x)
    assert len(enum) == 14
    assert {"A", "A_B", "VALUE_1_ST", "NONE", "CLASS", "MRO", "STOP_LOSS", "SL_M"} <= set(
        enum.__members__
    )
    assert enum("A").value == "A"


def test_lists_maps_tuples_and_unions(making: Making) -> None:
    made = making(
        answering(
            "{$ref: '#/components/schemas/Box'}",
            """{Row: {type: object, required: [n], properties: {n: {type: number}}},
                Box: {type: object, properties: {
                  rows: {type: array, items: {$ref: '#/components/schemas/Row'}},
                  grid: {type: array, items: {type: array, items: {type: number}}},
                  byName: {type: object, additionalProperties: {$ref: '#/components/schemas/Row'}},
                  level: {type: array, prefixItems: [{type: number}, {type: integer}], items: false},
                  either: {oneOf: [{type: string}, {type: integer}]},
                  both: {type: [integer, string, 'null']},
                  free: {},
                  loose: {type: object},
                  gaps: {type: array, items: {type: [integer, 'null']}}}}}""",
        )
    )
    row = made.models.Row
    box = read(
        made,
        b"""{"rows":[{"n":1.10}],"grid":[[0.1],[]],"byName":{"a":{"n":2}},"level":[94.05,3],
        "either":5,"both":"x","free":{"a":[1]},"loose":{"k":"v"},"gaps":[1,null]}""",
    )
    assert box.rows == [row(n=Decimal("1.10"))]
    assert box.grid == [[Decimal("0.1")], []]
    assert box.by_name == {"a": row(n=Decimal(2))}
    assert box.level == (Decimal("94.05"), 3)
    assert (box.either, box.both, box.free, box.loose) == (5, "x", {"a": [1]}, {"k": "v"})
    assert box.gaps == [1, None]


def test_all_of_is_one_class_with_every_field(making: Making) -> None:
    made = making(
        answering(
            "{$ref: '#/components/schemas/Order'}",
            """{Base: {type: object, required: [id], properties: {id: {type: string}}},
                Order: {allOf: [{$ref: '#/components/schemas/Base'},
                  {type: object, required: [qty], properties: {qty: {type: integer}}}],
                  properties: {note: {type: string}}}}""",
        )
    )
    assert read(made, {"id": "1", "qty": 2}) == made.models.Order(id="1", qty=2, note=None)
    with pytest.raises(UnexpectedResponse):
        read(made, {"qty": 2})


@pytest.mark.parametrize(
    ("part", "wire", "value"),
    [
        ("{type: string, enum: [A, B]}", "B", "B"),
        ("{type: string}", "x", "x"),
        ("{type: integer}", 3, 3),
        ("{type: array, items: {type: integer}}", [3], [3]),
    ],
)
def test_all_of_around_one_reference_is_that_type(
    making: Making, part: str, wire: object, value: object
) -> None:
    made = making(
        answering(
            "{type: object, properties: {it: {allOf: [{$ref: '#/components/schemas/Part'}]}}}",
            f"{{Part: {part}}}",
        )
    )
    assert read(made, {"it": wire}).it == value


def test_recursive_schemas(making: Making) -> None:
    made = making(
        answering(
            "{$ref: '#/components/schemas/Node'}",
            """{Node: {type: object, properties: {n: {type: integer},
                  child: {$ref: '#/components/schemas/Node'},
                  leaves: {type: array, items: {$ref: '#/components/schemas/Leaf'}}}},
                Leaf: {type: object, properties: {back: {$ref: '#/components/schemas/Node'}}}}""",
        )
    )
    tree = read(made, {"n": 1, "child": {"n": 2, "leaves": [{"back": {"n": 3}}]}})
    assert tree.child.leaves[0].back.n == 3


def test_inline_schemas_are_named_after_where_they_stand(making: Making) -> None:
    made = making(
        answering(
            """{type: object, properties: {rows: {type: array, items: {type: object, properties:
                {orderSide: {type: string, enum: [B, S]}, extra: {type: object, properties:
                {x: {type: integer}}}}}}}}""",
            extra="parameters: [{name: order-type, in: query, schema: {type: string, enum: [a]}}]",
        )
    )
    assert made.models.__all__ == [
        "GetItAnswer",
        "GetItAnswerRowsItem",
        "GetItAnswerRowsItemExtra",
        "GetItAnswerRowsItemOrderSide",
        "OrderType",
    ]


def test_answers_without_a_body(making: Making) -> None:
    made = making(asking("[]"))
    assert made.client(Broker(b"", status=204)).ask_it() is None
    assert inspect.signature(made.module.Client.ask_it).return_annotation == "None"


@pytest.mark.parametrize(
    ("schema", "answer", "value"),
    [
        ("{type: string}", b'"done"', "done"),
        ("{type: number}", b"94.050", Decimal("94.050")),
        ("{type: integer}", b"5", 5),
        ("{type: boolean}", b"true", True),
        ("{type: array, items: {type: number}}", b"[1.10]", [Decimal("1.10")]),
        ("{type: array, items: {type: string}}", b"[]", []),
        ("{type: object, additionalProperties: {type: integer}}", b'{"a":1}', {"a": 1}),
        ("{}", b'{"a":[1]}', {"a": [1]}),
        ("{type: string, format: date-time}", b'"2024-03-05T09:15:00Z"',
         datetime(2024, 3, 5, 9, 15, tzinfo=UTC)),
        ("{type: string, format: date}", b'"2024-03-05"', date(2024, 3, 5)),
        ("{type: array, prefixItems: [{type: string, x-type: yyyyMMdd}], items: false}",
         b'["20240305"]', (date(2024, 3, 5),)),
    ],
)  # fmt: skip
def test_plain_answers(making: Making, schema: str, answer: bytes, value: object) -> None:
    found = read(making(answering(schema)), answer)
    assert (found, type(found)) == (value, type(value))


def test_plain_times_are_sent_as_openapi_says(making: Making) -> None:
    member = "{type: string, format: date-time}"
    when = datetime(2024, 3, 5, 9, 15, tzinfo=UTC)
    body = making(sending(f"{{type: object, properties: {{at: {member}}}}}"))
    assert sent(body, at=when) == {"at": "2024-03-05T09:15:00+00:00"}
    query = making(asking(f"[{{name: at, in: query, schema: {member}}}]"))
    broker = Broker(b"", status=204)
    query.client(broker).ask_it(at=when)
    assert broker.query == "at=2024-03-05T09%3A15%3A00%2B00%3A00"


# x-type and x-empty.

ROWS: list[tuple[str, str, object, object]] = [
    ("amount", "{type: number, x-type: decimal}", 94.05, Decimal("94.05")),
    ("price", "{type: string, x-type: decimal}", "94.050", Decimal("94.050")),
    ("quantity", "{type: string, x-type: integer}", "15", 15),
    ("is_on", "{type: string, x-type: boolean, enum: [Y, N]}", "Y", True),
    ("is_off", "{type: string, x-type: boolean, enum: [Y, N]}", "N", False),
    ("is_truthy", "{type: string, x-type: boolean, enum: ['1', '0']}", "1", True),
    ("epoch", "{type: integer, x-type: epoch-seconds}", 1709610300,
     datetime(2024, 3, 5, 9, 15, tzinfo=INDIA)),
    ("day_first", "{type: string, x-type: 'dd-MM-yyyy HH:mm:ss'}", "05-03-2024 09:15:00",
     datetime(2024, 3, 5, 9, 15, tzinfo=INDIA)),
    ("clock_first", "{type: string, x-type: 'HH:mm:ss dd-MM-yyyy'}", "09:15:00 05-03-2024",
     datetime(2024, 3, 5, 9, 15, tzinfo=INDIA)),
    ("compact", "{type: string, x-type: yyyyMMdd}", "20240305", date(2024, 3, 5)),
    ("slashed", "{type: string, x-type: dd/MM/yyyy}", "05/03/2024", date(2024, 3, 5)),
    ("expiry", "{type: string, x-type: ddMMMyy}", "05MAR24", date(2024, 3, 5)),
    ("clock", "{type: string, x-type: 'HH:mm:ss'}", "09:15:00", time(9, 15, tzinfo=INDIA)),
]  # fmt: skip
ALL_ROWS = "{type: object, properties: {" + ", ".join(f"{n}: {s}" for n, s, _, _ in ROWS) + "}}"


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("typed")
    schema = {"$ref": "#/components/schemas/Row"}
    text = f"""{HEAD}
paths:
  /it:
    post:
      operationId: send_it
      requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}
      responses: {{'204': {{description: Done.}}}}
    get:
      operationId: get_it
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {schema}}}}}}}
  /rows:
    post:
      operationId: send_rows
      requestBody: {{content: {{application/json: {{schema: {{type: array, items: {schema}}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
components: {{schemas: {{Row: {ALL_ROWS}}}}}
"""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return make(folder, text)


@pytest.mark.parametrize(("name", "schema", "wire", "value"), ROWS)
def test_every_type_is_read(
    typed: Made, name: str, schema: str, wire: object, value: object
) -> None:
    found = getattr(read(typed, {name: wire}, on_deviation="raise"), name)
    assert (found, type(found)) == (value, type(value))
    if isinstance(value, datetime):
        assert found.tzinfo == value.tzinfo


@pytest.mark.parametrize(("name", "schema", "wire", "value"), ROWS)
def test_every_type_is_sent(
    typed: Made, name: str, schema: str, wire: object, value: object
) -> None:
    assert sent(typed, **{name: value}) == {name: wire}


@pytest.mark.parametrize(("name", "schema", "wire", "value"), ROWS)
def test_every_type_is_sent_inside_a_model(
    typed: Made, name: str, schema: str, wire: object, value: object
) -> None:
    broker = Broker(b"", status=204)
    typed.client(broker).send_rows(body=[typed.models.Row(**{name: value})])
    assert broker.json == [{name: wire}]


def test_times_are_turned_to_the_zone_of_the_broker(typed: Made) -> None:
    early = datetime(2024, 3, 5, 3, 45, tzinfo=UTC)
    assert sent(typed, day_first=early, epoch=early) == {
        "day_first": "05-03-2024 09:15:00",
        "epoch": 1709610300,
    }
    with pytest.raises(InvalidArgument, match="aware"):
        sent(typed, day_first=datetime(2024, 3, 5, 9, 15))  # noqa: DTZ001 - refused


@pytest.mark.parametrize(("wire", "value"), [("y", True), ("n", False), (True, True)])
def test_booleans_are_read_in_any_case(typed: Made, wire: object, value: object) -> None:
    assert read(typed, {"is_on": wire}, on_deviation="raise").is_on is value


EMPTIES = {
    "amount": ("{type: [string, number], x-type: decimal, x-empty: ['', '--']}", 1.5),
    "price": ("{type: string, x-type: decimal, x-empty: ['', '--']}", "1.5"),
    "quantity": ("{type: string, x-type: integer, x-empty: ['', '--']}", "5"),
    "is_on": ("{type: string, x-type: boolean, enum: [Y, N], x-empty: ['', '--']}", "Y"),
    "epoch": ("{type: [integer, string], x-type: epoch-seconds, x-empty: ['', '--']}", 1),
    "moment": (
        "{type: string, x-type: 'dd-MM-yyyy HH:mm:ss', x-empty: ['', '--']}",
        "05-03-2024 09:15:00",
    ),
    "day": ("{type: string, x-type: ddMMMyy, x-empty: ['', '--']}", "05MAR24"),
    "clock": ("{type: string, x-type: 'HH:mm:ss', x-empty: ['', '--']}", "09:15:00"),
    "side": ("{type: string, enum: [B, S], x-empty: ['', '--']}", "B"),
}


def test_empty_values_are_none(making: Making) -> None:
    members = ", ".join(f"{name}: {schema}" for name, (schema, _) in EMPTIES.items())
    made = making(answering(f"{{type: object, properties: {{{members}}}}}"))
    for empty in ("", "--", None):
        row = read(made, dict.fromkeys(EMPTIES, empty), on_deviation="raise")
        assert [name for name in EMPTIES if getattr(row, name) is not None] == []
    full = read(made, {name: wire for name, (_, wire) in EMPTIES.items()}, on_deviation="raise")
    assert [name for name in EMPTIES if getattr(full, name) is None] == []


def test_secrets_in_arguments_and_answers(making: Making) -> None:
    secret = "{type: object, properties: {pin: {type: string, x-secret: true}}}"
    assert sent(making(sending(secret)), pin="1234") == {"pin": "1234"}
    assert sent(making(sending(secret)), pin=Secret("1234")) == {"pin": "1234"}
    answer = read(making(answering(secret)), {"pin": "1234"})
    assert isinstance(answer.pin, Secret)
    assert "1234" not in repr(answer)
    assert answer.pin.reveal() == "1234"


# What the method returns, and what is a failure.


def test_payload(making: Making) -> None:
    schema = """{type: object, properties: {a/b: {type: object, properties:
        {rows: {type: array, items: {type: integer}}}}}}"""
    made = making(answering(schema, extra="x-payload: /a~1b/rows"))
    assert read(made, {"a/b": {"rows": [1]}}) == [1]
    assert inspect.signature(made.module.Client.get_it).return_annotation == "list[int]"
    for answer in ({}, {"a/b": None}, {"a/b": {}}):
        with pytest.raises(UnexpectedResponse):
            read(made, answer)


def test_alternative_payloads(making: Making) -> None:
    schema = """{type: object, properties: {data: {type: array, items: {type: integer}},
        Data: {type: array, items: {type: integer}, x-python-name: rows}}}"""
    made = making(answering(schema, extra="x-payload: [/data, /Data]"))
    assert read(made, {"data": [1]}) == [1]
    assert read(made, {"Data": [2]}) == [2]


FAILURES = f"""{HEAD}
x-failure:
  - {{where: {{pointer: /stat, equals: [Not_Ok, 7]}}, code: [/code, /err/code], message: /emsg}}
paths:
  /it:
    get:
      operationId: list_it
      x-failure:
        - {{where: {{pointer: /emsg, contains: [session expired]}}, error: SessionExpired}}
        - where: [{{pointer: /stat, equals: [Not_Ok]}}, {{pointer: /emsg, contains: [no data]}}]
          error: empty
        - {{where: {{pointer: [/kind, /type], equals: [order]}}, error: OrderRejected}}
        - {{where: {{pointer: /limit, not-equals: [ok]}}, error: RateLimited}}
        - {{status: [418, 404], error: NotFound, message: /emsg}}
        - {{where: {{pointer: /rows, absent: true}}, status: [200], error: InvalidRequest}}
      x-payload: /rows
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {{type: object, properties:
          {{rows: {{type: array, items: {{type: integer}}}}}}}}}}}}}}
"""


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("failing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return make(folder, FAILURES)


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (200, {"emsg": "Session Expired : x", "stat": "Not_Ok"}, SessionExpired),
        (200, {"stat": "Not_Ok", "rows": []}, Rejected),
        (200, {"stat": 7, "rows": []}, Rejected),
        (200, {"kind": "order", "rows": []}, OrderRejected),
        (200, {"type": "order", "rows": []}, OrderRejected),
        (200, {"limit": "spent", "rows": []}, RateLimited),
        (418, {"emsg": "tea", "rows": []}, NotFound),
        (200, {"stat": "Ok"}, InvalidRequest),
        (400, {"rows": []}, InvalidRequest),
        (401, {"rows": []}, SessionExpired),
        (403, {"rows": []}, PermissionDenied),
        (404, {"rows": []}, NotFound),
        (422, b"<html>", InvalidRequest),
        (429, b"", RateLimited),
        (409, {"rows": []}, Rejected),
        (500, {"rows": []}, OutcomeUnknown),
        (503, b"", OutcomeUnknown),
        (302, {"rows": []}, UnexpectedResponse),
        (200, b"<html>", BrokerError),
    ],
)
def test_failures(failing: Made, status: int, answer: object, error: type[BrokerError]) -> None:
    with pytest.raises(error) as caught:
        failing.client(Broker(answer, status=status)).list_it()
    assert type(caught.value) is error or error is BrokerError
    assert caught.value.operation == "list_it"


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        ({"rows": [1]}, [1]),
        ({"stat": "Not_Ok", "emsg": "NO DATA"}, []),
        ({"limit": "ok", "rows": []}, []),
        ({"kind": "x", "type": "order", "rows": [2]}, [2]),
        ({"stat": "7", "rows": [3]}, [3]),
    ],
)
def test_no_failures(failing: Made, answer: object, rows: list[int]) -> None:
    assert failing.client(Broker(answer)).list_it() == rows


def test_a_failure_carries_the_words_of_the_broker(failing: Made) -> None:
    with pytest.raises(Rejected) as caught:
        answer = {"stat": "Not_Ok", "err": {"code": 17}, "emsg": "bad", "rows": []}
        failing.client(Broker(answer)).list_it()
    assert (caught.value.code, caught.value.message, caught.value.status) == ("17", "bad", 200)


# Sessions.

SESSION = f"""{HEAD}
x-client:
  key: {{description: Key., x-secret: true}}
  token: {{description: Token., role: session, x-secret: true}}
x-session: {{open: [login], close: logout, tokens: {{token: {{operation: login, pointer: /jwt}}}}}}
paths:
  /session:
    post:
      operationId: login
      x-payload: /data
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties:
        {{k: {{type: string, x-credential: key}}}}}}}}}}}}
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {{type: object, properties:
          {{data: {{type: object, properties: {{jwt: {{type: string, x-secret: true}}}}}}}}}}}}}}}}
    delete:
      operationId: logout
      security: [{{bearer: []}}]
      responses: {{'204': {{description: Done.}}}}
components: {{securitySchemes: {{bearer: {{type: http, scheme: bearer, x-credential: token}}}}}}
"""


def test_a_session_is_kept_and_forgotten(making: Making) -> None:
    made = making(SESSION)
    broker = Broker({"data": {"jwt": "abc"}})
    client = made.client(broker, key="k")
    with pytest.raises(NotSent, match="call login first"):
        client.logout()
    assert client.login().jwt.reveal() == "abc"
    broker.answer, broker.status = b"", 204
    client.logout()
    assert broker.last.headers["Authorization"] == "Bearer abc"
    with pytest.raises(NotSent):
        client.logout()


def test_a_session_can_be_resumed(making: Making) -> None:
    broker = Broker(b"", status=204)
    making(SESSION).client(broker, key="k", token="old").logout()
    assert broker.last.headers["Authorization"] == "Bearer old"


# Models as arguments.


def test_models_as_arguments(making: Making) -> None:
    made = making(
        sending(
            "{type: object, properties: {legs: {type: array, items: "
            "{$ref: '#/components/schemas/Leg'}}, byName: {type: object, additionalProperties: "
            "{$ref: '#/components/schemas/Leg'}}, one: {$ref: '#/components/schemas/Leg'}}}",
            """{Leg: {type: object, required: [orderQty, note], properties: {
                orderQty: {type: string, x-type: integer},
                price: {type: number},
                note: {type: [string, 'null']},
                side: {type: string, enum: [B, S]},
                next: {$ref: '#/components/schemas/Leg'}}}}""",
        )
    )
    leg = made.models.Leg
    first = leg(order_qty=5, note=None, next=leg(order_qty=1, note="n", price=Decimal("1.10")))
    wire = {"orderQty": "5", "note": None, "next": {"orderQty": "1", "note": "n", "price": 1.1}}
    assert sent(made, legs=[first], by_name={"a": first}, one=first) == {
        "legs": [wire],
        "byName": {"a": wire},
        "one": wire,
    }
    assert sent(made) == {}
    with pytest.raises(InvalidArgument):
        made.client().send_it(one=leg(order_qty=1, note="", side=made.models.LegSide("X")))


# Names.


def test_argument_names_that_python_or_the_client_need(making: Making) -> None:
    wires = [
        "class", "from", "self", "wire", "None", "list", "square_off?", "_x", "1st", "नाम",
        "item", "key", "value", "str", "date", "order-qty", "Decimal", "print", "A.b[c]",
    ]  # fmt: skip
    listing = "{type: array, items: {type: string, enum: [a]}}"
    members = ", ".join(f"'{wire}': {listing}" for wire in wires)
    made = making(sending(f"{{type: object, properties: {{{members}}}}}"), ours=False)
    names = list(inspect.signature(made.module.Client.send_it).parameters)[1:]
    assert len(set(names)) == len(wires)
    assert all(name.isidentifier() for name in names)
    assert sent(made, **{name: ["a"] for name in names}) == {wire: ["a"] for wire in wires}


def test_field_names_that_python_or_annotations_need(making: Making) -> None:
    wires = [
        "class", "self", "field", "date", "time", "datetime", "list", "dict", "int", "str", "bool",
        "tuple", "Decimal", "_x", "__init__", "__struct_fields__", "1st", "नाम", "square_off?",
        "x y", "wire", "Any", "type", "copy", "json", "Struct", "Secret", "a'b",
    ]  # fmt: skip
    kinds = ["{type: string, format: date}", "{type: array, items: {type: integer}}"]
    members = ", ".join(f"{wire!r}: {kinds[i % 2]}" for i, wire in enumerate(wires))
    made = making(answering(f"{{type: object, properties: {{{members}}}}}"))
    answer = {wire: ["2024-03-05", [1]][i % 2] for i, wire in enumerate(wires)}
    row = read(made, answer, on_deviation="raise")
    values = [getattr(row, name) for name in row.__struct_fields__]
    assert values == [[date(2024, 3, 5), [1]][i % 2] for i in range(len(wires))]


def test_class_names_that_the_package_needs(making: Making) -> None:
    names = [
        "Client", "AsyncClient", "Response", "Secret", "Any", "Decimal", "Struct", "OpenEnum",
        "Operation", "Failure", "Mapping", "order", "Order", "order-x", "1st", "None", "str",
        "DayFirstTime", "Rejected", "Enum", "Model", "Field", "Optional", "List", "WithResponse",
    ]  # fmt: skip
    schemas = ", ".join(f"'{n}': {{type: object, properties: {{n: {{type: number}}}}}}" for n in names)
    refs = ", ".join(f"f{i}: {{$ref: '#/components/schemas/{n}'}}" for i, n in enumerate(names))
    when = "{type: string, x-type: 'dd-MM-yyyy HH:mm:ss'}"
    made = making(
        answering(f"{{type: object, properties: {{{refs}, at: {when}}}}}", f"{{{schemas}}}"),
        ours=False,
    )
    answer = {f"f{i}": {"n": 1.5} for i in range(len(names))}
    row = read(made, {**answer, "at": "05-03-2024 09:15:00"}, on_deviation="raise")
    assert [getattr(row, f"f{i}").n for i in range(len(names))] == [Decimal("1.5")] * len(names)
    assert row.at == datetime(2024, 3, 5, 9, 15, tzinfo=INDIA)
    assert len({type(getattr(row, f"f{i}")) for i in range(len(names))}) == len(names)
    assert made.module.Secret is Secret
    assert made.module.Response is Response


def test_operation_names_of_other_people(making: Making) -> None:
    ids = [
        "listOrders", "list-orders", "List Orders", "class", "close", "aclose", "prepare",
        "with_response", "__init__", "_send", "1st", "नाम", "x'; import os", "failures",
        "get_order1", "get_order_1", "default_timeout",
    ]  # fmt: skip
    paths = "".join(
        f"  /p{i}: {{get: {{operationId: {json_text(name)}, responses: "
        f"{{'204': {{description: Done.}}}}}}}}\n"
        for i, name in enumerate(ids)
    )
    made = making(f"{HEAD}\npaths:\n{paths}", ours=False)
    broker = Broker(b"", status=204)
    client = made.client(broker)
    methods = [name for name in vars(client.with_response)]
    assert len(methods) == len(ids)
    for name in methods:
        getattr(client, name)()
    assert [request.url for request in broker.requests] == [
        f"https://api.example.com/p{i}" for i in range(len(ids))
    ]
    assert client.with_response is not client
    client.close()


def test_setting_names_that_the_constructor_needs(making: Making) -> None:
    names = ["server", "timeout", "transport", "proxy", "on_deviation", "self", "wire", "class"]
    schemes = ", ".join(f"{n}: {{type: apiKey, in: header, name: X-{n}}}" for n in names)
    security = ", ".join(f"{n}: []" for n in names)
    made = making(
        f"""{HEAD}
security: [{{{security}}}]
paths: {{/it: {{get: {{operationId: get_it, responses: {{'204': {{description: Done.}}}}}}}}}}
components: {{securitySchemes: {{{schemes}}}}}
""",
        ours=False,
    )
    settings = [
        name
        for name, parameter in inspect.signature(made.module.Client).parameters.items()
        if parameter.default is inspect.Parameter.empty
    ]
    assert len(settings) == len(names)
    broker = Broker(b"", status=204)
    made.client(broker, **{name: "s" for name in settings}).get_it()
    assert {f"X-{name}" for name in names} <= set(broker.last.headers)


def json_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# The client as a whole.


def test_variants_are_operations_of_their_own(making: Making) -> None:
    made = making(
        f"""{HEAD}
paths:
  /orders:
    post:
      operationId: place_order
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties:
        {{kind: {{const: plain}}}}}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
      x-variants:
        - operationId: place_cover_order
          x-safety: idempotent
          requestBody: {{content: {{application/json: {{schema: {{type: object, properties:
            {{kind: {{const: cover}}, stop: {{type: number}}}}}}}}}}}}
          responses: {{'204': {{description: Done.}}}}
"""
    )
    broker = Broker(b"", status=204)
    client = made.client(broker)
    client.place_order()
    assert broker.json == {"kind": "plain"}
    client.place_cover_order(stop=Decimal(5))
    assert broker.json == {"kind": "cover", "stop": 5}
    assert made.operations.PLACE_ORDER.safety is Safety.UNSAFE
    assert made.operations.PLACE_COVER_ORDER.safety is Safety.IDEMPOTENT
    assert made.operations.PLACE_ORDER.path == made.operations.PLACE_COVER_ORDER.path


def test_operations_say_how_they_are_limited_and_recognised(making: Making) -> None:
    extra = (
        "x-rate-limit: orders\n      "
        "x-correlate: {argument: tag, read: get_it, field: /tag}\n      "
        "parameters: [{name: tag, in: query, schema: {type: string}}]"
    )
    made = making(answering("{type: string}", extra=extra))
    assert made.operations.GET_IT.bucket == "orders"
    assert made.operations.GET_IT.correlate == Correlate("tag", "get_it", "/tag")
    assert made.operations.GET_IT.safety is Safety.SAFE


def test_a_spec_without_operations(making: Making) -> None:
    made = making(f"{HEAD}\npaths: {{}}\n")
    assert "Client" in made.module.__all__
    made.client().close()


def test_settings_with_roles(making: Making) -> None:
    made = making(
        f"""{HEAD.replace("servers: [{url: 'https://api.example.com'}]", "")}
servers: [{{url: 'http://IP:PORT', x-placeholder: true}}]
x-client:
  base: {{description: Address., role: server}}
  via: {{description: Proxy., role: proxy-url}}
  via_user: {{description: User., role: proxy-user}}
  via_password: {{description: Password., role: proxy-password, x-secret: true}}
  source: {{description: Source., default: API}}
paths:
  /it:
    get:
      operationId: get_it
      parameters: [{{name: src, in: query, schema: {{type: string}}, x-credential: source}}]
      responses: {{'204': {{description: Done.}}}}
"""
    )
    with pytest.raises(TypeError, match="base"):
        made.client()
    broker = Broker(b"", status=204)
    made.client(broker, base="http://10.0.0.1:3000/").get_it()
    assert broker.last.url == "http://10.0.0.1:3000/it?src=API"
    signature = inspect.signature(made.module.Client)
    assert not {"server", "proxy"} & set(signature.parameters)


def test_with_response_prepare_and_the_asynchronous_twin(making: Making) -> None:
    made = making(answering("{type: array, items: {type: number}}"))
    broker = Broker(b"[1.10]")
    client = made.client(broker)
    full = client.with_response.get_it()
    assert isinstance(full, Response)
    assert (full.data, full.status, full.body) == ([Decimal("1.10")], 200, b"[1.10]")
    before = len(broker.requests)
    assert client.prepare.get_it().url == "https://api.example.com/it"
    assert len(broker.requests) == before

    async def twin() -> None:
        answer = AsyncBroker(b"[1.10]")
        async with made.async_client(answer) as other:
            assert await other.get_it() == [Decimal("1.10")]
            assert (await other.with_response.get_it()).status == 200
            assert other.prepare.get_it().url == "https://api.example.com/it"
        assert len(answer.requests) == 2

    asyncio.run(twin())


def test_union_arguments_of_models_are_encoded(making: Making) -> None:
    made = making(
        sending(
            "{type: object, properties: {it: {oneOf: [{type: string}, "
            "{$ref: '#/components/schemas/Leg'}]}}}",
            "{Leg: {type: object, properties: {orderQty: {type: integer}, note: {type: string}}}}",
        )
    )
    assert sent(made, it="x") == {"it": "x"}
    assert sent(made, it=made.models.Leg(order_qty=1)) == {"it": {"orderQty": 1}}


def test_members_that_cannot_be_read_are_left_out_and_reported(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    row = """{type: object, properties: {'a"b': {type: string}, c: {type: string}}}"""
    spec.write_text(answering(row), encoding="utf-8")
    built = build([Job(spec, "made", "spec", is_ours=False)], fresh=True)
    assert [found.code for found in built.warnings] == ["left-out"]
    assert "c: str" in built.packages["made"]["models.py"]


def test_list_arguments_in_a_query_are_refused_rather_than_misspelt(making: Making) -> None:
    made = making(
        asking("[{name: id, in: query, schema: {type: array, items: {type: string}}}]")
    )
    with pytest.raises(InvalidArgument, match="list"):
        made.client().ask_it(id=["a", "b c"])
