"""Every operation of every foreign client can be called, and sends what the document says."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import anyio
import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from brokerspec.generate import Job, build, read
from brokerspec.write import write
from brokerspec_runtime import RawResponse, Request, Retry, Timeout
from brokerspec_runtime.errors import InvalidArgument
from foreign.answering import check_answer, response_of
from foreign.book import Answer, Book, Target
from foreign.driving import arguments_of, check, reach
from foreign.serving import Server

DOCUMENTS = sorted(Path(__file__).parent.joinpath("documents").glob("*.yaml"))
# Documents of others, too many to be kept here: a folder of them may be named.
OTHERS = sorted(Path(os.environ.get("BROKERSPEC_PUBLIC_SPECS", "/nonexistent")).glob("*.yaml"))
EXAMPLES = 2
QUIET = settings(
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Foreign:
    """A document and the package that was made of it."""

    book: Book
    package: ModuleType
    secrets: tuple[str, ...]
    servers: tuple[str, ...]

    def client(self, kind: str = "Client", **more: Any) -> Any:
        """Return a client with a text for each setting that it must have."""
        made = getattr(self.package, kind)
        parameters = inspect.signature(made).parameters.values()
        needed = {p.name for p in parameters if p.default is inspect.Parameter.empty}
        given: dict[str, Any] = dict.fromkeys((*needed, *self.secrets), "given")
        given |= dict.fromkeys(self.servers, "https://other.example")
        given |= {"retry": Retry(attempts=1), "rate_limit": {}, "on_deviation": "raise"}
        return made(**{**given, **({"server": "https://api.example"} | more)})


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("foreign")
    sys.path.insert(0, str(folder))

    @cache
    def made(path: Path) -> Foreign:
        job = Job(path, f"foreign_{path.stem.replace('-', '_')}", path.name, is_ours=False)
        api, _ = read(job)
        write(folder / job.package, build([job]).packages[job.package])
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        depth, breadth = (4, 20) if path in DOCUMENTS else (2, 3)
        book = Book(document, api, depth, breadth)
        held = (one for one in api.settings if one.is_secret or one.name.endswith("_user"))
        secrets = tuple(setting.name for setting in held)
        servers = tuple(one.name for one in api.settings if one.role == "other-server")
        return Foreign(book, importlib.import_module(job.package), secrets, servers)

    yield made
    sys.path.remove(str(folder))


@pytest.mark.parametrize("path", [*DOCUMENTS, *OTHERS], ids=lambda path: path.stem)
def test_every_operation_sends_what_it_was_given_and_reads_its_answer(
    foreign: Any, path: Path
) -> None:
    made = foreign(path)
    failed: dict[str, str] = {}
    for label, target in made.book.targets.items():
        try:
            count = 8 if path in DOCUMENTS else EXAMPLES
            _exercise(made, target, partial(_in_memory, made), examples=count)
        except Exception as error:
            failed[label] = f"{type(error).__name__}: {error}"[:400]
    count = len(made.book.targets)
    assert not failed, f"{len(failed)} of {count}:\n" + "\n".join(
        f"{label}: {why}" for label, why in failed.items()
    )


@pytest.mark.parametrize("transport", ["requests", "httpx2", "async httpx2"])
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_operation_is_called_over_http(foreign: Any, path: Path, transport: str) -> None:
    made = foreign(path)
    failed: dict[str, str] = {}
    with Server() as server:
        for label, target in made.book.targets.items():
            try:
                _exercise(made, target, partial(_over_http, made, server, transport), examples=1)
            except Exception as error:
                failed[label] = f"{type(error).__name__}: {error}"[:400]
    assert not failed


@pytest.mark.parametrize("path", [*DOCUMENTS, *OTHERS], ids=lambda path: path.stem)
def test_no_operation_is_left_out(foreign: Any, path: Path) -> None:
    book = foreign(path).book
    made = [target.made for target in book.targets.values()]
    assert {(one.method, unquote(one.path)) for one in made} == book.documented


Sending = Callable[[Target, Mapping[str, Any], RawResponse], tuple[Request, object]]


def _exercise(made: Foreign, target: Target, send: Sending, examples: int) -> None:
    """Call an operation with values of all shapes, answer it, and hold it to the document."""
    book = made.book
    answering = st.one_of(
        st.tuples(st.just(one), book.shapes.strategy(repr(one), one.schema, "writeOnly"))
        if one.kind == "json"
        else st.tuples(st.just(one), st.text(max_size=20))
        for one in target.answers
    )
    asking = book.shapes.strategy(target.label, book.asking(target), "readOnly")

    @settings(QUIET, max_examples=examples)
    @given(asking, answering)
    def each(value: Any, answer: tuple[Answer, Any]) -> None:
        asked = book.asks(target, value)
        kind, body = answer
        body = book.answered(kind, body) if kind.kind == "json" else body
        try:
            request, result = send(target, asked, response_of(kind, body))
        except InvalidArgument as error:
            # Some texts cannot stand in a path or header, whatever the document says.
            assume("cannot be part of a path" not in str(error))
            assume("cannot be a header" not in str(error))
            raise
        check(target, asked, request)
        check_answer(target, kind, body, result)

    each()


def _in_memory(
    made: Foreign, target: Target, asked: Mapping[str, Any], answer: RawResponse
) -> tuple[Request, object]:
    held: list[Request] = []

    class Transport:
        def send(self, request: Request, timeout: Timeout) -> RawResponse:
            held.append(request)
            return answer

        def close(self) -> None:
            return

    method = reach(made.client(transport=Transport()), target.made)
    result = method(**arguments_of(target, method, asked))
    return held[-1], result


def _over_http(
    made: Foreign,
    server: Server,
    transport: str,
    target: Target,
    asked: Mapping[str, Any],
    answer: RawResponse,
) -> tuple[Request, object]:
    server.answer = answer
    where = {"server": server.url, "transport": transport.split()[-1]}
    if transport.startswith("async"):
        result = anyio.run(_call, made, target, asked, where)
    else:
        with made.client(**where) as client:
            method = reach(client, target.made)
            result = method(**arguments_of(target, method, asked))
    return server.requests[-1], result


async def _call(
    made: Foreign, target: Target, asked: Mapping[str, Any], where: Mapping[str, Any]
) -> object:
    async with made.client("AsyncClient", **where) as client:
        method = reach(client, target.made)
        return await method(**arguments_of(target, method, asked))
