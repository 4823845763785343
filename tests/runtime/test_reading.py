"""Which of several documented answers came, and what a failure says of itself."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from msgspec import Struct

from brokerspec_runtime import reading
from brokerspec_runtime.errors import (
    BrokerError,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    SessionExpired,
    UnexpectedResponse,
)
from brokerspec_runtime.flow import Response, Send, steps
from brokerspec_runtime.operation import Context, Documented, Operation, Safety
from brokerspec_runtime.policy import Policy
from brokerspec_runtime.request import RawResponse
from brokerspec_runtime.retry import NEVER
from brokerspec_runtime.secret import Secret


class Pet(Struct, frozen=True, kw_only=True):
    name: str


class Job(Struct, frozen=True, kw_only=True):
    job: int


class Problem(Struct, frozen=True, kw_only=True):
    title: str
    code: int | None = None


JSON = "application/json"
PET = Documented(("200",), JSON, Pet)
JOB = Documented(("202",), JSON, Job)
NONE = Documented(("204",))
PICTURE = Documented(("200",), "image/png", bytes)
CSV = Documented(("200",), "text/csv", str)


def raw(status: int = 200, body: bytes = b'{"name":"Rex"}', media: str = JSON) -> RawResponse:
    return RawResponse(status, {"content-type": media} if media else {}, body, 0.0)


@pytest.mark.parametrize(
    ("answers", "came", "value"),
    [
        ((PET, JOB), raw(), Pet(name="Rex")),
        ((PET, JOB), raw(202, b'{"job":7}'), Job(job=7)),
        ((PET, NONE), raw(204, b"", ""), None),
        ((PET, NONE), raw(200, b"", ""), None),
        ((PET, PICTURE), raw(200, b"\x89PNG", "image/png"), b"\x89PNG"),
        ((PET, PICTURE), raw(media="application/json; charset=utf-8"), Pet(name="Rex")),
        ((PET, PICTURE), raw(media=""), Pet(name="Rex")),
        ((PET, PICTURE), raw(media="text/plain"), Pet(name="Rex")),
        ((PET, PICTURE), raw(media="application/vnd.pet+json"), Pet(name="Rex")),
        ((PICTURE,), raw(200, b"GIF", "image/gif"), b"GIF"),
        ((CSV,), raw(200, b"a,b\n", "application/octet-stream"), "a,b\n"),
        ((CSV,), raw(200, "a,é".encode("latin-1"), "text/csv; charset=ISO-8859-1"), "a,é"),
        ((CSV,), raw(200, "\ufeffa,é".encode(), "text/csv"), "a,é"),
        ((Documented(("200",), "image/*", bytes), PET), raw(200, b"GIF", "image/gif"), b"GIF"),
        ((Documented(("200",), "*/*", str),), raw(200, b'"a"', JSON), "a"),
        ((Documented(("200",), "*/*", str),), raw(200, b'"a"', "text/plain"), '"a"'),
        ((Documented(("2XX",), JSON, Pet), JOB), raw(201), Pet(name="Rex")),
        ((Documented(("2XX",), JSON, Pet), JOB), raw(202, b'{"job":7}'), Job(job=7)),
        ((Documented(("default",), JSON, Pet),), raw(201), Pet(name="Rex")),
    ],
)
def test_status_and_media_type_decide(
    answers: tuple[Documented, ...], came: RawResponse, value: object
) -> None:
    assert reading.read(answers, came) == (value, ())


def test_a_status_that_is_not_documented_is_a_deviation() -> None:
    value, deviations = reading.read((PET, NONE), raw(201))
    assert value == Pet(name="Rex")
    assert [str(found) for found in deviations] == [
        "status: expected HTTP 200 or 204, got HTTP 201"
    ]


@pytest.mark.parametrize(
    ("answers", "came"),
    [
        # Which of the two it is nobody says.
        ((PET, JOB), raw(201)),
        ((PICTURE, CSV), raw(200, b"<html>", "text/html")),
        ((PET, PICTURE), raw(200, b"<html>", "text/html")),
        ((PET, PICTURE), raw(200, b"?", "application/zip")),
        ((PET,), raw(200, b"", "")),
        ((CSV,), raw(200, b"\xff\xfe\xff", "text/csv")),
        ((CSV,), raw(200, b"a", "text/csv; charset=undefined")),
    ],
)
def test_what_fits_nothing_is_unexpected(
    answers: tuple[Documented, ...], came: RawResponse
) -> None:
    with pytest.raises(UnexpectedResponse):
        reading.read(answers, came)


@pytest.mark.parametrize("charset", ["zip", "base64", "no-such", '"', "rot13"])
def test_a_charset_that_is_none_is_read_as_utf8(charset: str) -> None:
    found = reading.text_of("é".encode(), {"content-type": f"text/plain; charset={charset}"})
    assert found in ("é", "\xe9")


# What a failure says.

DETAILS = (
    Documented(("404", "default"), JSON, Problem, ("/code",), ("/title",)),
    Documented(("422",), "text/plain", str),
)


def driven(
    status: int,
    body: bytes,
    *,
    media: str = JSON,
    answers: tuple[Documented, ...] = (PET,),
    details: tuple[Documented, ...] = DETAILS,
    secret: str = "s3cret-token",
) -> Response[Any]:
    operation: Operation[Any] = Operation(
        name="get",
        method="POST",
        path="/",
        answer=None,
        safety=Safety.UNSAFE,
        answers=answers,
        details=details,
    )
    context = Context("b", "https://b.invalid", {"token": Secret(secret)})
    flow = steps(operation.call(), context, Policy(retry=NEVER))
    assert isinstance(next(flow), Send)
    try:
        flow.send(raw(status, body, media))
    except StopIteration as end:
        response: Response[Any] = end.value
        return response
    raise AssertionError("one step is enough")


def refused(status: int, body: bytes, **given: Any) -> BrokerError:
    with pytest.raises(BrokerError) as caught:
        driven(status, body, **given)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, SessionExpired),
        (403, PermissionDenied),
        (404, NotFound),
        (409, Rejected),
        (418, Rejected),
        (429, RateLimited),
        (500, OutcomeUnknown),
        (503, OutcomeUnknown),
    ],
)
def test_a_failure_holds_its_documented_body(status: int, kind: type[BrokerError]) -> None:
    error = refused(status, b'{"title":"No such pet","code":17}')
    assert type(error) is kind
    assert error.detail == Problem(title="No such pet", code=17)
    assert "17: No such pet" in str(error)
    assert error.detail is error.detail


def test_a_text_is_a_detail_too() -> None:
    error = refused(422, b"too old", media="text/plain")
    assert error.detail == "too old"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"title":3,"code":{}}', b'{"code":1}'])
def test_a_body_that_does_not_fit_leaves_its_bytes(body: bytes) -> None:
    error = refused(404, body)
    assert error.detail is None
    assert error.response is not None
    assert error.response.body == body


def test_without_a_documented_body_there_is_no_detail() -> None:
    assert refused(404, b'{"title":"x"}', details=()).detail is None


def test_the_words_of_a_failure_repeat_no_secret() -> None:
    error = refused(404, b'{"title":"no pet for s3cret-token"}')
    # The token does not travel with this call, but the client holds it.
    assert "s3cret" not in str(error)


def test_hostile_words_are_cut_off() -> None:
    error = refused(404, b'{"title":"' + b"x" * 100_000 + b'"}')
    assert len(str(error)) < 1_000
    assert refused(404, b"[" * 100_000).detail is None


def test_a_detail_does_not_leave_the_process() -> None:
    error = refused(404, b'{"title":"No such pet"}')
    assert error.detail is not None
    kept = pickle.loads(pickle.dumps(error))
    assert kept.detail is None
    assert str(kept) == str(error)


def test_a_documented_redirect_is_an_answer() -> None:
    response = driven(302, b"", media="", answers=(Documented(("302",)),))
    assert response.data is None
    assert response.status == 302
    with pytest.raises(UnexpectedResponse, match="redirects"):
        driven(302, b"", media="")
