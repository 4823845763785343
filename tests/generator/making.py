"""Make a package from an inline spec, import it, and stand in for the broker."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

from brokerspec.generate import Job, build
from brokerspec.write import write
from brokerspec_runtime import RawResponse, Request, Retry, Timeout

_numbers = count()
AT_ONCE: Mapping[str, Any] = {"retry": Retry(attempts=1), "rate_limit": {}}
Making = Callable[..., "Made"]

HEAD = """\
openapi: 3.1.0
info: {title: Example, version: '1', x-time-zone: Asia/Kolkata}
servers: [{url: 'https://api.example.com'}]
"""
# A spec of somebody else with one operation, `send_it`, that sends and answers `All`: that and
# the schemas that it needs follow.
ECHOING = """\
openapi: 3.1.0
info: {title: Example, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
  /it:
    post:
      operationId: send_it
      requestBody: {required: true, content: {application/json: {schema:
        {$ref: '#/components/schemas/All'}}}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/All'}}}}}
components:
  schemas:
"""


class Broker:
    """A transport that keeps what is sent and answers what it is told."""

    def __init__(self, answer: object = None, *, status: int = 200) -> None:
        self.requests: list[Request] = []
        self.answer = answer
        self.status = status

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        self.requests.append(request)
        body = self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        return RawResponse(self.status, {}, body, 0.0)

    def close(self) -> None:
        return

    @property
    def last(self) -> Request:
        return self.requests[-1]

    @property
    def json(self) -> Any:
        return json.loads(self.last.body or b"null")

    @property
    def query(self) -> str:
        return self.last.url.partition("?")[2]


class AsyncBroker(Broker):
    """The same for an asynchronous client."""

    async def send(  # type: ignore[override]
        self,
        request: Request,
        timeout: Timeout,  # noqa: ASYNC109
    ) -> RawResponse:
        return super().send(request, timeout)

    async def aclose(self) -> None:
        return


class Made:
    """A package that was made from a spec and imported."""

    def __init__(self, module: ModuleType, files: Mapping[str, str]) -> None:
        self.module = module
        self.files = files
        self.models: Any = importlib.import_module(f"{module.__name__}.models")
        self.operations: Any = importlib.import_module(f"{module.__name__}.operations")

    def client(self, broker: Broker | None = None, **settings: Any) -> Any:
        return self.module.Client(transport=broker or Broker(), **{**AT_ONCE, **settings})

    def async_client(self, broker: AsyncBroker, **settings: Any) -> Any:
        return self.module.AsyncClient(transport=broker, **{**AT_ONCE, **settings})


def files_of(
    folder: Path,
    text: str,
    *,
    package: str = "made",
    name: str = "openapi.yaml",
    ours: bool = True,
) -> dict[str, str]:
    """Return the files made from a spec; a spec of ours keeps to the extension keys."""
    spec = folder / name
    spec.write_text(dedent(text), encoding="utf-8")
    job = Job(spec, package, "openapi.yaml", is_ours=ours)
    return build([job], fresh=True).packages[package]


def make(folder: Path, text: str, *, ours: bool = True) -> Made:
    """Generate a package into a folder and import it under a name of its own."""
    package = f"made_{next(_numbers)}"
    files = files_of(folder, text, package=package, ours=ours)
    write(folder / package, files)
    return Made(imported(folder / package), files)


def imported(package: Path) -> ModuleType:
    """Import a package from its folder."""
    found = spec_from_file_location(
        package.name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert found
    assert found.loader
    module = module_from_spec(found)
    sys.modules[package.name] = module
    found.loader.exec_module(module)
    return module


def answering(schema: str, components: str = "{}", *, extra: str = "", root: str = "") -> str:
    """Return a spec with one operation, `get_it`, whose answer has a schema."""
    return f"""{HEAD}{root}
paths:
  /it:
    get:
      operationId: get_it
      {extra}
      responses:
        '200': {{description: Done., content: {{application/json: {{schema: {schema}}}}}}}
components: {{schemas: {components}}}
"""


def sending(schema: str, components: str = "{}", *, media: str = "json", root: str = "") -> str:
    """Return a spec with one operation, `send_it`, whose body has a schema."""
    return f"""{HEAD}{root}
paths:
  /it:
    post:
      operationId: send_it
      requestBody: {{required: true, content: {{application/{media}: {{schema: {schema}}}}}}}
      responses: {{'204': {{description: Done.}}}}
components: {{schemas: {components}}}
"""


def asking(parameters: str, path: str = "/it", root: str = "") -> str:
    """Return a spec with one operation, `ask_it`, that has parameters and no body."""
    return f"""{HEAD}{root}
paths:
  {path}:
    get:
      operationId: ask_it
      parameters: {parameters}
      responses: {{'204': {{description: Done.}}}}
"""


def read(made: Made, answer: object, **settings: Any) -> Any:
    return made.client(Broker(answer), **settings).get_it()


def sent(made: Made, **arguments: Any) -> Any:
    """Return the body that `send_it` sends."""
    broker = Broker(b"", status=204)
    made.client(broker).send_it(**arguments)
    return broker.json
