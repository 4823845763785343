"""What generated clients do as a whole: settings, credentials, sessions, views."""

from __future__ import annotations

import asyncio
import inspect
from decimal import Decimal
from pathlib import Path

import pytest

from brokerspec.generate import Job, build
from brokerspec_runtime import Response, Secret
from brokerspec_runtime.errors import (
    InvalidArgument,
    NotSent,
)
from brokerspec_runtime.operation import Correlate, Safety
from generator.making import (
    HEAD,
    AsyncBroker,
    Broker,
    Making,
    answering,
    asking,
    sending,
    sent,
)

# Credentials.

CREDENTIALS = f"""{HEAD}
x-client:
  api_key: {{description: Key., x-secret: true}}
  user: {{description: User.}}
  token: {{description: Token., role: session, x-secret: true}}
paths:
  /body:
    post:
      operationId: by_body
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties: {{
        key: {{type: string, x-credential: api_key}}, usr: {{type: string, x-credential: user}},
        n: {{type: integer}}}}}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
  /places:
    get:
      operationId: by_parameter
      parameters:
        - {{name: X-Key, in: header, schema: {{type: string}}, x-credential: api_key}}
        - {{name: uid, in: query, schema: {{type: string}}, x-credential: user}}
        - {{name: sid, in: cookie, schema: {{type: string}}, x-credential: api_key}}
      responses: {{'204': {{description: Done.}}}}
  /users/{{uid}}:
    get:
      operationId: by_path
      parameters:
        - {{name: uid, in: path, required: true, schema: {{type: string}}, x-credential: user}}
      responses: {{'204': {{description: Done.}}}}
  /bearer:
    get:
      operationId: by_bearer
      security: [{{bearer: []}}]
      responses: {{'204': {{description: Done.}}}}
  /basic:
    get:
      operationId: by_basic
      security: [{{basic: []}}]
      responses: {{'204': {{description: Done.}}}}
components:
  securitySchemes:
    bearer: {{type: http, scheme: bearer, x-credential: token}}
    basic: {{type: http, scheme: basic, x-credential: api_key}}
"""


def test_credentials_travel_where_the_spec_says(making: Making) -> None:
    made = making(CREDENTIALS)
    broker = Broker(b"", status=204)
    client = made.client(broker, api_key="k1", user="u1", token="t1")
    client.by_body(n=1)
    assert broker.json == {"key": "k1", "usr": "u1", "n": 1}
    client.by_parameter()
    headers = broker.last.headers
    assert (headers["X-Key"], headers["Cookie"], broker.query) == ("k1", "sid=k1", "uid=u1")
    client.by_path()
    assert broker.last.url == "https://api.example.com/users/u1"
    client.by_bearer()
    assert broker.last.headers["Authorization"] == "Bearer t1"
    client.by_basic()
    assert broker.last.headers["Authorization"] == "Basic azE="
    for method in (client.by_parameter, client.by_path, client.by_bearer, client.by_basic):
        assert not inspect.signature(method).parameters


def test_secrets_are_masked_when_shown(making: Making) -> None:
    made = making(CREDENTIALS)
    client = made.client(api_key="k1", user="u1", token=Secret("t1"))
    prepared = [
        client.prepare.by_body(n=1),
        client.prepare.by_parameter(),
        client.prepare.by_bearer(),
        client.prepare.by_basic(),
    ]
    for request in prepared:
        assert not {"k1", "t1"} & set(repr(request).replace("'", " ").split())
        assert "k1" not in repr(request)
        assert "t1" not in repr(request)
    assert b"k1" in (prepared[0].body or b"")
    assert "k1" not in repr(client)


def test_a_missing_session_token_is_explained(making: Making) -> None:
    client = making(CREDENTIALS).client(api_key="k", user="u")
    with pytest.raises(NotSent, match="token is not set"):
        client.by_bearer()


def test_a_security_scheme_without_a_setting_makes_one(making: Making) -> None:
    made = making(
        f"""{HEAD}
security: [{{apiKeyAuth: []}}]
paths:
  /it: {{get: {{operationId: get_it, responses: {{'204': {{description: Done.}}}}}}}}
components: {{securitySchemes: {{apiKeyAuth: {{type: apiKey, in: query, name: k}}}}}}
"""
    )
    broker = Broker(b"", status=204)
    made.client(broker, api_key_auth="s3").get_it()
    assert broker.query == "k=s3"


# Sessions.

SESSION = f"""{HEAD}
x-client:
  key: {{description: Key., x-secret: true}}
  token: {{description: Token., role: session, x-secret: true}}
x-session: {{open: [login], close: logout, tokens: {{token: {{operation: login, pointer: /jwt}}}}}}
paths:
  /session:
    post:
      operationId: login
      x-payload: /data
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties:
        {{k: {{type: string, x-credential: key}}}}}}}}}}}}
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {{type: object,
          properties:
            {{data: {{type: object, properties:
              {{jwt: {{type: string, x-secret: true}}}}}}}}}}}}}}}}
    delete:
      operationId: logout
      security: [{{bearer: []}}]
      responses: {{'204': {{description: Done.}}}}
components: {{securitySchemes: {{bearer: {{type: http, scheme: bearer, x-credential: token}}}}}}
"""


def test_a_session_is_kept_and_forgotten(making: Making) -> None:
    made = making(SESSION)
    broker = Broker({"data": {"jwt": "abc"}})
    client = made.client(broker, key="k")
    with pytest.raises(NotSent, match="call login first"):
        client.logout()
    assert client.login().jwt.reveal() == "abc"
    broker.answer, broker.status = b"", 204
    client.logout()
    assert broker.last.headers["Authorization"] == "Bearer abc"
    with pytest.raises(NotSent):
        client.logout()


def test_a_session_can_be_resumed(making: Making) -> None:
    broker = Broker(b"", status=204)
    making(SESSION).client(broker, key="k", token="old").logout()
    assert broker.last.headers["Authorization"] == "Bearer old"


# The client as a whole.


def test_variants_are_operations_of_their_own(making: Making) -> None:
    made = making(
        f"""{HEAD}
paths:
  /orders:
    post:
      operationId: place_order
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties:
        {{kind: {{const: plain}}}}}}}}}}}}
      responses: {{'204': {{description: Done.}}}}
      x-variants:
        - operationId: place_cover_order
          x-safety: idempotent
          requestBody: {{content: {{application/json: {{schema: {{type: object, properties:
            {{kind: {{const: cover}}, stop: {{type: number}}}}}}}}}}}}
          responses: {{'204': {{description: Done.}}}}
"""
    )
    broker = Broker(b"", status=204)
    client = made.client(broker)
    client.place_order()
    assert broker.json == {"kind": "plain"}
    client.place_cover_order(stop=Decimal(5))
    assert broker.json == {"kind": "cover", "stop": 5}
    assert made.operations.PLACE_ORDER.safety is Safety.UNSAFE
    assert made.operations.PLACE_COVER_ORDER.safety is Safety.IDEMPOTENT
    assert made.operations.PLACE_ORDER.path == made.operations.PLACE_COVER_ORDER.path


def test_operations_say_how_they_are_limited_and_recognised(making: Making) -> None:
    extra = (
        "x-rate-limit: orders\n      "
        "x-correlate: {argument: tag, read: get_it, field: /tag}\n      "
        "parameters: [{name: tag, in: query, schema: {type: string}}]"
    )
    made = making(answering("{type: string}", extra=extra))
    assert made.operations.GET_IT.bucket == "orders"
    assert made.operations.GET_IT.correlate == Correlate("tag", "get_it", "/tag")
    assert made.operations.GET_IT.safety is Safety.SAFE


def test_a_spec_without_operations(making: Making) -> None:
    made = making(f"{HEAD}\npaths: {{}}\n")
    assert "Client" in made.module.__all__
    made.client().close()


def test_settings_with_roles(making: Making) -> None:
    made = making(
        f"""{HEAD.replace("servers: [{url: 'https://api.example.com'}]", "")}
servers: [{{url: 'http://IP:PORT', x-placeholder: true}}]
x-client:
  base: {{description: Address., role: server}}
  via: {{description: Proxy., role: proxy-url}}
  via_user: {{description: User., role: proxy-user}}
  via_password: {{description: Password., role: proxy-password, x-secret: true}}
  source: {{description: Source., default: API}}
paths:
  /it:
    get:
      operationId: get_it
      parameters: [{{name: src, in: query, schema: {{type: string}}, x-credential: source}}]
      responses: {{'204': {{description: Done.}}}}
"""
    )
    with pytest.raises(TypeError, match="base"):
        made.client()
    broker = Broker(b"", status=204)
    made.client(broker, base="http://10.0.0.1:3000/", allow_plain_http=True).get_it()
    assert broker.last.url == "http://10.0.0.1:3000/it?src=API"
    signature = inspect.signature(made.module.Client)
    assert not {"server", "proxy"} & set(signature.parameters)


def test_with_response_prepare_and_the_asynchronous_twin(making: Making) -> None:
    made = making(answering("{type: array, items: {type: number}}"))
    broker = Broker(b"[1.10]")
    client = made.client(broker)
    full = client.with_response.get_it()
    assert isinstance(full, Response)
    assert (full.data, full.status, full.body) == ([Decimal("1.10")], 200, b"[1.10]")
    before = len(broker.requests)
    assert client.prepare.get_it().url == "https://api.example.com/it"
    assert len(broker.requests) == before

    async def twin() -> None:
        answer = AsyncBroker(b"[1.10]")
        async with made.async_client(answer) as other:
            assert await other.get_it() == [Decimal("1.10")]
            assert (await other.with_response.get_it()).status == 200
            assert other.prepare.get_it().url == "https://api.example.com/it"
        assert len(answer.requests) == 2

    asyncio.run(twin())


def test_union_arguments_of_models_are_encoded(making: Making) -> None:
    made = making(
        sending(
            "{type: object, properties: {it: {oneOf: [{type: string}, "
            "{$ref: '#/components/schemas/Leg'}]}}}",
            "{Leg: {type: object, properties: {orderQty: {type: integer}, note: {type: string}}}}",
        )
    )
    assert sent(made, it="x") == {"it": "x"}
    assert sent(made, it=made.models.Leg(order_qty=1)) == {"it": {"orderQty": 1}}


def test_a_member_of_any_name_is_read(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    row = """{type: object, properties: {'a"b': {type: string}, c: {type: string}}}"""
    spec.write_text(answering(row), encoding="utf-8")
    built = build([Job(spec, "made", "spec", is_ours=False)], fresh=True)
    assert not built.warnings
    assert (
        'a_b: str | None = field(name="{=}a%22b", default=None)'
        in built.packages["made"]["models.py"]
    )


def test_list_arguments_in_a_query_are_repeated(making: Making) -> None:
    made = making(
        asking(
            """[{name: id, in: query, schema: {type: array, items: {type: string}}},
                {name: day, in: query, schema: {type: string}}]"""
        )
    )
    broker = Broker(b"", status=204)
    made.client(broker).ask_it(id=["a", "b c"])
    assert broker.query == "id=a&id=b%20c"
    for wrong in ({"id": "abc"}, {"day": ["a"]}):
        with pytest.raises(InvalidArgument, match="expected a"):
            made.client().ask_it(**wrong)
