"""What a spec says of a session is what the generated clients do."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from brokerspec.diagnostics import SpecError
from brokerspec_runtime import MemoryStore, RawResponse, Request, Secret, Timeout
from brokerspec_runtime.operation import Grant
from generator.making import HEAD, AsyncBroker, Broker, Making


def spec(
    *, code: str = "{type: string}", expires: str = "", close: str = "", open_: str = ""
) -> str:
    """Return a spec whose session takes two calls; the parts can be changed."""
    return f"""{HEAD}
x-client:
  key: {{description: Key.}}
  once: {{role: session, description: One time token., x-secret: true}}
  token: {{role: session, description: Token., x-secret: true}}
x-session:
  open: [{open_ or "login, verify_code"}]
  {close}
  tokens:
    once: {{operation: login, pointer: /once}}
    token: {{operation: verify_code, pointer: /token{expires}}}
paths:
  /login:
    post:
      operationId: login
      parameters: [{{name: X-Key, in: header, x-credential: key, schema: {{type: string}}}}]
      requestBody: {{required: true, content: {{application/json: {{schema: {{type: object,
        required: [password], properties: {{
          tag: {{type: string, description: "Ends \\"\\"\\" here\\n    x: no argument"}},
          password: {{type: string, x-secret: true}}, code: {{type: string}}}}}}}}}}}}
      responses: {{'200': {{description: Done., content: {{application/json: {{schema: {{
        type: object, properties: {{once: {{type: string, x-secret: true}}}}}}}}}}}}}}
  /verify:
    post:
      operationId: verify_code
      parameters: [{{name: X-Once, in: header, x-credential: once, schema: {{type: string}}}}]
      requestBody: {{required: true, content: {{application/json: {{schema: {{type: object,
        required: [pin], properties: {{pin: {{type: string}}, code: {code}}}}}}}}}}}
      responses: {{'200': {{description: Done., content: {{application/json: {{schema: {{
        type: object, properties: {{token: {{type: string, x-secret: true}}}}}}}}}}}}}}
  /logout:
    post:
      operationId: logout
      security: [{{bearer: []}}]
      responses: {{'204': {{description: Done.}}}}
components: {{securitySchemes: {{bearer: {{type: http, scheme: bearer, x-credential: token}}}}}}
"""


WITHOUT = f"""{HEAD}
paths: {{/it: {{get: {{operationId: get_it, responses: {{'204': {{description: Done.}}}}}}}}}}
"""
GIVEN: dict[str, Any] = {"password": "p", "pin": "1", "code": "c"}


class Desk(Broker):
    """A broker that answers each path in its way."""

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.answer = {"login": {"once": "0nce"}, "verify": {"token": "t0ken"}, "logout": None}[
            request.url.rsplit("/", 1)[1]
        ]
        return super().send(request, timeout)


class AsyncDesk(AsyncBroker, Desk):
    pass


def paths(broker: Broker) -> list[str]:
    return [request.url.rsplit("/", 1)[1] for request in broker.requests]


def test_one_call_opens_a_session(making: Making) -> None:
    desk = Desk()
    client = making(spec()).client(desk, key="k")
    assert client.open_session(**GIVEN).token == Secret("t0ken")
    assert paths(desk) == ["login", "verify"]
    assert desk.requests[0].headers["X-Key"] == "k"
    assert desk.requests[1].headers["X-Once"] == "0nce"
    assert desk.json == {"pin": "1", "code": "c"}


@pytest.mark.anyio
async def test_one_asynchronous_call_opens_a_session(making: Making) -> None:
    desk = AsyncDesk()
    client = making(spec()).async_client(desk, key="k")
    response = await client.with_response.open_session(**GIVEN)
    assert response.data.token == Secret("t0ken")
    assert paths(desk) == ["login", "verify"]


def test_the_arguments_are_those_of_all_calls(making: Making) -> None:
    made = making(spec())
    for client in (made.module.Client, made.module.AsyncClient):
        given = inspect.signature(client.open_session).parameters
        assert list(given) == ["self", "password", "pin", "tag", "code"]
        assert given["tag"].default is None
        text = inspect.getdoc(client.open_session)
        assert text
        assert "`login` → `verify_code`" in text


def test_an_argument_has_one_meaning_in_a_chain(making: Making) -> None:
    with pytest.raises(SpecError, match="take 'code' in two ways"):
        making(spec(code="{type: integer}"))


def test_a_chain_is_no_single_request_to_prepare(making: Making) -> None:
    client = making(spec()).client(key="k")
    assert not hasattr(client.prepare, "open_session")


def test_operations_know_their_part_in_the_session(making: Making) -> None:
    found = making(spec(close="close: logout")).operations
    assert [o.opens_session for o in (found.LOGIN, found.VERIFY_CODE, found.LOGOUT)] == [
        True,
        True,
        False,
    ]
    assert found.LOGOUT.closes_session
    assert found.VERIFY_CODE.grants == (Grant("token", "token"),)


def test_a_token_may_end_at_a_time_of_day(making: Making) -> None:
    made = making(spec(expires=', expires: "06:00"'))
    assert made.operations.VERIFY_CODE.grants == (Grant("token", "token", "06:00", "Asia/Kolkata"),)
    store = MemoryStore()
    made.client(Desk(), key="k", token_store=store).open_session(**GIVEN)
    (kept,) = store._kept.values()
    assert kept["once"].expires_at is None
    end = kept["token"].expires_at
    assert end
    assert end.isoformat().endswith("T06:00:00+05:30")


@pytest.mark.parametrize("time", ["6:00", "24:00", "06:00:00", "06:60"])
def test_a_time_of_day_has_one_form(making: Making, time: str) -> None:
    with pytest.raises(SpecError, match=r"x-session: .* is not written as expected"):
        making(spec(expires=f', expires: "{time}"'))


def test_a_client_without_a_session_has_nothing_to_keep(making: Making) -> None:
    client = making(WITHOUT).module.Client
    assert not hasattr(client, "open_session")
    assert not {"token_store", "reauthenticate"} & set(inspect.signature(client).parameters)
