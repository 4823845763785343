"""Changes of the headers of answers and failures, and of the parts of a body."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from brokerspec_runtime import RawResponse, Request, Timeout
from diff.base_spec import Case, Edit, Made, client
from generator.making import Broker

# The operation `get_files` and what it answers; `{ok}` and `{no}` are headers.
FILES = """\
  /files:
    get:
      operationId: get_files
      security: []
      responses:
        '204': {{description: Done., headers: {{{ok}}}}}
        '404': {{description: Gone., headers: {{{no}}}}}
        '429': {{description: Later.{more}}}
    post:
      operationId: send_file
      security: []
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties: {{file: {{type: string, format: binary}}, note: {{type: string}}}}
            encoding: {{{encoding}}}
      responses: {{'204': {{description: Done.}}}}
"""
MARKS = "  /marks:\n"
LEFT = "X-Left: {schema: {type: integer}}"
AGAIN = "X-Again: {schema: {type: string}}"
SUM = "X-Sum: {schema: {type: string}}"
SUM_NEEDED = "X-Sum: {required: true, schema: {type: string}}"
GET = "client.with_response.get_files()"
LEFT_READ = f"left: int | None = {GET}.documented_headers.x_left"
AGAIN_READ = """\
try:
    client.get_files()
except PKG.NotFound as error:
    if found := PKG.headers_of(error):
        again: str | None = found.x_again"""
SEND = "client.send_file(file=b'1')"


def files(ok: str = LEFT, no: str = AGAIN, encoding: str = "", more: str = "") -> tuple[Edit, ...]:
    """Return the edit that puts the operations into the spec."""
    made = FILES.format(ok=ok, no=no, encoding=encoding, more=more)
    return ((MARKS, f"{made}{MARKS}"),)


def case(
    name: str, kind: str, level: str, edits: tuple[Edit, ...], calls: str, **more: Any
) -> Case:
    """Return a case about headers, which a client of a broker's own spec does not have."""
    return Case(name, kind, level, edits, calls, is_ours=False, **{"before": files(), **more})


class _Headed(Broker):
    """A broker that answers with some headers."""

    def __init__(self, headers: dict[str, str], status: int) -> None:
        super().__init__(b"", status=status)
        self.headers = headers

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        return replace(super().send(request, timeout), headers=self.headers)


def deviations(made: Made) -> list[str]:
    """Return what is wrong with an answer of `get_files` without headers."""
    found = client(made, _Headed({}, 204)).with_response.get_files()
    return [deviation.path for deviation in found.deviations]


def pairs(made: Made) -> object:
    """Return what `get_files` makes of the header X-Map."""
    found = client(made, _Headed({"x-map": "a=b"}, 204)).with_response.get_files()
    return found.documented_headers.x_map


def again(made: Made) -> object:
    """Return whether a refusal of `get_files` for too many calls has documented headers."""
    try:
        client(made, _Headed({"x-again": "1"}, 429)).get_files()
    except made.module.RateLimited as error:
        return error.documented_headers is not None
    return None


def part(made: Made, **given: object) -> str:
    """Return the last part's headers that `send_file` sends, or what is wrong with the call."""
    broker = Broker(b"", status=204)
    try:
        client(made, broker).send_file(**{"file": b"1", **given})
    except made.module.InvalidArgument as error:
        return str(error).rpartition(": ")[2]
    lines = (broker.last.body or b"").rpartition(b"Content-Disposition")[2].decode().split("\r\n")
    return " ".join(line for line in lines if line.startswith(("X-", "Content-Type")))


NOTE = f"note: {{headers: {{{SUM}}}}}"
NOTE_NEEDED = f"note: {{headers: {{{SUM_NEEDED}}}}}"
FILE = f"file: {{headers: {{{SUM}}}}}"
GIVEN = "client.send_file(file=b'1', file_x_sum='a')"
NOTED = "client.send_file(file=b'1', note='a')"
NEEDED = "the part 'note' is not sent without its header X-Sum"
MAP = "X-Map: {schema: {type: object, additionalProperties: {type: string}}}"
WORDS = (("documentation-changed", "documentation"),)
OCTETS = "Content-Type: application/octet-stream"
FIRST = (("Done., headers: {}", f"Done., headers: {{{LEFT}}}"),)
ERROR_FIRST = (("Gone., headers: {}", f"Gone., headers: {{{AGAIN}}}"),)
OF = "X-Of: {schema: {type: integer}}"
MODEL_ADDED = (("model-added", "compatible"),)
MODEL_REMOVED = (("model-removed", "breaking"),)


def more(headers: str, was: str = "") -> Edit:
    """Return the edit by which a refusal for too many calls has some headers."""
    return (f"Later.{was}", f"Later., headers: {{{headers}}}")


def encoded(text: str, was: str = "") -> tuple[Edit, ...]:
    """Return the edit that says how the parts of a body are written."""
    return ((f"encoding: {{{was}}}", f"encoding: {{{text}}}"),)


HEADERS = [
    case("headers", "headers-changed", "compatible", FIRST, GET,
         before=files(ok=""), news=LEFT_READ, also=MODEL_ADDED),
    case("no headers", "headers-changed", "breaking", ((LEFT, ""),), LEFT_READ, also=MODEL_REMOVED),
    case("a header more", "field-added", "compatible", ((LEFT, f"{LEFT}, {OF}"),), LEFT_READ,
         news=f"of: int | None = {GET}.documented_headers.x_of"),
    case("a header less", "field-removed", "breaking", ((f"{LEFT}, ", ""),), LEFT_READ,
         before=files(ok=f"{LEFT}, {OF}")),
    case("a header of another type", "field-type-changed", "breaking",
         ((LEFT, LEFT.replace("integer", "string")),), LEFT_READ),
    case("a header of every answer", "header-now-required", "compatible",
         ((LEFT, LEFT.replace("{schema", "{required: true, schema")),), LEFT_READ,
         shows=deviations, seen=([], ["the header X-Left"])),
    case("a header of some answers", "header-now-optional", "compatible",
         (("required: true, schema: {type: integer}", "schema: {type: integer}"),), LEFT_READ,
         before=files(ok=LEFT.replace("{schema", "{required: true, schema")),
         shows=deviations, seen=(["the header X-Left"], [])),
    case("a header in another form", "header-encoding-changed", "compatible",
         ((MAP, MAP.replace("{schema", "{explode: true, schema")),), GET, before=files(ok=MAP),
         shows=pairs, seen=(None, {"a": "b"})),
    case("headers of failures", "error-headers-changed", "compatible", ERROR_FIRST,
         "client.get_files()", before=files(no=""), news=AGAIN_READ, also=MODEL_ADDED),
    case("headers of more failures", "error-headers-changed", "compatible", (more(AGAIN),),
         AGAIN_READ, shows=again, seen=(False, True)),
    case("headers of fewer failures", "error-headers-changed", "breaking",
         ((f"Later., headers: {{{AGAIN}}}", "Later."),), AGAIN_READ,
         before=files(more=f", headers: {{{AGAIN}}}"), shows=again, seen=(True, False)),
    case("other headers of failures too", "error-headers-changed", "breaking",
         (more("X-Else: {schema: {type: string}}"),), AGAIN_READ, also=MODEL_ADDED),
    case("no headers of failures", "error-headers-changed", "breaking", ((AGAIN, ""),), AGAIN_READ,
         also=MODEL_REMOVED),
]  # fmt: skip
PARTS = [
    case("a header of a part", "argument-added", "compatible", encoded(FILE), SEND, news=GIVEN),
    case("a header of an optional part", "argument-added", "breaking", encoded(NOTE_NEEDED), NOTED,
         shows=lambda made: part(made, note="a"), seen=("", NEEDED)),
    case("no header of a part", "argument-removed", "breaking", encoded("", FILE), GIVEN,
         before=files(encoding=FILE)),
    case("a header of a part of another type", "argument-type-changed", "breaking",
         encoded(FILE.replace("string", "integer"), FILE), GIVEN, before=files(encoding=FILE)),
    case("a part needs its header", "argument-now-required", "breaking", encoded(NOTE_NEEDED, NOTE),
         NOTED, before=files(encoding=NOTE), shows=lambda made: part(made, note="a"),
         seen=("", NEEDED), also=WORDS),
    case("a part no longer needs its header", "argument-now-optional", "compatible",
         encoded(NOTE, NOTE_NEEDED), NOTED, before=files(encoding=NOTE_NEEDED),
         shows=lambda made: part(made, note="a"), seen=(NEEDED, ""), also=WORDS),
    case("a fixed header of a part", "request-constant-changed", "compatible",
         encoded(FILE.replace("type: string", "const: 7")), SEND,
         shows=part, seen=(OCTETS, f"{OCTETS} X-Sum: 7")),
    case("another media type of a part", "request-format-changed", "compatible",
         encoded("note: {contentType: text/csv}"), NOTED,
         shows=lambda made: part(made, note="a"), seen=("", "Content-Type: text/csv")),
    case("another media type of a file", "argument-encoding-changed", "compatible",
         encoded("file: {contentType: image/png}"), SEND, shows=part,
         seen=(OCTETS, "Content-Type: image/png")),
]  # fmt: skip
