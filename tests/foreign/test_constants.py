"""What can only have one value: sent by itself where it is required, else by the caller."""

from __future__ import annotations

import inspect
import json

from generator.making import HEAD, Broker, Making

DOCUMENT = f"""{HEAD}
paths:
  /it:
    patch:
      operationId: change_it
      parameters:
        - {{name: kind, in: query, required: true, schema: {{const: plain}}}}
        - {{name: dry, in: query, schema: {{const: true}}}}
        - {{name: X-Version, in: header, schema: {{type: string, const: '3'}}}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                name: {{type: string}}
                deleted: {{const: true}}
                reason: {{const: gone}}
                parent: {{const: null}}
      responses: {{'204': {{description: Done.}}}}
    put:
      operationId: put_it
      requestBody:
        required: true
        content:
          application/json:
            schema: {{type: object, required: [type], properties: {{type: {{const: it}}}}}}
      responses: {{'204': {{description: Done.}}}}
"""


def test_an_optional_constant_is_sent_when_it_is_asked_for(making: Making) -> None:
    made = making(DOCUMENT, ours=False)
    broker = Broker(b"", status=204)
    client = made.client(broker)
    client.change_it()
    assert (broker.query, broker.last.body) == ("kind=plain", None)
    assert "X-Version" not in broker.last.headers
    client.change_it(name="a")
    assert broker.json == {"name": "a"}
    client.change_it(deleted=True, reason=made.models.Reason.GONE, dry=True)
    assert broker.json == {"deleted": True, "reason": "gone"}
    assert broker.query == "kind=plain&dry=true"
    client.put_it()
    assert json.loads(broker.last.body or b"") == {"type": "it"}


def test_one_that_is_null_is_never_sent_by_itself(making: Making) -> None:
    made = making(DOCUMENT, ours=False)
    given = inspect.signature(made.module.Client.change_it).parameters
    assert list(given) == ["self", "dry", "x_version", "name", "deleted", "reason", "parent"]
