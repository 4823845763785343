"""Changes of models and enums."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from diff.base_spec import ORDER, Broker, Case, Made, client

ORDER_SPEC = "    Order:\n      type: object\n"
READ = 'order = client.get_order(number="1")\n'
LEG = 'PKG.Leg(symbol="A")'
SYMBOL = "symbol: {type: string}"
SPARE = """\
    Spare:
      type: object
      required: [number]
      properties: {number: {type: string}, more: {type: integer}}
"""
SPARED = "number: {$ref: '#/components/schemas/Spare'}"


def order(made: Made, **given: object) -> Any:
    """Return an order as a client reads it."""
    return client(made, Broker({**ORDER, **given})).get_order(number="1")


MODELS = [
    Case("a model", "model-added", "compatible",
         (("    Mark:\n", f"{SPARE}    Mark:\n"), ("x-secret: true}\n        placed",
           "x-secret: true}\n        spare: {$ref: '#/components/schemas/Spare'}\n        placed")),
         f"{READ}x: int = order.qty", news=f"{READ}x: PKG.Spare | None = order.spare",
         also=(("field-added", "compatible"),)),
    Case("no model", "model-removed", "breaking",
         (("{type: array, items: {$ref: '#/components/schemas/Mark'}}",
           "{type: array, items: {$ref: '#/components/schemas/Placed'}}"),),
         'x = PKG.Mark(tag="1")', before=(("      x-correlate: {argument: tag, read: list_marks,"
                                           " field: /tag}\n", ""),),
         also=(("return-type-changed", "breaking"),)),
    Case("another name", "model-renamed", "breaking",
         (("    Mark:\n", "    Label:\n"), ("items: {$ref: '#/components/schemas/Mark'}",
                                            "items: {$ref: '#/components/schemas/Label'}")),
         'x = PKG.Mark(tag="1")'),
    Case("a field that is read", "field-added", "compatible",
         (("        side: {$ref", "        left: {type: integer}\n        side: {$ref"),),
         f"{READ}x: int = order.qty", news=f"{READ}x: int | None = order.left"),
    Case("a field that must be sent", "field-added", "breaking",
         (("required: [symbol]", "required: [symbol, series]"),
          (SYMBOL, f"{SYMBOL}\n        series: {{type: string}}")), LEG),
    Case("no field", "field-removed", "breaking",
         (("        legs: {type: array, items: {type: string}}\n", ""),), f"{READ}x = order.legs"),
    Case("another name of a field", "field-renamed", "breaking",
         (("legs: {type: array", "legs: {x-python-name: parts, type: array"),),
         f"{READ}x = order.legs"),
    Case("another name on the wire", "field-renamed", "breaking",
         (("legs: {type: array", "legsOfIt: {type: array"),), f"{READ}x = order.legs",
         also=(("field-encoding-changed", "compatible"),)),
    Case("another type", "field-type-changed", "breaking",
         (("        qty: {type: integer}\n        price: {type: string",
           "        qty: {type: number}\n        price: {type: string"),),
         f"{READ}x: int = order.qty"),
    Case("list of another type", "field-type-changed", "breaking",
         (("legs: {type: array, items: {type: string}}",
           "legs: {type: array, items: {type: [string, 'null']}}"),),
         f"{READ}x: list[str] | None = order.legs"),
    Case("a narrower type that is read", "field-type-changed", "compatible",
         (("qty: {type: [integer, string]}", "qty: {type: integer}"),),
         f"{READ}x: int | str = order.qty",
         before=(("        qty: {type: integer}\n        price: {type: string",
                  "        qty: {type: [integer, string]}\n        price: {type: string"),)),
    Case("a wider type that is sent", "field-type-changed", "compatible",
         ((SYMBOL, "symbol: {type: [string, integer]}"),), LEG, news="PKG.Leg(symbol=1)"),
    Case("a field that is sent becomes required", "field-now-required", "breaking",
         (("required: [symbol]", "required: [symbol, lot]"),), LEG),
    Case("a field that is read is always there", "field-now-required", "compatible",
         (("required: [number, qty]", "required: [number, qty, price]"),),
         f"{READ}x: Decimal | None = order.price", news=f"{READ}x: Decimal = order.price"),
    Case("a field that is read may be absent", "field-now-optional", "breaking",
         (("required: [number, qty]", "required: [number]"),), f"{READ}x: int = order.qty"),
    Case("a field that is sent may be absent", "field-now-optional", "compatible",
         (("      required: [symbol]\n", ""),), LEG, news="PKG.Leg()"),
    Case("a field becomes secret", "field-now-secret", "breaking",
         (("number: {type: string, description: Number.}",
           "number: {type: string, description: Number., x-secret: true}"),),
         f"{READ}x: str = order.number"),
    Case("a field is no secret", "field-no-longer-secret", "breaking",
         (("key: {type: string, x-secret: true}", "key: {type: string}"),),
         f"{READ}x: Secret | None = order.key"),
    Case("another way of writing", "field-encoding-changed", "compatible",
         (("x-type: 'dd-MM-yyyy HH:mm:ss'", "x-type: 'HH:mm:ss dd-MM-yyyy'"),),
         f"{READ}x: datetime | None = order.placed",
         shows=lambda made: reads(made, "09:15:00 01-02-2024"), seen=(False, True)),
    Case("the same field under another wire name", "field-encoding-changed", "compatible",
         (("legs: {type: array", "legList: {x-python-name: legs, type: array"),),
         f"{READ}x: list[str] | None = order.legs",
         shows=lambda made: order(made, legList=["a"]).legs,
         seen=(None, ["a"])),
]  # fmt: skip


def reads(made: Made, text: str) -> bool:
    """Return whether a client takes a text for the time of an order."""
    return isinstance(order(made, placed=text).placed, datetime)


SIDE = "enum: [B, S]\n      x-enum-varnames: [BUY, SELL]\n      x-enum-descriptions: [Buy., Sell.]"
ENUMS = [
    Case("an enum", "enum-added", "compatible",
         (("        lot: {type: integer}\n",
           "        lot: {type: integer}\n        way: {$ref: '#/components/schemas/Way'}\n"),
          ("    Placed:\n", "    Way: {type: string, enum: [UP, DOWN]}\n    Placed:\n")),
         LEG, news='PKG.Leg(symbol="A", way=PKG.Way.UP)', also=(("field-added", "compatible"),)),
    Case("no enum", "enum-removed", "breaking",
         (("        kind: {$ref: '#/components/schemas/Kind'}\n", ""),), "x = PKG.Kind.LIMIT",
         also=(("argument-removed", "breaking"),)),
    Case("another name of an enum", "enum-renamed", "breaking",
         (("    Kind: {", "    Sort: {"), ("schemas/Kind'", "schemas/Sort'")),
         "x = PKG.Kind.LIMIT"),
    Case("a value", "enum-value-added", "compatible",
         (("enum: [LIMIT, MARKET]", "enum: [LIMIT, MARKET, STOP]"),), "x = PKG.Kind.LIMIT",
         news="x = PKG.Kind.STOP"),
    Case("no value", "enum-value-removed", "breaking",
         (("enum: [LIMIT, MARKET]", "enum: [LIMIT]"),), "x = PKG.Kind.MARKET"),
    Case("another name of a value", "enum-value-renamed", "breaking",
         (("varnames: [BUY, SELL]", "varnames: [BOUGHT, SELL]"),), "x = PKG.Side.BUY"),
    Case("another value of a name", "enum-value-changed", "breaking",
         ((SIDE, SIDE.replace("[B, S]", "[BUY, S]")),), "x = PKG.Side.BUY",
         shows=lambda made: made.models.Side.BUY == "B", seen=(True, False)),
]  # fmt: skip
