"""A small spec that has one of everything, and what a case changes in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.making import Broker, Made

BASE = """\
openapi: 3.1.0
info: {title: Example, version: 1.2.0, description: An exchange., x-time-zone: Asia/Kolkata}
servers:
  - {url: 'https://api.example.com', description: Main.}
x-client:
  api_key: {description: Key., x-secret: true, required: true}
  user: {description: User., required: true}
  channel: {description: Channel., default: web}
  token: {description: Token., role: session, x-secret: true}
x-session:
  open: [login]
  close: logout
  tokens: {token: {operation: login, pointer: /jwt}}
x-failure:
  - where: {pointer: /stat, equals: [Not_Ok]}
    error: Rejected
    message: /emsg
  - where: {pointer: /emsg, contains: [expired]}
    error: SessionExpired
security: [{bearer: []}]
paths:
  /login:
    post:
      operationId: login
      security: []
      x-safety: idempotent
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Sign'}}}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Login'}}}}}
  /logout:
    delete:
      operationId: logout
      responses: {'204': {description: Done.}}
  /orders:
    get:
      operationId: list_orders
      summary: List the orders.
      x-payload: /data
      x-rate-limit: books
      parameters:
        - {name: side, in: query, description: Side., schema: {$ref: '#/components/schemas/Side'}}
        - {name: day, in: query, required: true, schema: {type: string, x-type: dd/MM/yyyy}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Orders'}}}}}
    post:
      operationId: place_order
      x-safety: unsafe
      x-rate-limit: orders
      x-correlate: {argument: tag, read: list_marks, field: /tag}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Placed'}}}}}
  /marks:
    get:
      operationId: list_marks
      responses: {'200': {description: Done., content: {application/json: {schema:
        {type: array, items: {$ref: '#/components/schemas/Mark'}}}}}}
  /orders/{number}:
    get:
      operationId: get_order
      x-failure: [{where: {pointer: /code, equals: [7]}, error: OrderRejected}]
      parameters:
        - {name: number, in: path, required: true, schema: {type: string}}
        - {name: X-User, in: header, schema: {type: string}, x-credential: user}
        - {name: pin, in: header, description: Pin., schema: {type: string}, x-secret: true}
        - {name: note, in: header, description: Note., schema: {type: string}}
        - {name: format, in: query, schema: {type: string, const: json}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Order'}}}}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer, x-credential: token}
  schemas:
    Sign:
      type: object
      required: [password]
      properties: {password: {type: string, x-secret: true}}
    Login:
      type: object
      properties: {jwt: {type: string, x-secret: true}}
    Orders:
      type: object
      properties: {data: {type: array, items: {$ref: '#/components/schemas/Order'}},
        rows: {type: array, items: {$ref: '#/components/schemas/Order'}}}
    Order:
      type: object
      description: A row.
      required: [number, qty]
      properties:
        number: {type: string, description: Number.}
        qty: {type: integer}
        price: {type: string, x-type: decimal, description: Price.}
        side: {$ref: '#/components/schemas/Side'}
        key: {type: string, x-secret: true}
        placed: {type: string, x-type: 'dd-MM-yyyy HH:mm:ss'}
        legs: {type: array, items: {type: string}}
    Mark:
      type: object
      required: [tag]
      properties: {tag: {type: string}}
    NewOrder:
      type: object
      required: [qty, leg]
      properties:
        source: {type: string, const: API}
        qty: {type: integer}
        price: {type: number, x-type: decimal}
        kind: {$ref: '#/components/schemas/Kind'}
        tag: {type: string}
        leg: {$ref: '#/components/schemas/Leg'}
    Leg:
      type: object
      required: [symbol]
      properties:
        symbol: {type: string}
        lot: {type: integer}
    Placed:
      type: object
      required: [number]
      properties: {number: {type: string}}
    Side:
      type: string
      description: Buy or sell.
      enum: [B, S]
      x-enum-varnames: [BUY, SELL]
      x-enum-descriptions: [Buy., Sell.]
    Kind: {type: string, enum: [LIMIT, MARKET]}
"""

Edit = tuple[str, str]
ORDER = {"number": "1", "qty": 5, "price": "2.5", "side": "B", "placed": "01-02-2024 09:15:00"}


@dataclass(frozen=True)
class Case:
    """A kind of change: the edit that makes it, and what proves its level.

    `calls` is code for the old client. It type-checks with the new one as well, unless the
    change is breaking and `shows` is not given. `news` is code that only the new client
    takes. `shows` does something with a client and gives `seen`: before and after.
    """

    name: str
    kind: str
    level: str
    edits: tuple[Edit, ...]
    calls: str
    before: tuple[Edit, ...] = ()
    news: str = ""
    shows: Callable[[Made], object] | None = None
    seen: tuple[object, object] = (None, None)
    also: tuple[tuple[str, str], ...] = ()
    is_ours: bool = True

    @property
    def specs(self) -> tuple[str, str]:
        """The old and the new spec."""
        old = edited(BASE, self.before)
        return old, edited(old, self.edits)

    @property
    def fails(self) -> bool:
        """Whether the old calls no longer type-check."""
        return self.level == "breaking" and self.shows is None


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """Return a spec after some replacements, each of the one place it is meant for."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def client(made: Made, broker: Broker | None = None, **settings: Any) -> Any:
    """Return a client that has all that it needs."""
    return made.client(broker, **{"api_key": "k", "user": "u", "token": "t", **settings})


def request(made: Made, call: Callable[[Any], object], answer: object = None) -> Any:
    """Return the request that a call sends."""
    broker = Broker(ORDER if answer is None else answer)
    call(client(made, broker))
    return broker.last


def error(made: Made, answer: object, *, status: int = 200) -> str:
    """Return the name of the error that an answer to `get_order` ends in, or "none"."""
    try:
        client(made, Broker(answer, status=status)).get_order(number="1")
    except made.module.BrokerError as found:
        return type(found).__name__
    return "none"
