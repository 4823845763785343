"""Hold the extension schema and its documentation together."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from brokerspec.extensions import load_extension_schema, sites
from brokerspec.fitting import fits
from brokerspec.load import load

SPECS = Path(__file__).parents[2] / "specs"
DEFINITIONS = load_extension_schema()["$defs"]
KEYS = sorted(name for name in DEFINITIONS if name.startswith("x-"))
DOCUMENTED = set(re.findall(r"\*\*`(x-[a-z-]+)`\*\*", (SPECS / "EXTENSIONS.md").read_text()))
VALUES = {
    key: value
    for spec in sorted(SPECS.glob("*/openapi.yaml"))
    for site in sites(load(spec).root)
    for key, value in site.members.items()
    if key.startswith("x-")
}
ODD = (
    st.sampled_from([None, True, False, 0, 1, -1, 7.0, 200, "", " ", "/", "a", "A", [], {}, [1, 1]])
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.lists(st.sampled_from([0, False, 1, True, "1", Decimal(1), None]), max_size=3)
)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(load_extension_schema())


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_documented(key: str) -> None:
    text = (SPECS / "EXTENSIONS.md").read_text()
    assert key in DOCUMENTED or f"`{key}: true`" in text


@pytest.mark.parametrize("key", sorted(DOCUMENTED))
def test_every_documented_key_has_a_shape(key: str) -> None:
    assert key in KEYS


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_places(key: str) -> None:
    assert DEFINITIONS[key]["x-places"]


def test_every_value_type_is_documented() -> None:
    text = (SPECS / "EXTENSIONS.md").read_text()
    assert all(f"`{value}`" in text for value in DEFINITIONS["x-type"]["enum"])


def validator(key: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{key}", "$defs": DEFINITIONS})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("x-source", {"document": "D", "section": "S"}),
        ("x-payload", ["/a", "/b/0/c~1d"]),
        ("x-payload", ""),
        ("x-empty", ["", "--", 0]),
        ("x-client", {"api_key": {"description": "K.", "role": "session", "required": False}}),
        ("x-session", {"open": ["login"], "tokens": {"t": {"operation": "login", "pointer": ""}}}),
        ("x-failure", [{"where": {"pointer": "/a", "absent": True}}]),
        ("x-failure", [{"where": [{"pointer": ["/a", "/b"], "contains": ["x"]}], "code": "/c"}]),
        ("x-failure", [{"status": [400, 422], "error": "InvalidRequest"}]),
    ],
)
def test_shapes_that_fit(key: str, value: Any) -> None:
    assert validator(key).is_valid(value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("x-source", {"section": "S"}),
        ("x-payload", "a"),
        ("x-payload", []),
        ("x-payload", "/a~2"),
        ("x-type", "float"),
        ("x-empty", ""),
        ("x-empty", [None]),
        ("x-secret", "yes"),
        ("x-client", {"apiKey": {"description": "K."}}),
        ("x-client", {"api_key": {}}),
        ("x-client", {"api_key": {"description": "K.", "secret": True}}),
        ("x-session", {"open": ["login"]}),
        (
            "x-session",
            {
                "open": ["a"],
                "tokens": {"t": {"operation": "a", "pointer": "", "expires": "6:00"}},
            },
        ),
        ("x-failure", [{"error": "Rejected"}]),
        ("x-failure", [{"where": {"pointer": "/a"}}]),
        ("x-failure", [{"where": {"pointer": "/a", "equals": "b"}}]),
        ("x-failure", [{"where": {"pointer": "/a", "equals": ["b"], "contains": ["c"]}}]),
        ("x-failure", [{"where": {"pointer": "/a", "absent": False}}]),
        ("x-failure", [{"status": [99]}]),
        ("x-rate-limit", "order"),
        ("x-correlate", {"argument": "a", "read": "b"}),
    ],
)
def test_shapes_that_do_not_fit(key: str, value: Any) -> None:
    assert not validator(key).is_valid(value)


def test_what_the_specs_say_is_seen_to_fit() -> None:
    for key, value in VALUES.items():
        assert fits(value, DEFINITIONS[key], DEFINITIONS), key


@settings(max_examples=100)
@given(st.data())
def test_what_is_said_to_fit_is_valid(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(KEYS))
    value = data.draw(ODD if key not in VALUES else changed(VALUES[key]))
    if fits(value, DEFINITIONS[key], DEFINITIONS):
        shape = {"$ref": f"#/$defs/{key}", "$defs": DEFINITIONS}
        assert list(Draft202012Validator(shape).iter_errors(value)) == []


def changed(value: Any) -> st.SearchStrategy[Any]:
    """Return values that differ from one in some place."""
    inner: list[st.SearchStrategy[Any]] = [ODD, st.just(value)]
    if isinstance(value, dict):
        for name, member in value.items():
            rest = {key: other for key, other in value.items() if key != name}
            inner += [st.just(rest), changed(member).map(lambda new, n=name: {**value, n: new})]
        inner.append(st.just({**value, "other": 1}))
    if isinstance(value, list):
        inner.append(st.just([*value, *value[:1]]))
        for index, item in enumerate(value[:3]):
            inner.append(changed(item).map(lambda new, n=index: [*value[:n], new, *value[n + 1 :]]))
    return st.one_of(inner)
