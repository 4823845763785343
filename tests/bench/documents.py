"""Documents of any size, made alike, for measuring how cost grows with size."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import Final

_HEAD: Final = """\
openapi: 3.0.3
info: {title: Warehouse, version: '1.0', description: Stock of many shelves.}
servers: [{url: 'https://warehouse.example.com/v1'}]
"""
_PATHS: Final = """\
/shelves{n}:
  get:
    operationId: list_shelves{n}
    tags: [aisle{tag}]
    summary: Return the shelves of aisle {n}.
    parameters:
    - {{name: limit, in: query, schema: {{type: integer}}, description: The most to return.}}
    - {{name: colour, in: query, schema: {{type: string, enum: [red, green, blue]}}}}
    responses:
      '200':
        description: The shelves.
        content:
          application/json:
            schema: {{type: array, items: {{$ref: '#/components/schemas/Shelf{n}'}}}}
  post:
    operationId: add_shelf{n}
    tags: [aisle{tag}]
    summary: Put up a shelf in aisle {n}.
    requestBody:
      required: true
      content: {{application/json: {{schema: {{$ref: '#/components/schemas/Shelf{n}'}}}}}}
    responses:
      '201':
        description: The shelf.
        content: {{application/json: {{schema: {{$ref: '#/components/schemas/Shelf{n}'}}}}}}
"""
_SCHEMAS: Final = """\
Shelf{n}:
  type: object
  description: A shelf of aisle {n}.
  required: [id, height]
  properties:
    id: {{type: integer, description: The number of the shelf.}}
    height: {{type: number, description: Its height in metres.}}
    label: {{type: string, nullable: true, description: What is written on it.}}
    built: {{type: string, format: date}}
    state: {{type: string, enum: [empty, filled, broken], description: How it is.}}
    boxes: {{type: array, items: {{$ref: '#/components/schemas/Box{n}'}}}}
    neighbour: {{$ref: '#/components/schemas/Shelf{before}'}}
Box{n}:
  type: object
  description: A box on a shelf of aisle {n}.
  properties:
    weight: {{type: number}}
    moved: {{type: string, format: date-time}}
    tags: {{type: object, additionalProperties: {{type: string}}}}
"""
_TAGS: Final = 20


def document(operations: int) -> str:
    """Return a document with that many operations, and as many schemas."""
    pairs = range(max(operations // 2, 1))
    made = [{"n": n, "tag": n % _TAGS, "before": max(n - 1, 0)} for n in pairs]
    paths = indent("".join(_PATHS.format(**one) for one in made), "  ")
    schemas = indent("".join(_SCHEMAS.format(**one) for one in made), "    ")
    return f"{_HEAD}paths:\n{paths}components:\n  schemas:\n{schemas}"


def write(folder: Path, operations: int) -> Path:
    """Write a document and return its path."""
    folder.mkdir(exist_ok=True)
    path = folder / f"made_{operations}.yaml"
    path.write_text(document(operations), encoding="utf-8")
    return path


def change_one_operation(path: Path) -> bool:
    """Give the first operation another name; False when none has a name."""
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(r"(operationId: *['\"]?\w+)", r"\1Again", text, count=1)
    path.write_text(changed, encoding="utf-8")
    return bool(count)
