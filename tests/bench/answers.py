"""Measure decoding order books of 10,000 rows: `answers.py SPECS ROUNDS [PEER BROKER PACKAGE]`."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from equals import by_msgspec, by_pydantic
from rounds import Figures

from brokerspec_runtime import RawResponse, Request, Timeout
from brokerspec_runtime.codec import decode
from brokerspec_runtime.wire import Format

ROWS: Final = 10_000
OURS: Final = "our client, list_orders()"
DECODING: Final = "our decoding alone"
FIRST: Final = "our decoding alone, times never read before"
PRINTED: Final = "our decoding alone, rows as printed"
MSGSPEC: Final = "msgspec with the same types"
PLAIN: Final = "json.loads"


@dataclass(frozen=True, slots=True)
class Book:
    """An order book to decode: where its rows are and what makes each of them different."""

    broker: str
    member: str
    number: str
    times: tuple[str, ...]
    prices: tuple[str, ...]
    changed: tuple[tuple[str, str], ...] = ()

    def body(self, specs: Path, *, as_printed: bool = False) -> bytes:
        """Return the first sample row 10,000 times.

        Each has its own number, prices and times, as the rows of a real book do, or all are
        as printed.
        """
        sample = specs / self.broker / "samples" / "list_orders.response.json"
        answer: Any = json.loads(sample.read_text(encoding="utf-8"))
        rows = answer[self.member] if self.member else answer
        first = {**rows[0], **dict(self.changed)}
        made = [rows[0] if as_printed else self._row(first, index) for index in range(ROWS)]
        return json.dumps({**answer, self.member: made} if self.member else made).encode()

    def _row(self, first: dict[str, Any], index: int) -> dict[str, Any]:
        row = {**first, self.number: str(10**13 + index)}
        for place, name in enumerate(self.times):
            # The orders of one day, 9:15 to 15:10, each a little later at every station.
            second = 33_300 + index * 21_300 // ROWS + place * (index % 97 + 1)
            clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            row[name] = first[name].replace(_clock(first[name]), clock)
        for place, name in enumerate(self.prices):
            price = (1_000 + index * 5 + place) / 100
            row[name] = f"{price:.2f}" if isinstance(first[name], str) else price
        return row


# A value that is not listed (the sample's order type) stops both generators' models.
BOOKS: Final = (
    Book(
        "interactive_gateway",
        "result",
        "appOrderID",
        ("orderGeneratedDateTime", "exchangeTransactTime", "lastUpdateDateTime"),
        ("orderPrice", "orderAverageTradedPrice"),
        (("orderType", "Limit"),),
    ),
    Book("algomojo_bridge", "", "norenordno", ("norentm",), ("prc",)),
)


class Canned:
    """A transport that has the answer already."""

    def __init__(self, body: bytes) -> None:
        self._answer = RawResponse(200, {"content-type": "application/json"}, body, 0.0)

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        """Give the answer."""
        return self._answer

    def close(self) -> None:
        """Do nothing: nothing is open."""


def _clock(text: str) -> str:
    return next(part for part in text.split() if ":" in part)


def filled(function: Callable[..., Any]) -> dict[str, str]:
    """Return a text for each argument that must be given, and for tokens; a loopback server."""
    needed = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty or name in ("token", "access_token")
    ]
    return {name: "http://127.0.0.1:1" if name == "server" else "x" for name in needed}


def _ours(book: Book, body: bytes, printed: bytes) -> dict[str, Callable[[], object]]:
    package: Any = importlib.import_module(book.broker)
    operations: Any = importlib.import_module(f"{book.broker}.operations")
    client = package.Client(**filled(package.Client), transport=Canned(body))
    answer = operations.LIST_ORDERS.answer
    return {
        OURS: partial(client.list_orders, **filled(client.list_orders)),
        DECODING: partial(decode, body, answer),
        FIRST: partial(_first, body, answer, _memories(book.broker)),
        PRINTED: partial(decode, printed, answer),
        MSGSPEC: partial(by_msgspec(package.Order, book.member), body),
        PLAIN: partial(json.loads, body),
        "pydantic with the same types": partial(by_pydantic(package.Order, book.member), body),
    }


def _memories(broker: str) -> list[dict[object, object]]:
    """Return what the formats of a package remember."""
    kinds = vars(importlib.import_module(f"{broker}.models")).values()
    return [kind.memory for kind in kinds if isinstance(kind, Format) and kind.memory is not None]


def _first(body: bytes, answer: object, memories: list[dict[object, object]]) -> object:
    for memory in memories:
        memory.clear()
    return decode(body, answer)


def _peer(book: Book, package: str, body: bytes) -> Callable[[], object]:
    """Return what a generated client does with the body: json.loads, then its models."""
    models: Any = importlib.import_module(f"{package}.models")
    if book.member:
        return lambda: models.OrdersAnswer.from_dict(json.loads(body))
    return lambda: [models.Order.from_dict(row) for row in json.loads(body)]


def main() -> None:
    """Take the rounds and print the figures."""
    specs, rounds = Path(sys.argv[1]), int(sys.argv[2])
    figures = Figures()
    for book in BOOKS:
        body = book.body(specs)
        subjects = _ours(book, body, book.body(specs, as_printed=True))
        for peer, broker, package in zip(*(sys.argv[start::3] for start in (3, 4, 5)), strict=True):
            if broker == book.broker:
                subjects[peer] = _peer(book, package, body)
        named = {f"{book.broker}: {name}": work for name, work in subjects.items()}
        figures.measure(named, rounds)
    figures.hand_over()


if __name__ == "__main__":
    main()
