"""What the tests of the runtime share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from brokerspec_runtime.transport import Settings
from runtime.sending import TRANSPORTS, Awaited, Direct, Make

# Property tests: the same examples on every machine, however slow it is.

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(params=TRANSPORTS)
def kind(request: pytest.FixtureRequest) -> str:
    """Name one of the transports."""
    name: str = request.param
    return name


@pytest.fixture
def make(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    pytest.importorskip(kind.split("-")[0])
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with ExitStack() as stack:

        def build(settings: Settings | None = None) -> Direct | Awaited:
            transport = TRANSPORTS[kind](settings or Settings())
            stack.callback(transport.stop)
            return transport

        yield build
