"""Clients that fetch the access tokens of their calls themselves.

The two classes differ in waiting only. A token is fetched when a call first needs it, anew
before it ends, and once when the server refuses it; calls that need it meanwhile wait.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from typing import Any, ClassVar, Self, TypeVar, cast

from .client import AsyncBase, Core, SyncBase
from .errors import BrokerError, NotSent, SessionExpired
from .oauth_tokens import Asked, OAuth2, Step, Tokens
from .operation import Call, Operation
from .session import aside
from .token_store import TokenStore

T = TypeVar("T")
R = TypeVar("R")


class _Fetching(Core):
    """What both ways of waiting share."""

    _oauth2: ClassVar[tuple[OAuth2, ...]] = ()
    _tokens: Tokens

    def _start(self, store: TokenStore | None, *, allow_plain_http: bool) -> None:
        self._tokens = Tokens(
            self._oauth2,
            self._context,
            self._values,
            allow_plain_http=allow_plain_http,
            now=self._policy.now,
            wall=self._policy.wall,
            store=store,
        )

    def _elsewhere(self, asked: Asked) -> Self:
        """Return a client that sends to the server of `asked` and knows only its settings."""
        view = copy.copy(self)
        view.__dict__.update(
            _context=asked.context, _is_full=False, _on_deviation="ignore", _reauthenticate=None
        )
        return view

    def _named(self, error: NotSent, operation: Operation[Any]) -> BrokerError:
        """Say which call could not be sent."""
        return error.about(operation=operation.name, broker=self._context.broker)


class TokenBase(_Fetching, SyncBase):
    """Base of the synchronous clients that fetch tokens."""

    def __init__(
        self,
        *,
        allow_plain_http: bool = False,
        token_store: TokenStore | None = None,
        **given: Any,
    ) -> None:
        # The tokens that operations give, if there are such, are kept apart from these.
        others = token_store if given["sources"] else None
        super().__init__(allow_plain_http=allow_plain_http, token_store=others, **given)
        self._start(token_store, allow_plain_http=allow_plain_http)

    def _send(self, call: Call[T]) -> T:
        """Send a call with a token that is valid, and return its result."""
        tokens, mark = self._tokens, self._tokens.mark()
        due = tokens.wanted(call.operation)
        self._fetch_all(due, mark, call)
        mark = tokens.mark()
        try:
            return super()._send(call)
        except SessionExpired:
            refused = [] if due else tokens.replaceable(call.operation)
            if not refused:
                for chore in tokens.refused(call.operation):
                    chore()
                raise
        # The refusal proves that the call did nothing, so it may be sent again.
        self._fetch_all(refused, mark, call)
        return super()._send(call)

    def _fetch_all(self, due: list[OAuth2], mark: Mapping[str, int], call: Call[Any]) -> None:
        for scheme in due:
            problem: NotSent
            try:
                with self._tokens.lock:
                    if not self._tokens.has_turned(scheme, mark):
                        with self._tokens.turning(scheme):
                            self._drive(self._tokens.fetch(scheme))
                continue
            except NotSent as error:
                problem = error
            raise self._named(problem, call.operation)

    def _drive(self, fetching: Generator[Step, Any, R]) -> R:
        """Send what a fetch asks for, until it has what it is for."""
        try:
            asked = next(fetching)
            while True:
                if not isinstance(asked, Asked):
                    asked = fetching.send(asked())
                    continue
                try:
                    answer = SyncBase._send(self._elsewhere(asked), asked.call)
                except BrokerError as error:
                    asked = fetching.throw(error)
                else:
                    asked = fetching.send(answer)
        except StopIteration as end:
            return cast("R", end.value)


class AsyncTokenBase(_Fetching, AsyncBase):
    """Base of the asynchronous clients that fetch tokens."""

    def __init__(
        self,
        *,
        allow_plain_http: bool = False,
        token_store: TokenStore | None = None,
        **given: Any,
    ) -> None:
        # The tokens that operations give, if there are such, are kept apart from these.
        others = token_store if given["sources"] else None
        super().__init__(allow_plain_http=allow_plain_http, token_store=others, **given)
        self._start(token_store, allow_plain_http=allow_plain_http)

    async def _send(self, call: Call[T]) -> T:
        """Send a call with a token that is valid, and return its result."""
        tokens, mark = self._tokens, self._tokens.mark()
        due = tokens.wanted(call.operation)
        await self._fetch_all(due, mark, call)
        mark = tokens.mark()
        try:
            return await super()._send(call)
        except SessionExpired:
            refused = [] if due else tokens.replaceable(call.operation)
            if not refused:
                for chore in tokens.refused(call.operation):
                    await aside(chore)
                raise
        # The refusal proves that the call did nothing, so it may be sent again.
        await self._fetch_all(refused, mark, call)
        return await super()._send(call)

    async def _fetch_all(self, due: list[OAuth2], mark: Mapping[str, int], call: Call[Any]) -> None:
        for scheme in due:
            problem: NotSent
            try:
                async with self._tokens.async_lock():
                    if not self._tokens.has_turned(scheme, mark):
                        with self._tokens.turning(scheme):
                            await self._drive(self._tokens.fetch(scheme))
                continue
            except NotSent as error:
                problem = error
            raise self._named(problem, call.operation)

    async def _drive(self, fetching: Generator[Step, Any, R]) -> R:
        """Send what a fetch asks for, until it has what it is for."""
        try:
            asked = next(fetching)
            while True:
                if not isinstance(asked, Asked):
                    asked = fetching.send(await aside(asked))
                    continue
                try:
                    answer = await AsyncBase._send(self._elsewhere(asked), asked.call)
                except BrokerError as error:
                    asked = fetching.throw(error)
                else:
                    asked = fetching.send(answer)
        except StopIteration as end:
            return cast("R", end.value)
