"""Read `demo.yaml`: the conversation that the demo has with one broker.

    client: {api_key: dummy}        # the constructor's arguments; the server is added
    asynchronous: true              # talk through AsyncClient; false when absent
    steps:
      - title: Place a limit order
        call: place_order           # a method of the client
        arguments: {price: 94.05}   # by Python name; enums by wire value
        show: [broker_order_id]     # dotted paths into the result; everything when absent
      - title: A refusal becomes an error
        call: place_order
        fails: {example: refused}   # an example of the spec, or {status, body, source}
        expect_error: OrderRejected # the error's class

`answers` has the shape of `fails` and stands for a success that the spec has no example
of. `source` says where a body of ours comes from. It is shown beside the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, Where, did_you_mean
from brokerspec.load import load
from brokerspec.sandbox import Sandbox
from brokerspec.tree import JSON, Pointer, Source
from brokerspec_runtime import errors

_TOP: Final = {"client": dict, "asynchronous": bool, "steps": list}
_STEP: Final = {
    "title": str,
    "call": str,
    "arguments": dict,
    "show": list,
    "answers": dict,
    "fails": dict,
    "expect_error": str,
}
_REPLY: Final = {"example": str, "status": int, "body": object, "source": str}
_WORDS: Final = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
}
_ERRORS: Final = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.BrokerError)
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sandbox is told to answer: an example of the spec, or a body with its source."""

    example: str
    status: int
    body: JSON
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """One call and what has to come out of it."""

    title: str
    call: str
    arguments: Mapping[str, JSON]
    show: tuple[str, ...]
    reply: Reply | None
    error: str
    where: Where


@dataclass(frozen=True, slots=True)
class Script:
    """The conversation with one broker."""

    broker: str
    client: Mapping[str, JSON]
    is_asynchronous: bool
    steps: tuple[Step, ...]


def read_script(path: Path, broker: str, sandbox: Sandbox) -> Script:
    """Read one script; raise SpecError with everything that is wrong with it."""
    reader = _Reader(load(path), broker, sandbox)
    script = reader.script()
    if reader.problems:
        raise SpecError(reader.problems)
    return script


class _Reader:
    """One file on its way to a script."""

    def __init__(self, source: Source, broker: str, sandbox: Sandbox) -> None:
        self.problems: list[Diagnostic] = []
        self._source = source
        self._broker = broker
        self._sandbox = sandbox
        self._operations = [one.operation.operation_id for one in sandbox.served(broker)]

    def script(self) -> Script:
        """Return the script, as far as it can be read."""
        top = self._mapping(self._source.root, (), _TOP, ("steps",))
        steps = cast("list[JSON]", top.get("steps", []))
        return Script(
            broker=self._broker,
            client=cast("dict[str, JSON]", top.get("client", {})),
            is_asynchronous=top.get("asynchronous") is True,
            steps=tuple(self._step(step, ("steps", at)) for at, step in enumerate(steps)),
        )

    def _step(self, given: JSON, at: Pointer) -> Step:
        step = self._mapping(given, at, _STEP, ("title", "call"))
        call = str(step.get("call", ""))
        if "call" in step and call not in self._operations:
            hint = did_you_mean(call, self._operations)
            self._problem((*at, "call"), f"the spec has no operation {call!r}", hint)
        show = cast("list[JSON]", step.get("show", []))
        for index, name in enumerate(show):
            if not isinstance(name, str):
                self._problem((*at, "show", index), "a path to show must be a text")
        return Step(
            title=str(step.get("title", "")),
            call=call,
            arguments=cast("dict[str, JSON]", step.get("arguments", {})),
            show=tuple(str(name) for name in show),
            reply=self._step_reply(step, at, call),
            error=self._error(step, at),
            where=self._source.where(at),
        )

    def _error(self, step: Mapping[str, JSON], at: Pointer) -> str:
        error = str(step.get("expect_error", ""))
        if error and error not in _ERRORS:
            hint = did_you_mean(error, _ERRORS) or f"there are {', '.join(sorted(_ERRORS))}"
            self._problem((*at, "expect_error"), f"there is no error {error!r}", hint)
        if "fails" in step and not error:
            self._problem((*at, "fails"), "a step that fails needs 'expect_error'")
        if error and "show" in step:
            self._problem((*at, "show"), "a step that expects an error has nothing to show")
        return error

    def _step_reply(self, step: Mapping[str, JSON], at: Pointer, call: str) -> Reply | None:
        given = [key for key in ("answers", "fails") if key in step]
        if len(given) == 2:
            self._problem((*at, "answers"), "a step has 'answers' or 'fails', not both")
        return self._reply(step[given[0]], (*at, given[0]), call) if given else None

    def _reply(self, given: JSON, at: Pointer, call: str) -> Reply:
        reply = self._mapping(given, at, _REPLY, ())
        example = str(reply.get("example", ""))
        if example and len(reply) > 1:
            self._problem(at, "an example brings its own status, body and source")
        elif example and call in self._operations:
            try:
                self._sandbox.example(self._broker, call, example)
            except LookupError as error:
                self._problem((*at, "example"), str(error))
        elif not example:
            self._required(reply, at, ("status", "body", "source"))
        status = reply.get("status")
        if isinstance(status, int) and not 200 <= status <= 599:
            self._problem((*at, "status"), "an HTTP status of an answer is 200 to 599")
        return Reply(
            example=example,
            status=status if isinstance(status, int) else 0,
            body=reply.get("body"),
            source=str(reply.get("source", "")),
        )

    def _mapping(
        self, given: JSON, at: Pointer, shape: Mapping[str, type], required: Iterable[str]
    ) -> dict[str, JSON]:
        """Return the members of a mapping that have the right type."""
        if not isinstance(given, dict):
            self._problem(at, f"this must be a mapping with {', '.join(shape)}")
            return {}
        self._required(given, at, required)
        good: dict[str, JSON] = {}
        for name, value in given.items():
            if name not in shape:
                hint = did_you_mean(name, shape) or f"there are {', '.join(shape)}"
                self._problem((*at, name), f"{name!r} is not expected here", hint, on_key=True)
            elif _is_a(value, shape[name]):
                good[name] = value
            else:
                self._problem((*at, name), f"{name!r} must be {_WORDS[shape[name]]}")
        return good

    def _required(self, given: Mapping[str, JSON], at: Pointer, names: Iterable[str]) -> None:
        for name in names:
            if name not in given:
                self._problem(at, f"{name!r} is missing")
            elif given[name] in ("", []):
                self._problem((*at, name), f"{name!r} is empty")

    def _problem(self, at: Pointer, message: str, hint: str = "", *, on_key: bool = False) -> None:
        where = self._source.where_key(at) if on_key else self._source.where(at)
        self.problems.append(Diagnostic(Severity.ERROR, "bad-demo", where, message, hint))


def _is_a(value: JSON, kind: type) -> bool:
    # Python counts a bool as an int.
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
