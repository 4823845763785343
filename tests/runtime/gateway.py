"""A broker whose sessions expire, and clients of it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import interactive_gateway as api
from brokerspec_runtime import RawResponse, Request, Retry, Timeout

SETTINGS: dict[str, Any] = {
    "secret_key": "s3cret",
    "app_key": "4pp",
    "server": "http://127.0.0.1:3000",
    "rate_limit": {},
    "retry": Retry(base=0),
}
EXPIRED = {"type": "error", "code": "e-session-0007", "description": "Invalid Token"}
PLACED = {"type": "success", "result": {"AppOrderID": "1"}}
BOOK: dict[str, Any] = {"type": "success", "result": []}


@dataclass
class Gateway:
    """A broker that takes only the token of its latest login."""

    logins: int = 0
    accepts_logins: bool = True
    gather: int = 1
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.barrier = threading.Barrier(self.gather)

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.requests.append(request)
        if "/session" in request.url and request.method == "POST":
            return self.login()
        if request.headers["Authorization"] != f"Bearer t{self.logins}":
            self.barrier.wait(30)
            return answer(400, EXPIRED)
        return answer(200, PLACED if request.method == "POST" else BOOK)

    def login(self) -> RawResponse:
        if not self.accepts_logins:
            return answer(400, {"type": "error", "code": "e-user-0001", "description": "No"})
        self.logins += 1
        return answer(200, {"type": "success", "result": {"token": f"t{self.logins}"}})

    def close(self) -> None:
        return

    def sent(self, ending: str) -> int:
        return sum(request.url.split("?")[0].endswith(ending) for request in self.requests)


class AsyncGateway(Gateway):
    async def send(  # type: ignore[override]
        self,
        request: Request,
        timeout: Timeout,  # noqa: ASYNC109
    ) -> RawResponse:
        await asyncio.sleep(0)
        return super().send(request, timeout)

    async def aclose(self) -> None:
        return


def answer(status: int, body: Mapping[str, Any]) -> RawResponse:
    return RawResponse(status, {}, json.dumps(body).encode(), 0.0)


def sign_in(client: api.Client) -> object:
    return client.open_session(source="API")


async def sign_in_async(client: api.AsyncClient) -> object:
    return await client.open_session(source="API")


def client_of(gateway: Gateway, **settings: Any) -> api.Client:
    given = {"token": "old", "reauthenticate": sign_in, **SETTINGS, **settings}
    return api.Client(**given, transport=gateway)


def async_client_of(gateway: AsyncGateway, **settings: Any) -> api.AsyncClient:
    given = {"token": "old", "reauthenticate": sign_in_async, **SETTINGS, **settings}
    return api.AsyncClient(**given, transport=gateway)
