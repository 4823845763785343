"""Generate every client, start the sandbox, and talk to each broker through its client.

What answers is a replay of the brokers' documents, see `sandbox`: nothing is traded.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from brokerspec import ir
from brokerspec.demo_arguments import typed_arguments
from brokerspec.demo_script import Reply, Script, Step, read_script
from brokerspec.demo_show import (
    new_console,
    show_answer,
    show_call,
    show_error,
    show_exchange,
    show_failure,
    show_note,
)
from brokerspec.demo_wire import AsyncWire, Exchange, Wire
from brokerspec.diagnostics import Diagnostic, SpecError
from brokerspec.format import format_packages
from brokerspec.generate import Job, read
from brokerspec.plan import plan
from brokerspec.project import find_root
from brokerspec.render import render
from brokerspec.sandbox import HONESTLY, Sandbox, read_specs
from brokerspec.write import write
from brokerspec_runtime.errors import BrokerError
from brokerspec_runtime.retry import NEVER


class StepFailed(Exception):
    """A step did not do what its script expects."""


@dataclass(slots=True)
class _Count:
    """What the last line of the demo reports."""

    brokers: int = 0
    calls: int = 0
    errors: int = 0
    failures: int = 0


def run(brokers: Sequence[str] = (), specs: Path | None = None) -> int:
    """Run the demo and return the exit code: 1 when a step did something else than expected.

    Without `specs` those of the project around the working folder are taken.
    Raises SpecError for specs and scripts that cannot be used.
    """
    started = time.perf_counter()
    console = new_console()
    specs = specs or find_root(Path.cwd()) / "specs"
    sandbox = Sandbox(read_specs(specs, brokers))
    scripts = _scripts(specs, sandbox)
    count = _Count()
    with tempfile.TemporaryDirectory(prefix="brokerspec-demo-") as folder, ExitStack() as stack:
        _generate(console, specs, Path(folder), list(sandbox.documents))
        stack.enter_context(_importable(Path(folder), [script.broker for script in scripts]))
        address = stack.enter_context(sandbox.running())
        console.print(f"\nSandbox at {address}\n{HONESTLY}")
        for script in scripts:
            _Conversation(console, sandbox, script, f"{address}/{script.broker}", count).hold()
    _summary(console, count, time.perf_counter() - started)
    return 1 if count.failures else 0


def _scripts(specs: Path, sandbox: Sandbox) -> list[Script]:
    scripts: list[Script] = []
    problems: list[Diagnostic] = []
    for broker in sandbox.documents:
        try:
            scripts.append(read_script(specs / broker / "demo.yaml", broker, sandbox))
        except SpecError as error:
            problems += error.diagnostics
    if problems:
        raise SpecError(problems)
    return scripts


def _generate(console: Console, specs: Path, folder: Path, packages: Sequence[str]) -> None:
    """Write the packages into a folder and show what they have."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("package")
    for name in ("operations", "models", "enums", "files", "ms"):
        table.add_column(name, justify="right")
    console.print(Text("Clients generated from their specs", style="bold"))
    for package in packages:
        started = time.perf_counter()
        path = specs / package / "openapi.yaml"
        api, files = _build(Job(path, package, f"specs/{package}/openapi.yaml"))
        write(folder / package, files)
        spent = (time.perf_counter() - started) * 1000
        numbers = (len(api.operations), len(api.models), len(api.enums), len(files), round(spent))
        table.add_row(package, *(str(number) for number in numbers))
    console.print(table)


def _build(job: Job) -> tuple[ir.Api, dict[str, str]]:
    api, _ = read(job)
    files = format_packages({job.package: render(plan(api, job.label))})
    return api, files[job.package]


@contextmanager
def _importable(folder: Path, packages: Sequence[str]) -> Generator[None, None, None]:
    """Let the packages of a folder be imported in place of installed ones of the same names."""
    kept = _forget(packages)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        _forget(packages)
        sys.modules.update(kept)


def _forget(packages: Sequence[str]) -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.split(".")[0] in packages]
    return {name: sys.modules.pop(name) for name in names}


def _summary(console: Console, count: _Count, seconds: float) -> None:
    text = (
        f"{_counted(count.brokers, 'broker')}, {_counted(count.calls, 'call')} over HTTP, "
        f"{_counted(count.errors, 'failure')} turned into typed errors, {seconds:.1f} s"
    )
    console.print()
    if count.failures:
        wrong = f"{_counted(count.failures, 'step')} went wrong"
        console.print(Text(f"{text}; {wrong}", style="bold red"))
    else:
        console.print(Text(f"{text}. All as expected.", style="bold green"))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class _Conversation:
    """The steps of one script, through one client."""

    def __init__(
        self, console: Console, sandbox: Sandbox, script: Script, server: str, count: _Count
    ) -> None:
        self._console = console
        self._sandbox = sandbox
        self._script = script
        self._server = server
        self._count = count

    def hold(self) -> None:
        """Take every step, or stop at the first that goes wrong."""
        script = self._script
        kind = "asynchronous" if script.is_asynchronous else "synchronous"
        self._console.print()
        title = Text(f"{script.broker}, {kind}", style="bold not dim")
        self._console.print(Rule(title, align="left", style="dim"))
        self._count.brokers += 1
        with asyncio.Runner() as runner:
            wire = AsyncWire() if script.is_asynchronous else Wire()
            try:
                self._take_all(wire, runner)
            except StepFailed as failed:
                self._count.failures += 1
                show_failure(self._console, str(failed))
            finally:
                if isinstance(wire, AsyncWire):
                    runner.run(wire.aclose())
                else:
                    wire.close()

    def _take_all(self, wire: Wire | AsyncWire, runner: asyncio.Runner) -> None:
        client = self._client(wire)
        for number, step in enumerate(self._script.steps, 1):
            self._console.print()
            self._console.print(Text(f"{number:>2} {step.title}", style="bold"))
            try:
                self._take(step, client, wire, runner)
            except (LookupError, ValueError) as error:
                raise StepFailed(f"{step.where}: {error.args[0]}") from None

    def _client(self, wire: Wire | AsyncWire) -> Any:
        script = self._script
        name = "AsyncClient" if script.is_asynchronous else "Client"
        kind = getattr(importlib.import_module(script.broker), name)
        settings = cast(
            "Mapping[str, Mapping[str, object]]",
            self._sandbox.documents[script.broker].extensions.get("x-client", {}),
        )
        server = next((n for n, one in settings.items() if one.get("role") == "server"), "server")
        try:
            given = typed_arguments(kind.__init__, {**script.client, server: self._server})
            client = kind(**given, transport=wire, retry=NEVER, rate_limit={})
        except (TypeError, ValueError) as error:
            raise StepFailed(f"the client of {script.broker}: {error}") from None
        show_call(self._console, f"client = {name}", given)
        return client

    def _take(
        self, step: Step, client: Any, wire: Wire | AsyncWire, runner: asyncio.Runner
    ) -> None:
        """Make one call, show all of it and compare it with what is expected."""
        method = getattr(client, step.call)
        arguments = typed_arguments(method, step.arguments)
        waiting = "await " if inspect.iscoroutinefunction(method) else ""
        show_call(self._console, f"{waiting}client.{step.call}", arguments)
        self._prepare(step)
        wire.last = Exchange()
        error: BrokerError | None = None
        result: object = None
        try:
            result = method(**arguments)
            if inspect.iscoroutine(result):
                result = runner.run(result)
        except BrokerError as raised:
            error = raised
        self._count.calls += wire.last.response is not None
        show_exchange(self._console, wire.last.request, wire.last.response)
        if step.reply is not None:
            show_note(self._console, _origin(step.reply))
        self._compare(step, result, error)

    def _prepare(self, step: Step) -> None:
        reply, broker = step.reply, self._script.broker
        if reply is None:
            return
        if reply.example:
            self._sandbox.fail_next(broker, step.call, reply.example)
        else:
            self._sandbox.answer_next(broker, step.call, reply.status, reply.body)

    def _compare(self, step: Step, result: object, error: BrokerError | None) -> None:
        got = type(error).__name__ if error is not None else ""
        if got != step.error:
            wanted = step.error or "an answer"
            raise ValueError(
                f"expected {wanted}, got {error if error is not None else 'an answer'}"
            )
        if error is not None:
            self._count.errors += 1
            show_error(self._console, error)
        else:
            show_answer(self._console, result, step.show)


def _origin(reply: Reply) -> str:
    if reply.example:
        return f"the sandbox was told to send the example {reply.example!r} of the spec"
    return f"this answer is not from the document but from {reply.source}"
