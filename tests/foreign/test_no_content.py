"""An answer that HTTP lets have no body is read as none, whatever is documented for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec.generate import Job, read
from brokerspec_runtime.errors import UnexpectedResponse
from generator.making import HEAD, Broker, Making

JSON = "content: {application/json: {schema: {nullable: true}}}"


def spec(status: str) -> str:
    """Return a document with one operation that is answered with a status, and a body."""
    return f"""{HEAD}
paths:
  /it:
    delete: {{operationId: delete_it, responses: {{'{status}': {{description: Done., {JSON}}}}}}}
    put:
      operationId: put_it
      responses:
        '200': {{description: A., content: {{application/json: {{schema: {{type: integer}}}}}}}}
        '{status}': {{description: Done., {JSON}}}
"""


@pytest.mark.parametrize("status", [204, 205])
def test_nothing_is_read(making: Making, tmp_path: Path, status: int) -> None:
    made = making(spec(str(status)), ours=False)
    assert made.client(Broker(b"", status=status)).delete_it() is None
    assert made.client(Broker(b"", status=status)).put_it() is None
    assert made.client(Broker(b"7")).put_it() == 7
    assert made.module.Client.delete_it.__annotations__["return"] == "None"
    path = tmp_path / "openapi.yaml"
    path.write_text(spec(str(status)), encoding="utf-8")
    warnings = read(Job(path, "made", "openapi.yaml", is_ours=False))[1]
    message = f"HTTP {status} has no body: nothing is read"
    assert [one.message for one in warnings] == [message, message]


@pytest.mark.parametrize("content", ["application/json: {}", "text/json: {schema: {}}"])
@pytest.mark.parametrize("status", ["default", "200", "2XX"])
def test_where_anything_may_come_so_may_nothing(making: Making, content: str, status: str) -> None:
    answer = f"'{status}': {{description: Done., content: {{{content}}}}}"
    it = f"delete: {{operationId: delete_it, responses: {{{answer}}}}}"
    made = making(f"{HEAD}\npaths:\n  /it:\n    {it}\n", ours=False)
    code = 204 if status == "default" else 200
    response = made.client(Broker(b"", status=code)).with_response.delete_it()
    assert (response.data, response.deviations) == (None, ())
    assert made.client(Broker(b"[1]")).delete_it() == [1]
    with pytest.raises(UnexpectedResponse):
        made.client(Broker(b"{")).delete_it()
