"""Compare what was sent and returned with what a case says, types and digits included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import singledispatch
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import UNSET

from brokerspec_runtime import Secret
from contract.case import Case, EnumValue
from contract.exchange import Recorded

_ANY_DAY = date(2024, 1, 1)


def check_request(sent: Recorded, case: Case) -> None:
    """Compare a request with the one that the case says must be sent."""
    expected = case.request
    assert expected is not None
    parts = urlsplit(sent.url)
    assert sent.method == expected.method
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == expected.url
    assert _pairs(parts.query) == sorted(expected.query.items())
    for name, value in expected.headers.items():
        assert sent.headers.get(name) == value, name
    _check_body(sent, case)


def _check_body(sent: Recorded, case: Case) -> None:
    form = case.request.form if case.request else None
    body = case.expected_body()
    media_type = sent.headers.get("Content-Type")
    if form is not None:
        assert media_type == "application/x-www-form-urlencoded"
        assert _pairs(sent.body.decode("ascii")) == sorted(form.items())
    elif body is not UNSET:
        assert media_type == "application/json"
        assert exact(parsed(sent.body)) == exact(body)
    else:
        assert sent.body == b""
        assert media_type is None


def _pairs(text: str) -> list[tuple[str, str]]:
    return sorted(parse_qsl(text, keep_blank_values=True, strict_parsing=True)) if text else []


def parsed(body: bytes) -> Any:
    """Return a JSON body, fractions as Decimal; a member that occurs twice is an error."""
    return json.loads(body, parse_float=Decimal, object_pairs_hook=_members)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    assert len(members) == len(pairs), f"a member occurs twice in {[name for name, _ in pairs]}"
    return members


def exact(value: Any) -> Any:
    """Return JSON data in a form that tells 1 from "1", from 1.0 and from true."""
    if isinstance(value, Mapping):
        return {name: exact(member) for name, member in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return type(value).__name__, str(value)


def check_value(expected: Any, actual: Any, path: str = "result") -> None:
    """Compare a returned value with the one of a case, field by field."""
    if isinstance(actual, msgspec.Struct):
        _check_struct(expected, actual, path)
    elif isinstance(actual, list | tuple):
        assert isinstance(expected, list), f"{path}: a list was returned"
        assert len(actual) == len(expected), f"{path}: the number of rows differs"
        for index, (wanted, found) in enumerate(zip(expected, actual, strict=True)):
            check_value(wanted, found, f"{path}[{index}]")
    elif isinstance(actual, dict):
        assert isinstance(expected, dict), f"{path}: an object was returned"
        assert sorted(actual) == sorted(expected), f"{path}: the keys differ"
        for key, found in actual.items():
            check_value(expected[key], found, f"{path}.{key}")
    else:
        _same(expected, actual, path)


def _check_struct(expected: Any, actual: msgspec.Struct, path: str) -> None:
    assert isinstance(expected, dict), f"{path}: {type(actual).__name__} was returned"
    fields = actual.__struct_fields__
    unknown = expected.keys() - set(fields)
    assert not unknown, f"{path}: {type(actual).__name__} has no {sorted(unknown)}"
    for name in fields:
        check_value(expected.get(name), getattr(actual, name), f"{path}.{name}")


@singledispatch
def _same(expected: Any, actual: Any, path: str) -> None:
    assert type(actual) is type(expected), f"{path}: expected {expected!r}, got {actual!r}"
    assert actual == expected, path


@_same.register
def _(expected: EnumValue, actual: Any, path: str) -> None:
    found = (type(actual).__name__, getattr(actual, "value", actual))
    assert found == (expected.kind, expected.value), path


@_same.register
def _(expected: Decimal, actual: Any, path: str) -> None:
    assert type(actual) is Decimal, f"{path}: expected {expected!r}, got {actual!r}"
    assert str(actual) == str(expected), path


@_same.register
def _(expected: datetime, actual: Any, path: str) -> None:
    assert type(actual) is datetime, f"{path}: expected {expected!r}, got {actual!r}"
    assert actual.tzinfo is not None, f"{path}: the time is not aware"
    assert actual.utcoffset() == expected.utcoffset(), path
    assert actual == expected, path


@_same.register
def _(expected: time, actual: Any, path: str) -> None:
    assert type(actual) is time, f"{path}: expected {expected!r}, got {actual!r}"
    assert actual.tzinfo is not None, f"{path}: the time is not aware"
    if expected.tzinfo is not None:
        # The offset of a time alone is unknown where a zone has changed its clock.
        moment = datetime.combine(_ANY_DAY, actual)
        assert moment.utcoffset() == expected.utcoffset(), path
    assert actual.replace(tzinfo=None) == expected.replace(tzinfo=None), path


@_same.register
def _(expected: Secret, actual: Any, path: str) -> None:
    assert type(actual) is Secret, f"{path}: expected a Secret, got {type(actual).__name__}"
    assert actual.reveal() == expected.reveal(), path


def check_keys(documented: Any, kept: Any, path: str = "result") -> None:
    """Check that re-encoded data still has every key of the documented payload."""
    if isinstance(documented, dict):
        if not isinstance(kept, dict):
            _lost(documented, kept, path)
        for key, member in documented.items():
            assert key in kept, f"{path}.{key} was lost"
            check_keys(member, kept[key], f"{path}.{key}")
    elif isinstance(documented, list):
        if not isinstance(kept, list | tuple) or len(kept) != len(documented):
            _lost(documented, kept, path)
        for index, (item, found) in enumerate(zip(documented, kept, strict=True)):
            check_keys(item, found, f"{path}[{index}]")


def _lost(documented: Any, kept: Any, path: str) -> NoReturn:
    raise AssertionError(f"{path}: {documented!r} became {kept!r}")
