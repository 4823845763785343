"""Write the shapes of types that come with the generator again: `make golden`."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Final

from brokerspec import ir
from brokerspec.formats import Formats
from brokerspec.models import shape_of
from brokerspec.shapes import KNOWN, LIBRARY, make

_SCALARS: Final = ("str", "int", "bool", "Decimal", "datetime", "date", "time", "Any", "bytes")


def common() -> list[str]:
    """Return the shapes that documents are commonly made of."""
    single: list[ir.TypeRef] = [*map(ir.Scalar, _SCALARS), ir.Scalar("Secret"), ir.Named("Class")]
    types = [wrapped for kind in single for wrapped in (*_once(kind), *_twice(kind))]
    formats = Formats((), "UTC")
    return sorted({shape_of(type_, formats)[0] for type_ in types})


def _once(kind: ir.TypeRef) -> list[ir.TypeRef]:
    return _or_null([kind, ir.ListOf(kind)])


def _twice(kind: ir.TypeRef) -> list[ir.TypeRef]:
    lists: list[ir.TypeRef] = [ir.ListOf(ir.ListOf(kind)), ir.ListOf(ir.Nullable(kind))]
    maps: list[ir.TypeRef] = [ir.MapOf(kind), ir.MapOf(ir.Nullable(kind))]
    both: list[ir.TypeRef] = [ir.MapOf(ir.ListOf(kind)), ir.ListOf(ir.MapOf(kind))]
    return _or_null([*lists, *maps, *both, ir.MapOf(ir.MapOf(kind))])


def _or_null(types: list[ir.TypeRef]) -> list[ir.TypeRef]:
    return [*types, *(ir.Nullable(type_) for type_ in types)]


def made() -> str:
    """Return what the file of shapes says with the library that is installed."""
    types = make(common())
    return json.dumps({"version": version(LIBRARY), "types": types}, indent=0) + "\n"


if __name__ == "__main__":
    KNOWN.write_text(made(), encoding="utf-8")
    sys.stdout.write(f"written: {KNOWN}\n")
