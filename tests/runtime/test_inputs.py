"""What must not be sent is refused before it is: for every operation that it concerns."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from brokerspec_runtime import Secret
from brokerspec_runtime.enums import OpenEnum
from brokerspec_runtime.errors import InvalidArgument
from brokerspec_runtime.operation import Attach
from contract.calling import bare
from faults.calls import Canaries, Target, arguments_of, at, settings_of, targets
from runtime.test_canary import Line

BAD_PATHS = ("", ".", "..", "a/b", "../a", "a\\b", "%2f", "%2F", "a%2fb", "%2e%2e", "a\r\nb", "a\0")
BAD_HEADERS = ("a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "é")
BAD_AMOUNTS = (
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("-Infinity"),
    Decimal("1.123456789"),
    Decimal("1e-9"),
    Decimal("1e16"),
    Decimal("1e999999"),
    94.05,
    True,
    "94.05",
)


def calls() -> list[Target]:
    """Return every operation that takes arguments of its own."""
    return [target for target in targets() if target.operation.name != "fetch_token"]


@pytest.fixture(params=calls(), ids=str)
def target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.param
    return found


def refused(target: Target, settings: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Fail unless a call is refused with nothing sent."""
    line = Line()
    client = target.package.Client(**settings | {"transport": line})
    with pytest.raises(InvalidArgument):
        getattr(client, target.operation.name)(**arguments)
    assert line.sent == []


def spoilt(arguments: dict[str, Any], hints: dict[str, Any], kind: type, bad: Any) -> Iterator[Any]:
    """Yield the arguments with one value of a type replaced, wherever it stands."""
    for name, value in arguments.items():
        for twin in _twins(value, bare(hints[name]), kind, bad):
            yield arguments | {name: twin}


def _twins(value: Any, hint: Any, kind: type, bad: Any) -> Iterator[Any]:
    if isinstance(value, kind):
        yield bad
    elif isinstance(value, list):
        for twin in _twins(value[0], bare(typing.get_args(hint)[0]), kind, bad):
            yield [twin]
    elif isinstance(value, msgspec.Struct):
        inner = typing.get_type_hints(type(value))
        for name in value.__struct_fields__:
            for twin in _twins(getattr(value, name), bare(inner[name]), kind, bad):
                yield msgspec.structs.replace(value, **{name: twin})


def _given(target: Target) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    canaries = Canaries()
    settings = settings_of(target, canaries, rate_limit={})
    method = getattr(target.package.Client, target.operation.name)
    hints = typing.get_type_hints(method)
    return settings, arguments_of(target, method, canaries), hints


@pytest.mark.parametrize("bad", BAD_AMOUNTS, ids=repr)
def test_an_amount_that_is_not_exact_is_refused(target: Target, bad: Any) -> None:
    settings, arguments, hints = _given(target)
    for changed in spoilt(arguments, hints, Decimal, bad):
        refused(target, settings, changed)


def test_a_value_that_is_not_listed_is_refused(target: Target) -> None:
    settings, arguments, hints = _given(target)
    for bad in ("NO_SUCH_VALUE", "", "MARKET\r\n"):
        for changed in spoilt(arguments, hints, OpenEnum, bad):
            refused(target, settings, changed)


@pytest.mark.parametrize("bad", BAD_PATHS, ids=ascii)
def test_what_would_change_the_path_is_refused(target: Target, bad: str) -> None:
    settings, arguments, _ = _given(target)
    for name in _in_path(target, settings, arguments):
        refused(target, settings, arguments | {name: bad})


def _in_path(target: Target, settings: Any, arguments: Any) -> list[str]:
    """Return the arguments that end up in the path, found by looking where they go."""
    client = target.package.Client(**settings | {"transport": Line()})
    prepare = getattr(client.prepare, target.operation.name)
    texts = [name for name, value in arguments.items() if type(value) is str]
    sent = {name: prepare(**arguments | {name: "MARK1"}).url.split("?")[0] for name in texts}
    return [name for name, url in sent.items() if "MARK1" in url]


def test_some_arguments_are_in_a_path() -> None:
    """What is not checked as a text is a listed value, and those are checked as such."""
    found = {str(target) for target in calls() if "{" in target.operation.path}
    checked = {str(target) for target in calls() if _in_path(target, *_given(target)[:2])}
    assert checked
    assert checked <= found


@pytest.mark.parametrize("bad", BAD_HEADERS, ids=ascii)
def test_what_would_begin_a_new_header_is_refused(target: Target, bad: str) -> None:
    settings, arguments, _ = _given(target)
    for attach in target.operation.attach:
        if attach.place in ("header", "cookie", "bearer"):
            refused(target, settings | {attach.setting: bad}, arguments)


def test_a_second_cookie_cannot_be_smuggled_in(target: Target) -> None:
    settings, arguments, _ = _given(target)
    for attach in target.operation.attach:
        if attach.place == "cookie":
            refused(target, settings | {attach.setting: "a; admin=1"}, arguments)


def test_no_secret_travels_in_a_url(target: Target) -> None:
    settings, arguments, _ = _given(target)
    client = target.package.Client(**settings | {"transport": Line()})
    request = getattr(client.prepare, target.operation.name)(**arguments)
    hidden = [value for value in client._values.values() if isinstance(value, Secret)]
    assert not [secret for secret in hidden if secret.reveal() in request.url]
    assert all(attach.place != "query" for attach in _secret_attachments(target, settings))


def _secret_attachments(target: Target, settings: dict[str, Any]) -> list[Attach]:
    values = target.package.Client(**settings | {"transport": Line()})._values
    return [a for a in target.operation.attach if isinstance(values.get(a.setting), Secret)]


def one_each() -> list[Target]:
    """Return one operation of every broker."""
    return list({target.broker: target for target in calls()}.values())


@pytest.mark.parametrize("target", one_each(), ids=lambda target: target.broker)
@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
class TestBaseUrl:
    """Tokens and orders leave this machine encrypted, or by the caller's own wish."""

    def make(self, target: Target, kind: str, url: str, **more: Any) -> Any:
        settings = settings_of(target, Canaries(), transport=Line()) | at(target, url)
        return getattr(target.package, kind)(**settings, **more)

    @pytest.mark.parametrize(
        "url",
        [
            "http://10.0.0.1:3000",
            "http://broker.example",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "http://0.0.0.0",
            "http://[::]",
            "HTTP://broker.example",
        ],
    )
    def test_plain_http_is_refused(self, target: Target, kind: str, url: str) -> None:
        with pytest.raises(InvalidArgument, match="allow_plain_http"):
            self.make(target, kind, url)
        self.make(target, kind, url, allow_plain_http=True)

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:1", "http://localhost:1"],
    )
    def test_this_machine_needs_no_encryption(self, target: Target, kind: str, url: str) -> None:
        self.make(target, kind, url)

    @pytest.mark.parametrize(
        "url",
        ["", "broker.example", "ftp://broker.example", "https://", "https://a:b@broker.example"],
    )
    def test_what_is_no_base_url_is_refused(self, target: Target, kind: str, url: str) -> None:
        with pytest.raises(InvalidArgument):
            self.make(target, kind, url, allow_plain_http=True)
