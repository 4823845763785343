"""Look at packages that were made from other people's documents."""

from __future__ import annotations

import importlib
import pkgutil

import msgspec

from brokerspec_runtime import wire
from brokerspec_runtime.operation import Operation


def decoders(package: str) -> list[str]:
    """Return what has no decoder: operations by their answers, and the classes of models."""
    operations = vars(importlib.import_module(f"{package}.operations"))
    for part in pkgutil.iter_modules(operations.get("__path__", [])):
        operations |= vars(importlib.import_module(f"{package}.operations.{part.name}"))
    models = vars(importlib.import_module(f"{package}.models"))
    wanted = {
        name: value.answer
        for name, value in operations.items()
        if isinstance(value, Operation) and value.answer is not None
    }
    wanted |= {
        name: value
        for name, value in models.items()
        if isinstance(value, type) and issubclass(value, msgspec.Struct)
    }
    wanted.pop("Struct", None)
    return [f"{name}: {why}" for name, kind in wanted.items() if (why := _refusal(kind))]


def _refusal(kind: object) -> str:
    try:
        msgspec.json.Decoder(kind, strict=False, dec_hook=wire.decode_hook)
    except (TypeError, NameError) as error:
        return str(error)
    return ""
