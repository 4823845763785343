"""What generated clients send as parameters, and where they send it."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

import pytest

from brokerspec.diagnostics import SpecError
from brokerspec_runtime import InvalidArgument, NotSent
from generator.making import HEAD, Broker, Made, Making, asking

DONE = "responses: {'204': {description: Done.}}"


def asked(made: Made, **arguments: Any) -> Broker:
    broker = Broker(b"", status=204)
    made.client(broker).ask_it(**arguments)
    return broker


def url_of(made: Made, **arguments: Any) -> str:
    return asked(made, **arguments).last.url.removeprefix("https://api.example.com")


# Styles.


def test_lists_objects_and_maps_in_every_place(making: Making) -> None:
    made = making(
        asking(
            """
        - {name: ids, in: path, required: true, schema: {type: array, items: {type: integer}}}
        - {name: at, in: path, required: true, style: matrix, explode: true,
           schema: {type: object, properties: {lat: {type: number}, lon: {type: number}}}}
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: joined, in: query, explode: false, schema: {type: array, items: {type: number}}}
        - {name: piped, in: query, style: pipeDelimited, explode: false,
           schema: {type: array, items: {type: string, enum: [A, B]}}}
        - {name: deep, in: query, style: deepObject,
           schema: {type: object, additionalProperties: {type: integer}}}
        - {name: page, in: query,
           schema: {type: object, properties: {size: {type: integer}, next: {type: string}}}}
        - {name: filter, in: query, content: {application/json: {schema:
           {type: object, properties: {min: {type: number}}}}}}
        - {name: maybe, in: query, schema: {type: [array, 'null'], items: {type: string}}}
        - {name: X-Tags, in: header, schema: {type: array, items: {type: string}}}
        - {name: crumb, in: cookie, schema: {type: string}}
        - {name: url, in: query, allowReserved: true, schema: {type: string}}""",
            path="/its/{ids}/{at}",
        ),
        ours=False,
    )
    models = made.models
    at = models.At(lat=Decimal("1.50"), lon=2)
    assert url_of(made, ids=[1, 2], at=at) == "/its/1,2/;lat=1.50;lon=2"
    given: dict[str, tuple[Any, str]] = {
        "tags": (["a", "b&c"], "tags=a&tags=b%26c"),
        "joined": ([Decimal("1.10"), 2], "joined=1.10,2"),
        "piped": (["A", "B"], "piped=A%7CB"),
        "deep": ({"a b": 1}, "deep%5Ba%20b%5D=1"),
        "page": (models.Page(size=5), "size=5"),
        "filter": (models.Filter(min=Decimal("1.10")), "filter=%7B%22min%22%3A1.10%7D"),
        "maybe": (["x"], "maybe=x"),
        "url": ("a/b?c&d", "url=a/b?c%26d"),
    }
    for name, (value, expected) in given.items():
        url = url_of(made, ids=[1], at=at, **{name: value})
        assert url == f"/its/1/;lat=1.50;lon=2?{expected}"
    headers = asked(made, ids=[1], at=at, x_tags=["a", "b"], crumb="a;b").last.headers
    assert (headers["X-Tags"], headers["Cookie"]) == ("a,b", "crumb=a%3Bb")
    with pytest.raises(InvalidArgument):
        asked(made, ids=[1], at=at, piped=["C"])
    with pytest.raises(InvalidArgument):
        asked(made, ids=[], at=at)
    with pytest.raises(InvalidArgument):
        asked(made, ids=[1.5], at=at)


def test_a_parameter_of_unknown_type_may_be_anything(making: Making) -> None:
    made = making(asking("[{name: a, in: query, schema: {}}]"), ours=False)
    assert url_of(made, a="x") == "/it?a=x"
    assert url_of(made, a=["x", 1]) == "/it?a=x&a=1"
    assert url_of(made, a={"b": "c"}) == "/it?b=c"


def test_a_null_is_left_out_of_a_query(making: Making) -> None:
    made = making(
        asking("[{name: a, in: query, required: true, schema: {type: [string, 'null']}}]")
    )
    assert (url_of(made, a=None), url_of(made, a="x")) == ("/it", "/it?a=x")


# Careless documents.


@pytest.mark.parametrize(
    ("path", "parameters", "arguments", "url"),
    [
        ("/a/{id}", "[]", {"id": "1"}, "/a/1"),
        ("/a/{id}.json", "[]", {"id": "1"}, "/a/1.json"),
        ("/{x},{y}", "[]", {"x": "1", "y": "2"}, "/1,2"),
        ("/{x}/{x}", "[]", {"x": "1"}, "/1/1"),
        ("/a", "[{name: id, in: path, required: true, schema: {type: string}}]", {}, "/a"),
        ("a b", "[]", {}, "/a%20b"),
        ("/a%2fb%zz", "[]", {}, "/a%2Fb%25zz"),
        ("/a", "[{name: Host, in: header, required: true, schema: {type: string}}]", {}, "/a"),
        ("/a#b", "[]", {}, "/a"),
        ("/a?b=c", "[{name: d, in: query, schema: {type: string}}]", {"d": "e"}, "/a?b=c&d=e"),
        ("/{user-id}", "[{name: user-id, in: path, type: integer}]", {"user_id": 1}, "/1"),
        ("/{+p}", "[{name: p, in: path, schema: {type: string}}]", {"p": "a/b"}, "/a/b"),
        ("/{p=**}", "[{name: p, in: path, schema: {type: string}}]", {"p": "a/b"}, "/a/b"),
        ("/{id:[0-9]+}", "[{name: id, in: path, schema: {type: integer}}]", {"id": 1}, "/1"),
        ("/a", "[{name: b, in: query}, {name: b, in: query}]", {"b": "1"}, "/a?b=1"),
        ("/a", "[{name: b, in: query, style: wrong, schema: {}}]", {"b": "1"}, "/a?b=1"),
        ("/a", "[{in: query}, {name: c, in: nowhere}]", {}, "/a"),
    ],
)
def test_careless_paths_and_parameters(
    making: Making, path: str, parameters: str, arguments: dict[str, Any], url: str
) -> None:
    made = making(asking(parameters, path=f"'{path}'"), ours=False)
    assert url_of(made, **arguments) == url


@pytest.mark.parametrize("path", ["/a/{id}", "/a"])
def test_a_document_of_ours_has_no_such_slips(making: Making, path: str) -> None:
    parameters = "[]" if "{" in path else "[{name: id, in: path, schema: {type: string}}]"
    with pytest.raises(SpecError):
        making(asking(parameters, path=path))


def test_operations_without_a_name_or_with_that_of_another(making: Making) -> None:
    made = making(
        f"""{HEAD}
paths:
  /its/{{id}}:
    get: {{{DONE}}}
    put: {{operationId: same, {DONE}}}
    delete: {{operationId: same, {DONE}}}
""",
        ours=False,
    )
    names: set[str] = {*vars(made.module.Client)}
    assert {"get_its_by_id", "same", "delete_its_by_id"} <= names


def test_every_method_of_http_is_sent(making: Making) -> None:
    methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
    paths = "\n".join(f"    {one}: {{operationId: do_{one}, {DONE}}}" for one in methods)
    made = making(f"{HEAD}\npaths:\n  /it:\n{paths}\n", ours=False)
    broker = Broker(b"", status=204)
    for one in methods:
        assert getattr(made.client(broker), f"do_{one}")() is None
        assert broker.last.method == one.upper()
    safe = {
        one for one in methods if made.operations.__dict__[f"DO_{one.upper()}"].safety == "safe"
    }
    assert safe == {"get", "options", "head", "trace"}


def test_what_is_deprecated_says_so(making: Making) -> None:
    made = making(
        asking(
            "[{name: a, in: query, deprecated: true, description: Old, schema: {type: string}}]"
        ).replace("operationId: ask_it", "operationId: ask_it\n      deprecated: true")
    )
    docs = made.module.Client.ask_it.__doc__
    assert "Deprecated: the document advises against it." in docs
    assert "a: Old. Deprecated." in docs


# Servers.


def serving(servers: str, extra: str = "") -> str:
    text = asking("[]").replace("servers: [{url: 'https://api.example.com'}]", servers)
    return text.replace("operationId: ask_it", f"operationId: ask_it\n      {extra}")


def reached(made: Made, **settings: Any) -> str:
    broker = Broker(b"", status=204)
    made.client(broker, **settings).ask_it()
    return broker.last.url


TEMPLATE = """servers:
  - url: '{scheme}://{region}.example.com:{port}/v1'
    variables:
      scheme: {enum: [https, http], default: https}
      region: {default: eu, description: Where it is}
      port: {default: 443}"""


def test_server_variables_are_arguments(making: Making) -> None:
    made = making(serving(TEMPLATE), ours=False)
    parameters = inspect.signature(made.module.Client.__init__).parameters
    assert parameters["scheme"].annotation == "Literal['https', 'http']"
    assert reached(made) == "https://eu.example.com:443/v1/it"
    assert reached(made, region="us", port="8443") == "https://us.example.com:8443/v1/it"
    assert reached(made, server="https://other.example.com") == "https://other.example.com/it"
    wrong: dict[str, Any]
    for wrong in ({"scheme": "ftp"}, {"region": "x@evil"}, {"region": "a/../b"}, {"port": "1?#"}):
        with pytest.raises(InvalidArgument):
            made.client(**wrong)
    with pytest.raises(InvalidArgument, match="unencrypted"):
        made.client(scheme="http")


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        ("servers: [{url: /v1}]", "The document has only its path, `/v1`."),
        ("servers: []", "The document names none."),
        ("x-none: 1", "The document names none."),
        ("servers: [{url: 'https://{who}.example.com'}]", "leaves a part of it open"),
    ],
)
def test_a_server_that_is_not_whole_is_asked_for(making: Making, servers: str, said: str) -> None:
    made = making(serving(servers), ours=False)
    with pytest.raises(TypeError, match="server"):
        made.client()
    assert said in " ".join(made.module.Client.__doc__.split())
    assert reached(made, server="https://a.example.com/v1") == "https://a.example.com/v1/it"


@pytest.mark.parametrize("url", ["//api.example.com/v1", "api.example.com/v1"])
def test_a_server_without_a_scheme_is_secure(making: Making, url: str) -> None:
    assert reached(making(serving(f"servers: [{{url: {url}}}]"), ours=False)) == (
        "https://api.example.com/v1/it"
    )


def test_an_operation_may_go_elsewhere(making: Making) -> None:
    main = "servers: [{url: 'https://api.example.com/v1'}]"
    made = making(serving(main, "servers: [{url: 'https://files.example.com/x/'}]"), ours=False)
    assert reached(made) == "https://files.example.com/x/it"
    assert reached(made, files_server="https://b.example.com") == "https://b.example.com/it"
    assert reached(made, server="https://c.example.com") == "https://files.example.com/x/it"
    with pytest.raises(InvalidArgument, match="unencrypted"):
        made.client(files_server="http://b.example.com")
    path = making(serving(main, "servers: [{url: /v2}]"), ours=False)
    assert reached(path) == "https://api.example.com/v2/it"
    assert reached(path, server="http://localhost:1/a") == "http://localhost:1/v2/it"
    same = making(serving(main, f"{main}"), ours=False)
    assert reached(same, server="https://c.example.com") == "https://c.example.com/it"


@pytest.mark.parametrize("url", ["https://", "https://{who}.example.com", "https://[x"])
def test_a_server_elsewhere_that_is_not_whole_is_asked_for_by_the_call(
    making: Making, url: str
) -> None:
    main = "servers: [{url: 'https://api.example.com/v1'}]"
    made = making(serving(main, f"servers: [{{url: '{url}'}}]"), ours=False)
    with pytest.raises(NotSent, match=r"(?P<name>\w+_server) is not set") as caught:
        reached(made)
    name = str(caught.value).partition(" is not set")[0].split()[-1]
    assert reached(made, **{name: "https://b.example.com"}) == "https://b.example.com/it"
