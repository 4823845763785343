"""Changes of methods, their arguments and what they send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from diff.base_spec import ORDER, Broker, Case, Made, client, error, request

GET = 'client.get_order(number="1")'
PLACE = 'client.place_order(qty=1, leg=PKG.Leg(symbol="A"))'
LIST = "client.list_orders(day=date(2024, 1, 2))"
NUMBER = "{name: number, in: path, required: true, schema: {type: string}}"
NOTE = "{name: note, in: header, description: Note., schema: {type: string}}"
DAY = "{name: day, in: query, required: true, schema: {type: string, x-type: dd/MM/yyyy}}"
PAGE = "{name: page, in: query, required: true, schema: {type: integer}}"
ORDER_ID = "      operationId: get_order"
NOT_OK = """\
  - where: {pointer: /stat, equals: [Not_Ok]}
    error: Rejected
    message: /emsg
"""
MARKS = "/marks:\n    get:\n"
PAGES = "      x-pagination: {kind: link}\n"
EXTRA = """\
  /extra:
    get:
      operationId: get_extra
      responses: {'204': {description: Done.}}
"""
CORRELATE = "      x-correlate: {argument: tag, read: list_marks, field: /tag}\n"
LEG = "        leg: {$ref: '#/components/schemas/Leg'}\n"
RESULT = "content: {application/json: {schema:\n        {$ref: '#/components/schemas/"
PLACED = f"{RESULT}Placed'}}}}}}}}}}"
RULE = "x-failure: [{where: {pointer: /code, equals: [7]}, error: OrderRejected}]"


def place(made: Made, **given: object) -> Any:
    """Return the body that `place_order` sends."""
    broker = Broker({"number": "1"})
    leg = made.module.Leg(symbol="A")
    client(made, broker).place_order(**{"qty": 1, "leg": leg, "tag": "7", **given})
    return broker.json


def retry_safe(made: Made) -> object:
    """Return what a client says about sending `get_order` again after a lost answer."""
    try:
        client(made, Broker(None, status=500)).get_order(number="1")
    except made.module.OutcomeUnknown as found:
        return found.retry_safe
    return "no error"


def get_url(made: Made) -> str:
    return str(request(made, lambda c: c.get_order(number="1")).url)


def header(name: str, **given: object) -> Callable[[Made], object]:
    """Return what finds a header of the request that `get_order` sends."""
    return lambda made: request(made, lambda c: c.get_order(number="1", **given)).headers.get(name)


METHODS = [
    Case("a method", "method-added", "compatible", (("  /marks:\n", f"{EXTRA}  /marks:\n"),),
         GET, news="client.get_extra()"),
    Case("no method", "method-removed", "breaking", ((EXTRA, ""),), "client.get_extra()",
         before=(("  /marks:\n", f"{EXTRA}  /marks:\n"),)),
    Case("another name, same endpoint", "method-renamed", "breaking",
         (("operationId: get_order", "operationId: read_order"),), GET),
    Case("another name and path", "method-renamed", "breaking",
         (("operationId: get_order", "operationId: read_order"),
          ("/orders/{number}:", "/o/{number}:")),
         GET, also=(("endpoint-changed", "compatible"),)),
    Case("another path", "endpoint-changed", "compatible",
         (("/orders/{number}:", "/v2/orders/{number}:"),), GET, shows=get_url,
         seen=("https://api.example.com/orders/1?format=json",
               "https://api.example.com/v2/orders/1?format=json")),
    Case("another method", "endpoint-changed", "compatible",
         (("/marks:\n    get:", "/marks:\n    patch:\n      x-safety: safe"),),
         "client.list_marks()",
         shows=lambda made: request(made, lambda c: c.list_marks(), []).method,
         seen=("GET", "PATCH")),
    Case("to more readily repeated", "safety-changed", "breaking",
         ((f"{ORDER_ID}\n", f"{ORDER_ID}\n      x-safety: safe\n"),),
         GET, before=(("/orders/{number}:\n    get:", "/orders/{number}:\n    post:"),),
         shows=retry_safe, seen=(False, True)),
    Case("to never repeated", "safety-changed", "compatible",
         ((f"{ORDER_ID}\n", f"{ORDER_ID}\n      x-safety: unsafe\n"),),
         GET, shows=retry_safe, seen=(True, False)),
    Case("another budget", "rate-class-changed", "compatible",
         (("x-rate-limit: books", "x-rate-limit: quotes"),), LIST,
         shows=lambda made: made.operations.LIST_ORDERS.bucket, seen=("books", "quotes")),
    Case("pages", "pages-added", "compatible", ((MARKS, f"{MARKS}{PAGES}"),),
         "client.list_marks()", news="x: PKG.Mark = next(client.iter_list_marks())"),
    Case("no pages", "pages-removed", "breaking", ((PAGES, ""),),
         "x: PKG.Mark = next(client.iter_list_marks())", before=((MARKS, f"{MARKS}{PAGES}"),)),
    Case("other pages", "pages-changed", "compatible",
         (("{kind: link}", "{kind: next-url, next: /0}"),),
         "x: PKG.Mark = next(client.iter_list_marks())", before=((MARKS, f"{MARKS}{PAGES}"),),
         shows=lambda made: made.operations.LIST_MARKS_PAGES.kind, seen=("link", "next-url")),
    Case("another result", "return-type-changed", "breaking",
         ((PLACED, "content: {application/json: {schema: {type: string}}}}}"),),
         f"x: str = {PLACE}.number", also=(("model-removed", "breaking"),)),
    Case("a result that is never null", "return-type-changed", "compatible",
         (("type: [array, 'null']", "type: array"),),
         "x: list[PKG.Mark] | None = client.list_marks()",
         before=(("{type: array, items: {$ref: '#/components/schemas/Mark'}}",
                  "{type: [array, 'null'], items: {$ref: '#/components/schemas/Mark'}}"),),
         also=(("reconcile-added", "compatible"),)),
    Case("another part of the answer", "payload-changed", "compatible",
         (("x-payload: /data", "x-payload: /rows"),), f"x: list[PKG.Order] = {LIST}",
         shows=lambda made: [row.number for row in client(made, Broker(
             {"data": [ORDER], "rows": [{**ORDER, "number": "2"}]})).list_orders(
                 day=date(2024, 1, 2))],
         seen=(["1"], ["2"])),
]  # fmt: skip

ARGUMENTS = [
    Case("an optional argument", "argument-added", "compatible",
         ((NOTE, f"{NOTE}\n        - {{name: page, in: query, schema: {{type: integer}}}}"),),
         GET, news='client.get_order(number="1", page=2)'),
    Case("a required argument", "argument-added", "breaking",
         ((NOTE, f"{NOTE}\n        - {PAGE}"),),
         GET),
    Case("no argument", "argument-removed", "breaking", ((f"        - {NOTE}\n", ""),),
         'client.get_order(number="1", note="x")'),
    Case("another name in Python", "argument-renamed", "breaking",
         ((NOTE, NOTE.replace("Note.,", "Note., x-python-name: remark,")),),
         'client.get_order(number="1", note="x")'),
    Case("another name on the wire", "argument-renamed", "breaking",
         ((NOTE, NOTE.replace("name: note", "name: notes")),),
         'client.get_order(number="1", note="x")',
         also=(("argument-encoding-changed", "compatible"),)),
    Case("a narrower type", "argument-type-changed", "breaking",
         ((NUMBER, NUMBER.replace("string", "integer")),), GET),
    Case("a wider type", "argument-type-changed", "compatible",
         ((NUMBER, NUMBER.replace("type: string", "type: [string, integer]")),), GET,
         news="client.get_order(number=1)"),
    Case("an argument becomes required", "argument-now-required", "breaking",
         ((NOTE, NOTE.replace("in: header", "in: header, required: true")),), GET),
    Case("an argument becomes optional", "argument-now-optional", "compatible",
         ((DAY, DAY.replace("required: true, ", "")),), LIST, news="client.list_orders()"),
    Case("an argument becomes secret", "argument-now-secret", "compatible",
         ((NOTE, NOTE.replace("in: header", "in: header, x-secret: true")),),
         'client.get_order(number="1", note="x")',
         news='client.get_order(number="1", note=Secret("x"))'),
    Case("an argument is no secret", "argument-no-longer-secret", "breaking",
         (("description: Pin., schema: {type: string}, x-secret: true",
           "description: Pin., schema: {type: string}"),),
         'client.get_order(number="1", pin=Secret("x"))'),
    Case("an argument is written in another way", "argument-encoding-changed", "compatible",
         ((DAY, DAY.replace("dd/MM/yyyy", "yyyyMMdd")),), LIST,
         shows=lambda made: request(made, lambda c: c.list_orders(
             day=date(2024, 1, 2)), {"data": []}).url.partition("day=")[2],
         seen=("02%2F01%2F2024", "20240102")),
    Case("an argument stands elsewhere", "argument-encoding-changed", "compatible",
         ((NOTE, NOTE.replace("in: header", "in: query")),),
         'client.get_order(number="1", note="x")', shows=header("note", note="x"),
         seen=("x", None)),
    Case("a form", "request-format-changed", "compatible",
         (("application/json: {schema: {$ref: '#/components/schemas/Sign'}",
           "application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/Sign'}"),),
         'client.login(password="p")',
         shows=lambda made: request(made, lambda c: c.login(password="p"), {"jwt": "t"}).body,
         seen=(b'{"password":"p"}', b"password=p")),
    Case("another constant", "request-constant-changed", "compatible",
         (("const: API", "const: WEB"),), PLACE,
         shows=lambda made: place(made)["source"], seen=("API", "WEB")),
    Case("another credential", "credential-use-changed", "compatible",
         (("x-credential: user", "x-credential: channel"),), GET, shows=header("X-User"),
         seen=("u", "web")),
    Case("a credential elsewhere", "credential-use-changed", "compatible",
         (("{type: http, scheme: bearer, x-credential: token}",
           "{type: apiKey, in: header, name: X-Token, x-credential: token}"),), GET,
         shows=header("X-Token"), seen=(None, "t"),
         also=(("credential-use-changed", "compatible"),) * 4),
]  # fmt: skip

FAILURES = [
    Case("a rule for a good status", "error-rule-added", "breaking",
         ((RULE, RULE.replace("[{", "[{where: {pointer: /code, equals: [8]},"
                              " error: NotFound}, {")),),
         GET, shows=lambda made: error(made, {**ORDER, "code": 8}), seen=("none", "NotFound")),
    Case("a rule that says what the status said", "error-rule-added", "compatible",
         ((RULE, RULE.replace("[{", "[{where: {pointer: /code, equals: [8]}, status: [404],"
                              " error: NotFound}, {")),),
         GET, shows=lambda made: error(made, {"code": 8}, status=404),
         seen=("NotFound", "NotFound")),
    Case("no rule", "error-rule-removed", "breaking", ((f"      {RULE}\n", ""),), GET,
         shows=lambda made: error(made, {**ORDER, "code": 7}), seen=("OrderRejected", "none")),
    Case("no rule beside the status", "error-rule-removed", "compatible",
         ((", status: [404], error: NotFound", ", status: [418], error: Rejected"),), GET,
         before=((", error: OrderRejected", ", status: [404], error: NotFound"),),
         also=(("error-rule-added", "compatible"),),
         shows=lambda made: error(made, {"code": 7}, status=404), seen=("NotFound", "NotFound")),
    Case("another error", "error-class-changed", "breaking",
         (("error: OrderRejected", "error: PermissionDenied"),), GET,
         shows=lambda made: error(made, {**ORDER, "code": 7}),
         seen=("OrderRejected", "PermissionDenied")),
    Case("a more exact error", "error-class-changed", "compatible",
         (("error: Rejected", "error: OrderRejected"),), GET,
         shows=lambda made: issubclass(made.module.OrderRejected, made.module.Rejected)
         and error(made, {"stat": "Not_Ok"}), seen=("Rejected", "OrderRejected")),
    Case("other words", "error-details-changed", "compatible",
         (("message: /emsg", "message: /text"),), GET,
         shows=lambda made: message(made, {"stat": "Not_Ok", "emsg": "a", "text": "b"}),
         seen=("a", "b")),
    Case("another order", "error-rules-reordered", "breaking",
         ((NOT_OK, ""), ("    error: SessionExpired\n", f"    error: SessionExpired\n{NOT_OK}")),
         GET, shows=lambda made: error(made, {"stat": "Not_Ok", "emsg": "expired"}),
         seen=("Rejected", "SessionExpired")),
]  # fmt: skip


def message(made: Made, answer: object) -> object:
    """Return the words of the error that an answer ends in."""
    try:
        client(made, Broker(answer)).get_order(number="1")
    except made.module.Rejected as found:
        return found.message
    return "no error"


def own_id(made: Made) -> bool:
    """Return whether an order that is given no id is sent with one."""
    return bool(place(made, tag=None).get("tag"))


ORDER_IDS = [
    Case("an id of its own", "order-id-added", "compatible",
         (("      x-rate-limit: orders\n", f"      x-rate-limit: orders\n{CORRELATE}"),), PLACE,
         before=((CORRELATE, ""),), shows=own_id, seen=(False, True),
         also=(("reconcile-added", "compatible"),)),
    Case("no id of its own", "order-id-removed", "breaking", ((CORRELATE, ""),), PLACE,
         shows=own_id, seen=(True, False), also=(("reconcile-removed", "breaking"),)),
    Case("another field of the rows", "order-id-changed", "compatible",
         (("field: /tag", "field: /other"),), PLACE,
         before=(("properties: {tag: {type: string}}",
                  "properties: {tag: {type: string}, other: {type: string}}"),),
         shows=lambda made: made.operations.PLACE_ORDER.correlate.field, seen=("/tag", "/other")),
]  # fmt: skip
