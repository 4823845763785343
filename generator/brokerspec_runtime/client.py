"""What every generated client is built on: one class for each way of waiting."""

from __future__ import annotations

import copy
import warnings
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Mapping,
)
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from msgspec.structs import replace

from .build import build
from .codec import OnDeviation
from .errors import BrokerError, SessionExpired, UnexpectedResponse
from .flow import Response, Send, Wait, advise, steps
from .operation import Call, Context, FromSetting, Operation
from .policy import OnLimit, Policy
from .reconcile import (
    Found,
    Lookup,
    NotFound,
    Pause,
    StillUnknown,
    lookup,
    wanted_by,
)
from .request import RawResponse, Request
from .retry import Retry
from .secret import Secret
from .servers import check_server
from .session import Mark, Session, do, do_aside
from .token_store import TokenStore
from .transport import AsyncTransport, Proxy, Settings, Timeout, Transport
from .transports import AsyncTransportChoice, TransportChoice, async_transport, sync_transport

T = TypeVar("T")
R = TypeVar("R")
Values = Mapping[str, str | Secret | None]


class DeviationWarning(UserWarning):
    """An answer differs from its documentation in a place that could be left out."""


class Core:
    """The settings of a client and what it learns from its calls."""

    def __init__(
        self,
        *,
        broker: str,
        server: str,
        values: Values,
        sources: Mapping[str, tuple[str, ...]],
        policy: Policy,
        on_deviation: OnDeviation,
        allow_plain_http: bool = False,
        token_store: TokenStore | None = None,
    ) -> None:
        check_server(server, allow_plain_http=allow_plain_http)
        self._values = dict(values)
        self._context = Context(broker, server, self._values, sources)
        self._policy = policy
        self._on_deviation = on_deviation
        self._is_full = False
        key = f"{broker} {policy.limits.key}"
        self._session = Session(self._values, sources, key=key, store=token_store)

    def with_options(
        self,
        *,
        timeout: Timeout | float | None = None,
        retry: Retry | None = None,
        on_limit: OnLimit | None = None,
    ) -> Self:
        """Return a client that shares everything with this one and is patient in its own way.

        Args:
            timeout: Seconds to wait in all, or a Timeout.
            retry: How often and how soon a call is repeated.
            on_limit: What to do at a rate limit: "wait" or "raise".
        """
        view = copy.copy(self)
        policy = self._policy
        view.__dict__["_policy"] = replace(
            policy,
            timeout=policy.timeout if timeout is None else Timeout.of(timeout),
            retry=retry or policy.retry,
            on_limit=on_limit or policy.on_limit,
        )
        return view

    def __repr__(self) -> str:
        context: Context | None = vars(self).get("_context")
        if context is None:  # Shown by a traceback of the constructor.
            return f"<{type(self).__name__}, not made yet>"
        return f"<{type(self).__name__} of {context.broker} at {context.server}>"

    @staticmethod
    def _setting(name: str) -> FromSetting:
        """Return what stands for a setting that does not travel in a header of its own."""
        return FromSetting(name)

    def _finish(self, operation: Operation[T], response: Response[T]) -> T:
        """Report deviations and return what the caller wants."""
        if self._is_full and operation.headers is not None:
            # Few documents describe headers, and fewer callers ask for them.
            from .headers import with_headers

            response = with_headers(response, operation.headers)
        if response.deviations and self._on_deviation != "ignore":
            self._report(operation, response)
        return cast("T", response) if self._is_full else response.data

    def _plain(self) -> Self:
        """Return this client for signing in with: it answers with results."""
        view = copy.copy(self)
        view.__dict__["_is_full"] = False
        return view

    def _report(self, operation: Operation[Any], response: Response[Any]) -> None:
        if callable(self._on_deviation):
            for deviation in response.deviations:
                self._on_deviation(deviation)
        elif self._on_deviation == "warn":
            for deviation in response.deviations:
                text = f"{self._context.broker}.{operation.name}: {deviation}"
                warnings.warn(text, DeviationWarning, stacklevel=5)
        else:
            first = response.deviations[0]
            error = UnexpectedResponse(
                f"the answer differs from its documentation: {first}",
                deviations=response.deviations,
            )
            advise(operation, error)
            raise error.about(
                operation=operation.name,
                broker=self._context.broker,
                request=response.request,
                response=RawResponse(
                    response.status, response.headers, response.body, response.elapsed
                ),
            )


class SyncBase(Core):
    """Base of the synchronous clients."""

    def __init__(
        self,
        *,
        broker: str,
        server: str,
        values: Values,
        sources: Mapping[str, tuple[str, ...]],
        policy: Policy,
        proxy: Proxy | None,
        transport: TransportChoice,
        on_deviation: OnDeviation,
        allow_plain_http: bool = False,
        token_store: TokenStore | None = None,
        reauthenticate: Callable[[Any], object] | None = None,
    ) -> None:
        super().__init__(
            broker=broker,
            server=server,
            values=values,
            sources=sources,
            policy=policy,
            on_deviation=on_deviation,
            allow_plain_http=allow_plain_http,
            token_store=token_store,
        )
        self._reauthenticate = reauthenticate
        self._transport: Transport = sync_transport(transport, Settings(proxy))

    def _send(self, call: Call[T]) -> T:
        """Send a call and return its result."""
        thorough = self._on_deviation != "ignore"
        session, mark = self._session, self._session.mark()
        may_renew = self._reauthenticate is not None and session.may_renew(call.operation)
        flow = steps(call, self._context, self._policy, thorough=thorough, may_renew=may_renew)
        try:
            step = next(flow)
            while True:
                given: RawResponse | Exception | None = None
                stop: BaseException | None = None
                try:
                    if isinstance(step, Send):
                        given = self._transport.send(step.request, step.timeout)
                    elif isinstance(step, Wait):
                        self._policy.sleep(step.seconds)
                    else:
                        given = self._renew(mark)
                        mark = mark if given else session.mark()
                except BaseException as raised:
                    stop = raised
                # Not in the handler: there our errors would carry the transport's frames.
                step = flow.send(given) if stop is None else flow.throw(stop)
        except StopIteration as end:
            response: Response[T] = end.value
        except SessionExpired:
            do(session.refused(call.operation, mark))
            raise
        do(session.learn(call.operation, response.data))
        return self._finish(call.operation, response)

    def _renew(self, mark: Mark) -> Exception | None:
        """Sign in again, once for all calls that began before; return what went wrong."""
        session = self._session
        with session.lock:
            if self._reauthenticate is not None and not session.has_turned(mark):
                with session.renewal():
                    self._reauthenticate(self._plain())
            return session.failure

    def _reconcile(
        self, what: BrokerError | str | int, lookups: Mapping[str, Lookup[list[R]]], window: float
    ) -> Found[R] | NotFound | StillUnknown:
        found, wanted = wanted_by(what, lookups)
        search = lookup(len(found.reads), found.field, wanted, window, self._policy.now)
        try:
            step = next(search)
            while True:
                if isinstance(step, Pause):
                    self._policy.sleep(step.seconds)
                    step = next(search)
                    continue
                try:
                    rows = found.reads[step.index]()
                except BrokerError as error:
                    step = search.throw(error)
                else:
                    step = search.send(rows)
        except StopIteration as end:
            return cast("Found[R] | NotFound | StillUnknown", end.value)

    @contextmanager
    def _opening(self) -> Generator[None]:
        """Keep the tokens of the calls made inside when all of them succeed, else none."""
        with self._session.opening():
            yield
        do(self._session.opened())

    def _prepare(self, call: Call[Any]) -> Request:
        return build(call, self._context)

    def close(self) -> None:
        """Release the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncBase(Core):
    """Base of the asynchronous clients."""

    def __init__(
        self,
        *,
        broker: str,
        server: str,
        values: Values,
        sources: Mapping[str, tuple[str, ...]],
        policy: Policy,
        proxy: Proxy | None,
        transport: AsyncTransportChoice,
        on_deviation: OnDeviation,
        allow_plain_http: bool = False,
        token_store: TokenStore | None = None,
        reauthenticate: Callable[[Any], Awaitable[object]] | None = None,
    ) -> None:
        super().__init__(
            broker=broker,
            server=server,
            values=values,
            sources=sources,
            policy=policy,
            on_deviation=on_deviation,
            allow_plain_http=allow_plain_http,
            token_store=token_store,
        )
        self._reauthenticate = reauthenticate
        self._transport: AsyncTransport = async_transport(transport, Settings(proxy))

    async def _send(self, call: Call[T]) -> T:
        """Send a call and return its result."""
        thorough = self._on_deviation != "ignore"
        session, mark = self._session, self._session.mark()
        may_renew = self._reauthenticate is not None and session.may_renew(call.operation)
        flow = steps(call, self._context, self._policy, thorough=thorough, may_renew=may_renew)
        try:
            step = next(flow)
            while True:
                given: RawResponse | Exception | None = None
                stop: BaseException | None = None
                try:
                    if isinstance(step, Send):
                        given = await self._transport.send(step.request, step.timeout)
                    elif isinstance(step, Wait):
                        await self._policy.sleep_async(step.seconds)
                    else:
                        given = await self._renew(mark)
                        mark = mark if given else session.mark()
                except BaseException as raised:
                    stop = raised
                # Not in the handler: there our errors would carry the transport's frames.
                step = flow.send(given) if stop is None else flow.throw(stop)
        except StopIteration as end:
            response: Response[T] = end.value
        except SessionExpired:
            await do_aside(session.refused(call.operation, mark))
            raise
        chore = session.learn(call.operation, response.data)
        if chore is not None:
            await do_aside(chore)
        return self._finish(call.operation, response)

    async def _renew(self, mark: Mark) -> Exception | None:
        """Sign in again, once for all calls that began before; return what went wrong."""
        session = self._session
        async with session.async_lock():
            if self._reauthenticate is not None and not session.has_turned(mark):
                with session.renewal():
                    await self._reauthenticate(self._plain())
            return session.failure

    async def _reconcile(
        self,
        what: BrokerError | str | int,
        lookups: Mapping[str, Lookup[Coroutine[Any, Any, list[R]]]],
        window: float,
    ) -> Found[R] | NotFound | StillUnknown:
        found, wanted = wanted_by(what, lookups)
        search = lookup(len(found.reads), found.field, wanted, window, self._policy.now)
        try:
            step = next(search)
            while True:
                if isinstance(step, Pause):
                    await self._policy.sleep_async(step.seconds)
                    step = next(search)
                    continue
                try:
                    rows = await found.reads[step.index]()
                except BrokerError as error:
                    step = search.throw(error)
                else:
                    step = search.send(rows)
        except StopIteration as end:
            return cast("Found[R] | NotFound | StillUnknown", end.value)

    @asynccontextmanager
    async def _opening(self) -> AsyncGenerator[None]:
        """Keep the tokens of the calls made inside when all of them succeed, else none."""
        with self._session.opening():
            yield
        await do_aside(self._session.opened())

    async def _prepare(self, call: Call[Any]) -> Request:
        return build(call, self._context)

    async def aclose(self) -> None:
        """Release the connections."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
