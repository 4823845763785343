from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec_runtime import InvalidArgument, Secret, wire
from brokerspec_runtime.enums import OpenEnum

KOLKATA = "Asia/Kolkata"
amounts = st.integers(0, 8).flatmap(lambda places: st.decimals(-(10**15), 10**15, places=places))


class Side(OpenEnum):
    BUY = "B"
    SELL = "S"


# Amounts


@given(amounts)
def test_an_amount_keeps_every_digit_as_a_number(amount: Decimal) -> None:
    sent = wire.encode({"price": wire.number(amount)})
    assert sent == f'{{"price":{amount}}}'.encode()
    assert json.loads(sent, parse_float=Decimal, parse_int=Decimal) == {"price": amount}


@given(amounts)
def test_an_amount_keeps_its_value_as_a_text(amount: Decimal) -> None:
    sent = wire.text(amount)
    assert sent is not None
    assert "E" not in sent
    assert Decimal(sent) == amount


@given(st.integers())
def test_a_whole_number_is_sent_as_it_is(number: int) -> None:
    assert wire.text(number) == str(number)
    assert wire.integer(number) == number
    assert wire.number(number) == number


@pytest.mark.parametrize(
    ("amount", "text"),
    [("94.05", "94.05"), ("94.050", "94.050"), ("1E+5", "100000"), ("1E-7", "0.0000001")],
)
def test_an_amount_as_text_has_no_exponent(amount: str, text: str) -> None:
    assert wire.text(Decimal(amount)) == text


@pytest.mark.parametrize("amount", [94.05, "94.05", True, b"1", Secret("1")])
@pytest.mark.parametrize("write", [wire.number, wire.text])
def test_an_amount_is_a_decimal_or_an_int(write: Any, amount: object) -> None:
    with pytest.raises(InvalidArgument, match="Decimal"):
        write(amount)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("write", [wire.number, wire.text])
def test_an_amount_is_finite(write: Any, amount: str) -> None:
    with pytest.raises(InvalidArgument, match="finite"):
        write(Decimal(amount))


@pytest.mark.parametrize("quantity", [1.0, True, Decimal(1), "1"])
def test_a_quantity_is_an_int(quantity: Any) -> None:
    with pytest.raises(InvalidArgument, match="int"):
        wire.integer(quantity)


# Words and times


def test_only_listed_values_are_sent() -> None:
    assert wire.choice(Side, Side.BUY) is Side.BUY
    assert wire.choice(Side, "S") is Side.SELL
    with pytest.raises(InvalidArgument, match="'X' is no Side; allowed: "):
        wire.choice(Side, "X")
    with pytest.raises(InvalidArgument):
        wire.choice(Side, Side("x"))


def test_a_boolean_is_sent_as_its_word() -> None:
    assert wire.word(True, "Yes", "NO") == "Yes"
    assert wire.word(False, "Yes", "NO") == "NO"
    with pytest.raises(InvalidArgument, match="bool"):
        wire.word("Yes", "Yes", "NO")  # type: ignore[arg-type]


def test_a_time_is_sent_on_the_clock_of_the_broker() -> None:
    moment = datetime(2021, 6, 25, 11, 25, 11, tzinfo=UTC)
    assert wire.stamp(moment, "dd-MM-yyyy HH:mm:ss", zone=KOLKATA) == "25-06-2021 16:55:11"
    assert wire.stamp(moment, "HH:mm:ss dd-MM-yyyy", zone=KOLKATA) == "16:55:11 25-06-2021"
    assert wire.seconds(moment) == 1624620311


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("yyyyMMdd", "20210701"), ("dd/MM/yyyy", "01/07/2021"), ("ddMMMyy", "01JUL21")],
)
def test_a_day_is_sent_as_the_broker_writes_it(pattern: str, text: str) -> None:
    assert wire.stamp(date(2021, 7, 1), pattern) == text
    assert wire.day(pattern).read(text) == date(2021, 7, 1)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2021, 6, 25, 16, 55, 11)  # noqa: DTZ001
    with pytest.raises(InvalidArgument, match="aware"):
        wire.stamp(naive, "dd-MM-yyyy HH:mm:ss", zone=KOLKATA)
    with pytest.raises(InvalidArgument, match="aware"):
        wire.seconds(naive)


@given(st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_times_come_back_as_the_same_moment(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for pattern in ("dd-MM-yyyy HH:mm:ss", "HH:mm:ss dd-MM-yyyy"):
        sent = wire.stamp(moment, pattern, zone=KOLKATA)
        assert wire.moment(pattern, zone=KOLKATA).read(sent) == moment
    back = wire.epoch(zone=KOLKATA).read(wire.seconds(moment))
    assert back == moment
    assert isinstance(back, datetime)
    assert back.utcoffset() == timedelta(hours=5, minutes=30)


def test_nothing_stays_nothing() -> None:
    assert wire.number(None) is wire.text(None) is wire.integer(None) is None
    assert wire.choice(Side, None) is wire.word(None, "Y", "N") is wire.seconds(None) is None
    assert wire.stamp(None, "yyyyMMdd") is None


# Formats of answers


@pytest.mark.parametrize(
    ("format_", "raw", "value"),
    [
        (wire.flag("Yes", "No"), "YES", True),
        (wire.flag("Yes", "No"), "no", False),
        (wire.flag("Yes", "No"), True, True),
        (wire.decimal(empty=("",)), "10.50", Decimal("10.50")),
        (wire.decimal(empty=("",)), "", None),
        (wire.whole(empty=("--",)), "7", 7),
        (wire.whole(empty=("--",)), "--", None),
        (wire.listed(Side, empty=("",)), "", None),
        (wire.listed(Side, empty=("",)), "B", Side.BUY),
        (wire.clock(zone=KOLKATA), "15:57:07", time(15, 57, 7, tzinfo=ZoneInfo(KOLKATA))),
        (wire.epoch(zone=KOLKATA, empty=(0,)), 0, None),
        (wire.epoch(zone=KOLKATA), 946_684_800, datetime(2000, 1, 1, tzinfo=UTC)),
        (wire.moment("dd-MM-yyyy HH:mm:ss", zone=KOLKATA, empty=("",)), "", None),
    ],
)
def test_a_format_reads_what_is_on_the_wire(
    format_: wire.Format, raw: object, value: object
) -> None:
    read = format_.read(raw)
    assert read == value
    assert type(read) is type(value)
    assert str(read) == str(value) or isinstance(value, datetime)


@pytest.mark.parametrize(
    ("format_", "raw"),
    [
        (wire.flag("Yes", "No"), "maybe"),
        (wire.decimal(empty=("",)), "ten"),
        (wire.decimal(empty=("",)), "1_000"),
        (wire.whole(empty=("",)), "1.5"),
        (wire.clock(zone=KOLKATA), 155707),
        (wire.epoch(zone=KOLKATA), True),
        (wire.epoch(zone=KOLKATA), "soon"),
        (wire.epoch(zone=KOLKATA), 1_624_620_311_000_000_000),
        (wire.epoch(zone=KOLKATA), 0),
        (wire.epoch(zone=KOLKATA), 946_684_799),
        (wire.epoch(zone=KOLKATA), 20_210_625),
        (wire.epoch(zone=KOLKATA), "20210625"),
        (wire.day("yyyyMMdd"), "2021-07-01"),
        (wire.moment("dd-MM-yyyy HH:mm:ss", zone=KOLKATA), "16:55:11 25-06-2021"),
    ],
)
def test_a_format_refuses_everything_else(format_: wire.Format, raw: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is that of the Python library
        format_.read(raw)


@pytest.mark.parametrize(
    "text",
    [
        "25-06-2021 16:55:1",
        "25-06-2021 24:00:00",
        "25-06-2021 23:60:00",
        "25-06-2021 16:55+05",
        "25-06-2021 T16:55:1",
        "25-06-2021 165511.0",
        "25-06-2021 16:55:1\u0661",
        "25-06-2021  16:55:11",
        "25-06-2021T16:55:11",
        "25-06-2021 16:55:11 ",
        "25-06-2021",
        "2021-06-25 16:55:11",
        "31-06-2021 16:55:11",
        "\u0662\u0665-06-2021 16:55:11",
    ],
)
def test_a_moment_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is that of the Python library
        wire.moment("dd-MM-yyyy HH:mm:ss", zone=KOLKATA).read(text)


@given(st.text("0123456789:+-Z.T\u0661 ", min_size=6, max_size=10))
def test_a_clock_is_read_as_it_is_written(text: str) -> None:
    try:
        read = wire.moment("HH:mm:ss dd-MM-yyyy", zone=KOLKATA).read(f"{text} 25-06-2021")
    except ValueError:
        return
    assert f"{read:%H:%M:%S}" == text


def test_what_a_moment_remembers_is_limited_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("brokerspec_runtime.formats._REMEMBERED", 3)
    kind = wire.moment("dd-MM-yyyy HH:mm:ss", zone=KOLKATA, empty=("",))
    for second in [10, 11, 11, 12, 13, 10, 14]:
        moment = datetime(2021, 6, 25, 16, 55, second, tzinfo=ZoneInfo(KOLKATA))
        assert kind.read(f"25-06-2021 16:55:{second}") == moment
        assert kind.read("") is None
        with pytest.raises(ValueError, match="expected"):
            kind.read("25-06-2021 16:55")
    assert kind.memory is not None
    assert 0 < len(kind.memory) <= 3


@pytest.mark.parametrize(
    ("pattern", "layout"),
    [("dd-MM-yyyy HH:mm:ss", "%d-%m-%Y %H:%M:%S"), ("HH:mm:ss yyyyMMdd", "%H:%M:%S %Y%m%d")],
)
@given(
    st.lists(st.integers(0, 2 * 86_400), min_size=1, max_size=3),
    st.sampled_from([KOLKATA, "America/New_York"]),
)
def test_a_moment_put_together_from_known_parts_is_the_one_that_is_written(
    pattern: str, layout: str, seconds: list[int], zone: str
) -> None:
    kind = wire.moment(pattern, zone=zone)
    # The night in which clocks are put forward in New York is among them.
    began = datetime(2024, 3, 9, tzinfo=ZoneInfo(zone))
    moments = [began + timedelta(seconds=number) for number in seconds]
    # Every day, hour with minute and second beside every other: the parts are known by then.
    mixed = [a.replace(hour=b.hour, minute=b.minute) for a in moments for b in moments]
    for moment in [*moments, *mixed]:
        read = kind.read(f"{moment:{layout}}")
        assert (read, read.utcoffset()) == (moment, moment.utcoffset())
        for odd in (f"{moment:{layout}} ", f"{moment:{layout}}"[:-1], f"{moment:{layout}}0"):
            with pytest.raises(ValueError, match="expected"):
                kind.read(odd)


def test_an_unknown_value_of_an_enum_is_kept_but_never_listed() -> None:
    unknown = Side("B2")
    assert (unknown, unknown.value, unknown.is_known) == ("B2", "B2", False)
    assert type(unknown) is Side
    assert list(Side) == [Side.BUY, Side.SELL]
    assert Side.BUY.is_known


# Bodies


def test_a_body_leaves_absent_members_out_and_sends_null_where_it_is_meant() -> None:
    row = {"d": wire.given(None), "e": Secret("x")}
    body = {"a": wire.ABSENT, "b": wire.NULL, "c": [row], "f": wire.given(Decimal("1.0"))}
    assert wire.encode(wire.plain(body)) == b'{"b":null,"c":[{"e":"x"}],"f":1.0}'
    assert wire.encode(wire.plain(body, show=True)) == b'{"b":null,"c":[{"e":"***"}],"f":1.0}'


def test_a_float_is_never_sent() -> None:
    with pytest.raises(InvalidArgument, match="float"):
        wire.plain({"rows": [{"price": 94.05}]})


@given(amounts.filter(lambda amount: "." in str(amount) or "E" in str(amount)))
def test_fractions_of_an_answer_keep_every_digit(amount: Decimal) -> None:
    (read,) = wire.loads(f"[{amount}]".encode())  # type: ignore[misc]
    assert type(read) is Decimal
    assert str(read) == str(amount)


@pytest.mark.parametrize("body", [b"", b"{", b"[NaN]", b"[Infinity]", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="JSON"):
        wire.loads(body)


def test_any_zone_of_an_argument_is_turned() -> None:
    moment = datetime(2021, 6, 25, 16, 55, 11, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert wire.stamp(moment, "dd-MM-yyyy HH:mm:ss") == "25-06-2021 11:25:11"
