"""Every operation meets every fault over every transport, on real sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from brokerspec_runtime.errors import NotSent, OutcomeUnknown
from brokerspec_runtime.operation import Safety
from brokerspec_runtime.transport import Timeout
from faults.calls import Target, targets
from faults.matrix import ATTEMPTS, FAULTS, WAYS, Cell, Lab, Outcome
from faults.table import FILE, table
from runtime.loopback import certificate

# The longest that a machine may take to send all endless calls at once, in seconds.
LONGEST = 60


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
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
        made = Lab(certificate(tmp_path_factory.mktemp("lab"))[0])
        yield made
        made.close()
        assert made.sent_twice() == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", targets(), ids=str)
def test_every_fault(lab: Lab, target: Target, way: str) -> None:
    ending = [Cell(target, fault, way) for fault in FAULTS if not fault.is_endless]
    check(lab, lab.outcomes(ending))


def test_every_fault_without_end(lab: Lab) -> None:
    """All wait together, because each waits for as long as it may.

    A call that a busy machine did not send in time proves nothing; it is made again and
    gets more time.
    """
    endless = [fault for fault in FAULTS if fault.is_endless]
    cells = [Cell(target, fault, way) for way in WAYS for target in targets() for fault in endless]
    seconds = 3.0
    while cells:
        assert seconds < LONGEST, f"{cells[0].name} is never sent"
        timed = [replace(cell, timeout=Timeout(20, 20, seconds)) for cell in cells]
        found = lab.outcomes(timed)
        cells = [cell for cell, (_, _, arrived) in found.items() if not arrived]
        check(lab, {cell: it for cell, it in found.items() if cell not in cells})
        seconds *= 2


def check(lab: Lab, found: Mapping[Cell, Outcome]) -> None:
    wrong = {cell.name: it for cell, it in found.items() if it != cell.expected()}
    assert wrong == {}
    assert lab.sent_twice() == []


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_that_breaks_at_once(lab: Lab, way: str) -> None:
    """Whether it failed while it was made or afterwards is chance; both are told truly."""
    for target, error in lab.dropped(targets(), way).items():
        assert isinstance(error, NotSent | OutcomeUnknown)
        if isinstance(error, NotSent) or target.operation.safety is not Safety.UNSAFE:
            assert error.attempts == ATTEMPTS


def test_the_table_in_the_documents_is_fresh() -> None:
    assert FILE.read_text(encoding="utf-8") == table()
