"""Transports that remember the last exchange, so that it can be shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from brokerspec_runtime import AsyncTransport, RawResponse, Request, Timeout, Transport
from brokerspec_runtime.transport_httpx import AsyncHttpxTransport
from brokerspec_runtime.transport_requests import RequestsTransport


@dataclass(slots=True)
class Exchange:
    """A request and its answer, as far as there were any."""

    request: Request | None = None
    response: RawResponse | None = None


@dataclass(slots=True)
class Wire:
    """The transport of a synchronous client."""

    last: Exchange = field(default_factory=Exchange)
    inner: Transport = field(default_factory=RequestsTransport)

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        """Send a request and remember it."""
        self.last.request = request
        self.last.response = self.inner.send(request, timeout)
        return self.last.response

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


@dataclass(slots=True)
class AsyncWire:
    """The transport of an asynchronous client."""

    last: Exchange = field(default_factory=Exchange)
    inner: AsyncTransport = field(default_factory=AsyncHttpxTransport)

    async def send(self, request: Request, timeout: Timeout) -> RawResponse:  # noqa: ASYNC109
        """Send a request and remember it."""
        self.last.request = request
        self.last.response = await self.inner.send(request, timeout)
        return self.last.response

    async def aclose(self) -> None:
        """Close the connections."""
        await self.inner.aclose()
