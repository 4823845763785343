"""A local broker that replays documents.

Every operation of a spec is answered with the sample that the vendor's document prints,
or, where it prints none, with the example that the spec took from elsewhere. Requests are
checked against the spec first. Nothing is traded, matched or remembered: an order that was
placed does not appear in the order book, and credentials are looked for but not compared.
This is a replay of documents, not an emulator of an exchange.

Each spec is served under `/<package>`. Header `Sandbox-Example` asks for a certain example
of the spec, such as a documented failure. What a request lacks is said in the header
`Sandbox-Problem` of the answer.
"""

from __future__ import annotations

import os
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvicorn
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where, did_you_mean
from brokerspec.document import Document
from brokerspec.load import load
from brokerspec.project import find_root
from brokerspec.resolve import resolve
from brokerspec.sandbox_answers import Answer, encoded, meaning_of
from brokerspec.sandbox_checks import Problem, Received
from brokerspec.sandbox_routes import Routes, Served, choose
from brokerspec.tree import JSON

HONESTLY: Final = "It replays the payloads of the documents. It is not an exchange emulator."
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_LARGEST_BODY: Final = 1024 * 1024
_START_SECONDS: Final = 10
# An error that tells a client that its credential is missing, and one for all else.
_MEANINGS: Final = {
    "credential": ("SessionExpired", "PermissionDenied"),
    "request": ("InvalidRequest",),
}
_PLAIN_STATUS: Final = {"credential": 401, "request": 400}


def read_specs(folder: Path, brokers: Sequence[str] = ()) -> dict[str, Document]:
    """Return the specs of some brokers, or of all in the folder, by package name.

    Raises SpecError with everything that is wrong with them.
    """
    present = {path.parent.name: path for path in sorted(folder.glob("*/openapi.yaml"))}
    problems: list[Diagnostic] = []
    if not present:
        where = Where(folder.as_posix(), 1, 1)
        message = "there is no */openapi.yaml in this folder"
        problems.append(Diagnostic(Severity.ERROR, "no-specs", where, message))
    for name in brokers if present else ():
        if name not in present:
            hint = did_you_mean(name, present) or f"there are {', '.join(present)}"
            message = f"no broker is named {name!r}"
            problems.append(Diagnostic(Severity.ERROR, "unknown-broker", None, message, hint))
    documents: dict[str, Document] = {}
    for name in () if problems else brokers or present:
        document, found = resolve(load(present[name]))
        problems += [one for one in found if one.severity is Severity.ERROR]
        documents[name] = document
    if problems:
        raise SpecError(problems)
    return documents


class Sandbox:
    """The answers of some specs, as an ASGI application in `app`.

    `log` is called with one line per request: its path and the status of the answer, but
    no query, header or body, which may hold credentials.
    """

    def __init__(
        self, documents: Mapping[str, Document], log: Callable[[str], object] | None = None
    ) -> None:
        self.documents = dict(documents)
        self._log = log
        self._routes = {name: Routes(document) for name, document in documents.items()}
        self._next: dict[tuple[str, str], deque[Answer]] = defaultdict(deque)
        self.app = Starlette(
            routes=[
                Route("/", self._index),
                Route("/{broker}/{path:path}", self._logged, methods=_METHODS),
            ]
        )

    def served(self, broker: str) -> tuple[Served, ...]:
        """Return the operations of one broker."""
        return self._routes[broker].served

    def example(self, broker: str, operation: str, name: str) -> Answer:
        """Return an answer of a spec by its name; raise LookupError when there is none."""
        served = self._served(broker, operation)
        for answer in served.answers:
            if answer.name == name:
                return answer
        names = ", ".join(answer.name for answer in served.answers) or "none"
        raise LookupError(f"{broker}.{operation} has no example {name!r}; there are: {names}")

    def fail_next(self, broker: str, operation: str, example: str) -> None:
        """Answer the next good request for an operation with an example of its spec."""
        self._next[broker, operation].append(self.example(broker, operation, example))

    def answer_next(self, broker: str, operation: str, status: int, body: JSON) -> None:
        """Answer the next good request for an operation with a body that no spec holds."""
        document, served = self.documents[broker], self._served(broker, operation)
        content = encoded(body)
        meaning = meaning_of(document, served.operation, status, content)
        answer = Answer("given", status, "application/json", content, meaning)
        self._next[broker, operation].append(answer)

    @contextmanager
    def running(self, host: str = "127.0.0.1", port: int = 0) -> Generator[str, None, None]:
        """Serve from a thread and return the address; port 0 stands for a free one."""
        with _listen(host, port) as listener:
            server = _Server(_config(self.app))
            thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
            thread.start()
            if not server.is_up.wait(_START_SECONDS):
                raise RuntimeError("the sandbox did not start")
            try:
                yield _address(listener)
            finally:
                server.should_exit = True
                thread.join()

    def _served(self, broker: str, operation: str) -> Served:
        for served in self.served(broker):
            if served.operation.operation_id == operation:
                return served
        raise LookupError(f"{broker} has no operation {operation!r}")

    async def _index(self, request: Request) -> Response:
        lines = [HONESTLY, ""]
        for broker in self._routes:
            for served in self.served(broker):
                operation = served.operation
                names = " ".join(answer.name for answer in served.answers) or "no example"
                lines.append(f"{operation.method:6} /{broker}{operation.path}  {names}")
        return PlainTextResponse("\n".join(lines) + "\n")

    async def _logged(self, request: Request) -> Response:
        response = await self._answer(request)
        if self._log is not None:
            path = _header(request.url.path)
            problem = response.headers.get("sandbox-problem", "")
            line = f"{request.method} {path} -> {response.status_code}"
            self._log(f"{line}, {problem}" if problem else line)
        return response

    async def _answer(self, request: Request) -> Response:
        broker = request.path_params["broker"]
        routes = self._routes.get(broker)
        path = "/" + request.path_params["path"]
        match = routes.match(path, request.method) if routes else None
        if match is None:
            return _plain(404, f"no operation of a spec has the path /{broker}{path}")
        variants = match.by_method.get(request.method)
        if variants is None:
            allowed = ", ".join(sorted(match.by_method))
            return _plain(405, f"this path takes {allowed}", {"Allow": allowed})
        body = await _body(request)
        if body is None:
            return _plain(413, f"the body is larger than {_LARGEST_BODY} bytes")
        served = choose(variants, body)
        problem = served.checker.check(_received(request, match.values, body))
        if problem is not None:
            return _refusal(served, problem)
        return self._good(broker, served, request.headers.get("sandbox-example", ""))

    def _good(self, broker: str, served: Served, example: str) -> Response:
        """Answer a request that fits the spec."""
        name = served.operation.operation_id
        waiting = self._next[broker, name]
        if waiting:
            return _sent(waiting.popleft())
        if example:
            try:
                return _sent(self.example(broker, name, example))
            except LookupError as error:
                return _plain(400, str(error))
        if served.success is None:
            return _plain(501, f"neither the document nor the spec has an answer of {name}")
        return _sent(served.success)


def serve(
    brokers: Sequence[str] = (),
    host: str = "127.0.0.1",
    port: int = 8000,
    specs: Path | None = None,
) -> None:
    """Serve until interrupted, and say at which addresses.

    Without `specs` those of the project around the working folder are taken.

    Raises SpecError for specs that cannot be served and for an address that cannot be had.
    """
    console = Console(highlight=False, soft_wrap=True)
    documents = read_specs(specs or find_root(Path.cwd()) / "specs", brokers)
    sandbox = Sandbox(documents, lambda line: console.print(line, markup=False))
    try:
        listener = _listen(host, port)
    except OSError as error:
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else error.strerror
        message = f"cannot listen on {host} port {port}: {reason}"
        hint = "name another one with --port"
        problem = Diagnostic(Severity.ERROR, "no-address", None, message, hint)
        raise SpecError([problem]) from None
    with listener:
        _announce(sandbox, _address(listener), console)
        uvicorn.Server(_config(sandbox.app)).run([listener])


def _announce(sandbox: Sandbox, address: str, console: Console) -> None:
    urls = {broker: f"{address}/{broker}" for broker in sandbox.documents}
    width = max(len(url) for url in urls.values())
    for broker, url in urls.items():
        served = sandbox.served(broker)
        answers = sum(len(one.answers) for one in served)
        console.print(f"{url:{width}}  operations {len(served):>2}  answers {answers:>2}")
    console.print(f"\n{HONESTLY}")
    console.print(f"{address} lists all answers; header 'Sandbox-Example: NAME' asks for one.")
    console.print("Ctrl-C stops.\n")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # Without this every answer waits some 40 ms for a delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """A server that says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then wake up whoever waits for it."""
        await super().startup(sockets)
        self.is_up.set()


def _config(app: Starlette) -> uvicorn.Config:
    # A replay needs no start-up hooks, no web sockets and no trust in proxies. Its own log
    # takes the place of the access log, which shows queries.
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
    )


def _received(request: Request, values: Mapping[str, str], body: bytes) -> Received:
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    return Received(values, query, request.headers, request.cookies, body)


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            return None
    return bytes(body)


def _refusal(served: Served, problem: Problem) -> Response:
    """Refuse in the vendor's words where the spec has them, else in plain ones."""
    answer = served.meaning(*_MEANINGS[problem.kind])
    if answer is None:
        return _plain(_PLAIN_STATUS[problem.kind], problem.text)
    return _sent(answer, problem.text)


def _sent(answer: Answer, problem: str = "") -> Response:
    headers = {"Sandbox-Problem": _header(problem)} if problem else {}
    return Response(answer.body, answer.status, headers, answer.media_type or None)


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    told = {"Sandbox-Problem": _header(text), **(headers or {})}
    return PlainTextResponse(f"{text}\n", status, told)


def _header(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")[:500]
