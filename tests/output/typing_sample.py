"""What type checkers make of the clients. `make check` reads this file; nothing runs it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import assert_type

import algomojo_bridge
import interactive_gateway as gateway
import sas_online
from brokerspec_runtime import Response
from brokerspec_runtime.request import Request


def synchronous(client: gateway.Client) -> None:
    """Answers, full responses and prepared requests have types of their own."""
    orders = client.list_orders()
    assert_type(orders, list[gateway.Order])
    assert_type(client.with_response.list_orders(), Response[list[gateway.Order]])
    assert_type(client.with_response.list_orders().data, list[gateway.Order])
    assert_type(client.prepare.list_orders(), Request)
    assert_type(orders[0].order_side, gateway.OrderSide | None)
    assert_type(orders[0].order_price, Decimal | None)
    assert_type(orders[0].last_update_date_time, datetime | None)
    with client as same:
        assert_type(same, gateway.Client)


async def asynchronous(client: gateway.AsyncClient) -> None:
    """The asynchronous client answers with the same types."""
    assert_type(await client.list_orders(), list[gateway.Order])
    assert_type(await client.with_response.list_orders(), Response[list[gateway.Order]])
    assert_type(client.prepare.list_orders(), Request)
    async with client as same:
        assert_type(same, gateway.AsyncClient)


def arguments(client: gateway.Client) -> gateway.PlacedOrder:
    """Money is Decimal, quantities are int, listed values are enum members."""
    return client.place_order(
        exchange_segment=gateway.ExchangeSegment.NSE_CASH,
        exchange_instrument_id=22,
        product_type=gateway.ProductType.MIS,
        order_type=gateway.SentOrderType.LIMIT,
        order_side=gateway.OrderSide.BUY,
        time_in_force=gateway.TimeInForce.DAY,
        disclosed_quantity=0,
        order_quantity=1,
        limit_price=Decimal("94.05"),
        stop_price=Decimal(0),
    )


def wrong(client: gateway.Client) -> None:
    """What cannot be right is an error before it runs."""
    client.list_positions(day_or_net="Net")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.list_orders(1)  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
    client.place_orders()  # type: ignore[attr-defined]  # pyright: ignore


def others(one: algomojo_bridge.Client, two: sas_online.Client) -> None:
    """Every package is typed alike."""
    assert_type(one.with_response.list_orders().status, int)
    assert_type(two.prepare.get_profile().url, str)
