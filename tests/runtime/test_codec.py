from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field

from brokerspec_runtime import Secret, UnexpectedResponse, codec, wire
from brokerspec_runtime.enums import OpenEnum

if TYPE_CHECKING:
    Moment: TypeAlias = datetime | None
else:
    Moment = wire.moment("dd-MM-yyyy HH:mm:ss", zone="Asia/Kolkata", empty=("",))

amounts = st.decimals(allow_nan=False, allow_infinity=False)
sendable = st.decimals(-(10**15), 10**15, places=8)


class Side(OpenEnum):
    BUY = "B"
    SELL = "S"


class Leg(Struct, frozen=True, kw_only=True):
    price: Decimal = field(name="prc")


class Order(Struct, frozen=True, kw_only=True):
    order_id: str = field(name="norenordno")
    quantity: int | None = field(name="qty", default=None)
    price: Decimal | None = field(name="prc", default=None)
    side: Side | None = field(name="trantype", default=None)
    updated_at: Moment | None = field(name="norentm", default=None)
    token: Secret | None = None
    legs: list[Leg] | None = None
    first_leg: Leg | None = field(name="leg", default=None)


def decode(value: Any, kind: Any = Order) -> tuple[Any, list[str]]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    decoded, deviations = codec.decode(body, kind)
    return decoded, [str(deviation) for deviation in deviations]


def refused(value: Any, kind: Any = Order) -> UnexpectedResponse:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    with pytest.raises(UnexpectedResponse) as caught:
        codec.decode(body, kind)
    return caught.value


# Amounts


@given(amounts)
def test_amounts_of_answers_keep_every_digit(amount: Decimal) -> None:
    for body in (f'{{"prc":{amount}}}', f'{{"prc":"{amount}"}}'):
        for read in (codec.decode, codec.decode_tolerantly):
            leg, deviations = read(body.encode(), Leg)
            assert type(leg.price) is Decimal
            assert str(leg.price) == str(amount)
            assert deviations == ()


@given(st.integers())
def test_whole_amounts_are_decimals_too(amount: int) -> None:
    for read in (codec.decode, codec.decode_tolerantly):
        leg, _ = read(f'{{"prc":{amount}}}'.encode(), Leg)
        assert leg.price == Decimal(amount)
        assert type(leg.price) is Decimal


@given(sendable)
def test_an_amount_survives_the_way_there_and_back(amount: Decimal) -> None:
    sent = wire.encode({"prc": wire.number(amount)})
    assert str(codec.decode(sent, Leg)[0].price) == str(amount)
    sent = wire.encode({"prc": wire.text(amount)})
    assert codec.decode(sent, Leg)[0].price == amount


def test_no_amount_goes_through_float() -> None:
    body = b'{"prc": 12.3450000000000001000}'
    for read in (codec.decode, codec.decode_tolerantly):
        assert str(read(body, Leg)[0].price) == "12.3450000000000001000"


# What fits


def test_a_documented_answer_has_no_deviations() -> None:
    decoded, deviations = decode(
        {
            "norenordno": "1",
            "qty": "7",
            "prc": "94.05",
            "trantype": "B",
            "norentm": "25-06-2021 16:55:11",
            "token": "t0ken",
            "legs": [{"prc": 1.50}],
        }
    )
    assert deviations == []
    assert decoded == Order(
        order_id="1",
        quantity=7,
        price=Decimal("94.05"),
        side=Side.BUY,
        updated_at=datetime(2021, 6, 25, 11, 25, 11, tzinfo=UTC),
        token=Secret("t0ken"),
        legs=[Leg(price=Decimal("1.5"))],
    )


def test_unknown_members_and_values_do_not_hurt() -> None:
    decoded, deviations = decode({"norenordno": "1", "trantype": "X", "new": [1]})
    assert deviations == []
    assert (decoded.side, decoded.side.is_known) == ("X", False)


def test_empty_texts_that_mean_none_are_none() -> None:
    decoded, deviations = decode({"norenordno": "1", "norentm": ""})
    assert (decoded.updated_at, deviations) == (None, [])


# What does not fit


@pytest.mark.parametrize(
    ("wire_name", "raw", "deviation"),
    [
        ("qty", "many", "$.qty: expected int, got str"),
        ("qty", 1.5, "$.qty: expected int, got Decimal"),
        ("qty", {}, "$.qty: expected int, got dict"),
        ("qty", [1], "$.qty: expected int, got list"),
        ("prc", "--", "$.prc: expected Decimal, got str"),
        ("prc", True, "$.prc: expected Decimal, got bool"),
        ("trantype", 7, "$.trantype: expected Side, got int"),
        ("norentm", "today", "$.norentm: expected dd-MM-yyyy HH:mm:ss, got str"),
        ("token", 7, "$.token: expected Secret, got int"),
        ("leg", {}, "$.leg.prc: expected Decimal, got nothing"),
        ("leg", "", "$.leg: expected Leg, got str"),
    ],
)
def test_an_optional_member_that_does_not_fit_is_none_and_reported(
    wire_name: str, raw: object, deviation: str
) -> None:
    decoded, deviations = decode({"norenordno": "1", wire_name: raw, "first": 1})
    assert decoded == Order(order_id="1")
    assert deviations == [deviation]


def test_a_deviation_hides_the_value_but_keeps_it() -> None:
    _, (deviation,) = codec.decode(b'{"norenordno": "1", "token": ["t0ken"]}', Order)
    assert "t0ken" not in f"{deviation} {deviation!r}"
    assert deviation.raw == ["t0ken"]


@pytest.mark.parametrize("raw", [{}, {"norenordno": None}, {"norenordno": 7}, [], "text", None])
def test_a_required_member_must_be_there(raw: object) -> None:
    error = refused(raw)
    assert error.deviations
    assert "t0ken" not in str(error)


def test_a_list_that_does_not_fit_is_never_shortened_in_silence() -> None:
    error = refused([{"norenordno": "1"}, {}, {"norenordno": "3"}], list[Order])
    assert error.rows == (Order(order_id="1"), Order(order_id="3"))
    assert [d.path for d in error.deviations] == ["$[1].norenordno"]


def test_an_optional_list_with_a_bad_row_is_not_dropped() -> None:
    error = refused({"norenordno": "1", "legs": [{"prc": "1"}, {"prc": "one"}]})
    assert [d.path for d in error.deviations] == ["$.legs[1].prc"]


def test_rows_with_optional_deviations_stay() -> None:
    decoded, deviations = decode(
        [{"norenordno": "1", "qty": "x"}, {"norenordno": "2"}], list[Order]
    )
    assert decoded == [Order(order_id="1"), Order(order_id="2")]
    assert deviations == ["$[0].qty: expected int, got str"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"<html>", b"\xff", b'{"norenordno": NaN}', b"[" * 100_000]
)
def test_what_is_no_json_is_unexpected(body: bytes) -> None:
    assert "not JSON" in str(refused(body))


def test_objects_whose_keys_are_data() -> None:
    kind = dict[str, Leg | None]
    assert decode({"a": {"prc": 1}, "b": None}, kind)[0] == {"a": Leg(price=Decimal(1)), "b": None}
    assert [d.path for d in refused({"a": {"prc": "x"}}, kind).deviations] == ["$.a.prc"]


@pytest.mark.parametrize("number", [b"7.0", b"7e0", b'"7"'])
def test_a_whole_number_may_be_written_as_a_fraction(number: bytes) -> None:
    for read in (codec.decode, codec.decode_tolerantly):
        decoded, _ = read(b'{"norenordno": "1", "qty": ' + number + b"}", Order)
        assert (decoded.quantity, type(decoded.quantity)) == (7, int)


def test_a_number_of_absurd_size_is_no_quantity() -> None:
    decoded, deviations = decode(b'{"norenordno": "1", "qty": 1e100000}')
    assert decoded == Order(order_id="1")
    assert len(deviations) == 1


@pytest.mark.parametrize("text", ["1_000", "1_0.5", "null", " null ", "NULL"])
@pytest.mark.parametrize("member", ["qty", "prc"])
def test_a_text_that_only_python_reads_as_a_number_is_none(member: str, text: str) -> None:
    decoded, deviations = decode({"norenordno": "1", member: text})
    assert decoded == Order(order_id="1")
    assert len(deviations) == 1
    refused({"prc": text}, Leg)


def test_the_same_texts_stay_texts() -> None:
    for text in ("null", "order_1_000"):
        assert decode({"norenordno": text}) == (Order(order_id=text), [])


# Surveys


def test_a_survey_tells_everything_that_is_not_documented() -> None:
    body = b'{"norenordno": "1", "trantype": "X", "new": 1, "qty": "x"}'
    found = {deviation.path for deviation in codec.survey(body, Order)}
    assert found == {"$.trantype", "$.new", "$.qty"}
    assert codec.survey(b'{"norenordno": "1", "trantype": "B"}', Order) == ()


# Both paths


members = st.fixed_dictionaries(
    {},
    optional={
        "norenordno": st.sampled_from(["1", "", None, 7]),
        "qty": st.sampled_from([1, "2", "x", None, 1.5, [], {}]),
        "prc": st.sampled_from([1, "94.05", 0.5, "", None, True]),
        "trantype": st.sampled_from(["B", "X", "", None, 1]),
        "norentm": st.sampled_from(["25-06-2021 16:55:11", "", "x", None]),
        "legs": st.lists(st.fixed_dictionaries({}, optional={"prc": st.sampled_from(["1", "x"])})),
        "extra": st.none() | st.text(),
    },
)


@given(members | st.lists(members))
def test_the_tolerant_path_agrees_with_the_fast_one(value: Any) -> None:
    body = json.dumps(value).encode()
    kind = list[Order] if isinstance(value, list) else Order
    try:
        fast = msgspec.json.decode(body, type=kind, strict=False, dec_hook=wire.decode_hook)
    except msgspec.MsgspecError:
        return
    assert codec.decode_tolerantly(body, kind) == (fast, ())


# Re-encoding


def test_a_value_goes_back_to_plain_data_under_its_wire_names() -> None:
    moment = datetime(2021, 6, 25, 11, 25, 11, tzinfo=UTC)
    order = Order(
        order_id="1", price=Decimal("94.050"), updated_at=moment, legs=[Leg(price=Decimal(1))]
    )
    assert codec.to_builtins([order]) == [
        {
            "norenordno": "1",
            "qty": None,
            "prc": Decimal("94.050"),
            "trantype": None,
            "norentm": moment,
            "token": None,
            "legs": [{"prc": Decimal(1)}],
            "leg": None,
        }
    ]


def test_a_secret_stays_hidden_in_plain_data() -> None:
    plain = codec.to_builtins(Order(order_id="1", token=Secret("t0ken")))
    assert plain["token"] is not None
    assert "t0ken" not in repr(plain)
