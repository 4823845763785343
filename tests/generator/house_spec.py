"""A small spec that follows every house rule, to be broken by the tests."""

from __future__ import annotations

from pathlib import Path

from brokerspec.validate import validate

SPEC = """\
openapi: 3.1.0
info:
  title: Test
  version: '1'
  x-source: {document: Test API}
  x-time-zone: Asia/Kolkata
x-client:
  api_key: {description: Key., x-secret: true}
  session_token: {description: Token., role: session, x-secret: true}
x-session:
  open: [login]
  close: logout
  tokens: {session_token: {operation: login, pointer: /session}}
x-failure:
  - where: {pointer: /stat, equals: [Not_Ok]}
    error: Rejected
paths:
  /login:
    post:
      operationId: login
      summary: Open a session.
      x-source: {document: Test API, section: Login}
      x-safety: idempotent
      parameters:
        - {name: X-Key, in: header, description: Key., schema: {}, x-credential: api_key}
      responses:
        '200':
          description: Done.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Login'}
              example: {session: s-1}
  /logout:
    post:
      operationId: logout
      summary: End the session.
      x-source: {document: Test API, section: Logout}
      x-safety: idempotent
      security: [{token: []}]
      responses: {'200': {description: Done.}}
  /orders:
    get:
      operationId: list_orders
      summary: List the orders.
      x-source: {document: Test API, section: Orders}
      x-safety: safe
      x-payload: /data
      responses:
        '200':
          description: Done.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Orders'}
              examples: {documented: {externalValue: samples/list_orders.response.json}}
    post:
      operationId: place_order
      summary: Place an order.
      x-source: {document: Test API, section: Place}
      x-safety: unsafe
      x-correlate: {argument: sender_mark, read: list_orders, field: /mark}
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/NewOrder'}, example: {mark: '1'}}
      responses: {'200': {description: Done.}}
components:
  securitySchemes:
    token: {type: apiKey, in: header, name: T, x-credential: session_token}
  schemas:
    Login:
      type: object
      description: A session.
      properties:
        session: {type: string, description: Its token.}
    Orders:
      type: object
      description: The book.
      properties:
        data:
          type: array
          description: Rows.
          items: {$ref: '#/components/schemas/Order'}
    Order:
      type: object
      description: A row.
      required: [mark]
      properties:
        mark: {type: string, description: Mark.}
        price: {type: string, description: Price., x-type: decimal, x-empty: ['']}
        side: {$ref: '#/components/schemas/Side', description: Side.}
        at: {type: string, description: Time., x-type: 'HH:mm:ss'}
    NewOrder:
      type: object
      description: What is sent.
      properties:
        mark: {type: string, description: Mark., x-python-name: sender_mark}
    Side:
      type: string
      description: Buy or sell.
      enum: [B, S]
      x-enum-varnames: [BUY, SELL]
"""
SAMPLE = '{"data": [\n {"mark": "1", "price": "",\n  "side": "B", "at": "09:15:00"}]}'


def run(
    folder: Path, *changes: tuple[str, str], sample: str | None = SAMPLE
) -> list[tuple[str, int]]:
    """Validate the spec above after some replacements; return codes and lines."""
    text = SPEC
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    if sample is not None:
        (folder / "samples").mkdir()
        (folder / "samples" / "list_orders.response.json").write_text(sample, encoding="utf-8")
    found = validate(folder / "spec.yaml")
    return [(d.code, d.where.line if d.where else 0) for d in found]


def line(text: str, spec: str = SPEC) -> int:
    """Return the line of the first occurrence of a text."""
    return spec[: spec.index(text)].count("\n") + 1
