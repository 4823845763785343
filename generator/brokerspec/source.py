"""Templates that print nothing but source: a text that no encoder made is refused.

What a template itself spells is source, and so is what an encoder or the plan made. A name, a
description or any other text of the IR is not: printing it without an encoder raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final, cast

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from msgspec import Struct

from brokerspec.text import Source, Text, plain

# Views of the plan: every text in them is finished, unless it is a `Text` of the document.
_PLAN: Final = "brokerspec.plan"
_FORMATS: Final = "brokerspec.formats"


def joined(parts: Iterable[object], between: str = "") -> str:
    """Return parts as one text, which is source only when all of them are."""
    listed = [Source(part) if type(part) is int else part for part in parts]
    text = between.join(plain(p) if isinstance(p, str) else str(p) for p in listed)
    is_source = all(isinstance(part, Source) for part in (*listed, between or Source()))
    return Source(text) if is_source else Text(text)


def printed(value: object) -> object:
    """Return what a template prints; raise TypeError for text that no encoder made."""
    if isinstance(value, Source) or type(value) is int:
        return value
    if isinstance(value, StrictUndefined):
        # It says itself which name is missing.
        return str(value)
    raise TypeError(f"a template prints text that no encoder made: {ascii(value)[:80]}")


class _Generator(CodeGenerator):
    """Compile what templates spell to source, and keep it that when it is put together."""

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:  # noqa: N802
        value = node.as_const(frame.eval_ctx)
        self.write(f"environment.source({value!r})" if isinstance(value, str) else repr(value))

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class SourceEnvironment(Environment):
    """Compile templates whose variables are source or cannot be printed."""

    code_generator_class = _Generator
    source = Source
    joined = staticmethod(joined)

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=printed, **options)
        # Whatever is put together here was printed before, piece by piece.
        self.concat = _concatenated  # type: ignore[method-assign]
        self.filters["join"] = joined

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a member of a value; the texts of the plan are finished."""
        value = super().getattr(obj, attribute)
        return _finished(value) if attribute in _finished_texts(obj.__class__) else value


def _concatenated(parts: Iterable[str]) -> Source:
    return Source("".join(parts))


def _finished(value: object) -> object:
    if isinstance(value, str):
        return value if isinstance(value, Text) else Source(value)
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        return tuple(_finished(item) if isinstance(item, str) else item for item in items)
    return value


@cache
def _finished_texts(kind: Any) -> frozenset[str]:
    """Return the members of a view that may be printed as they are."""
    is_plan = str(kind.__module__).startswith((_PLAN, _FORMATS))
    if not is_plan or not isinstance(kind, type) or not issubclass(kind, Struct):
        return frozenset()
    return frozenset(kind.__struct_fields__)
