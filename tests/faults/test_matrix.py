"""Every operation meets every fault over every transport, on real sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from brokerspec_runtime.errors import NotSent, OutcomeUnknown
from brokerspec_runtime.operation import Safety
from faults.calls import Target, targets
from faults.matrix import ATTEMPTS, FAULTS, WAYS, Cell, Fault, Lab
from faults.table import FILE, table


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    asked = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **named: Any) -> Any:
        if str(host).rstrip("'").endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return asked(host, *args, **named)

    # Names that do not exist are asked for nowhere: the answer must not need a network.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        made = Lab()
        yield made
        made.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", targets(), ids=str)
def test_every_fault(lab: Lab, target: Target, way: str) -> None:
    check(lab, [Cell(target, fault) for fault in FAULTS if not fault.is_endless], way)


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.is_endless], ids=lambda f: f.name
)
@pytest.mark.parametrize("way", WAYS)
def test_every_fault_without_end(lab: Lab, fault: Fault, way: str) -> None:
    """All operations wait together, because each waits for as long as it may."""
    check(lab, [Cell(target, fault) for target in targets()], way)


def check(lab: Lab, cells: list[Cell], way: str) -> None:
    found = lab.outcomes(cells, way)
    wrong = {cell.name(way): it for cell, it in found.items() if it != cell.expected()}
    assert wrong == {}
    unsafe = [it for cell, it in found.items() if cell.target.operation.safety is Safety.UNSAFE]
    assert all(arrived <= 1 for _, _, arrived in unsafe)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", targets(), ids=str)
def test_a_connection_that_breaks_at_once(lab: Lab, target: Target, way: str) -> None:
    """Whether it failed while it was made or afterwards is chance; both are told truly."""
    error = lab.dropped(target, way)
    assert isinstance(error, NotSent | OutcomeUnknown)
    if isinstance(error, NotSent) or target.operation.safety is not Safety.UNSAFE:
        assert error.attempts == ATTEMPTS


def test_the_table_in_the_documents_is_fresh() -> None:
    assert FILE.read_text(encoding="utf-8") == table()
