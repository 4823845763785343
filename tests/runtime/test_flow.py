from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from brokerspec_runtime import (
    BrokerError,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    RawResponse,
    Rejected,
    Request,
    Response,
    Retry,
    SessionExpired,
    UnexpectedResponse,
)
from brokerspec_runtime.flow import Send, Step, steps
from brokerspec_runtime.operation import (
    Absent,
    Call,
    Context,
    Equals,
    Failure,
    NotEquals,
    Operation,
    Safety,
)
from brokerspec_runtime.policy import Policy
from brokerspec_runtime.transport import Phase, TransportFailure

CONTEXT = Context("demo", "https://api.example.test", {})
ONCE = Policy(retry=Retry(attempts=1), wall=lambda: 1700000000.0)


class Placed(Struct):
    order_id: str


class Answer(Struct):
    success: Placed | None = None
    other: Placed | None = None


def sent(step: Step) -> Request:
    assert isinstance(step, Send)
    return step.request


def operation(**changes: Any) -> Operation[Any]:
    row: dict[str, Any] = {
        "name": "place_order",
        "method": "POST",
        "path": "/orders",
        "answer": Placed,
        "safety": Safety.UNSAFE,
    }
    return Operation(**{**row, **changes})


def answered(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None, **changes: Any
) -> Response[Any]:
    """Drive a call to its end with one answer."""
    flow = steps(operation(**changes).call(json={"a": 1}), CONTEXT, ONCE)
    next(flow)
    with pytest.raises(StopIteration) as end:
        flow.send(RawResponse(status, headers or {}, body, 0.25))
    response: Response[Any] = end.value.value
    return response


def refused(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None, **changes: Any
) -> BrokerError:
    """Drive a call to its error with one answer."""
    flow = steps(operation(**changes).call(json={"a": 1}), CONTEXT, ONCE)
    request = sent(next(flow))
    raw = RawResponse(status, headers or {}, body, 0.25)
    with pytest.raises(BrokerError) as caught:
        flow.send(raw)
    error = caught.value
    assert (error.operation, error.broker) == ("place_order", "demo")
    assert error.request is request
    assert error.response is raw
    assert str(error).startswith("demo.place_order: ")
    return error


def broken(phase: Phase, safety: Safety) -> BrokerError:
    """Drive a call to its error with a transport that fails."""
    flow = steps(operation(safety=safety).call(), CONTEXT, ONCE)
    request = sent(next(flow))
    failure = TransportFailure(phase, "it broke (ConnectTimeout)")
    with pytest.raises(BrokerError) as caught:
        flow.throw(failure)
    assert caught.value.request is request
    assert caught.value.response is None
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert "it broke" in str(caught.value)
    return caught.value


# Answers


def test_one_request_one_answer() -> None:
    flow = steps(operation().call(json={"a": 1}), CONTEXT, ONCE)
    request = sent(next(flow))
    assert isinstance(request, Request)
    assert (request.method, request.url) == ("POST", "https://api.example.test/orders")
    with pytest.raises(StopIteration) as end:
        flow.send(RawResponse(200, {"x": "y"}, b'{"order_id": "1"}', 0.25))
    response = end.value.value
    assert response == Response(Placed("1"), 200, {"x": "y"}, b'{"order_id": "1"}', 0.25, request)


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    assert answered(status, b'{"order_id": "1"}').data == Placed("1")


def test_the_payload_is_the_first_part_that_is_there() -> None:
    changes: dict[str, Any] = {"answer": Answer, "payload": ("success", "other")}
    assert answered(200, b'{"success": {"order_id": "1"}}', **changes).data == Placed("1")
    assert answered(200, b'{"other": {"order_id": "2"}}', **changes).data == Placed("2")
    changes["payload"] = ("success.order_id",)
    assert answered(200, b'{"success": {"order_id": "1"}}', **changes).data == "1"


def test_an_answer_without_its_payload_is_unexpected() -> None:
    error = refused(200, b"{}", answer=Answer, payload=("success", "other"))
    assert type(error) is UnexpectedResponse
    assert [d.path for d in error.deviations] == ["$.success"]


def test_a_body_that_is_not_documented_is_unexpected() -> None:
    for body in (b"", b"<html>", b"[]", b'{"order_id": 1}', b'{"order_id": null}'):
        assert type(refused(200, body)) is UnexpectedResponse


# Failures


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, SessionExpired),
        (403, PermissionDenied),
        (404, NotFound),
        (409, Rejected),
        (418, Rejected),
        (422, InvalidRequest),
        (429, RateLimited),
    ],
)
def test_a_status_without_a_rule_has_its_error(status: int, kind: type[Rejected]) -> None:
    error = refused(status, b"<html>no</html>")
    assert type(error) is kind
    assert isinstance(error, Rejected)
    assert (error.status, error.code, error.message) == (status, "", "")
    assert error.retry_safe is True
    assert "<html>" not in str(error)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_leaves_the_outcome_unknown(status: int) -> None:
    rule = Failure(error=OrderRejected, message=("/message",))
    for rules in ((), (rule,)):
        error = refused(status, b'{"message": "down"}', failures=rules)
        assert type(error) is OutcomeUnknown
        assert error.retry_safe is False
    assert refused(status, safety=Safety.SAFE).retry_safe is True


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    error = refused(status, b"", {"location": "https://evil.test"})
    assert type(error) is UnexpectedResponse
    assert "evil" not in str(error)


def test_a_rule_decides_under_200_too() -> None:
    rule = Failure(
        where=(NotEquals(("/status",), ("success",)),),
        error=OrderRejected,
        code=("/code",),
        message=("/message",),
    )
    body = b'{"status": "error", "code": 17, "message": "no funds", "order_id": "1"}'
    error = refused(200, body, failures=(rule,))
    assert type(error) is OrderRejected
    assert (error.status, error.code, error.message) == (200, "17", "no funds")
    assert str(error) == "demo.place_order: 17: no funds (HTTP 200)"
    assert answered(200, b'{"status": "success", "order_id": "1"}', failures=(rule,)).data


def test_a_rule_without_an_error_leaves_it_to_the_status() -> None:
    rule = Failure(message=("/message",))
    for status, kind in ((200, Rejected), (401, SessionExpired), (400, InvalidRequest)):
        error = refused(status, b'{"message": "no"}', failures=(rule,))
        assert type(error) is kind
        assert isinstance(error, Rejected)
        assert error.message == "no"


def test_an_empty_rule_gives_an_empty_list() -> None:
    rule = Failure(where=(Equals(("/code",), (1,)),), error="empty")
    response = answered(200, b'{"code": 1}', failures=(rule,), answer=list[Placed])
    assert (response.data, response.body) == ([], b'{"code": 1}')


def test_the_first_rule_decides() -> None:
    rules = (Failure(where=(Absent(("/a",)),), error=NotFound), Failure(error=OrderRejected))
    assert type(refused(200, b"{}", failures=rules)) is NotFound
    assert type(refused(200, b'{"a": 1}', failures=rules)) is OrderRejected


@pytest.mark.parametrize(
    ("wish", "seconds"), [("30", 30.0), ("", None), ("soon", None), ("-1", None), ("1.5", None)]
)
def test_the_wish_of_the_broker_is_read(wish: str, seconds: float | None) -> None:
    for status in (429, 503):
        assert refused(status, b"", {"retry-after": wish}).retry_after == seconds
        assert refused(status).retry_after is None


# No answer


@pytest.mark.parametrize("safety", Safety)
def test_what_never_left_may_be_sent_again(safety: Safety) -> None:
    error = broken(Phase.NOT_SENT, safety)
    assert type(error) is NotSent
    assert error.retry_safe is True


@pytest.mark.parametrize("safety", Safety)
def test_what_may_have_arrived_is_unknown(safety: Safety) -> None:
    error = broken(Phase.UNKNOWN, safety)
    assert type(error) is OutcomeUnknown
    assert error.retry_safe is (safety is not Safety.UNSAFE)


def test_what_must_not_be_sent_yields_no_request() -> None:
    call: Call[Any] = operation().call(json={"price": 94.05})
    with pytest.raises(InvalidArgument) as caught:
        next(steps(call, CONTEXT, ONCE))
    assert caught.value.operation == "place_order"
    assert caught.value.request is None
    assert caught.value.retry_safe is True
    assert isinstance(caught.value, ValueError)
