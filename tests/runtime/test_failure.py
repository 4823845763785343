from __future__ import annotations

import json
from typing import Any

import pytest

from brokerspec_runtime.errors import OrderRejected, Rejected, SessionExpired
from brokerspec_runtime.failure import broken_rule
from brokerspec_runtime.operation import (
    Absent,
    Condition,
    Contains,
    Equals,
    Failure,
    NotEquals,
)

REJECTED = Failure(error=Rejected)


def holds(condition: Condition, body: Any) -> bool:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return broken_rule([Failure(where=(condition,))], 200, raw) is not None


@pytest.mark.parametrize(
    ("condition", "body", "expected"),
    [
        (Equals(("/stat",), ("Not_Ok",)), {"stat": "Not_Ok"}, True),
        (Equals(("/stat",), ("Not_Ok",)), {"stat": "not_ok"}, False),
        (Equals(("/stat",), ("Not_Ok",)), {}, False),
        (Equals(("/code",), (1, 2)), {"code": 2}, True),
        (Equals(("/code",), (1,)), {"code": "1"}, False),
        (Equals(("/code",), (1,)), {"code": True}, False),
        (Equals(("/code",), (None,)), {"code": None}, True),
        (Equals(("/code",), (None,)), {}, False),
        (NotEquals(("/status",), ("success",)), {"status": "error"}, True),
        (NotEquals(("/status",), ("success",)), {"status": "success"}, False),
        (NotEquals(("/status",), ("success",)), {"status": None}, True),
        (NotEquals(("/status",), ("success",)), {"state": "error"}, False),
        (Contains(("/emsg",), ("expired", "invalid")), {"emsg": "Session EXPIRED :"}, True),
        (Contains(("/emsg",), ("expired",)), {"emsg": "Order not found"}, False),
        (Contains(("/emsg",), ("1",)), {"emsg": 1}, False),
        (Contains(("/emsg",), ("expired",)), {}, False),
        (Absent(("/result",)), {"stat": "Ok"}, True),
        (Absent(("/result",)), {"result": None}, False),
        (Absent(("/a", "/b")), {"b": 1}, False),
    ],
)
def test_conditions(condition: Condition, body: object, expected: bool) -> None:
    assert holds(condition, body) is expected


@pytest.mark.parametrize("pointers", [("/body/Status", "/body/status")])
def test_the_first_pointer_that_exists_decides(pointers: tuple[str, ...]) -> None:
    assert holds(Equals(pointers, (1,)), {"body": {"status": 1}})
    assert holds(Equals(pointers, (1,)), {"body": {"Status": 1, "status": 2}})
    assert not holds(Equals(pointers, (1,)), {"body": {"Status": 2, "status": 1}})
    assert not holds(Equals(pointers, (1,)), {"body": None})
    assert not holds(Equals(pointers, (1,)), {"body": "text"})


def test_pointers_escape_slashes_and_tildes() -> None:
    assert holds(Equals(("/a~1b/c~0d",), (1,)), {"a/b": {"c~d": 1}})


def test_all_conditions_of_a_rule_must_hold() -> None:
    rule = Failure(where=(Equals(("/a",), (1,)), Equals(("/b",), (2,))))
    assert broken_rule([rule], 200, b'{"a": 1, "b": 2}') is not None
    assert broken_rule([rule], 200, b'{"a": 1, "b": 3}') is None


def test_the_first_rule_that_holds_decides() -> None:
    first = Failure(where=(Equals(("/code",), (9,)),), error=SessionExpired)
    second = Failure(where=(Absent(("/result",)),), error=OrderRejected)
    for body, expected in ((b'{"code": 9}', first), (b'{"code": 8}', second)):
        found = broken_rule([first, second], 200, body)
        assert found is not None
        assert found[0] is expected


def test_a_rule_with_statuses_applies_under_these_only() -> None:
    rule = Failure(status=(400, 401))
    assert broken_rule([rule], 400, b"") is not None
    assert broken_rule([rule], 200, b"") is None
    assert broken_rule([REJECTED], 503, b"") is not None


def test_the_words_of_the_broker_are_read_as_text() -> None:
    rule = Failure(code=("/code",), message=("/Message", "/message"))
    found = broken_rule([rule], 200, b'{"code": 900901, "message": "No"}')
    assert found is not None
    assert (found[1].text(rule.code), found[1].text(rule.message)) == ("900901", "No")
    found = broken_rule([rule], 200, b'{"code": null}')
    assert found is not None
    assert (found[1].text(rule.code), found[1].text(rule.message)) == ("", "")


@pytest.mark.parametrize("body", [b"", b"<html>", b'"text"', b"7", b"null", b"\xff\xfe", b"{"])
def test_a_body_that_is_no_object_has_no_members(body: bytes) -> None:
    assert not holds(Equals(("/a",), (1,)), body)


@pytest.mark.parametrize("body", [b'"text"', b"7", b"null", b"[]"])
def test_json_without_members_lacks_each(body: bytes) -> None:
    assert holds(Absent(("/a",)), body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"{", b'{"a": NaN}'])
def test_what_cannot_be_read_lacks_nothing_for_certain(body: bytes) -> None:
    assert not holds(Absent(("/a",)), body)


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_refusal_is_found_in_every_charset_of_unicode(charset: str) -> None:
    assert holds(Equals(("/stat",), ("Not_Ok",)), '{"stat": "Not_Ok"}'.encode(charset))


def test_members_are_looked_for_in_objects_only() -> None:
    assert not holds(Equals(("/stat",), ("Not_Ok",)), [{"stat": "Not_Ok"}])
    assert not holds(Equals(("/a/b",), (1,)), {"a": [{"b": 1}]})
    assert holds(Equals(("/b",), (1,)), {"a": [1, 2], "b": 1})


def test_a_long_list_beside_the_member_does_not_matter() -> None:
    body = {"result": [{"code": 1}] * 1000, "code": 2}
    assert holds(Equals(("/code",), (2,)), body)
