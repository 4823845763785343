from __future__ import annotations

from brokerspec.audit import facts_of
from brokerspec.audit.facts import Facts
from brokerspec.audit.read_html import read_html
from brokerspec.audit.read_markdown import read_markdown

PAGE = """<!doctype html>
<html><head><title>Orders</title><style>a { b: c }</style></head>
<body><nav><a>POST /elsewhere</a></nav>
<h1>Orders API</h1>
<h2>Place order</h2>
<p><span class=m>POST</span><span>/orders/<clientID></span></p>
<table><thead><tr><th>Name<th>Type<th>Required<th>Allowed values</tr></thead>
<tr><td>side<td>string<td>yes<td>BUY<br>SELL
<tr><td rowspan=2>qty</td><td>int</td><td>no</td><td>a | b</td></tr>
<tr><td>double</td><td>no</td><td></td></tr>
</table>
<h3>Request body</h3>
<pre><code>{
  <span>"side"</span>: "BUY",
  "qty": 1
}</code></pre>
<h3>Response</h3>
<table class=code><tr><td class=gutter><pre>1
2
3</pre></td><td><pre>{
 "id": "&lt;a&gt;"
}</pre></td></tr></table>
<dl><dt>BUY<dd>buys<dt>SELL<dd>sells</dl>
</body></html>
"""

MARKDOWN = """---
title: Orders
---
# Orders API

## Place order

`POST /orders/{id}` with a *body*

Name | Type | Required | Description
-----|------|----------|---
side | `string` | yes | `BUY` or `SELL`
q\\_ty | int | no | a \\| b

Request:

```json
{
  "side": "BUY", // BUY, SELL
}
```

Response

{"a": "_x_",
 "b": "*y* <z>"}

<table><tr><td>Name</td><td>Type</td></tr>
<tr><td>zz</td><td>int</td></tr></table>

- `A` - first
- `B` - second
"""


def of_page(source: str) -> Facts:
    return facts_of(read_html(source, "orders.html"))


def of_markdown(source: str) -> Facts:
    return facts_of(read_markdown(source, "orders.md"))


def test_the_facts_of_a_page() -> None:
    facts = of_page(PAGE)
    request, response = facts.payloads
    assert request.value == {"side": "BUY", "qty": 1}
    assert response.value == {"id": "<a>"}
    assert [one.direction for one in facts.payloads] == ["request", "response"]
    assert {one.section for one in facts.payloads} == {"Place order"}
    assert [(one.method, one.path) for one in facts.endpoints] == [("POST", "/orders/<clientID>")]
    (table,) = facts.tables
    assert [(row.name, row.type, row.is_required) for row in table.rows] == [
        ("side", "string", True),
        ("qty", "int", False),
        ("qty", "double", False),
    ]
    assert table.rows[0].values == ("BUY", "SELL")
    listed = facts.value_lists[-1].values
    assert [(one.value, one.meaning) for one in listed] == [("BUY", "buys"), ("SELL", "sells")]


def test_the_lines_of_a_page_are_those_of_its_file() -> None:
    facts = of_page(PAGE)
    lines = PAGE.split("\n")
    request, response = facts.payloads
    for line, wanted in (
        (request.line, "<pre><code>{"),
        (request.lines[("qty",)], '  "qty": 1'),
        (response.line, "3</pre></td><td><pre>{"),
        (facts.endpoints[0].line, "<p><span class=m>POST"),
        (facts.tables[0].rows[0].line, "<tr><td>side"),
    ):
        assert lines[facts.text.where(line).line - 1].startswith(wanted)


def test_a_page_that_no_browser_would_mind() -> None:
    facts = of_page("<table><tr><td>Name<td>Type<tr><td>a<td>int</table></p></div><pre>{'a': 1}")
    assert [row.name for row in facts.tables[0].rows] == ["a"]
    assert facts.payloads[0].value == {"a": 1}


def test_a_table_inside_a_table_is_one_of_its_own() -> None:
    inner = "<table><tr><th>Name<th>Type<tr><td>a<td>int</table>"
    facts = of_page(f"<table><tr><td>{inner}</td></tr></table>")
    assert [[row.name for row in table.rows] for table in facts.tables] == [["a"]]


def test_the_facts_of_a_markdown_document() -> None:
    facts = of_markdown(MARKDOWN)
    request, response = facts.payloads
    assert request.value == {"side": "BUY"}
    assert response.value == {"a": "_x_", "b": "*y* <z>"}
    assert [one.direction for one in facts.payloads] == ["request", "response"]
    assert {one.section for one in facts.payloads} == {"Place order"}
    assert [(one.method, one.path) for one in facts.endpoints] == [("POST", "/orders/{id}")]
    orders, other = facts.tables
    assert [(row.name, row.type, row.description) for row in orders.rows] == [
        ("side", "string", "BUY or SELL"),
        ("q_ty", "int", "a | b"),
    ]
    assert orders.rows[0].values == ("BUY", "SELL")
    assert [row.name for row in other.rows] == ["zz"]
    assert [one.value for one in facts.value_lists[-1].values] == ["A", "B"]


def test_the_lines_of_a_markdown_document_are_those_of_its_file() -> None:
    facts = of_markdown(MARKDOWN)
    lines = MARKDOWN.split("\n")
    request, response = facts.payloads
    for line, wanted in (
        (request.lines[("side",)], '  "side": "BUY"'),
        (response.lines[("b",)], ' "b"'),
        (facts.endpoints[0].line, "`POST"),
        (facts.tables[0].rows[1].line, "q\\_ty"),
        (facts.tables[1].line, "<table>"),
    ):
        assert lines[facts.text.where(line).line - 1].startswith(wanted)


def test_comments_in_code_are_no_headings() -> None:
    facts = of_markdown(
        '# Orders\n\n```sh\n# Not a heading\ncurl https://h.in/a\n```\n\n{"a": 1}\n'
    )
    assert facts.payloads[0].section == "Orders"
