"""How `x-type`, `x-empty` and `x-secret` are read and sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from brokerspec_runtime import Secret
from brokerspec_runtime.errors import (
    InvalidArgument,
)
from generator.making import (
    HEAD,
    Broker,
    Made,
    Making,
    answering,
    make,
    read,
    sending,
    sent,
)

INDIA = ZoneInfo("Asia/Kolkata")


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
    "epoch": ("{type: [integer, string], x-type: epoch-seconds, x-empty: ['', '--']}", 1709610300),
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
