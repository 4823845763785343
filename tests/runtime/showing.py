"""Everything by which a value or an error can be shown to somebody."""

from __future__ import annotations

import copy
import pickle
import traceback
from collections.abc import Iterator
from io import StringIO
from typing import Any
from unittest.mock import patch

from rich import pretty
from rich.console import Console
from rich.pretty import Node, pretty_repr, traverse
from rich.traceback import Traceback

from brokerspec_runtime.errors import BrokerError
from brokerspec_runtime.operation import Operation


def shown(value: object) -> str:
    """Return a value in every way it is printed."""
    return "\n".join((repr(value), str(value), f"{value}", pretty_repr(value)))


def shown_error(error: BaseException) -> str:
    """Return all that an error shows: its texts, its parts, its trace and its pickle."""
    parts = [shown(error), _trace(error), *_rich_locals(error)]
    if isinstance(error, BrokerError):
        parts += [shown(error.request), shown(error.response), repr(vars(error))]
        parts.append(shown_raw(pickle.loads(pickle.dumps(error)).request))
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert (type(twin), str(twin)) == (type(error), str(error))
            parts.append(pickle.dumps(twin).decode("latin-1"))
    return "\n".join(parts)


def shown_raw(request: object) -> str:
    """Return what the fields of a pickled request hold."""
    fields = getattr(request, "__slots__", ())
    return "\n".join(str(getattr(request, name)) for name in fields)


def printed_by_rich(error: BaseException) -> str:
    """Return the trace as rich prints it: slow, so not for every error."""
    console = Console(file=StringIO(), width=200)
    console.print(Traceback.from_exception(type(error), error, _ours(error), show_locals=True))
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def _ours(error: BaseException) -> traceback.TracebackType | None:
    """Return the trace from our first frame on: those of a test hold the bare secrets."""
    trace = error.__traceback__
    while trace is not None and "/tests/" in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next
    return trace


def traceback_lines(error: BaseException) -> list[str]:
    """Return the whole trace of an error with the local variables of every frame."""
    return list(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def _trace(error: BaseException) -> str:
    made = traceback.TracebackException(type(error), error, _ours(error), capture_locals=True)
    return "".join(made.format())


def _rich_locals(error: BaseException) -> Iterator[str]:
    """Yield what rich shows of each local variable; a value that frames share is shown once.

    An operation stands in most of them. It is a constant, and what it shows is looked at once.
    """
    nodes: dict[int, Node] = {}

    def known(value: object, **limits: Any) -> Node:
        if id(value) not in nodes:
            nodes[id(value)] = traverse(value, **limits)
        return nodes[id(value)]

    named = patch.object(Operation, "__rich_repr__", _name, create=True)
    with patch.object(pretty, "traverse", known), named:
        Traceback.extract(
            type(error),
            error,
            _ours(error),
            show_locals=True,
            locals_max_length=None,
            locals_max_string=None,
        )
    return map(str, nodes.values())


def _name(operation: Operation[Any]) -> Iterator[str]:
    yield operation.name
