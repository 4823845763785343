"""The same methods with another kind of answer, typed by what they were made from."""

from __future__ import annotations

import copy
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from .client import AsyncBase, SyncBase
from .flow import Response
from .request import Request

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound="SyncBase | AsyncBase")


def viewed(client: C, *, full: bool = False, prepares: bool = False) -> C:
    """Return a client that shares everything with `client` and answers in another way."""
    view = copy.copy(client)
    changes: dict[str, object] = {"_is_full": full}
    if prepares:
        changes["_send"] = view._prepare  # pyright: ignore[reportPrivateUsage]
    view.__dict__.update(changes)
    return view


def responding(method: Callable[P, T]) -> Callable[P, Response[T]]:
    """Type a method of a client that answers with the full response."""
    return cast("Callable[P, Response[T]]", method)


def responding_async(
    method: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, Response[T]]]:
    """Type a method of an asynchronous client that answers with the full response."""
    return cast("Callable[P, Coroutine[Any, Any, Response[T]]]", method)


def preparing(method: Callable[P, Any]) -> Callable[P, Request]:
    """Type a method of a client that builds its request and sends nothing."""
    return cast("Callable[P, Request]", method)


def preparing_async(method: Callable[P, Coroutine[Any, Any, Any]]) -> Callable[P, Request]:
    """Turn a method that never waits, because it only builds, into a plain one."""

    @wraps(method)
    def prepare(*args: P.args, **kwargs: P.kwargs) -> Request:
        coroutine = method(*args, **kwargs)
        try:
            coroutine.send(None)
        except StopIteration as end:
            return cast("Request", end.value)
        raise AssertionError("building a request does not wait")

    return prepare
