"""Types as Python text: annotations, decoders and how a value is put on the wire."""

from __future__ import annotations

import pytest

from brokerspec import ir
from brokerspec.expressions import Surroundings, accepts, annotation, decodes, encodes
from brokerspec.formats import Formats, parts

AROUND = Surroundings("Asia/Kolkata", frozenset({"Leg"}))
TEXT, NUMBER, LEG, SIDE = ir.Scalar("str"), ir.Scalar("Decimal"), ir.Named("Leg"), ir.Named("Side")
MOMENT = ir.Scalar("datetime", "dd-MM-yyyy HH:mm:ss", is_text=True)


@pytest.mark.parametrize(
    ("type_", "returned", "taken"),
    [
        (TEXT, "str", "str"),
        (ir.Scalar("Secret"), "Secret", "str | Secret"),
        (ir.Scalar("Decimal", "decimal", empty=("",)), "Decimal | None", "Decimal"),
        (ir.ListOf(NUMBER), "list[Decimal]", "Sequence[Decimal]"),
        (ir.MapOf(LEG), "dict[str, Leg]", "Mapping[str, Leg]"),
        (ir.TupleOf((TEXT, NUMBER)), "tuple[str, Decimal]", "tuple[str, Decimal]"),
        (ir.OneOf((TEXT, NUMBER, TEXT)), "str | Decimal", "str | Decimal"),
        (ir.Nullable(TEXT), "str | None", "str | None"),
        (ir.Nullable(ir.Scalar("int", empty=("",))), "int | None", "int | None"),
        (ir.Named("Side", empty=("",)), "Side | None", "Side"),
    ],
)
def test_annotations(type_: ir.TypeRef, returned: str, taken: str) -> None:
    assert (annotation(type_), accepts(type_)) == (returned, taken)


@pytest.mark.parametrize(
    ("type_", "made"),
    [
        (TEXT, "str"),
        (MOMENT, "DayFirstTime"),
        (ir.ListOf(MOMENT), "list[DayFirstTime]"),
        (ir.MapOf(ir.Nullable(MOMENT)), "dict[str, DayFirstTime | None]"),
        (ir.TupleOf((MOMENT, TEXT)), "tuple[DayFirstTime, str]"),
        (ir.OneOf((MOMENT, TEXT)), "DatetimeOrStr"),
        (ir.OneOf((LEG, TEXT)), "Leg | str"),
        (ir.OneOf((TEXT, ir.Scalar("int"))), "StrOrInt"),
        (ir.OneOf((LEG, ir.MapOf(TEXT)), name="Legs"), "Legs"),
    ],
)
def test_decoders(type_: ir.TypeRef, made: str) -> None:
    formats = Formats(parts(type_), "Asia/Kolkata", ["Leg"])
    assert decodes(type_, formats) == made


@pytest.mark.parametrize(
    ("type_", "may_be_none", "made"),
    [
        (TEXT, False, "x"),
        (NUMBER, False, "wire.finite(x)"),
        (ir.Scalar("Decimal", is_text=True), False, "wire.digits(x)"),
        (ir.Scalar("Decimal", "decimal"), False, "wire.number(x)"),
        (ir.Scalar("Decimal", "decimal", is_text=True), False, "wire.text(x)"),
        (ir.Scalar("Any"), False, "wire.untyped(x)"),
        (ir.TupleOf((TEXT, LEG)), False, "[x[0], encode_leg(x[1])]"),
        (
            ir.MapOf(ir.Nullable(TEXT)),
            False,
            "{key: wire.NULL if item is None else item for key, item in x.items()}",
        ),
        (ir.Scalar("int"), False, "wire.integer(x)"),
        (ir.Scalar("int", "integer", is_text=True), False, "wire.text(x)"),
        (ir.Scalar("Secret"), True, "wire.secret(x)"),
        (ir.Scalar("bool", "boolean", words=("Y", "N")), False, "wire.word(x, 'Y', 'N')"),
        (ir.Scalar("datetime", "epoch-seconds"), False, "wire.seconds(x)"),
        (MOMENT, False, "wire.stamp(x, 'dd-MM-yyyy HH:mm:ss', zone='Asia/Kolkata')"),
        (ir.Scalar("date", "yyyyMMdd"), False, "wire.stamp(x, 'yyyyMMdd')"),
        (ir.Scalar("datetime", "date-time"), True, "None if x is None else x.isoformat()"),
        (SIDE, True, "wire.choice(Side, x)"),
        (LEG, False, "encode_leg(x)"),
        (LEG, True, "None if x is None else encode_leg(x)"),
        (ir.Nullable(LEG), False, "None if x is None else encode_leg(x)"),
        (ir.ListOf(TEXT), True, "x"),
        (ir.ListOf(LEG), False, "[encode_leg(item) for item in x]"),
        (ir.MapOf(NUMBER), False, "{key: wire.finite(item) for key, item in x.items()}"),
        (ir.OneOf((TEXT, LEG)), True, "encode_leg(x) if isinstance(x, Leg) else x"),
        (ir.OneOf((TEXT, ir.Scalar("bool"))), False, "x"),
        (ir.OneOf((TEXT, NUMBER)), False, "wire.finite(x) if isinstance(x, Decimal) else x"),
        (
            ir.OneOf((ir.Scalar("int"), ir.Scalar("bool"))),
            False,
            "x if isinstance(x, bool) else wire.integer(x) if isinstance(x, int) else x",
        ),
        (
            ir.OneOf((ir.ListOf(LEG), ir.ListOf(TEXT))),
            False,
            "[encode_leg(item) if isinstance(item, Leg) else item for item in x]"
            " if isinstance(x, list | tuple) else x",
        ),
    ],
)
def test_encoders(type_: ir.TypeRef, may_be_none: bool, made: str) -> None:
    assert encodes(type_, "x", AROUND, may_be_none=may_be_none) == made


def test_formats_that_differ_have_aliases_that_differ() -> None:
    types = [
        MOMENT,
        ir.Scalar("datetime", MOMENT.format, empty=("",)),
        ir.Scalar("datetime", MOMENT.format, empty=("", "-")),
        ir.Named("Side", empty=("",)),
        ir.Scalar("Decimal"),
    ]
    formats = Formats(types, "Asia/Kolkata", {"DayFirstTime"})
    assert [made.alias for made in formats.all] == [
        "DayFirstTime_2",
        "MaybeDayFirstTime",
        "MaybeDayFirstTime_2",
        "MaybeSide",
    ]
    assert formats.of(ir.Scalar("Decimal")) is None
