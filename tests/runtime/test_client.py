from __future__ import annotations

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import interactive_gateway as api
import kotak_securities
from brokerspec_runtime import (
    DeviationWarning,
    InvalidArgument,
    NotSent,
    OutcomeUnknown,
    RawResponse,
    Request,
    Retry,
    Secret,
    Timeout,
    UnexpectedResponse,
)
from brokerspec_runtime.transport import Phase, TransportFailure

SERVER = "http://127.0.0.1:3000"
LOGIN = b'{"type": "success", "result": {"token": "t0ken", "userID": "U1"}}'
ODD_LOGIN = b'{"type": "success", "result": {"token": "t0ken", "userID": 7, "new": 1}}'
DONE = b'{"type": "success"}'
ORDER: dict[str, Any] = {
    "exchange_segment": api.ExchangeSegment("NSECM"),
    "exchange_instrument_id": 22,
    "product_type": api.ProductType("MIS"),
    "order_type": api.SentOrderType("LIMIT"),
    "order_side": api.OrderSide("BUY"),
    "time_in_force": api.TimeInForce("DAY"),
    "disclosed_quantity": 0,
    "order_quantity": 1,
    "limit_price": Decimal("2500.50"),
    "stop_price": Decimal(0),
}


AT_ONCE: dict[str, Any] = {"rate_limit": {}, "retry": Retry(base=0)}


class Line:
    """A transport that answers from a list and remembers what it was given."""

    def __init__(self, *answers: bytes | TransportFailure) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.timeouts: list[Timeout] = []
        self.is_closed = False

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.requests.append(request)
        self.timeouts.append(timeout)
        answer = self.answers.pop(0)
        if isinstance(answer, TransportFailure):
            raise answer
        return RawResponse(200, {"x-id": "7"}, answer, 0.25)

    def close(self) -> None:
        self.is_closed = True


class AsyncLine(Line):
    async def send(  # type: ignore[override]
        self,
        request: Request,
        timeout: Timeout,  # noqa: ASYNC109
    ) -> RawResponse:
        return super().send(request, timeout)

    async def aclose(self) -> None:
        self.close()


def connected(line: Line, **settings: Any) -> api.Client:
    given = {"secret_key": "s3cret", "app_key": "4pp", "server": SERVER, **AT_ONCE, **settings}
    return api.Client(**given, transport=line)


def connected_async(line: AsyncLine, **settings: Any) -> api.AsyncClient:
    given = {"secret_key": "s3cret", "app_key": "4pp", "server": SERVER, **AT_ONCE, **settings}
    return api.AsyncClient(**given, transport=line)


def authorization(request: Request) -> str | None:
    return request.headers.get("Authorization")


# Sessions


def test_a_login_grants_the_token_and_a_logout_clears_it() -> None:
    line = Line(LOGIN, DONE)
    client = connected(line)
    with pytest.raises(NotSent, match="call login first"):
        client.logout()
    session = client.login(source="API")
    assert session.token == Secret("t0ken")
    client.logout()
    with pytest.raises(NotSent, match="call login first"):
        client.logout()
    assert [authorization(request) for request in line.requests] == [None, "Bearer t0ken"]


def test_a_refused_logout_keeps_the_token() -> None:
    line = Line(b'{"type": "error"}', DONE)
    client = connected(line, token="t0ken")
    with pytest.raises(api.Rejected):
        client.logout()
    client.logout()
    assert authorization(line.requests[1]) == "Bearer t0ken"


def test_a_new_login_replaces_the_token() -> None:
    line = Line(LOGIN, DONE)
    client = connected(line, token=Secret("old"))
    client.login(source="API")
    client.logout()
    assert authorization(line.requests[1]) == "Bearer t0ken"


def test_clients_do_not_share_their_tokens() -> None:
    first, second = connected(Line(LOGIN)), connected(Line())
    first.login(source="API")
    with pytest.raises(NotSent):
        second.logout()


@pytest.mark.anyio
async def test_an_asynchronous_session_is_the_same() -> None:
    line = AsyncLine(LOGIN, DONE)
    async with connected_async(line) as client:
        await client.login(source="API")
        await client.logout()
        with pytest.raises(NotSent):
            await client.logout()
    assert [authorization(request) for request in line.requests] == [None, "Bearer t0ken"]
    assert line.is_closed


# Views


def test_with_response_tells_what_is_around_the_result() -> None:
    line = Line(LOGIN, DONE)
    client = connected(line)
    response = client.with_response.login(source="API")
    assert response.data.token == Secret("t0ken")
    assert (response.status, response.body, response.elapsed) == (200, LOGIN, 0.25)
    assert response.headers == {"x-id": "7"}
    assert response.deviations == ()
    assert "t0ken" not in repr(response)
    client.logout()
    assert authorization(line.requests[1]) == "Bearer t0ken"


def test_the_client_itself_goes_on_answering_with_the_result() -> None:
    client = connected(Line(LOGIN, LOGIN))
    client.with_response.login(source="API")
    assert isinstance(client.login(source="API"), api.Session)


def test_prepare_builds_and_sends_nothing() -> None:
    line = Line(DONE)
    client = connected(line, token="t0ken")
    request = client.prepare.place_order(**ORDER)
    assert (request.method, request.url) == ("POST", f"{SERVER}/interactive/orders")
    assert b'"limitPrice":2500.50' in (request.body or b"")
    assert "t0ken" not in repr(request)
    assert line.requests == []
    client.logout()
    assert len(line.requests) == 1


def test_prepare_needs_what_the_call_needs() -> None:
    with pytest.raises(NotSent, match="token is not set"):
        connected(Line()).prepare.logout()


def test_what_is_prepared_is_what_is_sent() -> None:
    line = Line(LOGIN)
    client = connected(line)
    prepared = client.prepare.login(source="API")
    client.login(source="API")
    assert line.requests == [prepared]


@pytest.mark.anyio
async def test_asynchronous_views() -> None:
    line = AsyncLine(LOGIN)
    client = connected_async(line)
    request = client.prepare.login(source="API")
    assert isinstance(request, Request)
    assert line.requests == []
    response = await client.with_response.login(source="API")
    assert response.data.token == Secret("t0ken")
    assert line.requests == [request]
    assert client.prepare.logout().headers["Authorization"] == "Bearer t0ken"


@pytest.mark.parametrize("module", [api, kotak_securities])
def test_views_have_every_method_of_the_client(module: Any) -> None:
    def methods(kind: type) -> set[str]:
        return {name for name, value in vars(kind).items() if inspect.isfunction(value)}

    names = {name for name in methods(module.Client) if not name.startswith("_")}
    names -= {"reconcile"}  # It sends other methods' calls and has no answer of its own.
    assert methods(module.AsyncClient) == methods(module.Client)
    assert names
    for client in (module.Client, module.AsyncClient):
        made = client.__new__(client)
        made._values = {}
        assert names <= set(vars(made.with_response))
        # A chain of calls is no single request.
        assert names - {"open_session"} <= set(vars(made.prepare))


# Errors


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"limit_price": 2500.5}, "expected Decimal, got float"),
        ({"limit_price": "2500.5"}, "expected Decimal, got str"),
        ({"limit_price": Decimal("NaN")}, "finite"),
        ({"order_quantity": 1.0}, "expected int, got float"),
        ({"order_quantity": True}, "expected int, got bool"),
        ({"order_side": "HOLD"}, "'HOLD' is no OrderSide; allowed: BUY, SELL"),
        ({"order_side": api.OrderSide("HOLD")}, "is no OrderSide"),
    ],
)
def test_what_must_not_be_sent_is_not_sent(changes: dict[str, Any], match: str) -> None:
    line = Line()
    client = connected(line, token="t0ken")
    with pytest.raises(InvalidArgument, match=match) as caught:
        client.place_order(**{**ORDER, **changes})
    assert caught.value.retry_safe is True
    assert line.requests == []


@pytest.mark.parametrize(
    ("phase", "kind"), [(Phase.NOT_SENT, NotSent), (Phase.UNKNOWN, OutcomeUnknown)]
)
def test_a_broken_line_has_its_error(phase: Phase, kind: type[Exception]) -> None:
    line = Line(TransportFailure(phase, "it broke"))
    with pytest.raises(kind) as caught:
        connected(line, token="t0ken", retry=Retry(attempts=1)).place_order(**ORDER)
    assert type(caught.value) is kind
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_an_order_is_sent_again_only_when_it_cannot_have_left() -> None:
    unsent, unknown = (TransportFailure(phase, "it broke") for phase in Phase)
    line = Line(unsent, unsent, unknown, LOGIN)
    with pytest.raises(OutcomeUnknown) as caught:
        connected(line, token="t0ken").place_order(**ORDER)
    assert caught.value.attempts == len(line.requests) == 3


def test_options_change_one_view() -> None:
    unsent = TransportFailure(Phase.NOT_SENT, "it broke")
    line = Line(unsent, LOGIN, unsent)
    client = connected(line)
    hasty = client.with_options(retry=Retry(attempts=1), timeout=2, on_limit="raise")
    client.login(source="API")
    assert line.timeouts[0].total <= 60
    with pytest.raises(NotSent):
        hasty.login(source="API")
    assert line.timeouts[-1].read <= 2
    hasty_token = hasty.prepare.logout().headers["Authorization"]
    assert hasty_token == "Bearer t0ken"


def test_nothing_that_is_shown_holds_a_secret() -> None:
    line = Line(b"<html>s3cret t0ken</html>")
    client = connected(line, token="t0ken")
    with pytest.raises(UnexpectedResponse) as caught:
        client.login(source="API")
    error = caught.value
    shown = f"{client!r} {error} {error!r} {error.request!r} {error.response!r}"
    for secret in ("s3cret", "4pp", "t0ken"):
        assert secret not in shown
    assert error.response is not None
    assert error.response.body == b"<html>s3cret t0ken</html>"


# Deviations


def test_deviations_are_ignored_by_default_but_told() -> None:
    response = connected(Line(ODD_LOGIN)).with_response.login(source="API")
    assert response.data.user_id is None
    assert [d.path for d in response.deviations] == ["$.result.userID"]


def test_deviations_can_raise_and_the_token_is_kept() -> None:
    line = Line(ODD_LOGIN, DONE)
    client = connected(line, on_deviation="raise")
    with pytest.raises(UnexpectedResponse, match="differs from its documentation") as caught:
        client.login(source="API")
    error = caught.value
    assert {d.path for d in error.deviations} == {"$.result.userID", "$.result.new"}
    assert (error.broker, error.operation) == ("interactive_gateway", "login")
    assert error.request is line.requests[0]
    assert error.response is not None
    assert error.response.body == ODD_LOGIN
    assert error.__context__ is None
    assert error.retry_safe is False
    assert "look it up" in str(error)
    client.logout()
    assert authorization(line.requests[1]) == "Bearer t0ken"


def test_deviations_can_warn_where_the_call_is() -> None:
    client = connected(Line(ODD_LOGIN), on_deviation="warn")
    with pytest.warns(DeviationWarning) as caught:
        client.login(source="API")
    assert len(caught) == 2
    assert all(str(one.message).startswith("interactive_gateway.login: $.") for one in caught)
    assert {one.filename for one in caught} == {__file__}


@pytest.mark.anyio
async def test_deviations_of_asynchronous_calls_warn_where_the_call_is() -> None:
    client = connected_async(AsyncLine(ODD_LOGIN), on_deviation="warn")
    with pytest.warns(DeviationWarning) as caught:
        await client.login(source="API")
    assert {one.filename for one in caught} == {__file__}


def test_deviations_can_be_given_to_a_function() -> None:
    seen: list[Any] = []
    keep: Callable[[Any], None] = seen.append
    session = connected(Line(ODD_LOGIN), on_deviation=keep).login(source="API")
    assert {d.path for d in seen} == {"$.result.userID", "$.result.new"}
    assert session.token == Secret("t0ken")


def test_no_deviation_no_report() -> None:
    assert connected(Line(LOGIN), on_deviation="raise").login(source="API").user_id == "U1"


# Construction


def test_a_client_closes_its_transport() -> None:
    line = Line()
    with connected(line) as client:
        assert client is not None
    assert line.is_closed


@pytest.mark.parametrize("transport", ["requests", "httpx2"])
def test_a_transport_is_chosen_by_name(transport: Any) -> None:
    with api.Client(secret_key="s", app_key="a", server=SERVER, transport=transport) as client:
        assert repr(client) == f"<Client of interactive_gateway at {SERVER}>"


def test_there_is_no_other_transport() -> None:
    wrong: Any = "urllib"
    with pytest.raises(InvalidArgument, match="there are requests, httpx2"):
        api.Client(secret_key="s", app_key="a", server=SERVER, transport=wrong)
    with pytest.raises(InvalidArgument, match="there are httpx2, httpx"):
        api.AsyncClient(secret_key="s", app_key="a", server=SERVER, transport=wrong)
