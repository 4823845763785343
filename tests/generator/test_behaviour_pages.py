"""A list that is declared to have pages is read through by one method."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from brokerspec.diagnostics import SpecError
from brokerspec.generate import Job, read
from brokerspec_runtime import RawResponse, Request, Timeout
from brokerspec_runtime.errors import InvalidArgument, UnexpectedResponse
from brokerspec_runtime.paging import EndlessPages, linked
from generator.making import HEAD, AsyncBroker, Broker, Making

LISTED = (
    "{type: object, properties: {data: {type: array, items: {$ref: '#/components/schemas/O'}}}}"
)
PLAIN = "{type: array, items: {$ref: '#/components/schemas/O'}}"


def spec(paging: str, *, schema: str = LISTED, extra: str = "", method: str = "get") -> str:
    """Return a spec with one operation, `list_orders`, whose pages are declared."""
    names = ("cursor", "skip", "page", "size")
    kinds = {"cursor": "string"}
    listed = ", ".join(
        f"{{name: {n}, in: query, schema: {{type: {kinds.get(n, 'integer')}}}}}" for n in names
    )
    return f"""{HEAD}
security: [{{key: []}}]
paths:
  /v1/orders:
    {method}:
      operationId: list_orders
      {extra}
      x-pagination: {paging}
      parameters: [{listed}]
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {schema}}}}}}}
components:
  securitySchemes: {{key: {{type: http, scheme: bearer}}}}
  schemas: {{O: {{type: object, required: [id], properties: {{id: {{type: integer}}}}}}}}
"""


class Pages(Broker):
    """A server that gives one answer after the other, each perhaps with a `Link` header."""

    def __init__(self, pages: Iterable[object], links: Mapping[int, str] | None = None) -> None:
        super().__init__()
        self.pages = list(pages)
        self.links = links or {}

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.requests.append(request)
        number = len(self.requests) - 1
        headers = {"link": self.links[number]} if number in self.links else {}
        return RawResponse(200, headers, json.dumps(self.pages[number]).encode(), 0.0)

    @property
    def queries(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(urlsplit(request.url).query)) for request in self.requests]


class AsyncPages(AsyncBroker, Pages):
    pass


def page(*ids: int, **members: object) -> dict[str, object]:
    return {"data": [{"id": number} for number in ids], **members}


def walked(
    making: Making, paging: str, server: Pages, schema: str = LISTED, **given: Any
) -> list[int]:
    made = making(spec(paging, schema=schema), ours=False)
    client = made.client(server, key="t0ken")
    return [order.id for order in client.iter_list_orders(**given)]


CURSOR = "{kind: cursor, items: /data, argument: cursor, next: [/meta/next, /next]}"


def test_a_cursor_leads_from_page_to_page(making: Making) -> None:
    server = Pages([page(1, 2, next="b"), page(meta={"next": "c"}), page(3, next="")])
    assert walked(making, CURSOR, server, size=2) == [1, 2, 3]
    assert server.queries == [
        {"size": "2"},
        {"size": "2", "cursor": "b"},
        {"size": "2", "cursor": "c"},
    ]
    assert {request.headers["Authorization"] for request in server.requests} == {"Bearer t0ken"}


def test_the_last_item_may_be_the_cursor(making: Making) -> None:
    paging = "{kind: cursor, items: /data, argument: cursor, last: /id, more: /has_more}"
    server = Pages([page(1, 2, has_more=True), page(3, has_more=False)])
    assert walked(making, paging, server) == [1, 2, 3]
    assert server.queries == [{}, {"cursor": "2"}]


@pytest.mark.parametrize(
    ("pages", "skips"),
    [
        ([page(1, 2), page(3), page()], [None, "2", "3"]),
        ([page(1, 2, total=3), page(3, total=3)], [None, "2"]),
        ([page(1, 2, more=True), page(3, more=False)], [None, "2"]),
        ([page(1, 2, total="3"), page(3)], [None, "2"]),
    ],
)
def test_offsets_grow_by_what_came(
    making: Making, pages: list[object], skips: list[str | None]
) -> None:
    bound = "total: /total" if "total" in json.dumps(pages) else ""
    bound = "more: /more" if "more" in json.dumps(pages) else bound
    server = Pages([*pages, page()])
    paging = f"{{kind: offset, items: /data, argument: skip, {bound}}}"
    assert walked(making, paging, server) == [1, 2, 3]
    assert [query.get("skip") for query in server.queries][: len(skips)] == skips


def test_pages_are_counted_from_where_the_caller_begins(making: Making) -> None:
    plain = [[{"id": 1}], [{"id": 2}], []]
    server = Pages(plain)
    assert walked(making, "{kind: page, argument: page}", server, PLAIN, page=4) == [1, 2]
    assert [query["page"] for query in server.queries] == ["4", "5", "6"]
    server = Pages([page(1, pages=2), page(2, pages=2)])
    paging = "{kind: page, items: /data, argument: page, total: /pages}"
    assert walked(making, paging, server) == [1, 2]
    assert server.queries == [{}, {"page": "2"}]
    server = Pages([page(1, pages=2), page(2, pages=2)])
    paging = "{kind: page, items: /data, argument: page, total: /pages, first: 0}"
    assert walked(making, paging, server) == [1, 2]
    assert server.queries == [{}, {"page": "1"}]


URL = "{kind: next-url, items: /data, next: /next}"


@pytest.mark.parametrize(
    ("following", "sent"),
    [
        ("https://api.example.com/v1/orders?a=1&a=2&b=%26", "/v1/orders?a=1&a=2&b=%26"),
        ("https://API.example.com:443/other", "/other"),
        ("/v2/orders?c=1", "/v2/orders?c=1"),
        ("?c=1", "/v1/orders?c=1"),
    ],
)
def test_an_address_on_the_server_is_followed(making: Making, following: str, sent: str) -> None:
    server = Pages([page(1, next=following), page(2)])
    assert walked(making, URL, server) == [1, 2]
    assert server.last.url == f"https://api.example.com{sent}"
    assert server.last.headers["Authorization"] == "Bearer t0ken"


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example.net/v1/orders",
        "http://api.example.com/v1/orders",
        "https://api.example.com:8443/v1/orders",
        "https://api.example.com@evil.example.net/",
        "https://u:p@api.example.com/",
        "//evil.example.net/",
        "https:\\\\evil.example.net/",
        "https://[::1",
        "/v1/or ders",
        "/v1\r\nX: y",
        "https://api.example.com.evil.example.net/",
    ],
)
def test_no_credential_goes_to_another_host(making: Making, following: str) -> None:
    server = Pages([page(1, next=following), page(2)])
    with pytest.raises(UnexpectedResponse, match="not on the server") as refused:
        walked(making, URL, server)
    assert len(server.requests) == 1
    assert refused.value.operation == "list_orders"


def test_a_secret_in_an_address_stays_masked(making: Making) -> None:
    server = Pages([page(1, next="/v1/orders?access_token=t0ken"), page(2)])
    assert walked(making, URL, server) == [1, 2]
    assert server.last.url.endswith("access_token=t0ken")
    assert "t0ken" not in repr(server.last)


def test_a_link_header_is_followed(making: Making) -> None:
    links = {0: '<https://api.example.com/x?page=9>; rel="last", </v1/orders?page=2>; rel="next"'}
    server = Pages([[{"id": 1}], [{"id": 2}]], links)
    assert walked(making, "{kind: link}", server, PLAIN) == [1, 2]
    assert server.queries == [{}, {"page": "2"}]
    away = Pages([[{"id": 1}]], {0: "<https://evil.example.net/>; rel=next"})
    with pytest.raises(UnexpectedResponse, match="not on the server"):
        walked(making, "{kind: link}", away, PLAIN)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ('<a>; rel="prev"', None),
        ("<a>;title=x; REL = Next", "a"),
        ('<a;b,c>; rel="first NEXT"', "a;b,c"),
        ('<a>; rel="last"; title="b", <c>; rel="next"', "c"),
        ("<a", None),
        ("a>; rel=next", None),
        ("<" * 50_000, None),
        ("<a>;" + " " * 50_000, None),
        ("<a>; rel=" * 10_000, None),
    ],
)
def test_link_headers(header: str, found: str | None) -> None:
    assert linked(header) == found


@pytest.mark.parametrize(
    ("paging", "answer"),
    [
        (CURSOR, page(1, next="b")),
        (URL, page(1, next="/v1/orders?c=1")),
        ("{kind: offset, items: /data, argument: skip}", page(1)),
        ("{kind: page, items: /data, argument: page}", page(1)),
    ],
)
def test_a_page_that_comes_again_is_an_error(
    making: Making, paging: str, answer: dict[str, object]
) -> None:
    server = Pages([answer] * 9)
    with pytest.raises(EndlessPages) as endless:
        walked(making, paging, server)
    assert len(server.requests) == 2
    assert endless.value.retry_safe
    assert endless.value.response is not None


@pytest.mark.parametrize("value", [True, ["x"], {"a": 1}, 1.5])
def test_a_cursor_is_a_text_or_a_number(making: Making, value: object) -> None:
    with pytest.raises(UnexpectedResponse, match="no text or number"):
        walked(making, CURSOR, Pages([page(1, next=value)]))


def test_pages_are_read_as_late_as_possible(making: Making) -> None:
    server = Pages([page(1, 2, next="b"), page(3, 4, next="c"), page(5)])
    client = making(spec(CURSOR), ours=False).client(server, key="t")
    walk = client.iter_list_orders()
    assert server.requests == []
    assert [next(walk).id, next(walk).id] == [1, 2]
    assert len(server.requests) == 1
    assert next(walk).id == 3
    assert len(server.requests) == 2
    assert len(list(client.iter_list_orders(max_items=0))) == 0
    assert len(server.requests) == 2
    with pytest.raises(InvalidArgument):
        client.iter_list_orders(max_items=-1)


def test_a_bound_reads_no_page_too_many(making: Making) -> None:
    server = Pages([page(1, 2, next="b"), page(3, 4, next="c")])
    assert walked(making, CURSOR, server, max_items=4) == [1, 2, 3, 4]
    assert walked(making, CURSOR, Pages([page(1, 2, next="b")]), max_items=1) == [1]


@pytest.mark.anyio
async def test_pages_are_read_without_blocking(making: Making) -> None:
    server = AsyncPages([page(1, 2, next="b"), page(3)])
    client = making(spec(CURSOR), ours=False).async_client(server, key="t")
    assert [order.id async for order in client.iter_list_orders(size=2)] == [1, 2, 3]
    assert server.queries[1] == {"size": "2", "cursor": "b"}


def test_the_items_are_typed(making: Making) -> None:
    made = making(spec(CURSOR), ours=False)
    given = inspect.signature(made.module.Client.iter_list_orders)
    assert given.return_annotation == "Iterator[O]"
    assert list(given.parameters)[-1] == "max_items"
    given = inspect.signature(made.module.AsyncClient.iter_list_orders)
    assert given.return_annotation == "AsyncIterator[O]"


def test_a_member_of_the_body_may_be_the_argument(making: Making) -> None:
    body = (
        "x-safety: safe\n      requestBody: {content: {application/json: {schema: {type: object,"
        " properties: {after: {type: string}, text: {type: string}}}}}}"
    )
    text = spec(
        CURSOR.replace("cursor,", "cursor,").replace("argument: cursor", "argument: after"),
        extra=body,
        method="post",
    )
    server = Pages([page(1, next="b"), page(2)])
    client = making(text, ours=False).client(server, key="t")
    assert [order.id for order in client.iter_list_orders(text="x")] == [1, 2]
    assert server.json == {"text": "x", "after": "b"}


BAD = [
    ("{kind: scroll}", "bad-extension", "x-pagination"),
    ("{kind: cursor, argument: cursor}", "pagination", "needs 'last' or 'next'"),
    ("{kind: offset}", "pagination", "needs 'argument'"),
    ("{kind: next-url, items: /data}", "pagination", "needs 'next'"),
    ("{kind: offset, items: /data, argument: skipp}", "pagination", "did you mean 'skip'"),
    ("{kind: offset, argument: skip}", "pagination", "the result is no list"),
    ("{kind: offset, items: /rows, argument: skip}", "pagination", "has no '/rows'"),
    ("{kind: cursor, items: /data, argument: cursor, last: /no}", "pagination", "no '/no'"),
    ("{kind: link, items: /data, other: 1}", "bad-extension", "other"),
]


@pytest.mark.parametrize(("paging", "code", "text"), BAD)
def test_a_bad_declaration_of_ours_is_an_error(
    tmp_path: Path, paging: str, code: str, text: str
) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(spec(paging), encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        read(Job(path, "made", "openapi.yaml"))
    (found,) = refused.value.diagnostics
    assert (found.code, found.where and found.where.line) == (code, 11)
    assert text in str(found)


@pytest.mark.parametrize(("paging", "code", "text"), [*BAD, ("true", "pagination", "'kind' is")])
def test_a_key_that_others_use_for_something_else_costs_the_method_only(
    making: Making, tmp_path: Path, paging: str, code: str, text: str
) -> None:
    made = making(spec(paging), ours=False)
    assert hasattr(made.module.Client, "list_orders")
    assert not hasattr(made.module.Client, "iter_list_orders")
    found = read(Job(tmp_path / "openapi.yaml", "made", "openapi.yaml", is_ours=False))[1]
    assert [one.code for one in found] == ["pagination"]


def test_only_what_may_be_repeated_has_pages(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(spec("{kind: link}", schema=PLAIN, method="post"), encoding="utf-8")
    with pytest.raises(SpecError, match="is no read"):
        read(Job(path, "made", "openapi.yaml"))
