"""Make the call of a case over each HTTP library, against a server that is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import anyio
import httpx2
import responses
import respx

from brokerspec_runtime import Retry
from brokerspec_runtime.errors import BrokerError
from contract.calling import arguments_of
from contract.case import Answer, Case

# Reading the trusted certificates takes longer than all the rest, and nothing is sent.
_NO_CERTIFICATES = False
_NO_ANSWER = Answer(status=418, text="the case has no answer")


@dataclass(frozen=True)
class Recorded:
    """A request as an HTTP library was about to send it."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """What a call has sent, and what came of it."""

    client: Any
    sent: list[Recorded]
    value: Any
    error: BrokerError | None


def over_requests(case: Case) -> Outcome:
    """Make the call with the synchronous client over requests."""
    answer = case.response or _NO_ANSWER
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            mock.add(
                method,
                re.compile(".*"),
                body=case.answer_bytes(),
                status=answer.status,
                headers=answer.headers,
                content_type="application/json",
            )
        with package(case).Client(**_settings(case), transport="requests") as client:
            value, error = _try(case, client)
        sent = [call.request for call in mock.calls]
    recorded = [Recorded(r.method, r.url, r.headers, _bytes(r.body)) for r in sent]
    return Outcome(client, recorded, value, error)


def over_httpx2(case: Case) -> Outcome:
    """Make the call with the synchronous client over httpx2."""
    with _router(case) as router, httpx2.Client(verify=_NO_CERTIFICATES) as transport:
        client = package(case).Client(**_settings(case), transport=transport)
        value, error = _try(case, client)
        return Outcome(client, _recorded(router), value, error)


def over_httpx2_async(case: Case) -> Outcome:
    """Make the call with the asynchronous client over httpx2."""

    async def run() -> Outcome:
        async with httpx2.AsyncClient(verify=_NO_CERTIFICATES) as transport:
            client = package(case).AsyncClient(**_settings(case), transport=transport)
            try:
                method, arguments = _call(case, client)
                made = method(**arguments)
                value = await made if hasattr(made, "__await__") else made
            except BrokerError as error:
                return Outcome(client, _recorded(router), None, error)
            return Outcome(client, _recorded(router), value, None)

    with _router(case) as router:
        return anyio.run(run)


WAYS: Mapping[str, Callable[[Case], Outcome]] = {
    "requests": over_requests,
    "httpx2": over_httpx2,
    "httpx2-async": over_httpx2_async,
}


def package(case: Case) -> Any:
    """Return the generated package that a case is about."""
    return import_module(case.broker)


def _settings(case: Case) -> dict[str, Any]:
    """Return the settings of a case; one exchange is what it is about, at once."""
    return {"retry": Retry(attempts=1), "rate_limit": {}, **case.settings}


def _try(case: Case, client: Any) -> tuple[Any, BrokerError | None]:
    try:
        method, arguments = _call(case, client)
        return method(**arguments), None
    except BrokerError as error:
        return None, error


def _call(case: Case, client: Any) -> tuple[Any, dict[str, Any]]:
    method = getattr(client, case.operation)
    return method, arguments_of(method, case.arguments)


def _router(case: Case) -> respx.MockRouter:
    answer = case.response or _NO_ANSWER
    router = respx.mock(using="httpcore2", assert_all_called=False)
    router.route().respond(
        answer.status,
        headers={"Content-Type": "application/json", **answer.headers},
        content=case.answer_bytes(),
    )
    return router


def _recorded(router: respx.MockRouter) -> list[Recorded]:
    sent = [call.request for call in router.calls]
    return [Recorded(r.method, str(r.url), r.headers, r.content) for r in sent]


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""
