"""Write the summary of the fault matrix to docs/FAULTS.md: `python tests/faults/table.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "FAULTS.md"


def table() -> str:
    """Return the document."""
    from faults.calls import targets
    from faults.matrix import ASYNC, ATTEMPTS, FAULTS, SYNC, WAYS

    cells = len(targets()) * len(FAULTS) * len(WAYS)
    rows = [
        f"| {fault.meaning} | `{fault.unsafe[0]}` | {fault.unsafe[1]} | {fault.unsafe[2]} "
        f"| `{fault.safe[0]}` | {fault.safe[1]} | {fault.safe[2]} |"
        for fault in FAULTS
    ]
    return _TEXT.format(
        cells=f"{cells:,}",
        waiting=", ".join(SYNC),
        others=", ".join(way.removesuffix("-async") for way in ASYNC),
        libraries=len(WAYS),
        operations=len(targets()),
        faults=len(FAULTS),
        attempts=ATTEMPTS,
        rows="\n".join(rows),
    )


_TEXT = """\
# What happens when something goes wrong

Every operation of every broker meets every fault of this table over each HTTP library:
{waiting}, and asynchronously {others}.
That makes {cells} cells: {operations} operations, {faults} faults, {libraries} ways to send.
Each is a call through a generated client to a real server on the same machine. `make test`
runs them all and checks the class of the error, the number of attempts and the number of
requests that reached the server.

An unsafe operation is one that does something each time it is sent, such as placing an order.
It is tried again only when nothing can have left the machine, so no more than one request ever
arrives. All others are tried up to {attempts} times here. "Requests" counts what reached the
server.

| what goes wrong | unsafe: error | attempts | requests | others: error | attempts | requests |
|---|---|---|---|---|---|---|
{rows}

A name that is not found, a refused connection and a failed TLS handshake prove that nothing
was sent: `NotSent`. A connection that breaks later proves nothing: `OutcomeUnknown`, even when
the server has seen no request. What never ends is given up when the time for the whole call
is over, so there is no second attempt. A `Retry-After` above the cap of `Retry` is not waited
for. A redirect is never followed. An answer that is too large is not read to its end; whether
an order was placed is then unknown, whatever its beginning says.

## Where a library cannot tell

The table holds for every library. These cases are not in it, because some libraries cannot
tell there whether anything was sent. Then they say that it may have been: `OutcomeUnknown`
for a call of which nothing left, never `NotSent` for one that did.

| what goes wrong | requests | httpx2, httpx | pyreqwest |
|---|---|---|---|
| the time to connect is over | `NotSent` | `NotSent` | `NotSent` |
| the time for the whole call is over while connecting | `NotSent` | `NotSent` | `OutcomeUnknown` |
| no TLS on the other side, and the session is yours | `OutcomeUnknown` | `NotSent` | `NotSent` |
| the connection is broken as soon as it is made | either | either | either |

"Either": it depends on what the system reports first.
"""


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / name) for name in ("generator", "generated", "tests")]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(table(), encoding="utf-8")
