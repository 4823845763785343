"""No secret is ever shown: every operation of every broker, every kind of failure."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
import pytest

from brokerspec_runtime import Secret, wire
from brokerspec_runtime.cancellation import outcome_of
from brokerspec_runtime.errors import BrokerError, InvalidArgument, NotSent, UnexpectedResponse
from brokerspec_runtime.operation import Absent, Contains, Equals, Failure
from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.retry import NEVER
from brokerspec_runtime.transport import Phase, Timeout, TransportFailure
from contract.case import all_cases
from faults.calls import Canaries, Target, arguments_of, at, settings_of, targets
from faults.matrix import SYNC, WAYS
from faults.server import FaultServer
from runtime.showing import printed_by_rich, shown, shown_error, shown_raw, traceback_lines

Answer = Callable[[], RawResponse]
STATUSES = (302, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503)
# One operation of each broker: what rich prints is what it finds, and that is checked for all.
PRINTED = {target.broker: str(target) for target in targets()}.values()
BAD_BODIES = (b"", b"{", b"<html>", b"[]", b"null", b'{"a":1}', b"\xff", b"NaN")


class Line:
    """A transport that is told what to answer, and keeps what was sent."""

    def __init__(self) -> None:
        self.answer: Answer = lambda: RawResponse(200, {}, b"{}", 0.0)
        self.sent: list[Request] = []

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.sent.append(request)
        return self.answer()

    def close(self) -> None:
        """There is nothing to release."""


class AsyncLine(Line):
    """The same for asynchronous clients."""

    async def send(self, request: Request, timeout: Timeout) -> RawResponse:  # type: ignore[override]  # noqa: ASYNC109
        return super().send(request, timeout)

    async def aclose(self) -> None:
        """There is nothing to release."""


class Scene:
    """A client of one broker, its line, and the canaries that both were given."""

    def __init__(self, target: Target, line: Line, **settings: Any) -> None:
        self.target = target
        self.line = line
        self.canaries = Canaries()
        kind = target.package.AsyncClient if isinstance(line, AsyncLine) else target.package.Client
        held = settings_of(target, self.canaries, transport=line, rate_limit={}, **settings)
        self.client = kind(**held)
        self.method = getattr(self.client, target.operation.name)
        self.arguments = arguments_of(target, self.method, self.canaries)

    def echo(self) -> str:
        """Return a text in which a vendor repeats every secret; a proxy's never reaches it."""
        told = (text for text in sorted(self.canaries.texts) if "proxy" not in text)
        return "refused: " + ", ".join(told)

    def learn(self) -> None:
        """Add the forms in which secrets were sent that no longer look like them."""
        for request in self.line.sent:
            for name, value in request.headers.items():
                if name == "Authorization":
                    self.canaries.texts.add(value.split(" ", 1)[1])

    def check(self, text: str) -> None:
        """Fail when a text shows a secret."""
        self.learn()
        assert self.canaries.seen_in(text) == []

    def check_error(self, error: BaseException) -> None:
        """Fail when an error shows a secret."""
        self.check(shown_error(error))


@pytest.fixture(params=targets(), ids=str)
def target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.param
    return found


def answering(status: int, body: bytes) -> Answer:
    return lambda: RawResponse(status, {"retry-after": "99"}, body, 0.0)


def failing(phase: Phase) -> Answer:
    def answer() -> RawResponse:
        raise TransportFailure(phase, "the connection failed")

    return answer


def rule_bodies(target: Target, echo: str) -> Iterator[tuple[int, bytes]]:
    """Yield an answer for every rule of an operation, secrets in all its words."""
    for rule in target.operation.failures:
        for status in rule.status or (200,):
            yield status, json.dumps(_body_of(rule, echo)).encode()


def _body_of(rule: Failure, echo: str) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for pointers in (rule.code, rule.message):
        _put(body, pointers, echo)
    for condition in rule.where:
        match condition:
            case Absent():
                continue
            case Contains(pointers=pointers, texts=texts):
                _put(body, pointers, f"{texts[0]} {echo}")
            case Equals(pointers=pointers, values=values):
                _put(body, pointers, values[0])
            case _:
                _put(body, condition.pointers, echo)
    return body


def _put(body: dict[str, Any], pointers: tuple[str, ...], value: object) -> None:
    for pointer in pointers[:1]:
        *heads, last = pointer.split("/")[1:]
        place = body
        for head in heads:
            below = place.setdefault(head, {})
            if not isinstance(below, dict):
                return
            place = below
        place[last] = value


def documented(target: Target) -> list[bytes]:
    """Return the answers that the documents print for an operation."""
    return [
        case.answer_bytes()
        for case in all_cases()
        if (case.broker, case.operation) == (target.broker, target.operation.name)
        and case.response is not None
        and case.response.json is not None
        and case.raises is None
    ]


def secrets_in(value: object) -> Iterator[str]:
    """Yield every secret that an answer holds."""
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, msgspec.Struct):
        for member in msgspec.structs.astuple(value):
            yield from secrets_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from secrets_in(item)


def test_a_failing_call_shows_no_secret(target: Target) -> None:
    scene = Scene(target, Line(), on_deviation="raise")
    echo = scene.echo()
    answers = [answering(status, echo.encode()) for status in STATUSES]
    answers += [answering(200, body) for body in BAD_BODIES]
    answers += [answering(status, body) for status, body in rule_bodies(target, echo)]
    answers += [failing(phase) for phase in Phase]
    client = scene.client.with_options(retry=NEVER)
    method = getattr(client, target.operation.name)
    caught: dict[type, BrokerError] = {}
    for answer in answers:
        scene.line.answer = answer
        try:
            method(**scene.arguments)
        except BrokerError as error:
            caught.setdefault(type(error), error)
            scene.check(repr(error) + "".join(traceback_lines(_apart(error))))
    for error in caught.values():
        scene.check_error(error)
    assert len(caught) > 6
    if str(target) in PRINTED:
        scene.check(printed_by_rich(caught[UnexpectedResponse]))
    scene.check(repr(scene.client) + repr(client) + shown(target.operation))


def test_a_call_that_is_not_sent_shows_no_secret(target: Target) -> None:
    """Every setting is missing once, and every text is once what must not be sent."""
    scene = Scene(target, Line())
    values = scene.client._values
    scene.line.answer = failing(Phase.NOT_SENT)
    client = scene.client.with_options(retry=NEVER)
    name = target.operation.name
    methods = [getattr(client, name)]
    if name != "fetch_token":
        methods.append(getattr(client.prepare, name))
    refused = 0
    for name, value in list(values.items()):
        for spoilt in (None, f"{_open(value)}\r\nX: 1", f"{_open(value)}\ud800"):
            secret = isinstance(value, Secret) and spoilt is not None
            values[name] = Secret(spoilt) if secret and spoilt is not None else spoilt
            for call in methods:
                error = _refusal(call, scene.arguments)
                if error is not None:
                    scene.check_error(error)
                    refused += 1
        values[name] = value
    # The line refuses whatever gets so far; preparing knows only what it needs itself.
    assert refused >= 3 * len(values)


def _refusal(call: Callable[..., object], arguments: Mapping[str, Any]) -> NotSent | None:
    try:
        call(**arguments)
    except NotSent as error:
        return error
    return None


def _open(value: object) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)


def test_a_refused_client_shows_no_secret(target: Target) -> None:
    plain = at(target, "http://broker.invalid")
    for spoilt in (plain, {"timeout": -1}, {"transport": "none"}):
        canaries = Canaries()
        settings = settings_of(target, canaries) | spoilt
        with pytest.raises(InvalidArgument) as caught:
            target.package.Client(**settings)
        assert canaries.seen_in(shown_error(caught.value)) == []


def test_a_prepared_request_shows_no_secret(target: Target) -> None:
    if target.operation.name == "fetch_token":
        pytest.skip("signing in has no prepared form")
    for line in (Line(), AsyncLine()):
        scene = Scene(target, line)
        request = getattr(scene.client.prepare, target.operation.name)(**scene.arguments)
        assert any(text in f"{request.headers} {request.body}" for text in scene.canaries.texts)
        assert scene.canaries.seen_in(request.url) == []
        scene.check(shown(request) + shown(request.shown))
        scene.check(pickle.dumps(request).decode("latin-1"))
        scene.check(shown_raw(pickle.loads(pickle.dumps(request))))


def test_an_answer_shows_no_secret(target: Target) -> None:
    for body in documented(target):
        scene = Scene(target, Line(), on_deviation="warn")
        scene.line.answer = answering(200, _with_stranger(body, scene))
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            plain = scene.method(**scene.arguments)
            again = Scene(target, scene.line, on_deviation="warn")
            view = again.client.with_response
            full = getattr(view, target.operation.name, again.method)(**again.arguments)
        scene.canaries.texts |= {text for text in secrets_in(plain) if text}
        scene.check(shown(plain) + shown(full) + shown(scene.client))
        scene.check("\n".join(str(item.message) for item in warned))
        if list(secrets_in(plain)):
            with pytest.raises(TypeError, match="pickled"):
                pickle.dumps(plain)


def _with_stranger(body: bytes, scene: Scene) -> bytes:
    """Return an answer with one more member, in which the vendor repeats every secret."""
    value: Any = wire.loads(body)
    if not isinstance(value, dict):
        return body
    return b'{"stranger":' + json.dumps(scene.echo()).encode() + b"," + body.lstrip()[1:]


def test_a_cancelled_call_shows_no_secret(target: Target) -> None:
    scene = Scene(target, AsyncLine())

    def stop() -> RawResponse:
        bare = scene.line.sent[-1].headers, scene.line.sent[-1].body
        raise asyncio.CancelledError(f"{len(bare)} parts were out")

    scene.line.answer = stop
    with pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(_awaited(scene))
    outcome = outcome_of(caught.value)
    assert outcome is not None
    scene.check_error(outcome)
    scene.check("".join(traceback_lines(_apart(caught.value))))


def _apart(error: BaseException) -> BaseException:
    """Return an error without the frames before ours: they hold the bare arguments."""
    trace = error.__traceback__
    while trace is not None and not _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    assert trace is not None
    return error.with_traceback(trace)


def _is_ours(file: str) -> bool:
    return "/generated/" in file or "/brokerspec_runtime/" in file


async def _awaited(scene: Scene) -> object:
    return await scene.method(**scene.arguments)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    running = FaultServer()
    yield running
    running.close()


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_logged_that_is_secret(
    target: Target, way: str, server: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    scene = Scene(target, Line())
    settings = settings_of(target, scene.canaries, rate_limit={}, retry=NEVER)
    settings |= at(target, f"http://127.0.0.1:{server.port}/400/log")
    for name in [name for name in settings if name.startswith("proxy")]:
        del settings[name]
    with caplog.at_level(logging.DEBUG), pytest.raises(BrokerError) as caught:
        _call_over(way, target, settings, scene.arguments)
    scene.check(caplog.text)
    scene.check_error(caught.value.with_traceback(None))


def _call_over(
    way: str, target: Target, settings: Mapping[str, Any], arguments: Mapping[str, Any]
) -> None:
    if way in SYNC:
        with target.package.Client(**settings, transport=way) as client:
            getattr(client, target.operation.name)(**arguments)
        return

    async def run() -> None:
        library = way.removesuffix("-async")
        async with target.package.AsyncClient(**settings, transport=library) as client:
            await getattr(client, target.operation.name)(**arguments)

    asyncio.run(run())
