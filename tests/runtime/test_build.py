from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec_runtime import InvalidArgument, NotSent, Request, Secret, wire
from brokerspec_runtime.build import build
from brokerspec_runtime.operation import Attach, Context, FromSetting, Operation, Safety

SERVER = "https://api.example.test/v1"
VALUES = {"token": Secret("t0ken"), "user": "U1", "password": Secret("p4ss"), "late": None}


def operation(path: str = "/orders", *attach: Attach) -> Operation[Any]:
    return Operation(
        name="op", method="POST", path=path, answer=Any, safety=Safety.UNSAFE, attach=attach
    )


def made(template: str = "/orders", /, *attach: Attach, **parts: Any) -> Request:
    context = Context("demo", SERVER, VALUES, {"late": ("login", "renew")})
    return build(operation(template, *attach).call(**parts), context)


# URL


def test_the_path_continues_the_server() -> None:
    assert made().url == "https://api.example.test/v1/orders"
    context = Context("demo", SERVER + "/", VALUES)
    assert build(operation().call(), context).url == "https://api.example.test/v1/orders"


def test_query_values_are_encoded_and_absent_ones_left_out() -> None:
    query = {"a": "x y&z=ü/", "b": wire.ABSENT, "c": 7, "d": True, "e": Decimal("1E+2"), "f": ""}
    expected = "?a=x%20y%26z%3D%C3%BC%2F&c=7&d=true&e=100&f="
    assert made(query=query).url == f"{SERVER}/orders{expected}"
    assert made(query={"b": wire.ABSENT}).url == f"{SERVER}/orders"


def test_path_values_are_encoded() -> None:
    assert made("/orders/{id}", path={"id": "M&M 50%"}).url == f"{SERVER}/orders/M%26M%2050%25"


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a\\b", "..%2fadmin", "%2F", "/"])
def test_a_path_value_cannot_lead_elsewhere(value: str) -> None:
    with pytest.raises(InvalidArgument, match="id cannot be part of a path"):
        made("/orders/{id}", path={"id": value})


def test_a_path_value_is_not_a_template() -> None:
    request = made("/a/{x}/{y}", path={"x": "{y}", "y": "1"})
    assert request.url == f"{SERVER}/a/%7By%7D/1"


# Headers


def test_settings_travel_where_the_operation_says() -> None:
    request = made(
        "/orders",
        Attach("bearer", "", "token"),
        Attach("header", "X-User", "user"),
        Attach("cookie", "a", "user"),
        Attach("cookie", "b", "token"),
        Attach("query", "key", "password"),
    )
    assert request.headers["Authorization"] == "Bearer t0ken"
    assert request.headers["X-User"] == "U1"
    assert request.headers["Cookie"] == "a=U1; b=t0ken"
    assert request.url.endswith("?key=p4ss")


def test_basic_joins_user_and_password() -> None:
    request = made("/orders", Attach("basic", "", "user:password"))
    assert request.headers["Authorization"] == "Basic VTE6cDRzcw=="
    assert "VTE6" not in repr(request)


def test_a_setting_that_is_not_there_yet_stops_the_call() -> None:
    with pytest.raises(NotSent, match="late is not set: call login or renew first") as caught:
        made("/orders", Attach("bearer", "", "late"))
    assert type(caught.value) is NotSent
    with pytest.raises(NotSent, match="other is not set: give it to the client"):
        made("/orders", Attach("bearer", "", "other"))


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\n", "a\0", "ü"])
def test_a_header_value_cannot_make_another_header(value: str) -> None:
    with pytest.raises(InvalidArgument, match="X-Id cannot be a header"):
        made(headers={"X-Id": value})


def test_arguments_in_headers_are_written_like_the_others() -> None:
    headers = made(headers={"X-Count": 7, "X-None": wire.ABSENT}).headers
    assert headers["X-Count"] == "7"
    assert "X-None" not in headers


# Settings in arguments


def filled(values: dict[str, Any], **parts: Any) -> Request:
    wanted: Operation[Any] = Operation(
        name="op",
        method="POST",
        path="/of/{user}",
        answer=Any,
        safety=Safety.UNSAFE,
        settings=("user", "token", "late"),
    )
    path = {"user": FromSetting("user")}
    context = Context("demo", SERVER, values, {"late": ("login", "renew")})
    return build(wanted.call(path=path, **parts), context)


def test_settings_are_filled_in_wherever_they_stand() -> None:
    token = FromSetting("token")
    request = filled(VALUES, query={"q": token}, headers={"X-T": token}, json={"a": {"b": token}})
    assert request.url == f"{SERVER}/of/U1?q=t0ken"
    assert request.headers["X-T"] == "t0ken"
    assert request.body == b'{"a":{"b":"t0ken"}}'
    assert "t0ken" not in repr(request)
    assert filled(VALUES, form={"f": token}).body == b"f=t0ken"


def test_settings_are_those_of_the_moment() -> None:
    values = dict(VALUES)
    json = {"token": FromSetting("token")}
    filled(values, json=json)
    values["token"] = Secret("n3w")
    assert filled(values, json=json).body == b'{"token":"n3w"}'


def test_a_setting_that_is_missing_in_a_body_stops_the_call() -> None:
    with pytest.raises(NotSent, match="late is not set: call login or renew first"):
        filled(VALUES, json={"a": {"b": FromSetting("late")}})


@pytest.mark.parametrize("place", ["query", "headers", "form", "json"])
def test_what_stands_for_a_setting_is_never_sent_itself(place: str) -> None:
    with pytest.raises(InvalidArgument):
        made(**{place: {"a": FromSetting("token")}})


# Bodies


def test_a_json_body() -> None:
    request = made(
        json={"price": Decimal("94.050"), "qty": 1, "none": wire.ABSENT, "null": wire.NULL}
    )
    assert request.body == b'{"price":94.050,"qty":1,"null":null}'
    assert request.headers["Content-Type"] == "application/json"


def test_an_empty_json_body_is_a_body() -> None:
    assert made(json={"a": wire.ABSENT}).body == b"{}"
    assert made(json=[]).body == b"[]"


def test_a_form_body() -> None:
    request = made(form={"a": "x y&", "b": wire.ABSENT, "c": Decimal("1E+2"), "d": Secret("s")})
    assert request.body == b"a=x+y%26&c=100&d=s"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_no_body() -> None:
    request = made()
    assert request.body is None
    assert "Content-Type" not in request.headers


@pytest.mark.parametrize("place", ["query", "headers", "form", "json"])
def test_none_is_refused_where_a_value_is_required(place: str) -> None:
    with pytest.raises(InvalidArgument, match="side is required"):
        made(**{place: {"side": None}})


@pytest.mark.parametrize("value", [b"x", ["a"], {"a": 1}])
def test_only_texts_and_numbers_are_put_into_a_query(value: object) -> None:
    with pytest.raises(InvalidArgument, match="expected a text or a number"):
        made(query={"a": value})


@pytest.mark.parametrize("place", ["query", "headers", "form", "json"])
def test_a_float_is_refused_everywhere(place: str) -> None:
    with pytest.raises(InvalidArgument, match="float"):
        made(**{place: {"price": 94.05}})


def test_a_float_is_refused_in_a_path() -> None:
    with pytest.raises(InvalidArgument, match="float"):
        made("/a/{x}", path={"x": 1.5})


@pytest.mark.parametrize("place", ["query", "form", "json"])
def test_a_text_that_has_no_bytes_is_refused(place: str) -> None:
    with pytest.raises(InvalidArgument):
        made(**{place: {"remarks": "\ud800"}})


# What may be shown


def test_the_shown_request_masks_every_secret() -> None:
    hidden = Secret("h1dden")
    request = made(
        "/users/{id}",
        Attach("bearer", "", "token"),
        Attach("query", "key", "password"),
        path={"id": hidden},
        query={"pin": hidden},
        headers={"X-Pin": hidden},
        json={"rows": [{"pin": hidden, "price": Decimal("1.50")}]},
    )
    shown = repr(request)
    for text in ("h1dden", "t0ken", "p4ss"):
        assert text not in shown
    assert request.shown is not None
    assert request.shown.headers["Authorization"] == "Bearer ***"
    assert json.loads(request.shown.body) == {"rows": [{"pin": "***", "price": 1.5}]}
    assert "h1dden" in request.url
    assert request.body == b'{"rows":[{"pin":"h1dden","price":1.50}]}'


def test_a_form_is_masked_too() -> None:
    assert "h1dden" not in repr(made(form={"pin": Secret("h1dden")}))


def test_a_request_without_a_masked_form_shows_nothing() -> None:
    request = Request("GET", "https://a.test/?pin=h1dden", {"X": "h1dden"}, b"h1dden")
    assert "h1dden" not in repr(request)


@given(st.text())
def test_no_secret_is_ever_shown(text: str) -> None:
    secret = Secret(f"h1dden{text}")
    for body in ({"json": [{"a": secret}]}, {"form": {"a": secret}}):
        assert "h1dden" not in repr(made(query={"q": secret}, **body))


def test_a_refused_secret_is_not_shown_either() -> None:
    with pytest.raises(InvalidArgument) as caught:
        made("/users/{id}", path={"id": Secret("h1dden/")})
    assert "h1dden" not in str(caught.value)
