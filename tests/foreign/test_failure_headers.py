"""Documented headers of failures, with their types, in a foreign client."""

from __future__ import annotations

import asyncio
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from brokerspec.generate import Job, read
from brokerspec_runtime import (
    OutcomeUnknown,
    RateLimited,
    RawResponse,
    Rejected,
    Request,
    Secret,
    Timeout,
    UnexpectedResponse,
)
from generator.making import HEAD, AsyncBroker, Broker, Made, files_of, make

TEXT = f"""{HEAD}
paths:
  /a:
    get:
      operationId: get_a
      responses:
        '200': {{description: A., headers: {{X-Left: {{$ref: '#/components/headers/Left'}}}}}}
        '404': {{description: None., headers: {{X-Why: {{schema: {{type: number}}}}}}}}
        '429': {{$ref: '#/components/responses/Slow'}}
        '503': {{$ref: '#/components/responses/Slow'}}
        5XX:
          description: Broken.
          headers:
            X-Why: {{schema: {{type: number}}}}
            Set-Cookie: {{schema: {{type: string}}}}
            X-Spread: {{explode: true, schema: {{$ref: '#/components/schemas/Spread'}}}}
            bad name: {{schema: {{type: string}}}}
  /b:
    post:
      operationId: post_b
      responses:
        '204': {{description: B.}}
        '429': {{$ref: '#/components/responses/Slow'}}
        default: {{description: No., headers: {{X-Left: {{$ref: '#/components/headers/Left'}}}}}}
  /c: {{get: {{operationId: get_c, responses: {{'204': {{description: C.}}}}}}}}
components:
  headers:
    Left: {{required: true, description: Calls left., schema: {{type: integer}}}}
  responses:
    Slow:
      description: Slow down.
      headers:
        X-Limit: {{required: true, schema: {{type: integer}}}}
        Retry-After: {{schema: {{type: integer}}}}
  schemas:
    Spread: {{type: object, properties: {{a: {{type: integer}}, b: {{type: string}}}}}}
"""


class Failing(Broker):
    """Refuses with a status and headers."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__(b"", status=status)
        self.headers = headers

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        return RawResponse(self.status, self.headers, b"", 0.0)


class AsyncFailing(AsyncBroker, Failing):
    pass


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("failing"), TEXT, ours=False)


def refused(made: Made, status: int, headers: dict[str, str], method: str = "get_a") -> Any:
    with pytest.raises((Rejected, OutcomeUnknown, UnexpectedResponse)) as caught:
        getattr(made.client(Failing(status, headers)), method)()
    return caught.value


def test_they_have_their_types(made: Made) -> None:
    error = refused(made, 429, {"x-limit": "100", "retry-after": "3"})
    assert isinstance(error, RateLimited)
    headers = made.module.headers_of(error)
    assert headers == made.models.ErrorHeaders(x_limit=100, retry_after=3)
    assert headers is error.documented_headers
    assert error.response.headers["x-limit"] == "100"


def test_the_status_decides_exactly_then_by_its_range_then_default(made: Made) -> None:
    models = made.models
    assert refused(made, 404, {"x-why": "1.10"}).documented_headers == models.GetAErrorHeaders(
        x_why=Decimal("1.10")
    )
    assert isinstance(refused(made, 503, {}).documented_headers, models.ErrorHeaders)
    broken = refused(made, 500, {"x-spread": "a=1,b=c", "set-cookie": "sid=s3cret"})
    assert isinstance(broken, OutcomeUnknown)
    found = broken.documented_headers
    assert found.x_spread == models.Spread(a=1, b="c")
    assert found.set_cookie == Secret("sid=s3cret")
    assert "s3cret" not in f"{found!r}"
    assert refused(made, 400, {}).documented_headers is None
    left = refused(made, 400, {"x-left": "7"}, "post_b").documented_headers
    # Equal headers are one class, of failures and of successes.
    assert left == models.ResponseHeaders(x_left=7)


def test_what_is_not_there_or_does_not_fit_is_none_and_no_other_error(made: Made) -> None:
    error = refused(made, 429, {"x-limit": "many"})
    assert made.module.headers_of(error) == made.models.ErrorHeaders()


def test_none_where_nothing_is_documented_or_no_answer_came(made: Made) -> None:
    assert refused(made, 429, {}, "get_c").documented_headers is None
    assert refused(made, 307, {"x-left": "1"}, "post_b").documented_headers is None
    assert made.module.headers_of(made.module.NotSent("nothing left")) is None


def test_the_asynchronous_client_has_them_too(made: Made) -> None:
    client = made.async_client(AsyncFailing(429, {"x-limit": "1"}))
    with pytest.raises(RateLimited) as caught:
        asyncio.run(client.get_a())
    assert made.module.headers_of(caught.value).x_limit == 1


def test_they_are_not_pickled(made: Made) -> None:
    error = refused(made, 429, {"x-limit": "100"})
    assert error.documented_headers is not None
    assert pickle.loads(pickle.dumps(error)).documented_headers is None


def test_the_package_and_the_reference_name_them(made: Made) -> None:
    assert {"FailureHeaders", "headers_of"} <= set(made.module.__all__)
    assert "detail_of" not in made.module.__all__
    said = made.files["reference.md"]
    assert "Headers of failures: those of `GetAErrorHeaders` (HTTP 404), " in said
    assert "those of `ResponseHeaders` (any other status), in `documented_headers`" in said


def test_a_name_that_is_none_of_a_header_is_said(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(TEXT, encoding="utf-8")
    _, found = read(Job(spec, "made", "openapi.yaml", is_ours=False))
    assert [one.message for one in found if "header" in one.message] == [
        "the header 'bad name' is left out: no header has such a name"
    ]


def test_a_document_without_them_has_neither(tmp_path: Path) -> None:
    paths = "paths: {/c: {get: {operationId: c, responses: {'429': {description: C.}}}}}"
    files = files_of(tmp_path, f"{HEAD}{paths}", ours=False)
    assert not any("headers_of" in text or "FailureHeaders" in text for text in files.values())
