"""Every operation of every foreign client can be called, and sends what the document says."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from brokerspec.generate import Job, build, read
from brokerspec.write import write
from brokerspec_runtime import RawResponse, Request, Retry, Timeout
from brokerspec_runtime.errors import InvalidArgument
from foreign.driving import Book, Target, arguments_of, check, reach
from foreign.serving import Server

DOCUMENTS = sorted(Path(__file__).parent.joinpath("documents").glob("*.yaml"))
# Documents of others, too many to be kept here: a folder of them may be named.
OTHERS = sorted(Path(os.environ.get("BROKERSPEC_PUBLIC_SPECS", "/nonexistent")).glob("*.yaml"))
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

    def client(self, kind: str = "Client", **more: Any) -> Any:
        """Return a client with a text for each setting that it must have."""
        made = getattr(self.package, kind)
        parameters = inspect.signature(made).parameters.values()
        given = {p.name: "given" for p in parameters if p.default is inspect.Parameter.empty}
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
        return Foreign(Book(document, api), importlib.import_module(job.package))

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
            _exercise(
                made, target, partial(_in_memory, made), examples=25 if path in DOCUMENTS else 3
            )
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
                _exercise(made, target, partial(_over_http, made, server, transport), examples=2)
            except Exception as error:
                failed[label] = f"{type(error).__name__}: {error}"[:400]
    assert not failed


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_no_operation_is_left_out(foreign: Any, path: Path) -> None:
    made = foreign(path)
    assert len(made.book.targets) == made.book.count


Sending = Callable[[Target, Mapping[str, Any], RawResponse], Request]


def _exercise(made: Foreign, target: Target, send: Sending, examples: int) -> None:
    """Call an operation with values of all shapes, answer it, and hold it to the document."""
    shapes = made.book.shapes
    answers = [
        st.tuples(st.just(status), shapes.strategy(f"{target.label} {status}"))
        for status in target.answers
    ]
    answering = st.one_of(answers) if answers else st.just(("204", None))

    @settings(QUIET, max_examples=examples)
    @given(shapes.strategy(f"{target.label} asks"), answering)
    def each(value: Any, answer: tuple[str, Any]) -> None:
        asked = made.book.asks(target, value)
        status, body = answer
        if status in target.answers:
            body = made.book.answers(target, status, body)
        try:
            request = send(target, asked, _answer(status, body))
        except InvalidArgument as error:
            # Some texts cannot stand in a path or header, whatever the document says.
            assume("cannot be part of a path" not in str(error))
            raise
        check(target, asked, request)

    each()


def _answer(status: str, value: Any) -> RawResponse:
    code = int(status) if status.isdigit() else 200
    body = b"" if status == "204" else json.dumps(value).encode()
    return RawResponse(code, {"content-type": "application/json"}, body, 0.0)


def _in_memory(
    made: Foreign, target: Target, asked: Mapping[str, Any], answer: RawResponse
) -> Request:
    held: list[Request] = []

    class Transport:
        def send(self, request: Request, timeout: Timeout) -> RawResponse:
            held.append(request)
            return answer

        def close(self) -> None:
            return

    method = reach(made.client(transport=Transport()), target.made)
    method(**arguments_of(target, method, asked))
    return held[-1]


def _over_http(
    made: Foreign,
    server: Server,
    transport: str,
    target: Target,
    asked: Mapping[str, Any],
    answer: RawResponse,
) -> Request:
    server.answer = answer
    where = {"server": server.url, "transport": transport.split()[-1]}
    if transport.startswith("async"):
        anyio.run(_call, made, target, asked, where)
    else:
        with made.client(**where) as client:
            method = reach(client, target.made)
            method(**arguments_of(target, method, asked))
    return server.requests[-1]


async def _call(
    made: Foreign, target: Target, asked: Mapping[str, Any], where: Mapping[str, Any]
) -> None:
    async with made.client("AsyncClient", **where) as client:
        method = reach(client, target.made)
        await method(**arguments_of(target, method, asked))
