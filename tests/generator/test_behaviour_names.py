"""Which names the members of generated clients get."""

from __future__ import annotations

import inspect
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from brokerspec_runtime import Response, Secret
from generator.making import (
    HEAD,
    Broker,
    Making,
    answering,
    read,
    sending,
    sent,
)

INDIA = ZoneInfo("Asia/Kolkata")


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
    schemas = ", ".join(
        f"'{n}': {{type: object, properties: {{n: {{type: number}}}}}}" for n in names
    )
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
    methods = list(vars(client.with_response))
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
    made.client(broker, **dict.fromkeys(settings, "s")).get_it()
    assert {f"X-{name}" for name in names} <= set(broker.last.headers)


def json_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("names", ["[Active, not-active]", "[A]", "{a: x}", "text", "[1, null]"])
def test_enum_names_of_other_people(making: Making, names: str) -> None:
    listing = f"{{type: string, enum: [a, b-c], x-enum-varnames: {names}}}"
    made = making(answering(f"{{type: object, properties: {{x: {listing}}}}}"), ours=False)
    enum = type(read(made, {"x": "a"}).x)
    assert [member.value for member in enum] == ["a", "b-c"]
    assert all(name.isidentifier() for name in enum.__members__)


def test_an_operation_and_a_schema_of_one_name_in_capitals(making: Making) -> None:
    schema = "{PING: {type: object, properties: {a: {type: string}}}}"
    text = answering("{$ref: '#/components/schemas/PING'}", schema).replace("get_it", "ping")
    made = making(text, ours=False)
    assert made.client(Broker({"a": "x"})).ping() == made.models.PING(a="x")
    assert "PING_2: Final[Operation[PING]]" in made.files["operations.py"]


def test_classes_of_arguments_of_one_name_tell_whose_they_are(making: Making) -> None:
    def listing(operation: str, sort: str, page: str) -> str:
        members = f"{{type: object, properties: {{page: {page}}}}}"
        return f"""  /{operation}:
    post:
      operationId: {operation}
      parameters: [{{name: sort, in: query, schema: {{type: string, enum: {sort}}}}}]
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties:
        {{filter: {members}, order: {{$ref: '#/components/schemas/Order'}}}}}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
"""

    kinds = ("[asc, desc]", "{type: integer}"), ("[up, down]", "{type: string}")
    names = ("list_trades", "list_orders", "list_funds", "list_more")
    paths = "".join(listing(name, *kinds[at % 2]) for at, name in enumerate(names))
    order = "{type: object, properties: {sort: {type: string, enum: [a]}}}"
    order_sort = "{type: string, enum: [b]}"
    schemas = f"components: {{schemas: {{Order: {order}, OrderSort: {order_sort}}}}}"
    made = making(f"{HEAD}paths:\n{paths}{schemas}", ours=False)
    classes = {name for name in vars(made.models) if name.endswith(("Sort", "Filter", "_2"))}
    # Equal ones share the class of the first; what stands in a component is called after that.
    assert classes == {"Sort", "ListOrdersSort", "Filter", "ListOrdersFilter", "OrderSort_2"}
    types = inspect.get_annotations(made.module.Client.list_more)
    assert types["sort"] == "ListOrdersSort | None"
    broker = Broker(b"", status=204)
    found = made.models.ListOrdersFilter(page="1")
    made.client(broker).list_more(sort=made.models.ListOrdersSort.UP, filter=found)
    assert (broker.query, broker.json) == ("sort=up", {"filter": {"page": "1"}})
