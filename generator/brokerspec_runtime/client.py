"""What every generated client is built on: one class for each way of waiting."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from .build import build, setting
from .codec import OnDeviation
from .errors import BrokerError, UnexpectedResponse
from .flow import Response, attribute, steps
from .operation import Call, Context, Operation
from .request import RawResponse, Request
from .secret import Secret
from .transport import AsyncTransport, Proxy, Settings, Timeout, Transport, TransportFailure
from .transports import AsyncTransportChoice, TransportChoice, async_transport, sync_transport

T = TypeVar("T")
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
        on_deviation: OnDeviation,
    ) -> None:
        self._values = dict(values)
        self._context = Context(broker, server, self._values, sources)
        self._on_deviation = on_deviation
        self._is_full = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._context.broker} at {self._context.server}>"

    def _setting(self, name: str) -> str | Secret:
        """Return a setting that travels in a body; raise NotSent when it is missing."""
        return setting(name, self._context)

    def _finish(self, operation: Operation[T], response: Response[T]) -> T:
        """Keep what the answer grants, report deviations, return what the caller wants."""
        for grant in operation.grants:
            token = attribute(response.data, grant.path)
            self._values[grant.setting] = None if token is None else Secret.of(token)
        if operation.closes_session:
            for name in self._context.sources:
                self._values[name] = None
        if response.deviations and self._on_deviation != "ignore":
            self._report(operation, response)
        return cast("T", response) if self._is_full else response.data

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
            error: BrokerError = UnexpectedResponse(
                f"the answer differs from its documentation: {first}",
                deviations=response.deviations,
            )
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
        timeout: Timeout | float,
        proxy: Proxy | None,
        transport: TransportChoice,
        on_deviation: OnDeviation,
    ) -> None:
        super().__init__(
            broker=broker, server=server, values=values, sources=sources, on_deviation=on_deviation
        )
        self._transport: Transport = sync_transport(transport, Settings(Timeout.of(timeout), proxy))

    def _send(self, call: Call[T]) -> T:
        """Send a call and return its result."""
        flow = steps(call, self._context, thorough=self._on_deviation != "ignore")
        try:
            request = next(flow)
            while True:
                try:
                    raw = self._transport.send(request)
                except TransportFailure as failure:
                    request = flow.throw(failure)
                else:
                    request = flow.send(raw)
        except StopIteration as end:
            response: Response[T] = end.value
        return self._finish(call.operation, response)

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
        timeout: Timeout | float,
        proxy: Proxy | None,
        transport: AsyncTransportChoice,
        on_deviation: OnDeviation,
    ) -> None:
        super().__init__(
            broker=broker, server=server, values=values, sources=sources, on_deviation=on_deviation
        )
        self._transport: AsyncTransport = async_transport(
            transport, Settings(Timeout.of(timeout), proxy)
        )

    async def _send(self, call: Call[T]) -> T:
        """Send a call and return its result."""
        flow = steps(call, self._context, thorough=self._on_deviation != "ignore")
        try:
            request = next(flow)
            while True:
                try:
                    raw = await self._transport.send(request)
                except TransportFailure as failure:
                    request = flow.throw(failure)
                else:
                    request = flow.send(raw)
        except StopIteration as end:
            response: Response[T] = end.value
        return self._finish(call.operation, response)

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
