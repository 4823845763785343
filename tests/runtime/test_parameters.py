"""The styles of OpenAPI, against its own table and against parsers of their own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerspec_runtime import InvalidArgument, Request, Secret, wire
from brokerspec_runtime.build import build
from brokerspec_runtime.operation import Attach, Context, Operation, Safety
from brokerspec_runtime.parameters import Style

HOST = "https://api.example.test"
LIST = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


def made(template: str = "/", /, *attach: Attach, **parts: Any) -> Request:
    operation: Operation[Any] = Operation(
        name="op", method="GET", path=template, answer=Any, safety=Safety.SAFE, attach=attach
    )
    return build(operation.call(**parts), Context("demo", HOST, {"sid": "s1"}))


def path_of(value: object, style: Style, *, explode: bool = False) -> str:
    request = made("/{color}", path={"color": wire.styled(value, style, explode=explode)})
    return request.url.removeprefix(f"{HOST}/")


def query_of(value: object, style: Style, *, explode: bool = False, reserved: bool = False) -> str:
    styled = wire.styled(value, style, explode=explode, reserved=reserved)
    return made(query={"color": styled}).url.removeprefix(f"{HOST}/").removeprefix("?")


# The table "Style Examples" of OpenAPI 3.1.


@pytest.mark.parametrize(
    ("style", "explode", "text", "listed", "named"),
    [
        ("matrix", False, ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"),
        (
            *("matrix", True, ";color=blue"),
            *(";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
        ),
        ("label", False, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
        ("label", True, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
        ("simple", False, "blue", "blue,black,brown", "R,100,G,200,B,150"),
        ("simple", True, "blue", "blue,black,brown", "R=100,G=200,B=150"),
    ],
)
def test_styles_of_a_path(style: Style, explode: bool, text: str, listed: str, named: str) -> None:
    assert path_of("blue", style, explode=explode) == text
    assert path_of(LIST, style, explode=explode) == listed
    assert path_of(OBJECT, style, explode=explode) == named


def test_an_empty_text_in_a_matrix_has_no_equals_sign() -> None:
    assert path_of("", "matrix") == ";color"


@pytest.mark.parametrize(
    ("style", "explode", "value", "expected"),
    [
        ("form", False, "", "color="),
        ("form", False, "blue", "color=blue"),
        ("form", False, LIST, "color=blue,black,brown"),
        ("form", False, OBJECT, "color=R,100,G,200,B,150"),
        ("form", True, "", "color="),
        ("form", True, "blue", "color=blue"),
        ("form", True, LIST, "color=blue&color=black&color=brown"),
        ("form", True, OBJECT, "R=100&G=200&B=150"),
        ("spaceDelimited", False, LIST, "color=blue%20black%20brown"),
        ("spaceDelimited", False, OBJECT, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, LIST, "color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", False, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    ],
)
def test_styles_of_a_query(style: Style, explode: bool, value: object, expected: str) -> None:
    assert query_of(value, style, explode=explode) == expected


@pytest.mark.parametrize(
    ("explode", "named"), [(False, "R,100,G,200,B,150"), (True, "R=100,G=200,B=150")]
)
def test_styles_of_a_header(explode: bool, named: str) -> None:
    def header(value: object) -> str:
        given_ = {"X-Color": wire.styled(value, "simple", explode=explode)}
        return made(headers=given_).headers["X-Color"]

    assert header("blue") == "blue"
    assert header(LIST) == "blue,black,brown"
    assert header(OBJECT) == named


@pytest.mark.parametrize(
    ("explode", "listed", "named"),
    [
        (False, "color=blue,black,brown", "color=R,100,G,200,B,150"),
        (True, "color=blue; color=black; color=brown", "R=100; G=200; B=150"),
    ],
)
def test_styles_of_a_cookie(explode: bool, listed: str, named: str) -> None:
    def cookie(value: object) -> str:
        styled = wire.styled(value, "form", explode=explode)
        return made(cookies={"color": styled}).headers["Cookie"]

    assert cookie("blue") == "color=blue"
    assert cookie(LIST) == listed
    assert cookie(OBJECT) == named


# What OpenAPI leaves open.


def test_what_is_inside_a_deep_object_has_its_whole_path() -> None:
    value = {"a": {"b": "1"}, "c": [{"d": 2}, "e"], "n": wire.NULL, "x": wire.ABSENT}
    pairs = parse_qsl(query_of(value, "deepObject"))
    assert pairs == [("color[a][b]", "1"), ("color[c][0][d]", "2"), ("color[c][1]", "e")]


def test_parts_that_have_parts_are_json() -> None:
    assert parse_qsl(query_of({"a": [1, {"b": "c"}]}, "form", explode=True)) == [
        ("a", '[1,{"b":"c"}]')
    ]


@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited", "deepObject"])
@pytest.mark.parametrize("value", [[], {}, wire.NULL, {"a": wire.ABSENT}])
def test_nothing_is_sent_for_nothing(style: Style, value: object) -> None:
    assert query_of(value, style) == ""
    assert "Cookie" not in made(cookies={"c": wire.styled(value, "form")}).headers
    assert "X-A" not in made(headers={"X-A": wire.styled(value, "simple")}).headers


def test_a_json_parameter() -> None:
    value = {"a": [1, "x y"], "s": Secret("hush")}
    request = made(query={"filter": wire.styled(value, "json")})
    assert (
        request.url
        == f"{HOST}/?filter=%7B%22a%22%3A%5B1%2C%22x%20y%22%5D%2C%22s%22%3A%22hush%22%7D"
    )
    assert request.shown
    assert "hush" not in request.shown.url
    header = made(headers={"X-F": wire.styled(value, "json")}).headers["X-F"]
    assert json.loads(header) == {"a": [1, "x y"], "s": "hush"}


def test_reserved_characters_stay_where_the_document_says() -> None:
    assert query_of("a/b?c:d@e,f", "form", reserved=True) == "color=a/b?c:d@e,f"
    assert query_of("a&b#c+d%41[e]", "form", reserved=True) == "color=a%26b%23c%2Bd%2541%5Be%5D"
    tail = {"p": wire.styled("a/b c/d", "simple", reserved=True)}
    assert made("/files/{p}/x", path=tail).url == f"{HOST}/files/a/b%20c/d/x"


@pytest.mark.parametrize(
    "value", ["..", "a/../b", "a//b", "./a", "a/.", "a\\b", "%2e%2e/a", "a/%2e", "", "."]
)
def test_a_path_that_may_go_on_cannot_go_elsewhere(value: str) -> None:
    with pytest.raises(InvalidArgument, match="path"):
        made("/files/{p}", path={"p": wire.styled(value, "simple", reserved=True)})


@pytest.mark.parametrize("style", ["simple", "label", "matrix"])
@pytest.mark.parametrize("value", [[], {}, ["a/b"], ["..", "a"], {"a/b": 1}, {"a": "%2F"}, "/"])
def test_parts_of_a_path_cannot_lead_elsewhere(style: Style, value: object) -> None:
    with pytest.raises(InvalidArgument, match="path"):
        path_of(value, style)


@pytest.mark.parametrize(("value", "style"), [("", "simple"), ("", "label"), (".", "label")])
def test_dots_alone_are_no_segment(value: str, style: Style) -> None:
    with pytest.raises(InvalidArgument, match="path"):
        path_of(value, style)


def test_partial_segments() -> None:
    request = made("/{x},{y}/{id}.json", path={"x": "1", "y": "2", "id": "a b"})
    assert request.url == f"{HOST}/1,2/a%20b.json"


def test_a_query_in_the_template_goes_on() -> None:
    assert made("/it?a=b", query={"c": "d"}).url == f"{HOST}/it?a=b&c=d"


# Nothing gets into a header that is not part of a value.


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\x00", "ü"])
def test_control_characters_never_reach_a_header(value: str) -> None:
    with pytest.raises(InvalidArgument, match="header"):
        made(headers={"X-A": wire.styled([value], "simple")})
    cookie = made(cookies={"c": value}).headers["Cookie"]
    assert cookie.isascii()
    assert not set(cookie) & set("\r\n\x00;")
    assert unquote(cookie) == f"c={value}"


def test_a_comma_in_a_part_of_a_header_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="comma"):
        made(headers={"X-A": wire.styled(["a,b"], "simple")})


def test_cookies_stand_beside_those_of_the_settings() -> None:
    request = made("/", Attach("cookie", "sid", "sid"), cookies={"a": "x; y", "b": Secret("s")})
    assert request.headers["Cookie"] == "a=x%3B%20y; b=s; sid=s1"
    assert request.shown
    assert request.shown.headers["Cookie"] == "a=x%3B%20y; b=***; sid=s1"


@pytest.mark.parametrize(
    ("style", "reserved", "part"),
    [
        ("spaceDelimited", False, "New York"),
        ("pipeDelimited", False, "a|b"),
        ("form", True, "a,b"),
    ],
)
def test_a_part_that_would_be_two_is_refused(style: Style, reserved: bool, part: str) -> None:
    for value in ([part], {"a": part}):
        with pytest.raises(InvalidArgument, match="a part of it has the separator in it"):
            query_of(value, style, reserved=reserved)
    assert query_of(part, style, reserved=reserved)


# Whatever is given, an independent parser reads back.

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LISTS = st.lists(TEXTS, min_size=1, max_size=4)
OBJECTS = st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=4)
STYLES = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


@given(LISTS, OBJECTS)
def test_exploded_queries_are_read_back(listed: list[str], named: dict[str, str]) -> None:
    query = query_of(listed, "form", explode=True)
    assert parse_qsl(query, keep_blank_values=True, strict_parsing=True) == [
        ("color", item) for item in listed
    ]
    query = query_of(named, "form", explode=True)
    assert dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) == named
    query = query_of(named, "deepObject")
    expected = {f"color[{name}]": text for name, text in named.items()}
    assert dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) == expected


@given(LISTS)
def test_joined_queries_are_read_back(listed: list[str]) -> None:
    query = query_of(listed, "form").removeprefix("color=")
    assert [unquote(item) for item in query.split(",")] == listed


@given(st.text("abc/:?@!$'()*,;=&#+%[] ü", max_size=12))
def test_reserved_queries_are_read_back(text: str) -> None:
    query = query_of(text, "form", reserved=True)
    assert parse_qsl(query, keep_blank_values=True) == [("color", text)]


@given(st.lists(st.text("ab,;=. ü&", min_size=1, max_size=6), min_size=1, max_size=4))
def test_paths_are_read_back(listed: list[str]) -> None:
    if any(".." in item for item in listed) or listed == ["."]:
        return
    assert [unquote(item) for item in path_of(listed, "simple").split(",")] == listed
    matrix = path_of(listed, "matrix", explode=True).removeprefix(";color=").split(";color=")
    assert [unquote(item) for item in matrix] == listed


@given(OBJECTS)
def test_forms_are_read_back(named: dict[str, str]) -> None:
    body = (made(form={"color": wire.styled(named, "deepObject")}).body or b"").decode()
    expected = {f"color[{name}]": text for name, text in named.items()}
    assert dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True)) == expected
