"""Answers that are broken, or made to mislead: a typed error or the exact value, and soon."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from brokerspec_runtime import UnexpectedResponse, codec, trust, wire
from brokerspec_runtime.enums import OpenEnum


class Side(OpenEnum):
    BUY = "B"


class Order(Struct, frozen=True, kw_only=True):
    id: str
    quantity: int | None = None
    price: Decimal | None = None
    side: Side | None = None
    extra: Any = None
    pairs: list[tuple[str, Decimal]] | None = None


class Book(Struct, frozen=True, kw_only=True):
    orders: list[Order]


class Answer(Struct, frozen=True, kw_only=True):
    data: Book | None = None


def refused(body: bytes, kind: Any = Order) -> UnexpectedResponse:
    with pytest.raises(UnexpectedResponse) as caught:
        codec.decode(body, kind)
    return caught.value


def decoded(body: bytes, kind: Any = Order) -> tuple[Any, list[str]]:
    value, deviations = codec.decode(body, kind)
    return value, [deviation.path for deviation in deviations]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"<html><body>Welcome</body></html>",
        b'{"id": "1"',
        b'{"id": "1"}{"id": "2"}',
        b'{"id": "1"}\x00',
        b'{"id": "a\nb"}',
        b'{"id": "1", "price": NaN}',
        b'{"id": "1", "price": -Infinity}',
        b'{"id": "1", "price": 1e999999999999999999999}',
        b'{"id": "1", "price": 01}',
        '{"id": "é"}'.encode("latin-1"),
        b"[" * 10_000 + b"]" * 10_000,
        b'{"id": "1", "other": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"id": "1", "extra": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    ],
)
def test_what_is_no_sound_json_is_unexpected(body: bytes) -> None:
    assert str(refused(body))


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_charset_of_unicode_is_read_exactly(charset: str) -> None:
    body = '{"id": "é", "price": 94.050}'.encode(charset)
    assert decoded(body) == (Order(id="é", price=Decimal("94.050")), [])


NO_AMOUNTS = [
    "NaN",
    "nan",
    "-NaN",
    "sNaN",
    "nan123",
    "Infinity",
    "-inf",
    "INF",
    " NaN ",
    "\\tnan",
    "\\u004eaN",
    "\\u0020NaN\\u0020",
    "1e9999999999999999999999",
]


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_a_text_that_is_no_number_is_no_amount(text: str) -> None:
    body = f'{{"id": "1", "price": "{text}"}}'.encode()
    assert decoded(body) == (Order(id="1"), ["$.price"])
    pairs = f'{{"id": "1", "pairs": [["a", 1], ["b", "{text}"]]}}'.encode()
    assert [deviation.path for deviation in refused(pairs).deviations] == ["$.pairs[1][1]"]


@pytest.mark.parametrize("name", ["BAJFINANCE", "INFY", "ADNAN", "NANDAN", "M\\u0026M"])
def test_names_that_look_like_no_number_stay_on_the_fast_path(name: str) -> None:
    assert trust.is_plain(f'{{"id": "{name}", "price": 1.5}}'.encode())


@pytest.mark.parametrize(
    ("number", "quantity"),
    [
        ("5.0", 5),
        ('"5.0"', 5),
        ("9007199254740993.0", 9007199254740993),
        ('"9007199254740993.0"', 9007199254740993),
        ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_an_integer_is_never_rounded(number: str, quantity: int) -> None:
    assert decoded(f'{{"id": "1", "quantity": {number}}}'.encode()) == (
        Order(id="1", quantity=quantity),
        [],
    )


@pytest.mark.parametrize(
    "number", ["1e999999", '"1e999999"', "5.5", '"5.5"', '"' + "9" * 5000 + '"']
)
def test_what_is_no_integer_of_a_sane_size_is_reported(number: str) -> None:
    assert decoded(f'{{"id": "1", "quantity": {number}}}'.encode()) == (
        Order(id="1"),
        ["$.quantity"],
    )


def test_an_integer_beyond_all_measure_is_refused() -> None:
    assert str(refused(b'{"id": "1", "quantity": ' + b"9" * 5000 + b"}"))


def test_an_undocumented_fraction_is_no_float_either() -> None:
    value, _ = decoded(b'{"id": "1", "extra": [0.10, {"a": 2.50}]}')
    assert str(value.extra) == "[Decimal('0.10'), {'a': Decimal('2.50')}]"


def test_half_of_a_character_pair_is_no_text() -> None:
    assert decoded(b'{"id": "1", "side": "\\ud800"}') == (Order(id="1"), ["$.side"])
    assert [d.path for d in refused(b'{"id": "\\ud800"}').deviations] == ["$.id"]
    assert decoded(b'{"id": "1", "other": "\\ud800"}') == (Order(id="1"), [])


# Keys that occur twice


@pytest.mark.parametrize(
    "body",
    [
        b'[{"id": "1", "quantity": 1, "quantity": 2}]',
        b'[{"id": "1"}, {"id": "1", "side": "B", "quantity": 1, "quantity": 1}]',
        b'[{"id": "1", "quantity" : 1, "quantity": 2}]',
        b'[{"id": "1", "quantity"\n:1, "quantity"\t: 2}]',
        b'[{"id": "1", "quantity": 1, "q\\u0075antity": 2}]',
        b'[{"id": "1", "extra": [{"quantity": 1, "quantity": 1}]}]',
        b'[{"id": "1", "quantity": 1, "quantity": 2, "x": ":"}]',
    ],
)
def test_a_key_that_occurs_twice_is_refused_by_name(body: bytes) -> None:
    assert "'quantity' occurs twice" in str(refused(body, list[Order]))


def test_a_doubled_key_is_not_offset_by_one_that_is_missing() -> None:
    rows = [b'{"id": "1", "quantity": 1, "side": "B"}'] * 100
    rows[50] = b'{"id": "1", "quantity": 1, "quantity": 1}'
    assert "'quantity' occurs twice" in str(refused(b"[" + b",".join(rows) + b"]", list[Order]))


keys = st.lists(st.sampled_from(["id", "a", "b", 'c":', "d :", "é"]), max_size=5)


@given(st.lists(keys, max_size=4), st.sampled_from([":", " :", " : ", ":\n"]))
def test_any_doubled_key_is_found(rows: list[list[str]], colon: str) -> None:
    def written(key: str) -> str:
        return '"' + key.replace('"', '\\"') + f'"{colon}1'

    objects = ["{" + ",".join(map(written, row)) + "}" for row in rows]
    body = ('{"data"' + colon + "[" + ",".join(objects) + "]}").encode()
    assert trust.is_plain(body) is all(len(set(row)) == len(row) for row in rows)


# Large bodies, whose rows are judged by their shape

PADDING = b" " * 4096
fast_decoder = msgspec.json.Decoder(list[Order], strict=False, float_hook=Decimal)
texts = st.sampled_from(
    ['"1"', '"B"', '""', '"INFY"', '"nan"', '"n_an"', '"-Inf"', '"\\u006ean"', '"{"', '"\xff"']
)
numbers = st.sampled_from(
    [
        "7",
        "5.0",
        '"5.0"',
        "null",
        "9007199254740993.0",
        "9007199254740993e0",
        '"0.9007199254740993e16"',
        "900719925474099.3e1",
        "1.00000000000000000001",
        "1e99999999999999999999",
        "9" * 5000,
        "[]",
        "{}",
        '{"a":1,"a":1}',
    ]
)
values = texts | numbers
ordinary = [("id", '"1"'), ("quantity", "7"), ("price", "94.05"), ("other", '"x"'), ("new", "1")]
members = st.tuples(st.sampled_from(["id", "quantity", "price", "side", "other", "extra"]), values)


@st.composite
def books(draw: st.DrawFn) -> bytes:
    """Rows that are alike, some with a member more, a member less or another value."""
    colon, comma = draw(st.sampled_from([(":", ","), (": ", ", "), (" :\n", ",\r\n")]))
    rows = [list(ordinary) for _ in range(draw(st.integers(1, 5)))]
    for _ in range(draw(st.integers(0, 3))):
        row = draw(st.sampled_from(rows))
        match draw(st.integers(0, 2)):
            case 0:
                row.append(draw(members))
            case 1:
                name, _ = row[at := draw(st.integers(0, len(row) - 1))]
                row[at] = (name, draw(values))
            case _ if len(row) > 1:
                row.pop()
            case _:
                pass
    written = ["{" + comma.join(f'"{k}"{colon}{v}' for k, v in row) + "}" for row in rows]
    return f"[{comma.join(written)}]".encode("latin-1") + draw(st.sampled_from([b"", PADDING]))


@given(books())
@settings(max_examples=400)
def test_what_is_trusted_is_what_the_careful_reader_reads(body: bytes) -> None:
    try:
        fast = fast_decoder.decode(body)
    except (ValueError, ArithmeticError, msgspec.MsgspecError):
        return
    if trust.is_plain(body, list[Order]):
        wire.loads(body)
        assert codec.decode_tolerantly(body, list[Order]) == (fast, ())


@given(books(), st.data())
def test_no_changed_byte_makes_a_refused_body_trusted(body: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body.rstrip()) - 1))
    body = body[:at] + data.draw(st.binary(min_size=1, max_size=1)) + body[at + 1 :]
    try:
        fast_decoder.decode(body)
    except (ValueError, ArithmeticError, msgspec.MsgspecError):
        return
    if trust.is_plain(body, list[Order]):
        wire.loads(body)


PLAIN_ROW = b'{"id": "1", "quantity": 7, "price": "94.05", "other": "INFY"}'


@pytest.mark.parametrize(
    ("odd", "kind"),
    [
        (b'{"id": "1", "quantity": 7, "quantity": 7, "other": "INFY"}', list[Order]),
        (b'{"id": "1", "quantity": 7, "price": "nan", "other": "INFY"}', list[Order]),
        (b'{"id": "1", "quantity": 7, "price": "n_an", "other": "INFY"}', list[Order]),
        (b'{"id": "1", "quantity": 9007199254740993e0, "price": 1}', list[Order]),
        (b'{"id": "1", "quantity": 9007199254740993e0, "price": "94.05"}', list[Order]),
        (b'{"id": "1", "quantity": 7, "price": "94.05", "other": "\xff"}', list[Order]),
        (b'{"a": "nan", "b": "1"}', list[dict[str, Decimal]]),
        (b'{"{": "nan", ",": "1"}', list[dict[str, Decimal]]),
    ],
)
def test_one_odd_row_among_many_is_doubted(odd: bytes, kind: Any) -> None:
    plain = odd.replace(b"nan", b"2") if b"dict" in str(kind).encode() else PLAIN_ROW
    rows = [plain] * 200
    assert trust.is_plain(b"[" + b",".join(rows) + b"]", kind)
    for at in (0, 100, 199):
        rows = [plain] * 200
        rows[at] = odd
        assert not trust.is_plain(b"[" + b",".join(rows) + b"]", kind)


@pytest.mark.parametrize(
    "number",
    ["9007199254740993e0", '"9007199254740993e0"', "0.9007199254740993e16", "900719925474099.3e1"],
)
def test_an_exponent_does_not_round_an_integer(number: str) -> None:
    body = f'{{"id": "1", "quantity": {number}}}'.encode()
    assert decoded(body) == (Order(id="1", quantity=9007199254740993), [])


def test_a_tiny_fraction_of_an_integer_is_reported() -> None:
    body = b'{"id": "1", "quantity": 1.00000000000000000001}'
    assert decoded(body) == (Order(id="1"), ["$.quantity"])


# Rows


def test_a_book_inside_an_optional_object_is_not_dropped() -> None:
    error = refused(b'{"data": {"orders": [{"id": "1"}, {"quantity": 1}]}}', Answer)
    assert error.rows == (Order(id="1"),)
    assert [d.path for d in error.deviations] == ["$.data.orders[1].id"]
