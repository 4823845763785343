"""What generated clients make of answers."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from brokerspec_runtime.errors import (
    BrokerError,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    SessionExpired,
    UnexpectedResponse,
)
from generator.making import (
    HEAD,
    Broker,
    Made,
    Making,
    answering,
    asking,
    make,
    read,
    sending,
    sent,
)

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
    made = making(
        answering(f"{{type: object, properties: {{x: {{type: string, enum: {listed}}}}}}}")
    )
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
                  level: {type: array, items: false,
                    prefixItems: [{type: number}, {type: integer}]},
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
        '200': {{description: Done., content: {{application/json: {{schema: {{type: object,
          properties: {{rows: {{type: array, items: {{type: integer}}}}}}}}}}}}}}
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
    answer = {"stat": "Not_Ok", "err": {"code": 17}, "emsg": "bad", "rows": []}
    with pytest.raises(Rejected) as caught:
        failing.client(Broker(answer)).list_it()
    assert (caught.value.code, caught.value.message, caught.value.status) == ("17", "bad", 200)
