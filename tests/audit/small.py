"""A small broker: a spec, its samples and the document that both were written from."""

from __future__ import annotations

from pathlib import Path

from brokerspec.audit import facts_of
from brokerspec.audit.compare import compare
from brokerspec.audit.facts import Text
from brokerspec.audit.finding import Finding
from brokerspec.document import Document
from brokerspec.load import load
from brokerspec.resolve import resolve

SPEC = """\
openapi: 3.1.0
info:
  title: Small
  version: '1'
  x-source: {document: Small API}
  x-time-zone: Asia/Kolkata
servers:
  - {url: 'https://api.small.example/v1', description: The root.}
security: []
x-failure:
  - where: {pointer: /stat, equals: [Not_Ok]}
    error: Rejected
paths:
  /orders:
    post:
      operationId: place_order
      summary: Place an order.
      x-source: {document: Small API, section: Place Order}
      x-safety: unsafe
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/NewOrder'}
            examples: {documented: {externalValue: samples/place_order.request.json}}
      responses:
        '200':
          description: The order was taken.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/PlacedOrder'}
              examples:
                documented:
                  externalValue: samples/place_order.response.json
  /funds:
    get:
      operationId: get_funds
      summary: Read the funds.
      x-source: {document: Small API, section: Funds}
      x-safety: safe
      parameters:
        - {name: account, in: query, required: true, description: Whose., schema: {type: string}}
      responses:
        '200':
          description: The funds.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Funds'}
              examples:
                made_up:
                  value: {cash: 1}
                  x-provenance: inferred
                  x-evidence: The document prints no answer.
components:
  schemas:
    NewOrder:
      type: object
      description: A new order. # Every order is a day order.
      required: [symbol, side, quantity]
      properties:
        symbol: {type: string, description: What is traded.}
        side: {$ref: '#/components/schemas/Side', description: Which way.}
        quantity: {type: integer, description: How many.}
        price: {type: number, x-type: decimal, description: At which price.}
    Side:
      type: string
      description: Which way an order goes.
      enum: [BUY, SELL]   # as printed
      x-enum-varnames: [BUY, SELL]
      x-enum-descriptions:
        - To buy.
        - To sell.
    PlacedOrder:
      type: object
      description: What became of an order.
      required: [id]
      properties:
        stat:
          type: string
          description: How it went.
        id:
          type: string
          description: The number of the order.

    Funds:
      type: object
      description: The funds.
      properties:
        cash: {type: number, x-type: decimal, description: What is free.}
"""
REQUEST = """\
{
  "symbol": "ABC",
  "side": "BUY",
  "quantity": 5,
  "price": 10.50
}
"""
RESPONSE = """\
{
  "stat": "Ok",
  "id": "77"
}
"""
PRINTED = """\
Place Order

POST https://api.small.example/v1/orders

Request example:
{
  "symbol": "ABC",
  "side": "BUY", // BUY, SELL
  "quantity": 5,
  "price": 10.50
}

Field | Type | Mandatory | Description
---|---|---|---
symbol | string | Yes | What is traded
side | string | Yes | The way
quantity | integer | Yes | Count
price | double | No | Limit

Response example:
{
  "stat": "Ok",
  "id": "77"
}

Funds

GET https://api.small.example/v1/funds?account=<account>

Response:

Field | Type | Description
---|---|---
cash | double | What is free
"""


def write_spec(folder: Path) -> Path:
    """Write the small broker into a project and return the folder of its spec."""
    place = folder / "specs" / "small"
    (place / "samples").mkdir(parents=True)
    (place / "openapi.yaml").write_text(SPEC)
    (place / "samples/place_order.request.json").write_text(REQUEST)
    (place / "samples/place_order.response.json").write_text(RESPONSE)
    return place


def read_spec(place: Path) -> Document:
    """Read the spec of a folder."""
    return resolve(load(place / "openapi.yaml"))[0]


def found_in(place: Path, text: str) -> list[Finding]:
    """Hold a printed text against the spec of a folder."""
    facts = facts_of(Text("document.txt", "text", tuple(text.split("\n"))))
    return compare(read_spec(place), facts)
