"""A token that is renewed is the new one wherever it travels."""

from __future__ import annotations

from typing import Any

import pytest

from brokerspec_runtime import MemoryStore, NotSent, RawResponse, Request, Timeout
from generator.making import HEAD, AsyncBroker, Broker, Making

SPEC = f"""{HEAD}
x-client:
  user: {{description: User.}}
  token: {{role: session, description: Token., x-secret: true}}
x-session:
  open: [login]
  tokens: {{token: {{operation: login, pointer: /token}}}}
paths:
  /login:
    post:
      operationId: login
      responses: {{'200': {{description: Done., content: {{application/json: {{schema: {{
        type: object, required: [token], properties: {{
          token: {{type: string, x-secret: true}}}}}}}}}}}}}}
  /of/{{sid}}/orders:
    parameters: [{{name: sid, in: path, required: true, schema: {{}}, x-credential: token}}]
    post:
      operationId: place_order
      x-safety: unsafe
      requestBody: {{required: true, content: {{application/json: {{schema: {{type: object,
        required: [qty], properties: {{
          qty: {{type: integer}}, user: {{type: string, x-credential: user}},
          head: {{type: object, x-inline: true, properties: {{
            key: {{type: string, x-secret: true, x-credential: token}}}}}}}}}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
  /orders:
    get:
      operationId: list_orders
      parameters:
        - {{name: key, in: query, schema: {{type: string}}, x-credential: token}}
        - {{name: X-Key, in: header, schema: {{type: string}}, x-credential: token}}
      responses: {{'204': {{description: Done.}}}}
  /form:
    post:
      operationId: send_form
      x-safety: unsafe
      requestBody: {{required: true, content: {{application/x-www-form-urlencoded: {{schema: {{
        type: object, properties: {{key: {{type: string, x-credential: token}}}}}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
  /user:
    get:
      operationId: get_user
      parameters: [{{name: user, in: query, schema: {{type: string}}, x-credential: user}}]
      responses: {{'204': {{description: Done.}}}}
"""
CALLS: dict[str, dict[str, Any]] = {"place_order": {"qty": 1}, "list_orders": {}, "send_form": {}}


class Desk(Broker):
    """A broker that knows one token, which a login gives."""

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.requests.append(request)
        if request.url.endswith("/login"):
            return RawResponse(200, {}, b'{"token": "n3w"}', 0.0)
        return RawResponse(204 if "n3w" in sent(request) else 401, {}, b"", 0.0)


class AsyncDesk(AsyncBroker, Desk):
    pass


def sent(request: Request) -> str:
    return f"{request.url} {dict(request.headers)} {(request.body or b'').decode()}"


def check(desk: Desk) -> None:
    first, login, second = desk.requests
    assert login.url.endswith("/login")
    assert "0ld" in sent(first)
    assert "n3w" not in sent(first)
    assert sent(second) == sent(first).replace("0ld", "n3w")
    assert "n3w" not in repr(second)


@pytest.mark.parametrize("name", CALLS)
def test_the_call_is_repeated_with_the_new_token_everywhere(making: Making, name: str) -> None:
    made, desk = making(SPEC), Desk()
    client = made.client(desk, user="u", token="0ld", reauthenticate=lambda it: it.login())
    getattr(client, name)(**CALLS[name])
    check(desk)


@pytest.mark.anyio
@pytest.mark.parametrize("name", CALLS)
async def test_the_same_asynchronously(making: Making, name: str) -> None:
    async def again(client: Any) -> None:
        await client.login()

    made, desk = making(SPEC), AsyncDesk()
    client = made.async_client(desk, user="u", token="0ld", reauthenticate=again)
    await getattr(client, name)(**CALLS[name])
    check(desk)


@pytest.mark.parametrize("name", CALLS)
def test_a_token_that_is_missing_stops_the_call(making: Making, name: str) -> None:
    desk = Desk()
    client = making(SPEC).client(desk, user="u")
    with pytest.raises(NotSent, match=f"{name}: token is not set: call login first"):
        getattr(client, name)(**CALLS[name])
    assert desk.requests == []


def test_a_store_forgets_a_token_that_is_refused_in_a_body(making: Making) -> None:
    made, store = making(SPEC), MemoryStore()
    client = made.client(Desk(), user="u", token_store=store)
    client.login()
    assert len(store._kept) == 1
    refusing = Broker(status=401)
    again = made.client(refusing, user="u", token_store=store)
    with pytest.raises(made.module.SessionExpired):
        again.place_order(qty=1)
    assert "n3w" in sent(refusing.last)
    assert not any(store._kept.values())


def test_what_carries_no_token_signs_nobody_in(making: Making) -> None:
    made, desk = making(SPEC), Desk()
    client = made.client(desk, user="u", reauthenticate=lambda it: it.login())
    with pytest.raises(made.module.SessionExpired):
        client.get_user()
    assert len(desk.requests) == 1


def test_a_prepared_request_masks_the_settings_it_is_filled_with(making: Making) -> None:
    client = making(SPEC).client(user="u", token="0ld")
    request = client.prepare.place_order(qty=1)
    assert request.url.endswith("/of/0ld/orders")
    assert request.body == b'{"qty":1,"user":"u","head":{"key":"0ld"}}'
    assert "0ld" not in repr(request)
